//! Resolution of one profile: validates the entry of the configuration file and fills in defaults.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use super::base_url;
use super::credential::{CredentialSource, TokenCommand};
use super::file::{ConfigFile, ProfileEntry};
use super::profile::{Profile, ResolveContext, ResolvedProfile};
use super::secret::{Hidden, Secret, SecretKind};
use super::token::TokenCache;
use super::{ConfigError, toml_error};
use crate::api::Backend;
use crate::http::Url;

/// Headers that the program sets itself, or that would break the request.
const RESERVED_HEADERS: [&str; 7] =
    ["host", "content-length", "content-type", "transfer-encoding", "connection", "te", "upgrade"];

/// Headers that carry a credential.
const CREDENTIAL_HEADERS: [&str; 2] = ["authorization", "api-key"];

/// Resolves the profile with this name.
pub(super) fn resolve(name: &str, context: &ResolveContext<'_>) -> Result<ResolvedProfile, ConfigError> {
    let file = context.file;
    let entry = file.profile(name)?;
    let place = |key: &str| format!("{}: `{key}` of profile `{name}`", file.path.display());
    let (backend, base_url) = address(entry, &place)?;
    let beta = entry.beta.unwrap_or(backend.takes_beta_header());
    if beta && !backend.takes_beta_header() {
        return Err(ConfigError::usage(format!(
            "{} cannot be true: {backend} does not accept the beta header",
            place("beta")
        )));
    }
    let profile = Profile {
        api_version: version(
            backend,
            base_url.as_deref(),
            entry.api_version.clone(),
            &format!("{} is missing", place("api_version")),
        )?,
        base_url,
        organization: entry.organization.clone(),
        project: entry.project.clone(),
        fixed_origin: entry.origin.clone().filter(|origin| !origin.is_empty()),
        headers: headers(entry, &place)?,
        beta,
        ca_file: entry.ca_file.as_deref().map(|path| resolve_path(file, path, context)),
        proxy: entry.proxy.as_ref().map(|proxy| checked_proxy(proxy, &place("proxy"))).transpose()?,
        rate: entry.rate.map(|rate| rate.0),
        provenance: entry.provenance.unwrap_or_default(),
        mark_intents: entry.mark_intents.unwrap_or(false),
        keep_deleted: entry.keep_deleted.unwrap_or(false),
        ledger: hidden(entry.ledger.as_ref(), &place("ledger"))?,
        ledger_command: entry.ledger_command.clone(),
        credential: credential(name, entry, backend, context, &place)?,
        ..Profile::bare(name, backend)
    };
    Ok(ResolvedProfile { profile: with_numeric_settings(profile, entry), warnings: Vec::new() })
}

fn with_numeric_settings(mut profile: Profile, entry: &ProfileEntry) -> Profile {
    profile.request_timeout = entry.request_timeout.map_or(profile.request_timeout, |span| span.0);
    profile.max_wait = entry.max_wait.map_or(profile.max_wait, |span| span.0);
    profile.retries = entry.retries.unwrap_or(profile.retries);
    profile.storage_price = entry.storage_price;
    profile.concurrency = entry.concurrency.unwrap_or(profile.concurrency);
    profile
}

/// Returns the backend and its base URL.
fn address(entry: &ProfileEntry, place: &dyn Fn(&str) -> String) -> Result<(Backend, Option<String>), ConfigError> {
    let base = entry.base_url.as_deref().map(|text| base_url::checked(text, &place("base_url"))).transpose()?;
    let backend = match entry.backend.as_deref() {
        Some(name) => Backend::named(name).ok_or_else(|| unknown_backend(name, &place("backend")))?,
        None if base.as_deref().is_none_or(base_url::is_openai) => Backend::OpenAi,
        None => Backend::Compatible,
    };
    match (backend, base) {
        (Backend::Local, Some(_)) => {
            Err(ConfigError::usage(format!("{} is not allowed: the embedded server has no address", place("base_url"))))
        }
        (Backend::Local, None) => Ok((backend, None)),
        (Backend::OpenAi, None) => Ok((backend, Some(base_url::OPENAI.to_owned()))),
        (_, None) => Err(ConfigError::usage(format!("{} is missing", place("base_url"))).with_hint(match backend {
            Backend::Foundry => "an example is https://RESOURCE.services.ai.azure.com/api/projects/PROJECT",
            Backend::AzureOpenAi => "an example is https://RESOURCE.openai.azure.com",
            _ => "an example is https://api.example.com/v1",
        })),
        (_, base) => Ok((backend, base)),
    }
}

/// Returns the `api-version` to send with every request, or `None` if the backend needs none.
///
/// # Errors
/// Returns an error with the message `missing` if the backend needs a version and none is given. Azure OpenAI has no
/// default version, and responds to a request without one with an unspecific 404.
pub(super) fn version(
    backend: Backend,
    base_url: Option<&str>,
    given: Option<String>,
    missing: &str,
) -> Result<Option<String>, ConfigError> {
    let given = given.filter(|version| !version.is_empty());
    let unversioned = base_url.is_some_and(|base| base.ends_with("/openai/v1"));
    match given.or_else(|| backend.dialect().default_version().map(str::to_owned)) {
        None if backend == Backend::AzureOpenAi && !unversioned => {
            Err(ConfigError::usage(missing)
                .with_hint("it is the api-version of the resource, such as 2024-05-01-preview"))
        }
        version => Ok(version),
    }
}

fn unknown_backend(name: &str, place: &str) -> ConfigError {
    let names = Backend::ALL.map(Backend::name);
    let error = ConfigError::usage(format!("{place} must be one of {}", names.join(", ")));
    match toml_error::nearest(name, names) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    }
}

/// Returns the source of the credential. A profile has at most one.
fn credential(
    name: &str,
    entry: &ProfileEntry,
    backend: Backend,
    context: &ResolveContext<'_>,
    place: &dyn Fn(&str) -> String,
) -> Result<CredentialSource, ConfigError> {
    let token = |command: &String| {
        let cache = TokenCache::new(&context.paths.token_dir(), command, name);
        CredentialSource::Token(TokenCommand { command: command.clone(), cache })
    };
    if let Some(name) = &entry.api_key_env
        && !names_variable(name)
    {
        return Err(ConfigError::usage(format!("{} is not the name of a variable", place("api_key_env"))).with_hint(
            "set it to the name of the variable that holds the key, such as OPENAI_API_KEY, not to the key itself",
        ));
    }
    let variable = |name: &String| CredentialSource::Env { name: name.clone(), kind: SecretKind::Key };
    let mut sources: Vec<(&str, CredentialSource)> = Vec::new();
    sources.extend(entry.api_key_env.as_ref().map(|name| ("api_key_env", variable(name))));
    let file = entry.api_key_file.as_deref().map(|path| resolve_path(context.file, path, context));
    sources.extend(file.map(|path| ("api_key_file", CredentialSource::File(path))));
    sources.extend(entry.api_key_command.clone().map(|line| ("api_key_command", CredentialSource::Command(line))));
    sources.extend(entry.token_command.as_ref().map(|line| ("token_command", token(line))));
    sources.extend(entry.api_key.as_ref().map(|key| ("api_key", CredentialSource::Literal(key.0.clone()))));
    let in_header =
        entry.headers.keys().find(|header| CREDENTIAL_HEADERS.contains(&header.to_ascii_lowercase().as_str()));
    sources.extend(in_header.map(|header| (header.as_str(), CredentialSource::None)));
    if let [(one, _), (other, _), ..] = sources.as_slice() {
        return Err(ConfigError::usage(format!("{} and `{other}` are two sources of a credential", place(one)))
            .with_hint("keep one of them"));
    }
    match sources.pop() {
        Some((key, _)) if backend == Backend::Local => {
            Err(ConfigError::usage(format!("{} is not allowed: the embedded server generates its own key", place(key))))
        }
        Some(("api_key", _)) if context.file.exposed => {
            Err(ConfigError::usage(format!("{} is in a file that other users can read", place("api_key")))
                .with_hint(format!("chmod 600 {}", context.file.path.display())))
        }
        Some((_, source)) => Ok(source),
        None if matches!(backend, Backend::Local | Backend::Compatible) => Ok(CredentialSource::None),
        None => Ok(CredentialSource::Missing {
            message: format!("profile `{name}` has no credential"),
            hint: "set one of api_key_env, api_key_file, api_key_command, token_command".to_owned(),
        }),
    }
}

/// Returns `true` if `name` looks like the name of a variable, and `false` if it looks like a key that was entered by
/// mistake. Such a key must not be printed as the name of an unset variable.
fn names_variable(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    // A key without dashes is a long sequence of letters and digits, which is unusual for a variable name.
    begins && name.bytes().all(word) && (name.len() < 32 || name.contains('_'))
}

fn headers(entry: &ProfileEntry, place: &dyn Fn(&str) -> String) -> Result<Vec<(String, Secret)>, ConfigError> {
    let mut headers = Vec::with_capacity(entry.headers.len());
    for (name, value) in &entry.headers {
        let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let lower = name.to_ascii_lowercase();
        if !valid || RESERVED_HEADERS.contains(&lower.as_str()) {
            return Err(ConfigError::usage(format!("{} cannot hold `{name}`", place("headers"))));
        }
        headers.push((lower, checked_value(value, &format!("{}, `{name}`,", place("headers")))?));
    }
    Ok(headers)
}

fn checked_proxy(proxy: &Hidden, place: &str) -> Result<Secret, ConfigError> {
    let valid = Url::parse(proxy.0.expose_secret()).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if valid {
        checked_value(proxy, place)
    } else {
        Err(ConfigError::usage(format!("{place} is not an http:// or https:// URL")))
    }
}

fn hidden(value: Option<&Hidden>, place: &str) -> Result<Option<Secret>, ConfigError> {
    value.map(|value| checked_value(value, place)).transpose()
}

/// Validates a value that is not a key but may contain one. An invalid value is an error in the file.
fn checked_value(value: &Hidden, place: &str) -> Result<Secret, ConfigError> {
    Secret::checked(value.0.expose_secret(), SecretKind::Key, place).map_err(ConfigError::usage)
}

/// Resolves a path from the file: `~/` is the home directory, and a relative path is relative to the folder of the
/// file.
fn resolve_path(file: &ConfigFile, path: &Path, context: &ResolveContext<'_>) -> PathBuf {
    match path.strip_prefix("~") {
        Ok(rest) => context.paths.home().join(rest),
        Err(_) => file.path.parent().unwrap_or(Path::new("")).join(path),
    }
}
