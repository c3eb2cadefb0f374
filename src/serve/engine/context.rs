//! The input of the model for a run, loaded from the store.

use super::Engine;
use crate::api::Kind;
use crate::serve::error::Refused;
use crate::serve::lifecycle::Live;
use crate::serve::messages;
use crate::serve::model::{Assistant, Called, Choice, Part, Past, Said, Turn};
use crate::serve::store::Stored;
use serde_json::{Map, Value};

impl Engine {
    /// Loads the input of the model.
    pub(super) async fn turn(&self, live: &Live) -> Result<Turn, Refused> {
        let doc = &live.run.doc;
        let steps = self.store.all(Kind::Step, &live.run.id).await?;
        let own = steps.iter().filter(|step| member(&step.doc, "type") == "message_creation").count();
        let last = member(doc, "truncation_strategy")["last_messages"].as_i64().unwrap_or(i64::MAX);
        // While a run is in progress, only the run itself can add messages. Its own messages are therefore the newest.
        let most = last.min(self.model.reach()).saturating_add(i64::try_from(own).unwrap_or(i64::MAX));
        let mut said = self.store.newest(Kind::Message, &live.row.thread, most).await?;
        let rounds = rounds(&steps, &said);
        // The messages of the run itself are already part of its rounds.
        said.retain(|message| message.doc.get("run_id").is_none_or(|run| run != live.run.id.as_str()));
        let left =
            |budget: &str, spent: i64| member(doc, budget).as_i64().map(|most| most.saturating_sub(spent).max(0));
        Ok(Turn {
            model: text(member(doc, "model")),
            assistant: self.assistant(doc).await?,
            instructions: text(member(doc, "instructions")),
            tools: member(doc, "tools").as_array().cloned().unwrap_or_default(),
            choice: Choice::of(member(doc, "tool_choice")),
            parallel: member(doc, "parallel_tool_calls").as_bool().unwrap_or(true),
            response_format: member(doc, "response_format").clone(),
            temperature: member(doc, "temperature").clone(),
            top_p: member(doc, "top_p").clone(),
            messages: self.messages(&said).await?,
            rounds,
            shortens: member(doc, "truncation_strategy")["type"] != "last_messages",
            prompt_left: left("max_prompt_tokens", live.row.prompt_tokens),
            completion_left: left("max_completion_tokens", live.row.completion_tokens),
        })
    }

    async fn assistant(&self, run: &Map<String, Value>) -> Result<Assistant, Refused> {
        let id = text(member(run, "assistant_id"));
        if !self.model.wants().assistant {
            return Ok(Assistant { id, name: String::new() });
        }
        let assistant = self.store.load(Kind::Assistant, "", &id).await?;
        let name = assistant.map(|assistant| text(member(&assistant.doc, "name"))).unwrap_or_default();
        Ok(Assistant { id, name })
    }

    async fn messages(&self, stored: &[Stored]) -> Result<Vec<Said>, Refused> {
        let mut messages = Vec::with_capacity(stored.len());
        for Stored { doc, .. } in stored {
            let mut parts = Vec::new();
            for given in member(doc, "content").as_array().into_iter().flatten() {
                parts.extend(match part(given) {
                    Some(Part::File(id)) if self.model.wants().images => {
                        let detail = given["image_file"]["detail"].as_str().map(str::to_owned);
                        Some(self.image(&id, detail).await?)
                    }
                    part => part,
                });
            }
            messages.push(Said { role: text(member(doc, "role")), parts });
        }
        Ok(messages)
    }
}

/// Parses a content part of a message (docs/protocol/objects.md#message). Returns `None` for an unknown type.
fn part(part: &Value) -> Option<Part> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match part["type"].as_str()? {
        "text" => text(&part["text"]["value"]).map(Part::Text),
        "refusal" => text(&part["refusal"]).map(Part::Refusal),
        "image_url" => {
            let image = &part["image_url"];
            text(&image["url"]).map(|url| Part::Image { url, detail: text(&image["detail"]) })
        }
        "image_file" => text(&part["image_file"]["file_id"]).map(Part::File),
        _ => None,
    }
}

/// Returns the past rounds of a run: the tool calls of each, and the text before them.
fn rounds(steps: &[Stored], said: &[Stored]) -> Vec<Past> {
    let mut rounds = Vec::new();
    let mut before = String::new();
    for step in steps {
        let details = member(&step.doc, "step_details");
        if let Some(id) = details["message_creation"]["message_id"].as_str() {
            let message = said.iter().find(|message| message.id == id);
            before = message.map(|message| messages::text(&message.doc)).unwrap_or_default();
        }
        if let Some(calls) = details["tool_calls"].as_array() {
            rounds.push(Past { text: std::mem::take(&mut before), calls: calls.iter().map(called).collect() });
        }
    }
    rounds
}

fn called(call: &Value) -> Called {
    let function = &call["function"];
    Called {
        id: text(&call["id"]),
        name: text(&function["name"]),
        arguments: text(&function["arguments"]),
        output: text(&function["output"]),
    }
}

fn member<'a>(doc: &'a Map<String, Value>, name: &str) -> &'a Value {
    doc.get(name).unwrap_or(&Value::Null)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
