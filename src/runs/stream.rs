//! The streaming of a round. The objects in events are recorded before the events are shown. If the stream ends too
//! early, the caller polls the run.

use super::describe::{describe_run, wait_hint};
use super::follower::RunFollower;
use super::output::RunOutput;
use super::run::{has_stopped, run_in_request};
use crate::api::Kind;
use crate::api::objects::Run;
use crate::api::stream::{EventObject, StreamError, StreamEvent};
use crate::app::record::CallRecord;
use crate::app::{App, Call};
use crate::client::{ApiResponse, ClientError, EventStream, StreamResponse, id_of};
use crate::exit::CallFailed;
use crate::http::{Sent, TransportError};
use crate::json;
use crate::ui::WaitPriority;
use anyhow::Result;
use std::time::Duration;
use tokio::time::timeout_at;

/// How long to read after the run has ended. Some servers neither send a final event nor close the connection.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// A request with its response, which is a stream of events.
struct StreamedRound<'a> {
    app: &'a App,
    call: Call,
    events: Box<EventStream>,
    /// The record of the request. It stays open, with its intent, until an event contains the run.
    record: Option<CallRecord<'a>>,
}

/// The response to a request for a stream.
enum RoundResponse<'a> {
    Stream(Box<StreamedRound<'a>>),
    /// The run, from a backend that does not stream.
    Run(ApiResponse),
}

/// The end of a stream.
enum StreamEnd {
    /// The stream ended with the event `done`.
    Done,
    /// The connection was closed without the event `done`.
    Closed,
    /// The connection failed, or the stream was not valid.
    Cut(ClientError),
    /// The server sent an error event.
    Error(StreamError),
}

impl<'a> StreamedRound<'a> {
    /// Sends a request. Records the outcome, unless the response is a stream, whose outcome is not known yet.
    async fn open(app: &'a App, mut call: Call) -> Result<RoundResponse<'a>> {
        app.check(&call)?;
        let session = app.session().await?;
        let record = app.record(&session.origin, &mut call).await?;
        match session.stream(&call).await {
            Ok(StreamResponse::Events(events)) => {
                Ok(RoundResponse::Stream(Box::new(Self { app, call, events, record: Some(record) })))
            }
            Ok(StreamResponse::Whole(reply)) => {
                record.done(&call, &reply).await;
                Ok(RoundResponse::Run(reply))
            }
            Err(error) => {
                record.failed(&call, &error).await;
                Err(app.explain(&call, error).await.into())
            }
        }
    }

    /// Returns the next event of the current chunk. If it contains the run or its new thread, records that object
    /// first.
    async fn next(&mut self) -> Result<Option<StreamEvent<'_>>, ClientError> {
        let request_id = self.events.request_id.clone();
        let Some(event) = self.events.next()? else { return Ok(None) };
        let event = event.interpret();
        if let (Some(record), StreamEvent::Event { name, data }) = (&self.record, &event) {
            let kind = EventObject::named(name);
            if matches!(kind, EventObject::Thread | EventObject::Run)
                && let Ok(value) = json::read(data.as_ref())
                && id_of(&value).is_some()
            {
                let reply = ApiResponse { value, request_id, ..ApiResponse::default() };
                if kind == EventObject::Thread {
                    record.part(Kind::Thread, &reply).await;
                } else if let Some(record) = self.record.take() {
                    record.done(&self.call, &reply).await;
                }
            }
        }
        Ok(Some(event))
    }

    /// Records that the stream ended before an event contained the run, and returns the error.
    async fn failed(mut self, error: ClientError) -> CallFailed {
        let is_certain =
            matches!(&error, ClientError::StreamFailed(broken) if broken.is_refusal() || broken.is_limit());
        let error = if is_certain { error } else { ClientError::OutcomeUnknown(Box::new(error)) };
        if let Some(record) = self.record.take() {
            record.failed(&self.call, &error).await;
        }
        self.app.explain(&self.call, error).await
    }
}

impl RunFollower<'_> {
    /// Sends a request with a streaming response, and returns the run as its last event describes it.
    pub(super) async fn stream(&mut self, call: Call, output: &mut RunOutput) -> Result<Run> {
        let mut run = run_in_request(&call);
        let ids = call.ids.clone();
        let mut stream = match StreamedRound::open(self.app, call).await? {
            RoundResponse::Stream(stream) => stream,
            RoundResponse::Run(reply) => {
                self.app.ui().note("the backend does not stream this response; polling the run instead");
                self.schedule.set_server_pause(reply.poll_after);
                self.is_streamed = false;
                return Ok(self.update(reply.value, &ids));
            }
        };
        let end = self.read(&mut stream, &mut run, output).await?;
        match (run, end) {
            (Some(run), _) if has_stopped(&run) => Ok(run),
            (Some(run), StreamEnd::Error(error)) => {
                let mut failed = self.app.explain(&stream.call, ClientError::StreamFailed(Box::new(error))).await;
                failed.tried = format!("stream run {}", run.id().or_default());
                failed.hint = wait_hint(&run).map(|hint| format!("the run may continue; {hint}"));
                Err(failed.into())
            }
            (Some(run), end) => {
                self.is_streamed = false;
                let cause = match end {
                    StreamEnd::Cut(error) => format!("was cut ({})", error.causes().join(": ")),
                    _ => "ended before the run did".to_owned(),
                };
                self.app.ui().warn(&format!("the stream of {} {cause}; polling the run instead", describe_run(&run)));
                Ok(run)
            }
            (None, StreamEnd::Error(error)) => {
                Err(stream.failed(ClientError::StreamFailed(Box::new(error))).await.into())
            }
            (None, StreamEnd::Cut(error)) => Err(stream.failed(error).await.into()),
            (None, StreamEnd::Done | StreamEnd::Closed) => {
                let reason = "the stream ended before an event contained the run".to_owned();
                let request_id = stream.events.request_id.clone();
                Err(stream.failed(ClientError::InvalidResponse { reason, request_id }).await.into())
            }
        }
    }

    /// Reads all events of the stream, and passes them to the output chunk by chunk.
    async fn read(
        &mut self,
        stream: &mut StreamedRound<'_>,
        run: &mut Option<Run>,
        output: &mut RunOutput,
    ) -> Result<StreamEnd> {
        let (status_line, runs) = (self.app.waits().clone(), self.runs);
        loop {
            let more = status_line.during(WaitPriority::Notable, || runs.describe(), stream.events.read_chunk());
            let chunk = match run.as_ref() {
                Some(run) if has_stopped(run) => tokio::time::timeout(DRAIN_TIMEOUT, more).await.unwrap_or(Ok(false)),
                Some(run) => self.before_deadline(run, async { Ok(more.await) }).await?,
                // No event contained the run yet, so the intent stays open in case of an error.
                None => self.before_run(more).await,
            };
            match chunk {
                Ok(true) => {}
                Ok(false) => return Ok(StreamEnd::Closed),
                Err(error) => return Ok(StreamEnd::Cut(error)),
            }
            let end = self.pass_events(stream, run, output).await;
            // The received events are shown even if a later event in the chunk is an error.
            output.flush()?;
            if let Some(end) = end? {
                return Ok(end);
            }
        }
    }

    /// Waits for a chunk until the deadline. For a stream in which no event has contained the run yet.
    async fn before_run(&self, chunk: impl Future<Output = Result<bool, ClientError>>) -> Result<bool, ClientError> {
        let Some(deadline) = self.deadline else { return chunk.await };
        let late = || ClientError::Unreachable(TransportError::Deadline { sent: Sent::Maybe });
        timeout_at(deadline, chunk).await.unwrap_or_else(|_| Err(late()))
    }

    /// Passes the events of one chunk to the output. Returns how the stream ended if the chunk contains its end.
    async fn pass_events(
        &mut self,
        stream: &mut StreamedRound<'_>,
        run: &mut Option<Run>,
        output: &mut RunOutput,
    ) -> Result<Option<StreamEnd>> {
        let ids = stream.call.ids.clone();
        loop {
            match stream.next().await {
                Ok(None) => return Ok(None),
                Ok(Some(StreamEvent::Event { name, data })) => {
                    if EventObject::named(&name) == EventObject::Run
                        && let Ok(value) = json::read(data.as_ref())
                    {
                        let now = self.update(value, &ids);
                        if now.id().valid().is_some() {
                            *run = Some(now);
                        }
                    }
                    output.event(&name, &data)?;
                }
                Ok(Some(StreamEvent::Done)) => {
                    output.done()?;
                    return Ok(Some(StreamEnd::Done));
                }
                Ok(Some(StreamEvent::Error(error))) => {
                    output.error(&error)?;
                    return Ok(Some(StreamEnd::Error(error)));
                }
                Err(error) => return Ok(Some(StreamEnd::Cut(error))),
            }
        }
    }
}
