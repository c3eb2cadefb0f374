//! Provisioning: what separates a backend from a manifest, and the requests that remove it (docs/provisioning.md).
//!
//! There is no state file. The metadata of an object holds its identity and the digests of its last write, so that every
//! machine finds the same objects.

mod apply;
mod live;
mod plan;
mod request;
mod snapshot;
mod verdict;

pub use apply::{Applied, Applier, DriftPolicy, Outcome};
pub use plan::{Plan, PlanOptions, PlannedObject, destruction, plan};
pub use verdict::Action;
