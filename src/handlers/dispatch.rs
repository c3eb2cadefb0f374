//! The dispatch of tool calls to handlers. If a log is replayed, it supplies the outputs, and no program runs.

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

/// The handlers of a command, which answer tool calls.
pub struct Handlers {
    ui: Arc<Ui>,
    outputs: OutputSource,
    timeout: Duration,
    on_error: OnError,
    log: Option<CallLog>,
    /// The permits to run a handler, which limit the number of handlers that run at once.
    permits: Semaphore,
}

/// The source of outputs.
enum OutputSource {
    Programs(HandlerPrograms),
    Replay(Replay),
}

impl Handlers {
    /// Prepares the handlers. Checks all programs and files, so that errors occur before the first tool call. In a dry
    /// run, the log is not opened.
    ///
    /// # Errors
    /// Returns an error if a program, the folder or a file cannot be used, or if the folder contains no program.
    pub fn new(app: &App, options: HandlerOptions) -> Result<Self> {
        let outputs = match &options.replay {
            Some(path) => OutputSource::Replay(Replay::read(path)?),
            None => OutputSource::Programs(HandlerPrograms::resolve(options.named, options.folder.as_deref())?),
        };
        let is_dry_run = app.options().dry_run != DryRun::Off;
        let log = options.log.filter(|_| !is_dry_run).map(|path| CallLog::open(path, app.shared_ui())).transpose()?;
        Ok(Self {
            ui: app.shared_ui(),
            outputs,
            timeout: options.timeout.unwrap_or(DEFAULT_TIMEOUT),
            on_error: options.on_error,
            log,
            permits: Semaphore::new(app.profile()?.concurrency),
        })
    }

    /// Answers all tool calls for which a run waits, concurrently. Returns the decision about the run: to submit the
    /// outputs, to cancel it, or to leave it waiting.
    pub async fn respond(&self, run: Run) -> ActionResponse {
        let pending = match PendingCalls::read(&run) {
            Ok(pending) if pending.calls.is_empty() => return ActionResponse::Leave { reason: None },
            Ok(pending) => pending,
            Err(reason) => return ActionResponse::Leave { reason: Some(reason) },
        };
        // With `OnError::Submit`, an error is submitted as the output of its call. Otherwise, one failure decides about
        // the whole run: if a call has no handler, no handler is started, and the first failure stops the other
        // handlers.
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

    /// Answers one tool call and returns the output to submit. Returns the reason as an error if the call failed and
    /// errors are not submitted.
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
        // `acquire` fails only after the semaphore was closed, which never happens.
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
