//! The model behind the embedded server, as flags and variables name it.

use super::App;
use crate::env::{secrets, vars};
use crate::exit::Usage;
use crate::serve::{Asking, Model, Names};
use std::time::Duration;

/// How a model is asked for, each part by the flag that gives it.
#[derive(Debug, Clone, Default)]
pub struct ModelChoice {
    /// `echo`, `script:FILE` or `openai:URL`.
    pub name: Option<String>,
    /// The variable that holds the endpoint's key.
    pub key_env: Option<String>,
    /// `FROM=TO`, as often as wanted.
    pub map: Vec<String>,
    /// How long the endpoint may say nothing.
    pub patience: Option<Duration>,
}

impl App {
    /// Makes the model that a flag names; `echo` where it names none.
    ///
    /// # Errors
    /// Where there is no such model, or what it needs is not there.
    pub fn model(&self, flag: &str, choice: &ModelChoice) -> Result<Model, Usage> {
        let key = match &choice.key_env {
            Some(name) => match vars::get(name) {
                Some(key) => {
                    secrets::add(key.trim());
                    Some(key.trim().into())
                }
                None => return Err(Usage::new(format!("--model-key-env: the variable {name} is not set"))),
            },
            None => None,
        };
        let names = Names::read(choice.map.iter().map(String::as_str));
        let names = names.map_err(|error| Usage::new(format!("--model-map: {error}")))?;
        let usual = Asking::default();
        let patience = choice.patience.unwrap_or(usual.patience);
        let asking = Asking { key, names, patience, trace: self.tracer() };
        let name = choice.name.as_deref().unwrap_or("echo");
        Model::named(name, asking).map_err(|error| Usage::new(format!("{flag}: {error}")))
    }

    /// Makes the model of `--local`.
    pub(super) fn local_model(&self) -> Result<Model, Usage> {
        let list = vars::get(vars::ASST_MODEL_MAP).unwrap_or_default();
        let timeout = vars::get(vars::ASST_MODEL_TIMEOUT).map(|text| text.parse::<crate::config::Span>());
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
