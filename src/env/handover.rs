//! Removal of credentials from the environment of this process.
//!
//! The initial environment of a process stays readable as long as the process lives. Therefore,
//! `asst` starts itself again without the credentials, under the same process ID. The restarted program reads them once
//! from a pipe.

use super::{credentials, memory, removed_vars, secrets, vars};
use std::ffi::OsString;

/// Receives the credentials from the process image that called [`restart`]. Must be called before any other code reads
/// the environment.
pub fn receive() {
    let Some(text) = std::env::var_os(vars::ASST_HANDOVER) else { return };
    memory::hide();
    // A restart keeps the process ID. A value with another ID was inherited from a parent process, and its file
    // descriptor is not valid here.
    let file = text.to_str().and_then(|text| text.split_once(':'));
    let own = std::process::id().to_string();
    if let Some(file) = file.filter(|(process, _)| *process == own).and_then(|(_, file)| file.parse().ok()) {
        removed_vars::set(system::read(file));
    }
}

/// Starts this program again with the same arguments, without the variables that `is_taken` selects. Variables that
/// repeat one of the selected keys are removed too.
///
/// Returns only if there is nothing to remove, if this process is the restarted one, or if the restart fails.
pub fn restart(args: &[OsString], is_taken: impl Fn(&str, &str) -> bool) {
    memory::hide();
    if removed_vars::is_set() {
        return;
    }
    let is_taken = |(name, value): &(OsString, OsString)| is_taken(&name.to_string_lossy(), &value.to_string_lossy());
    let (mut removed, others): (Vec<_>, Vec<_>) = std::env::vars_os().partition(is_taken);
    // Of the other variables, only those that contain a key are removed. Further selected values, such as a path or a
    // user name, occur in many variables that this process needs.
    let text = |text: &OsString| text.to_string_lossy().into_owned();
    let keys = removed.iter().map(|(name, value)| (text(name), text(value)));
    let keys: Vec<_> = keys.filter(|(name, value)| credentials::is_key(name, value)).collect();
    let repeats = |value: &OsString| keys.iter().any(|(_, key)| secrets::contains(&value.to_string_lossy(), key));
    removed.extend(others.into_iter().filter(|(_, value)| repeats(value)));
    if !removed.is_empty() {
        let _ = system::restart(args, &removed);
    }
}

#[cfg(unix)]
mod system {
    use super::vars;
    use rustix::fs::OFlags;
    use rustix::io::FdFlags;
    use std::ffi::OsString;
    use std::fs::File;
    use std::io::{self, Read, Write};
    use std::os::fd::{AsRawFd, RawFd};
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    /// The terminator of names and values. Neither can contain a zero byte.
    const END: u8 = 0;

    fn path(file: RawFd) -> String {
        format!("/dev/fd/{file}")
    }

    pub(super) fn restart(args: &[OsString], removed: &[(OsString, OsString)]) -> io::Result<()> {
        let (reader, mut writer) = io::pipe()?;
        let number = reader.as_raw_fd();
        // The new process opens the pipe by this path. If that is impossible here, the credentials would be lost.
        drop(File::open(path(number))?);
        rustix::io::fcntl_setfd(&reader, FdFlags::empty())?;
        rustix::fs::fcntl_setfl(&writer, OFlags::NONBLOCK)?;
        let mut text = Vec::new();
        for part in removed.iter().flat_map(|(name, value)| [name, value]) {
            text.extend_from_slice(part.as_bytes());
            text.push(END);
        }
        // The pipe has no reader yet. If the text does not fit, the write fails, and the process continues unchanged.
        writer.write_all(&text)?;
        let mut command = Command::new(std::env::current_exe()?);
        if let Some((name, rest)) = args.split_first() {
            command.arg0(name).args(rest);
        }
        for (name, _) in removed {
            command.env_remove(name);
        }
        command.env(vars::ASST_HANDOVER, format!("{}:{number}", std::process::id()));
        Err(command.exec())
    }

    pub(super) fn read(file: RawFd) -> Vec<(OsString, OsString)> {
        let mut text = Vec::new();
        let read = File::open(path(file)).and_then(|mut pipe| pipe.read_to_end(&mut text));
        // The descriptor was inherited without an owner. Child processes must not inherit it in turn.
        let _ = nix::unistd::close(file);
        if read.is_err() {
            return Vec::new();
        }
        let mut parts = text.split(|byte| *byte == END).map(|part| OsString::from_vec(part.to_vec()));
        let mut taken = Vec::new();
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            taken.push((name, value));
        }
        taken
    }
}

#[cfg(not(unix))]
mod system {
    //! This platform cannot replace a running process.

    use std::ffi::OsString;
    use std::io;

    pub(super) fn restart(_: &[OsString], _: &[(OsString, OsString)]) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn read(_: i32) -> Vec<(OsString, OsString)> {
        Vec::new()
    }
}
