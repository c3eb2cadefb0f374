//! `asst profiles`: manages the configured backends and checks whether one responds.

mod add;

use crate::api::assistants::ListAssistants;
use crate::api::files::ListFiles;
use crate::api::paging::{FilePaging, Paging};
use crate::api::{Backend, Nothing};
use crate::app::{App, Call, Cardinality, DryRun, Payload, TableSpec};
use crate::config::{self, Profile};
use crate::exit::CallFailed;
use crate::view::{Col, Members};
use anyhow::Result;
use serde_json::{Value, json};

/// Operations on profiles.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the profiles of the configuration file
    #[command(visible_alias = "ls")]
    List,
    /// Show the resolved settings of a profile, without keys [default: the selected profile]
    #[command(visible_alias = "get")]
    Show {
        /// Profile to show
        name: Option<String>,
    },
    /// Add a profile to the configuration file
    ///
    /// The new configuration is validated before it is written, and comments in the file are kept. --request-timeout,
    /// --max-wait, --retries and --concurrency become settings of the profile.
    #[command(visible_alias = "create", alias = "new")]
    Add(Box<add::Add>),
    /// Set the default profile
    Use {
        /// Name of the profile; local is the embedded server
        name: String,
    },
    /// Check that the backend of a profile responds and accepts the key [default: the selected profile]
    Check {
        /// Profile to check
        name: Option<String>,
    },
}

const TABLE: TableSpec = TableSpec {
    noun: "profiles",
    columns: &[
        Col::id("name"),
        Col::text("backend", "backend"),
        Col::text("base url", "base_url"),
        Col::text("credential", "credential"),
        Col::text("default", "default"),
    ],
    members: Members::These(
        "name backend base_url api_version organization project origin credential headers request_timeout \
         retries concurrency default",
    ),
};

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List => list(app),
            Self::Show { name } => {
                let profile = match name {
                    Some(name) => app.profile_named(&name)?,
                    None => app.profile()?.clone(),
                };
                app.show(TABLE, &profile_item(&profile, app.config_file()?.default_profile.as_deref()))
            }
            Self::Add(add) => add.run(app),
            Self::Use { name } => use_by_default(app, &name),
            Self::Check { name } => {
                name.map_or(Ok(()), |name| app.choose(&name))?;
                check(app)
            }
        }
    }
}

fn list(app: &App) -> Result<()> {
    let file = app.config_file()?;
    let mut printer = app.printer(TABLE, Cardinality::Many)?;
    for name in file.profiles.keys() {
        let profile = app.profile_named(name)?;
        app.ui().out(&printer.item(&profile_item(&profile, file.default_profile.as_deref()))?)?;
    }
    app.ui().out(&printer.end()?)?;
    if file.profiles.is_empty() {
        app.ui().note(&format!("{} has no profiles; --local needs none", file.path.display()));
    }
    Ok(())
}

fn use_by_default(app: &App, name: &str) -> Result<()> {
    app.with_config_sources(|context| {
        let path = context.file.path.display();
        if app.options().dry_run != DryRun::Off {
            app.ui().out_lines(&config::preview_default(name, context)?)?;
            app.ui().note(&format!("nothing was written; a real run would write this into {path}"));
            return Ok(());
        }
        config::set_default_profile(name, context)?;
        app.ui().note(&format!("{path} now has {name} as the default profile"));
        Ok(())
    })
}

/// Returns the settings of a profile as JSON, without secrets. `default` is the name of the default profile.
fn profile_item(profile: &Profile, default: Option<&str>) -> Value {
    json!({
        "name": profile.name,
        "backend": profile.backend.name(),
        "base_url": profile.base_url,
        "api_version": profile.api_version,
        "organization": profile.organization,
        "project": profile.project,
        "origin": profile.origin(None),
        "credential": profile.credential.describe(),
        "headers": profile.headers.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "request_timeout": profile.request_timeout.as_secs_f64(),
        "retries": profile.retries,
        "concurrency": profile.concurrency,
        "default": default == Some(profile.name.as_str()),
    })
}

/// Checks that the backend of the profile responds, with a request for a list of one item. The list is of assistants,
/// or of files at OpenAI, which retired the endpoints for assistants.
fn check(app: &App) -> Result<()> {
    let profile = app.profile()?;
    let limit = Some(1);
    let call = match profile.backend {
        Backend::OpenAi => {
            Call::of::<ListFiles>(&Nothing {}, &FilePaging { limit, ..FilePaging::default() }, Payload::None)
        }
        _ => Call::of::<ListAssistants>(&Nothing {}, &Paging { limit, ..Paging::default() }, Payload::None),
    };
    if app.dry(&call)? {
        return Ok(());
    }
    app.wait(async {
        app.call(call).await.map_err(|mut error| {
            if let Some(failed) = error.downcast_mut::<CallFailed>() {
                failed.tried = format!("check the backend of profile {}", profile.name);
            }
            error
        })?;
        let origin = app.origin().await?;
        app.ui().note(&format!("profile {} works; its origin is {origin}", profile.name));
        Ok(())
    })
}
