//! Pruning (docs/design/orphans.md, docs/design/bulk.md).
//!
//! Candidates come from the ledger, page by page. Each is proven at the backend immediately before it is deleted. An
//! object with an unknown verdict is kept.

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
