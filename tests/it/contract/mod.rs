//! What commands send and what the embedded server answers, held against OpenAI's published document with a JSON Schema
//! library. The document is large and not ours, so it is no fixture: `ASST_OPENAPI` says where it is, and
//! `ASST_REQUIRE_OPENAPI` makes its absence a failure.

pub(crate) mod answers;
mod dialect;
mod document;
pub(crate) mod forms;
mod foundry;
#[cfg(unix)]
pub(crate) mod repaired;
pub(crate) mod requests;
mod streams;

/// Returns OpenAI's document; says aloud where it is missing.
pub(crate) fn openapi() -> Option<serde_json::Value> {
    document::read(document::Publisher::OpenAi)
}
