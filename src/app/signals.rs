//! The handling of Ctrl-C and SIGTERM.

use crate::env::limits::{self, SystemLimit};
use crate::env::process_groups;
use crate::exit::{INTERRUPTED, TERMINATED};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

/// How long work may take to end by itself after a signal.
const GRACE: Duration = Duration::from_secs(3);

/// How long to wait for requests in flight after a signal. It is less than [`GRACE`], so that the outcome can still be
/// reported.
const RESPONSE_GRACE: Duration = Duration::from_millis(2_500);

/// How long work that does not wait for a backend may take to end by itself.
const LOCAL_GRACE: Duration = Duration::from_secs(1);

/// How long a command may take to report its outcome after a second signal.
const REPORT_GRACE: Duration = Duration::from_millis(200);

/// How long a command runs before the watchdog starts. Most commands end sooner, and avoid the cost of a second
/// runtime.
const WATCHDOG_DELAY: Duration = Duration::from_millis(50);

/// A flag that asks work to stop. The work checks it between two steps.
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
/// The main thread may be blocked by a full pipe or by an endless filter. The ledger tolerates such an exit at any
/// time.
pub(crate) fn start_watchdog() -> Result<(), SystemLimit> {
    static BEGUN: AtomicBool = AtomicBool::new(false);
    if BEGUN.swap(true, Ordering::SeqCst) {
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
                    // Other listeners may still report the outcome.
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

/// Waits for a signal on a separate thread. Calls `report` and ends the process if it does not end by itself soon
/// after.
pub(crate) fn watch(report: impl FnOnce(u8) + Send + 'static) {
    // Without this thread, the signal has its default effect and ends the process.
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

/// Waits for the time that requests in flight may take after a signal. Waits forever if [`hold`] was called.
pub(crate) async fn grace() {
    tokio::time::sleep(RESPONSE_GRACE).await;
    if IS_HELD.load(Ordering::SeqCst) {
        std::future::pending().await
    }
}

/// `true` if the work that handles the signal may take as long as it needs.
static IS_HELD: AtomicBool = AtomicBool::new(false);

/// Lets stopped work take as long as it needs, for example to ask a question. The next signal ends the process shortly
/// after.
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
