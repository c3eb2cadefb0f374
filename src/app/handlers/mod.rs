//! Handlers: programs that answer the calls of a run (docs/handlers.md). A call goes to the program that was named for its
//! function, and to no other; no shell is between them.

mod calls;
mod failure;
mod find;
mod listen;
mod log;
mod process;
mod replay;

pub use find::{Named, is_name};

use super::App;
use super::run::Next;
use crate::env::credentials::Purpose;
use crate::env::{children, clock, spawn};
use crate::exit::Usage;
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

/// How long a handler may take where nothing else is said.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(60);

/// What becomes of a call that has no output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum OnError {
    /// The model is told, by a text in place of the output
    #[default]
    Submit,
    /// The run is cancelled
    Cancel,
    /// The run is left waiting
    Fail,
}

/// Who answers, and how.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Functions with their programs.
    pub named: Vec<Named>,
    /// A folder whose programs are named as their functions.
    pub folder: Option<PathBuf>,
    /// A log whose outputs are given again, in place of programs.
    pub replay: Option<PathBuf>,
    /// How long one handler may take; [`DEFAULT_LIMIT`] without.
    pub limit: Option<Duration>,
    pub on_error: OnError,
    /// Where each call is noted.
    pub log: Option<PathBuf>,
}

/// What answers the calls of runs.
pub struct Handlers {
    ui: Arc<Ui>,
    source: Source,
    limit: Duration,
    on_error: OnError,
    log: Option<Log>,
    /// As many work at once.
    seats: Semaphore,
}

enum Source {
    Programs(Programs),
    Replay(Replay),
}

/// How a call went.
struct Answered {
    output: Result<String, Failure>,
    /// The exit code of its handler, where one ran and ended.
    exit_code: Option<u8>,
}

impl App {
    /// Gets handlers ready: whatever can be wrong with them is found now, before any call. A log is opened only where
    /// something is to be sent.
    ///
    /// # Errors
    /// Where a program, the folder or a file cannot be used, and where nothing is in the folder.
    pub fn handlers(&self, settings: Settings) -> Result<Handlers> {
        let source = match &settings.replay {
            Some(path) => Source::Replay(Replay::read(path)?),
            None => Source::Programs(Programs::find(settings.named, settings.folder.as_deref())?),
        };
        let sends = self.options().dry_run == super::DryRun::Off;
        let log = settings.log.filter(|_| sends).map(|path| Log::open(path, self.shared_ui())).transpose()?;
        Ok(Handlers {
            ui: self.shared_ui(),
            source,
            limit: settings.limit.unwrap_or(DEFAULT_LIMIT),
            on_error: settings.on_error,
            log,
            seats: Semaphore::new(self.profile()?.concurrency),
        })
    }
}

impl Handlers {
    /// Answers the calls that a run waits for, all of them at once.
    ///
    /// # Errors
    /// Never as things are; what a call comes to is in the answer.
    pub async fn answer(&self, run: Value) -> Result<Next> {
        let pending = match Pending::read(&run) {
            Ok(pending) if pending.calls.is_empty() => return Ok(Next::Stop),
            Ok(pending) => pending,
            Err(why) => return Ok(Next::Leave(why)),
        };
        // Nothing is begun of which nothing is to come; and the first failure ends the others.
        let refused = pending.calls.iter().find(|call| self.refusal(&pending, call).is_some());
        let asked = match (self.on_error, refused) {
            (OnError::Cancel | OnError::Fail, Some(call)) => std::slice::from_ref(call),
            _ => &pending.calls,
        };
        let outputs = try_join_all(asked.iter().map(|call| self.output(&pending, call))).await;
        Ok(match (outputs, self.on_error) {
            (Ok(outputs), _) => Next::Submit(Map::from_iter([("tool_outputs".to_owned(), Value::from(outputs))])),
            (Err(why), OnError::Cancel) => Next::Cancel(why),
            (Err(why), _) => Next::Leave(why),
        })
    }

    /// Returns the output of a call as it is submitted, or why there is none and nothing shall be submitted.
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

    /// Returns why nothing is run for a call, if nothing is.
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
        // A semaphore that nobody closes always gives way.
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
    /// Judges what a handler printed by how it ended.
    fn of(status: std::process::ExitStatus, printed: Vec<u8>) -> Self {
        let output = match (children::signal(status), status.code()) {
            (Some(signal), _) => Err(Failure::Signal(signal)),
            (None, Some(0)) => listen::text(printed),
            (None, code) => Err(Failure::Exit(code.unwrap_or_default())),
        };
        Self { output, exit_code: Some(children::code(status)) }
    }
}

/// Returns the time as the log writes it.
fn now() -> String {
    jiff::Timestamp::from_millisecond(clock::now_millis()).map(|time| time.to_string()).unwrap_or_default()
}

/// Returns the refusal of a file that cannot be used.
fn unusable(path: &std::path::Path, what: &str, why: impl std::fmt::Display) -> Usage {
    Usage::new(format!("{what} {}: {why}", path.display()))
}
