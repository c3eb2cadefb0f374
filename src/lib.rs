//! `asst`: the administration CLI for the Assistants protocol, as a library with a thin binary.
//!
//! Imports run downward only: `cli → cmd → app → (view, exit) → serve → (client, ledger, config) →
//! (api, http, db, ui, env)`. `docs/architecture.md` has a paragraph on each room.

pub mod api;
pub mod client;
pub mod config;
pub mod db;
pub mod env;
pub mod http;
pub mod ledger;
pub mod serve;
pub mod ui;
pub mod view;
