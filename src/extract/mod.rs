//! The text of a file: plain text, HTML, PDF, and the documents of Word, PowerPoint and Excel.
//!
//! [`Extraction`] reads a file and yields its text in pieces, in constant memory for plain text and HTML. Documents are
//! read in a child process (`worker`) with limits on memory, time and output, because their parsers can exhaust all
//! three. The module must not depend on the protocol's objects, the ledger, or a database.

mod decode;
mod event;
mod extraction;
mod failure;
mod flow;
mod html;
mod kind;
mod limits;
mod office;
mod pdf;
mod pieces;
#[cfg(test)]
#[path = "../../tests/it/extract/samples.rs"]
#[allow(dead_code, clippy::unwrap_used)]
mod samples;
mod supervisor;
#[cfg(test)]
mod tests;
mod worker;

pub use extraction::{Extraction, Input};
pub use failure::{ExtractionFailure, FailureCode};
pub use limits::ExtractionLimits;
pub use pieces::PIECE;
pub use worker::run_worker;
