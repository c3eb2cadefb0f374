//! The conversion of the input of a round to the body of a chat completions request. The functions are pure.

use crate::api::objects::{JsonObject, ToolType};
use crate::serve::model::failure::RunFailure;
use crate::serve::model::search::{self, FILE_SEARCH};
use crate::serve::model::{self, InputMessage, MessagePart, ModelInput, PastRound, ToolChoice};
use serde_json::{Map, Value, json};

/// The form of the requests that an endpoint accepts. It is adapted after errors of the endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RequestForm {
    /// `true` if the endpoint requires `max_tokens` instead of `max_completion_tokens`.
    pub(super) legacy_budget: bool,
    /// `true` if the endpoint rejects `stream_options`.
    pub(super) no_stream_options: bool,
    /// `true` if the endpoint rejects `parallel_tool_calls`.
    pub(super) no_parallel: bool,
    /// The number of oldest messages to leave out.
    pub(super) left_out: usize,
}

/// Returns the body of the request.
///
/// # Errors
/// Returns an error if the run requires a tool that this server does not execute, or an image that is not available.
pub(super) fn body(input: &ModelInput, model: &str, form: &RequestForm) -> Result<Value, RunFailure> {
    let mut body = json!({ "model": model, "messages": messages(input, form)?, "stream": true });
    let mut set = |name: &str, value: Value| body[name] = value;
    if !form.no_stream_options {
        set("stream_options", json!({ "include_usage": true }));
    }
    let tools = functions(input);
    if let Some(tool) = input.unusable_tool() {
        return Err(RunFailure::server(model::unusable_tool(tool)));
    }
    if tools.is_empty() {
        if matches!(input.choice, ToolChoice::Required | ToolChoice::Function(_)) && input.rounds.is_empty() {
            return Err(RunFailure::prompt("The tool choice requires a tool call, and the run has no function."));
        }
    } else {
        set("tools", tools.into());
        set("tool_choice", choice(input));
        if !input.parallel && !form.no_parallel {
            set("parallel_tool_calls", false.into());
        }
    }
    if input.response_format.is_object() && input.response_format["type"] != "text" {
        set("response_format", input.response_format.clone());
    }
    // Default values are not sent, because reasoning models reject these parameters.
    for (name, value) in [("temperature", &input.temperature), ("top_p", &input.top_p)] {
        if value.as_f64().is_some_and(|value| value != 1.0) {
            set(name, value.clone());
        }
    }
    if let Some(left) = input.completion_left {
        set(if form.legacy_budget { "max_tokens" } else { "max_completion_tokens" }, left.into());
    }
    Ok(body)
}

/// Returns the functions of the run without their null members, and `file_search` as a function if the model may
/// search. Tools that this server does not support are left out.
fn functions(input: &ModelInput) -> Vec<Value> {
    let search = input.offers_search().then(search::definition);
    let functions = input.tools.iter().filter(|tool| tool.kind().is(ToolType::Function));
    functions
        .map(|tool| {
            let members = tool.function().valid().into_iter().flat_map(JsonObject::as_map);
            let members: Map<String, Value> = members
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            json!({ "type": "function", "function": members })
        })
        .chain(search)
        .collect()
}

/// Returns the tool choice. A tool call is required only in the first round.
fn choice(input: &ModelInput) -> Value {
    match &input.choice {
        ToolChoice::None => "none".into(),
        ToolChoice::Required if input.rounds.is_empty() => "required".into(),
        ToolChoice::Function(name) if input.rounds.is_empty() => {
            json!({ "type": "function", "function": { "name": name } })
        }
        ToolChoice::Tool(_) if input.rounds.is_empty() => {
            json!({ "type": "function", "function": { "name": FILE_SEARCH } })
        }
        _ => "auto".into(),
    }
}

/// Returns the messages of the prompt: the instructions, the messages of the thread, and the past rounds of the run.
fn messages(input: &ModelInput, form: &RequestForm) -> Result<Vec<Value>, RunFailure> {
    let mut messages = Vec::with_capacity(input.messages.len() + 1);
    if !input.instructions.is_empty() {
        messages.push(json!({ "role": "system", "content": input.instructions }));
    }
    let first = form.left_out.max(exceeding_messages(input)).min(input.messages.len().saturating_sub(1));
    for message in input.messages.iter().skip(first) {
        messages.push(json!({ "role": message.role, "content": content(message)? }));
    }
    input.rounds.iter().for_each(|round| messages.extend(past_round(round)));
    Ok(messages)
}

/// Returns the number of oldest messages to leave out so that the others fit into the prompt budget. The tokeniser of
/// the model is unknown, so four bytes count as one token.
fn exceeding_messages(input: &ModelInput) -> usize {
    let Some(left) = input.prompt_left.filter(|_| input.may_leave_out) else { return 0 };
    let tokens = |message: &InputMessage| i64::try_from(message.text().len() / 4 + 4).unwrap_or(i64::MAX);
    let mut left = left.saturating_sub(i64::try_from(input.instructions.len() / 4).unwrap_or(i64::MAX));
    let fits = input.messages.iter().rev().take_while(|message| {
        left = left.saturating_sub(tokens(message));
        left >= 0
    });
    input.messages.len() - fits.count()
}

/// Returns the content of a message. If it has only text, returns a string, which every endpoint supports.
fn content(message: &InputMessage) -> Result<Value, RunFailure> {
    let is_text = |part: &MessagePart| matches!(part, MessagePart::Text(_) | MessagePart::Refusal(_));
    if message.role != "user" || message.parts.iter().all(is_text) {
        let texts = message.parts.iter().filter_map(|part| match part {
            MessagePart::Text(text) | MessagePart::Refusal(text) => Some(text.as_str()),
            // Endpoints accept images only in user messages.
            _ => None,
        });
        return Ok(texts.collect::<Vec<_>>().join("\n").into());
    }
    message.parts.iter().map(part).collect()
}

/// Converts a content part of a user message.
fn part(part: &MessagePart) -> Result<Value, RunFailure> {
    match part {
        MessagePart::Text(text) | MessagePart::Refusal(text) => Ok(json!({ "type": "text", "text": text })),
        MessagePart::Image { url, detail } => {
            let mut image = json!({ "url": url });
            if let Some(detail) = detail.as_deref().filter(|detail| *detail != "auto") {
                image["detail"] = detail.into();
            }
            Ok(json!({ "type": "image_url", "image_url": image }))
        }
        MessagePart::ImageFile(id) => Err(RunFailure::prompt(format!("The image {id} was not loaded."))),
        MessagePart::Unavailable(reason) => Err(RunFailure::prompt(reason.clone())),
    }
}

/// Returns the messages for a past round: one with the text and the tool calls, and one for each output.
fn past_round(round: &PastRound) -> Vec<Value> {
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
