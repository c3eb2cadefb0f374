//! The conversion of a round's input to a chat completions request. A pure function.

use crate::serve::model::{Choice, Part, Past, Said, Turn};
use crate::serve::run_error::Failure;
use serde_json::{Map, Value, json};

/// The form of requests that an endpoint accepts, as learned from its errors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// The endpoint uses `max_tokens` for the token budget.
    pub(super) old_budget: bool,
    /// The endpoint rejects `stream_options`.
    pub(super) no_stream_options: bool,
    /// The endpoint rejects `parallel_tool_calls`.
    pub(super) no_parallel: bool,
    /// The number of oldest messages to leave out.
    pub(super) left_out: usize,
}

/// Returns the body of the request.
///
/// # Errors
/// Returns an error if the run requires a tool that this server does not execute, or an image that is not available.
pub(super) fn body(turn: &Turn, model: &str, form: &Form) -> Result<Value, Failure> {
    let mut body = json!({ "model": model, "messages": messages(turn, form)?, "stream": true });
    let mut set = |name: &str, value: Value| body[name] = value;
    if !form.no_stream_options {
        set("stream_options", json!({ "include_usage": true }));
    }
    let tools = functions(turn);
    if let Choice::Tool(tool) = &turn.choice {
        return Err(Failure::server(format!("The tool '{tool}' was chosen, and this server does not run it.")));
    }
    if tools.is_empty() {
        if matches!(turn.choice, Choice::Required | Choice::Function(_)) && turn.rounds.is_empty() {
            return Err(Failure::prompt("A tool call is required, and the run has no function."));
        }
    } else {
        set("tools", tools.into());
        set("tool_choice", choice(turn));
        if !turn.parallel && !form.no_parallel {
            set("parallel_tool_calls", false.into());
        }
    }
    if turn.response_format.is_object() && turn.response_format["type"] != "text" {
        set("response_format", turn.response_format.clone());
    }
    // Default values are not sent, because reasoning models reject these parameters.
    for (name, value) in [("temperature", &turn.temperature), ("top_p", &turn.top_p)] {
        if value.as_f64().is_some_and(|value| value != 1.0) {
            set(name, value.clone());
        }
    }
    if let Some(left) = turn.completion_left {
        set(if form.old_budget { "max_tokens" } else { "max_completion_tokens" }, left.into());
    }
    Ok(body)
}

/// Returns the functions of the run without null members. Tools that this server does not execute are left out.
fn functions(turn: &Turn) -> Vec<Value> {
    let functions = turn.tools.iter().filter(|tool| tool["type"] == "function");
    functions
        .map(|tool| {
            let members = tool["function"].as_object().into_iter().flatten();
            let said: Map<String, Value> = members
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            json!({ "type": "function", "function": said })
        })
        .collect()
}

/// Returns the tool choice. A required call is required only in the first round.
fn choice(turn: &Turn) -> Value {
    match &turn.choice {
        Choice::None => "none".into(),
        Choice::Required if turn.rounds.is_empty() => "required".into(),
        Choice::Function(name) if turn.rounds.is_empty() => json!({ "type": "function", "function": { "name": name } }),
        _ => "auto".into(),
    }
}

fn messages(turn: &Turn, form: &Form) -> Result<Vec<Value>, Failure> {
    let mut messages = Vec::with_capacity(turn.messages.len() + 1);
    if !turn.instructions.is_empty() {
        messages.push(json!({ "role": "system", "content": turn.instructions }));
    }
    let first = form.left_out.max(too_many(turn)).min(turn.messages.len().saturating_sub(1));
    for said in turn.messages.iter().skip(first) {
        messages.push(json!({ "role": said.role, "content": content(said)? }));
    }
    turn.rounds.iter().for_each(|round| messages.extend(past(round)));
    Ok(messages)
}

/// Returns the number of oldest messages that exceed the prompt budget. The tokeniser of the model is unknown, so four
/// bytes count as one token.
fn too_many(turn: &Turn) -> usize {
    let Some(left) = turn.prompt_left.filter(|_| turn.shortens) else { return 0 };
    let tokens = |said: &Said| i64::try_from(said.text().len() / 4 + 4).unwrap_or(i64::MAX);
    let mut left = left.saturating_sub(i64::try_from(turn.instructions.len() / 4).unwrap_or(i64::MAX));
    let fits = turn.messages.iter().rev().take_while(|said| {
        left = left.saturating_sub(tokens(said));
        left >= 0
    });
    turn.messages.len() - fits.count()
}

/// Returns the content of a message. Text alone is sent as a string, which every endpoint supports.
fn content(said: &Said) -> Result<Value, Failure> {
    let is_text = |part: &Part| matches!(part, Part::Text(_) | Part::Refusal(_));
    if said.role != "user" || said.parts.iter().all(is_text) {
        let texts = said.parts.iter().filter_map(|part| match part {
            Part::Text(text) | Part::Refusal(text) => Some(text.as_str()),
            // Endpoints accept images only in user messages.
            _ => None,
        });
        return Ok(texts.collect::<Vec<_>>().join("\n").into());
    }
    said.parts.iter().map(part).collect()
}

fn part(part: &Part) -> Result<Value, Failure> {
    match part {
        Part::Text(text) | Part::Refusal(text) => Ok(json!({ "type": "text", "text": text })),
        Part::Image { url, detail } => {
            let mut image = json!({ "url": url });
            if let Some(detail) = detail.as_deref().filter(|detail| *detail != "auto") {
                image["detail"] = detail.into();
            }
            Ok(json!({ "type": "image_url", "image_url": image }))
        }
        Part::File(id) => Err(Failure::prompt(format!("The image {id} was not read."))),
        Part::Lost(why) => Err(Failure::prompt(why.clone())),
    }
}

/// Returns the messages of a past round: the tool calls and their outputs.
fn past(round: &Past) -> Vec<Value> {
    let calls: Vec<Value> = (round.calls.iter())
        .map(|call| {
            let function = json!({ "name": call.name, "arguments": call.arguments });
            json!({ "id": call.id, "type": "function", "function": function })
        })
        .collect();
    let text = if round.text.is_empty() { Value::Null } else { round.text.as_str().into() };
    let outputs =
        (round.calls.iter()).map(|call| json!({ "role": "tool", "tool_call_id": call.id, "content": call.output }));
    std::iter::once(json!({ "role": "assistant", "content": text, "tool_calls": calls })).chain(outputs).collect()
}
