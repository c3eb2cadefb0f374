//! The error for a change at the backend that a pull cannot write into the manifest.

use super::changed::Changed;
use crate::exit::{FAILED, Failure};
use crate::manifest::{Difference, EditError, ManifestError, MemberEdit, Problem, has_credential};
use crate::ui::shorten;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The maximum length of a value in a message, in characters.
const MAX_VALUE: usize = 200;

/// The reason why a change is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    cause: String,
    /// The next step. `None` means that the user writes the values by hand.
    hint: Option<String>,
}

impl Refusal {
    /// Returns the refusal for an edit that could not be made.
    pub(super) fn not_edited(error: &EditError) -> Self {
        match error {
            EditError::Unplaced { place, reason } => Self { cause: format!("{place}: {reason}"), hint: None },
            EditError::Manifest(error) => Self::unreadable("the manifest", error),
        }
    }

    /// Returns the refusal for a manifest that cannot be read after the change.
    pub(super) fn unreadable(what: &str, error: &ManifestError) -> Self {
        let cause = match error {
            ManifestError::Problems(problems) => problems.first().map(ToString::to_string),
            ManifestError::Input(error) => Some(error.to_string()),
        };
        Self { cause: format!("{what} could not be read after the change: {}", cause.unwrap_or_default()), hint: None }
    }

    /// Returns the refusal for a change that would also change other objects of an environment.
    pub(super) fn also_changes(
        environment: &str,
        before: &BTreeMap<(String, String), String>,
        after: &BTreeMap<(String, String), String>,
    ) -> Self {
        let differs = |id: &&(String, String)| before.get(*id) != after.get(*id);
        let names = before.keys().chain(after.keys().filter(|id| !before.contains_key(*id))).filter(differs);
        let names: Vec<String> = names.map(|(section, name)| format!("{section}.{name}")).collect();
        Self {
            cause: format!("the change would also change the environment `{environment}`: {}", names.join(", ")),
            hint: None,
        }
    }

    /// Returns the refusal for a change that would remove the object from the manifest.
    pub(super) fn missing(path: &str) -> Self {
        Self { cause: format!("the change would remove {path} from the manifest"), hint: None }
    }

    /// Returns the refusal for a change after which the object would still differ from the backend.
    pub(super) fn differs(found: &[Difference]) -> Self {
        let paths: Vec<&str> = found.iter().map(|difference| difference.path.as_str()).collect();
        Self { cause: format!("the manifest would still differ from the backend: {}", paths.join(", ")), hint: None }
    }

    /// Returns the refusal for a change to a file that the manifest also uploads, by `files` or `sync`.
    pub(super) fn is_upload(path: &Path) -> Self {
        Self {
            cause: format!(
                "the manifest uploads {} too (`files` or `sync`), so a change would replace the upload",
                path.display()
            ),
            hint: None,
        }
    }

    /// Returns the refusal for a change that may affect an environment which cannot be read here.
    pub(super) fn unchecked(environment: &str, problem: Option<&Problem>) -> Self {
        let reason = problem.map(ToString::to_string).unwrap_or_default();
        Self {
            cause: format!(
                "the change may also change the environment `{environment}`, which cannot be read: {reason}"
            ),
            hint: problem.and_then(|problem| problem.hint.clone()),
        }
    }

    /// Returns the error for the changes of an object that have no place in the manifest, with the values to write by
    /// hand.
    pub(super) fn error(self, one: &Changed<'_>) -> Failure {
        let (resource, edits, path) = (one.resource, &one.edit.members, one.path());
        let mut causes = vec![self.cause];
        causes.extend(edits.iter().map(|edit| format!("{path}.{} {}", edit.member, wanted(edit))));
        let by_hand = "write these values by hand; `asst plan -o json` shows them in full, under `before`";
        Failure {
            code: FAILED,
            message: format!("{}: the change cannot be written into the manifest; nothing was written", resource.place),
            causes,
            hint: Some(self.hint.unwrap_or_else(|| by_hand.to_owned())),
        }
    }
}

fn wanted(edit: &MemberEdit) -> String {
    match &edit.value {
        None => "has its default at the backend: remove it".to_owned(),
        Some(value) if has_credential(value) => "looks like a credential, so its value is not shown".to_owned(),
        Some(value) => format!("should be {}", shown(value)),
    }
}

fn shown(value: &Value) -> String {
    shorten(&value.to_string(), MAX_VALUE).into_owned()
}
