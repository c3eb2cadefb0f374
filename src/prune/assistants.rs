//! The check whether an assistant exists. The result is stored for the rest of the command.
//!
//! An assistant counts as missing only if two observations agree. The first is a protocol error that names the
//! assistant. The second is the complete list of the backend's assistants, read by the same command. If the backend has
//! no such list, a second error of this kind must follow at a later time.

use super::facts::AssistantStatus;
use super::lists::ListError;
use super::pruner::{AssistantList, Pruner};
use crate::api::assistants::{GetAssistant, ListAssistants, OfAssistant};
use crate::api::paging::Paging;
use crate::api::{Kind, Nothing};
use crate::app::{Call, DryRun, NotFoundMeaning, NotFoundPolicy};
use crate::client::{ClientError, Payload, id_of};
use crate::exit;
use crate::ledger::{ObjectKey, ObjectState, Row, Source};
use std::collections::HashSet;

/// The minimum time between two responses that together prove an absence, in seconds.
const MIN_INTERVAL: i64 = 3_600;

impl Pruner<'_> {
    /// Returns whether an assistant exists, or the reason why this cannot be proven.
    pub(super) async fn assistant_status(&self, id: &str) -> AssistantStatus {
        if let Some(status) = self.assistants.borrow().get(id) {
            return status.clone();
        }
        let status = self.request_assistant(id).await;
        if !matches!(status, AssistantStatus::Unknown { .. }) {
            self.assistants.borrow_mut().insert(id.to_owned(), status.clone());
        }
        status
    }

    async fn request_assistant(&self, id: &str) -> AssistantStatus {
        let Ok(assistant_id) = id.parse() else {
            return unknown("its ID is not valid in a request", exit::DONE);
        };
        let call = Call::of::<GetAssistant>(&OfAssistant { assistant_id }, &Nothing {}, Payload::None);
        match self.send(&call).await {
            // An object of another type counts too, because it does not prove that the assistant is missing.
            Ok(_) => AssistantStatus::Exists,
            Err(error) => match NotFoundPolicy::classify(Kind::Assistant, id, &error) {
                Some(NotFoundMeaning::Gone) => self.reported_missing(id).await,
                Some(NotFoundMeaning::Doubtful) => {
                    unknown("the backend returned a 404 that does not name it", exit::FAILED)
                }
                None => unknown(error.to_string(), exit::code_of(&error)),
            },
        }
    }

    /// Returns the status of an assistant that the backend reported as missing.
    async fn reported_missing(&self, id: &str) -> AssistantStatus {
        let list = match self.assistant_list.get_or_try_init(|| self.list_assistants()).await {
            Ok(list) => list,
            Err(error) => return unknown(format!("the list of assistants: {error}"), exit::code_of(&error)),
        };
        match list {
            AssistantList::Complete(ids, _) if ids.contains(id) => {
                unknown("the backend lists it, but returned a 404 for it", exit::FAILED)
            }
            AssistantList::Complete(..) => AssistantStatus::Missing,
            AssistantList::Invalid { reason, code } => unknown(reason.as_str(), *code),
            AssistantList::NotOffered if self.was_missing_before(Kind::Assistant, id).await => AssistantStatus::Missing,
            AssistantList::NotOffered => unknown(
                "missing, but this backend does not list assistants; run the same command again after an hour",
                exit::FAILED,
            ),
        }
    }

    async fn list_assistants(&self) -> Result<AssistantList, ClientError> {
        let call = Call::of::<ListAssistants>(&Nothing {}, &Paging::default(), Payload::None);
        let mut ids = HashSet::new();
        match self.read_complete(&call, |item| ids.extend(id_of(item))).await {
            Ok(proof) => Ok(AssistantList::Complete(ids, proof)),
            Err(ListError::Failed(ClientError::NotOffered(_))) => {
                self.hint.take();
                Ok(AssistantList::NotOffered)
            }
            Err(ListError::Failed(error)) => Err(error),
            Err(not_proven @ ListError::NotProven(_)) => {
                let (reason, code) = not_proven.reason_and_code("the list of assistants");
                Ok(AssistantList::Invalid { reason, code })
            }
        }
    }

    /// Returns `true` if the ledger has an observation, at least an hour old, that an object is missing or was deleted.
    /// If it has none, stores the current observation as the first one.
    pub(super) async fn was_missing_before(&self, kind: Kind, id: &str) -> bool {
        let Ok(ledger) = self.app.ledger() else { return false };
        let key = ObjectKey { origin: self.session.origin.clone(), kind, id: id.to_owned() };
        let Ok(known) = ledger.get(&key).await else { return false };
        let is_old = |time: Option<i64>| time.is_some_and(|time| time <= self.now.saturating_sub(MIN_INTERVAL));
        match known {
            Some(row) if row.state == ObjectState::Deleted => is_old(row.deleted_at),
            Some(row) if row.state == ObjectState::Gone => is_old(row.checked_at),
            known if self.app.options().dry_run == DryRun::Off => {
                let row = known.unwrap_or_else(|| Row::new(&key.origin, kind, id, Source::Referenced, self.now));
                // An error is ignored: the next command then stores the first observation.
                let _ = self.app.record_gone(&row).await;
                false
            }
            _ => false,
        }
    }
}

fn unknown(reason: impl Into<String>, code: u8) -> AssistantStatus {
    AssistantStatus::Unknown { reason: reason.into(), code }
}
