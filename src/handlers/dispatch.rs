//! The dispatch of tool calls to handlers, or to a log that is replayed.

use super::error::ToolCallError;
use super::log::{CallLog, LogEntry};
use super::options::{DEFAULT_TIMEOUT, HandlerOptions, OnError};
use super::pending::{PendingCall, PendingCalls};
use super::process;
use super::programs::HandlerPrograms;
use super::replay::Replay;
use super::result::ToolCallResult;
use crate::api::objects::Run;
use crate::app::{App, DryRun};
use crate::env::credentials::ChildPurpose;
use crate::env::spawn;
use crate::runs::ActionResponse;
use crate::ui::{Ui, sanitize};
use anyhow::Result;
use futures_util::future::try_join_all;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

/// The handlers of a command, ready to answer tool calls.
pub struct Handlers {
    ui: Arc<Ui>,
    outputs: OutputSource,
    timeout: Duration,
    on_error: OnError,
    log: Option<CallLog>,
    /// Limits how many handlers run at once.
    permits: Semaphore,
}

/// The source of outputs.
enum OutputSource {
    Programs(HandlerPrograms),
    Replay(Replay),
}

impl Handlers {
    /// Prepares the handlers. All programs and files are checked now, before the first tool call. In a dry run, the log
    /// is not opened.
    ///
    /// # Errors
    /// Returns an error if a program, the folder or a file cannot be used, or if the folder contains no program.
    pub fn new(app: &App, options: HandlerOptions) -> Result<Self> {
        let outputs = match &options.replay {
            Some(path) => OutputSource::Replay(Replay::read(path)?),
            None => OutputSource::Programs(HandlerPrograms::resolve(options.named, options.folder.as_deref())?),
        };
        let sends = app.options().dry_run == DryRun::Off;
        let log = options.log.filter(|_| sends).map(|path| CallLog::open(path, app.shared_ui())).transpose()?;
        Ok(Self {
            ui: app.shared_ui(),
            outputs,
            timeout: options.timeout.unwrap_or(DEFAULT_TIMEOUT),
            on_error: options.on_error,
            log,
            permits: Semaphore::new(app.profile()?.concurrency),
        })
    }

    /// Answers all tool calls for which a run waits, concurrently. Returns what to do with the run.
    pub async fn respond(&self, run: Run) -> ActionResponse {
        let pending = match PendingCalls::read(&run) {
            Ok(pending) if pending.calls.is_empty() => return ActionResponse::Leave { reason: None },
            Ok(pending) => pending,
            Err(reason) => return ActionResponse::Leave { reason: Some(reason) },
        };
        // Unless errors are submitted to the model, one failure decides the outcome. If a call cannot be answered, no
        // handler starts. Otherwise, the first failure stops the other handlers.
        let rejected = pending.calls.iter().find(|call| self.rejection(&pending, call).is_some());
        let calls = match (self.on_error, rejected) {
            (OnError::Cancel | OnError::Fail, Some(call)) => std::slice::from_ref(call),
            _ => &pending.calls,
        };
        let outputs = try_join_all(calls.iter().map(|call| self.tool_output(&pending, call))).await;
        match (outputs, self.on_error) {
            (Ok(outputs), _) => {
                ActionResponse::Submit(Map::from_iter([("tool_outputs".to_owned(), Value::from(outputs))]))
            }
            (Err(reason), OnError::Cancel) => ActionResponse::Cancel { reason },
            (Err(reason), _) => ActionResponse::Leave { reason: Some(reason) },
        }
    }

    /// Returns the tool output to submit. Returns the reason as an error if nothing is to be submitted.
    async fn tool_output(&self, pending: &PendingCalls, call: &PendingCall) -> Result<Value, String> {
        let start = Instant::now();
        let result = match self.rejection(pending, call) {
            Some(error) => error.into(),
            None => self.run_handler(pending, call).await,
        };
        if let Some(log) = &self.log {
            log.append(&LogEntry::new(pending, call, &result, start.elapsed()));
        }
        let text = match result.output {
            Ok(output) => output,
            Err(error) => {
                let reason = format!("`{}` gave no output: {error}", sanitize(&call.shown_name()));
                if self.on_error != OnError::Submit {
                    return Err(reason);
                }
                self.ui.warn(&format!("{reason}; this error is submitted as its output"));
                format!("error: the function {reason}")
            }
        };
        Ok(json!({ "tool_call_id": call.id, "output": text }))
    }

    /// Returns the reason why no handler can run for a tool call, if there is one.
    fn rejection(&self, pending: &PendingCalls, call: &PendingCall) -> Option<ToolCallError> {
        let has_no_handler =
            matches!(&self.outputs, OutputSource::Programs(programs) if programs.of(&call.name).is_none());
        pending.rejection(call).or_else(|| has_no_handler.then_some(ToolCallError::NoHandler))
    }

    async fn run_handler(&self, pending: &PendingCalls, call: &PendingCall) -> ToolCallResult {
        let program = match &self.outputs {
            OutputSource::Replay(replay) => return replay.next_result(&call.name, &call.arguments),
            OutputSource::Programs(programs) => programs.of(&call.name),
        };
        let Some(program) = program else { return ToolCallError::NoHandler.into() };
        // `acquire` fails only for a closed semaphore, and this one is never closed.
        let _permit = self.permits.acquire().await;
        let mut command = spawn::command(program, ChildPurpose::Handler);
        command.envs([
            ("ASST_TOOL_NAME", &call.name),
            ("ASST_THREAD_ID", &pending.thread),
            ("ASST_RUN_ID", &pending.run),
            ("ASST_CALL_ID", &call.id),
        ]);
        let print = |line: &str| self.ui.note(&format!("{}: {line}", call.name));
        let handler = process::run(command.into(), call.arguments.as_bytes(), &print);
        timeout(self.timeout, handler).await.unwrap_or_else(|_| ToolCallError::Timeout(self.timeout).into())
    }
}
