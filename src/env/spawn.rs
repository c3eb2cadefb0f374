//! Preparation of child processes. They get only the credentials that they need, and cannot read the memory of this
//! process.

use super::credentials::{self, ChildPurpose};
use super::{memory, removed_vars, secrets, vars};
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::Command;

/// Returns a command with the environment that a child process of this purpose may have.
///
/// Variables that hold a credential which the purpose does not allow are removed. For programs of the user, this
/// includes variables of any name that contain a registered credential. Variables that were taken out of the
/// environment at the start are set again if the purpose allows them.
pub fn command(program: impl AsRef<OsStr>, purpose: ChildPurpose) -> Command {
    memory::hide();
    let mut command = Command::new(program);
    let others = matches!(purpose, ChildPurpose::Handler | ChildPurpose::Recorded);
    let withheld = |name: &OsStr, value: &OsStr| {
        let value = value.to_string_lossy();
        credentials::is_withheld(purpose, &name.to_string_lossy(), &value)
            || others && secrets::contains_registered(&value)
    };
    for (name, value) in std::env::vars_os() {
        if withheld(&name, &value) {
            command.env_remove(name);
        }
    }
    for (name, value) in removed_vars::all() {
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
/// Returns an error if the path of this program cannot be determined.
pub fn this_program() -> io::Result<Command> {
    // This link works even if the file of the program was replaced in the meantime.
    let link = PathBuf::from("/proc/self/exe");
    let path = if link.exists() { link } else { std::env::current_exe()? };
    Ok(worker(path))
}

/// Returns a command that runs a program with an empty environment.
pub fn worker(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    command
}
