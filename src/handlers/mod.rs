//! Handlers: local programs that answer the tool calls of a run (docs/handlers.md).
//!
//! `dispatch.rs` answers the tool calls of a run (`pending.rs`). Each call goes to the program of its function
//! (`programs.rs`), which runs without a shell (`process.rs`). Instead of programs, a log of earlier calls (`log.rs`)
//! can supply the outputs (`replay.rs`).

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
mod unusable_file;

pub use dispatch::Handlers;
pub use options::{DEFAULT_TIMEOUT, HandlerOptions, OnError};
pub use programs::NamedHandler;
