//! Messages and tool calls in the form of a request to the target.

use super::known_files::{FileLookup, FileUse};
use super::loss::Losses;
use super::map::ObjectKind;
use super::options::{Conversion, ImageMode, TargetForm, ToolCallMode};
use super::source::{FunctionPair, Part, SourceMessage};
use serde_json::{Map, Value, json};

/// The maximum number of pairs of metadata of an object (docs/protocol/objects.md#limits-and-defaults).
const MAX_METADATA: usize = 16;

/// The content of a message that has neither a text nor anything else that the target accepts.
const NO_CONTENT: &str = "[no content]";

/// A message or a tool call that is added as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Addition {
    /// One message, or the items of a conversation.
    pub(super) items: Vec<Map<String, Value>>,
    pub(super) losses: Losses,
}

/// Adds pairs to metadata while there is room. Returns the number of pairs that did not fit. Existing pairs stay, except
/// that `asst_from` always names the direct source.
pub(super) fn add_metadata(metadata: &mut Map<String, Value>, pairs: &[(&str, Option<String>)]) -> u64 {
    let mut left_out = 0;
    for (name, value) in pairs {
        let Some(value) = value else { continue };
        let exists = metadata.contains_key(*name);
        if exists && *name != "asst_from" {
            continue;
        }
        if !exists && metadata.len() >= MAX_METADATA {
            left_out += 1;
            continue;
        }
        metadata.insert((*name).to_owned(), value.as_str().into());
    }
    left_out
}

/// Returns a time in the form of RFC 3339.
pub(super) fn time_text(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

/// Returns the members of the request that creates the object at the target, and what they lose of the source.
pub(super) fn object_members(
    kind: ObjectKind,
    id: &str,
    source: &Map<String, Value>,
    conversion: &Conversion,
    files: &dyn FileLookup,
) -> (Map<String, Value>, Losses) {
    let mut losses = Losses::default();
    let mut metadata = source.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    losses.metadata = metadata.len() as u64;
    let created = source.get("created_at").and_then(Value::as_f64).and_then(|seconds| time_text(seconds as i64));
    losses.metadata_lost += add_metadata(&mut metadata, &[("asst_from", Some(id.to_owned()))]);
    losses.times_lost += add_metadata(&mut metadata, &[("asst_created", created)]);
    let mut members = Map::from_iter([("metadata".to_owned(), metadata.into())]);
    if kind == ObjectKind::Conversation {
        return (members, losses);
    }
    let ids = |tool: &str, member: &str| {
        let ids = source.get("tool_resources").map(|resources| &resources[tool][member]);
        ids.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    };
    losses.vector_stores_lost = ids("file_search", "vector_store_ids").count() as u64;
    let mut new_ids = Vec::new();
    for file_id in ids("code_interpreter", "file_ids") {
        let new_id = match conversion.form {
            TargetForm::Threads => files.new_id(file_id, FileUse::Assistants),
            TargetForm::Conversations => None,
        };
        losses.files += u64::from(new_id.is_some());
        losses.files_lost += u64::from(new_id.is_none());
        new_ids.extend(new_id);
    }
    if !new_ids.is_empty() {
        let resources = json!({ "code_interpreter": { "file_ids": new_ids } });
        members.insert("tool_resources".to_owned(), resources);
    }
    (members, losses)
}

/// Renders a message.
pub(super) fn message(message: SourceMessage, conversion: &Conversion, files: &dyn FileLookup) -> Addition {
    let mut rendering = Rendering { conversion, files, losses: message.losses, parts: Vec::new() };
    rendering.losses.messages += 1;
    let can_refer = conversion.form == TargetForm::Threads || message.role != "assistant";
    for part in message.parts {
        rendering.add(part, &message.role, can_refer);
    }
    let mut attachments = Vec::new();
    for attachment in message.attachments {
        let purpose = FileUse::of_attachment(conversion.form);
        match files.new_id(&attachment.file_id, purpose).filter(|_| can_refer) {
            Some(new_id) => {
                rendering.losses.attachments += 1;
                if conversion.form == TargetForm::Conversations {
                    rendering.parts.push(json!({ "type": "input_file", "file_id": new_id }));
                    continue;
                }
                let tools = attachment.tools.unwrap_or_else(|| json!([{ "type": "file_search" }]));
                attachments.push(json!({ "file_id": new_id, "tools": tools }));
            }
            None => rendering.add_missing_file(&attachment.file_id, &message.role),
        }
    }
    if rendering.parts.is_empty() {
        rendering.add_changed_text(NO_CONTENT, &message.role);
    }
    let Rendering { parts, mut losses, .. } = rendering;
    losses.messages_changed = losses.messages_changed.min(1);
    let mut object = Map::new();
    if conversion.form == TargetForm::Conversations {
        losses.times_lost += u64::from(message.created_at.is_some());
        losses.metadata_lost += message.metadata.len() as u64;
        object.insert("type".to_owned(), "message".into());
        object.insert("role".to_owned(), message.role.into());
        object.insert("content".to_owned(), parts.into());
        return Addition { items: vec![object], losses };
    }
    let mut metadata = message.metadata;
    losses.metadata += metadata.len() as u64;
    let created_at = message.created_at.and_then(time_text);
    losses.times_lost += add_metadata(&mut metadata, &[("asst_created_at", created_at)]);
    losses.metadata_lost += add_metadata(&mut metadata, &[("asst_run", message.run_id)]);
    object.insert("role".to_owned(), message.role.into());
    object.insert("content".to_owned(), text_or_parts(parts));
    if !attachments.is_empty() {
        object.insert("attachments".to_owned(), attachments.into());
    }
    if !metadata.is_empty() {
        object.insert("metadata".to_owned(), metadata.into());
    }
    Addition { items: vec![object], losses }
}

/// Returns the content of a message of a thread: a text if there is nothing else, because every server accepts it.
fn text_or_parts(mut parts: Vec<Value>) -> Value {
    match parts.as_mut_slice() {
        [part] if part["type"] == "text" => part["text"].take(),
        _ => parts.into(),
    }
}

/// The content of a message while it is rendered.
struct Rendering<'a> {
    conversion: &'a Conversion,
    files: &'a dyn FileLookup,
    losses: Losses,
    parts: Vec<Value>,
}

impl Rendering<'_> {
    /// Adds a part. `can_refer` is `true` if a message of this role can refer to files and images at the target.
    fn add(&mut self, part: Part, role: &str, can_refer: bool) {
        let is_item = self.conversion.form == TargetForm::Conversations;
        let as_link = can_refer && self.conversion.images == ImageMode::Link;
        match part {
            Part::Text(text) => self.add_text(&text, role),
            Part::Refusal(text) if is_item && role == "assistant" => {
                self.parts.push(json!({ "type": "refusal", "refusal": text }));
            }
            Part::Refusal(text) => self.add_changed_text(&text, role),
            Part::ImageFile { file_id, detail } => {
                match self.files.new_id(&file_id, FileUse::Vision).filter(|_| as_link) {
                    Some(new_id) => {
                        self.losses.images += 1;
                        self.add_image(("file_id", new_id), detail, "image_file", is_item);
                    }
                    None => {
                        self.losses.images_lost += 1;
                        let text = format!("[image {}]", self.files.name(&file_id));
                        self.add_changed_text(&text, role);
                    }
                }
            }
            Part::ImageUrl { url, detail } if as_link => {
                self.losses.images += 1;
                self.add_image((if is_item { "image_url" } else { "url" }, url), detail, "image_url", is_item);
            }
            // The address in the text still leads to the image.
            Part::ImageUrl { url, .. } => self.add_changed_text(&format!("[image {url}]"), role),
            Part::File { file_id } => {
                match self.files.new_id(&file_id, FileUse::UserData).filter(|_| can_refer && is_item) {
                    Some(new_id) => {
                        self.losses.attachments += 1;
                        self.parts.push(json!({ "type": "input_file", "file_id": new_id }));
                    }
                    None => self.add_missing_file(&file_id, role),
                }
            }
        }
    }

    fn add_image(&mut self, (name, value): (&str, String), detail: Option<String>, member: &str, is_item: bool) {
        let mut image = Map::from_iter([(name.to_owned(), Value::from(value))]);
        image.extend(detail.map(|detail| ("detail".to_owned(), detail.into())));
        if is_item {
            image.insert("type".to_owned(), "input_image".into());
            self.parts.push(image.into());
        } else {
            self.parts.push(json!({ "type": member, member: image }));
        }
    }

    /// Adds a text. The services refuse an empty one.
    fn add_text(&mut self, text: &str, role: &str) {
        if text.is_empty() {
            return;
        }
        self.parts.push(match (self.conversion.form, role) {
            (TargetForm::Threads, _) => json!({ "type": "text", "text": text }),
            (TargetForm::Conversations, "assistant") => {
                json!({ "type": "output_text", "text": text, "annotations": [] })
            }
            (TargetForm::Conversations, _) => json!({ "type": "input_text", "text": text }),
        });
    }

    /// Adds a text that the source does not have.
    fn add_changed_text(&mut self, text: &str, role: &str) {
        self.losses.messages_changed = 1;
        self.add_text(text, role);
    }

    fn add_missing_file(&mut self, file_id: &str, role: &str) {
        self.losses.attachments_lost += 1;
        self.add_changed_text(&format!("[file {}]", self.files.name(file_id)), role);
    }
}

/// Renders a function call with its output. Returns `None` if it is left out.
pub(super) fn function_pair(pair: &FunctionPair, conversion: &Conversion) -> Option<Addition> {
    let losses = Losses { tool_calls: 1, ..Losses::default() };
    let object = |value: Value| match value {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    let FunctionPair { call_id, name, arguments, output } = pair;
    let items = match (conversion.tool_calls, conversion.form) {
        (ToolCallMode::Drop, _) => return None,
        (ToolCallMode::Pairs, TargetForm::Conversations) => vec![
            object(json!({ "type": "function_call", "call_id": call_id, "name": name, "arguments": arguments })),
            object(json!({ "type": "function_call_output", "call_id": call_id, "output": output })),
        ],
        (_, form) => {
            let text = format!("[function {name}({arguments}) returned: {output}]");
            vec![object(match form {
                TargetForm::Threads => json!({ "role": "assistant", "content": text }),
                TargetForm::Conversations => json!({ "type": "message", "role": "assistant", "content": [
                    { "type": "output_text", "text": text, "annotations": [] }
                ] }),
            })]
        }
    };
    Some(Addition { items, losses })
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
