//! How a server is set up.

use super::fault::Faults;
use super::model::Model;
use crate::db::Server;
use secrecy::SecretString;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

/// Most connections, however many files may be open: each takes memory.
const MOST_CONNECTIONS: usize = 4_096;

/// Where the objects are kept.
#[derive(Debug, Clone, Default)]
pub enum StoreAt {
    /// In memory, as long as the server lives; bytes of files in a temporary file without a name.
    #[default]
    Memory,
    /// In this folder: `store.db` and `files/`.
    Folder(PathBuf),
    /// In a database on a server, the bytes of files too, so that several servers may share them.
    Server(Box<Server>),
}

/// What is offered where OpenAI's own dialect is spoken; Azure's and Foundry's are not touched by it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OpenAi {
    /// Everything; threads are listed, as Foundry lists them.
    #[default]
    Extended,
    /// What OpenAI offered: threads are not listed.
    Compatible,
    /// What OpenAI offers since 2026-08-26: neither assistants nor threads
    /// (docs/protocol/dialects.md#openai-after-the-shutdown).
    Retired,
}

/// How many connections there may be, and how long they may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections that are open at once, at least eight.
    pub connections: usize,
    /// How long a new connection may take until a request of it is accepted.
    pub head: Duration,
    /// How long a connection may wait for its next request.
    pub idle: Duration,
}

impl Limits {
    /// Connections on which nothing was accepted yet.
    pub(super) fn strangers(self) -> usize {
        self.connections / 2
    }

    /// Requests in work; the rest of the connections is there for those who come.
    pub(super) fn requests(self) -> usize {
        self.connections - self.connections / 4
    }

    /// Requests in work that show the same key.
    pub(super) fn requests_of_a_key(self) -> usize {
        self.requests() - self.requests() / 3
    }
}

impl Default for Limits {
    /// Half of the files that the process may open are for connections; what requests open themselves needs the others.
    fn default() -> Self {
        let connections = (open_files() / 2).clamp(8, MOST_CONNECTIONS);
        Self { connections, head: Duration::from_secs(30), idle: Duration::from_secs(120) }
    }
}

/// Lets this process open more files where the system allows it, for a server that stands: often only 1,024 are allowed
/// at first. Processes that it starts would inherit that.
pub fn allow_more_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let wanted = 2 * MOST_CONNECTIONS as u64;
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        if let Some(current) = current
            && current < wanted
        {
            let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
            let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum }); // It serves fewer then.
        }
    }
}

/// Returns how many files this process may open.
fn open_files() -> usize {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
    }
    #[cfg(not(unix))]
    usize::MAX
}

/// Takes what goes wrong inside the server; callers never see it.
pub type Reporter = Arc<dyn Fn(&str) + Send + Sync>;

/// How a server is set up.
#[derive(Clone)]
pub struct Settings {
    pub store: StoreAt,
    /// What callers must show; without one, any key or none will do.
    pub key: Option<SecretString>,
    pub model: Model,
    /// How long a run may take, all rounds together.
    pub run_life: Duration,
    /// How long a run stays with a process of which nothing is heard.
    pub lease: Duration,
    pub openai: OpenAi,
    /// Host names that are the server's own, beside the address that it listens on and those of loopback.
    pub hosts: Vec<String>,
    /// How long the other side may keep a body or an answer waiting; bytes earn more time.
    pub patience: Duration,
    pub limits: Limits,
    /// How long calls that are under way are waited for at the end.
    pub grace: Duration,
    /// How long a stream may stand still before a comment shows that it lives.
    pub heartbeat: Duration,
    /// What goes wrong on purpose.
    pub faults: Option<Arc<Faults>>,
    pub report: Reporter,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            store: StoreAt::default(),
            key: None,
            model: Model::default(),
            run_life: Duration::from_secs(600),
            lease: Duration::from_secs(3),
            openai: OpenAi::default(),
            hosts: Vec::new(),
            patience: Duration::from_secs(60),
            limits: Limits::default(),
            grace: Duration::from_secs(10),
            heartbeat: Duration::from_secs(15),
            faults: None,
            report: Arc::new(|_| {}),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings")
            .field("store", &self.store)
            .field("model", &self.model)
            .field("run_life", &self.run_life)
            .field("lease", &self.lease)
            .field("openai", &self.openai)
            .field("hosts", &self.hosts)
            .field("patience", &self.patience)
            .field("limits", &self.limits)
            .field("grace", &self.grace)
            .field("heartbeat", &self.heartbeat)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
