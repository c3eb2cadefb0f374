//! The recording of the requests that a program sends (`asst record`). Connects the proxy, which forwards the requests,
//! to the client and the ledger of this command.

use super::child_env::{self, RecordedTarget};
use super::record::CallRecord;
use super::record_context::{RecordContext, lock};
use super::record_entries::created_ids;
use super::{App, Call};
use crate::api::{Kind, ResponseShape, Spec};
use crate::client::retry::{self, RetryDecision, RetryPolicy};
use crate::client::{ApiError, ApiResponse, ClientError, Payload, Request};
use crate::env::{clock, random, secrets, vars};
use crate::http::{self, Sent, Transport, TransportError};
use crate::ledger::Source;
use crate::proxy::{self, Proxy, RecordedRequest, RecorderFuture, RequestOutcome};
use anyhow::{Context, Result};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long to wait for requests in flight after the program has ended.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// An object, by kind and ID.
pub type ObjectRef = (Kind, String);

/// The result of a recording.
#[derive(Debug, Clone, Default)]
pub struct RecordingResult {
    /// The created objects, in the order of their creation.
    pub created: Vec<ObjectRef>,
    pub deleted: Vec<ObjectRef>,
    /// The objects that ended without being deleted, such as completed uploads.
    pub ended: Vec<ObjectRef>,
    /// The thread of each run, and the vector store of each file batch. The backend deletes a run or a batch with it.
    pub parents: HashMap<String, String>,
    /// The intents whose outcome is unknown.
    pub open: Vec<String>,
}

impl RecordingResult {
    /// Returns the objects that were created and may still exist.
    pub fn left(&self) -> Vec<ObjectRef> {
        let gone: HashSet<&ObjectRef> = self.deleted.iter().chain(&self.ended).collect();
        self.created.iter().filter(|object| !gone.contains(object)).cloned().collect()
    }
}

/// A recording in progress.
pub struct ActiveRecording {
    proxy: Proxy,
    recorder: Arc<SessionRecorder>,
    key: String,
    session: String,
}

/// The recorder that the proxy calls for each request.
struct SessionRecorder {
    context: RecordContext,
    result: Mutex<RecordingResult>,
}

impl App {
    /// Starts a recording: a proxy to the backend of the profile. Recorded rows carry the ID `session` in their
    /// provenance.
    pub async fn start_recording(&self, session: &str) -> Result<ActiveRecording> {
        let backend = self.session().await?;
        let context = self.record_context(&backend.origin, Source::Recorded, Some(session))?;
        // The proxy forwards requests unchanged, so it must not add intents to their metadata.
        let context = RecordContext { mark_intents: false, ..context };
        let recorder = Arc::new(SessionRecorder { context, result: Mutex::default() });
        let (client, renewing_client) = (backend.client.clone(), backend.client.clone());
        let key = random::alphanumeric(40);
        secrets::add(&key);
        let proxy = proxy::start(proxy::ProxySettings {
            key: SecretString::from(key.clone()),
            transport: Transport::new(http::TransportSettings {
                decode: false,
                ..self.profile()?.transport(self.tracer())
            }),
            address: Arc::new(move |method, path, query| {
                client.forwarded_request(method, path, query).map_err(|error| error.to_string())
            }),
            base_path: backend.client.base_path(),
            renew: Arc::new(move |refused| renewing_client.renew(refused)),
            recorder: Arc::clone(&recorder) as Arc<dyn proxy::Recorder>,
        });
        let proxy = proxy.context("could not listen on loopback")?;
        Ok(ActiveRecording { proxy, recorder, key, session: session.to_owned() })
    }

    /// Returns the environment variables that direct a program to the proxy. A variable with `None` must be removed,
    /// because it would make the program bypass the proxy.
    pub fn recording_variables(&self, recording: &ActiveRecording) -> Result<Vec<(&'static str, Option<String>)>> {
        let ActiveRecording { proxy, recorder, key, session } = recording;
        let target = RecordedTarget { session, origin: &recorder.context.origin, address: proxy.address(), key };
        Ok(child_env::variables(self.profile()?, target, &vars::get))
    }
}

impl ActiveRecording {
    /// Ends the recording and returns its result. Waits at most 10 s for requests in flight.
    pub async fn end(self) -> RecordingResult {
        let all_ended = self.proxy.stop(STOP_TIMEOUT).await;
        let mut result = lock(&self.recorder.result).clone();
        if !all_ended {
            for intent in self.recorder.context.record_state.take_open() {
                warn_open_intent(&self.recorder.context, &intent);
                result.open.push(intent);
            }
        }
        result
    }
}

fn warn_open_intent(context: &RecordContext, intent: &str) {
    context.ui.warn_always(&format!(
        "the command ended during a create request; intent {intent} stays open: run `asst ledger doctor` for its \
        outcome"
    ));
}

impl proxy::Recorder for SessionRecorder {
    fn begin(
        self: Arc<Self>,
        recorded: RecordedRequest,
    ) -> RecorderFuture<'static, Result<Box<dyn proxy::RequestRecord>, String>> {
        Box::pin(async move {
            let payload = recorded.body.map_or(Payload::None, Payload::Json);
            let request = Request::new(recorded.spec, String::new(), Vec::new(), payload);
            let mut call = Call::raw(recorded.spec, recorded.ids, request);
            let record = CallRecord::open(&self.context, &mut call).await.map_err(|error| format!("{error:#}"))?;
            let (intent, started) = (record.intent, record.started);
            Ok(Box::new(TrackedRequest { recorder: self, call, intent, started }) as Box<dyn proxy::RequestRecord>)
        })
    }

    fn unrecognised(
        self: Arc<Self>,
        path: String,
        kind: Kind,
        object: Value,
        request_id: Option<String>,
    ) -> RecorderFuture<'static, ()> {
        Box::pin(async move {
            let reply = ApiResponse { value: object, request_id, ..ApiResponse::default() };
            let Some(id) = reply.id() else { return };
            CallRecord { context: &self.context, intent: None, started: clock::now() }
                .observed(kind, &id, &reply)
                .await;
            self.context.ui.warn_always(&format!(
                "POST {path} is not a known endpoint, and its response contains {kind} {id}; --cleanup does not delete it"
            ));
        })
    }
}

/// A request of the program in flight, with its record. The proxy keeps it even if the program disconnects before the
/// response.
struct TrackedRequest {
    recorder: Arc<SessionRecorder>,
    call: Call,
    intent: Option<String>,
    started: i64,
}

impl proxy::RequestRecord for TrackedRequest {
    fn part(&mut self, kind: Kind, object: Value, request_id: Option<String>) -> RecorderFuture<'_, ()> {
        let reply = ApiResponse { value: object, request_id, ..ApiResponse::default() };
        if self.call.spec.creates().is_some()
            && let Some(id) = reply.id()
        {
            self.recorder.created(vec![(kind, id)]);
        }
        Box::pin(async move {
            if self.call.spec.creates().is_some() {
                self.record().part(kind, &reply).await;
            }
        })
    }

    fn end(self: Box<Self>, ending: RequestOutcome) -> RecorderFuture<'static, ()> {
        Box::pin(async move {
            match self.validated_response(ending) {
                Ok(reply) => {
                    self.add_to_result(&reply);
                    self.record().done(&self.call, &reply).await;
                }
                Err(error) => {
                    if let (Some(intent), ClientError::OutcomeUnknown(_)) = (&self.intent, &error) {
                        lock(&self.recorder.result).open.push(intent.clone());
                    }
                    self.record().failed(&self.call, &error).await;
                }
            }
        })
    }
}

impl TrackedRequest {
    fn record(&self) -> CallRecord<'_> {
        CallRecord { context: &self.recorder.context, intent: self.intent.clone(), started: self.started }
    }

    /// Returns the response if it has the form that its endpoint requires. Otherwise returns an error, which states
    /// whether the request may have been executed.
    fn validated_response(&self, ending: RequestOutcome) -> Result<ApiResponse, ClientError> {
        let spec = self.call.spec;
        let invalid = |reason: String| {
            let error = ClientError::InvalidResponse { reason, request_id: None };
            if spec.creates().is_some() { ClientError::OutcomeUnknown(Box::new(error)) } else { error }
        };
        match ending {
            RequestOutcome::Answered { value, .. }
                if spec.shape == ResponseShape::Deleted && value["deleted"] != Value::Bool(true) =>
            {
                Err(invalid("it does not confirm the deletion".to_owned()))
            }
            RequestOutcome::Answered { value, request_id } => {
                let reply = ApiResponse { value, request_id, ..ApiResponse::default() };
                if spec.creates().is_some() && created_ids(&self.call, &reply).is_empty() {
                    return Err(invalid("it contains no object ID".to_owned()));
                }
                Ok(reply)
            }
            RequestOutcome::Refused { status, body, request_id } => {
                let refused = ClientError::Api(Box::new(ApiError::parse(status, &body, request_id)));
                Err(if may_have_been_executed(spec, status) {
                    ClientError::OutcomeUnknown(Box::new(refused))
                } else {
                    refused
                })
            }
            RequestOutcome::Lost { sent: Sent::No, reason } => {
                Err(ClientError::Unreachable(TransportError::Other { reason }))
            }
            RequestOutcome::Lost { sent: Sent::Maybe, reason } | RequestOutcome::Unreadable { reason } => {
                Err(invalid(reason))
            }
        }
    }

    /// Adds the objects that the request created, deleted or ended to the result of the session.
    fn add_to_result(&self, reply: &ApiResponse) {
        let spec = self.call.spec;
        if spec.creates().is_some() {
            let created = created_ids(&self.call, reply);
            if let (Some((_, member)), Some(id)) = (spec.kind.parent().filter(|_| spec.kind.recorded()), reply.id()) {
                let parent = reply.text(member).or(self.call.ids.first().map(String::as_str));
                lock(&self.recorder.result).parents.extend(parent.map(|parent| (id, parent.to_owned())));
            }
            self.recorder.created(created.into_iter().filter(|(kind, _)| kind.recorded()).collect());
        }
        let Some((kind, id)) = self.call.object().filter(|(kind, _)| kind.recorded()) else { return };
        let object = (kind, id.to_owned());
        match (spec.shape, spec.details.ends) {
            (ResponseShape::Deleted, _) => lock(&self.recorder.result).deleted.push(object),
            (_, Some(_)) => lock(&self.recorder.result).ended.push(object),
            (_, None) => {}
        }
    }
}

impl SessionRecorder {
    /// Adds created objects to the result.
    fn created(&self, objects: Vec<ObjectRef>) {
        let mut result = lock(&self.result);
        for object in objects {
            // A thread can be reported twice: by its own event and by the event of its run. The events follow each
            // other closely, so it is enough to compare with the newest objects.
            if !result.created.iter().rev().take(1_000).any(|known| *known == object) {
                result.created.push(object);
            }
        }
    }
}

/// Returns `true` if a create request with this response status may have been executed, by the rules of the client for
/// its own requests. This includes status 303, which refers to the location of the result.
fn may_have_been_executed(spec: &Spec, status: u16) -> bool {
    let no_retries = RetryPolicy { retries: 0, max_wait: Duration::ZERO };
    let advice = retry::RetryAdvice::default();
    let decision = retry::decide(spec.class, retry::AttemptOutcome::Status(status), advice, 1, no_retries, 0.0);
    decision == RetryDecision::Unknown || spec.creates().is_some() && status == 303
}
