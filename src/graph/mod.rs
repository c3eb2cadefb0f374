//! The graph of assistants, threads, vector stores, and files, with who refers to whom.
//!
//! The graph is an overview. It marks candidates for a prune, and the prune commands prove each one.

mod candidate;
mod model;
mod read;
mod text;

pub use read::{dry_run, read};
pub use text::{dot, mermaid, tree};
