//! Pruning (docs/design/orphans.md, docs/design/bulk.md): threads that are proven to be orphaned are deleted, and no
//! other ones.

mod absence;
mod clock;
mod input;
mod lists;
mod precious;
mod story;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod trouble;
