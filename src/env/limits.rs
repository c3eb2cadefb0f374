//! Limits of the system that must be errors with a message: the size of files, the number of threads and of open files.

use std::{io, thread};

/// Files that can still be opened when a command begins to talk to a backend: its connections, signals and the ledger
/// need about so many.
const DESCRIPTORS: usize = 24;

/// The system refuses what every command needs.
#[derive(Debug, thiserror::Error)]
pub enum Limit {
    #[error("the system starts no thread ({0})")]
    Threads(io::Error),
    #[error("the system opens fewer than {DESCRIPTORS} more files ({0})")]
    Descriptors(io::Error),
}

impl Limit {
    /// Returns what can be done about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Threads(_) => {
                "raise the limit on processes (`ulimit -u`, or that of the container or the service) or on memory"
            }
            Self::Descriptors(_) => "raise the limit on open files (`ulimit -n`)",
        }
    }
}

/// Starts a thread that nobody waits for.
///
/// # Errors
/// Where the system allows no further thread; the work is dropped then.
pub fn detach<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<(), Limit> {
    thread::Builder::new().spawn(work).map(drop).map_err(Limit::Threads)
}

/// Fails if the system allows no further thread. The runtimes need some, and panic without.
///
/// # Errors
/// Where no thread can be started.
pub fn allow_threads() -> Result<(), Limit> {
    let probe = thread::Builder::new().stack_size(16 << 10).spawn(|| {}).map_err(Limit::Threads)?;
    let _ = probe.join();
    Ok(())
}

/// Fails if the system allows few further open files. The runtimes need some, and panic without.
///
/// # Errors
/// Where they cannot be opened.
pub fn allow_files() -> Result<(), Limit> {
    #[cfg(unix)]
    {
        let (one, _other) = std::os::unix::net::UnixStream::pair().map_err(Limit::Descriptors)?;
        let copies = (2..DESCRIPTORS).map(|_| one.try_clone());
        let _copies = copies.collect::<io::Result<Vec<_>>>().map_err(Limit::Descriptors)?;
    }
    Ok(())
}

/// Makes a write beyond the limit on the size of files (`ulimit -f`) fail with an error. Without this, the signal ends the
/// process before it can say what it knows. A handler, unlike a signal that is ignored, is not inherited by children.
pub fn survive_full_files() {
    #[cfg(unix)]
    {
        // It fails for no valid signal. The flag is never read: that the signal has a handler is all that is wanted.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    }
}
