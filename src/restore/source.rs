//! Messages, tool calls and items as the archive has them, in one form for all sources and targets.

use super::known_files::FileLookup;
use super::loss::Losses;
use super::options::CitationMode;
use crate::api::objects::{
    Annotation, AnnotationType, ContentType, ConversationItem, ItemContent, ItemContentType, JsonObject, Message,
    RunStep,
};
use serde_json::{Map, Value};

/// A message of a thread or a conversation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SourceMessage {
    pub(super) role: String,
    pub(super) parts: Vec<Part>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) metadata: Map<String, Value>,
    /// The time of creation in seconds since 1970. Items of conversations have none.
    pub(super) created_at: Option<i64>,
    pub(super) run_id: Option<String>,
    /// The changes and losses from reading the message.
    pub(super) losses: Losses,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Text(String),
    Refusal(String),
    ImageFile { file_id: String, detail: Option<String> },
    ImageUrl { url: String, detail: Option<String> },
    File { file_id: String },
}

/// A file that a message adds to the resources of tools.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attachment {
    pub(super) file_id: String,
    pub(super) tools: Option<Value>,
}

/// A call of a function, with its output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FunctionPair {
    pub(super) call_id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    pub(super) output: String,
}

/// The complete function calls of a run step.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StepPairs {
    pub(super) run_id: String,
    pub(super) created_at: f64,
    pub(super) pairs: Vec<FunctionPair>,
}

/// Reads a message of a thread.
pub(super) fn of_thread(message: &Message, citations: CitationMode, files: &dyn FileLookup) -> SourceMessage {
    let mut losses = Losses::default();
    let mut parts = Vec::new();
    let content = message.content();
    if let Some(text) = content.invalid().and_then(Value::as_str) {
        parts.push(Part::Text(text.to_owned()));
    }
    for part in content.or_default().valid() {
        let image_file = part.image_file().valid();
        let image_url = part.image_url().valid();
        match (part.kind().known(), part.plain_text(), image_file, image_url) {
            (Some(ContentType::ImageFile), _, Some(image), _) => parts.push(Part::ImageFile {
                file_id: image.file_id().or_default().to_owned(),
                detail: image.detail().valid().map(str::to_owned),
            }),
            (Some(ContentType::ImageUrl), _, _, Some(image)) => parts.push(Part::ImageUrl {
                url: image.url().or_default().to_owned(),
                detail: image.detail().valid().map(str::to_owned),
            }),
            (Some(ContentType::Refusal), ..) => parts.push(Part::Refusal(part.refusal().or_default().to_owned())),
            (_, Some(text), ..) => {
                let annotations: Vec<&Annotation> = part.annotations().valid().collect();
                losses.citations_lost += part.annotations().values().len() as u64;
                let cited = cited_text(text, &annotations, citations, files);
                losses.messages_changed |= u64::from(cited != text);
                parts.push(Part::Text(cited));
            }
            // A type that this version does not know is named, so that the reader sees that something was there.
            _ => {
                losses.messages_changed = 1;
                parts.extend(part.display_text().map(|text| Part::Text(text.into_owned())));
            }
        }
    }
    let attachments = message.attachments().or_default().valid();
    let attachments = attachments.filter_map(|attachment| {
        let tools = attachment.as_map().get("tools").filter(|tools| !tools.is_null()).cloned();
        Some(Attachment { file_id: attachment.file_id().valid()?.to_owned(), tools })
    });
    SourceMessage {
        role: message.role().text().unwrap_or("user").to_owned(),
        parts,
        attachments: attachments.collect(),
        metadata: message.metadata().valid().cloned().unwrap_or_default(),
        created_at: message.created_at().valid().map(|seconds| seconds as i64),
        run_id: message.run_id().valid().map(str::to_owned),
        losses,
    }
}

/// Returns a text with its citations in the selected form.
fn cited_text(text: &str, annotations: &[&Annotation], citations: CitationMode, files: &dyn FileLookup) -> String {
    let mut cited = text.to_owned();
    let mut notes = Vec::new();
    for annotation in annotations {
        let source = match annotation.kind().known() {
            Some(AnnotationType::FileCitation) => annotation.file_citation().valid(),
            Some(AnnotationType::FilePath) => annotation.file_path().valid(),
            _ => None,
        };
        let file = source.and_then(|file| file.file_id().valid()).map(|id| files.name(id));
        let page = annotation.url_citation().valid().and_then(|page| page.url().valid()).map(str::to_owned);
        // The mark of a path is a link that the text needs, such as `sandbox:/mnt/data/table.csv`.
        let is_path = annotation.kind().is(AnnotationType::FilePath);
        let mark = annotation.text().or_default();
        match citations {
            CitationMode::Keep => {}
            CitationMode::Drop if is_path || mark.is_empty() => {}
            CitationMode::Drop => cited = cited.replace(mark, ""),
            CitationMode::Footnote => {
                let Some(source) = file.or(page) else { continue };
                let number = notes.iter().position(|note| *note == source).unwrap_or_else(|| {
                    notes.push(source);
                    notes.len() - 1
                });
                if !is_path && !mark.is_empty() {
                    cited = cited.replace(mark, &format!("[{}]", number + 1));
                }
            }
        }
    }
    if !notes.is_empty() {
        let notes: Vec<_> = notes.iter().zip(1..).map(|(note, number)| format!("[{number}] {note}")).collect();
        cited = format!("{cited}\n\n{}", notes.join("\n"));
    }
    cited
}

/// Reads a message of a conversation.
pub(super) fn of_item(item: &ConversationItem) -> SourceMessage {
    let mut losses = Losses::default();
    let mut parts = Vec::new();
    if let Some(text) = item.content().invalid().and_then(Value::as_str) {
        parts.push(Part::Text(text.to_owned()));
    }
    for part in item.content().or_default().valid() {
        losses.citations_lost += part.annotations().or_default().values().len() as u64;
        let read = item_part(part);
        losses.messages_changed |= u64::from(read.is_none());
        parts
            .push(read.unwrap_or_else(|| Part::Text(format!("[{}]", part.kind().text().unwrap_or("unknown content")))));
    }
    SourceMessage {
        role: item.role().valid().unwrap_or("user").to_owned(),
        parts,
        attachments: Vec::new(),
        metadata: Map::new(),
        created_at: None,
        run_id: None,
        losses,
    }
}

/// Reads a part of an item. Returns `None` if its type has no counterpart in a request.
fn item_part(part: &ItemContent) -> Option<Part> {
    let text = part.text().valid().map(|text| Part::Text(text.to_owned()));
    let detail = part.detail().valid().map(str::to_owned);
    let file_id = part.file_id().valid().map(str::to_owned);
    match part.kind().known()? {
        ItemContentType::InputText | ItemContentType::OutputText | ItemContentType::Text => text,
        ItemContentType::Refusal => part.refusal().valid().map(|text| Part::Refusal(text.to_owned())),
        ItemContentType::InputImage => match (file_id, part.image_url().valid()) {
            (Some(file_id), _) => Some(Part::ImageFile { file_id, detail }),
            (None, Some(url)) => Some(Part::ImageUrl { url: url.to_owned(), detail }),
            (None, None) => None,
        },
        ItemContentType::InputFile => file_id.map(|file_id| Part::File { file_id }),
        _ => None,
    }
}

/// Returns the parts of the output of a function as one text. Files and images are named.
pub(super) fn output_text(parts: &[Value], files: &dyn FileLookup, losses: &mut Losses) -> String {
    losses.messages_changed = 1;
    let text = |part: &Value| match ItemContent::from_value_ref(part).and_then(item_part) {
        Some(Part::Text(text) | Part::Refusal(text)) => text,
        Some(Part::ImageFile { file_id, .. }) => {
            losses.images_lost += 1;
            format!("[image {}]", files.name(&file_id))
        }
        Some(Part::ImageUrl { url, .. }) => format!("[image {url}]"),
        Some(Part::File { file_id }) => {
            losses.attachments_lost += 1;
            format!("[file {}]", files.name(&file_id))
        }
        None => "[unknown content]".to_owned(),
    };
    parts.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// Reads the function calls of a run step that have an output. Returns `None` for a step without such calls. Counts the
/// calls that are lost in any case. If there are any, the step counts as lost.
pub(super) fn step_pairs(step: &RunStep, losses: &mut Losses) -> Option<StepPairs> {
    let calls = step.tool_calls();
    let mut pairs = Vec::new();
    for call in calls.valid() {
        let function = call.function().valid();
        let pair = function.and_then(|function| {
            Some(FunctionPair {
                call_id: call.id().valid()?.to_owned(),
                name: function.name().valid()?.to_owned(),
                arguments: match function.arguments().invalid() {
                    Some(arguments) => arguments.to_string(),
                    None => function.arguments().valid()?.to_owned(),
                },
                output: function.output().valid()?.to_owned(),
            })
        });
        pairs.extend(pair);
    }
    let lost = (calls.values().len() - pairs.len()) as u64;
    losses.tool_calls_lost += lost;
    losses.steps_lost += u64::from(lost > 0);
    let created_at = step.created_at().valid().unwrap_or_default();
    let run_id = step.run_id().or_default().to_owned();
    (!pairs.is_empty()).then_some(StepPairs { run_id, created_at, pairs })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::restore::known_files::KnownFiles;
    use serde_json::json;

    fn message(value: Value, citations: CitationMode) -> SourceMessage {
        let mut files = KnownFiles::default();
        for id in ["file-a", "file-t"] {
            files.names.insert(id.to_owned(), format!("name of {id}"));
        }
        of_thread(&Message::from_literal(value), citations, &files)
    }

    fn text_of(message: &SourceMessage) -> &str {
        match message.parts.as_slice() {
            [Part::Text(text)] => text,
            parts => panic!("{parts:?}"),
        }
    }

    #[test]
    fn citations_are_kept_numbered_or_removed() {
        let mark = |text: &str, kind: &str, file: &str| json!({"type": kind, "text": text, kind: {"file_id": file}});
        let cited = json!({"role": "assistant", "content": [{"type": "text", "text": {
        "value": "Rule A【1†source】 and B【2†source】, see [table](sandbox:/t.csv).",
        "annotations": [
            mark("【1†source】", "file_citation", "file-a"),
            mark("【2†source】", "file_citation", "file-a"),
            mark("sandbox:/t.csv", "file_path", "file-t"),
        ]}}]});
        let kept = message(cited.clone(), CitationMode::Keep);
        assert!(text_of(&kept).contains("【1†source】") && kept.losses.messages_changed == 0);
        assert_eq!(kept.losses.citations_lost, 3);
        let numbered = message(cited.clone(), CitationMode::Footnote);
        assert_eq!(
            text_of(&numbered),
            "Rule A[1] and B[1], see [table](sandbox:/t.csv).\n\n[1] name of file-a\n[2] name of file-t"
        );
        let dropped = message(cited, CitationMode::Drop);
        assert_eq!(text_of(&dropped), "Rule A and B, see [table](sandbox:/t.csv).");
        assert_eq!(dropped.losses.messages_changed, 1);
    }

    #[test]
    fn only_function_calls_with_an_output_are_pairs() {
        let step = json!({"run_id": "run_1", "created_at": 5, "type": "tool_calls", "step_details": {
        "type": "tool_calls", "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}", "output": "7"}},
            {"id": "call_2", "type": "function", "function": {"name": "f", "arguments": "{}", "output": null}},
            {"id": "call_3", "type": "code_interpreter", "code_interpreter": {"input": "1", "outputs": []}},
        ]}});
        let mut losses = Losses::default();
        let found = step_pairs(&RunStep::from_literal(step), &mut losses).unwrap();
        assert_eq!(found.pairs.iter().map(|pair| pair.call_id.as_str()).collect::<Vec<_>>(), ["call_1"]);
        assert_eq!((losses.tool_calls_lost, losses.steps_lost), (2, 1));
    }
}
