//! The endpoints of runs (docs/protocol/endpoints.md#runs, docs/protocol/objects.md#run, docs/protocol/runs.md).

use super::error::Refused;
use super::json::{Answer, Json};
use super::lifecycle::{Ending, Live, complete, contended, set, settle};
use super::messages::{self, NewMessage};
use super::request::Call;
use super::resources::{Owner, Resources, require};
use super::response::{self, default_of};
use super::router::On;
use super::store::{Batch, New, Outcome, RunRow, Status, Stored, TRIES, Window};
use super::stream::{Follower, Told};
use super::{App, ids, threads};
use crate::api::Dialect;
use crate::api::Kind::{Assistant, Run, Thread};
use crate::api::runs::{CancelRun, CreateRun, GetRun, ListRuns, SubmitToolOutputs, UpdateRun};
use crate::api::threads::CreateThreadAndRun;
use axum::Router;
use serde_json::{Map, Value, json};

/// The polling interval that is suggested to SDKs, in milliseconds. Their own default is seconds.
const POLL_AFTER: &str = "200";

/// Adds the routes of runs.
pub(super) fn mount(router: Router<App>) -> Router<App> {
    router.on(list).on(create).on(create_with_thread).on(get).on(update).on(cancel).on(submit)
}

async fn list(app: App, call: Call<ListRuns>) -> Result<Json, Refused> {
    let thread = call.ids.thread_id.as_str();
    require(&app.store, Thread, thread).await?;
    settle(&app.store, thread).await?;
    response::page(&app, Run, thread, Window::from(call.query)).await
}

async fn create(app: App, call: Call<CreateRun>) -> Result<Told, Refused> {
    let id = call.ids.thread_id.as_str();
    for _ in 0..TRIES {
        let Some(mut thread) = app.store.load(Thread, "", id).await? else {
            return Err(Refused::missing(Thread, id));
        };
        if let Some(run) = settle(&app.store, id).await? {
            return Err(Refused::bad(format!("Thread {id} already has an active run {}.", run.id)));
        }
        let assistant = assistant_of(&app, &call.body).await?;
        let mut messages = Vec::new();
        for given in call.body.get("additional_messages").and_then(Value::as_array).into_iter().flatten() {
            messages.push(NewMessage::read(&app.store, id, given).await?);
        }
        let mut batch = Batch::default().exists(Thread, id).unlocked(id);
        if messages.iter().any(|message| message.attachments().get(0).is_some()) {
            let all: Vec<&NewMessage> = messages.iter().collect();
            batch = messages::attach(&app, batch, &mut thread.doc, id, thread.version, &all).await?;
        }
        let batch = messages.iter().fold(batch, |batch, message| message.insert(batch));
        let made = Made { thread: id, doc: None, given: &call.body, dialect: call.dialect };
        if let Some(answer) = commit(&app, batch, made, &assistant).await? {
            return Ok(answer);
        }
    }
    Err(contended())
}

async fn create_with_thread(app: App, call: Call<CreateThreadAndRun>) -> Result<Told, Refused> {
    let nothing = Map::new();
    let given = call.body.get("thread").and_then(Value::as_object).unwrap_or(&nothing);
    for _ in 0..TRIES {
        let assistant = assistant_of(&app, &call.body).await?;
        Resources::of(&app.store, call.body.get("tool_resources"), Owner::Thread).await?;
        let (thread, batch, doc) = threads::begin(&app, Batch::default(), given).await?;
        let made = Made { thread: &thread, doc: Some(&doc), given: &call.body, dialect: call.dialect };
        if let Some(answer) = commit(&app, batch, made, &assistant).await? {
            return Ok(answer);
        }
    }
    Err(contended())
}

/// A run that a request creates.
struct Made<'a> {
    thread: &'a str,
    /// The thread, if the request creates it too.
    doc: Option<&'a Value>,
    given: &'a Map<String, Value>,
    dialect: Dialect,
}

/// Commits a batch together with a new run.
async fn commit(
    app: &App,
    batch: Batch,
    made: Made<'_>,
    assistant: &Map<String, Value>,
) -> Result<Option<Told>, Refused> {
    let Made { thread, given, .. } = made;
    let (id, now) = (ids::new(Run), ids::now());
    let life = i64::try_from(app.settings.run_life.as_secs()).unwrap_or(i64::MAX);
    let expires_at = now.saturating_add(life);
    let doc = document(&id, thread, [now, expires_at], given, assistant);
    let new = New { kind: Run, id: &id, parent: thread, thread: Some(thread), label: None, doc: &doc };
    let batch = batch.insert(new).queue(&id, thread, expires_at);
    // Subscribe before the commit, so that no notification is missed.
    let news = wants_stream(given).then(|| app.store.news.follow(&id));
    if app.store.commit(batch).await? == Outcome::Lost {
        return Ok(None);
    }
    app.engine.wake();
    let Some(news) = news else { return Ok(Some(Told::Once(doc.into()))) };
    let mut follower = Follower::new(app.store.clone(), made.dialect, thread, &id, 0);
    if let Some(thread) = made.doc {
        follower.tell("thread.created", thread);
    }
    follower.tell("thread.run.created", &doc);
    follower.tell("thread.run.queued", &doc);
    Ok(Some(Told::Stream(Box::new(follower), app.clone(), news)))
}

fn wants_stream(given: &Map<String, Value>) -> bool {
    given.get("stream") == Some(&Value::Bool(true))
}

async fn assistant_of(app: &App, given: &Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let id = given.get("assistant_id").and_then(Value::as_str).unwrap_or_default();
    let found = app.store.load(Assistant, "", id).await?;
    found.map(|Stored { doc, .. }| doc).ok_or_else(|| Refused::missing(Assistant, id))
}

/// Returns the document of a new run. The settings of the assistant are copied, so later changes to it have no effect.
fn document(
    id: &str,
    thread: &str,
    [created_at, expires_at]: [i64; 2],
    given: &Map<String, Value>,
    assistant: &Map<String, Value>,
) -> Value {
    let own = |name: &str| given.get(name).filter(|value| !value.is_null()).cloned();
    let copied = |name: &str| own(name).or_else(|| assistant.get(name).cloned()).unwrap_or_else(|| default_of(name));
    let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    let instructions = [text(Some(copied("instructions"))), text(own("additional_instructions"))];
    let instructions: Vec<String> = instructions.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    let whole_thread = json!({ "type": "auto", "last_messages": null });
    json!({
        "id": id,
        "object": "thread.run",
        "created_at": created_at,
        "assistant_id": given.get("assistant_id"),
        "thread_id": thread,
        "status": Status::Queued.name(),
        "started_at": null,
        "expires_at": expires_at,
        "cancelled_at": null,
        "failed_at": null,
        "completed_at": null,
        "required_action": null,
        "last_error": null,
        "model": copied("model"),
        "instructions": instructions.join("\n"),
        "tools": copied("tools"),
        "metadata": own("metadata").unwrap_or_else(|| json!({})),
        "temperature": copied("temperature"),
        "top_p": copied("top_p"),
        "max_completion_tokens": own("max_completion_tokens"),
        "max_prompt_tokens": own("max_prompt_tokens"),
        "truncation_strategy": own("truncation_strategy").unwrap_or(whole_thread),
        "incomplete_details": null,
        "usage": null,
        "response_format": copied("response_format"),
        "tool_choice": own("tool_choice").unwrap_or_else(|| "auto".into()),
        "parallel_tool_calls": own("parallel_tool_calls").unwrap_or(Value::Bool(true)),
    })
}

/// Returns an error if the thread does not exist. Expires its run if that is due.
async fn settled(app: &App, thread: &str) -> Result<Option<RunRow>, Refused> {
    require(&app.store, Thread, thread).await?;
    settle(&app.store, thread).await
}

async fn get(app: App, call: Call<GetRun>) -> Result<impl Answer, Refused> {
    let thread = call.ids.thread_id.as_str();
    settled(&app, thread).await?;
    let run = response::one(&app, Run, thread, call.ids.run_id.as_str()).await?;
    Ok(([("openai-poll-after-ms", POLL_AFTER)], run))
}

async fn update(app: App, call: Call<UpdateRun>) -> Result<Json, Refused> {
    let thread = call.ids.thread_id.as_str();
    settled(&app, thread).await?;
    response::update(&app, Run, thread, call.ids.run_id.as_str(), &call.body).await
}

async fn cancel(app: App, call: Call<CancelRun>) -> Result<Json, Refused> {
    let (thread, id) = (call.ids.thread_id.as_str(), call.ids.run_id.as_str());
    for _ in 0..TRIES {
        settled(&app, thread).await?;
        let mut live = load(&app, thread, id).await?;
        let batch = live.batch();
        let batch = match live.row.status {
            // No worker executes the run, so it ends immediately.
            Status::Queued | Status::RequiresAction => live.end(&app.store, batch, &Ending::Cancelled).await?,
            Status::InProgress => live.move_to(batch, Status::Cancelling),
            status => return Err(Refused::bad(format!("Cannot cancel run with status '{}'.", status.name()))),
        };
        if app.store.commit(batch).await? == Outcome::Done {
            app.engine.disturb(id);
            return Ok(Value::Object(live.run.doc).into());
        }
    }
    Err(contended())
}

async fn load(app: &App, thread: &str, id: &str) -> Result<Live, Refused> {
    Live::load(&app.store, thread, id).await?.ok_or_else(|| Refused::missing(Run, id))
}

async fn submit(app: App, call: Call<SubmitToolOutputs>) -> Result<Told, Refused> {
    let (thread, id) = (call.ids.thread_id.as_str(), call.ids.run_id.as_str());
    let news = wants_stream(&call.body).then(|| app.store.news.follow(id));
    for _ in 0..TRIES {
        settled(&app, thread).await?;
        let mut live = load(&app, thread, id).await?;
        if live.row.status != Status::RequiresAction {
            let status = live.row.status.name();
            return Err(Refused::bad(format!("Runs in status \"{status}\" do not accept tool outputs.")));
        }
        let outputs = matched(&live, call.body.get("tool_outputs"))?;
        let mut batch = live.batch();
        let mut steps = live.open_steps(&app.store).await?;
        for step in &mut steps {
            fill(step, &outputs);
            complete(step);
            batch = batch.replace(&step.id, &step.doc);
        }
        set(&mut live.run.doc, "usage", Value::Null);
        let batch = live.move_to(batch, Status::Queued);
        if app.store.commit(batch).await? == Outcome::Done {
            app.engine.wake();
            let run = Value::Object(live.run.doc);
            let Some(news) = news else { return Ok(Told::Once(run.into())) };
            let since = steps.iter().map(|step| step.n).max().unwrap_or_default();
            let mut follower = Follower::new(app.store.clone(), call.dialect, thread, id, since);
            for step in steps {
                follower.tell("thread.run.step.completed", &Value::Object(step.doc));
            }
            follower.tell("thread.run.queued", &run);
            return Ok(Told::Stream(Box::new(follower), app.clone(), news));
        }
    }
    Err(contended())
}

/// Checks the outputs against the tool calls for which the run waits. Each call needs exactly one output.
fn matched(live: &Live, given: Option<&Value>) -> Result<Vec<(String, String)>, Refused> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let wanted = live.run.doc["required_action"]["submit_tool_outputs"]["tool_calls"].as_array();
    let mut wanted: Vec<String> = wanted.into_iter().flatten().map(|call| text(&call["id"])).collect();
    let given = given.and_then(Value::as_array).into_iter().flatten();
    let given: Vec<(String, String)> =
        given.map(|output| (text(&output["tool_call_id"]), text(&output["output"]))).collect();
    let mut found: Vec<String> = given.iter().map(|(id, _)| id.clone()).collect();
    let listed = |ids: &[String]| ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
    let message = format!("Expected tool outputs for call_ids [{}], got [{}]", listed(&wanted), listed(&found));
    wanted.sort_unstable();
    found.sort_unstable();
    if wanted == found { Ok(given) } else { Err(Refused::bad(message)) }
}

/// Stores the outputs in the tool calls of a step.
fn fill(step: &mut Stored, outputs: &[(String, String)]) {
    let calls = step.doc.get_mut("step_details").and_then(|details| details.get_mut("tool_calls"));
    for call in calls.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some((_, output)) = outputs.iter().find(|(id, _)| call["id"] == id.as_str()) {
            call["function"]["output"] = output.as_str().into();
        }
    }
}
