//! Checks for limits of the system on file sizes, threads and open files, so that each becomes an error with a message.

use std::{io, thread};

/// The number of files that must still be available when a command starts to use a backend. Connections, signals and
/// the ledger need about this many.
const DESCRIPTORS: usize = 24;

/// A limit of the system that prevents every command from running.
#[derive(Debug, thiserror::Error)]
pub enum SystemLimit {
    #[error("the system cannot start a thread ({0})")]
    Threads(io::Error),
    #[error("the process can open fewer than {DESCRIPTORS} more files ({0})")]
    Descriptors(io::Error),
}

impl SystemLimit {
    /// Returns a hint on how to raise the limit.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Threads(_) => {
                "raise the limit on processes (`ulimit -u`, or that of the container or the service) or on memory"
            }
            Self::Descriptors(_) => "raise the limit on open files (`ulimit -n`)",
        }
    }
}

/// Starts a detached thread.
///
/// # Errors
/// Returns an error if the system allows no further thread. The work is dropped.
pub fn detach<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<(), SystemLimit> {
    thread::Builder::new().spawn(work).map(drop).map_err(SystemLimit::Threads)
}

/// Checks that the system allows a further thread. The async runtimes panic if they cannot start one.
///
/// # Errors
/// Returns an error if no thread can be started.
pub fn check_threads() -> Result<(), SystemLimit> {
    let probe = thread::Builder::new().stack_size(16 << 10).spawn(|| {}).map_err(SystemLimit::Threads)?;
    let _ = probe.join();
    Ok(())
}

/// Checks that the system allows enough further open files. The async runtimes panic without them.
///
/// # Errors
/// Returns an error if too few files can be opened.
pub fn check_open_files() -> Result<(), SystemLimit> {
    #[cfg(unix)]
    {
        let (one, _other) = std::os::unix::net::UnixStream::pair().map_err(SystemLimit::Descriptors)?;
        let copies = (2..DESCRIPTORS).map(|_| one.try_clone());
        let _copies = copies.collect::<io::Result<Vec<_>>>().map_err(SystemLimit::Descriptors)?;
    }
    Ok(())
}

/// Makes a write beyond the limit on file sizes (`ulimit -f`) fail with an error.
///
/// By default, a signal ends the process before it can report the failure. A handler is used because child processes
/// would inherit an ignored signal.
pub fn report_file_size_limit() {
    #[cfg(unix)]
    {
        // Registration cannot fail for a valid signal. The flag is never read, because only the presence of a handler
        // matters.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    }
}
