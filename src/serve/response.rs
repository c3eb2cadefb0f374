//! JSON responses, which differ between dialects.

use crate::api::objects::JsonObject;
use crate::api::{Dialect, Kind};
use crate::json;
use axum::{
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, IntoResponseParts, Response},
};
use serde_json::Value;

/// A JSON response. It contains JSON text, so that stored objects are sent without parsing them.
#[derive(Debug)]
pub(super) enum JsonResponse {
    Object(String),
    Page(PageResponse),
}

/// A page of a list. The object around the list differs between dialects.
#[derive(Debug)]
pub(super) struct PageResponse {
    /// The objects, separated by commas.
    pub(super) data: String,
    pub(super) first_id: Value,
    pub(super) last_id: Value,
    pub(super) has_more: bool,
}

impl JsonResponse {
    /// Returns the response with an object.
    pub(super) fn of(object: &impl JsonObject) -> Self {
        Self::Object(object.to_json())
    }
}

/// The result of a handler.
pub(super) trait RouteResponse {
    /// Converts the result to an HTTP response in a dialect. `kind` is the kind of the objects in it.
    fn into_http(self, dialect: Dialect, kind: Kind) -> Response;
}

impl RouteResponse for Response {
    fn into_http(self, _: Dialect, _: Kind) -> Response {
        self
    }
}

impl<H: IntoResponseParts, R: RouteResponse> RouteResponse for (H, R) {
    fn into_http(self, dialect: Dialect, kind: Kind) -> Response {
        (self.0, self.1.into_http(dialect, kind)).into_response()
    }
}

impl RouteResponse for JsonResponse {
    fn into_http(self, dialect: Dialect, kind: Kind) -> Response {
        let text = match self {
            Self::Object(text) => text,
            Self::Page(page) => page.text(dialect, kind),
        };
        // The steps of Azure OpenAI have no usage (docs/protocol/dialects.md#azure-openai).
        let text = if (dialect, kind) == (Dialect::AzureOpenAi, Kind::Step) { without_usage(text) } else { text };
        ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
    }
}

impl PageResponse {
    /// Returns the JSON text of the page.
    fn text(self, dialect: Dialect, kind: Kind) -> String {
        let Self { data, first_id, last_id, has_more } = self;
        match (dialect, kind) {
            // Foundry's pages have no first ID, and its files no pages
            // (docs/protocol/dialects.md#azure-ai-foundry-agents-classic).
            (Dialect::Foundry, Kind::File) => format!(r#"{{"object":"list","data":[{data}]}}"#),
            (Dialect::Foundry, _) if last_id.is_null() => format!(r#"{{"data":[{data}],"has_more":{has_more}}}"#),
            (Dialect::Foundry, _) => format!(r#"{{"data":[{data}],"last_id":{last_id},"has_more":{has_more}}}"#),
            _ => format!(
                r#"{{"object":"list","data":[{data}],"first_id":{first_id},"last_id":{last_id},"has_more":{has_more}}}"#
            ),
        }
    }
}

/// Removes the usage from a run step, or from the run steps of a page.
fn without_usage(text: String) -> String {
    let Ok(mut value) = json::stored(&text) else { return text };
    let steps = match value.get_mut("data") {
        Some(Value::Array(steps)) => steps.iter_mut().collect(),
        _ => vec![&mut value],
    };
    for step in steps.into_iter().filter_map(Value::as_object_mut) {
        step.shift_remove("usage");
    }
    value.to_string()
}
