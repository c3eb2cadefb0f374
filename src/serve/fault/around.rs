//! The fault layer around the routes. It acts on a request before it is handled, and on the response afterwards.

use super::{Effect, Faults, Stage, alter, wire};
use axum::extract::Request;
use axum::http::Uri;
use axum::response::Response;
use std::time::Duration;
use tokio::time::sleep;

/// Handles a request with the faults applied.
pub(in crate::serve) async fn around<F, R>(faults: &Faults, mut request: Request, handle: F) -> Response
where
    F: FnOnce(Request) -> R,
    R: Future<Output = Response>,
{
    let plan = faults.plan(&request);
    if !plan.latency.is_zero() {
        sleep(plan.latency).await;
    }
    for effect in &plan.effects {
        match effect {
            Effect::Respond(error) if !error.after_commit => return error.response(),
            Effect::Cut(Stage::Before) => return wire::cut(),
            Effect::Stall(Stage::Before, time) => return stalled(*time).await,
            Effect::IgnoreAfter => remove_cursor(&mut request),
            _ => {}
        }
    }
    let mut response = handle(request).await;
    for effect in plan.effects {
        response = match effect {
            Effect::Respond(error) => return error.response(),
            Effect::Cut(Stage::AfterCommit) => return wire::cut(),
            Effect::Stall(Stage::AfterCommit, time) => return stalled(*time).await,
            Effect::Cut(Stage::Within(bytes)) => wire::broken(response, *bytes, wire::Interruption::Cut),
            Effect::Stall(Stage::Within(bytes), _) => wire::broken(response, *bytes, wire::Interruption::Stall),
            Effect::Slow(pause) => wire::slow(response, *pause),
            Effect::EndlessHasMore => alter::endless(response).await,
            Effect::WrongObject(name) => alter::renamed(response, name).await,
            Effect::Missing(members) => alter::lacking(response, members).await,
            _ => response,
        };
    }
    response
}

/// Waits for `time`, or without a limit until the caller disconnects, which drops this future.
async fn stalled(time: Option<Duration>) -> Response {
    match time {
        Some(time) => sleep(time).await,
        None => std::future::pending().await,
    }
    wire::cut()
}

/// Removes the cursor from the query of a request.
fn remove_cursor(request: &mut Request) {
    let uri = request.uri();
    let Some(query) = uri.query() else { return };
    let kept: Vec<&str> = query.split('&').filter(|pair| crate::http::query_pair(pair).0 != "after").collect();
    let target = format!("{}?{}", uri.path(), kept.join("&"));
    if let Ok(uri) = target.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
}
