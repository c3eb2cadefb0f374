//! The recorded program, which runs as a child process. It inherits the standard streams of this process and receives
//! the same signals. This process waits until the program has ended.

use crate::env::credentials::ChildPurpose;
use crate::env::{process_groups, spawn};
use crate::ui::ErrorReport;
use std::ffi::OsString;
use std::io;
use tokio::process::{Child, Command};

/// The exit codes that shells use for a program that cannot be executed, and for a program that is missing.
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;

/// A program that could not be started.
#[derive(Debug)]
pub(super) struct NotStarted {
    program: String,
    error: io::Error,
}

impl NotStarted {
    /// Returns the exit code of the command for this error.
    pub(super) fn code(&self) -> u8 {
        if self.error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { CANNOT_RUN }
    }

    /// Returns the error report.
    pub(super) fn report(&self) -> ErrorReport {
        ErrorReport {
            exit_code: self.code(),
            kind: "failed".to_owned(),
            message: format!("could not run {}", self.program),
            causes: vec![self.error.to_string()],
            ..ErrorReport::default()
        }
    }
}

/// Runs a program and returns its exit code, or 128 plus the signal number if a signal ended it.
///
/// `command` is the program with its arguments. `variables` are set in its environment, or removed if the value is
/// `None`.
///
/// # Errors
/// Returns an error if the program cannot be started.
pub(super) async fn run(
    command: &[OsString],
    variables: Vec<(&'static str, Option<String>)>,
) -> Result<u8, NotStarted> {
    let (program, args) = command.split_first().map(|(program, args)| (program.clone(), args)).unwrap_or_default();
    let not_started = |error| NotStarted { program: program.to_string_lossy().into_owned(), error };
    let mut command = Command::from(spawn::command(&program, ChildPurpose::Recorded));
    command.args(args);
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut signals = signals::Signals::listen().map_err(not_started)?;
    let mut child = command.spawn().map_err(not_started)?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(process_groups::exit_code(status.map_err(not_started)?)),
            signal = signals.next() => signals::forward(&child, signal),
        }
    }
}

#[cfg(unix)]
mod signals {
    //! Signals that are forwarded to the program.

    use super::Child;
    use rustix::process::{Pid, Signal, getpgrp, kill_process};
    use std::io;
    use tokio::signal::unix::{Signal as Listener, SignalKind, signal};

    pub(super) struct Signals {
        interrupt: Listener,
        quit: Listener,
        terminate: Listener,
        hangup: Listener,
    }

    impl Signals {
        /// Registers the handlers. From then on, none of these signals ends this process.
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                terminate: signal(SignalKind::terminate())?,
                hangup: signal(SignalKind::hangup())?,
            })
        }

        /// Waits for the next signal.
        pub(super) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.interrupt.recv() => Signal::INT,
                _ = self.quit.recv() => Signal::QUIT,
                _ = self.terminate.recv() => Signal::TERM,
                _ = self.hangup.recv() => Signal::HUP,
            }
        }
    }

    /// Forwards a signal to the program. A signal from the terminal is not forwarded, because the terminal sends it to
    /// the program too.
    pub(super) fn forward(child: &Child, signal: Signal) {
        let is_from_terminal = matches!(signal, Signal::INT | Signal::QUIT) && in_foreground();
        let pid = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(pid) = pid.filter(|_| !is_from_terminal) {
            let _ = kill_process(pid, signal); // The program may have ended already.
        }
    }

    /// Returns `true` if this process is in the foreground process group of the terminal.
    fn in_foreground() -> bool {
        let terminal = std::fs::File::open("/dev/tty");
        terminal.is_ok_and(|terminal| rustix::termios::tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp()))
    }
}

#[cfg(not(unix))]
mod signals {
    //! Waits for Ctrl-C without forwarding it, because it reaches every program of a console.

    use super::Child;
    use std::io;

    pub(super) struct Signals;

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) {
            let _ = tokio::signal::ctrl_c().await;
        }
    }

    pub(super) fn forward(_: &Child, (): ()) {}
}
