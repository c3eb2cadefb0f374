//! Provisioning: compares a manifest with a backend, and changes the backend until it matches the manifest
//! (docs/provisioning.md).
//!
//! There is no state file. The metadata of an object holds its identity and the digests of its last write, so that every
//! machine finds the same objects.

mod apply;
mod backend_objects;
mod compare;
mod contents;
mod deletion;
mod duplicates;
mod folder;
mod live;
mod markdown;
mod order;
mod outcome;
mod plan;
mod plan_file;
mod planned;
mod problems;
mod pull;
mod replaced;
mod request;
mod snapshot;
mod text_diff;
mod upload;
mod usage;
mod verdict;

pub use apply::Applier;
pub use compare::{ComparedObject, compare, compare_with_backend, kind_of_id};
pub use folder::{check_folders, check_sync};
pub use markdown::{LARGEST_COMMENT, markdown};
pub use outcome::{Applied, DriftPolicy, Outcome};
pub use plan::{Plan, PlanOptions, destruction, plan};
pub use plan_file::SavedPlan;
pub use planned::PlannedObject;
pub use problems::problems_reported;
pub use pull::{MANIFEST, PullOptions, Selection, Written, pull, pull_drift};
pub use text_diff::{hunks, texts};
pub use verdict::Action;
