//! Ctrl-C and SIGTERM while a run is followed. The run itself goes on, unless its cancellation is requested.

use super::outcome::{named, wait_hint};
use super::path_of;
use crate::api::Nothing;
use crate::api::runs::{CancelRun, has_ended};
use crate::app::App;
use crate::app::Call;
use crate::app::signals;
use crate::client::Payload;
use crate::exit::{INTERRUPTED, RunEnded};
use crate::ui::Confirmation;
use anyhow::Result;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;

/// The action for a run when the command is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnInterrupt {
    /// The user is asked at a terminal. Without a terminal, the run goes on.
    #[default]
    Ask,
    /// The run is cancelled.
    Cancel,
}

/// The runs that are being followed, for the handling of an interrupt.
#[derive(Debug, Default)]
pub(super) struct Watch(RefCell<Vec<Value>>);

impl Watch {
    /// Stores the current ID, thread and status of a run.
    pub(super) fn know(&self, run: &Value) {
        let run = json!({ "id": run["id"], "thread_id": run["thread_id"], "status": run["status"] });
        let mut known = self.0.borrow_mut();
        match known.iter_mut().find(|known| known["id"] == run["id"]) {
            Some(known) => *known = run,
            None => known.push(run),
        }
    }

    /// Describes the runs that have not ended, for the status line.
    pub(super) fn described(&self) -> String {
        let going = self.going();
        let status = |run: &Value| run["status"].as_str().unwrap_or("not known yet").replace('_', " ");
        if going.is_empty() {
            return "waiting for the run".to_owned();
        }
        if let [run] = going.as_slice() {
            return format!("run {} is {}", run["id"].as_str().unwrap_or_default(), status(run));
        }
        let mut counts = BTreeMap::new();
        going.iter().for_each(|run| *counts.entry(status(run)).or_insert(0) += 1);
        let counts: Vec<String> = counts.into_iter().map(|(status, count)| format!("{count} {status}")).collect();
        format!("{} runs: {}", going.len(), counts.join(", "))
    }

    fn going(&self) -> Vec<Value> {
        self.0.borrow().iter().filter(|run| run["id"].is_string() && !has_ended(run)).cloned().collect()
    }
}

/// Runs `work`, which follows runs. The first signal ends it and handles the runs. A second signal ends the process
/// at once.
pub(super) fn attend_runs<T>(
    app: &App,
    on_interrupt: OnInterrupt,
    watch: &Watch,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    signals::insist()?;
    app.attend(async {
        let code = {
            let mut work = pin!(work);
            tokio::select! {
                biased;
                code = signals::signal() => code,
                result = &mut work => return result,
            }
        };
        Err(interrupted(app, code, on_interrupt, &watch.going()).await)
    })
}

/// Handles the runs that have not ended, and returns the error that ends the command.
async fn interrupted(app: &App, code: u8, on_interrupt: OnInterrupt, going: &[Value]) -> anyhow::Error {
    let stopped = app.stop(code);
    if going.is_empty() {
        return stopped;
    }
    signals::hold();
    let cancel = match on_interrupt {
        OnInterrupt::Cancel => true,
        OnInterrupt::Ask if code == INTERRUPTED && app.ui().is_interactive() => {
            tell_going(app, going);
            asked(app, question(going)).await
        }
        OnInterrupt::Ask => return going_on(code, going),
    };
    if cancel {
        for run in going {
            cancel_run(app, run).await;
        }
    }
    stopped
}

fn tell_going(app: &App, going: &[Value]) {
    app.ui().print_line("");
    for run in going {
        let hint = wait_hint(run).unwrap_or_default();
        app.ui().warn_always(&format!("{} {}; {hint}", named(run), goes_on(std::slice::from_ref(run))));
    }
}

/// Asks on a separate thread, so that a second Ctrl-C does not have to wait for the answer.
async fn asked(app: &App, question: String) -> bool {
    let (send, receive) = tokio::sync::oneshot::channel();
    let ui = app.shared_ui();
    if crate::env::limits::detach(move || send.send(ui.ask(&question))).is_err() {
        return false;
    }
    matches!(receive.await, Ok(Confirmation::Yes))
}

async fn cancel_run(app: &App, run: &Value) {
    let cancelled = async {
        let call = Call::of::<CancelRun>(&path_of(run)?, &Nothing {}, Payload::None);
        app.call(call).await
    };
    match cancelled.await {
        Ok(reply) => {
            let status = reply.text("status").unwrap_or("cancelling").replace('_', " ");
            app.ui().warn_always(&format!("{} is {status}", named(run)));
        }
        Err(error) => {
            if let Some(report) = crate::exit::report(&error) {
                app.ui().error(&report);
            }
        }
    }
}

fn question(going: &[Value]) -> String {
    match going {
        [run] => format!("cancel {}?", named(run)),
        going => format!("cancel these {} runs?", going.len()),
    }
}

/// Returns the words that runs go on, or may go on if their status is not known.
fn goes_on(going: &[Value]) -> &'static str {
    match going {
        going if going.iter().any(|run| run["status"].is_null()) => "may go on",
        [_] => "goes on",
        _ => "go on",
    }
}

/// Returns the error that names the runs that go on.
fn going_on(code: u8, going: &[Value]) -> anyhow::Error {
    let word = if code == INTERRUPTED { "interrupted" } else { "terminated" };
    let names: Vec<String> = going.iter().map(named).collect();
    RunEnded {
        code,
        message: format!("{word}; {} {}", names.join(", "), goes_on(going)),
        cause: None,
        server_code: None,
        hint: going.first().and_then(wait_hint),
    }
    .into()
}
