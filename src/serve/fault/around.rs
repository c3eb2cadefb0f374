//! The fault layer around the routes. It acts on a request before it is handled, and on the response afterwards.

use super::{Deed, Faults, Moment, alter, wire};
use axum::extract::Request;
use axum::http::Uri;
use axum::response::Response;
use std::time::Duration;
use tokio::time::sleep;

/// Handles a request with the faults applied.
pub(in crate::serve) async fn around<F, R>(faults: &Faults, mut request: Request, answer: F) -> Response
where
    F: FnOnce(Request) -> R,
    R: Future<Output = Response>,
{
    let plan = faults.plan(&request);
    if !plan.latency.is_zero() {
        sleep(plan.latency).await;
    }
    for deed in &plan.deeds {
        match deed {
            Deed::Refuse(refusal) if !refusal.after_commit => return refusal.answer(),
            Deed::Cut(Moment::Before) => return wire::cut(),
            Deed::Stall(Moment::Before, time) => return stalled(*time).await,
            Deed::IgnoreAfter => forget_cursor(&mut request),
            _ => {}
        }
    }
    let mut response = answer(request).await;
    for deed in plan.deeds {
        response = match deed {
            Deed::Refuse(refusal) => return refusal.answer(),
            Deed::Cut(Moment::AfterCommit) => return wire::cut(),
            Deed::Stall(Moment::AfterCommit, time) => return stalled(*time).await,
            Deed::Cut(Moment::Within(bytes)) => wire::broken(response, *bytes, wire::End::Cut),
            Deed::Stall(Moment::Within(bytes), _) => wire::broken(response, *bytes, wire::End::Stall),
            Deed::Slow(pause) => wire::slow(response, *pause),
            Deed::EndlessHasMore => alter::endless(response).await,
            Deed::WrongObject(name) => alter::renamed(response, name).await,
            Deed::Missing(members) => alter::lacking(response, members).await,
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
fn forget_cursor(request: &mut Request) {
    let uri = request.uri();
    let Some(query) = uri.query() else { return };
    let kept: Vec<&str> = query.split('&').filter(|pair| crate::http::query_pair(pair).0 != "after").collect();
    let target = format!("{}?{}", uri.path(), kept.join("&"));
    if let Ok(uri) = target.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
}
