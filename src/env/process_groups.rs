//! Child processes: their exit codes, and the process groups that contain them and their descendants.

use std::io;
use std::process::{self, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::process::Child;

/// Returns the exit code of a program, or 128 plus the signal number if a signal ended it.
pub fn exit_code(status: ExitStatus) -> u8 {
    if let Some(signal) = signal(status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().map_or(u8::MAX, |code| code.to_le_bytes()[0])
}

/// Returns the signal that ended a program, or `None` if it exited normally.
#[cfg(unix)]
pub fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// Returns `None`: this platform has no signals.
#[cfg(not(unix))]
pub fn signal(_: ExitStatus) -> Option<i32> {
    None
}

/// The IDs of the process groups that are alive, which are the process IDs of their leaders.
static GROUPS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn groups() -> MutexGuard<'static, Vec<u32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A process group that was started for one program. It contains the program and its descendants that have not left the
/// group. Dropping the value kills all of them.
#[derive(Debug)]
pub struct ProcessGroup {
    leader: Option<u32>,
}

impl ProcessGroup {
    /// Returns the group whose leader is `child`. The child must not be reaped while the group lives, because the
    /// system could reuse its process ID.
    pub fn of_leader(child: &Child) -> Self {
        Self::with_leader(child.id())
    }

    fn with_leader(leader: Option<u32>) -> Self {
        groups().extend(leader);
        Self { leader }
    }

    /// Releases the group without killing its processes.
    pub fn release(mut self) {
        groups().retain(|leader| Some(*leader) != self.leader);
        self.leader = None;
    }

    /// Waits until the leader has ended, without reaping it.
    pub async fn leader_ended(&self, child: &mut Child) {
        system::ended(self.leader, child).await;
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        let mut groups = groups();
        groups.retain(|leader| Some(*leader) != self.leader);
        if let Some(leader) = self.leader {
            system::end(leader);
        }
    }
}

/// Starts a command. Without a terminal, it gets its own process group. With a terminal it stays in the current group,
/// because only the foreground group may prompt for a password.
///
/// # Errors
/// Returns an error if the command cannot be started.
pub fn start(command: &mut Command) -> io::Result<(process::Child, Option<ProcessGroup>)> {
    let alone = system::leads_its_group(command);
    let child = command.spawn()?;
    let group = alone.then(|| ProcessGroup::with_leader(Some(child.id())));
    Ok((child, group))
}

/// Kills all groups that are alive. For a process that is about to exit without dropping values.
pub fn kill_all() {
    groups().drain(..).for_each(system::end);
}

#[cfg(unix)]
mod system {
    use super::{Child, Command};
    use crate::env::limits;
    use rustix::io::Errno;
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    /// The polling interval if the waiting thread cannot be started.
    const POLL_INTERVAL: std::time::Duration = std::time::Duration::from_millis(20);

    fn pid(leader: u32) -> Option<Pid> {
        Pid::from_raw(i32::try_from(leader).ok()?)
    }

    /// Waits in a separate thread, because the functions of tokio also reap the process.
    pub(super) async fn ended(leader: Option<u32>, _: &mut Child) {
        let Some(pid) = leader.and_then(pid) else { return };
        let (send, receive) = tokio::sync::oneshot::channel::<()>();
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let wait = move || {
            while matches!(waitid(WaitId::Pid(pid), options), Err(Errno::INTR)) {}
            drop(send);
        };
        match limits::detach(wait) {
            Ok(()) => drop(receive.await), // The thread drops the sender when the process ends.
            Err(_) => {
                while matches!(waitid(WaitId::Pid(pid), options | WaitIdOptions::NOHANG), Ok(None) | Err(Errno::INTR)) {
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
            }
        }
    }

    pub(super) fn leads_its_group(command: &mut Command) -> bool {
        let alone = std::fs::File::open("/dev/tty").is_err();
        if alone {
            std::os::unix::process::CommandExt::process_group(command, 0);
        }
        alone
    }

    pub(super) fn end(leader: u32) {
        if let Some(pid) = pid(leader) {
            let _ = kill_process_group(pid, Signal::KILL); // All processes of the group may have ended already.
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Child, Command};

    pub(super) fn leads_its_group(_: &mut Command) -> bool {
        false
    }

    pub(super) async fn ended(_: Option<u32>, child: &mut Child) {
        let _ = child.wait().await;
    }

    /// Does nothing: this platform has no process groups. The program itself ends with its handle.
    pub(super) fn end(_: u32) {}
}
