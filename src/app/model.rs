//! The models of the embedded server, which flags and variables select.

use super::App;
use crate::env::{secrets, vars};
use crate::exit::Usage;
use crate::serve::{DEFAULT_EMBEDDING_MODEL, EmbeddingEndpoint, EndpointSettings, Model, ModelNames};
use secrecy::SecretString;
use std::time::Duration;

/// The selection of a model, with one field for each flag.
#[derive(Debug, Clone, Default)]
pub struct ModelChoice {
    /// `echo`, `script:FILE` or `openai:URL`.
    pub name: Option<String>,
    /// The name of the variable that holds the key of the endpoint.
    pub key_env: Option<String>,
    /// The mappings of model names, each of the form `FROM=TO`.
    pub map: Vec<String>,
    /// The maximum time without data from the endpoint.
    pub timeout: Option<Duration>,
}

/// The selection of an endpoint for embeddings, with one field for each flag.
#[derive(Debug, Clone)]
pub struct EmbeddingsChoice {
    /// `openai:URL`.
    pub name: String,
    /// The name of the variable that holds the key of the endpoint.
    pub key_env: Option<String>,
    /// The model to request.
    pub model: Option<String>,
    /// The maximum time without data from the endpoint.
    pub timeout: Option<Duration>,
}

/// Returns the key in the variable that a flag names.
fn endpoint_key(flag: &str, name: Option<&str>) -> Result<Option<SecretString>, Usage> {
    let Some(name) = name else { return Ok(None) };
    let Some(key) = vars::get(name) else {
        return Err(Usage::new(format!("{flag}: the variable {name} is not set")));
    };
    secrets::add(key.trim());
    Ok(Some(key.trim().into()))
}

impl App {
    /// Creates the model that `choice` names, or `echo` if it names none. `flag` is the flag of the name, for error
    /// messages.
    ///
    /// # Errors
    /// Returns an error if the name is not valid, or if a key or a file that the model needs cannot be read.
    pub fn model(&self, flag: &str, choice: &ModelChoice) -> Result<Model, Usage> {
        let key = endpoint_key("--model-key-env", choice.key_env.as_deref())?;
        let names = ModelNames::read(choice.map.iter().map(String::as_str));
        let names = names.map_err(|error| Usage::new(format!("--model-map: {error}")))?;
        let defaults = EndpointSettings::default();
        let timeout = choice.timeout.unwrap_or(defaults.timeout);
        let settings = EndpointSettings { key, names, timeout, trace: self.tracer() };
        let name = choice.name.as_deref().unwrap_or("echo");
        Model::named(name, settings).map_err(|error| Usage::new(format!("{flag}: {error}")))
    }

    /// Creates the endpoint for embeddings that `choice` names.
    ///
    /// # Errors
    /// Returns an error if the name does not have the form `openai:URL`, or if the variable of the key is not set.
    pub fn embeddings(&self, choice: &EmbeddingsChoice) -> Result<EmbeddingEndpoint, Usage> {
        let key = endpoint_key("--embed-key-env", choice.key_env.as_deref())?;
        let defaults = EndpointSettings::default();
        let timeout = choice.timeout.unwrap_or(defaults.timeout);
        let settings = EndpointSettings { key, timeout, trace: self.tracer(), ..defaults };
        let model = choice.model.as_deref().unwrap_or(DEFAULT_EMBEDDING_MODEL);
        let endpoint = EmbeddingEndpoint::named(&choice.name, model, &settings);
        endpoint.map_err(|error| Usage::new(format!("--embed: {error}")))
    }

    /// Creates the model of `--local`.
    pub(super) fn local_model(&self) -> Result<Model, Usage> {
        let list = vars::get(vars::ASST_MODEL_MAP).unwrap_or_default();
        let timeout = vars::get(vars::ASST_MODEL_TIMEOUT).map(|text| text.parse::<crate::config::TimeLimit>());
        let timeout = timeout.transpose();
        let timeout = timeout.map_err(|error| Usage::new(format!("{}: {error}", vars::ASST_MODEL_TIMEOUT)))?;
        let choice = ModelChoice {
            name: self.options.local_model.clone(),
            key_env: vars::get(vars::ASST_MODEL_KEY_ENV),
            map: list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect(),
            timeout: timeout.map(|limit| limit.0),
        };
        self.model("--local-model", &choice)
    }
}
