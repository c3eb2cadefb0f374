//! Requests to any path of a backend, including endpoints that have no command.

use super::list_recording::ListRecording;
use super::{App, Call, no_stream};
use crate::api::{Class, Method, ResponseShape, Spec, endpoint_of, is_collection};
use crate::client::{Expects, Payload, Request};
use crate::exit::CallFailed;
use anyhow::Result;
use serde_json::{Map, Value};

/// A request to a path below the base URL, which is sent unchanged.
#[derive(Debug, Clone)]
pub struct RawCall {
    request: Request,
    /// The endpoint of the path and the IDs in it, if the protocol has such an endpoint.
    known: Option<(&'static Spec, Vec<String>)>,
}

impl RawCall {
    /// Creates a request. `path` begins with a slash. A POST without a body sends an empty object.
    pub fn new(method: Method, path: String, query: Vec<(String, String)>, body: Option<Map<String, Value>>) -> Self {
        let known = endpoint_of(method, &path);
        let request = Request {
            method,
            class: match method {
                Method::Get => Class::Read,
                Method::Delete => Class::Repeatable,
                Method::Post => Class::Once,
            },
            query,
            payload: match (body, method) {
                (Some(body), _) => Payload::Json(body),
                (None, Method::Post) => Payload::Json(Map::new()),
                (None, _) => Payload::None,
            },
            until: None,
            collection: is_collection(&path),
            expects: Expects::Anything,
            object: None,
            other_id: None,
            path,
        };
        Self { request, known }
    }

    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    pub(super) fn spec(&self) -> Option<&'static Spec> {
        self.known.as_ref().map(|(spec, _)| *spec)
    }

    /// Returns the method and the path, for error messages.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.request.method.name(), self.request.path)
    }
}

impl App {
    /// Checks a request. In a dry run, prints it and returns `true`.
    pub fn dry_raw(&self, call: &RawCall) -> Result<bool> {
        no_stream(&call.request.payload)?;
        self.dry_request(&call.request)
    }

    /// Sends a request and returns the response. A request to a known endpoint is recorded, as the command for the
    /// endpoint does it.
    pub async fn call_raw(&self, call: RawCall) -> Result<Value> {
        no_stream(&call.request.payload)?;
        let tried = call.title();
        let RawCall { request, known } = call;
        if let Some((spec, ids)) = known {
            let value = self.call(Call::raw(spec, ids, request)).await?.value;
            if let (ResponseShape::Page, ListRecording::On(kind), Some(items)) =
                (spec.shape, ListRecording::of(spec), value["data"].as_array())
            {
                self.record_listed(&self.session().await?.origin, kind, items).await?;
            }
            return Ok(value);
        }
        let sent = self.session().await?.client.send(&request).await;
        Ok(sent.map_err(|source| CallFailed { tried, hint: None, source })?.value)
    }
}
