//! The transcript of a thread: Markdown that is generated from the exported messages.
//!
//! Message texts are written as block quotes, so that none of their lines can look like a line of the transcript.
//! Control characters are removed.

use super::file_references::referenced_files;
use crate::api::objects::{ContentPart, FromValue, JsonObject, Message, MessageStatus, Thread};
use crate::json;
use crate::ui::{sanitize, sanitize_lines};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};

/// Writes the transcript of a thread, with the messages from a JSON Lines reader.
///
/// # Errors
/// Returns an error if a line cannot be read, or if the transcript cannot be written.
pub fn write_transcript(id: &str, thread: &Value, messages: impl BufRead, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", sanitize(id))?;
    if let Some(thread) = Thread::from_value_ref(thread) {
        if let Some(time) = display_time(thread.created_at().valid()) {
            writeln!(out, "Created {time}.\n")?;
        }
        for (key, value) in thread.metadata().valid().into_iter().flatten() {
            writeln!(out, "- {}: {}", sanitize(key), sanitize(&json::unquoted(value)))?;
        }
    }
    for line in messages.lines() {
        if let Ok(message) = json::stored(line?) {
            write_message(&message, out)?;
        }
    }
    Ok(())
}

fn write_message(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    let Some(message) = Message::from_value_ref(value) else { return Ok(()) };
    let role = message.role().text().unwrap_or("unknown role");
    let time = display_time(message.created_at().valid());
    let details = [time.as_deref(), message.id().valid(), message.assistant_id().valid()];
    let details: Vec<_> = details.into_iter().flatten().map(sanitize).collect();
    writeln!(out, "\n## {} · {}", sanitize(role), details.join(" · "))?;
    let status = message.status();
    if let Some(text) = status.text().filter(|_| !status.is(MessageStatus::Completed)) {
        writeln!(out, "\n*{}*", sanitize(text))?;
    }
    match (message.content().valid(), message.member::<&str>("content").valid()) {
        (Some(parts), _) => parts.values().iter().try_for_each(|part| write_part(part, out))?,
        (None, Some(text)) => write_quote(text, out)?,
        (None, None) => {}
    }
    let mut files = BTreeSet::new();
    referenced_files(value, &mut files);
    if !files.is_empty() {
        writeln!(out)?;
    }
    files.iter().try_for_each(|id| writeln!(out, "- file [{id}](../../files/{id})"))
}

fn write_part(part: &Value, out: &mut dyn Write) -> io::Result<()> {
    let text = <&ContentPart>::from_value(part).and_then(ContentPart::display_text);
    write_quote(&text.unwrap_or("[unknown content]".into()), out)
}

fn write_quote(text: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    // Markdown treats a lone carriage return as a line break too.
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    sanitize_lines(&text).lines().try_for_each(|line| writeln!(out, "{}", format!("> {line}").trim_end()))
}

/// Returns a time in seconds since 1970 in the form `2025-01-31 12:00:00 UTC`.
fn display_time(seconds: Option<f64>) -> Option<String> {
    let time = jiff::Timestamp::from_millisecond((seconds? * 1e3) as i64).ok()?;
    Some(time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn message_text_cannot_imitate_the_transcript() {
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
        write_transcript("thread_1", &thread, lines.as_bytes(), &mut out).unwrap();
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
