//! Resolution of flags, environment, project and configuration file to one profile.
//!
//! The base URL and the credential always come from the same source. The program never falls back to another backend
//! silently (docs/design/configuration.md).

use super::credential::CredentialSource;
use super::duration::TimeLimit;
use super::file::LOCAL;
use super::profile::{Overrides, Profile, ResolveContext, ResolvedProfile};
use super::recording::RecordingProxy;
use super::{ConfigError, entry, environment};
use crate::api::Backend;
use crate::env::vars::{self, Lookup};

/// Chooses a profile and resolves it.
///
/// # Errors
/// Returns an error if flags conflict, the file is invalid, or no source names a backend.
pub fn resolve(overrides: &Overrides, context: &ResolveContext<'_>) -> Result<ResolvedProfile, ConfigError> {
    let proxy = RecordingProxy::of_environment(context.env)?;
    let mut resolved = match (proxy, chosen_profile(overrides, context)?) {
        (Some(proxy), _) => proxy.resolve(explicit_choice(overrides, context.env)?.as_deref(), context)?,
        (None, Some(name)) if name == LOCAL => {
            ResolvedProfile { profile: Profile::bare(LOCAL, Backend::Local), warnings: Vec::new() }
        }
        (None, Some(name)) => entry::resolve(&name, context)?,
        (None, None) => ResolvedProfile { profile: environment::resolve(context.env)?, warnings: Vec::new() },
    };
    apply_overrides(&mut resolved.profile, overrides, context.env)?;
    resolved.warnings.extend(resolved.profile.credential.warnings());
    resolved.warnings.extend(cleartext_warning(&resolved.profile));
    Ok(resolved)
}

/// Returns the name of the chosen profile, or `None` if no source chooses one.
///
/// # Errors
/// Returns an error if one source chooses two profiles.
pub fn chosen_profile(overrides: &Overrides, context: &ResolveContext<'_>) -> Result<Option<String>, ConfigError> {
    let by_default = || context.project.and_then(|project| project.profile.clone());
    let explicit = explicit_choice(overrides, context.env)?;
    Ok(explicit.or_else(by_default).or_else(|| context.file.default_profile.clone()))
}

/// Returns the name of the profile that a flag or a variable chooses.
fn explicit_choice(overrides: &Overrides, env: Lookup<'_>) -> Result<Option<String>, ConfigError> {
    let local = overrides.local.then_some(LOCAL);
    if let Some(name) = one_of(overrides.profile.as_deref(), local, ("--profile", "--local"))? {
        return Ok(Some(name));
    }
    let switched = env(vars::ASST_LOCAL);
    let local = match switched.as_deref() {
        None => None,
        Some(text) => match vars::parse_switch(text) {
            Some(on) => on.then_some(LOCAL),
            None => {
                return Err(ConfigError::usage(format!("ASST_LOCAL: `{text}` is neither 1 nor 0"))
                    .with_hint("unset it, or set it to 1"));
            }
        },
    };
    let variable = env(vars::ASST_PROFILE);
    one_of(variable.as_deref(), local, (vars::ASST_PROFILE, vars::ASST_LOCAL))
}

fn one_of(profile: Option<&str>, local: Option<&str>, names: (&str, &str)) -> Result<Option<String>, ConfigError> {
    match (profile, local) {
        (Some(profile), Some(_)) if profile != LOCAL => Err(ConfigError::usage(format!(
            "{} selects the profile `{profile}`, and {} selects the embedded server; use one of them",
            names.0, names.1
        ))),
        (profile, local) => Ok(profile.or(local).map(str::to_owned)),
    }
}

/// Applies the settings that override the profile. A flag takes precedence over a variable.
fn apply_overrides(profile: &mut Profile, overrides: &Overrides, env: Lookup<'_>) -> Result<(), ConfigError> {
    let span = |text: &str| text.parse::<TimeLimit>();
    if let Some(TimeLimit(limit)) = flag_or_variable(overrides.request_timeout, env, vars::ASST_REQUEST_TIMEOUT, span)?
    {
        profile.request_timeout = limit;
    }
    if let Some(TimeLimit(limit)) = flag_or_variable(overrides.max_wait, env, vars::ASST_MAX_WAIT, span)? {
        profile.max_wait = limit;
    }
    if let Some(retries) = flag_or_variable(overrides.retries, env, vars::ASST_RETRIES, parse_count)? {
        profile.retries = retries;
    }
    if let Some(concurrency) = flag_or_variable(overrides.concurrency, env, vars::ASST_CONCURRENCY, parse_positive)? {
        profile.concurrency = concurrency;
    }
    if profile.concurrency == 0 {
        return Err(ConfigError::usage(format!("`concurrency` of profile `{}` must be at least 1", profile.name)));
    }
    Ok(())
}

/// Returns the value of the flag, or else of the variable. An error in the variable names it.
fn flag_or_variable<T>(
    flag: Option<T>,
    env: Lookup<'_>,
    name: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, ConfigError> {
    match (flag, env(name)) {
        (Some(value), _) => Ok(Some(value)),
        (None, Some(text)) => read(&text).map(Some).map_err(|why| {
            ConfigError::usage(format!("{name}: {why}")).with_hint(format!("unset {name}, or correct it"))
        }),
        (None, None) => Ok(None),
    }
}

/// Parses a number for a flag or its variable.
///
/// # Errors
/// Returns an error if `text` is not a non-negative whole number that fits into the type.
pub fn parse_count<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("expected a whole number of at least 0, got `{text}`"))
}

/// Parses a positive number for a flag or its variable.
///
/// # Errors
/// Returns an error if `text` is not a positive whole number that fits into the type.
pub fn parse_positive<T: std::str::FromStr + Default + PartialOrd>(text: &str) -> Result<T, String> {
    let number = text.trim().parse().ok().filter(|number| *number > T::default());
    number.ok_or_else(|| format!("expected a whole number of at least 1, got `{text}`"))
}

/// Returns a warning if a credential would be sent unencrypted to another machine.
fn cleartext_warning(profile: &Profile) -> Option<String> {
    let url = crate::http::Url::parse(profile.base_url.as_deref()?).ok()?;
    let bare = matches!(profile.credential, CredentialSource::None | CredentialSource::Missing { .. });
    let open = url.scheme() == "http" && !crate::http::is_loopback(&url) && !(bare && profile.headers.is_empty());
    open.then(|| {
        let host = url.host_str().unwrap_or_default().to_owned();
        format!("profile `{}` sends its key unencrypted to {host}: the base URL is not https", profile.name)
    })
}
