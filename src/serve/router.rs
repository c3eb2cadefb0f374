//! From the declarations to routes, and what every answer carries (PROTOCOL.md 1.1).

use super::dialect::{PREFIXES, Spoken};
use super::json::{Answer, Json};
use super::{App, body, call::Call, error::Refused, error::Report, guard, ids};
use crate::api::{self, Endpoint};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use futures_util::FutureExt;
use std::{panic::AssertUnwindSafe, time::Instant};

/// Mounts endpoints by their declaration.
pub(super) trait On {
    /// Mounts a handler that gets the decoded request.
    fn on<E, F, R, A>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(App, Call<E>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<A, Refused>> + Send + 'static,
        A: Answer + 'static;

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
        A: Answer + 'static,
    {
        mount::<E, _, _, _>(self, move |app, request| {
            let handler = handler.clone();
            async move { handler(app, Call::read(request).await?).await }
        })
    }

    fn on_stream<E, F, R>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(App, Request) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Json, Refused>> + Send + 'static,
    {
        mount::<E, _, _, _>(self, handler)
    }
}

/// Mounts a handler under every prefix, where its dialect has the endpoint.
fn mount<E, F, R, A>(router: Router<App>, handler: F) -> Router<App>
where
    E: Endpoint,
    F: Fn(App, Request) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<A, Refused>> + Send + 'static,
    A: Answer + 'static,
{
    let route = on(filter::<E>(), move |State(app): State<App>, request: Request| async move {
        let Spoken { dialect, version } = spoken(&request);
        if !dialect.offers(E::SPEC, version.as_deref()) {
            return Err(not_allowed(&request));
        }
        Ok(handler(app, request).await?.spoken(dialect, E::SPEC.kind))
    });
    PREFIXES.iter().fold(router, |router, (prefix, _)| router.route(&format!("{prefix}{}", E::PATH), route.clone()))
}

/// Returns how a request speaks, as the guard found it.
pub(super) fn spoken(request: &Request) -> Spoken {
    request.extensions().get().cloned().unwrap_or_default()
}

fn not_allowed(request: &Request) -> Refused {
    let message = format!("Not allowed to {} on {}.", request.method(), request.uri().path());
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, message).code("method_not_supported")
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
        .method_not_allowed_fallback(|request: Request| async move { not_allowed(&request) })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), envelope))
        .with_state(app)
}

async fn envelope(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = ids::with_prefix("req_");
    let mut request = body::patient(request, app.settings.patience);
    let line = (request.method().clone(), request.uri().path().to_owned());
    let mut response = match guard::check(&app, &request) {
        Err(refused) => refused.into_response(),
        Ok(spoken) => {
            request.extensions_mut().insert(spoken);
            match AssertUnwindSafe(next.run(request)).catch_unwind().await {
                Ok(response) => response,
                Err(_) => Refused::internal("a handler panicked").into_response(),
            }
        }
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
