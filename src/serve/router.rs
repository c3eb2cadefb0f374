//! Routes for the declared endpoints, and the headers that every response carries
//! (docs/protocol/endpoints.md#response-headers).

use super::dialect::{PREFIXES, Spoken};
use super::json::{Answer, Json};
use super::{App, auth, body, connections::Work, error::Refused, error::Report, fault, ids, request::Call};
use crate::api::{self, Endpoint};
use axum::{
    Router,
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{CONNECTION, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use futures_util::FutureExt;
use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};
use tower_service::Service;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const VERSION: HeaderName = HeaderName::from_static("openai-version");
const PROCESSING_MS: HeaderName = HeaderName::from_static("openai-processing-ms");
const STORE: HeaderName = HeaderName::from_static("asst-store");

/// An extension of the router that mounts endpoints by their declaration.
pub(super) trait On {
    /// Mounts a handler that receives the decoded request.
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
            async move {
                let call = Call::read(&app.bodies, request).await?;
                handler(app, call).await
            }
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

/// Mounts a handler under every prefix whose dialect has the endpoint.
fn mount<E, F, R, A>(router: Router<App>, handler: F) -> Router<App>
where
    E: Endpoint,
    F: Fn(App, Request) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<A, Refused>> + Send + 'static,
    A: Answer + 'static,
{
    let route = on(filter::<E>(), move |State(app): State<App>, request: Request| async move {
        let Spoken { dialect, version } = spoken(&request);
        if !E::SPEC.is_offered(dialect, version.as_deref()) {
            return Err(not_allowed(&request));
        }
        Ok(handler(app, request).await?.spoken(dialect, E::SPEC.kind))
    });
    PREFIXES.iter().fold(router, |router, (prefix, _)| router.route(&format!("{prefix}{}", E::PATH), route.clone()))
}

/// Returns the dialect and version of a request, which the guard determined.
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

/// The routes with the processing that applies to every request. As a layer of the router, it would wrap each route.
/// Each request would then copy the route and allocate.
#[derive(Debug, Clone)]
pub(super) struct Enveloped {
    app: App,
    routes: Router,
}

impl Service<Request> for Enveloped {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(())) // A router is always ready.
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Box::pin(self.clone().answer(request, None).map(Ok))
    }
}

impl Enveloped {
    /// Handles a request. `work` is its entry in the connection.
    pub(super) async fn answer(self, request: Request, work: Option<&Work>) -> Response {
        envelope(self.app, request, self.routes, work).await
    }
}

/// Wraps the routes in the processing that applies to every request.
pub(super) fn finish(router: Router<App>, app: App) -> Enveloped {
    let routes = router
        .fallback(|request: Request| async move {
            let message = format!("Invalid URL ({} {})", request.method(), request.uri().path());
            Refused::new(StatusCode::NOT_FOUND, message)
        })
        .method_not_allowed_fallback(|request: Request| async move { not_allowed(&request) })
        .with_state(app.clone());
    Enveloped { app, routes }
}

async fn envelope(app: App, request: Request, routes: Router, work: Option<&Work>) -> Response {
    let began = Instant::now();
    let id = ids::request();
    let request = body::patient(request, app.settings.patience);
    let line = (request.method().clone(), request.uri().clone());
    let mut response = match &app.settings.faults {
        _ if work.is_some_and(Work::is_surplus) => busy(),
        None => answer(&app, request, routes, work).await,
        Some(faults) => fault::around(faults, request, |request| answer(&app, request, routes, work)).await,
    };
    if let Some(Report(text)) = response.extensions_mut().remove() {
        report(&app, &id, &line, &text);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(VERSION, HeaderValue::from_static("2020-10-01"));
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    headers.insert(PROCESSING_MS, milliseconds.into());
    headers.insert(STORE, app.store_header.clone());
    response
}

/// Returns the response to a request that exceeds the limit of the server.
fn busy() -> Response {
    let message = "The server works on as many requests as it can, please try again later.";
    let mut response = Refused::new(StatusCode::SERVICE_UNAVAILABLE, message).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Returns the response to a request that exceeds the limit of its key. Status code 429 means that nothing was done, so
/// that any request may be retried.
fn busy_for_key() -> Response {
    let message = "Too many requests with this key are in work, please try again later.";
    let refused = Refused::new(StatusCode::TOO_MANY_REQUESTS, message).code("rate_limit_exceeded");
    let mut response = refused.into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

async fn answer(app: &App, mut request: Request, mut routes: Router, work: Option<&Work>) -> Response {
    match auth::check(app, &request) {
        Err(refused) => refused.into_response(),
        Ok(_) if work.is_some_and(|work| !work.accept(auth::shown_key(request.headers()))) => busy_for_key(),
        Ok(spoken) => {
            // [`spoken`] returns this value by default.
            if spoken != Spoken::default() {
                request.extensions_mut().insert(spoken);
            }
            match AssertUnwindSafe(async { routes.call(request).await }).catch_unwind().await {
                Ok(answer) => answer.into_response(),
                Err(_) => Refused::internal("a handler panicked").into_response(),
            }
        }
    }
}

fn report(app: &App, id: &str, (method, uri): &(Method, Uri), text: &str) {
    (app.settings.report)(&format!("{method} {} ({id}): {text}", uri.path()));
}
