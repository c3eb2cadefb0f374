//! Calls: checked before, recorded around, explained after.
//!
//! A call is a value, not a type: what differs between endpoints is data, so that one piece of code serves them all.

use super::{App, record::Record};
use crate::api::check::{self, Rules};
use crate::api::{Backend, Dialect, Endpoint, Kind, PathArgs, Shape, Spec, ids, query_pairs, to_map};
use crate::client::{ClientError, Meaning, Payload, Reply, Request, Walk};
use crate::exit::{CallFailed, NotSent, Usage};
use anyhow::Result;
use serde_json::{Map, Value};
use tokio::time::Instant;

/// Items that a list is asked for at a time where the endpoint says nothing.
const PAGE_SIZE: u64 = 100;

/// A call of an endpoint.
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) spec: &'static Spec,
    /// The ids in the path, outermost first.
    pub(super) ids: Vec<String>,
    path: String,
    query: Query,
    pub(super) payload: Payload,
    until: Option<Instant>,
}

/// A call that was made, with what is needed to record it.
pub(super) struct Asked<'a> {
    call: Call,
    record: Record<'a>,
    answer: Result<Reply, ClientError>,
}

/// A query as flags gave it, or as it was written by hand.
#[derive(Debug, Clone)]
enum Query {
    Members(Map<String, Value>),
    Pairs(Vec<(String, String)>),
}

impl Call {
    /// Returns the call of an endpoint.
    pub fn of<E: Endpoint>(path: &E::Path, query: &E::Query, payload: Payload) -> Self {
        Self {
            spec: E::SPEC,
            ids: path.texts().into_iter().map(str::to_owned).collect(),
            path: E::path(path),
            query: Query::Members(to_map(query)),
            payload,
            until: None,
        }
    }

    /// Returns a call that was written by hand: it is sent as it stands, and recorded as any other.
    pub fn raw(spec: &'static Spec, ids: Vec<String>, request: Request) -> Self {
        let Request { path, query, payload, until, .. } = request;
        Self { spec, ids, path, query: Query::Pairs(query), payload, until }
    }

    /// Returns the call with a time at which its answer is no longer waited for.
    pub(super) fn until(self, until: Option<Instant>) -> Self {
        Self { until, ..self }
    }

    /// Returns the request that goes out.
    pub fn request(&self) -> Request {
        let query = match &self.query {
            Query::Members(members) => query_pairs(members),
            Query::Pairs(pairs) => pairs.clone(),
        };
        Request { until: self.until, ..Request::new(self.spec, self.path.clone(), query, self.payload.clone()) }
    }

    /// Returns the id of the object that the path names, with its kind.
    pub(super) fn object(&self) -> Option<(Kind, &str)> {
        Some((*self.spec.kinds.last()?, self.ids.last()?.as_str()))
    }
}

impl App {
    /// Checks a call before it is made: ids, query and body, the last in the API's words.
    pub fn check(&self, call: &Call) -> Result<()> {
        if !super::run::may_stream(call) {
            no_stream(&call.payload)?;
        }
        let Query::Members(query) = &call.query else { return Ok(()) };
        self.check_ids(call)?;
        let rules = self.rules();
        self.not_sent(check::query_of(call.spec, query, rules))?;
        match &call.payload {
            Payload::Json(body) => self.not_sent(check::body_of(call.spec, body, rules)),
            Payload::None | Payload::Form(_) => Ok(()),
        }
    }

    /// Adds to a refusal which flag gives what is wrong, as far as the API's name for it tells.
    pub fn not_sent(&self, checked: Result<(), check::Refusal>) -> Result<()> {
        checked.map_err(|source| {
            let flags = self.invocation.flags_of(&source.param);
            let given = flags.first().is_some_and(|flag| self.invocation.has(flag));
            let missing = source.code == check::MISSING;
            // A flag exists for every member that any backend takes.
            let lacking = source.code == check::UNKNOWN && !source.param.contains(['.', '[']);
            let named: Vec<String> = flags.into_iter().map(|flag| format!("--{flag}")).collect();
            let hint = match (named.as_slice(), given || missing) {
                (_, false) if self.invocation.has("body") => Some("it stands in --body".to_owned()),
                ([], _) => None,
                ([flag], _) if lacking => Some(format!("this backend does not take it here: leave {flag} out")),
                ([flag], _) => Some(format!("{flag} gives it")),
                (flags, _) => Some(format!("one of {} gives it", flags.join(", "))),
            };
            NotSent { source, hint }.into()
        })
    }

    /// Returns the rules for what is sent to the backend of the profile.
    pub fn rules(&self) -> Rules {
        Rules::outgoing(self.dialect())
    }

    fn dialect(&self) -> Dialect {
        self.profile_if_any().ok().flatten().map(|profile| profile.backend.dialect()).unwrap_or_default()
    }

    /// Checks ids against the kinds that are wanted: `run_…` for a thread is refused, unless `--any-id`.
    fn check_ids(&self, call: &Call) -> Result<(), Usage> {
        if self.options.any_id {
            return Ok(());
        }
        for (kind, id) in call.spec.kinds.iter().zip(&call.ids) {
            if let Some(found) = ids::mistaken(*kind, id) {
                let message =
                    format!("`{id}` looks like the id of {}, where that of {} is wanted", said(found), said(*kind));
                return Err(Usage::hinted(message, "--any-id takes it all the same"));
            }
        }
        Ok(())
    }

    /// Checks a call, makes it and returns its answer, recorded.
    pub async fn call(&self, call: Call) -> Result<Reply> {
        self.check(&call)?;
        self.recorded(self.ask(call).await).await
    }

    /// Makes a call that was checked. What became of it is still to be recorded, before anybody hears of it.
    pub(super) async fn ask(&self, mut call: Call) -> Result<Asked<'_>> {
        let session = self.session().await?;
        let record = self.record(&session.origin, &mut call).await?;
        let answer = session.client.send(&call.request()).await;
        Ok(Asked { call, record, answer })
    }

    /// Records what became of a call and returns its answer.
    pub(super) async fn recorded(&self, asked: Result<Asked<'_>>) -> Result<Reply> {
        let Asked { call, record, answer } = asked?;
        match answer {
            Ok(reply) => {
                record.done(&call, &reply).await;
                Ok(reply)
            }
            Err(error) => {
                record.failed(&call, &error).await;
                Err(self.explain(&call, error).await.into())
            }
        }
    }

    /// Records what became of several calls, in one write what can be, and returns their answers.
    pub(super) async fn recorded_together(&self, all: Vec<Result<Asked<'_>>>) -> Vec<Result<Reply>> {
        let (mut replies, mut entries, mut book) = (Vec::with_capacity(all.len()), Vec::new(), None);
        for asked in all {
            replies.push(match asked {
                Ok(Asked { call, record, answer: Ok(reply) }) => {
                    book = Some(record.book);
                    match record.shared(&call, &reply) {
                        Ok(more) => entries.extend(more),
                        Err(record) => record.done(&call, &reply).await,
                    }
                    Ok(reply)
                }
                other => self.recorded(other).await,
            });
        }
        if let Some(book) = book.filter(|_| !entries.is_empty()) {
            book.keep(entries, &[]).await;
        }
        replies
    }

    /// Begins a walk over a list.
    pub fn walk(&self, call: &Call, limit: Option<u64>) -> Result<Walk> {
        self.check(call)?;
        Ok(self.walk_as_is(call, limit))
    }

    /// Returns `true` if the backend sends a list in pages, and so takes an order and a cursor.
    pub(super) fn pages(&self, spec: &Spec) -> bool {
        self.dialect().pages(spec)
    }

    /// Begins a walk of a call that nobody typed, and that needs no check.
    pub(super) fn walk_as_is(&self, call: &Call, limit: Option<u64>) -> Walk {
        if !self.pages(call.spec) {
            return Walk::whole(call.request(), limit);
        }
        let given = match &call.query {
            Query::Members(query) => query.get("limit").and_then(Value::as_u64),
            Query::Pairs(_) => None,
        };
        let most = call.spec.facts.and_then(|facts| facts.query.iter().find(|member| member.name == "limit")?.most);
        let size = given.or(most.map(|most| most as u64)).unwrap_or(PAGE_SIZE);
        Walk::new(call.request(), size, limit)
    }

    /// Returns the failure with what was tried and what may help.
    pub async fn explain(&self, call: &Call, error: ClientError) -> CallFailed {
        let title = call.spec.title;
        let tried = match call.object() {
            Some((_, id)) if call.spec.shape != Shape::Page && !call.spec.made => format!("{title} {id}"),
            Some((_, id)) => format!("{title} of {id}"),
            None => title.to_owned(),
        };
        let mut hint = self.hint(&error);
        let intended =
            call.spec.made && call.spec.kind.recorded() && self.ledger_if_any().is_ok_and(|known| known.is_some());
        if matches!(error, ClientError::Unknown(_)) && !intended {
            hint =
                Some("nothing records this: look at the backend whether it was done, before you repeat it".to_owned());
        }
        if error.is_not_found()
            && let Some((kind, id)) = call.object()
        {
            hint = self.known_elsewhere(kind, id).await.or(hint);
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

    /// Returns what may help, as far as the profile tells.
    pub fn hint(&self, error: &ClientError) -> Option<String> {
        let profile = self.profile().ok()?;
        match error {
            ClientError::NotOffered(_) if profile.backend == Backend::OpenAi => Some(
                "OpenAI switched its Assistants endpoints off on 2026-08-26; files, vector stores, uploads and \
                 conversations live on there. --local uses the embedded server"
                    .to_owned(),
            ),
            ClientError::NotOffered(_) if profile.backend == Backend::Foundry => Some(
                "Azure AI Foundry has no uploads, no conversations and no search of vector stores, and deletes messages \
                 in api_version 2025-05-15-preview only"
                    .to_owned(),
            ),
            ClientError::NotOffered(_) => Some(format!("the backend of profile `{}` does not have this", profile.name)),
            // The key is in order: listing threads is what OpenAI leaves to its own pages
            // (docs/protocol/endpoints.md#lists-that-do-not-exist).
            ClientError::Refused(refused) if refused.code.as_deref() == Some("missing_scope") => {
                Some("this backend lists no threads; `asst threads list` shows those that the ledger knows".to_owned())
            }
            ClientError::Refused(refused) if refused.meaning() == Meaning::NotPermitted => {
                Some(format!("`asst profiles show {}` tells which credential was used", profile.name))
            }
            ClientError::Refused(refused) if refused.meaning() == Meaning::Busy && refused.message.contains("active") => Some(
                "`asst runs list THREAD_ID` shows the runs; wait for the active one, submit its outputs, or cancel it"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

/// Refuses to ask for a stream, which nothing here would read.
pub fn no_stream(payload: &Payload) -> Result<(), Usage> {
    match payload {
        Payload::Json(body) if body.get("stream") == Some(&Value::Bool(true)) => Err(Usage::hinted(
            "nothing here would read the stream that `stream` asks for",
            "`runs create`, `runs submit-tool-outputs` and `threads create-and-run` read one: --stream",
        )),
        _ => Ok(()),
    }
}

fn said(kind: Kind) -> String {
    let article = if kind == Kind::Assistant { "an" } else { "a" };
    format!("{article} {}", kind.name().replace('_', " "))
}
