//! The endpoints of runs (docs/protocol/endpoints.md#runs, docs/protocol/objects.md#run, docs/protocol/runs.md).

use super::crud::{self, POLL_AFTER};
use crate::api::objects::{Assistant, JsonObject, OpenEnum, Run, RunStatus, RunStep, Thread};
use crate::api::runs::{CancelRun, CreateRun, GetRun, ListRuns, SubmitToolOutputs, UpdateRun};
use crate::api::threads::CreateThreadAndRun;
use crate::api::{Dialect, Kind};
use crate::serve::documents::message::{self, NewMessage};
use crate::serve::documents::tool_resources::{ResourceChanges, ResourceOwner, require};
use crate::serve::documents::{run, step, thread};
use crate::serve::engine::lifecycle::{RunEnding, RunState, complete_step, expire_overdue};
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::request::ApiRequest;
use crate::serve::response::{JsonResponse, RouteResponse};
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, ListWindow, MAX_ATTEMPTS, NewObject, RunRow, Stored};
use crate::serve::stream::{Follower, RunResponse};
use axum::Router;
use serde_json::{Map, Value};

/// Adds the endpoints of runs to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(list).on(create).on(create_with_thread).on(get).on(update).on(cancel).on(submit)
}

async fn list(state: AppState, request: ApiRequest<ListRuns>) -> Result<JsonResponse, ErrorResponse> {
    let thread = request.ids.thread_id.as_str();
    current_run(&state, thread).await?;
    crud::list::<Run>(&state, thread, ListWindow::from(request.query)).await
}

async fn create(state: AppState, request: ApiRequest<CreateRun>) -> Result<RunResponse, ErrorResponse> {
    let id = request.ids.thread_id.as_str();
    for _ in 0..MAX_ATTEMPTS {
        let Some(mut thread) = state.store.load::<Thread>("", id).await? else {
            return Err(ErrorResponse::not_found(Kind::Thread, id));
        };
        if let Some(run) = expire_overdue(&state.store, id).await? {
            return Err(ErrorResponse::bad_request(format!("Thread {id} already has an active run {}.", run.id)));
        }
        let assistant = assistant_of(&state, &request.body).await?;
        check_resources(&state, &request.body).await?;
        let mut messages = Vec::new();
        for given in request.body.get("additional_messages").and_then(Value::as_array).into_iter().flatten() {
            messages.push(NewMessage::from_request(&state.store, id, given).await?);
        }
        let mut batch = Batch::default().exists(Kind::Thread, id).no_active_run(id);
        if messages.iter().any(|message| !message.attachments().is_empty()) {
            batch = message::attach(&state.store, batch, &mut thread, &messages).await?;
        }
        let batch = messages.iter().fold(batch, |batch, message| message.insert(batch));
        let new = NewRun {
            thread: id,
            created_thread: None,
            body: &request.body,
            dialect: request.dialect,
            with_content: step::includes_content(request.query.include.as_ref()),
        };
        if let Some(response) = new.commit(&state, batch, &assistant).await? {
            return Ok(response);
        }
    }
    Err(ErrorResponse::contended())
}

async fn create_with_thread(
    state: AppState,
    request: ApiRequest<CreateThreadAndRun>,
) -> Result<RunResponse, ErrorResponse> {
    let none = Map::new();
    let given = request.body.get("thread").and_then(Value::as_object).unwrap_or(&none);
    for _ in 0..MAX_ATTEMPTS {
        let assistant = assistant_of(&state, &request.body).await?;
        check_resources(&state, &request.body).await?;
        let (thread, batch) = thread::create(&state.store, Batch::default(), given).await?;
        let id = thread.id().or_default();
        let new = NewRun {
            thread: id,
            created_thread: Some(&thread),
            body: &request.body,
            dialect: request.dialect,
            with_content: false,
        };
        if let Some(response) = new.commit(&state, batch, &assistant).await? {
            return Ok(response);
        }
    }
    Err(ErrorResponse::contended())
}

/// A run that a request creates.
struct NewRun<'a> {
    thread: &'a str,
    /// The thread, if the request creates it too.
    created_thread: Option<&'a Thread>,
    body: &'a Map<String, Value>,
    dialect: Dialect,
    /// `true` if the search results in the stream must contain the passages.
    with_content: bool,
}

impl NewRun<'_> {
    /// Adds the run to a batch and commits the batch. Returns `None` if another request changed the same objects first.
    async fn commit(
        self,
        state: &AppState,
        batch: Batch,
        assistant: &Assistant,
    ) -> Result<Option<RunResponse>, ErrorResponse> {
        let (thread, now) = (self.thread, ids::now());
        let life = i64::try_from(state.settings.run_life.as_secs()).unwrap_or(i64::MAX);
        let expires_at = now.saturating_add(life);
        let run = run::create(thread, [now, expires_at], self.body, assistant);
        let id = run.id().or_default();
        let label = run::label(self.body);
        let new = NewObject { label: label.as_deref(), ..NewObject::in_thread(&run, thread, thread) };
        let batch = batch.insert(&new).queue(id, thread, expires_at);
        // Subscribe before the commit, so that no notification is missed.
        let subscription = wants_stream(self.body).then(|| state.store.pubsub.subscribe(id));
        if state.store.commit(batch).await? == CommitOutcome::Conflict {
            return Ok(None);
        }
        state.engine.wake();
        let Some(subscription) = subscription else {
            return Ok(Some(RunResponse::Object(JsonResponse::of(&run))));
        };
        let mut follower = Follower::new(state.store.clone(), self.dialect, thread, id, 0);
        follower.include_content(self.with_content);
        if let Some(thread) = self.created_thread {
            follower.send_created_thread(thread);
        }
        follower.send_run("created", &run);
        follower.send_run("queued", &run);
        Ok(Some(RunResponse::Stream(Box::new(follower), state.clone(), subscription)))
    }
}

/// Checks that the files and vector stores in the `tool_resources` of the run exist.
async fn check_resources(state: &AppState, body: &Map<String, Value>) -> Result<(), ErrorResponse> {
    ResourceChanges::of(&state.store, body.get("tool_resources"), ResourceOwner::Thread).await.map(drop)
}

fn wants_stream(body: &Map<String, Value>) -> bool {
    body.get("stream") == Some(&Value::Bool(true))
}

async fn assistant_of(state: &AppState, body: &Map<String, Value>) -> Result<Assistant, ErrorResponse> {
    let id = body.get("assistant_id").and_then(Value::as_str).unwrap_or_default();
    let found = state.store.load("", id).await?;
    found.map(|Stored { object, .. }| object).ok_or_else(|| ErrorResponse::not_found(Kind::Assistant, id))
}

/// Ends the active run of a thread if it has expired. Returns the run that is still active.
///
/// # Errors
/// Returns an error if the thread does not exist.
async fn current_run(state: &AppState, thread: &str) -> Result<Option<RunRow>, ErrorResponse> {
    require(&state.store, Kind::Thread, thread).await?;
    expire_overdue(&state.store, thread).await
}

async fn get(state: AppState, request: ApiRequest<GetRun>) -> Result<impl RouteResponse, ErrorResponse> {
    let thread = request.ids.thread_id.as_str();
    current_run(&state, thread).await?;
    let run = crud::get::<Run>(&state, thread, request.ids.run_id.as_str()).await?;
    Ok(([POLL_AFTER], run))
}

async fn update(state: AppState, request: ApiRequest<UpdateRun>) -> Result<JsonResponse, ErrorResponse> {
    let thread = request.ids.thread_id.as_str();
    current_run(&state, thread).await?;
    crud::update::<Run>(&state, thread, request.ids.run_id.as_str(), &request.body).await
}

async fn cancel(state: AppState, request: ApiRequest<CancelRun>) -> Result<JsonResponse, ErrorResponse> {
    let (thread, id) = (request.ids.thread_id.as_str(), request.ids.run_id.as_str());
    for _ in 0..MAX_ATTEMPTS {
        current_run(&state, thread).await?;
        let mut run = load(&state, thread, id).await?;
        let batch = run.batch();
        let batch = match run.row.status {
            // No worker executes the run, so it can end immediately.
            RunStatus::Queued | RunStatus::RequiresAction => {
                run.end(&state.store, batch, &RunEnding::Cancelled).await?
            }
            RunStatus::InProgress => run.set_status(batch, RunStatus::Cancelling),
            status => {
                let message = format!("Cannot cancel run with status '{}'.", status.name());
                return Err(ErrorResponse::bad_request(message));
            }
        };
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            state.engine.notify_changed(id);
            return Ok(JsonResponse::of(&run.run.object));
        }
    }
    Err(ErrorResponse::contended())
}

async fn load(state: &AppState, thread: &str, id: &str) -> Result<RunState, ErrorResponse> {
    RunState::load(&state.store, thread, id).await?.ok_or_else(|| ErrorResponse::not_found(Kind::Run, id))
}

async fn submit(state: AppState, request: ApiRequest<SubmitToolOutputs>) -> Result<RunResponse, ErrorResponse> {
    let (thread, id) = (request.ids.thread_id.as_str(), request.ids.run_id.as_str());
    let subscription = wants_stream(&request.body).then(|| state.store.pubsub.subscribe(id));
    for _ in 0..MAX_ATTEMPTS {
        current_run(&state, thread).await?;
        let mut run = load(&state, thread, id).await?;
        if run.row.status != RunStatus::RequiresAction {
            let status = run.row.status.name();
            let message = format!("Runs in status \"{status}\" do not accept tool outputs.");
            return Err(ErrorResponse::bad_request(message));
        }
        let outputs = matching_outputs(&run.run.object, request.body.get("tool_outputs"))?;
        let mut batch = run.batch();
        let mut steps = run.open_steps(&state.store).await?;
        for step in &mut steps {
            set_outputs(&mut step.object, &outputs);
            complete_step(step);
            batch = batch.replace(step);
        }
        run.run.object.set("usage", Value::Null);
        let batch = run.set_status(batch, RunStatus::Queued);
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            state.engine.wake();
            let run = run.run.object;
            let Some(subscription) = subscription else { return Ok(RunResponse::Object(JsonResponse::of(&run))) };
            let since = steps.iter().map(|step| step.position).max().unwrap_or_default();
            let mut follower = Follower::new(state.store.clone(), request.dialect, thread, id, since);
            steps.iter().for_each(|step| follower.send_step("completed", &step.object));
            follower.send_run("queued", &run);
            return Ok(RunResponse::Stream(Box::new(follower), state.clone(), subscription));
        }
    }
    Err(ErrorResponse::contended())
}

/// An output that a request submits: the ID of the tool call, and the output.
type ToolOutput = (String, String);

/// Checks that the request has exactly one output for each tool call for which the run waits. Returns the outputs.
fn matching_outputs(run: &Run, given: Option<&Value>) -> Result<Vec<ToolOutput>, ErrorResponse> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut expected: Vec<String> =
        run.pending_tool_calls().valid().map(|call| call.id().or_default().to_owned()).collect();
    let given = given.and_then(Value::as_array).into_iter().flatten();
    let given: Vec<ToolOutput> = given.map(|output| (text(&output["tool_call_id"]), text(&output["output"]))).collect();
    let mut found: Vec<String> = given.iter().map(|(id, _)| id.clone()).collect();
    let quoted = |ids: &[String]| ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
    let message = format!("Expected tool outputs for call_ids [{}], got [{}]", quoted(&expected), quoted(&found));
    expected.sort_unstable();
    found.sort_unstable();
    if expected == found { Ok(given) } else { Err(ErrorResponse::bad_request(message)) }
}

/// Stores the outputs in the tool calls of a step.
fn set_outputs(step: &mut RunStep, outputs: &[ToolOutput]) {
    for call in step.tool_calls_mut() {
        let output = outputs.iter().find(|(id, _)| call.id().valid() == Some(id));
        if let (Some((_, output)), Some(function)) = (output, call.function_mut()) {
            function.set("output", output.as_str());
        }
    }
}
