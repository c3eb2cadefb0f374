//! A stream as the body of a response: when to poll, when to send a heartbeat, and when to end.

use super::Follower;
use crate::api::{Dialect, Kind};
use crate::serve::App;
use crate::serve::error::Refused;
use crate::serve::json::{Answer, Json};
use crate::serve::pubsub::{Follow, News};
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

/// The minimum and maximum pause between two polls of a run that another process works on. The pause grows while
/// nothing happens.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(250));
/// The pause if this process works on the run, because it is then notified of all its own changes.
const PAUSE_WITH_NEWS: Duration = Duration::from_secs(1);
/// The number of consecutive store errors after which the stream ends.
const FAILURES: u32 = 20;
/// The number of buffered bytes from which they are sent before more events are added.
const MOUTHFUL: usize = 64 * 1024;

/// The result of an endpoint that may be asked for a stream.
#[derive(Debug)]
pub(in crate::serve) enum Told {
    Once(Json),
    /// The stream of a run. The notifications must begin before the run is queued.
    Stream(Box<Follower>, App, Follow),
}

impl Answer for Told {
    fn spoken(self, dialect: Dialect, kind: Kind) -> Response {
        match self {
            Self::Once(json) => json.spoken(dialect, kind),
            Self::Stream(follower, app, news) => {
                let standing = Standing::new(*follower, app, news);
                let body = Body::from_stream(stream::unfold(standing, |mut standing| async move {
                    Some((Ok::<Bytes, Infallible>(standing.next().await?), standing))
                }));
                let headers = [(CONTENT_TYPE, "text/event-stream; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
                (headers, body).into_response()
            }
        }
    }
}

/// The reason why a stream stops waiting.
enum Woken {
    News(News),
    InTime,
    ToEnd,
}

/// A stream that a caller reads.
struct Standing {
    follower: Follower,
    news: Follow,
    ending: watch::Receiver<bool>,
    app: App,
    pause: Duration,
    failures: u32,
    /// The time at which something was last sent.
    sent: Instant,
}

impl Standing {
    fn new(follower: Follower, app: App, news: Follow) -> Self {
        let ending = app.ending.clone();
        Self { follower, news, ending, app, pause: PAUSES.0, failures: 0, sent: Instant::now() }
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
            let pause = if self.app.engine.works_on(&self.follower.run) { PAUSE_WITH_NEWS } else { self.pause };
            let woken = tokio::select! {
                // The order matters: notifications come before the state that later polls find.
                biased;
                // If the sender was dropped, the server runs on.
                Ok(_) = self.ending.wait_for(|ending| *ending) => Woken::ToEnd,
                news = self.news.next() => Woken::News(news),
                () = sleep(pause) => Woken::InTime,
            };
            let went_on = match woken {
                Woken::News(news) => self.hear(news).await,
                Woken::InTime => self.poll().await,
                Woken::ToEnd => self.end().await,
            };
            self.mind(went_on);
        }
    }

    async fn hear(&mut self, news: News) -> Result<(), Refused> {
        self.follower.hear(news).await?;
        while self.follower.events.out.len() < MOUTHFUL
            && let Some(news) = self.news.waiting()
        {
            self.follower.hear(news).await?;
        }
        Ok(())
    }

    async fn poll(&mut self) -> Result<(), Refused> {
        self.pause = if self.follower.poll().await? { PAUSES.0 } else { (self.pause * 3 / 2).min(PAUSES.1) };
        if self.sent.elapsed() >= self.app.settings.heartbeat && self.follower.events.out.is_empty() {
            self.follower.events.comment("the run goes on");
        }
        Ok(())
    }

    /// Sends the events that have happened so far, and ends the stream. If the run has not ended, no final event is
    /// sent. The caller must then retrieve the run, which continues elsewhere or later.
    async fn end(&mut self) -> Result<(), Refused> {
        let mut heard = Ok(());
        while let Some(news) = self.news.waiting() {
            heard = heard.and(self.follower.hear(news).await);
        }
        heard = heard.and(self.follower.poll().await.map(drop));
        self.follower.ended = true;
        heard
    }

    /// Counts consecutive store errors, and ends the stream after too many.
    fn mind(&mut self, went_on: Result<(), Refused>) {
        match went_on {
            Ok(()) => self.failures = 0,
            Err(refused) => {
                self.failures += 1;
                if self.failures >= FAILURES {
                    self.follower.fail(&refused);
                    (self.app.settings.report)(&format!("the stream of {}: {}", self.follower.run, refused.told()));
                }
            }
        }
    }
}
