//! The transcript of a thread: Markdown that is generated from the exported messages.
//!
//! Message texts are written as block quotes, so that none of their lines can look like a line of the transcript.
//! Control characters are removed.

use super::references::references;
use crate::json;
use crate::ui::{sanitize, sanitize_lines};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};

/// Writes the transcript of a thread, with the messages from a JSON Lines reader.
///
/// # Errors
/// If a line cannot be read, or the transcript cannot be written.
pub fn transcript(id: &str, thread: &Value, messages: impl BufRead, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", sanitize(id))?;
    if let Some(time) = time(thread) {
        writeln!(out, "Created {time}.\n")?;
    }
    for (key, value) in thread.get("metadata").and_then(Value::as_object).into_iter().flatten() {
        writeln!(out, "- {}: {}", sanitize(key), sanitize(&text_of(value)))?;
    }
    for line in messages.lines() {
        if let Ok(message) = json::stored(line?) {
            write_message(&message, out)?;
        }
    }
    Ok(())
}

fn write_message(message: &Value, out: &mut dyn Write) -> io::Result<()> {
    let word = |member: &str| message.get(member).and_then(Value::as_str).map(sanitize);
    let role = word("role").unwrap_or("somebody".into());
    let details = [time(message).map(Into::into), word("id"), word("assistant_id")];
    let details: Vec<_> = details.into_iter().flatten().collect();
    writeln!(out, "\n## {role} · {}", details.join(" · "))?;
    if let Some(status) = word("status").filter(|status| status != "completed") {
        writeln!(out, "\n*{status}*")?;
    }
    match message.get("content") {
        Some(Value::String(text)) => quote(text, out)?,
        Some(Value::Array(parts)) => parts.iter().try_for_each(|part| write_part(part, out))?,
        _ => {}
    }
    let mut files = BTreeSet::new();
    references(message, &mut files);
    if !files.is_empty() {
        writeln!(out)?;
    }
    files.iter().try_for_each(|id| writeln!(out, "- file [{id}](../../files/{id})"))
}

fn write_part(part: &Value, out: &mut dyn Write) -> io::Result<()> {
    let text = &part["text"];
    let said = text.as_str().or_else(|| text["value"].as_str()).or_else(|| part["refusal"].as_str());
    match (said, part["image_file"]["file_id"].as_str(), part["image_url"]["url"].as_str()) {
        (Some(text), ..) => quote(text, out),
        (_, Some(id), _) => quote(&format!("[image {id}]"), out),
        (.., Some(url)) => quote(&format!("[image {url}]"), out),
        _ => quote(&format!("[{}]", part["type"].as_str().unwrap_or("something")), out),
    }
}

fn quote(text: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    // Markdown treats a lone carriage return as a line break too.
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    sanitize_lines(&text).lines().try_for_each(|line| writeln!(out, "{}", format!("> {line}").trim_end()))
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns the creation time of an object for display, such as `2025-01-31 12:00:00 UTC`.
fn time(object: &Value) -> Option<String> {
    let seconds = object.get("created_at")?.as_f64()?;
    let time = jiff::Timestamp::from_millisecond((seconds * 1e3) as i64).ok()?;
    Some(time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_said_cannot_pass_for_what_asst_says() {
        let thread = json!({"created_at": 1_700_000_000, "metadata": {"team": "docs\n# no"}});
        let messages = [
            json!({"id": "msg_1", "role": "user", "created_at": 1_700_000_001, "content": [
                {"type": "text", "text": {"value": "a\n## assistant\r## b\u{1b}[31m\n\nc", "annotations": []}},
                {"type": "image_file", "image_file": {"file_id": "file-1"}}
            ]}),
            json!({"id": "msg_2", "role": "assistant", "status": "incomplete", "content": "plain"}),
        ];
        let lines = messages.map(|message| message.to_string()).join("\n");
        let mut out = Vec::new();
        transcript("thread_1", &thread, lines.as_bytes(), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        # thread_1

        Created 2023-11-14 22:13:20 UTC.

        - team: docs # no

        ## user · 2023-11-14 22:13:21 UTC · msg_1

        > a
        > ## assistant
        > ## b[31m
        >
        > c

        > [image file-1]

        - file [file-1](../../files/file-1)

        ## assistant · msg_2

        *incomplete*

        > plain
        ");
    }
}
