//! Driving work to its end, or until Ctrl-C or SIGTERM end it.

use super::{App, Stopping, Tally, stop};
use crate::env::limits;
use crate::exit::{Stopped, Told};
use anyhow::Result;
use std::sync::Arc;
use std::time::Duration;

/// How long work may go on after a signal before it is said that it does.
const AT_ONCE: Duration = Duration::from_millis(150);

impl App {
    /// Drives a future that talks to a backend; Ctrl-C and SIGTERM end it.
    pub fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        stop::insist()?;
        self.runtime()?.block_on(self.unless_stopped(work))
    }

    /// Drives a future that hears signals itself, as one does that waits for a child.
    pub fn attend<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        limits::allow_threads()?;
        self.runtime()?.block_on(work)
    }

    /// Lets work go on until Ctrl-C or SIGTERM end it, within [`App::attend`].
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            code = stop::signal() => Err(self.stop(code)),
            result = work => result,
        }
    }

    /// Drives work that ends by itself once it is told to: the first signal tells it, a second one ends it. `next` is
    /// what is said about going on later.
    pub fn wait_for_end<T>(&self, stopping: &Stopping, next: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        stop::insist()?;
        self.runtime()?.block_on(async {
            let mut work = std::pin::pin!(work);
            let code = tokio::select! {
                biased;
                code = stop::signal() => code,
                result = &mut work => return result,
            };
            stopping.set();
            self.ui.warn(&format!("stopping; {next}"));
            tokio::select! {
                biased;
                code = stop::signal() => Err(self.stop(code)),
                () = stop::grace() => Err(self.stop(code)),
                result = work => Err(result.err().filter(|error| !error.is::<Told>()).unwrap_or_else(|| self.stop(code))),
            }
        })
    }

    /// Lets work that waits for no backend end by itself after a signal: it asks [`App::stopped`] between two pieces. If
    /// it cannot, since it reads from a pipe that gives nothing, it is ended with the same message.
    pub fn heed_signals(&self) {
        let (ui, tally) = (self.shared_ui(), Arc::clone(&self.tally));
        stop::tell(move |code| {
            if let Some(report) = crate::exit::report(&stopped(code, &tally).into()) {
                ui.error(&report);
            }
        });
    }

    /// Returns the error that ends the command if a signal came since [`App::heed_signals`].
    pub fn stopped(&self) -> Option<anyhow::Error> {
        stop::heard().map(|code| self.stop(code))
    }

    /// Drives work on many objects. The first signal lets it begin nothing more; what is under way may still be answered
    /// for a short time. The error says how far it came.
    pub fn wait_for_all<T>(&self, stopping: &Stopping, work: impl Future<Output = Result<T>>) -> Result<T> {
        stop::insist()?;
        self.runtime()?.block_on(async {
            let mut work = std::pin::pin!(work);
            let code = tokio::select! {
                biased;
                code = stop::signal() => code,
                result = &mut work => return result,
            };
            stopping.set();
            let at_once = tokio::time::timeout(AT_ONCE, &mut work).await;
            let result = match at_once {
                Ok(result) => result,
                Err(_) => {
                    self.ui.warn("stopping; requests that are under way may still be answered");
                    tokio::select! {
                        biased;
                        code = stop::signal() => return Err(self.stop(code)),
                        () = stop::grace() => return Err(self.stop(code)),
                        result = work => result,
                    }
                }
            };
            Err(result.err().filter(|error| !error.is::<Told>()).unwrap_or_else(|| self.stop(code)))
        })
    }

    /// Says what was in flight and returns the error that ends the command.
    pub(super) fn stop(&self, code: u8) -> anyhow::Error {
        for intent in self.talk.take_open() {
            self.ui.always(&format!(
                "stopped during a create; intent {intent} stays open: `asst ledger doctor` tells what became of it"
            ));
        }
        stopped(code, &self.tally).into()
    }
}

/// Returns the error of a command that was stopped, with what was done until then.
fn stopped(code: u8, tally: &Tally) -> Stopped {
    let (done, hint) = tally.told().unzip();
    Stopped { code, done, hint: hint.filter(|hint| !hint.is_empty()) }
}
