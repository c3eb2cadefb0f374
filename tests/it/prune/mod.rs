//! Pruning (docs/design/orphans.md, docs/design/bulk.md): threads that are proven to be orphaned are deleted, and no
//! other ones.

mod absence;
mod backend;
mod clock;
mod files;
mod input;
mod lists;
mod meanwhile;
mod precious;
mod runs;
mod story;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod trouble;

use crate::test_env::{Asst, Ran};
use backend::Backend;
use std::sync::{Arc, Mutex, MutexGuard};

pub(super) const DAY: i64 = 86_400;

/// Returns the time this number of days from now.
pub(super) fn days(from_now: i64) -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap() + from_now * DAY
}

/// Runs a command with another current time.
pub(super) fn at(asst: &Asst, time: i64, args: &[&str]) -> Ran {
    asst.ran(asst.command(args).env("ASST_NOW", time.to_string()).output().unwrap())
}

/// A backend whose objects a test creates, and a user whose ledger has long had them.
pub(super) struct World {
    backend: Arc<Mutex<Backend>>,
    pub(super) listener: crate::mock_server::Listener,
    pub(super) asst: Asst,
}

impl World {
    pub(super) fn new() -> Self {
        let (backend, listener) = Backend::standing();
        let asst = Asst::with_backend(&listener.url());
        Self { backend, listener, asst }
    }

    pub(super) fn backend(&self) -> MutexGuard<'_, Backend> {
        self.backend.lock().unwrap()
    }

    /// Creates a thread 100 days ago.
    pub(super) fn thread(&self) -> String {
        at(&self.asst, days(-100), &["threads", "create", "-o", "id"]).ok().id()
    }

    /// Creates a thread with a run of an assistant, both 100 days ago.
    pub(super) fn thread_of(&self, assistant: &str) -> String {
        let id = self.thread();
        self.backend().run(&id, assistant, "completed", days(-100));
        id
    }

    pub(super) fn prune(&self, args: &[&str]) -> Ran {
        self.asst.run([&["threads", "prune"], args].concat())
    }

    /// Returns the threads that were deleted at the backend.
    pub(super) fn deleted(&self) -> Vec<String> {
        let lines = self.listener.lines();
        lines.iter().filter_map(|line| line.strip_prefix("DELETE /v1/threads/")).map(str::to_owned).collect()
    }

    /// Returns the IDs that exist according to the ledger.
    pub(super) fn present(&self) -> Vec<String> {
        self.asst.run(["threads", "list", "-o", "id"]).ok().ids()
    }
}
