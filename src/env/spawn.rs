//! The one place where child processes are prepared: without the credentials that are not theirs, and out of reach of the
//! memory of this process.

use super::credentials::{self, Purpose};
use super::{handover, secrets, vars};
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::Command;

/// Returns a command with the environment that a child process of this purpose may have.
///
/// Variables of this process that hold a credential are removed, under whatever name where a program of others could use
/// one that is known by now. Those that were taken out of its environment at the
/// start are set again where the purpose allows them.
pub fn command(program: impl AsRef<OsStr>, purpose: Purpose) -> Command {
    hide_memory();
    let mut command = Command::new(program);
    let others = matches!(purpose, Purpose::Handler | Purpose::Recorded);
    let withheld = |name: &OsStr, value: &OsStr| {
        let value = value.to_string_lossy();
        credentials::is_withheld(purpose, &name.to_string_lossy(), &value) || others && secrets::is_in(&value)
    };
    for (name, value) in std::env::vars_os() {
        if withheld(&name, &value) {
            command.env_remove(name);
        }
    }
    for (name, value) in handover::taken() {
        if !withheld(name, value) {
            command.env(name, value);
        }
    }
    command.env_remove(vars::ASST_HANDOVER);
    command
}

/// Returns a command that runs this program again, with an empty environment, so that no credential reaches it.
///
/// # Errors
/// If the path of this program cannot be determined.
pub fn own() -> io::Result<Command> {
    // This link works even if the file of the program was replaced meanwhile.
    let link = PathBuf::from("/proc/self/exe");
    let path = if link.exists() { link } else { std::env::current_exe()? };
    let mut command = Command::new(path);
    command.env_clear();
    Ok(command)
}

/// Closes the memory and the environment of this process to other processes of the same user, as `/proc/PID/environ`
/// shows them. An administrator can still read them.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn hide_memory() {
    // A kernel that refuses this leaves everything as it was.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Does nothing: there is no such switch here.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn hide_memory() {}
