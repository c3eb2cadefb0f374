//! The streaming of a run. Events are recorded before they are shown. The run is polled if the stream is cut.

use super::{Following, Voice, known_before, stands};
use crate::api::Kind;
use crate::api::stream::{Broken, Of, Said};
use crate::app::record::Record;
use crate::app::{App, Call};
use crate::client::{ClientError, EventStream, Reply, Streamed, id_of};
use crate::exit::CallFailed;
use crate::http::{Sent, TransportError};
use crate::json;
use crate::ui::WaitPriority;
use anyhow::Result;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout_at;

/// How long to read after the run has ended. Some servers neither send a final event nor close the connection.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A request whose response is a stream of events.
struct Streaming<'a> {
    app: &'a App,
    call: Call,
    events: Box<EventStream>,
    /// The record of the request. It stays open, with its intent, until the run was received.
    record: Option<Record<'a>>,
}

enum Opened<'a> {
    Events(Box<Streaming<'a>>),
    Whole(Reply),
}

async fn open_stream(app: &App, mut call: Call) -> Result<Opened<'_>> {
    app.check(&call)?;
    let session = app.session().await?;
    let record = app.record(&session.origin, &mut call).await?;
    match session.stream(&call).await {
        Ok(Streamed::Events(events)) => {
            Ok(Opened::Events(Box::new(Streaming { app, call, events, record: Some(record) })))
        }
        Ok(Streamed::Whole(reply)) => {
            record.done(&call, &reply).await;
            Ok(Opened::Whole(reply))
        }
        Err(error) => {
            record.failed(&call, &error).await;
            Err(app.explain(&call, error).await.into())
        }
    }
}

impl Streaming<'_> {
    /// Returns the next event of the current chunk. The objects that it introduces are recorded durably first.
    async fn next(&mut self) -> Result<Option<Said<'_>>, ClientError> {
        let request_id = self.events.request_id.clone();
        let Some(event) = self.events.next()? else { return Ok(None) };
        let said = event.said();
        if let (Some(record), Said::Event { name, data }) = (&self.record, &said) {
            let of = Of::named(name);
            if matches!(of, Of::Thread | Of::Run)
                && let Ok(value) = json::read(data.as_ref())
                && id_of(&value).is_some()
            {
                let reply = Reply { value, request_id, ..Reply::default() };
                if of == Of::Thread {
                    record.part(Kind::Thread, &reply).await;
                } else if let Some(record) = self.record.take() {
                    record.done(&self.call, &reply).await;
                }
            }
        }
        Ok(Some(said))
    }

    /// Records that the stream ended before it named the run, and returns the error.
    async fn failed(mut self, error: ClientError) -> CallFailed {
        let certain = matches!(&error, ClientError::StreamFailed(broken) if broken.is_refusal() || broken.is_limit());
        let error = if certain { error } else { ClientError::OutcomeUnknown(Box::new(error)) };
        if let Some(record) = self.record.take() {
            record.failed(&self.call, &error).await;
        }
        self.app.explain(&self.call, error).await
    }
}

/// The end of a stream.
enum End {
    /// The stream ended with its final event.
    Done,
    /// The connection was closed without a final event.
    Closed,
    Cut(ClientError),
    Broken(Broken),
}

impl Following<'_> {
    /// Sends a request with a streaming response, and returns the run as its last event describes it.
    pub(super) async fn stream(&mut self, call: Call, voice: &mut Voice) -> Result<Value> {
        let mut run = known_before(&call);
        let ids = call.ids.clone();
        let mut streaming = match open_stream(self.app, call).await? {
            Opened::Events(streaming) => streaming,
            Opened::Whole(reply) => {
                self.app.ui().note("the backend does not stream this; the run is polled");
                self.polls.heard(reply.poll_after);
                self.streamed = false;
                return Ok(self.know(reply.value, &ids));
            }
        };
        let end = self.read(&mut streaming, &mut run, voice).await?;
        match (run, end) {
            (Some(run), _) if stands(&run) => Ok(run),
            (Some(run), End::Broken(broken)) => {
                let (thread, id) = (&run["thread_id"], &run["id"]);
                let hint = thread
                    .as_str()
                    .zip(id.as_str())
                    .map(|(thread, id)| format!("the run may go on: `asst runs wait {thread} {id}` tells how it ends"));
                let mut failed = self.app.explain(&streaming.call, ClientError::StreamFailed(Box::new(broken))).await;
                failed.tried = format!("stream run {}", id.as_str().unwrap_or_default());
                failed.hint = hint;
                Err(failed.into())
            }
            (Some(run), end) => {
                self.streamed = false;
                let why = match end {
                    End::Cut(error) => format!("was cut ({})", error.causes().join(": ")),
                    _ => "ended before the run did".to_owned(),
                };
                let name = |member: &str| run[member].as_str().unwrap_or_default().to_owned();
                let (id, thread) = (name("id"), name("thread_id"));
                self.app.ui().warn(&format!("the stream of run {id} of {thread} {why}; the run is polled from here"));
                Ok(run)
            }
            (None, End::Broken(broken)) => {
                Err(streaming.failed(ClientError::StreamFailed(Box::new(broken))).await.into())
            }
            (None, End::Cut(error)) => Err(streaming.failed(error).await.into()),
            (None, End::Done | End::Closed) => {
                let reason = "the stream ended without the run".to_owned();
                let request_id = streaming.events.request_id.clone();
                Err(streaming.failed(ClientError::InvalidResponse { reason, request_id }).await.into())
            }
        }
    }

    /// Reads all events of the stream, and passes them to the output chunk by chunk.
    async fn read(&mut self, streaming: &mut Streaming<'_>, run: &mut Option<Value>, voice: &mut Voice) -> Result<End> {
        let (waits, watch) = (self.app.waits().clone(), self.watch);
        loop {
            let more = waits.during(WaitPriority::Notable, || watch.described(), streaming.events.read_chunk());
            let piece = if run.as_ref().is_some_and(stands) {
                tokio::time::timeout(LAST_WORDS, more).await.unwrap_or(Ok(false))
            } else {
                match run.as_ref() {
                    Some(known) => self.by_deadline(known, async { Ok(more.await) }).await?,
                    // The intent stays open, so that a created run is not lost.
                    None => self.unnamed(more).await,
                }
            };
            match piece {
                Ok(true) => {}
                Ok(false) => return Ok(End::Closed),
                Err(error) => return Ok(End::Cut(error)),
            }
            let end = self.hear(streaming, run, voice).await;
            // Show the received events, even if a later event in the chunk is an error.
            voice.flush()?;
            if let Some(end) = end? {
                return Ok(end);
            }
        }
    }

    /// Waits for a chunk of a stream that has not named its run yet, until the deadline.
    async fn unnamed(&self, piece: impl Future<Output = Result<bool, ClientError>>) -> Result<bool, ClientError> {
        let Some(deadline) = self.deadline else { return piece.await };
        let late = || ClientError::Unreachable(TransportError::Deadline { sent: Sent::Maybe });
        timeout_at(deadline, piece).await.unwrap_or_else(|_| Err(late()))
    }

    /// Passes the events of one chunk to the output.
    async fn hear(
        &mut self,
        streaming: &mut Streaming<'_>,
        run: &mut Option<Value>,
        voice: &mut Voice,
    ) -> Result<Option<End>> {
        let ids = streaming.call.ids.clone();
        loop {
            match streaming.next().await {
                Ok(None) => return Ok(None),
                Ok(Some(Said::Event { name, data })) => {
                    if Of::named(&name) == Of::Run
                        && let Ok(value) = json::read(data.as_ref())
                        && let run_now = self.know(value, &ids)
                        && run_now["id"].is_string()
                    {
                        *run = Some(run_now);
                    }
                    voice.hear(&name, &data)?;
                }
                Ok(Some(Said::Done)) => {
                    voice.done()?;
                    return Ok(Some(End::Done));
                }
                Ok(Some(Said::Error(broken))) => {
                    voice.broken(&broken)?;
                    return Ok(Some(End::Broken(broken)));
                }
                Err(error) => return Ok(Some(End::Cut(error))),
            }
        }
    }
}
