//! The commands, one file per noun or verb. Each converts its arguments into calls and prints the results. A command
//! must not depend on another command.

pub mod api;
pub mod assistants;
mod columns;
pub mod demo;
pub mod export;
pub mod files;
mod follow;
mod handlers;
mod id_lines;
mod later;
pub mod ledger;
pub mod messages;
mod open;
mod perform;
pub mod profiles;
mod prune;
pub mod record;
mod request;
mod rows;
pub mod runs;
pub mod serve;
pub mod steps;
pub mod threads;

pub use follow::Go;
pub use later::Later;
pub use perform::{Delete, Get};
pub use request::{Bare, List, Send, Whole};
