//! Pruning: finding unused objects and deleting them (docs/design/orphans.md, docs/design/bulk.md).
//!
//! A [`Pruner`] examines candidates. Threads and runs come from the ledger (`candidates.rs`), files and vector stores
//! from lists of the backend (`lists.rs`). For each candidate, evidence is read from the backend, and a pure function
//! maps the evidence to a verdict (`verdict.rs`, `run_verdict.rs`, `store_verdict.rs`). Immediately before a deletion,
//! the evidence is read again. An object with an unknown verdict is kept.
//!
//! `cascade/` deletes objects that the user names, with the vector stores and files to which only they refer.

mod assistants;
mod backend_health;
mod backup;
mod candidates;
mod cascade;
mod clock_check;
mod conditions;
mod deletion;
mod duration;
mod evidence;
mod facts;
mod file_references;
mod files;
mod listed_deletion;
mod lists;
mod mentions;
mod options;
mod outcome;
mod pruner;
mod rule;
mod run_cancellation;
mod run_verdict;
mod runs;
mod slots;
mod store_verdict;
mod threads;
mod vector_stores;
mod verdict;

pub use cascade::CascadeSelection;
pub use conditions::{ActiveRunPolicy, AssistantCondition, Conditions, RetentionHold};
pub use options::{FileSelection, GraphPart, PruneMode, PruneOptions, StoreSelection};
pub use outcome::{PruneOutcome, PrunedObject};
pub use pruner::Pruner;
pub use rule::{PruneCandidate, PruneRule};
