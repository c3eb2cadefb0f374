//! A profile: a backend and the settings of the requests to it.

use std::path::PathBuf;
use std::time::Duration;

use super::Project;
use super::base_url;
use super::credential::CredentialSource;
use super::duration::TimeLimit;
use super::file::ConfigFile;
use super::origin::{OriginParts, origin_here};
use super::price::StoragePrice;
use super::secret::Secret;
use crate::api::Backend;
use crate::env::paths::Paths;
use crate::env::provenance::ProvenanceLevel;
use crate::env::vars::Lookup;
use crate::http::{Tracer, TransportSettings};

// The defaults of a profile. The help texts of the flags repeat these numbers and must be changed with them.

/// The longest time for one request.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// The maximum number of attempts after the first one.
pub const DEFAULT_RETRIES: u32 = 4;
/// The maximum number of requests at once.
pub const DEFAULT_CONCURRENCY: usize = 16;
/// The longest wait that is accepted from a server.
pub const DEFAULT_MAX_WAIT: Duration = Duration::from_secs(120);

/// The settings from the command line.
///
/// They come from flags only, without clap's `env`. `resolve` reads the variables itself, because a flag overrides a
/// variable but conflicts with another flag.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub profile: Option<String>,
    pub local: bool,
    pub request_timeout: Option<TimeLimit>,
    pub retries: Option<u32>,
    pub concurrency: Option<usize>,
    pub max_wait: Option<TimeLimit>,
}

/// The inputs from which a profile is resolved.
#[derive(Clone, Copy)]
pub struct ResolveContext<'a> {
    pub file: &'a ConfigFile,
    pub project: Option<&'a Project>,
    pub paths: &'a Paths,
    pub env: Lookup<'a>,
}

/// A backend and the settings of the requests to it.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name. It is `local` for the embedded server and `environment` for the profile that the variables define.
    pub name: String,
    pub backend: Backend,
    /// The base URL without a trailing slash. `None` for the embedded server, whose address is known once it listens.
    pub base_url: Option<String>,
    pub api_version: Option<String>,
    pub organization: Option<String>,
    pub project: Option<String>,
    /// The origin that the profile sets explicitly; see [`Profile::origin`].
    pub fixed_origin: Option<String>,
    /// Additional headers. Each value may be a secret, so none is sent to another origin or shown in a trace.
    pub headers: Vec<(String, Secret)>,
    pub beta: bool,
    pub ca_file: Option<PathBuf>,
    /// The URL of the proxy, which may contain a password.
    pub proxy: Option<Secret>,
    pub request_timeout: Duration,
    pub retries: u32,
    /// The maximum number of requests per second.
    pub rate: Option<f64>,
    pub concurrency: usize,
    pub provenance: ProvenanceLevel,
    pub max_wait: Duration,
    pub mark_intents: bool,
    pub keep_deleted: bool,
    /// The ID of the `asst record` session to whose proxy the profile leads.
    pub recording_session: Option<String>,
    /// The price of vector stores, if it is not the public one.
    pub storage_price: Option<StoragePrice>,
    /// The path or URL of the ledger, which may contain a password.
    pub ledger: Option<Secret>,
    /// A shell command that prints the URL of the ledger.
    pub ledger_command: Option<String>,
    pub credential: CredentialSource,
}

/// A resolved profile with its warnings.
#[derive(Debug, Clone)]
pub struct ResolvedProfile {
    pub profile: Profile,
    pub warnings: Vec<String>,
}

impl Profile {
    /// Returns the origin of the objects on this backend. `store` is the UUID that an embedded server reports.
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

    /// Returns `true` if the base URL leads to OpenAI itself. A profile with this backend may also name a gateway,
    /// which may still offer the endpoints that OpenAI has retired.
    pub fn is_openai_itself(&self) -> bool {
        self.backend == Backend::OpenAi && self.base_url.as_deref().is_none_or(base_url::is_openai)
    }

    /// Returns the transport settings of requests to this backend.
    pub fn transport(&self, trace: Option<Tracer>) -> TransportSettings {
        TransportSettings {
            request_timeout: self.request_timeout,
            proxy: self.proxy.as_ref().map(|proxy| proxy.expose().to_owned()),
            ca_file: self.ca_file.clone(),
            trace,
            ..TransportSettings::default()
        }
    }

    /// Returns a profile with the default settings and without a credential.
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
            provenance: ProvenanceLevel::default(),
            max_wait: DEFAULT_MAX_WAIT,
            mark_intents: false,
            keep_deleted: false,
            recording_session: None,
            storage_price: None,
            ledger: None,
            ledger_command: None,
            credential: CredentialSource::None,
        }
    }
}
