//! The response with the stream of a run. It decides when to read the store, when to send a heartbeat, and when to end.

use super::follower::Follower;
use crate::api::{Dialect, Kind};
use crate::serve::error::ErrorResponse;
use crate::serve::pubsub::{Notification, Subscription};
use crate::serve::response::{JsonResponse, RouteResponse};
use crate::serve::state::AppState;
use axum::{
    body::{Body, Bytes},
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

/// The minimum and maximum pause between two reads of a run that another process executes. The pause grows while
/// nothing changes.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(250));
/// The pause if this process executes the run. It can be long, because notifications report all changes of this
/// process.
const PAUSE_WITH_NOTIFICATIONS: Duration = Duration::from_secs(1);
/// The number of consecutive store errors after which the stream ends.
const MAX_FAILURES: u32 = 20;
/// The number of buffered bytes at which the buffer is sent before further events are added.
const CHUNK_BYTES: usize = 64 * 1024;

/// The response of an endpoint that can return a stream.
#[derive(Debug)]
pub(in crate::serve) enum RunResponse {
    Object(JsonResponse),
    /// The stream of a run. The subscription must begin before the run is queued.
    Stream(Box<Follower>, AppState, Subscription),
}

impl RouteResponse for RunResponse {
    fn into_http(self, dialect: Dialect, kind: Kind) -> Response {
        match self {
            Self::Object(json) => json.into_http(dialect, kind),
            Self::Stream(follower, state, subscription) => {
                let stream = RunStream::new(*follower, state, subscription);
                let body = Body::from_stream(stream::unfold(stream, |mut stream| async move {
                    Some((Ok::<Bytes, Infallible>(stream.next().await?), stream))
                }));
                let headers = [(CONTENT_TYPE, "text/event-stream; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
                (headers, body).into_response()
            }
        }
    }
}

/// The reason why a stream stops waiting.
enum Wakeup {
    Notified(Notification),
    PauseOver,
    ServerEnds,
}

/// The stream of a run that a caller reads.
struct RunStream {
    follower: Follower,
    subscription: Subscription,
    ending: watch::Receiver<bool>,
    state: AppState,
    pause: Duration,
    failures: u32,
    /// The time at which something was last sent.
    sent: Instant,
}

impl RunStream {
    fn new(follower: Follower, state: AppState, subscription: Subscription) -> Self {
        let ending = state.ending.clone();
        Self { follower, subscription, ending, state, pause: PAUSES.0, failures: 0, sent: Instant::now() }
    }

    /// Returns the next bytes, or `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let out = &mut self.follower.events.out;
            if !out.is_empty() {
                self.sent = Instant::now();
                return Some(std::mem::take(out).into());
            }
            if self.follower.ended {
                return None;
            }
            let notified = self.state.engine.works_on(&self.follower.run);
            let pause = if notified { PAUSE_WITH_NOTIFICATIONS } else { self.pause };
            let wakeup = tokio::select! {
                // Checked in this order, so that pending notifications are handled before the store is read again.
                biased;
                // If the sender was dropped, this branch is disabled, and the stream continues.
                Ok(_) = self.ending.wait_for(|ending| *ending) => Wakeup::ServerEnds,
                notification = self.subscription.next() => Wakeup::Notified(notification),
                () = sleep(pause) => Wakeup::PauseOver,
            };
            let result = match wakeup {
                Wakeup::Notified(notification) => self.notified(notification).await,
                Wakeup::PauseOver => self.poll().await,
                Wakeup::ServerEnds => self.end().await,
            };
            self.count_failure(result);
        }
    }

    async fn notified(&mut self, notification: Notification) -> Result<(), ErrorResponse> {
        self.follower.notified(notification).await?;
        while self.follower.events.out.len() < CHUNK_BYTES
            && let Some(notification) = self.subscription.try_next()
        {
            self.follower.notified(notification).await?;
        }
        Ok(())
    }

    async fn poll(&mut self) -> Result<(), ErrorResponse> {
        self.pause = if self.follower.poll().await? { PAUSES.0 } else { (self.pause * 3 / 2).min(PAUSES.1) };
        if self.sent.elapsed() >= self.state.settings.heartbeat && self.follower.events.out.is_empty() {
            self.follower.events.comment("heartbeat");
        }
        Ok(())
    }

    /// Sends the events that have happened so far, and ends the stream because the server ends. If the run has not
    /// ended, no final event is sent, and the caller must retrieve the run later.
    async fn end(&mut self) -> Result<(), ErrorResponse> {
        let mut result = Ok(());
        while let Some(notification) = self.subscription.try_next() {
            result = result.and(self.follower.notified(notification).await);
        }
        result = result.and(self.follower.poll().await.map(drop));
        self.follower.ended = true;
        result
    }

    /// Counts consecutive store errors, and ends the stream after too many.
    fn count_failure(&mut self, result: Result<(), ErrorResponse>) {
        match result {
            Ok(()) => self.failures = 0,
            Err(error) => {
                self.failures += 1;
                if self.failures >= MAX_FAILURES {
                    self.follower.fail(&error);
                    let text = format!("stream of run {}: {}", self.follower.run, error.into_report());
                    (self.state.settings.report)(&text);
                }
            }
        }
    }
}
