//! The handling of Ctrl-C and SIGTERM while runs are followed. A run continues at the backend, unless the user requests
//! its cancellation.

use super::describe::{describe_run, status_text, wait_hint};
use super::followed_runs::FollowedRuns;
use super::options::OnInterrupt;
use super::run::{path_of, run_in_response};
use crate::api::Nothing;
use crate::api::objects::Run;
use crate::api::runs::CancelRun;
use crate::app::{App, Call, signals};
use crate::client::Payload;
use crate::exit::{self, INTERRUPTED, RunEnded};
use crate::ui::Confirmation;
use anyhow::Result;
use std::pin::pin;

/// Runs `work`, which follows runs. The first signal ends the work, and the runs are cancelled or reported
/// (`on_interrupt`). A second signal ends the process at once.
pub(super) fn run_until_interrupted<T>(
    app: &App,
    on_interrupt: OnInterrupt,
    runs: &FollowedRuns,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    signals::start_watchdog()?;
    app.wait_handling_signals(async {
        let code = {
            let mut work = pin!(work);
            tokio::select! {
                biased;
                code = signals::signal() => code,
                result = &mut work => return result,
            }
        };
        Err(handle_interrupt(app, code, on_interrupt, &runs.unfinished()).await)
    })
}

/// Handles the runs that have not ended, and returns the error that ends the command.
async fn handle_interrupt(app: &App, code: u8, on_interrupt: OnInterrupt, runs: &[Run]) -> anyhow::Error {
    let stopped = app.stop(code);
    if runs.is_empty() {
        return stopped;
    }
    signals::hold();
    let cancels = match on_interrupt {
        OnInterrupt::Cancel => true,
        OnInterrupt::Ask if code == INTERRUPTED && app.ui().is_interactive() => {
            list_runs(app, runs);
            confirm_cancellation(app, runs).await
        }
        OnInterrupt::Ask => return runs_continue(code, runs),
    };
    if cancels {
        for run in runs {
            cancel(app, run).await;
        }
    }
    stopped
}

fn list_runs(app: &App, runs: &[Run]) {
    app.ui().print_line("");
    for run in runs {
        let hint = wait_hint(run).unwrap_or_default();
        app.ui().warn_always(&format!("{} {}; {hint}", describe_run(run), continue_verb(std::slice::from_ref(run))));
    }
}

/// Asks whether to cancel the runs. The question runs on a separate thread, so that a second Ctrl-C can end the process
/// before the answer.
async fn confirm_cancellation(app: &App, runs: &[Run]) -> bool {
    let question = match runs {
        [run] => format!("cancel {}?", describe_run(run)),
        runs => format!("cancel these {} runs?", runs.len()),
    };
    let (send, receive) = tokio::sync::oneshot::channel();
    let ui = app.shared_ui();
    if crate::env::limits::detach(move || send.send(ui.ask(&question))).is_err() {
        return false;
    }
    matches!(receive.await, Ok(Confirmation::Yes))
}

async fn cancel(app: &App, run: &Run) {
    let cancelled = async {
        let call = Call::of::<CancelRun>(&path_of(run)?, &Nothing {}, Payload::None);
        app.call(call).await
    };
    match cancelled.await {
        Ok(reply) => {
            let status = status_text(&run_in_response(reply.value, &[])).unwrap_or_else(|| "cancelling".to_owned());
            app.ui().warn_always(&format!("{} is {status}", describe_run(run)));
        }
        Err(error) => {
            if let Some(report) = exit::report(&error) {
                app.ui().error(&report);
            }
        }
    }
}

/// Returns the verb for a message about runs: `continue`, or `may continue` if the status of one is unknown.
fn continue_verb(runs: &[Run]) -> &'static str {
    match runs {
        runs if runs.iter().any(|run| run.status().is_missing()) => "may continue",
        [_] => "continues",
        _ => "continue",
    }
}

/// Returns the error of an interrupted command, which names the runs that continue.
fn runs_continue(code: u8, runs: &[Run]) -> anyhow::Error {
    let event = if code == INTERRUPTED { "interrupted" } else { "terminated" };
    let names: Vec<String> = runs.iter().map(describe_run).collect();
    RunEnded {
        code,
        message: format!("{event}; {} {}", names.join(", "), continue_verb(runs)),
        cause: None,
        server_code: None,
        hint: runs.first().and_then(wait_hint),
    }
    .into()
}
