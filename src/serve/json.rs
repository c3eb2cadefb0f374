//! JSON responses, and their form in each dialect.

use crate::api::{Dialect, Kind};
use crate::json;
use axum::{
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, IntoResponseParts, Response},
};
use serde_json::Value;

/// A JSON response as text, so that stored documents are sent without parsing.
#[derive(Debug)]
pub(super) enum Json {
    One(String),
    Page(ListPage),
}

/// A page of a list. Its envelope differs between dialects.
#[derive(Debug)]
pub(super) struct ListPage {
    /// The objects, separated by commas.
    pub(super) data: String,
    pub(super) first_id: Value,
    pub(super) last_id: Value,
    pub(super) has_more: bool,
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        // Several times as fast as `Display`. A JSON value always has a text.
        Self::One(serde_json::to_string(&value).unwrap_or_default())
    }
}

/// The result of a handler.
pub(super) trait Answer {
    /// Returns the response in a dialect.
    fn spoken(self, dialect: Dialect, kind: Kind) -> Response;
}

impl Answer for Response {
    fn spoken(self, _: Dialect, _: Kind) -> Response {
        self
    }
}

impl<H: IntoResponseParts, A: Answer> Answer for (H, A) {
    fn spoken(self, dialect: Dialect, kind: Kind) -> Response {
        (self.0, self.1.spoken(dialect, kind)).into_response()
    }
}

impl Answer for Json {
    fn spoken(self, dialect: Dialect, kind: Kind) -> Response {
        let text = match self {
            Self::One(text) => text,
            Self::Page(page) => page.text(dialect, kind),
        };
        // The steps of Azure OpenAI have no usage (docs/protocol/dialects.md#azure-openai).
        let text = if (dialect, kind) == (Dialect::AzureOpenAi, Kind::Step) { without_usage(text) } else { text };
        ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
    }
}

impl ListPage {
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
