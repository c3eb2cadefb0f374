//! The profile that the `OPENAI_*` or `AZURE_*` variables define. They are read only if no profile is chosen.

use super::credential::CredentialSource;
use super::secret::SecretKind;
use super::{ConfigError, Profile, base_url, entry};
use crate::api::Backend;
use crate::env::vars::{
    AZURE_OPENAI_AD_TOKEN, AZURE_OPENAI_API_KEY, AZURE_OPENAI_ENDPOINT, Lookup, OPENAI_API_KEY, OPENAI_API_VERSION,
    OPENAI_BASE_URL, OPENAI_ORG_ID, OPENAI_PROJECT_ID,
};

/// The name of this profile in messages.
pub(super) const NAME: &str = "environment";

/// Builds the profile from the variables.
pub(super) fn resolve(env: Lookup<'_>) -> Result<Profile, ConfigError> {
    let first = |names: &[&'static str]| names.iter().copied().find(|name| env(name).is_some());
    let openai = first(&[OPENAI_API_KEY, OPENAI_BASE_URL]);
    let azure = first(&[AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY, AZURE_OPENAI_AD_TOKEN]);
    match (openai, azure) {
        (None, None) => Err(ConfigError::no_profile()),
        (Some(one), Some(other)) => Err(ConfigError::usage(format!("both {one} and {other} are set"))
            .with_hint("unset one of them, or choose a profile with --profile")),
        (Some(_), None) => open_ai(env),
        (None, Some(_)) => azure_open_ai(env),
    }
}

fn open_ai(env: Lookup<'_>) -> Result<Profile, ConfigError> {
    let base = match env(OPENAI_BASE_URL) {
        Some(text) => base_url::checked(&text, OPENAI_BASE_URL)?,
        None => base_url::OPENAI.to_owned(),
    };
    let backend = if base_url::is_openai(&base) { Backend::OpenAi } else { Backend::Compatible };
    let mut profile = Profile::bare(NAME, backend);
    profile.base_url = Some(base);
    profile.organization = env(OPENAI_ORG_ID);
    profile.project = env(OPENAI_PROJECT_ID);
    profile.credential = match (env(OPENAI_API_KEY), backend) {
        (Some(_), _) => variable(OPENAI_API_KEY, SecretKind::Key),
        (None, Backend::OpenAi) => missing(OPENAI_API_KEY),
        (None, _) => CredentialSource::None,
    };
    Ok(profile)
}

fn azure_open_ai(env: Lookup<'_>) -> Result<Profile, ConfigError> {
    let endpoint = env(AZURE_OPENAI_ENDPOINT).ok_or_else(|| {
        ConfigError::usage(format!("an Azure OpenAI credential is set without {AZURE_OPENAI_ENDPOINT}"))
            .with_hint("set it to https://NAME.openai.azure.com")
    })?;
    let mut profile = Profile::bare(NAME, Backend::AzureOpenAi);
    let base = base_url::checked(&endpoint, AZURE_OPENAI_ENDPOINT)?;
    let unset = format!("{OPENAI_API_VERSION} is not set");
    profile.api_version = entry::version(Backend::AzureOpenAi, Some(&base), env(OPENAI_API_VERSION), &unset)?;
    profile.base_url = Some(base);
    profile.credential = if env(AZURE_OPENAI_API_KEY).is_some() {
        variable(AZURE_OPENAI_API_KEY, SecretKind::Key)
    } else if env(AZURE_OPENAI_AD_TOKEN).is_some() {
        variable(AZURE_OPENAI_AD_TOKEN, SecretKind::Token)
    } else {
        missing(AZURE_OPENAI_API_KEY)
    };
    Ok(profile)
}

fn variable(name: &str, kind: SecretKind) -> CredentialSource {
    CredentialSource::Env { name: name.to_owned(), kind }
}

fn missing(name: &str) -> CredentialSource {
    CredentialSource::Missing {
        message: format!("{name} is not set"),
        hint: "set it, or choose a profile with --profile, or use the embedded server with --local".to_owned(),
    }
}
