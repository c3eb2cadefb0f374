//! Control characters at a pseudo-terminal in output that is no API object: raw requests, dry runs, downloads, and
//! traces.
#![cfg(unix)]

use super::hostile;
use crate::support::mock_server::Response;
use crate::support::terminal::Terminal;
use crate::support::test_env::Asst;
use serde_json::json;

/// C1, DEL and bidi controls, which JSON allows unescaped, and an escape sequence, which it does not.
const EVIL: &str = "x\u{9b}31m\u{7f}\u{202e}\u{2066}\u{200f}\u{85}y\u{1b}[2J";

#[track_caller]
fn clean(what: &str, text: &str) {
    let unsafe_ones = |c: char| {
        matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if let Some(found) = text.chars().find(|c| unsafe_ones(*c)) {
        panic!("{found:?} in {what}: {text:?}");
    }
}

/// Runs a command with both outputs at a terminal, and returns the output and the exit code.
fn shown(asst: &Asst, args: &[&str]) -> (String, Option<i32>) {
    let terminal = Terminal::new();
    let mut command = asst.command(args);
    command.env("NO_COLOR", "1");
    let code = terminal.start(command, true).wait().unwrap().code();
    (terminal.all(), code)
}

#[test]
fn raw_requests_show_no_controls() {
    let object = json!({ "id": "x_1", "name": EVIL, (EVIL): [EVIL] });
    let page = json!({ "data": [object.clone()], "has_more": false });
    for form in [
        &[][..],
        &["-o", "json"],
        &["-o", "yaml"],
        &["--jq", ".name"],
        &["--trace=full"],
        &["-o", "csv", "--columns", "name"],
    ] {
        let (_listener, asst) = hostile([Response::json(200, &object)]);
        let (text, code) = shown(&asst, &[&["api", "get", "/things/x_1"], form].concat());
        assert!(code == Some(0) && text.contains("31m"), "{form:?}: {text}");
        clean(&format!("api {form:?}"), &text);
        let (_listener, asst) = hostile([Response::json(200, &page)]);
        let (text, _) = shown(&asst, &[&["api", "get", "/things", "--paginate"], form].concat());
        clean(&format!("api --paginate {form:?}"), &text);
    }
    let (_listener, asst) = hostile([Response::json(200, &object)]);
    let piped = asst.run(["api", "get", "/things/x_1"]).ok();
    assert!(piped.stdout.contains('\u{9b}'), "a pipe gets the text as it is");
}

#[test]
fn dry_runs_show_no_controls() {
    let asst = Asst::with_backend("http://127.0.0.1:9/v1");
    asst.config(&format!(
        "[profiles.p]\nbackend = \"openai\"\nbase_url = \"http://127.0.0.1:9/v1\"\napi_key = \"sk-1\"\nheaders = {{ x-a = \"{}\" }}\n",
        "b\u{9b}c"
    ));
    asst.file("up.txt", "text");
    for dry in ["--dry-run", "--dry-run=curl"] {
        for args in [
            &["threads", "create", "--metadata", &format!("a={EVIL}")][..],
            &["assistants", "create", "--model", EVIL, "--name", EVIL],
            &["files", "upload", "up.txt", "--purpose", "assistants", "--filename", EVIL],
            &["api", "post", "/things", "--body", &json!({ "a": EVIL }).to_string()],
            &["-p", "p", "threads", "get", "thread_1"],
        ] {
            let (text, code) = shown(&asst, &[args, &[dry]].concat());
            assert!(matches!(code, Some(0 | 2)), "{args:?}: {text}");
            clean(&format!("{args:?} {dry}"), &text);
        }
    }
    let body = asst.run(["threads", "create", "--metadata", "a=\u{9b}", "--dry-run"]).ok().stdout;
    assert!(body.contains("\"a\": \"\\u009b\""), "JSON keeps its meaning: {body}");
}

#[test]
fn downloads_show_text_without_controls_and_nothing_else() {
    let file = ["files", "content", "file-1", "--to", "-"];
    let (_listener, asst) = hostile([Response::text(200, format!("één\n{EVIL}\n"))]);
    let (text, code) = shown(&asst, &file);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("één\r\nx31m"), "{text:?}");
    clean("a download", &text);
    for bytes in [&b"\x89PNG\r\n\x1a\n\0\0"[..], b"text\xff", b"\0"] {
        let (_listener, asst) = hostile([Response::text(200, bytes)]);
        let (text, code) = shown(&asst, &file);
        assert!(code == Some(2) && text.contains("the file is not text"), "{bytes:?} {code:?} {text}");
        clean("a refusal", &text);
        let (_listener, asst) = hostile([Response::text(200, bytes)]);
        let piped = asst.command(file).output().unwrap();
        assert_eq!(piped.stdout, bytes, "a pipe gets the bytes as they are");
    }
}
