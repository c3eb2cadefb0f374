//! How a server is set up.

use super::model::Model;
use crate::db::Server;
use secrecy::SecretString;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

/// Where the objects are kept.
#[derive(Debug, Clone, Default)]
pub enum StoreAt {
    /// In memory, as long as the server lives; bytes of files in a temporary folder.
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
    /// What OpenAI offers since 2026-08-26: neither assistants nor threads (PROTOCOL.md 12.1).
    Retired,
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
    /// How long a body may stand still on its way in.
    pub patience: Duration,
    /// How long calls that are under way are waited for at the end.
    pub grace: Duration,
    /// How long a stream may stand still before a comment shows that it lives.
    pub heartbeat: Duration,
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
            grace: Duration::from_secs(10),
            heartbeat: Duration::from_secs(15),
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
            .field("grace", &self.grace)
            .field("heartbeat", &self.heartbeat)
            .finish_non_exhaustive()
    }
}
