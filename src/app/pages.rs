//! Lists of a backend for commands: page by page, with explained errors, printed warnings, and the record.

use super::call::Query;
use super::list_recording::ListRecording;
use super::{App, Call, RawCall};
use crate::api::Spec;
use crate::client::{Paginator, Request, id_of};
use crate::exit::CallFailed;
use anyhow::Result;
use serde_json::Value;

/// The page size of a list if neither the request nor the endpoint states one.
const PAGE_SIZE: u64 = 100;

/// The pages of a list. Each page is recorded before it is returned, if the list is one that the ledger keeps.
pub struct Pages<'a> {
    app: &'a App,
    source: Source,
    walk: Paginator,
    recording: ListRecording,
}

/// The request for the list, which determines the explanation of an error.
enum Source {
    Call(Call),
    Raw(RawCall),
}

impl App {
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

    /// Checks the request for a list and returns its pages, with at most `limit` items in all.
    ///
    /// # Errors
    /// Returns an error if the request is invalid. Nothing was sent.
    pub fn pages(&self, call: Call, limit: Option<u64>) -> Result<Pages<'_>> {
        let walk = self.walk(&call, limit)?;
        Ok(Pages { app: self, walk, recording: ListRecording::of(call.spec), source: Source::Call(call) })
    }

    /// Returns the pages of a list at any path. The request is sent unchanged, apart from its cursor.
    pub fn raw_pages(&self, call: RawCall) -> Pages<'_> {
        let walk = Paginator::unchanged(call.request().clone());
        let recording = call.spec().map_or(ListRecording::Off, ListRecording::of);
        Pages { app: self, walk, recording, source: Source::Raw(call) }
    }
}

impl Pages<'_> {
    /// Records the listed objects, whatever their kind. Kinds that the ledger does not keep stay unrecorded.
    #[must_use]
    pub fn recorded(mut self) -> Self {
        if let Source::Call(call) = &self.source
            && call.spec.kind.recorded()
        {
            self.recording = ListRecording::On(call.spec.kind);
        }
        self
    }

    /// Collects evidence that the list is complete. See [`Pages::complete`].
    #[must_use]
    pub fn proving(self) -> Self {
        Self { walk: self.walk.with_proof(), ..self }
    }

    /// In a dry run, prints the request for the first page and returns `true`.
    pub fn dry(&self) -> Result<bool> {
        self.app.dry_request(&self.first())
    }

    fn first(&self) -> Request {
        self.walk.first()
    }

    /// Returns the items of the next page, or `None` at the end of the list.
    ///
    /// # Errors
    /// Returns an error with the attempted operation and a hint.
    pub async fn next(&mut self) -> Result<Option<Vec<Value>>> {
        let session = self.app.session().await?;
        let page = match session.next_page(&mut self.walk).await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(None),
            Err(error) => {
                return Err(match &self.source {
                    Source::Call(call) => self.app.explain(call, error).await.into(),
                    Source::Raw(call) => CallFailed { tried: call.title(), hint: None, source: error }.into(),
                });
            }
        };
        if let ListRecording::On(kind) = self.recording {
            self.app.record_listed(&session.origin, kind, &page.items).await?;
        }
        if let Some(warning) = &page.warning {
            self.app.ui().warn(warning);
        }
        Ok(Some(page.items))
    }

    /// Returns the IDs of all items from the next page on.
    pub async fn ids(mut self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        while let Some(items) = self.next().await? {
            ids.extend(items.iter().filter_map(id_of));
        }
        Ok(ids)
    }

    /// Returns `true` if no page so far is invalid as evidence. Always `false` without [`Pages::proving`].
    pub fn is_sound(&self) -> bool {
        self.walk.is_well_formed()
    }

    /// Checks that the list was read to its end and is well formed.
    ///
    /// # Errors
    /// Returns the reason why the list proves nothing about objects that it lacks.
    pub fn complete(&self) -> Result<(), String> {
        self.walk.proof_of_completeness().map(drop)
    }
}
