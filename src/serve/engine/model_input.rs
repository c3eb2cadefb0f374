//! Loading of the model's input for the next round of a run.

use super::Engine;
use crate::api::objects::{
    Assistant, ContentPart, ContentType, FileSearchResult, JsonObject, Message, Run, RunStep, StepType, ToolCall,
    TruncationType,
};
use crate::serve::documents::step;
use crate::serve::engine::lifecycle::RunState;
use crate::serve::error::ErrorResponse;
use crate::serve::model::{
    self, AssistantInfo, CompletedCall, FILE_SEARCH, InputMessage, MessagePart, ModelInput, Passage, PastRound,
    ToolChoice,
};
use crate::serve::store::Stored;
use serde_json::Value;

impl Engine {
    /// Loads the input of the model for the next round of a run.
    pub(super) async fn model_input(&self, state: &RunState) -> Result<ModelInput, ErrorResponse> {
        let run = &state.run.object;
        let steps = self.store.all::<RunStep>(&state.run.id).await?;
        let own_messages = steps.iter().filter(|step| step.object.kind().is(StepType::MessageCreation)).count();
        let truncation = run.truncation_strategy().valid();
        let limit = truncation.and_then(|truncation| truncation.last_messages().valid()).unwrap_or(i64::MAX);
        // While a run is in progress, only the run itself can add messages. The messages of the run are therefore the
        // newest.
        let limit = limit.min(self.model.max_messages());
        let limit = limit.saturating_add(i64::try_from(own_messages).unwrap_or(i64::MAX));
        let mut messages = self.store.newest::<Message>(&state.row.thread, limit).await?;
        let rounds = past_rounds(&steps, &messages);
        // The messages of the run itself are already part of its rounds.
        messages.retain(|message| message.object.run_id().valid() != Some(&state.run.id));
        let left = |budget: Option<i64>, spent: i64| budget.map(|budget| budget.saturating_sub(spent).max(0));
        let value = |name: &str| run.member::<&Value>(name).valid().cloned().unwrap_or_default();
        Ok(ModelInput {
            model: run.model().or_default().to_owned(),
            assistant: self.assistant(run).await?,
            instructions: run.instructions().or_default().to_owned(),
            tools: run.tools().or_default().valid().cloned().collect(),
            search: None, // The caller sets it.
            choice: ToolChoice::of(run.tool_choice().valid()),
            parallel: run.parallel_tool_calls().valid().unwrap_or(true),
            response_format: value("response_format"),
            temperature: value("temperature"),
            top_p: value("top_p"),
            messages: self.messages(&messages).await?,
            rounds,
            may_leave_out: !truncation.is_some_and(|truncation| truncation.kind().is(TruncationType::LastMessages)),
            prompt_left: left(run.max_prompt_tokens().valid(), state.row.prompt_tokens),
            completion_left: left(run.max_completion_tokens().valid(), state.row.completion_tokens),
        })
    }

    async fn assistant(&self, run: &Run) -> Result<AssistantInfo, ErrorResponse> {
        let id = run.assistant_id().or_default().to_owned();
        if !self.model.needs().assistant_name {
            return Ok(AssistantInfo { id, name: String::new() });
        }
        let assistant = self.store.load::<Assistant>("", &id).await?;
        let name = assistant.map(|assistant| assistant.object.name().or_default().to_owned()).unwrap_or_default();
        Ok(AssistantInfo { id, name })
    }

    /// Converts messages. Image files are loaded if the model needs them.
    async fn messages(&self, stored: &[Stored<Message>]) -> Result<Vec<InputMessage>, ErrorResponse> {
        let mut messages = Vec::with_capacity(stored.len());
        for Stored { object: message, .. } in stored {
            let mut parts = Vec::new();
            for part in message.content().or_default().valid() {
                parts.extend(match input_part(part) {
                    Some(MessagePart::ImageFile(id)) if self.model.needs().images => {
                        let detail = part.image_file().valid().and_then(|image| image.detail().valid());
                        Some(self.image(&id, detail.map(str::to_owned)).await?)
                    }
                    part => part,
                });
            }
            messages.push(InputMessage { role: message.role().text().unwrap_or_default().to_owned(), parts });
        }
        Ok(messages)
    }
}

/// Converts a content part of a message (docs/protocol/objects.md#message). Returns `None` for an unknown type.
fn input_part(part: &ContentPart) -> Option<MessagePart> {
    match part.kind().known()? {
        ContentType::Text => part.plain_text().map(|text| MessagePart::Text(text.to_owned())),
        ContentType::Refusal => part.refusal().valid().map(|text| MessagePart::Refusal(text.to_owned())),
        ContentType::ImageUrl => {
            let image = part.image_url().valid()?;
            let detail = image.detail().valid().map(str::to_owned);
            image.url().valid().map(|url| MessagePart::Image { url: url.to_owned(), detail })
        }
        ContentType::ImageFile => {
            part.image_file().valid()?.file_id().valid().map(|id| MessagePart::ImageFile(id.to_owned()))
        }
    }
}

/// Returns the past rounds of a run. Each has tool calls, and the text that the model wrote before them.
fn past_rounds(steps: &[Stored<RunStep>], messages: &[Stored<Message>]) -> Vec<PastRound> {
    let mut rounds = Vec::new();
    let mut text = String::new();
    let mut searches = 0;
    for Stored { object: step, .. } in steps {
        if let Some(id) = step.message_id() {
            let message = messages.iter().find(|message| message.id == id);
            text = message.map(|message| message.object.text()).unwrap_or_default();
        }
        if step.kind().is(StepType::ToolCalls) {
            let calls = step.tool_calls().valid().map(|call| completed_call(call, &mut searches)).collect();
            rounds.push(PastRound { text: std::mem::take(&mut text), calls });
        }
    }
    rounds
}

/// Converts a tool call of a step. `searches` counts the searches of the run so far.
fn completed_call(call: &ToolCall, searches: &mut usize) -> CompletedCall {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    if let Some(search) = call.file_search().valid() {
        let results = search.results().or_default().valid().enumerate();
        let passages: Vec<Passage> = results.map(|(index, result)| passage(*searches, index, result)).collect();
        *searches += 1;
        return CompletedCall {
            id: text(call.id().valid()),
            name: FILE_SEARCH.to_owned(),
            arguments: model::arguments(step::search_query(search)),
            output: model::output(&passages),
            passages: Some(passages),
        };
    }
    let function = call.function().valid();
    CompletedCall {
        id: text(call.id().valid()),
        name: text(function.and_then(|function| function.name().valid())),
        arguments: text(function.and_then(|function| function.arguments().valid())),
        output: text(function.and_then(|function| function.output().valid())),
        passages: None,
    }
}

fn passage(search: usize, index: usize, result: &FileSearchResult) -> Passage {
    let part = result.content().or_default().first();
    let text = part.and_then(|part| part.get("text")).and_then(Value::as_str);
    Passage {
        search,
        index,
        file: result.file_id().or_default().to_owned(),
        filename: result.file_name().or_default().to_owned(),
        text: text.unwrap_or_default().to_owned(),
    }
}
