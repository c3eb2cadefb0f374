//! Requests to the API: checked before they are sent, recorded when they are sent, and explained if they fail.
//!
//! A `Call` is a value, not a type per endpoint. Endpoints differ only in data, so one implementation serves all of
//! them.

use super::{App, record::Record};
use crate::api::check::{self, Rules};
use crate::api::{Backend, Dialect, Endpoint, Kind, Offer, PathArgs, Shape, Spec, ids, query_pairs, to_map};
use crate::client::{ApiErrorKind, ClientError, Paginator, Payload, Reply, Request};
use crate::exit::{CallFailed, NotOffered, NotSent, Usage};
use anyhow::Result;
use serde_json::{Map, Value};
use tokio::time::Instant;

/// The page size of a list if neither the request nor the endpoint states one.
const PAGE_SIZE: u64 = 100;

/// A request to an endpoint, with its path arguments, query and body.
#[derive(Debug, Clone)]
pub struct Call {
    pub(crate) spec: &'static Spec,
    /// The IDs in the path, outermost first.
    pub(crate) ids: Vec<String>,
    path: String,
    query: Query,
    pub(crate) payload: Payload,
    until: Option<Instant>,
}

/// A request that was sent, with its outcome and the record to complete.
pub(crate) struct Asked<'a> {
    call: Call,
    record: Record<'a>,
    answer: Result<Reply, ClientError>,
}

/// The query parameters: the members of a typed query, or name-value pairs to send unchanged.
#[derive(Debug, Clone)]
enum Query {
    Members(Map<String, Value>),
    Pairs(Vec<(String, String)>),
}

impl Call {
    /// Creates a request to the endpoint `E`.
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

    /// Creates a request from raw parts. It is sent unchanged, and recorded like any other.
    pub fn raw(spec: &'static Spec, ids: Vec<String>, request: Request) -> Self {
        let Request { path, query, payload, until, .. } = request;
        Self { spec, ids, path, query: Query::Pairs(query), payload, until }
    }

    /// Creates a request without query and body to an endpoint that is known only at run time. It is sent unchecked.
    ///
    /// # Errors
    /// Returns an error if an ID cannot be part of a path.
    pub fn bare(spec: &'static Spec, ids: &[&str]) -> Result<Self, ids::BadId> {
        ids.iter().try_for_each(|id| ids::check(id))?;
        let request = Request::new(spec, spec.path_of(ids), Vec::new(), Payload::None);
        Ok(Self::raw(spec, ids.iter().map(|id| (*id).to_owned()).collect(), request))
    }

    /// Sets the time at which the client stops waiting for the response.
    pub(crate) fn until(self, until: Option<Instant>) -> Self {
        Self { until, ..self }
    }

    /// Returns the request for the client.
    pub fn request(&self) -> Request {
        let query = match &self.query {
            Query::Members(members) => query_pairs(members),
            Query::Pairs(pairs) => pairs.clone(),
        };
        Request { until: self.until, ..Request::new(self.spec, self.path.clone(), query, self.payload.clone()) }
    }

    /// Returns the operation in words, such as `delete thread thread_abc`.
    fn tried(&self) -> String {
        let title = self.spec.title;
        match self.object() {
            // The title of these names the objects that the request is about, and the ID is that of their parent.
            Some((_, id)) if self.spec.shape == Shape::Page || self.spec.made => format!("{title} of {id}"),
            Some((_, id)) => format!("{title} {id}"),
            None => title.to_owned(),
        }
    }

    /// Returns the ID of the innermost object in the path, with its kind.
    pub(crate) fn object(&self) -> Option<(Kind, &str)> {
        Some((*self.spec.kinds.last()?, self.ids.last()?.as_str()))
    }
}

impl App {
    /// Checks the IDs, the query and the body of a request before it is sent. Errors use the member names of the API.
    pub fn check(&self, call: &Call) -> Result<()> {
        if !call.spec.may_stream() {
            no_stream(&call.payload)?;
        }
        let Query::Members(query) = &call.query else { return Ok(()) };
        self.check_offered(call)?;
        self.check_ids(call)?;
        let rules = self.rules();
        self.not_sent(check::query_of(call.spec, query, rules))?;
        match &call.payload {
            Payload::Json(body) => self.not_sent(check::body_of(call.spec, body, rules)),
            Payload::None | Payload::Form(_) => Ok(()),
        }
    }

    /// Refuses a request that no version of Foundry's interface supports. Other dialects have everything.
    fn check_offered(&self, call: &Call) -> Result<(), NotOffered> {
        if self.dialect() != Dialect::Foundry {
            return Ok(());
        }
        let refuse = |what: &str, instead: &str| {
            let message = format!("could not {}: {what} by Azure AI Foundry Agents (classic)", call.tried());
            Err(NotOffered { message, hint: instead.to_owned() })
        };
        if let Offer::Never { instead } = call.spec.details.foundry.offer {
            return refuse("not offered", instead);
        }
        let Payload::Json(body) = &call.payload else { return Ok(()) };
        match check::unsupported_member(call.spec, body, self.rules()) {
            Some((member, instead)) => refuse(&format!("`{member}` is not offered"), instead),
            None => Ok(()),
        }
    }

    /// Adds a hint to a failed check: the flag that sets the rejected member, if its name leads to one.
    pub fn not_sent(&self, checked: Result<(), check::Refusal>) -> Result<()> {
        checked.map_err(|source| {
            let flags = self.invocation.flags_of(&source.param);
            let given = flags.first().is_some_and(|flag| self.invocation.has(flag));
            let missing = source.code == check::MISSING;
            // There is a flag for every member that any backend accepts, so this backend may reject some of them.
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

    /// Returns the rules for requests to the backend of the profile.
    pub fn rules(&self) -> Rules {
        Rules::outgoing(self.dialect())
    }

    fn dialect(&self) -> Dialect {
        self.profile_if_any().ok().flatten().map(|profile| profile.backend.dialect()).unwrap_or_default()
    }

    /// Checks the prefix of each ID against the expected kind. Unless `--any-id` is given, `run_…` for a thread is
    /// refused.
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

    /// Checks a request, sends it, records the outcome and returns the response.
    pub async fn call(&self, call: Call) -> Result<Reply> {
        self.check(&call)?;
        self.recorded(self.ask(call).await).await
    }

    /// Sends a request that was already checked. The caller must record the outcome before it reports it.
    pub(crate) async fn ask(&self, mut call: Call) -> Result<Asked<'_>> {
        let session = self.session().await?;
        let record = self.record(&session.origin, &mut call).await?;
        let answer = session.client.send(&call.request()).await;
        Ok(Asked { call, record, answer })
    }

    /// Records the outcome of a request and returns the response.
    pub(crate) async fn recorded(&self, asked: Result<Asked<'_>>) -> Result<Reply> {
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

    /// Records the outcomes of several requests and returns the responses. Most outcomes share one write to the ledger.
    pub(crate) async fn recorded_together(&self, all: Vec<Result<Asked<'_>>>) -> Vec<Result<Reply>> {
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

    /// Checks a list request and returns a walk over its pages.
    pub fn walk(&self, call: &Call, limit: Option<u64>) -> Result<Paginator> {
        self.check(call)?;
        Ok(self.walk_as_is(call, limit))
    }

    /// Returns `true` if the backend sends the list in pages, and therefore accepts an order and a cursor.
    pub(crate) fn sends_pages(&self, spec: &Spec) -> bool {
        spec.is_paged(self.dialect())
    }

    /// Returns a walk over the pages of a request that was not built from user input and needs no check.
    pub(crate) fn walk_as_is(&self, call: &Call, limit: Option<u64>) -> Paginator {
        if !self.sends_pages(call.spec) {
            return Paginator::single_page(call.request(), limit);
        }
        let given = match &call.query {
            Query::Members(query) => query.get("limit").and_then(Value::as_u64),
            Query::Pairs(_) => None,
        };
        let most = call.spec.facts.and_then(|facts| facts.query_member("limit")?.most);
        let size = given.or(most.map(|most| most as u64)).unwrap_or(PAGE_SIZE);
        Paginator::new(call.request(), size, limit)
    }

    /// Adds the attempted operation and a hint to a client error.
    pub async fn explain(&self, call: &Call, error: ClientError) -> CallFailed {
        let mut hint = self.hint(&error);
        let intended =
            call.spec.creates().is_some_and(Kind::recorded) && self.ledger_if_any().is_ok_and(|known| known.is_some());
        if matches!(error, ClientError::OutcomeUnknown(_)) && !intended {
            hint =
                Some("nothing records this: look at the backend whether it was done, before you repeat it".to_owned());
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
        (!origins.is_empty()).then(|| format!("the ledger knows it from {}, and this is {here}", origins.join(", ")))
    }

    /// Returns a hint for a client error, based on the profile.
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
            // The key is valid. OpenAI lists threads only for its own web pages
            // (docs/protocol/endpoints.md#lists-that-do-not-exist).
            ClientError::Api(refused) if refused.code.as_deref() == Some("missing_scope") => {
                Some("this backend lists no threads; `asst threads list` shows those that the ledger knows".to_owned())
            }
            ClientError::Api(refused) if refused.error_kind() == ApiErrorKind::NotPermitted => {
                Some(format!("`asst profiles show {}` tells which credential was used", profile.name))
            }
            ClientError::Api(refused) if refused.error_kind() == ApiErrorKind::Busy && refused.message.contains("active") => Some(
                "`asst runs list THREAD_ID` shows the runs; wait for the active one, submit its outputs, or cancel it"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

/// Returns an error if the body requests a stream, because the caller does not read one.
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
