//! The batch that stores the result of a round: message, step, and the next status of the run.

use super::file_search::FinishedSearch;
use super::lifecycle::{RunEnding, RunState};
use super::partial_output::{PartialOutput, first_words};
use crate::api::objects::{JsonObject, Message, OpenEnum, Run, RunStatus, RunStep, StepStatus, ToolType};
use crate::serve::documents::run::usage;
use crate::serve::documents::{message, step};
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::model::{IncompleteReason, ModelReply, RequestedCall, Round, RunFailure, citations};
use crate::serve::store::{Batch, NewObject, Store};
use serde_json::{Value, json};

/// Adds the result of a round to a batch, and sets the next status of the run.
pub(super) async fn build(
    store: &Store,
    state: &mut RunState,
    batch: Batch,
    round: Round,
    searches: &[FinishedSearch],
    output: &mut PartialOutput,
) -> Result<Batch, ErrorResponse> {
    let left = completion_tokens_left(state);
    state.row.prompt_tokens = state.row.prompt_tokens.saturating_add(round.prompt_tokens);
    if state.run.object.max_prompt_tokens().valid().is_some_and(|limit| state.row.prompt_tokens > limit) {
        let cost = usage(round.prompt_tokens, 0);
        let (batch, ending) = stop(&state.run.object, batch, output, IncompleteReason::Prompt, cost);
        return state.end(store, batch, &ending).await;
    }
    let spent = round.completion_tokens.min(left);
    state.row.completion_tokens = state.row.completion_tokens.saturating_add(spent);
    let cost = usage(round.prompt_tokens, spent);
    let run = &state.run.object;
    let (batch, ending) = match round.reply {
        ModelReply::Calls(calls) if round.completion_tokens <= left => {
            // The text before the tool calls becomes its own message.
            let batch = match output.text.as_str() {
                "" => batch,
                text => add_message(run, batch, output, text, None, Value::Null),
            };
            return Ok(add_calls(state, batch, output, calls, searches, &cost));
        }
        ModelReply::Calls(_) => stop(run, batch, output, IncompleteReason::Completion, cost),
        ModelReply::Message(text) if round.completion_tokens <= left => {
            (add_message(run, batch, output, &text, None, cost), RunEnding::Completed)
        }
        ModelReply::Refusal(text) => (add_refusal(run, batch, output, &text, cost), RunEnding::Completed),
        ModelReply::Message(text) => {
            cut_short(run, batch, output, first_words(&text, left), IncompleteReason::Completion, cost)
        }
        ModelReply::Incomplete(text, reason) => cut_short(run, batch, output, first_words(&text, left), reason, cost),
        ModelReply::Failed(failure) => {
            let ending = RunEnding::Failed(failure);
            (keep_output(run, batch, output, &ending), ending)
        }
        ModelReply::Stuck => (batch, RunEnding::Failed(RunFailure::server("The model did not respond."))),
    };
    state.end(store, batch, &ending).await
}

/// Returns the number of completion tokens that the run may still use, or `i64::MAX` if there is no limit.
pub(super) fn completion_tokens_left(state: &RunState) -> i64 {
    let limit = state.run.object.max_completion_tokens().valid();
    limit.map_or(i64::MAX, |limit| limit.saturating_sub(state.row.completion_tokens).max(0))
}

/// Adds the text that an interrupted round has published, so that the store contains what followers have received.
pub(super) fn keep_output(run: &Run, batch: Batch, output: &PartialOutput, ending: &RunEnding) -> Batch {
    if output.text.is_empty() {
        return batch;
    }
    let mut message = message_of(run, output, &output.text);
    message::mark_incomplete(&mut message, ending.message_reason());
    let mut step = step::of_message(run, &output.ids);
    ending.close_step(&mut step);
    insert(run, batch, &message, &step)
}

/// Adds a message with a truncated text. Returns the ending of the run, which is incomplete.
fn cut_short(
    run: &Run,
    batch: Batch,
    output: &PartialOutput,
    text: &str,
    reason: IncompleteReason,
    cost: Value,
) -> (Batch, RunEnding) {
    let batch = add_message(run, batch, output, text, Some(reason.of_message()), cost);
    (batch, RunEnding::Incomplete(reason.of_run()))
}

/// Returns the ending of a run whose token budget is too small for the result of the round. Adds a message if text was
/// already published.
fn stop(run: &Run, batch: Batch, output: &PartialOutput, reason: IncompleteReason, cost: Value) -> (Batch, RunEnding) {
    if output.text.is_empty() {
        return (batch, RunEnding::Incomplete(reason.of_run()));
    }
    cut_short(run, batch, output, &output.text, reason, cost)
}

/// Adds a message with the refusal, after the text that was published before it.
fn add_refusal(run: &Run, batch: Batch, output: &PartialOutput, refusal: &str, cost: Value) -> Batch {
    let mut message = message_of(run, output, &output.text);
    message::append_refusal(&mut message, refusal);
    add_completed(run, batch, output, &message, cost)
}

/// Adds a message and its completed step. `incomplete` is the reason if the message is incomplete.
fn add_message(
    run: &Run,
    batch: Batch,
    output: &PartialOutput,
    text: &str,
    incomplete: Option<&str>,
    cost: Value,
) -> Batch {
    let mut message = message_of(run, output, text);
    if let Some(reason) = incomplete {
        message::mark_incomplete(&mut message, reason);
    }
    add_completed(run, batch, output, &message, cost)
}

/// Returns the message of the round, with annotations for the citations in its text.
fn message_of(run: &Run, output: &PartialOutput, text: &str) -> Message {
    let citations = citations(text, &output.passages);
    let annotations =
        citations.iter().map(|found| message::file_citation(&found.text, &found.file, [found.start, found.end]));
    message::of_round(run, &output.ids, text, annotations.collect())
}

/// Adds a message and its completed step with its usage.
fn add_completed(run: &Run, batch: Batch, output: &PartialOutput, message: &Message, cost: Value) -> Batch {
    let mut step = step::of_message(run, &output.ids);
    step.set_status(StepStatus::Completed);
    step.set("completed_at", ids::now());
    step.set("usage", cost);
    insert(run, batch, message, &step)
}

/// Adds a message and its step.
fn insert(run: &Run, batch: Batch, message: &Message, step: &RunStep) -> Batch {
    let (thread, id) = (run.thread_id().or_default(), run.id().or_default());
    let batch = batch.insert(&NewObject { label: Some(id), ..NewObject::in_thread(message, thread, thread) });
    batch.insert(&NewObject::in_thread(step, thread, id))
}

/// Adds a step with the tool calls of a round. If all of them are searches, the run continues. Otherwise it waits for
/// the outputs of the others.
fn add_calls(
    state: &mut RunState,
    batch: Batch,
    output: &mut PartialOutput,
    calls: Vec<RequestedCall>,
    searches: &[FinishedSearch],
    cost: &Value,
) -> Batch {
    let call = |id: &str, function: Value| json!({ "id": id, "type": ToolType::Function.name(), "function": function });
    // `requested` are the calls for whose outputs the run waits, `stored` are all calls as the step stores them.
    let (mut requested, mut stored) = (Vec::new(), Vec::new());
    for (index, RequestedCall { name, arguments }) in calls.into_iter().enumerate() {
        let id = output.call_id(index);
        if let Some(search) = searches.iter().find(|search| search.call == index) {
            let results =
                search.hits.iter().map(|hit| step::search_result(&hit.file, &hit.filename, hit.score, &hit.text));
            stored.push(step::search_call(&id, &search.query, &search.ranking_options, results.collect()));
            continue;
        }
        requested.push(call(&id, json!({ "name": name, "arguments": arguments })));
        stored.push(call(&id, json!({ "name": name, "arguments": arguments, "output": null })));
    }
    let mut step = step::of_tool_calls(&state.run.object, &output.ids, stored);
    let new = |step| NewObject::in_thread(step, &state.row.thread, &state.run.id);
    if requested.is_empty() {
        step.set_status(StepStatus::Completed);
        step.set("completed_at", ids::now());
        step.set("usage", cost.clone());
        let batch = batch.insert(&new(&step));
        return state.set_status(batch, RunStatus::InProgress);
    }
    // The usage of an open step is not shown yet. It is kept in the label until the step is complete.
    let cost = cost.to_string();
    let batch = batch.insert(&NewObject { label: Some(&cost), ..new(&step) });
    state.require_action(batch, requested)
}
