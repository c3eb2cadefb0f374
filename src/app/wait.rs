//! Execution of async work: until it ends, or until Ctrl-C or SIGTERM stops it.
//!
//! [`App::wait`] ends the work at the first signal. [`App::wait_for_end`] and [`App::wait_for_all`] let it complete
//! what it has begun. Work in [`App::wait_handling_signals`] handles signals itself.

use super::{App, Stopping, Tally, signals};
use crate::env::limits;
use crate::exit::{AlreadyReported, Stopped};
use anyhow::Result;
use std::sync::Arc;
use std::time::Duration;

/// How long stopped work may continue before a message reports that the command waits for it.
const MESSAGE_DELAY: Duration = Duration::from_millis(150);

impl App {
    /// Runs work that sends requests to a backend. Ctrl-C and SIGTERM stop it.
    pub fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        signals::start_watchdog()?;
        self.runtime()?.block_on(self.unless_stopped(work))
    }

    /// Runs work that handles signals itself, for example while it waits for a child process.
    pub fn wait_handling_signals<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        limits::check_threads()?;
        self.runtime()?.block_on(work)
    }

    /// Runs work until it ends, or until Ctrl-C or SIGTERM stops it. For use within [`App::wait_handling_signals`].
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            code = signals::signal() => Err(self.stop(code)),
            result = work => result,
        }
    }

    /// Runs work that ends by itself after `stopping` is set. The first signal sets it and prints `next`, the message
    /// on how to continue. A second signal ends the work.
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

    /// Starts the handling of signals for work without requests, such as an import. The work must check
    /// [`App::stopped`] between two steps.
    ///
    /// If the work does not end in time after a signal, for example because it reads from an idle pipe, this prints the
    /// error and ends the process.
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

    /// Runs work on many objects, which starts no further object after `stopping` is set. The first signal sets it, and
    /// requests in flight then have a short time to complete. A second signal ends the work.
    ///
    /// # Errors
    /// Returns the error of the work. If a signal stopped the work, the error contains its progress.
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
            let ended_soon = tokio::time::timeout(MESSAGE_DELAY, &mut work).await;
            let result = match ended_soon {
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

    /// Warns about the open intents of requests in flight, and returns the error that ends the command. `code` is the
    /// exit code of the signal.
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
