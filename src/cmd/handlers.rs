//! The flags for handlers: the programs that answer the tool calls of a run that a command follows.

use crate::app::App;
use crate::config::TimeLimit;
use crate::exit::Usage;
use crate::handlers::{DEFAULT_TIMEOUT, HandlerOptions, Handlers, NamedHandler, OnError};
use anyhow::Result;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::path::PathBuf;

/// The programs that answer the tool calls of a run.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Handlers")]
pub(super) struct HandlerFlags {
    /// Answer the calls of function NAME with PROGRAM until the run ends (repeatable)
    ///
    /// The program reads the arguments of a call from standard input. Its environment identifies the call:
    /// ASST_TOOL_NAME, ASST_THREAD_ID, ASST_RUN_ID, ASST_CALL_ID. Its standard output becomes the tool output.
    ///
    /// PROGRAM is a path, or a name to search in PATH. It has no arguments and runs without a shell. Variables that
    /// hold a credential of asst are removed from its environment.
    #[arg(long, value_name = "NAME=PROGRAM", value_parser = OsStringValueParser::new().try_map(|text| NamedHandler::parse(&text)))]
    handler: Vec<NamedHandler>,
    /// Answer calls with the executable files in DIR, each with the name of its function
    #[arg(long, value_name = "DIR")]
    handlers: Option<PathBuf>,
    /// Allow at most DURATION per call, such as 90s [default: 60s]
    #[arg(long, value_name = "DURATION")]
    handler_timeout: Option<TimeLimit>,
    /// Set the action for a call that cannot be answered [default: submit]
    #[arg(long, value_enum, value_name = "WHAT")]
    on_handler_error: Option<OnError>,
    /// Append each call and its output to FILE, as JSON Lines
    #[arg(long, value_name = "FILE")]
    handler_log: Option<PathBuf>,
    /// Answer calls from FILE, a log of --handler-log, instead of running programs
    #[arg(long, value_name = "FILE", conflicts_with_all = ["handler", "handlers", "handler_timeout"])]
    handler_replay: Option<PathBuf>,
}

const _: () = assert!(DEFAULT_TIMEOUT.as_secs() == 60, "the help of --handler-timeout states 60s");

impl HandlerFlags {
    /// Returns `true` if a flag names handlers or a log to replay.
    pub(super) fn any(&self) -> bool {
        !self.handler.is_empty() || self.handlers.is_some() || self.handler_replay.is_some()
    }

    /// Prepares the handlers for use. Returns `None` if no flag names one.
    ///
    /// # Errors
    /// Returns an error if a handler is not usable, or if a flag for handlers is given without any handler.
    pub(super) fn prepare(self, app: &App) -> Result<Option<Handlers>> {
        if !self.any() {
            let flags = [
                ("--handler-timeout", self.handler_timeout.is_some()),
                ("--on-handler-error", self.on_handler_error.is_some()),
                ("--handler-log", self.handler_log.is_some()),
            ];
            return match flags.into_iter().find(|(_, given)| *given) {
                None => Ok(None),
                Some((flag, _)) => Err(Usage::hinted(
                    format!("{flag} needs a handler"),
                    "pass --handler NAME=PROGRAM, or --handlers DIR for a folder of handlers",
                )
                .into()),
            };
        }
        let options = HandlerOptions {
            named: self.handler,
            folder: self.handlers,
            replay: self.handler_replay,
            timeout: self.handler_timeout.map(|span| span.0),
            on_error: self.on_handler_error.unwrap_or_default(),
            log: self.handler_log,
        };
        Handlers::new(app, options).map(Some)
    }
}
