//! Lists of a backend, read page by page. Errors are explained, an incomplete list is an error after its last page, and
//! the listed objects are recorded if the ledger keeps lists of this kind.

use super::call::Query;
use super::list_recording::ListRecording;
use super::{App, Call, RawCall};
use crate::api::Spec;
use crate::client::{Paginator, Request, id_of};
use crate::exit::{CallFailed, IncompleteList};
use anyhow::Result;
use serde_json::Value;

/// The page size of a list if neither the request nor the endpoint states one.
const PAGE_SIZE: u64 = 100;

/// The pages of a list. If the list is recorded, each page is recorded before it is returned.
pub struct Pages<'a> {
    app: &'a App,
    request: ListRequest,
    paginator: Paginator,
    recording: ListRecording,
    /// The reason why the list may be incomplete, once its last page was returned.
    incomplete: Option<String>,
}

/// The request for a list. The explanation of an error depends on its type.
enum ListRequest {
    Call(Call),
    Raw(RawCall),
}

impl App {
    /// Checks the request for a list and returns a paginator for it, with at most `limit` items in all.
    pub fn paginator(&self, call: &Call, limit: Option<u64>) -> Result<Paginator> {
        self.check(call)?;
        Ok(self.unchecked_paginator(call, limit))
    }

    /// Returns `true` if the backend sends the list in pages, and therefore accepts an order and a cursor.
    pub(crate) fn sends_pages(&self, spec: &Spec) -> bool {
        spec.is_paged(self.dialect())
    }

    /// Returns a paginator for a request that was not built from user input, and therefore needs no check.
    pub(crate) fn unchecked_paginator(&self, call: &Call, limit: Option<u64>) -> Paginator {
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
        let paginator = self.paginator(&call, limit)?;
        let recording = ListRecording::of(call.spec);
        Ok(Pages { app: self, paginator, recording, incomplete: None, request: ListRequest::Call(call) })
    }

    /// Returns the pages of a list at any path. The request is sent unchanged, apart from its cursor.
    pub fn raw_pages(&self, call: RawCall) -> Pages<'_> {
        let paginator = Paginator::unchanged(call.request().clone());
        let recording = call.spec().map_or(ListRecording::Off, ListRecording::of);
        Pages { app: self, paginator, recording, incomplete: None, request: ListRequest::Raw(call) }
    }
}

impl Pages<'_> {
    /// Records the listed objects even if lists of their kind are not recorded by default. Has no effect for kinds that
    /// the ledger does not store.
    #[must_use]
    pub fn recorded(mut self) -> Self {
        if let ListRequest::Call(call) = &self.request
            && call.spec.kind.recorded()
        {
            self.recording = ListRecording::On(call.spec.kind);
        }
        self
    }

    /// Collects evidence that the list is complete. See [`Pages::complete`].
    #[must_use]
    pub fn proving(self) -> Self {
        Self { paginator: self.paginator.with_proof(), ..self }
    }

    /// In a dry run, prints the request for the first page and returns `true`.
    pub fn dry(&self) -> Result<bool> {
        self.app.dry_request(&self.first())
    }

    fn first(&self) -> Request {
        self.paginator.first()
    }

    /// Returns the items of the next page, or `None` at the end of the list.
    ///
    /// # Errors
    /// Returns an error with the attempted operation and a hint. After the last page of a list that may be incomplete,
    /// returns [`IncompleteList`]. With [`Pages::proving`], this is a warning instead, because the caller checks
    /// [`Pages::complete`].
    pub async fn next(&mut self) -> Result<Option<Vec<Value>>> {
        if let Some(reason) = self.incomplete.take() {
            return Err(IncompleteList { tried: self.title(), reason }.into());
        }
        let session = self.app.session().await?;
        let page = match session.next_page(&mut self.paginator).await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(None),
            Err(error) => {
                return Err(match &self.request {
                    ListRequest::Call(call) => self.app.explain(call, error).await.into(),
                    ListRequest::Raw(_) => CallFailed { tried: self.title(), hint: None, source: error }.into(),
                });
            }
        };
        if let ListRecording::On(kind) = self.recording {
            self.app.record_listed(&session.origin, kind, &page.items).await?;
        }
        match page.incomplete {
            Some(reason) if self.paginator.is_proving() => self.app.ui().warn(&reason),
            incomplete => self.incomplete = incomplete,
        }
        Ok(Some(page.items))
    }

    /// Returns the list request in words, such as `list assistants`.
    fn title(&self) -> String {
        match &self.request {
            ListRequest::Call(call) => call.tried(),
            ListRequest::Raw(call) => call.title(),
        }
    }

    /// Reads the remaining pages and returns the IDs of their items.
    ///
    /// # Errors
    /// See [`Pages::next`].
    pub async fn ids(mut self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        while let Some(items) = self.next().await? {
            ids.extend(items.iter().filter_map(id_of));
        }
        Ok(ids)
    }

    /// Returns `true` if all pages so far are valid as evidence. Always `false` without [`Pages::proving`].
    pub fn is_sound(&self) -> bool {
        self.paginator.is_well_formed()
    }

    /// Checks that the list was read to its end and is well formed.
    ///
    /// # Errors
    /// Returns the reason why an object that is not in the list may still exist.
    pub fn complete(&self) -> Result<(), String> {
        self.paginator.proof_of_completeness().map(drop)
    }
}
