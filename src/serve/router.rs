//! From the declarations to routes, and what every answer carries (PROTOCOL.md 1.1).

use super::{App, body, call::Call, error::Refused, error::Report, guard, ids};
use crate::api::{self, Endpoint};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header::CONTENT_TYPE},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use futures_util::FutureExt;
use serde_json::Value;
use std::{panic::AssertUnwindSafe, time::Instant};

/// Where the protocol's paths begin: at the root, as OpenAI, Azure and Foundry have them.
const PREFIXES: [&str; 5] = ["", "/v1", "/openai", "/openai/v1", "/api/projects/{project}"];

/// An answer in JSON, as text: what is stored is sent as it is.
#[derive(Debug)]
pub(super) struct Json(pub(super) String);

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], self.0).into_response()
    }
}

/// Mounts endpoints by their declaration.
pub(super) trait On {
    /// Mounts a handler that gets the decoded request.
    fn on<E, F, R, A>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(App, Call<E>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<A, Refused>> + Send + 'static,
        A: IntoResponse + 'static;

    /// Mounts a handler that reads the request itself.
    fn on_stream<E, F, R>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(App, Request) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Json, Refused>> + Send + 'static;
}

impl On for Router<App> {
    fn on<E, F, R, A>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(App, Call<E>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<A, Refused>> + Send + 'static,
        A: IntoResponse + 'static,
    {
        let route = on(filter::<E>(), move |State(app): State<App>, request: Request| async move {
            handler(app, Call::read(request).await?).await
        });
        PREFIXES.iter().fold(self, |router, prefix| router.route(&format!("{prefix}{}", E::PATH), route.clone()))
    }

    fn on_stream<E, F, R>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(App, Request) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Json, Refused>> + Send + 'static,
    {
        let route =
            on(
                filter::<E>(),
                move |State(app): State<App>, request: Request| async move { handler(app, request).await },
            );
        PREFIXES.iter().fold(self, |router, prefix| router.route(&format!("{prefix}{}", E::PATH), route.clone()))
    }
}

const fn filter<E: Endpoint>() -> MethodFilter {
    match E::METHOD {
        api::Method::Get => MethodFilter::GET,
        api::Method::Post => MethodFilter::POST,
        api::Method::Delete => MethodFilter::DELETE,
    }
}

/// Puts around the routes what holds for every request.
pub(super) fn finish(router: Router<App>, app: App) -> Router {
    router
        .fallback(|request: Request| async move {
            let message = format!("Invalid URL ({} {})", request.method(), request.uri().path());
            Refused::new(StatusCode::NOT_FOUND, message)
        })
        .method_not_allowed_fallback(|request: Request| async move {
            let message = format!("Not allowed to {} on {}.", request.method(), request.uri().path());
            Refused::new(StatusCode::METHOD_NOT_ALLOWED, message).code("method_not_supported")
        })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), envelope))
        .with_state(app)
}

async fn envelope(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = ids::with_prefix("req_");
    let request = body::patient(request, app.settings.patience);
    let line = (request.method().clone(), request.uri().path().to_owned());
    let mut response = match guard::check(&app, &request) {
        Err(refused) => refused.into_response(),
        Ok(()) => match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(_) => Refused::internal("a handler panicked").into_response(),
        },
    };
    if let Some(Report(text)) = response.extensions_mut().remove() {
        report(&app, &id, &line, &text);
    }
    let headers = response.headers_mut();
    set(headers, "x-request-id", &id);
    set(headers, "openai-version", "2020-10-01");
    set(headers, "openai-processing-ms", &began.elapsed().as_millis().to_string());
    set(headers, "asst-store", app.store.id());
    response
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn report(app: &App, id: &str, (method, path): &(Method, String), text: &str) {
    (app.settings.report)(&format!("{method} {path} ({id}): {text}"));
}
