//! The context of a command ([`App`]). A command uses it to send requests, to read lists and rows, and to print
//! results.
//!
//! - A request ([`Call`]) is checked (`check.rs`), sent (`send.rs`), and recorded in the ledger (`record.rs`). Several
//!   requests are sent concurrently (`bulk.rs`), and lists are read page by page (`pages.rs`).
//! - `records.rs` reads and changes the ledger without a request.
//! - `wait.rs` runs async code until it ends or a signal stops it (`signals.rs`).
//! - `show.rs` prints objects and lists in the selected format.
//!
//! This is the only module that uses both the client and the ledger, so that no request bypasses the recording. Nothing
//! here depends on the commands.

mod bulk;
mod call;
mod check;
mod child_env;
pub mod cleanup;
mod download;
mod dry_run;
mod explain;
mod ledger;
mod list_recording;
mod model;
mod not_found_policy;
mod options;
mod pages;
pub(crate) mod polling;
mod raw_call;
pub mod record;
mod record_context;
mod record_entries;
mod record_observed;
mod record_session;
pub mod records;
pub mod redact;
mod send;
mod session;
mod show;
pub mod signals;
mod store;
mod tally;
mod wait;

pub use bulk::{CallList, IfMissing, Outcomes, StdoutState};
pub use call::Call;
pub(crate) use call::Note;
pub use check::no_stream;
pub use cleanup::{CleanupOutcomes, RemovalOutcome, remove, session_id};
pub(crate) use dry_run::quoted;
pub use model::{EmbeddingsChoice, ModelChoice};
pub use not_found_policy::{NotFoundMeaning, NotFoundPolicy};
pub use options::{DryRun, Invocation, LedgerChoice, LedgerNeed, Options, Trace};
pub use pages::Pages;
pub use raw_call::RawCall;
pub use record_session::{ObjectRef, RecordingResult};
pub use session::Session;
pub use show::{Cardinality, TableSpec};
pub use signals::Stopping;
pub use tally::{Tally, Work};

// Plain data that commands pass in or receive. Commands must not import the client.
pub use crate::client::{Overwrite, Payload};

use crate::api::Dialect;
use crate::config::{
    ConfigError, ConfigErrorKind, ConfigFile, Overrides, Profile, Project, ResolveContext, ResolvedProfile,
};
use crate::env::{limits, paths::Paths, vars};
use crate::exit::AlreadyReported;
use crate::ui::{MessageFormat, StatusLine, Ui};
use crate::view::Format;
use anyhow::{Context, Result};
use std::cell::{Cell, OnceCell};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long a process waits for the runs of its embedded server before it ends (docs/design/server.md#run-leases).
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// The context of one command. Each part is created on first use, so a command that only reads the ledger starts
/// neither a runtime nor a connection.
pub struct App {
    ui: Arc<Ui>,
    options: Options,
    pub(crate) invocation: Invocation,
    runtime: OnceCell<Runtime>,
    sources: OnceCell<ConfigSources>,
    profile: OnceCell<Profile>,
    /// `true` once it is known that no backend is configured.
    no_profile: Cell<bool>,
    session: OnceCell<Session>,
    ledger: OnceCell<Option<Arc<crate::ledger::Ledger>>>,
    context: OnceCell<record_context::RecordContext>,
    record_state: Arc<record_context::RecordState>,
    tally: Arc<Tally>,
    waits: OnceCell<StatusLine>,
}

/// The sources from which the configuration is resolved.
struct ConfigSources {
    paths: Paths,
    file: ConfigFile,
    project: Option<Project>,
}

/// Returns the format of stderr that belongs to the output format in a project file.
fn message_format_of(project: &Project) -> Option<MessageFormat> {
    project.output.as_deref()?.parse::<Format>().ok().map(Format::message_format)
}

/// Returns the format of stderr that the project file selects. For errors that occur before the options are parsed.
pub fn project_message_format() -> Option<MessageFormat> {
    let here = std::env::current_dir().ok()?;
    Project::find(&here, Paths::discover().ok()?.home()).ok()?.as_ref().and_then(message_format_of)
}

impl App {
    /// Creates the context of a command.
    pub fn new(ui: Ui, options: Options, invocation: Invocation) -> Self {
        Self::with(Arc::new(ui), options, invocation)
    }

    fn with(ui: Arc<Ui>, options: Options, invocation: Invocation) -> Self {
        Self {
            ui,
            options,
            invocation,
            runtime: OnceCell::new(),
            sources: OnceCell::new(),
            profile: OnceCell::new(),
            no_profile: Cell::new(false),
            session: OnceCell::new(),
            ledger: OnceCell::new(),
            context: OnceCell::new(),
            record_state: Arc::default(),
            tally: Arc::default(),
            waits: OnceCell::new(),
        }
    }

    /// Returns a context with the same options for the backend of another profile. Without a name, flags and variables
    /// select the profile. The caller closes it with [`App::close`].
    ///
    /// # Errors
    /// Returns an error if there is no such profile.
    pub fn beside(&self, profile: Option<&str>) -> Result<Self> {
        let app = Self::with(self.shared_ui(), self.options.clone(), self.invocation.clone());
        profile.map_or(Ok(()), |name| app.choose(name))?;
        Ok(app)
    }

    /// Returns the user interface.
    pub fn ui(&self) -> &Ui {
        &self.ui
    }

    /// Returns a shared handle to the user interface, for values that outlive a borrow, such as the callback of a
    /// progress bar.
    pub fn shared_ui(&self) -> Arc<Ui> {
        Arc::clone(&self.ui)
    }

    /// Returns the counters of bulk work.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Returns the status line that shows what the command is waiting for.
    pub fn waits(&self) -> &StatusLine {
        self.waits.get_or_init(|| StatusLine::new(self.shared_ui()))
    }

    /// Returns the options of the command.
    pub fn options(&self) -> &Options {
        &self.options
    }

    fn runtime(&self) -> Result<&Runtime> {
        if self.runtime.get().is_none() {
            limits::check_open_files()?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let _ = self.runtime.set(runtime.context("could not start the async runtime")?);
        }
        self.runtime.get().context("the async runtime was not started; this is a bug in asst")
    }

    /// Returns the directories of this user.
    pub fn paths(&self) -> Result<&Paths> {
        Ok(&self.config_sources()?.paths)
    }

    /// Returns the project file, if there is one above the current folder.
    pub fn project(&self) -> Result<Option<&Project>> {
        Ok(self.config_sources()?.project.as_ref())
    }

    /// Returns the configuration file, or an empty one if it is missing.
    pub fn config_file(&self) -> Result<&ConfigFile> {
        Ok(&self.config_sources()?.file)
    }

    fn config_sources(&self) -> Result<&ConfigSources> {
        if self.sources.get().is_none() {
            let paths = Paths::discover()?;
            let file = ConfigFile::load(&paths.config_file())?;
            let here = std::env::current_dir().unwrap_or_default();
            let project = Project::find(&here, paths.home())?;
            // If neither a flag nor a variable names an output format, the output format of the project file also
            // selects the format of stderr.
            if let (None, Some(format)) = (self.options.format, project.as_ref().and_then(message_format_of)) {
                self.ui.set_message_format(format);
            }
            let _ = self.sources.set(ConfigSources { paths, file, project });
        }
        self.sources.get().context("the configuration was not loaded; this is a bug in asst")
    }

    /// Returns the profile. Fails with exit code 4 if no backend is configured.
    pub fn profile(&self) -> Result<&Profile> {
        Ok(self.selected_profile()??)
    }

    /// Returns the selected profile, which is resolved at the first call. The inner error is an error of the
    /// configuration, such as a missing profile.
    fn selected_profile(&self) -> Result<Result<&Profile, ConfigError>> {
        if let Some(profile) = self.profile.get() {
            return Ok(Ok(profile));
        }
        let resolved = self.resolve(&self.options.overrides, self.config_sources()?.project.as_ref())?;
        Ok(resolved.map(|resolved| {
            resolved.warnings.iter().for_each(|warning| self.ui.warn(warning));
            self.profile.get_or_init(|| resolved.profile)
        }))
    }

    /// Resolves a profile from these overrides, the project file, the variables, and the configuration file.
    fn resolve(
        &self,
        overrides: &Overrides,
        project: Option<&Project>,
    ) -> Result<Result<ResolvedProfile, ConfigError>> {
        let sources = self.config_sources()?;
        let context = ResolveContext { file: &sources.file, project, paths: &sources.paths, env: &vars::get };
        Ok(crate::config::resolve(overrides, &context))
    }

    /// Returns the profile of the configuration file with this name, whether or not it is the selected one.
    pub fn profile_named(&self, name: &str) -> Result<Profile> {
        let overrides = Overrides { profile: Some(name.to_owned()), ..Overrides::default() };
        self.with_config_sources(|sources| Ok(crate::config::resolve(&overrides, sources)?.profile))
    }

    /// Calls `work` with the configuration file as the only source of profiles: without the project file and without
    /// environment variables.
    pub fn with_config_sources<T>(&self, work: impl FnOnce(&ResolveContext<'_>) -> Result<T>) -> Result<T> {
        let sources = self.config_sources()?;
        work(&ResolveContext { file: &sources.file, project: None, paths: &sources.paths, env: &|_: &str| None })
    }

    /// Selects a profile by its name, instead of the one that flags and variables select.
    pub fn choose(&self, name: &str) -> Result<()> {
        let overrides = Overrides { profile: Some(name.to_owned()), local: false, ..self.options.overrides.clone() };
        let resolved = self.resolve(&overrides, None)??;
        resolved.warnings.iter().for_each(|warning| self.ui.warn(warning));
        let _ = self.profile.set(resolved.profile);
        Ok(())
    }

    /// Selects a profile by its name, unless a flag or an environment variable selects one.
    pub fn choose_by_default(&self, name: &str) -> Result<()> {
        let project = Project { profile: Some(name.to_owned()), ..Project::default() };
        let resolved = self.resolve(&self.options.overrides, Some(&project))??;
        resolved.warnings.iter().for_each(|warning| self.ui.warn(warning));
        let _ = self.profile.set(resolved.profile);
        Ok(())
    }

    /// Returns the dialect of a profile, unless a flag or an environment variable selects another one. A profile that
    /// does not exist has the default dialect.
    pub fn dialect_of(&self, profile: Option<&str>) -> Dialect {
        let Some(name) = profile else { return self.dialect() };
        let project = Project { profile: Some(name.to_owned()), ..Project::default() };
        let resolved = self.resolve(&self.options.overrides, Some(&project)).and_then(|resolved| Ok(resolved?));
        resolved.map(|resolved| resolved.profile.backend.dialect()).unwrap_or_default()
    }

    /// Returns the profile, or `None` if no backend is configured. For commands that only read the ledger, which needs
    /// no profile.
    pub fn profile_if_any(&self) -> Result<Option<&Profile>> {
        if self.profile.get().is_none() && self.no_profile.get() {
            return Ok(None);
        }
        match self.selected_profile()? {
            Ok(profile) => Ok(Some(profile)),
            // A missing profile is not an error here. It is stored, so that the profile is resolved only once.
            Err(error) if error.kind() == ConfigErrorKind::NoProfile => {
                self.no_profile.set(true);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the command: waits for the runs of an embedded server and reports entries that were imported from spill
    /// files. Does not wait if the command was stopped.
    ///
    /// # Errors
    /// Returns an error if the command succeeded, but listed rows of a ledger that lacks entries.
    pub fn close<T>(&self, ended: &Result<T>) -> Result<()> {
        let stopped = ended.as_ref().is_err_and(crate::exit::is_stopped);
        if let Some(server) = self.session.get().and_then(Session::server) {
            let drained = self.wait(async {
                if self.options.drain && !stopped {
                    server.drain(DRAIN_TIMEOUT).await;
                }
                server.stop().await;
                Ok(())
            });
            drained?;
        }
        self.report_imported_spills();
        match self.report_missing_entries() {
            Some(code) if ended.is_ok() => Err(AlreadyReported(code).into()),
            _ => Ok(()),
        }
    }

    /// Ends the context without running its destructors, because the end of the process is faster. All acknowledged
    /// writes are durable. The destructors run if the ledger needs to be closed.
    pub fn leave(self) {
        let ledger = self.ledger.get().and_then(Option::as_ref);
        if ledger.is_none_or(|ledger| !ledger.wants_closing()) {
            std::mem::forget(self);
        }
    }
}
