//! The commands, one file per noun or verb. Each converts its arguments into calls and prints the results. A command
//! must not depend on another command.

pub mod api;
pub mod assistants;
mod cascade;
mod columns;
pub mod conversations;
mod crud;
pub mod demo;
pub mod export;
pub mod files;
pub mod graph;
mod handlers;
mod lazy;
pub mod ledger;
mod marker;
pub mod messages;
pub mod profiles;
pub mod provision;
mod prune;
pub mod record;
mod request;
pub mod restore;
mod rows;
mod run_request;
pub mod runs;
pub mod serve;
pub mod steps;
mod storage_price;
pub mod threads;
mod upload_source;
pub mod uploads;
pub mod vector_stores;

pub use crud::{Delete, Get};
pub use lazy::LazyCommand;
pub use request::{Bare, List, Send};
pub use run_request::RunRequest;
