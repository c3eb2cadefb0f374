//! Escape sequences, hyperlinks, clipboard writes, and bidi controls in every string that a server can send.

use super::hostile;
use crate::support::mock_server::Response;
#[cfg(unix)]
use crate::support::terminal::Terminal;
use serde_json::{Value, json};

/// Clears the screen, writes the clipboard (OSC 52), makes a hyperlink (OSC 8), reverses the text direction, and rings
/// the bell.
const EVIL: &str =
    "x\u{1b}[2J\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}]8;;http://evil/\u{1b}\\y\u{9b}31m\u{202e}\u{2066}\u{200f}\u{7f}\r";

const CONTROLS: [char; 8] = ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200f}', '\u{7f}', '\r'];

#[track_caller]
fn clean(what: &str, text: &str) {
    if let Some(found) = CONTROLS.iter().find(|control| text.contains(**control)) {
        panic!("{found:?} in {what}: {text:?}");
    }
}

fn object() -> Value {
    json!({
        "id": EVIL, "object": EVIL, "created_at": EVIL, "name": EVIL, "filename": EVIL, "model": EVIL, "status": EVIL,
        "role": EVIL, "purpose": EVIL, "type": EVIL, "assistant_id": EVIL, "thread_id": EVIL, "run_id": EVIL,
        "metadata": { (EVIL): EVIL }, "tools": [{ "type": EVIL }], "content": [{ "type": "text", "text": { "value": EVIL } }],
        "last_error": { "code": EVIL, "message": EVIL }, "step_details": { "type": EVIL },
    })
}

const SHOWN: [&[&str]; 7] = [
    &["assistants", "get", "asst_1"],
    &["threads", "get", "thread_1"],
    &["messages", "get", "thread_1", "msg_1"],
    &["runs", "get", "thread_1", "run_1"],
    &["steps", "get", "thread_1", "run_1", "step_1"],
    &["files", "get", "file-1"],
    &["assistants", "update", "asst_1", "--name", "n"],
];

const LISTED: [&[&str]; 5] = [
    &["assistants", "list"],
    &["messages", "list", "thread_1"],
    &["runs", "list", "thread_1"],
    &["steps", "list", "thread_1", "run_1"],
    &["files", "list"],
];

#[test]
fn piped_output_contains_no_escapes() {
    let page = || json!({ "data": [object()], "has_more": false });
    for (commands, listed) in [(&SHOWN[..], false), (&LISTED, true)] {
        for args in commands {
            let mut answer = if listed { page() } else { object() };
            // The response must have the ID that was requested.
            if let Some(id) = args.iter().take_while(|arg| !arg.starts_with("--")).last().filter(|_| !listed) {
                answer["id"] = json!(id);
            }
            for form in [&[][..], &["--header"], &["-o", "csv"], &["-o", "id"]] {
                let (_listener, asst) = hostile([Response::json(200, &answer)]);
                let ran = asst.run([args, form].concat()).ok();
                // In CSV a line end inside quotes is data.
                clean("a cell", &if form.contains(&"csv") { ran.text().replace('\r', "") } else { ran.text() });
            }
        }
    }
}

#[test]
fn error_messages_contain_no_escapes() {
    let error = json!({ "error": { "message": EVIL, "type": EVIL, "code": EVIL, "param": EVIL } });
    for form in [&[][..], &["-o", "json"], &["--trace"], &["--trace=full", "-o", "jsonl"], &["-q"]] {
        let deed = Response::json(400, &error).with("x-request-id", "r\u{9b}31m\u{202e}");
        let (_listener, asst) = hostile([deed]);
        let ran = asst.run([&["threads", "get", "thread_1"], form].concat()).code(5);
        clean("a message", &ran.text());
    }
    for body in [EVIL.to_owned(), format!("<html>{EVIL}</html>"), json!({ "detail": [EVIL] }).to_string()] {
        let (_listener, asst) = hostile([Response::text(502, body.clone())]);
        clean("a message", &asst.run(["threads", "get", "thread_1", "--retries", "0"]).code(7).text());
        let (_listener, asst) = hostile([Response::text(200, body)]);
        clean("a message", &asst.run(["threads", "delete", "thread_1"]).text());
    }
    let (_listener, asst) = hostile([Response::json(200, &json!({ "id": "x", "deleted": EVIL }))]);
    clean("a message", &asst.run(["threads", "delete", "thread_1"]).code(1).text());
    let page = || Response::json(200, &json!({ "data": [object()], "has_more": true }));
    let (_listener, asst) = hostile([page(), page()]);
    clean("an error", &asst.run(["assistants", "list"]).code(8).says("repeats the page").stderr);
}

#[test]
fn file_names_contain_no_escapes() {
    let file = json!({ "id": "file-1", "object": "file", "filename": format!("../../{EVIL}\n.txt") });
    let (_listener, asst) = hostile([Response::json(200, &file), Response::text(200, "bytes")]);
    let ran = asst.run(["files", "content", "file-1", "-O"]).ok();
    clean("a message", &ran.text());
    let names: Vec<_> = std::fs::read_dir(asst.work()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 1);
    clean("a file name", &names[0].to_string_lossy());
}

#[test]
fn too_long_file_name_is_shortened_and_reported() {
    for (name, expected) in [
        ("a".repeat(300) + ".pdf", "a".repeat(251) + ".pdf"),
        ("ä".repeat(200) + ".pdf", "ä".repeat(125) + ".pdf"),
        ("日".repeat(100), "日".repeat(85)),
    ] {
        let file = json!({ "id": "file-1", "object": "file", "filename": name });
        let (_listener, asst) = hostile([Response::json(200, &file), Response::text(200, "bytes")]);
        asst.run(["files", "content", "file-1", "-O"]).ok().says(&format!("it is shortened to {expected}"));
        assert_eq!(std::fs::read_to_string(asst.work().join(&expected)).unwrap(), "bytes", "{name}");
    }
    let file = json!({ "id": "file-1", "object": "file", "filename": "a".repeat(255) });
    let (_listener, asst) = hostile([Response::json(200, &file), Response::text(200, "bytes")]);
    assert!(!asst.run(["files", "content", "file-1", "-O"]).ok().stderr.contains("shortened"));
}

#[test]
fn ledger_rows_contain_no_escapes() {
    let (_listener, asst) = hostile([Response::json(200, &object())]);
    asst.run(["threads", "create"]).ok();
    for args in [&["threads", "list"][..], &["ledger", "list"]] {
        clean("a row", &asst.run(args).ok().text());
    }
}

#[cfg(unix)]
#[test]
fn terminal_output_contains_no_escapes_in_any_format() {
    let forms: [&[&str]; 8] = [
        &[],
        &["-o", "json"],
        &["-o", "jsonl"],
        &["-o", "yaml"],
        &["-o", "csv"],
        &["-o", "id"],
        &["--jq", ".name"],
        &["--trace=full"],
    ];
    for form in forms {
        let (listener, asst) = hostile([Response::json(200, &object())]);
        let mut command = asst.command([&["assistants", "get", "asst_1"], form].concat());
        command.env("TERM", "dumb").env("NO_COLOR", "1");
        let terminal = Terminal::new();
        terminal.start(command, true).wait().unwrap();
        let text = terminal.all();
        assert_eq!(listener.lines().len(), 1, "{text}");
        // The terminal itself writes lines with CR LF.
        clean(&format!("{form:?}"), &text.replace("\r\n", "\n"));
        assert!(text.contains("evil"), "nothing was shown: {text}");
    }
}
