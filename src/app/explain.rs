//! Explanations of failed requests. They consist of the attempted operation and a hint.

use super::{App, Call};
use crate::api::{Backend, Kind};
use crate::client::{ApiErrorKind, ClientError};
use crate::exit::CallFailed;

impl App {
    /// Adds the attempted operation and a hint to a client error.
    pub async fn explain(&self, call: &Call, error: ClientError) -> CallFailed {
        let mut hint = self.hint(&error);
        let has_intent =
            call.spec.creates().is_some_and(Kind::recorded) && self.ledger_if_any().is_ok_and(|known| known.is_some());
        if matches!(error, ClientError::OutcomeUnknown(_)) && !has_intent {
            hint = Some("this request is not recorded: check the backend before you repeat the command".to_owned());
        }
        if error.is_not_found()
            && let Some((kind, id)) = call.object()
        {
            hint = self.known_elsewhere(kind, id).await.or(hint);
        }
        CallFailed { tried: call.tried(), source: error, hint }
    }

    /// Returns a hint that names the other origins for which the ledger holds this ID.
    async fn known_elsewhere(&self, kind: Kind, id: &str) -> Option<String> {
        let ledger = self.ledger_if_any().ok()??;
        let here = &self.session.get()?.origin;
        let mut origins = ledger.origins_of(kind, id).await.ok()?;
        origins.retain(|origin| origin != here);
        (!origins.is_empty())
            .then(|| format!("the ledger has this ID for {}, but this backend is {here}", origins.join(", ")))
    }

    /// Returns the hint for a client error that depends on the profile, if there is one.
    pub fn hint(&self, error: &ClientError) -> Option<String> {
        let profile = self.profile().ok()?;
        match error {
            ClientError::NotOffered(_) if profile.backend == Backend::OpenAi => Some(
                "OpenAI switched its Assistants endpoints off on 2026-08-26; files, vector stores, uploads and \
                conversations still work there; pass --local to use the embedded server"
                    .to_owned(),
            ),
            ClientError::NotOffered(_) if profile.backend == Backend::Foundry => Some(
                "Azure AI Foundry has no uploads, no conversations and no search of vector stores, and deletes messages \
                 in api_version 2025-05-15-preview only"
                    .to_owned(),
            ),
            ClientError::NotOffered(_) => Some(format!("the backend of profile `{}` does not have this", profile.name)),
            // The key is valid. OpenAI lists threads only for its own web pages
            // (docs/protocol/endpoints.md#lists-that-do-not-exist).
            ClientError::Api(refused) if refused.code.as_deref() == Some("missing_scope") => {
                Some("this backend cannot list threads; `asst threads list` shows the threads in the ledger".to_owned())
            }
            ClientError::Api(refused) if refused.error_kind() == ApiErrorKind::NotPermitted => {
                Some(format!("run `asst profiles show {}` to see which credential was used", profile.name))
            }
            ClientError::Api(refused) if refused.error_kind() == ApiErrorKind::Busy && refused.message.contains("active") => Some(
                "`asst runs list THREAD_ID` shows the runs; wait for the active one, submit its outputs, or cancel it"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}
