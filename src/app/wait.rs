//! Running async work to its end, or until Ctrl-C or SIGTERM stops it.

use super::{App, Stopping, Tally, signals};
use crate::env::limits;
use crate::exit::{AlreadyReported, Stopped};
use anyhow::Result;
use std::sync::Arc;
use std::time::Duration;

/// How long stopped work may continue before a message reports that it does.
const AT_ONCE: Duration = Duration::from_millis(150);

impl App {
    /// Runs work that sends requests to a backend. Ctrl-C and SIGTERM stop it.
    pub fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        signals::start_watchdog()?;
        self.runtime()?.block_on(self.unless_stopped(work))
    }

    /// Runs work that handles signals itself, for example while it waits for a child process.
    pub fn attend<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        limits::check_threads()?;
        self.runtime()?.block_on(work)
    }

    /// Runs work until it ends, or until Ctrl-C or SIGTERM stops it. For use within [`App::attend`].
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            code = signals::signal() => Err(self.stop(code)),
            result = work => result,
        }
    }

    /// Runs work that ends by itself when `stopping` is set. The first signal sets it, and a second one ends the work.
    /// `next` is the message on how to continue.
    pub fn wait_for_end<T>(&self, stopping: &Stopping, next: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        signals::start_watchdog()?;
        self.runtime()?.block_on(async {
            let mut work = std::pin::pin!(work);
            let code = tokio::select! {
                biased;
                code = signals::signal() => code,
                result = &mut work => return result,
            };
            stopping.set();
            self.ui.warn(&format!("stopping; {next}"));
            tokio::select! {
                biased;
                code = signals::signal() => Err(self.stop(code)),
                () = signals::grace() => Err(self.stop(code)),
                result = work => Err(result.err().filter(|error| !error.is::<AlreadyReported>()).unwrap_or_else(|| self.stop(code))),
            }
        })
    }

    /// Handles signals for work that does not wait for a backend. Such work checks [`App::stopped`] between two steps.
    ///
    /// If it does not end in time, for example because it reads from an idle pipe, the process is ended with the same
    /// message.
    pub fn handle_signals(&self) {
        let (ui, tally) = (self.shared_ui(), Arc::clone(&self.tally));
        signals::watch(move |code| {
            if let Some(report) = crate::exit::report(&stopped(code, &tally).into()) {
                ui.error(&report);
            }
        });
    }

    /// Returns the error that ends the command, if a signal was received since [`App::handle_signals`].
    pub fn stopped(&self) -> Option<anyhow::Error> {
        signals::received().map(|code| self.stop(code))
    }

    /// Runs work on many objects. After the first signal, no further object is started, and requests in flight get a
    /// short time to complete.
    ///
    /// The error reports the progress.
    pub fn wait_for_all<T>(&self, stopping: &Stopping, work: impl Future<Output = Result<T>>) -> Result<T> {
        signals::start_watchdog()?;
        self.runtime()?.block_on(async {
            let mut work = std::pin::pin!(work);
            let code = tokio::select! {
                biased;
                code = signals::signal() => code,
                result = &mut work => return result,
            };
            stopping.set();
            let at_once = tokio::time::timeout(AT_ONCE, &mut work).await;
            let result = match at_once {
                Ok(result) => result,
                Err(_) => {
                    self.ui.warn("stopping; waiting for the requests that were already sent");
                    tokio::select! {
                        biased;
                        code = signals::signal() => return Err(self.stop(code)),
                        () = signals::grace() => return Err(self.stop(code)),
                        result = work => result,
                    }
                }
            };
            Err(result.err().filter(|error| !error.is::<AlreadyReported>()).unwrap_or_else(|| self.stop(code)))
        })
    }

    /// Reports the intents of requests in flight, and returns the error that ends the command.
    pub(crate) fn stop(&self, code: u8) -> anyhow::Error {
        for intent in self.record_state.take_open() {
            self.ui.warn_always(&format!(
                "stopped during a create request; intent {intent} stays open: run `asst ledger doctor` for its outcome"
            ));
        }
        stopped(code, &self.tally).into()
    }
}

/// Returns the error of a stopped command, with its progress.
fn stopped(code: u8, tally: &Tally) -> Stopped {
    let (done, hint) = tally.summary().unzip();
    Stopped { code, done, hint: hint.filter(|hint| !hint.is_empty()) }
}
