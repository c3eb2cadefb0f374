//! The flags for the handlers of a followed run.

use crate::app::App;
use crate::app::handlers::{DEFAULT_LIMIT, Handlers, Named, OnError, Settings};
use crate::config::Span;
use crate::exit::Usage;
use anyhow::Result;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::path::PathBuf;

/// Programs that answer the calls of a run.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Handlers")]
pub(super) struct HandlerFlags {
    /// Answer the calls of a function by a program, round after round until the run ends (repeatable)
    ///
    /// The program gets the arguments of a call on standard input, and its environment says which call it is:
    /// ASST_TOOL_NAME, ASST_THREAD_ID, ASST_RUN_ID, ASST_CALL_ID. What it prints is the output. PROGRAM is a path, or a word
    /// that is looked up in PATH; it has no arguments, no shell runs it, and it gets none of the variables that hold a
    /// credential of asst.
    #[arg(long, value_name = "NAME=PROGRAM", value_parser = OsStringValueParser::new().try_map(|text| Named::parse(&text)))]
    handler: Vec<Named>,
    /// Answer calls by the executable files in a folder, each named as its function
    #[arg(long, value_name = "DIR")]
    handlers: Option<PathBuf>,
    /// Longest time for one call, such as 90s [default: 60s]
    #[arg(long, value_name = "DURATION")]
    handler_timeout: Option<Span>,
    /// What becomes of a call that cannot be answered [default: submit]
    #[arg(long, value_enum, value_name = "WHAT")]
    on_handler_error: Option<OnError>,
    /// Append each call with its output to a file, as JSON lines
    #[arg(long, value_name = "FILE")]
    handler_log: Option<PathBuf>,
    /// Answer calls as they were answered before, according to such a file, and run nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["handler", "handlers", "handler_timeout"])]
    handler_replay: Option<PathBuf>,
}

const _: () = assert!(DEFAULT_LIMIT.as_secs() == 60, "the help says so");

impl HandlerFlags {
    /// Returns `true` if calls are to be answered.
    pub(super) fn any(&self) -> bool {
        !self.handler.is_empty() || self.handlers.is_some() || self.handler_replay.is_some()
    }

    /// Prepares the handlers, or returns `None` if there are none.
    ///
    /// # Errors
    /// Returns an error if a handler is not usable, or if a flag for handlers is given without any handler.
    pub(super) fn ready(self, app: &App) -> Result<Option<Handlers>> {
        if !self.any() {
            let flags = [
                ("--handler-timeout", self.handler_timeout.is_some()),
                ("--on-handler-error", self.on_handler_error.is_some()),
                ("--handler-log", self.handler_log.is_some()),
            ];
            return match flags.into_iter().find(|(_, given)| *given) {
                None => Ok(None),
                Some((flag, _)) => Err(Usage::hinted(
                    format!("{flag} is for handlers, and none is named"),
                    "--handler NAME=PROGRAM names one, --handlers DIR a folder of them",
                )
                .into()),
            };
        }
        let settings = Settings {
            named: self.handler,
            folder: self.handlers,
            replay: self.handler_replay,
            limit: self.handler_timeout.map(|span| span.0),
            on_error: self.on_handler_error.unwrap_or_default(),
            log: self.handler_log,
        };
        app.handlers(settings).map(Some)
    }
}
