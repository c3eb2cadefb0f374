//! The model of the embedded server, as selected by flags and variables.

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
    /// The name mappings, each of the form `FROM=TO`.
    pub map: Vec<String>,
    /// How long to wait for data from the endpoint.
    pub patience: Option<Duration>,
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
    /// How long to wait for data from the endpoint.
    pub patience: Option<Duration>,
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
    /// Creates the model that `choice` names, or `echo` if it names none.
    ///
    /// # Errors
    /// Returns an error if there is no such model, or if it lacks something that it needs.
    pub fn model(&self, flag: &str, choice: &ModelChoice) -> Result<Model, Usage> {
        let key = endpoint_key("--model-key-env", choice.key_env.as_deref())?;
        let names = ModelNames::read(choice.map.iter().map(String::as_str));
        let names = names.map_err(|error| Usage::new(format!("--model-map: {error}")))?;
        let usual = EndpointSettings::default();
        let timeout = choice.patience.unwrap_or(usual.timeout);
        let settings = EndpointSettings { key, names, timeout, trace: self.tracer() };
        let name = choice.name.as_deref().unwrap_or("echo");
        Model::named(name, settings).map_err(|error| Usage::new(format!("{flag}: {error}")))
    }

    /// Creates the endpoint for embeddings that `choice` names.
    ///
    /// # Errors
    /// Returns an error if the name has another form than `openai:URL`, or if the variable of the key is not set.
    pub fn embeddings(&self, choice: &EmbeddingsChoice) -> Result<EmbeddingEndpoint, Usage> {
        let key = endpoint_key("--embed-key-env", choice.key_env.as_deref())?;
        let usual = EndpointSettings::default();
        let timeout = choice.patience.unwrap_or(usual.timeout);
        let settings = EndpointSettings { key, timeout, trace: self.tracer(), ..usual };
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
            patience: timeout.map(|span| span.0),
        };
        self.model("--local-model", &choice)
    }
}
