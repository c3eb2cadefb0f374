//! What commands send and what the embedded server answers, held against OpenAI's published document with a JSON Schema
//! library. The document is large and not ours, so it is no fixture: `ASST_OPENAPI` says where it is, and
//! `ASST_REQUIRE_OPENAPI` makes its absence a failure.

mod answers;
mod document;
mod requests;

pub(crate) use document::openapi;
