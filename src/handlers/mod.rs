//! Handlers: local programs that answer the tool calls of a run (docs/handlers.md).
//!
//! A tool call goes only to the program that was named for its function. No shell is involved.

mod dispatch;
mod error;
mod log;
mod options;
mod output_capture;
mod pending;
mod process;
mod programs;
mod replay;
mod result;
mod usage;

pub use dispatch::Handlers;
pub use options::{DEFAULT_TIMEOUT, HandlerOptions, OnError};
pub use programs::NamedHandler;
