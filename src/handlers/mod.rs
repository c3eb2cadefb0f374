//! Handlers: local programs that answer the tool calls of a run (docs/handlers.md).
//!
//! A tool call goes only to the program that was named for its function. No shell is involved.

mod calls;
mod failure;
mod find;
mod log;
mod output_capture;
mod process;
mod replay;

pub use find::{NamedHandler, is_function_name};

use crate::app::App;
use crate::env::credentials::Purpose;
use crate::env::{clock, process_groups, spawn};
use crate::exit::Usage;
use crate::runs::ActionResponse;
use crate::ui::{Ui, sanitize};
use anyhow::Result;
use calls::{Call, Pending};
use failure::Failure;
use find::Programs;
use futures_util::future::try_join_all;
use log::{Entry, Log};
use replay::Replay;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

/// The default time limit of a handler.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// The action for a tool call that has no output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum OnError {
    /// Submit a text with the error as the output
    #[default]
    Submit,
    /// Cancel the run
    Cancel,
    /// Leave the run waiting
    Fail,
}

/// The options of the handlers.
#[derive(Debug, Clone, Default)]
pub struct HandlerOptions {
    /// Functions, each with the program that is named for it.
    pub named: Vec<NamedHandler>,
    /// A folder of programs, each named like its function.
    pub folder: Option<PathBuf>,
    /// A log whose outputs are replayed instead of running programs.
    pub replay: Option<PathBuf>,
    /// The time limit of one handler. Defaults to [`DEFAULT_TIMEOUT`].
    pub limit: Option<Duration>,
    pub on_error: OnError,
    /// The log to which each tool call is appended.
    pub log: Option<PathBuf>,
}

/// The handlers of a command, ready to answer tool calls.
pub struct Handlers {
    ui: Arc<Ui>,
    source: Source,
    limit: Duration,
    on_error: OnError,
    log: Option<Log>,
    /// Limits how many handlers run at once.
    seats: Semaphore,
}

enum Source {
    Programs(Programs),
    Replay(Replay),
}

/// The result of a tool call.
struct Answered {
    output: Result<String, Failure>,
    /// The exit code of the handler, if one ran to its end.
    exit_code: Option<u8>,
}

impl Handlers {
    /// Prepares the handlers. All programs and files are checked now, before the first tool call. In a dry run, the log
    /// is not opened.
    ///
    /// # Errors
    /// Returns an error if a program, the folder or a file cannot be used, or if the folder contains no program.
    pub fn new(app: &App, options: HandlerOptions) -> Result<Self> {
        let source = match &options.replay {
            Some(path) => Source::Replay(Replay::read(path)?),
            None => Source::Programs(Programs::find(options.named, options.folder.as_deref())?),
        };
        let sends = app.options().dry_run == crate::app::DryRun::Off;
        let log = options.log.filter(|_| sends).map(|path| Log::open(path, app.shared_ui())).transpose()?;
        Ok(Self {
            ui: app.shared_ui(),
            source,
            limit: options.limit.unwrap_or(DEFAULT_TIMEOUT),
            on_error: options.on_error,
            log,
            seats: Semaphore::new(app.profile()?.concurrency),
        })
    }

    /// Answers all tool calls for which a run waits, concurrently.
    ///
    /// # Errors
    /// Returns no error at present. The outcome of the tool calls is part of the returned value.
    pub async fn answer(&self, run: Value) -> Result<ActionResponse> {
        let pending = match Pending::read(&run) {
            Ok(pending) if pending.calls.is_empty() => return Ok(ActionResponse::Stop),
            Ok(pending) => pending,
            Err(why) => return Ok(ActionResponse::Leave(why)),
        };
        // Unless errors are submitted to the model, one failure decides the outcome. If a call cannot be answered, no
        // handler starts. Otherwise, the first failure stops the other handlers.
        let refused = pending.calls.iter().find(|call| self.refusal(&pending, call).is_some());
        let asked = match (self.on_error, refused) {
            (OnError::Cancel | OnError::Fail, Some(call)) => std::slice::from_ref(call),
            _ => &pending.calls,
        };
        let outputs = try_join_all(asked.iter().map(|call| self.output(&pending, call))).await;
        Ok(match (outputs, self.on_error) {
            (Ok(outputs), _) => {
                ActionResponse::Submit(Map::from_iter([("tool_outputs".to_owned(), Value::from(outputs))]))
            }
            (Err(why), OnError::Cancel) => ActionResponse::Cancel(why),
            (Err(why), _) => ActionResponse::Leave(why),
        })
    }

    /// Returns the tool output to submit. Returns the reason as an error if nothing is to be submitted.
    async fn output(&self, pending: &Pending, call: &Call) -> Result<Value, String> {
        let begun = Instant::now();
        let answered = match self.refusal(pending, call) {
            Some(failure) => failure.into(),
            None => self.asked(pending, call).await,
        };
        if let Some(log) = &self.log {
            log.note(&Entry::new(pending, call, &answered, begun.elapsed()));
        }
        let text = match answered.output {
            Ok(output) => output,
            Err(failure) => {
                let why = format!("`{}` gave no output: {failure}", sanitize(&call.shown()));
                if self.on_error != OnError::Submit {
                    return Err(why);
                }
                self.ui.warn(&format!("{why}; the model is told so"));
                format!("error: the function {why}")
            }
        };
        Ok(json!({ "tool_call_id": call.id, "output": text }))
    }

    /// Returns the reason why no handler can run for a tool call, if there is one.
    fn refusal(&self, pending: &Pending, call: &Call) -> Option<Failure> {
        let unknown = matches!(&self.source, Source::Programs(programs) if programs.of(&call.name).is_none());
        pending.refuses(call).or_else(|| unknown.then_some(Failure::Unknown))
    }

    async fn asked(&self, pending: &Pending, call: &Call) -> Answered {
        let program = match &self.source {
            Source::Replay(replay) => return replay.answer(&call.name, &call.arguments),
            Source::Programs(programs) => programs.of(&call.name),
        };
        let Some(program) = program else { return Failure::Unknown.into() };
        // `acquire` fails only for a closed semaphore, and this one is never closed.
        let _seat = self.seats.acquire().await;
        let variables = [
            ("ASST_TOOL_NAME", &call.name),
            ("ASST_THREAD_ID", &pending.thread),
            ("ASST_RUN_ID", &pending.run),
            ("ASST_CALL_ID", &call.id),
        ];
        let mut command = spawn::command(program, Purpose::Handler);
        command.envs(variables);
        let heard = |line: &str| self.ui.note(&format!("{}: {line}", call.name));
        let work = process::run(command.into(), call.arguments.as_bytes(), &heard);
        timeout(self.limit, work).await.unwrap_or_else(|_| Failure::Late(self.limit).into())
    }
}

impl From<Failure> for Answered {
    fn from(failure: Failure) -> Self {
        Self { output: Err(failure), exit_code: None }
    }
}

impl Answered {
    /// Returns the result of a handler, given its exit status and its standard output.
    fn of(status: std::process::ExitStatus, printed: Vec<u8>) -> Self {
        let output = match (process_groups::signal(status), status.code()) {
            (Some(signal), _) => Err(Failure::Signal(signal)),
            (None, Some(0)) => output_capture::text(printed),
            (None, code) => Err(Failure::Exit(code.unwrap_or_default())),
        };
        Self { output, exit_code: Some(process_groups::code(status)) }
    }
}

/// Returns the current time in the format of the log.
fn now() -> String {
    jiff::Timestamp::from_millisecond(clock::now_millis()).map(|time| time.to_string()).unwrap_or_default()
}

/// Returns the error for a file that cannot be used.
fn unusable(path: &std::path::Path, what: &str, why: impl std::fmt::Display) -> Usage {
    Usage::new(format!("{what} {}: {why}", path.display()))
}
