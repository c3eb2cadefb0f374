//! The check whether an assistant exists, done once per command.
//!
//! An assistant counts as missing only if two observations agree. The first is a protocol error that names the
//! assistant. The second is the complete list of the backend's assistants, read by the same command. If the backend has
//! no such list, a second error of this kind must follow at a later time.

use super::Pruner;
use super::facts::Found;
use super::lists::Unread;
use crate::api::assistants::{GetAssistant, ListAssistants, OfAssistant};
use crate::api::paging::Paging;
use crate::api::{Kind, Nothing};
use crate::app::{Absence, Call, DryRun, Trust};
use crate::client::{ClientError, Complete, Payload, id_of};
use crate::exit;
use crate::ledger::{ObjectKey, ObjectState, Row, Source};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use tokio::sync::OnceCell;

/// The minimum time between two responses that together prove an absence, in seconds.
pub(super) const APART: i64 = 3_600;

/// The findings about assistants. Doubtful findings are not stored, so the request may be repeated.
#[derive(Debug, Default)]
pub(super) struct Assistants {
    found: RefCell<HashMap<String, Found>>,
    listed: OnceCell<Listed>,
}

/// The result of listing all assistants.
#[derive(Debug)]
enum Listed {
    Whole(HashSet<String>, Complete),
    NotOffered,
    Unproven(String, u8),
}

impl Assistants {
    pub(super) fn known(&self, id: &str) -> Option<Found> {
        self.found.borrow().get(id).cloned()
    }
}

impl Pruner<'_> {
    /// Requests an assistant and returns whether it exists.
    pub(super) async fn assistant(&self, id: &str) -> Found {
        let Ok(assistant_id) = id.parse() else {
            return doubtful("its id cannot be asked for", exit::DONE);
        };
        let call = Call::of::<GetAssistant>(&OfAssistant { assistant_id }, &Nothing {}, Payload::None);
        let found = match self.ask(&call).await {
            Ok(_) => Found::There,
            Err(error) => match Trust::judge(Kind::Assistant, id, &error) {
                Some(Absence::Gone) => self.absent(id).await,
                Some(Absence::Doubtful) => {
                    return doubtful("answered by a 404 that does not name it as the protocol does", exit::FAILED);
                }
                None => return doubtful(error.to_string(), exit::code_of(&error)),
            },
        };
        if !matches!(found, Found::Doubtful { .. }) {
            self.assistants.found.borrow_mut().insert(id.to_owned(), found.clone());
        }
        found
    }

    /// Returns the finding for an assistant that the backend reported as missing.
    async fn absent(&self, id: &str) -> Found {
        let listed = match self.assistants.listed.get_or_try_init(|| self.list_assistants()).await {
            Ok(listed) => listed,
            Err(error) => return doubtful(format!("the list of assistants: {error}"), exit::code_of(&error)),
        };
        match listed {
            Listed::Whole(ids, _) if ids.contains(id) => {
                doubtful("the backend lists it, and says that it is missing", exit::FAILED)
            }
            Listed::Whole(..) => Found::Missing,
            Listed::Unproven(reason, code) => doubtful(reason.as_str(), *code),
            Listed::NotOffered if self.was_missing(Kind::Assistant, id).await => Found::Missing,
            Listed::NotOffered => doubtful(
                "missing, but this backend lists no assistants: the same answer must come again, an hour later",
                exit::FAILED,
            ),
        }
    }

    async fn list_assistants(&self) -> Result<Listed, ClientError> {
        let call = Call::of::<ListAssistants>(&Nothing {}, &Paging::default(), Payload::None);
        let mut ids = HashSet::new();
        match self.read_whole(&call, |item| ids.extend(id_of(item))).await {
            Ok(proof) => Ok(Listed::Whole(ids, proof)),
            Err(Unread::Failed(ClientError::NotOffered(_))) => {
                self.hint.take();
                Ok(Listed::NotOffered)
            }
            Err(Unread::Failed(error)) => Err(error),
            Err(unproven @ Unread::Unproven(_)) => {
                let (reason, code) = unproven.told("the list of assistants");
                Ok(Listed::Unproven(reason, code))
            }
        }
    }

    /// Returns `true` if the ledger holds an observation, at least an hour old, that an object is missing or was
    /// deleted. If it holds none, stores the current observation as the first one.
    pub(super) async fn was_missing(&self, kind: Kind, id: &str) -> bool {
        let Ok(ledger) = self.app.ledger() else { return false };
        let key = ObjectKey { origin: self.session.origin.clone(), kind, id: id.to_owned() };
        let Ok(known) = ledger.get(&key).await else { return false };
        let before = |time: Option<i64>| time.is_some_and(|time| time <= self.now.saturating_sub(APART));
        match known {
            Some(row) if row.state == ObjectState::Deleted => before(row.deleted_at),
            Some(row) if row.state == ObjectState::Gone => before(row.checked_at),
            known if self.app.options().dry_run == DryRun::Off => {
                let row = known.unwrap_or_else(|| Row::new(&key.origin, kind, id, Source::Referenced, self.now));
                // If the observation cannot be stored, the next command starts again.
                let _ = self.app.record_gone(&row).await;
                false
            }
            _ => false,
        }
    }
}

fn doubtful(reason: impl Into<String>, code: u8) -> Found {
    Found::Doubtful { reason: reason.into(), code }
}
