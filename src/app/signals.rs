//! The handling of Ctrl-C and SIGTERM.

use crate::env::limits::{self, SystemLimit};
use crate::env::process_groups;
use crate::exit::{INTERRUPTED, TERMINATED};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

/// How long the work of a command may take to end by itself after a signal.
const GRACE: Duration = Duration::from_secs(3);

/// How long to wait for requests in flight after a signal. The time is shorter than [`GRACE`], so that the command can
/// still report their outcome.
const RESPONSE_GRACE: Duration = Duration::from_millis(2_500);

/// How long work without requests may take to end by itself after a signal.
const LOCAL_GRACE: Duration = Duration::from_secs(1);

/// How long a command may take to report its outcome after a second signal.
const REPORT_GRACE: Duration = Duration::from_millis(200);

/// How long a command runs before the watchdog starts. Most commands end sooner, and then need no second runtime.
const WATCHDOG_DELAY: Duration = Duration::from_millis(50);

/// A flag that requests the end of work. The work checks it between two steps.
#[derive(Debug, Default)]
pub struct Stopping(Cell<bool>);

impl Stopping {
    /// Returns `true` if no further work may be started.
    pub fn is_set(&self) -> bool {
        self.0.get()
    }

    pub(crate) fn set(&self) {
        self.0.set(true);
    }
}

/// Starts a watchdog that ends the process [`GRACE`] after a signal, or shortly after a second one.
///
/// The watchdog is needed because a full pipe or an endless filter can block the main thread. The process may end at
/// any time without damage to the ledger.
pub(crate) fn start_watchdog() -> Result<(), SystemLimit> {
    static IS_STARTED: AtomicBool = AtomicBool::new(false);
    if IS_STARTED.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    limits::detach(|| {
        std::thread::sleep(WATCHDOG_DELAY);
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let code = runtime.block_on(async {
            let first = signal().await;
            let again = async {
                loop {
                    let code = signal().await;
                    if IS_HELD.load(Ordering::SeqCst) {
                        return code;
                    }
                }
            };
            let late = async {
                tokio::time::sleep(GRACE).await;
                if IS_HELD.load(Ordering::SeqCst) { std::future::pending().await } else { first }
            };
            tokio::select! {
                code = again => {
                    // The main thread may still report the outcome.
                    tokio::time::sleep(REPORT_GRACE).await;
                    code
                }
                code = late => code,
            }
        });
        process_groups::kill_all();
        std::process::exit(i32::from(code));
    })
}

/// The exit code of the signal that was received, or 0.
static RECEIVED: AtomicU8 = AtomicU8::new(0);

/// Returns the exit code of a signal that was received after [`watch`] was called.
pub(crate) fn received() -> Option<u8> {
    Some(RECEIVED.load(Ordering::SeqCst)).filter(|code| *code != 0)
}

/// Waits for a signal on a separate thread. If the process has not ended by itself soon after the signal, calls
/// `report` and ends it.
pub(crate) fn watch(report: impl FnOnce(u8) + Send + 'static) {
    // If the thread cannot be started, a signal has its default effect, which ends the process.
    let _ = limits::detach(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let code = runtime.block_on(async {
            let code = signal().await;
            RECEIVED.store(code, Ordering::SeqCst);
            tokio::select! {
                _ = signal() => {}
                () = tokio::time::sleep(LOCAL_GRACE) => {}
            }
            code
        });
        report(code);
        process_groups::kill_all();
        std::process::exit(i32::from(code));
    });
}

/// Waits for [`RESPONSE_GRACE`], the time that requests in flight may take after a signal. Waits forever if [`hold`]
/// was called.
pub(crate) async fn grace() {
    tokio::time::sleep(RESPONSE_GRACE).await;
    if IS_HELD.load(Ordering::SeqCst) {
        std::future::pending().await
    }
}

/// `true` after [`hold`] was called.
static IS_HELD: AtomicBool = AtomicBool::new(false);

/// Removes the time limit for the work that follows a signal, for example for a question to the user. A second signal
/// still ends the process.
pub(crate) fn hold() {
    IS_HELD.store(true, Ordering::SeqCst);
}

/// Waits for a signal and returns its exit code.
#[cfg(unix)]
pub(crate) async fn signal() -> u8 {
    use tokio::signal::unix::{SignalKind, signal as listen};
    let (Ok(mut interrupt), Ok(mut terminate)) = (listen(SignalKind::interrupt()), listen(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => INTERRUPTED,
        _ = terminate.recv() => TERMINATED,
    }
}

/// Waits for Ctrl-C and returns its exit code.
#[cfg(not(unix))]
pub(crate) async fn signal() -> u8 {
    match tokio::signal::ctrl_c().await {
        Ok(()) => INTERRUPTED,
        Err(_) => std::future::pending().await,
    }
}
