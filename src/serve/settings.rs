//! The settings of a server.

use crate::db::PostgresUrl;
use crate::serve::fault::Faults;
use crate::serve::model::{EmbeddingEndpoint, Model};
use secrecy::SecretString;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

/// The maximum number of connections, even if the limit of open files allows more. It bounds the memory.
const MAX_CONNECTIONS: usize = 4_096;

/// The location of the store.
#[derive(Debug, Clone, Default)]
pub enum StoreLocation {
    /// In memory, until the server ends. The contents of files are in an unnamed temporary file.
    #[default]
    Memory,
    /// In this folder: `store.db` and `files/`.
    Folder(PathBuf),
    /// In a database on a server, including the contents of files. Several servers can share it.
    Server(Box<PostgresUrl>),
}

/// The endpoints of the OpenAI dialect. The dialects of Azure and Foundry are not affected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OpenAiMode {
    /// All endpoints. Threads can be listed, as in Foundry.
    #[default]
    Extended,
    /// The endpoints that OpenAI offered. Threads cannot be listed.
    Compatible,
    /// The endpoints that OpenAI offers since 2026-08-26: neither assistants nor threads
    /// (docs/protocol/dialects.md#openai-after-the-shutdown).
    Retired,
}

/// Limits on the number of connections and on their waiting times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// The maximum number of open connections, at least eight.
    pub connections: usize,
    /// The maximum time that a new connection may wait until its first request is accepted.
    pub head: Duration,
    /// The maximum time that a connection may wait for its next request.
    pub idle: Duration,
}

impl ConnectionLimits {
    /// Returns the maximum number of connections without an accepted request.
    pub(super) fn newcomers(self) -> usize {
        self.connections / 2
    }

    /// Returns the maximum number of requests in progress. It is less than the number of connections, so that new
    /// callers can always connect.
    pub(super) fn requests(self) -> usize {
        self.connections - self.connections / 4
    }

    /// Returns the maximum number of requests in progress with the same key.
    pub(super) fn requests_of_a_key(self) -> usize {
        self.requests() - self.requests() / 3
    }
}

impl Default for ConnectionLimits {
    /// Uses half of the files that the process may open for connections. The other half is for files that requests
    /// open.
    fn default() -> Self {
        let connections = (open_files() / 2).clamp(8, MAX_CONNECTIONS);
        Self { connections, head: Duration::from_secs(30), idle: Duration::from_secs(120) }
    }
}

/// Raises the limit of open files, which is often only 1,024, if the system allows it. Call this only in a process that
/// serves, because child processes inherit the new limit.
pub fn allow_more_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let wanted = 2 * MAX_CONNECTIONS as u64;
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        if let Some(current) = current
            && current < wanted
        {
            let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
            let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum }); // On failure, fewer connections fit.
        }
    }
}

/// Returns the maximum number of files that this process may open.
fn open_files() -> usize {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
    }
    #[cfg(not(unix))]
    usize::MAX
}

/// A function that receives the internal errors of the server, which are never sent to callers.
pub type Reporter = Arc<dyn Fn(&str) + Send + Sync>;

/// The settings of a server.
#[derive(Clone)]
pub struct ServerSettings {
    pub store: StoreLocation,
    /// The key that callers must send. With `None`, no key is required.
    pub key: Option<SecretString>,
    pub model: Model,
    /// The embeddings endpoint. Without one, searches use words only.
    pub embeddings: Option<Arc<EmbeddingEndpoint>>,
    /// The maximum duration of a run, over all its rounds.
    pub run_life: Duration,
    /// The lifetime of a lease that its process does not renew.
    pub lease: Duration,
    pub openai: OpenAiMode,
    /// Further host names of the server, in addition to its listening address and the names of loopback.
    pub hosts: Vec<String>,
    /// The maximum time that a peer may keep a transfer waiting, in a request or a response. Transferred bytes extend
    /// it.
    pub peer_timeout: Duration,
    pub limits: ConnectionLimits,
    /// The time to wait for requests in progress when the server ends.
    pub grace: Duration,
    /// The time without events after which a stream sends a comment, which shows that the connection is alive.
    pub heartbeat: Duration,
    /// The faults to inject.
    pub faults: Option<Arc<Faults>>,
    /// Receives internal errors.
    pub report: Reporter,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            store: StoreLocation::default(),
            key: None,
            model: Model::default(),
            embeddings: None,
            run_life: Duration::from_secs(600),
            lease: Duration::from_secs(3),
            openai: OpenAiMode::default(),
            hosts: Vec::new(),
            peer_timeout: Duration::from_secs(60),
            limits: ConnectionLimits::default(),
            grace: Duration::from_secs(10),
            heartbeat: Duration::from_secs(15),
            faults: None,
            report: Arc::new(|_| {}),
        }
    }
}

impl fmt::Debug for ServerSettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ServerSettings")
            .field("store", &self.store)
            .field("model", &self.model)
            .field("embeddings", &self.embeddings)
            .field("run_life", &self.run_life)
            .field("lease", &self.lease)
            .field("openai", &self.openai)
            .field("hosts", &self.hosts)
            .field("peer_timeout", &self.peer_timeout)
            .field("limits", &self.limits)
            .field("grace", &self.grace)
            .field("heartbeat", &self.heartbeat)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
