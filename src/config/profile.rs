//! A profile: a backend and everything about how it is called.

use std::path::PathBuf;
use std::time::Duration;

use super::Project;
use super::credential::CredentialSource;
use super::duration::Span;
use super::file::ConfigFile;
use super::origin::{OriginParts, origin_here};
use super::secret::Secret;
use crate::api::Backend;
use crate::env::paths::Paths;
use crate::env::provenance::Level;
use crate::env::vars::Lookup;
use crate::http::{Settings, Tracer};

// What a profile has that says nothing else; the help of the flags says the same.

/// Longest time for one request.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// Most attempts after the first.
pub const DEFAULT_RETRIES: u32 = 4;
/// Most requests at once.
pub const DEFAULT_CONCURRENCY: usize = 16;
/// Longest wait that a server may ask for.
pub const DEFAULT_MAX_WAIT: Duration = Duration::from_secs(120);

/// What the command line says. Flags only: the variables are read here, since a flag overrides a variable and
/// contradicts another flag.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub profile: Option<String>,
    pub local: bool,
    pub request_timeout: Option<Span>,
    pub retries: Option<u32>,
    pub concurrency: Option<usize>,
    pub max_wait: Option<Span>,
}

/// What a profile is resolved from.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub file: &'a ConfigFile,
    pub project: Option<&'a Project>,
    pub paths: &'a Paths,
    pub env: Lookup<'a>,
}

/// A backend and everything about how it is called.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name; `local`, or `environment` for the one that variables form.
    pub name: String,
    pub backend: Backend,
    /// Without a slash at the end; `None` for the embedded server, whose listener tells it.
    pub base_url: Option<String>,
    pub api_version: Option<String>,
    pub organization: Option<String>,
    pub project: Option<String>,
    /// The origin, where the profile fixes it; see [`Profile::origin`].
    pub fixed_origin: Option<String>,
    /// Headers to send along. Any of them may be a secret, so none leaves the origin nor shows in a trace.
    pub headers: Vec<(String, Secret)>,
    pub beta: bool,
    pub ca_file: Option<PathBuf>,
    /// May hold a password.
    pub proxy: Option<Secret>,
    pub request_timeout: Duration,
    pub retries: u32,
    /// Requests per second.
    pub rate: Option<f64>,
    pub concurrency: usize,
    pub provenance: Level,
    pub max_wait: Duration,
    pub mark_intents: bool,
    pub keep_deleted: bool,
    /// The ledger's path or URL; may hold a password.
    pub ledger: Option<Secret>,
    /// A shell command that prints the ledger's URL.
    pub ledger_command: Option<String>,
    pub credential: CredentialSource,
}

/// A profile, and what is doubtful about it.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub profile: Profile,
    pub warnings: Vec<String>,
}

impl Profile {
    /// Returns the origin of what lives on this backend; `store` is the UUID that an embedded server tells.
    pub fn origin(&self, store: Option<&str>) -> Option<String> {
        self.fixed_origin.clone().or_else(|| {
            origin_here(OriginParts {
                backend: self.backend,
                base_url: self.base_url.as_deref(),
                organization: self.organization.as_deref(),
                project: self.project.as_deref(),
                machine: "",
                store,
            })
        })
    }

    /// Returns how requests to this backend are sent.
    pub fn transport(&self, trace: Option<Tracer>) -> Settings {
        Settings {
            request_timeout: self.request_timeout,
            proxy: self.proxy.as_ref().map(|proxy| proxy.expose().to_owned()),
            ca_file: self.ca_file.clone(),
            trace,
            ..Settings::default()
        }
    }

    pub(super) fn bare(name: &str, backend: Backend) -> Self {
        Self {
            name: name.to_owned(),
            backend,
            base_url: None,
            api_version: None,
            organization: None,
            project: None,
            fixed_origin: None,
            headers: Vec::new(),
            beta: backend.takes_beta_header(),
            ca_file: None,
            proxy: None,
            request_timeout: DEFAULT_REQUEST_TIMEOUT,
            retries: DEFAULT_RETRIES,
            rate: None,
            concurrency: DEFAULT_CONCURRENCY,
            provenance: Level::default(),
            max_wait: DEFAULT_MAX_WAIT,
            mark_intents: false,
            keep_deleted: false,
            ledger: None,
            ledger_command: None,
            credential: CredentialSource::None,
        }
    }
}
