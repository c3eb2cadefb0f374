//! The integration tests, one binary (one link) with a module per subject.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod client;
mod contract;
mod demo;
mod drift;
mod facts;
mod flags;
mod layers;
mod ledger;
mod listener;
mod operations;
mod operations_table;
mod readme;
mod server_crash;
mod transcript;
mod world;
