//! A request to an endpoint of the API.
//!
//! All endpoints share the type [`Call`], because they differ only in the data of their declaration ([`Spec`]).

use crate::api::{Class, Endpoint, Kind, PathArgs, ResponseShape, Spec, ids, query_pairs, to_map};
use crate::client::{Payload, Request};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// A request to an endpoint, with its path arguments, query and body.
#[derive(Debug, Clone)]
pub struct Call {
    pub(crate) spec: &'static Spec,
    /// The IDs in the path, outermost first.
    pub(crate) ids: Vec<String>,
    path: String,
    pub(super) query: Query,
    pub(crate) payload: Payload,
    until: Option<Instant>,
    /// `true` if the client may repeat the request, even if the declaration of the endpoint does not allow it.
    is_repeatable: bool,
    /// Facts about the object to create. The ledger stores them with the intent and the row of the object.
    pub(super) note: Option<Box<Note>>,
}

/// Facts about an object for the ledger, by name. They are not sent.
pub(crate) type Note = BTreeMap<String, String>;

/// The query parameters: the members of a typed query, or name-value pairs to send unchanged.
#[derive(Debug, Clone)]
pub(super) enum Query {
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
            is_repeatable: false,
            note: None,
        }
    }

    /// Creates a request to an endpoint that is known only at run time. It is checked like any other.
    ///
    /// # Errors
    /// Returns an error if an ID cannot be part of a path.
    pub fn to(
        spec: &'static Spec,
        ids: &[&str],
        query: Map<String, Value>,
        payload: Payload,
    ) -> Result<Self, ids::BadId> {
        let call = Self::bare(spec, ids)?;
        Ok(Self { query: Query::Members(query), payload, ..call })
    }

    /// Creates a request from a request of the client. It is sent unchanged and unchecked, and recorded like any other.
    pub fn raw(spec: &'static Spec, ids: Vec<String>, request: Request) -> Self {
        let Request { path, query, payload, until, .. } = request;
        Self { spec, ids, path, query: Query::Pairs(query), payload, until, is_repeatable: false, note: None }
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

    /// Allows the client to repeat the request even if the first one may have taken effect. Use this
    /// only for requests that are harmless when repeated: attaching a file again, or sending a part of an upload again,
    /// whose surplus copy is not used.
    pub(crate) fn repeatable(self) -> Self {
        Self { is_repeatable: true, ..self }
    }

    /// Returns `true` if [`Call::repeatable`] was called.
    pub(super) fn is_repeatable(&self) -> bool {
        self.is_repeatable
    }

    /// Adds a note, which the ledger stores with the intent of the request and with the row of the object that it
    /// creates. The note is durable before the request is sent, so that a later command can find out what the request
    /// was for.
    pub(crate) fn noted(self, note: Note) -> Self {
        Self { note: Some(Box::new(note)), ..self }
    }

    /// Returns the request for the client.
    pub fn request(&self) -> Request {
        let query = match &self.query {
            Query::Members(members) => query_pairs(members),
            Query::Pairs(pairs) => pairs.clone(),
        };
        let request = Request::new(self.spec, self.path.clone(), query, self.payload.clone());
        let class = if self.is_repeatable { Class::Repeatable } else { request.class };
        Request { until: self.until, class, ..request }
    }

    /// Returns the operation in words, such as `delete thread thread_abc`.
    pub fn tried(&self) -> String {
        let title = self.spec.title;
        match self.object() {
            // The title of these endpoints names the objects that are listed or created, such as `list runs`. The ID is
            // that of their parent.
            Some((_, id)) if self.spec.shape == ResponseShape::Page || self.spec.made => format!("{title} of {id}"),
            Some((_, id)) => format!("{title} {id}"),
            None => title.to_owned(),
        }
    }

    /// Returns the ID of the outermost object in the path, with its kind.
    pub(crate) fn outermost(&self) -> Option<(Kind, &str)> {
        Some((*self.spec.kinds.first()?, self.ids.first()?.as_str()))
    }

    /// Returns the ID of the innermost object in the path, with its kind.
    pub(crate) fn object(&self) -> Option<(Kind, &str)> {
        Some((*self.spec.kinds.last()?, self.ids.last()?.as_str()))
    }
}
