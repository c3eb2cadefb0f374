//! The profile of the proxy of `asst record`. The variables that the proxy sets for its program describe it, so that
//! each `asst` that the program runs sends its requests through the proxy.

use super::credential::CredentialSource;
use super::file::LOCAL;
use super::profile::{Profile, ResolveContext, ResolvedProfile};
use super::secret::SecretKind;
use super::{ConfigError, entry, environment};
use crate::api::Backend;
use crate::env::vars::{ASST_RECORD_KEY, ASST_RECORD_PROXY, Lookup};
use crate::json::{Closed, closed};
use serde::{Deserialize, Serialize};

/// The address of a proxy, and the recorded profile. The text form is the value of `ASST_RECORD_PROXY`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingProxy {
    session: String,
    /// The name of the profile that is recorded.
    profile: String,
    /// The backend as the program sees it.
    backend: String,
    base_url: String,
    api_version: Option<String>,
    organization: Option<String>,
    project: Option<String>,
    /// The origin of the recorded backend, in which the IDs are valid.
    origin: String,
}

impl Closed<'_> for RecordingProxy {}

impl RecordingProxy {
    /// Returns the description of a proxy to the backend of a profile, below `base_url`.
    pub fn new(session: &str, profile: &Profile, origin: &str, base_url: String) -> Self {
        // The embedded server of the recording is one at an address for the program.
        let backend = if profile.backend == Backend::Local { Backend::Compatible } else { profile.backend };
        Self {
            session: session.to_owned(),
            profile: profile.name.clone(),
            backend: backend.name().to_owned(),
            base_url,
            api_version: profile.api_version.clone(),
            organization: profile.organization.clone(),
            // The base URL of a Foundry project contains its name.
            project: profile.project.clone().filter(|_| backend != Backend::Foundry),
            origin: origin.to_owned(),
        }
    }

    /// Returns the value of `ASST_RECORD_PROXY`.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the description from the environment. Returns `None` in a program that is not recorded.
    pub(super) fn of_environment(env: Lookup<'_>) -> Result<Option<Self>, ConfigError> {
        let invalid = |error| {
            ConfigError::usage(format!("{ASST_RECORD_PROXY}: {error}")).with_hint(format!(
                "`asst record` sets {ASST_RECORD_PROXY}; unset it to send requests without the proxy"
            ))
        };
        env(ASST_RECORD_PROXY).map(|text| closed(&text)).transpose().map_err(invalid)
    }

    /// Resolves the profile of the proxy. It has the settings of the recorded profile that do not concern the address.
    ///
    /// # Errors
    /// Returns an error if flags or variables choose another profile than the recorded one.
    pub(super) fn resolve(
        self,
        chosen: Option<&str>,
        context: &ResolveContext<'_>,
    ) -> Result<ResolvedProfile, ConfigError> {
        if let Some(other) = chosen.filter(|chosen| *chosen != self.profile) {
            return Err(ConfigError::usage(format!(
                "`asst record` records the profile `{}`, and requests to the profile `{other}` would bypass the recording",
                self.profile
            ))
            .with_hint(format!(
                "run the command without --profile, --local, ASST_PROFILE and ASST_LOCAL, or unset {ASST_RECORD_PROXY} \
                 to bypass the recording"
            )));
        }
        let backend = Backend::named(&self.backend).ok_or_else(|| {
            ConfigError::usage(format!("{ASST_RECORD_PROXY}: `{}` is not the name of a backend", self.backend))
        })?;
        let is_entry = ![LOCAL, environment::NAME].contains(&self.profile.as_str())
            && context.file.profiles.contains_key(&self.profile);
        let mut resolved = match is_entry {
            true => entry::resolve(&self.profile, context)?,
            false => ResolvedProfile { profile: Profile::bare(&self.profile, backend), warnings: Vec::new() },
        };
        let kind = if backend == Backend::Foundry { SecretKind::Token } else { SecretKind::Key };
        resolved.profile = Profile {
            backend,
            base_url: Some(self.base_url),
            api_version: self.api_version,
            organization: self.organization,
            project: self.project,
            fixed_origin: Some(self.origin),
            recording_session: Some(self.session),
            // The proxy adds the headers of the profile.
            headers: Vec::new(),
            beta: backend.takes_beta_header(),
            proxy: None,
            credential: CredentialSource::Env { name: ASST_RECORD_KEY.to_owned(), kind },
            ..resolved.profile
        };
        Ok(resolved)
    }
}
