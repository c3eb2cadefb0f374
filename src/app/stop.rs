//! Being told to stop: Ctrl-C and SIGTERM.

use crate::env::children;
use crate::env::limits::{self, Limit};
use crate::exit::{INTERRUPTED, TERMINATED};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

/// How long work may take to end by itself once it was told to.
const GRACE: Duration = Duration::from_secs(3);

/// How long what is under way is waited for after a signal; a little less, so that what was done can still be told.
const LAST_ANSWERS: Duration = Duration::from_millis(2_500);

/// How long work that waits for no backend may take to end by itself.
const BY_ITSELF: Duration = Duration::from_secs(1);

/// How long a command may take to tell what was done after the second signal.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// How long a command runs before it is watched: most are over sooner, and should not pay for a second runtime.
const UNWATCHED: Duration = Duration::from_millis(50);

/// Whether work that ends by itself was told to. Such work looks at it between two pieces.
#[derive(Debug, Default)]
pub struct Stopping(Cell<bool>);

impl Stopping {
    /// Tells whether nothing more is to be begun.
    pub fn is_set(&self) -> bool {
        self.0.get()
    }

    pub(super) fn set(&self) {
        self.0.set(true);
    }
}

/// Ends the process a while after the signal, should its thread not listen: what holds it up may be a pipe that nobody
/// reads, or a filter without end. The ledger can take that at any instant.
pub(super) fn insist() -> Result<(), Limit> {
    static BEGUN: AtomicBool = AtomicBool::new(false);
    if BEGUN.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    limits::detach(|| {
        std::thread::sleep(UNWATCHED);
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let code = runtime.block_on(async {
            let first = signal().await;
            let again = async {
                loop {
                    let code = signal().await;
                    if HELD.load(Ordering::SeqCst) {
                        return code;
                    }
                }
            };
            let late = async {
                tokio::time::sleep(GRACE).await;
                if HELD.load(Ordering::SeqCst) { std::future::pending().await } else { first }
            };
            tokio::select! {
                code = again => {
                    // Other listeners may still report what was done.
                    tokio::time::sleep(LAST_WORDS).await;
                    code
                }
                code = late => code,
            }
        });
        children::end_all();
        std::process::exit(i32::from(code));
    })
}

/// The code of the signal that came, or 0.
static HEARD: AtomicU8 = AtomicU8::new(0);

/// Returns the code of a signal that came after [`tell`] was called.
pub(super) fn heard() -> Option<u8> {
    Some(HEARD.load(Ordering::SeqCst)).filter(|code| *code != 0)
}

/// Listens for a signal, and ends the process a short time after it, with these last words, if it has not ended by itself.
pub(super) fn tell(last_words: impl FnOnce(u8) + Send + 'static) {
    // Without a thread the signal ends the process, as it does by default.
    let _ = limits::detach(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let code = runtime.block_on(async {
            let code = signal().await;
            HEARD.store(code, Ordering::SeqCst);
            tokio::select! {
                _ = signal() => {}
                () = tokio::time::sleep(BY_ITSELF) => {}
            }
            code
        });
        last_words(code);
        children::end_all();
        std::process::exit(i32::from(code));
    });
}

/// Waits for as long as what is under way may take after a signal, unless it was let take as long as it needs.
pub(super) async fn grace() {
    tokio::time::sleep(LAST_ANSWERS).await;
    if HELD.load(Ordering::SeqCst) {
        std::future::pending().await
    }
}

/// Whether the signal was heard by work that takes its time over it.
static HELD: AtomicBool = AtomicBool::new(false);

/// Lets work that was told to stop take as long as it needs, such as for a question; the next signal ends the process at
/// once.
pub(super) fn hold() {
    HELD.store(true, Ordering::SeqCst);
}

/// Waits for a signal and returns the exit code that it stands for.
#[cfg(unix)]
pub(super) async fn signal() -> u8 {
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

/// Waits for Ctrl-C and returns the exit code that it stands for.
#[cfg(not(unix))]
pub(super) async fn signal() -> u8 {
    match tokio::signal::ctrl_c().await {
        Ok(()) => INTERRUPTED,
        Err(_) => std::future::pending().await,
    }
}
