//! Which assistants exist: asked for once in a command.

use super::Pruner;
use super::facts::Found;
use crate::api::assistants::{GetAssistant, ListAssistants, OfAssistant};
use crate::api::paging::Paging;
use crate::api::{Kind, Nothing};
use crate::app::{Absence, Call};
use crate::client::{ClientError, Payload, id_of};
use crate::exit;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// What was found out about assistants. What is doubtful is not kept: it may be asked for again.
#[derive(Debug, Default)]
pub(super) struct Assistants {
    found: RefCell<HashMap<String, Found>>,
    /// Whether the collection was looked at in order to trust it.
    tried: Cell<bool>,
}

impl Assistants {
    pub(super) fn known(&self, id: &str) -> Option<Found> {
        self.found.borrow().get(id).cloned()
    }
}

impl Pruner<'_> {
    /// Asks whether an assistant exists.
    pub(super) async fn assistant(&self, id: &str) -> Found {
        let Some(call) = call(id) else {
            let reason = "its id cannot be asked for".to_owned();
            return Found::Doubtful { reason, code: exit::DONE };
        };
        let found = match self.ask(&call).await {
            Ok(_) => {
                self.trust.found(Kind::Assistant);
                Found::There
            }
            Err(error) => match self.absent(id, &error).await {
                Some(Absence::Gone) => Found::Missing,
                Some(Absence::Doubtful) => {
                    let reason = "not there, but nothing shows that this backend has assistants".to_owned();
                    return Found::Doubtful { reason, code: exit::FAILED };
                }
                None => return Found::Doubtful { reason: error.to_string(), code: exit::code_of(&error) },
            },
        };
        self.assistants.found.borrow_mut().insert(id.to_owned(), found.clone());
        found
    }

    /// Says what a failure means; a 404 without a word means something only where assistants can be had at all.
    async fn absent(&self, id: &str, error: &ClientError) -> Option<Absence> {
        let judged = self.trust.judge(Kind::Assistant, id, error);
        if judged == Some(Absence::Doubtful) && !self.assistants.tried.replace(true) {
            self.try_collection().await;
        }
        self.trust.judge(Kind::Assistant, id, error)
    }

    /// Looks whether an assistant that the backend lists can be had: a server without that route answers 404, too.
    async fn try_collection(&self) {
        let one = Paging { limit: Some(1), ..Paging::default() };
        let list = Call::of::<ListAssistants>(&Nothing {}, &one, Payload::None);
        let Ok(reply) = self.ask(&list).await else { return };
        let listed = reply.value["data"].as_array().and_then(|items| id_of(items.first()?));
        let Some(call) = listed.as_deref().and_then(call) else { return };
        if self.ask(&call).await.is_ok() {
            self.trust.found(Kind::Assistant);
        }
    }
}

fn call(id: &str) -> Option<Call> {
    let path = OfAssistant { assistant_id: id.parse().ok()? };
    Some(Call::of::<GetAssistant>(&path, &Nothing {}, Payload::None))
}
