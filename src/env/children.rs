//! Programs that this one starts: how they ended, and the groups in which they run with all that they start in turn.

use std::io;
use std::process::{self, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::process::Child;

/// Returns the exit code of a program: 128 and the number of the signal, if one ended it.
pub fn code(status: ExitStatus) -> u8 {
    if let Some(signal) = signal(status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().map_or(u8::MAX, |code| code.to_le_bytes()[0])
}

/// Returns the signal that ended a program, if one did.
#[cfg(unix)]
pub fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// No program is ended by a signal here.
#[cfg(not(unix))]
pub fn signal(_: ExitStatus) -> Option<i32> {
    None
}

/// The groups that are alive, by the process that leads each.
static GROUPS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn groups() -> MutexGuard<'static, Vec<u32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program that was started as the first of a process group of its own, together with all that it started and that is
/// still in the group. Dropped, it ends all of them at once.
#[derive(Debug)]
pub struct Group {
    leader: Option<u32>,
}

impl Group {
    /// Takes the group that this program leads. The program must not be reaped as long as the group lives: the number
    /// could be somebody else's by then.
    pub fn led_by(child: &Child) -> Self {
        Self::led(child.id())
    }

    fn led(leader: Option<u32>) -> Self {
        groups().extend(leader);
        Self { leader }
    }

    /// Lets the group go on without this process.
    pub fn release(mut self) {
        groups().retain(|leader| Some(*leader) != self.leader);
        self.leader = None;
    }

    /// Waits until the leader has ended, which is not reaped by that.
    pub async fn leader_ended(&self, child: &mut Child) {
        system::ended(self.leader, child).await;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let mut groups = groups();
        groups.retain(|leader| Some(*leader) != self.leader);
        if let Some(leader) = self.leader {
            system::end(leader);
        }
    }
}

/// Starts a command, in a process group of its own unless there is a terminal: only the terminal's own group may ask a
/// person for a password there.
///
/// # Errors
/// Where it cannot be started.
pub fn start(command: &mut Command) -> io::Result<(process::Child, Option<Group>)> {
    let alone = system::leads_its_group(command);
    let child = command.spawn()?;
    let group = alone.then(|| Group::led(Some(child.id())));
    Ok((child, group))
}

/// Ends all groups that are alive: for a process that is about to leave without dropping anything.
pub fn end_all() {
    groups().drain(..).for_each(system::end);
}

#[cfg(unix)]
mod system {
    use super::{Child, Command};
    use crate::env::limits;
    use rustix::io::Errno;
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    /// Where no thread can be started that waits.
    const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(20);

    fn pid(leader: u32) -> Option<Pid> {
        Pid::from_raw(i32::try_from(leader).ok()?)
    }

    /// Waits in a thread of its own, for what tokio offers reaps as well.
    pub(super) async fn ended(leader: Option<u32>, _: &mut Child) {
        let Some(pid) = leader.and_then(pid) else { return };
        let (send, receive) = tokio::sync::oneshot::channel::<()>();
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let wait = move || {
            while matches!(waitid(WaitId::Pid(pid), options), Err(Errno::INTR)) {}
            drop(send);
        };
        match limits::detach(wait) {
            Ok(()) => drop(receive.await), // It is told by hanging up.
            Err(_) => {
                while matches!(waitid(WaitId::Pid(pid), options | WaitIdOptions::NOHANG), Ok(None) | Err(Errno::INTR)) {
                    tokio::time::sleep(BETWEEN_LOOKS).await;
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
            let _ = kill_process_group(pid, Signal::KILL); // All of it may have ended by itself.
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

    /// There are no groups here; the program itself ends with its handle.
    pub(super) fn end(_: u32) {}
}
