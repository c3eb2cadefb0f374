//! The integration tests, one binary (one link) with a module per subject.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod client;
mod contract;
mod facts;
mod flags;
mod ledger;
mod listener;
mod operations_table;
mod world;
