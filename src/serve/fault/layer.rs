//! The layer that applies faults to requests before they are handled, and to responses afterwards.

use super::{Effect, Faults, Stage, alter, wire};
use axum::extract::Request;
use axum::http::Uri;
use axum::response::Response;
use std::time::Duration;
use tokio::time::sleep;

/// Handles a request with the faults applied.
pub(in crate::serve) async fn handle_with_faults<F, R>(faults: &Faults, mut request: Request, handle: F) -> Response
where
    F: FnOnce(Request) -> R,
    R: Future<Output = Response>,
{
    let chosen = faults.choose(&request);
    if !chosen.latency.is_zero() {
        sleep(chosen.latency).await;
    }
    for effect in &chosen.effects {
        match effect {
            Effect::Respond(error) if !error.after_commit => return error.response(),
            Effect::Cut(Stage::Before) => return wire::closed_connection(),
            Effect::Stall(Stage::Before, time) => return stalled(*time).await,
            Effect::IgnoreAfter => remove_cursor(&mut request),
            _ => {}
        }
    }
    let mut response = handle(request).await;
    for effect in chosen.effects {
        response = match effect {
            Effect::Respond(error) => return error.response(),
            Effect::Cut(Stage::AfterCommit) => return wire::closed_connection(),
            Effect::Stall(Stage::AfterCommit, time) => return stalled(*time).await,
            Effect::Cut(Stage::Within(bytes)) => wire::interrupted(response, *bytes, wire::Interruption::Cut),
            Effect::Stall(Stage::Within(bytes), _) => wire::interrupted(response, *bytes, wire::Interruption::Stall),
            Effect::Slow(pause) => wire::slow(response, *pause),
            Effect::EndlessHasMore => alter::with_more_pages(response).await,
            Effect::WrongObject(name) => alter::with_object_type(response, name).await,
            Effect::Missing(members) => alter::without_members(response, members).await,
            _ => response,
        };
    }
    response
}

/// Waits for `time`, then closes the connection. Without `time`, waits until the caller disconnects, which drops this
/// future.
async fn stalled(time: Option<Duration>) -> Response {
    match time {
        Some(time) => sleep(time).await,
        None => std::future::pending().await,
    }
    wire::closed_connection()
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
