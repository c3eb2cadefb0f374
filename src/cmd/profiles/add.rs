//! `asst profiles add`: adds a profile to the configuration file.

use super::{TABLE, profile_item};
use crate::api::Backend;
use crate::api::args::Pair;
use crate::app::{App, DryRun};
use crate::config::{
    CredentialSource, IfExists, MakeDefault, NewProfile, Overrides, Rate, Setting, StoragePrice, TimeLimit,
};
use crate::env::vars;
use crate::exit::Usage;
use anyhow::Result;
use clap::builder::PossibleValuesParser;
use std::path::{Path, PathBuf};

/// The profile to write.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Name of the profile
    name: String,
    /// Kind of backend [default: openai without a base URL, else compatible]
    #[arg(long, value_parser = PossibleValuesParser::new(Backend::ALL.map(Backend::name)))]
    backend: Option<String>,
    /// Base URL up to the version: https://api.example.com/v1
    #[allow(rustdoc::bare_urls, reason = "it is the help of the flag")]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// API version, for backends that need one in the query
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,
    /// Organization to send with requests
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
    /// Project to send with requests
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// Origin of the IDs [default: derived from the base URL]
    #[arg(long)]
    origin: Option<String>,
    /// Make this the default profile
    #[arg(long)]
    default: bool,
    /// Overwrite an existing profile
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    credential: Credential,
    #[command(flatten)]
    requests: RequestSettings,
}

/// The source of the key. No flag takes the key itself, because it would be visible in the process list and the shell
/// history.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Credential (at most one)")]
struct Credential {
    /// Variable that holds the key
    #[arg(long, value_name = "VARIABLE")]
    api_key_env: Option<String>,
    /// File that holds the key
    #[arg(long, value_name = "PATH")]
    api_key_file: Option<PathBuf>,
    /// Shell command that prints the key
    #[arg(long, value_name = "COMMAND")]
    api_key_command: Option<String>,
    /// Shell command that prints a token, which is cached until it expires
    #[arg(long, value_name = "COMMAND")]
    token_command: Option<String>,
}

/// The settings for requests and for the ledger.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Requests and ledger")]
struct RequestSettings {
    /// Header to send with requests (repeatable); write a secret header into the configuration file instead
    #[arg(long, value_name = "NAME=VALUE")]
    send_header: Vec<Pair>,
    /// Send the beta header [default: true for openai and compatible]
    #[arg(long, value_name = "true|false")]
    beta: Option<bool>,
    /// PEM file with certificates to trust
    #[arg(long, value_name = "PATH")]
    ca_file: Option<PathBuf>,
    /// Proxy URL, without a password
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Maximum request rate: 10 a second, or 600/m
    #[arg(long, value_name = "N|N/m", value_parser = rate)]
    rate: Option<String>,
    /// Provenance to record for created objects: full (machine, user, folder, command, CI job), ci (command and CI
    /// job), or none [default: full]
    #[arg(long, value_parser = PossibleValuesParser::new(["full", "ci", "none"]))]
    provenance: Option<String>,
    /// Store the intent ID in the metadata of created objects, so that an object is found again if the response is lost
    #[arg(long)]
    mark_intents: bool,
    /// Keep the content of deleted objects in the ledger
    #[arg(long)]
    keep_deleted: bool,
    /// Price of vector stores in USD per GB and day, for the commands that show their price
    #[arg(long, value_name = "USD", value_parser = price)]
    storage_price: Option<String>,
}

impl Add {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let new = NewProfile {
            settings: self.settings(&app.options().overrides)?,
            if_exists: if self.force { IfExists::Replace } else { IfExists::Fail },
            make_default: if self.default { MakeDefault::Yes } else { MakeDefault::No },
            name: self.name,
        };
        app.with_config_sources(|context| {
            let path = context.file.path.display();
            if app.options().dry_run != DryRun::Off {
                app.ui().out_lines(&new.preview(context)?)?;
                app.ui().note(&format!("nothing was written; a real run would write this into {path}"));
                return Ok(());
            }
            let resolved = new.write(context)?;
            let default = if self.default { Some(new.name.as_str()) } else { context.file.default_profile.as_deref() };
            app.show(TABLE, &profile_item(&resolved.profile, default))?;
            app.ui().note(&format!("wrote profile {} into {path}", new.name));
            resolved.warnings.iter().for_each(|warning| app.ui().warn(warning));
            credential_warning(&resolved.profile.credential).iter().for_each(|warning| app.ui().warn(warning));
            app.ui().hint(&format!("run `asst profiles check {}` to test it", new.name));
            Ok(())
        })
    }

    /// Returns the keys of the profile with their values, for the configuration file. Global flags such as `--retries`
    /// also become keys of the profile.
    fn settings(&self, overrides: &Overrides) -> Result<Vec<(&'static str, Setting)>> {
        let (key, requests) = (&self.credential, &self.requests);
        let text = |value: &Option<String>| value.clone().map(Setting::Text);
        let path = |value: &Option<PathBuf>| value.as_deref().map(absolute_path).transpose();
        let switch = |on: bool| on.then_some(Setting::Switch(true));
        let whole_number =
            |number: Option<u64>| number.map(|number| Setting::Whole(i64::try_from(number).unwrap_or(i64::MAX)));
        let settings = [
            ("backend", text(&self.backend)),
            ("base_url", text(&self.base_url)),
            ("api_version", text(&self.api_version)),
            ("organization", text(&self.organization)),
            ("project", text(&self.project)),
            ("origin", text(&self.origin)),
            ("api_key_env", text(&key.api_key_env)),
            ("api_key_file", path(&key.api_key_file)?),
            ("api_key_command", text(&key.api_key_command)),
            ("token_command", text(&key.token_command)),
            ("headers", headers(&requests.send_header)?),
            ("beta", requests.beta.map(Setting::Switch)),
            ("ca_file", path(&requests.ca_file)?),
            ("proxy", proxy(requests.proxy.as_deref())?),
            ("rate", text(&requests.rate)),
            ("provenance", text(&requests.provenance)),
            ("mark_intents", switch(requests.mark_intents)),
            ("keep_deleted", switch(requests.keep_deleted)),
            ("storage_price", text(&requests.storage_price)),
            ("request_timeout", overrides.request_timeout.map(duration)),
            ("max_wait", overrides.max_wait.map(duration)),
            ("retries", whole_number(overrides.retries.map(u64::from))),
            ("concurrency", whole_number(overrides.concurrency.map(|number| number as u64))),
        ];
        Ok(settings.into_iter().filter_map(|(key, setting)| Some((key, setting?))).collect())
    }
}

fn price(text: &str) -> Result<String, String> {
    text.parse::<StoragePrice>().map(|_| text.to_owned()).map_err(str::to_owned)
}

fn rate(text: &str) -> Result<String, String> {
    text.parse::<Rate>().map(|_| text.to_owned())
}

/// Returns a warning if the credential of a profile is missing.
fn credential_warning(credential: &CredentialSource) -> Option<String> {
    match credential {
        CredentialSource::Missing { message, hint } => Some(format!("{message}; {hint}")),
        CredentialSource::Env { name, .. } if vars::get(name).is_none() => Some(format!("{name} is not set here yet")),
        _ => None,
    }
}

/// Makes a path absolute. A relative path on the command line is relative to the working directory, but one in the file
/// is relative to the file.
fn absolute_path(path: &Path) -> Result<Setting> {
    let is_in_home = path.starts_with("~");
    let path = if is_in_home { path.to_owned() } else { std::path::absolute(path)? };
    let text = path.to_str().ok_or_else(|| Usage::new(format!("{} is not Unicode", path.display())))?;
    Ok(Setting::Text(text.to_owned()))
}

/// Returns a duration as a number of seconds, or as a text in milliseconds if the seconds are not whole.
fn duration(limit: TimeLimit) -> Setting {
    let seconds = i64::try_from(limit.0.as_secs()).ok().filter(|_| limit.0.subsec_nanos() == 0);
    seconds.map_or_else(|| Setting::Text(format!("{}ms", limit.0.as_millis())), Setting::Whole)
}

fn headers(pairs: &[Pair]) -> Result<Option<Setting>, Usage> {
    if let Some(secret) = pairs.iter().find(|pair| crate::http::names_secret(&pair.key)) {
        let message = format!("--send-header does not accept a key, and `{}` is a header for keys", secret.key);
        return Err(Usage::hinted(
            message,
            "write it into the configuration file, or set the key with --api-key-command",
        ));
    }
    let pairs: Vec<_> = pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect();
    Ok((!pairs.is_empty()).then_some(Setting::Pairs(pairs)))
}

/// Checks that the URL of `--proxy` contains no user name or password, because other users can see the arguments of a
/// process.
fn proxy(text: Option<&str>) -> Result<Option<Setting>, Usage> {
    let Some(text) = text else { return Ok(None) };
    let has_secret =
        crate::http::Url::parse(text).is_ok_and(|url| url.password().is_some() || !url.username().is_empty());
    if has_secret {
        return Err(Usage::hinted(
            "--proxy does not accept a user or password",
            "write the URL into the configuration file",
        ));
    }
    Ok(Some(Setting::Text(text.to_owned())))
}
