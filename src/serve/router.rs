//! The routes of the declared endpoints, and the processing of every request: access control, limits, faults, and the
//! headers of every response (docs/protocol/endpoints.md#response-headers).

use crate::api::{self, Endpoint};
use crate::serve::auth;
use crate::serve::connection::body;
use crate::serve::connection::connections::ActiveRequest;
use crate::serve::dialect::{PREFIXES, RequestDialect};
use crate::serve::error::{ErrorResponse, InternalError};
use crate::serve::fault;
use crate::serve::ids;
use crate::serve::request::ApiRequest;
use crate::serve::response::{JsonResponse, RouteResponse};
use crate::serve::state::AppState;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header::CONNECTION},
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
pub(super) trait MountEndpoint {
    /// Mounts a handler that receives the decoded request.
    fn on<E, F, T, R>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(AppState, ApiRequest<E>) -> T + Clone + Send + Sync + 'static,
        T: Future<Output = Result<R, ErrorResponse>> + Send + 'static,
        R: RouteResponse + 'static;

    /// Mounts a handler that reads the request itself.
    fn on_raw<E, F, T>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(AppState, Request) -> T + Clone + Send + Sync + 'static,
        T: Future<Output = Result<JsonResponse, ErrorResponse>> + Send + 'static;
}

impl MountEndpoint for Router<AppState> {
    fn on<E, F, T, R>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(AppState, ApiRequest<E>) -> T + Clone + Send + Sync + 'static,
        T: Future<Output = Result<R, ErrorResponse>> + Send + 'static,
        R: RouteResponse + 'static,
    {
        mount::<E, _, _, _>(self, move |state, request| {
            let handler = handler.clone();
            async move {
                let request = ApiRequest::read(&state.body_memory, request).await?;
                handler(state, request).await
            }
        })
    }

    fn on_raw<E, F, T>(self, handler: F) -> Self
    where
        E: Endpoint,
        F: Fn(AppState, Request) -> T + Clone + Send + Sync + 'static,
        T: Future<Output = Result<JsonResponse, ErrorResponse>> + Send + 'static,
    {
        mount::<E, _, _, _>(self, handler)
    }
}

/// Mounts a handler under every prefix whose dialect has the endpoint.
fn mount<E, F, T, R>(router: Router<AppState>, handler: F) -> Router<AppState>
where
    E: Endpoint,
    F: Fn(AppState, Request) -> T + Clone + Send + Sync + 'static,
    T: Future<Output = Result<R, ErrorResponse>> + Send + 'static,
    R: RouteResponse + 'static,
{
    let route = on(method_filter::<E>(), move |State(state): State<AppState>, request: Request| async move {
        let RequestDialect { dialect, version } = RequestDialect::of(&request);
        if !E::SPEC.is_offered(dialect, version.as_deref()) {
            return Err(not_allowed(&request));
        }
        Ok(handler(state, request).await?.into_http(dialect, E::SPEC.kind))
    });
    PREFIXES.iter().fold(router, |router, (prefix, _)| router.route(&format!("{prefix}{}", E::PATH), route.clone()))
}

fn not_allowed(request: &Request) -> ErrorResponse {
    let message = format!("Not allowed to {} on {}.", request.method(), request.uri().path());
    ErrorResponse::new(StatusCode::METHOD_NOT_ALLOWED, message).code("method_not_supported")
}

const fn method_filter<E: Endpoint>() -> MethodFilter {
    match E::METHOD {
        api::Method::Get => MethodFilter::GET,
        api::Method::Post => MethodFilter::POST,
        api::Method::Delete => MethodFilter::DELETE,
    }
}

/// The routes, and the processing that applies to every request. It is not a layer of the router, because axum would
/// then copy the layered route for each request.
#[derive(Debug, Clone)]
pub(super) struct RootService {
    state: AppState,
    routes: Router,
}

impl Service<Request> for RootService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(())) // A router is always ready.
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Box::pin(self.clone().respond(request, None).map(Ok))
    }
}

/// Returns the service of a server, with responses for unknown paths and methods.
pub(super) fn service(routes: Router<AppState>, state: AppState) -> RootService {
    let routes = routes
        .fallback(|request: Request| async move {
            let message = format!("Invalid URL ({} {})", request.method(), request.uri().path());
            ErrorResponse::new(StatusCode::NOT_FOUND, message)
        })
        .method_not_allowed_fallback(|request: Request| async move { not_allowed(&request) })
        .with_state(state.clone());
    RootService { state, routes }
}

impl RootService {
    /// Handles a request, and adds the headers of every response. `active` is the request in the list of connections,
    /// or `None` in tests without one.
    pub(super) async fn respond(self, request: Request, active: Option<&ActiveRequest>) -> Response {
        let Self { state, routes } = self;
        let began = Instant::now();
        let id = ids::request();
        let request = body::with_timeout(request, state.settings.peer_timeout);
        let line = (request.method().clone(), request.uri().clone());
        let mut response = match &state.settings.faults {
            _ if active.is_some_and(ActiveRequest::is_surplus) => server_busy(),
            None => dispatch(&state, request, routes, active).await,
            Some(faults) => {
                fault::handle_with_faults(faults, request, |request| dispatch(&state, request, routes, active)).await
            }
        };
        if let Some(InternalError(text)) = response.extensions_mut().remove() {
            report(&state, &id, &line, &text);
        }
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::try_from(id) {
            headers.insert(REQUEST_ID, id);
        }
        headers.insert(VERSION, HeaderValue::from_static("2020-10-01"));
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        headers.insert(PROCESSING_MS, milliseconds.into());
        headers.insert(STORE, state.store_header.clone());
        response
    }
}

/// Returns the response to a request beyond the maximum number of requests of the server.
fn server_busy() -> Response {
    let message = "The server is handling its maximum number of requests. Please try again later.";
    let mut response = ErrorResponse::new(StatusCode::SERVICE_UNAVAILABLE, message).retry_after(1).into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Returns the response to a request beyond the maximum number of requests with one key. Status code 429 means that
/// nothing was done, so that any request may be retried.
fn key_busy() -> Response {
    let message = "The server is handling the maximum number of requests with this key. Please try again later.";
    let error = ErrorResponse::new(StatusCode::TOO_MANY_REQUESTS, message).code("rate_limit_exceeded");
    error.retry_after(1).into_response()
}

/// Checks the caller and the limit of its key, and calls the handler. A panic of the handler becomes an error response.
async fn dispatch(
    state: &AppState,
    mut request: Request,
    mut routes: Router,
    active: Option<&ActiveRequest>,
) -> Response {
    match auth::check(state, &request) {
        Err(error) => error.into_response(),
        Ok(_) if active.is_some_and(|active| !active.accept(auth::key_of(request.headers()))) => key_busy(),
        Ok(dialect) => {
            // [`RequestDialect::of`] returns the default if there is no extension.
            if dialect != RequestDialect::default() {
                request.extensions_mut().insert(dialect);
            }
            match AssertUnwindSafe(async { routes.call(request).await }).catch_unwind().await {
                Ok(response) => response.into_response(),
                Err(_) => ErrorResponse::internal("the handler panicked").into_response(),
            }
        }
    }
}

/// Reports an internal error to the operator, with the request that caused it.
fn report(state: &AppState, id: &str, (method, uri): &(Method, Uri), text: &str) {
    (state.settings.report)(&format!("{method} {} ({id}): {text}", uri.path()));
}
