//! From flags, environment, project and file to one profile. A profile is whole: base URL and credential come
//! from one place, and there is never a silent fall-back to another backend (DESIGN.md 2.5).

use std::path::PathBuf;
use std::time::Duration;

use super::credential::CredentialSource;
use super::duration::Span;
use super::file::{ConfigFile, LOCAL};
use super::origin::{OriginParts, origin_here};
use super::secret::Secret;
use super::{ConfigError, Project, entry, environment};
use crate::api::Backend;
use crate::env::paths::Paths;
use crate::env::provenance::Level;
use crate::env::vars::{self, Lookup};
use crate::http::{Settings, Tracer};

pub(super) const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
pub(super) const DEFAULT_RETRIES: u32 = 4;
pub(super) const DEFAULT_CONCURRENCY: usize = 16;
pub(super) const DEFAULT_MAX_WAIT: Duration = Duration::from_secs(120);

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

/// Chooses and completes the profile.
///
/// # Errors
/// Where flags contradict each other, the file is wrong, or nothing names a backend.
pub fn resolve(overrides: &Overrides, around: &Surroundings<'_>) -> Result<Resolved, ConfigError> {
    let mut resolved = match chosen(overrides, around)? {
        Some(name) if name == LOCAL => Resolved { profile: Profile::bare(LOCAL, Backend::Local), warnings: Vec::new() },
        Some(name) => entry::resolve(&name, around)?,
        None => Resolved { profile: environment::resolve(around.env)?, warnings: Vec::new() },
    };
    lay_over(&mut resolved.profile, overrides, around.env)?;
    resolved.warnings.extend(resolved.profile.credential.warnings());
    resolved.warnings.extend(in_the_clear(&resolved.profile));
    Ok(resolved)
}

/// Returns the name of the profile that is chosen, `None` where nothing chooses.
///
/// # Errors
/// Where two profiles are chosen in one place.
pub fn chosen(overrides: &Overrides, around: &Surroundings<'_>) -> Result<Option<String>, ConfigError> {
    let local = overrides.local.then_some(LOCAL);
    if let Some(name) = one_of(overrides.profile.as_deref(), local, ("--profile", "--local"))? {
        return Ok(Some(name));
    }
    let switched = (around.env)(vars::ASST_LOCAL);
    let local = match switched.as_deref() {
        None => None,
        Some(text) => match vars::switch(text) {
            Some(on) => on.then_some(LOCAL),
            None => {
                return Err(ConfigError::usage("ASST_LOCAL is neither 1 nor 0").with_hint("unset it, or set it to 1"));
            }
        },
    };
    let variable = (around.env)(vars::ASST_PROFILE);
    if let Some(name) = one_of(variable.as_deref(), local, (vars::ASST_PROFILE, vars::ASST_LOCAL))? {
        return Ok(Some(name));
    }
    Ok(around.project.and_then(|project| project.profile.clone()).or_else(|| around.file.default_profile.clone()))
}

fn one_of(profile: Option<&str>, local: Option<&str>, names: (&str, &str)) -> Result<Option<String>, ConfigError> {
    match (profile, local) {
        (Some(profile), Some(_)) if profile != LOCAL => Err(ConfigError::usage(format!(
            "{} chooses `{profile}` and {} the embedded server; use one of them",
            names.0, names.1
        ))),
        (profile, local) => Ok(profile.or(local).map(str::to_owned)),
    }
}

/// Lays the single settings over the profile: flag, then variable.
fn lay_over(profile: &mut Profile, overrides: &Overrides, env: Lookup<'_>) -> Result<(), ConfigError> {
    if let Some(Span(limit)) = overrides.request_timeout.map_or_else(|| read(env, vars::ASST_REQUEST_TIMEOUT), ok)? {
        profile.request_timeout = limit;
    }
    if let Some(Span(limit)) = overrides.max_wait.map_or_else(|| read(env, vars::ASST_MAX_WAIT), ok)? {
        profile.max_wait = limit;
    }
    if let Some(retries) = overrides.retries.map_or_else(|| read(env, vars::ASST_RETRIES), ok)? {
        profile.retries = retries;
    }
    if let Some(concurrency) = overrides.concurrency.map_or_else(|| read(env, vars::ASST_CONCURRENCY), ok)? {
        profile.concurrency = concurrency;
    }
    if profile.concurrency == 0 {
        return Err(ConfigError::usage("concurrency must be at least 1"));
    }
    Ok(())
}

fn ok<T>(value: T) -> Result<Option<T>, ConfigError> {
    Ok(Some(value))
}

fn read<T: std::str::FromStr<Err: std::fmt::Display>>(env: Lookup<'_>, name: &str) -> Result<Option<T>, ConfigError> {
    let Some(text) = env(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|error| ConfigError::usage(format!("{name}: {error}")))
}

/// Warns where a key would travel unencrypted to another machine.
fn in_the_clear(profile: &Profile) -> Option<String> {
    let url = crate::http::Url::parse(profile.base_url.as_deref()?).ok()?;
    let bare = matches!(profile.credential, CredentialSource::None | CredentialSource::Missing { .. });
    let open = url.scheme() == "http" && !crate::http::is_loopback(&url) && !(bare && profile.headers.is_empty());
    open.then(|| {
        let host = url.host_str().unwrap_or_default().to_owned();
        format!("profile `{}` sends its key unencrypted to {host}: the base URL is not https", profile.name)
    })
}
