//! Requests of the commands and responses of the embedded server, validated against the published API documents with a
//! JSON Schema library. The documents are reduced to facts (`tests/it/fixtures/*.facts.json`), so these tests run
//! everywhere.

mod dialect;
mod document;
pub(crate) mod forms;
mod foundry;
#[cfg(unix)]
pub(crate) mod repaired;
pub(crate) mod requests;
pub(crate) mod responses;
mod streams;

/// Returns the facts of OpenAI's document.
pub(crate) fn openapi() -> serde_json::Value {
    document::read(document::Publisher::OpenAi)
}
