//! The graph of assistants, threads, vector stores, and files, with the references between them.
//!
//! `read.rs` builds the graph (`model.rs`) from the lists of a backend, `candidate.rs` marks objects that a prune
//! command may delete, and `text.rs` formats the graph. The graph is an overview and proves nothing about an object.

mod candidate;
mod model;
mod read;
mod text;

pub use read::{dry_run, read};
pub use text::{dot, mermaid, tree};
