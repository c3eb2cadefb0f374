//! Pruning (docs/design/orphans.md, docs/design/bulk.md): threads that are proven to be orphaned are deleted, and no
//! other ones.

mod absence;
mod ci_jobs;
mod clock;
#[cfg(unix)]
mod failures;
mod input;
mod kept;
mod lists;
mod overview;
#[cfg(unix)]
mod terminal;
