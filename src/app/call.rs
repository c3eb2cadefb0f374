//! Calls: checked before, recorded around, explained after.

use super::App;
use super::record::Sent;
use crate::api::{Answer, Backend, Endpoint, Kind, PathArgs, check, ids, to_map};
use crate::client::{ClientError, Meaning, Payload, Reply, Request, Walk};
use crate::exit::{CallFailed, Usage};
use anyhow::Result;
use serde_json::{Map, Value};

/// Items that a list is asked for at a time where the endpoint says nothing.
const PAGE_SIZE: u64 = 100;

impl App {
    /// Checks ids against the kinds that are wanted: `run_…` for a thread is refused, unless `--any-id`.
    pub fn check_ids<P: PathArgs>(&self, path: &P) -> Result<(), Usage> {
        if self.options.any_id {
            return Ok(());
        }
        for (kind, id) in P::KINDS.iter().zip(path.texts()) {
            if let Some(found) = ids::mistaken(*kind, id) {
                let message =
                    format!("`{id}` looks like the id of {}, where that of {} is wanted", said(found), said(*kind));
                return Err(Usage::hinted(message, "--any-id takes it all the same"));
            }
        }
        Ok(())
    }

    /// Checks a body in the API's words, before any call.
    pub fn check_body<E: Endpoint>(&self, body: &Map<String, Value>) -> Result<()> {
        Ok(check::body::<E>(body, check::Unknown::Pass)?)
    }

    /// Checks what a command sends, before any call.
    pub fn check<E: Endpoint>(&self, path: &E::Path, query: &E::Query, payload: &Payload) -> Result<()> {
        self.check_ids(path)?;
        check::query::<E>(&to_map(query), check::Unknown::Pass)?;
        match payload {
            Payload::Json(body) => self.check_body::<E>(body),
            Payload::None | Payload::Form(_) => Ok(()),
        }
    }

    /// Sends a request and returns its answer, recorded.
    pub async fn call<E: Endpoint>(&self, path: &E::Path, query: &E::Query, mut payload: Payload) -> Result<Reply> {
        self.check::<E>(path, query, &payload)?;
        let session = self.session().await?;
        let record = self.record::<E>(&session.origin, &mut payload).await?;
        let sent = Sent::of::<E>(path, &payload);
        match session.client.send(&Request::of::<E>(path, query, payload)).await {
            Ok(reply) => {
                record.done::<E>(path, &sent, &reply).await;
                Ok(reply)
            }
            Err(error) => {
                record.failed::<E>(path, &error).await;
                Err(self.explain::<E>(path, error).await.into())
            }
        }
    }

    /// Begins a walk over a list.
    pub fn walk<E: Endpoint>(&self, path: &E::Path, query: &E::Query, limit: Option<u64>) -> Result<Walk> {
        self.check::<E>(path, query, &Payload::None)?;
        let given = to_map(query).get("limit").and_then(Value::as_u64);
        let most = E::facts().and_then(|facts| facts.query.iter().find(|member| member.name == "limit")?.most);
        let size = given.or(most.map(|most| most as u64)).unwrap_or(PAGE_SIZE);
        Ok(Walk::new(Request::of::<E>(path, query, Payload::None), size, limit))
    }

    /// Returns the failure with what was tried and what may help.
    pub async fn explain<E: Endpoint>(&self, path: &E::Path, error: ClientError) -> CallFailed {
        let ids = path.texts();
        let tried = match ids.last() {
            Some(id) if E::Answer::SHAPE != crate::api::Shape::Page && !E::Answer::MADE => format!("{} {id}", E::TITLE),
            Some(id) => format!("{} of {id}", E::TITLE),
            None => E::TITLE.to_owned(),
        };
        let mut hint = self.hint(&error);
        let intended = E::Answer::MADE && E::Answer::KIND.recorded() && self.ledger_if_any().is_ok_and(|l| l.is_some());
        if matches!(error, ClientError::Unknown(_)) && !intended {
            hint =
                Some("nothing records this: look at the backend whether it was done, before you repeat it".to_owned());
        }
        if error.is_not_found()
            && let (Some(id), Some(kind)) = (ids.last(), E::Path::KINDS.last())
        {
            hint = self.known_elsewhere(*kind, id).await.or(hint);
        }
        CallFailed { tried, source: error, hint }
    }

    /// Says where an id is known that this backend does not have.
    async fn known_elsewhere(&self, kind: Kind, id: &str) -> Option<String> {
        let ledger = self.ledger_if_any().ok()??;
        let here = &self.session.get()?.origin;
        let mut origins = ledger.origins_of(kind, id).await.ok()?;
        origins.retain(|origin| origin != here);
        (!origins.is_empty()).then(|| format!("the ledger knows it from {}, and this is {here}", origins.join(", ")))
    }

    pub(super) fn hint(&self, error: &ClientError) -> Option<String> {
        let profile = self.profile().ok()?;
        match error {
            ClientError::NotOffered(_) if profile.backend == Backend::OpenAi => Some(
                "OpenAI switched its Assistants endpoints off on 2026-08-26; files, vector stores, uploads and \
                 conversations live on there. --local uses the embedded server"
                    .to_owned(),
            ),
            ClientError::NotOffered(_) => Some(format!("the backend of profile `{}` does not have this", profile.name)),
            ClientError::Refused(refused) if refused.meaning() == Meaning::NotPermitted => {
                Some(format!("`asst profiles show {}` tells which credential was used", profile.name))
            }
            ClientError::Refused(refused) if refused.meaning() == Meaning::Busy => Some(
                "`asst runs list THREAD_ID` shows the runs; wait for the active one, submit its outputs, or cancel it"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

fn said(kind: Kind) -> String {
    let article = if kind == Kind::Assistant { "an" } else { "a" };
    format!("{article} {}", kind.name().replace('_', " "))
}
