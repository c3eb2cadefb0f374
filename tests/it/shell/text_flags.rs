//! Text flags are plain text: their type is not guessed from the value, and no value opens a file.

use crate::support::mock_server::MockServer;
use crate::support::test_env::Asst;
use serde_json::json;

const TEXTS: [&str; 11] = [
    "plain: colon",
    "123",
    "null",
    "true",
    "[1,2",
    "{\"a\":1}",
    "@/etc/hostname",
    "@team see v1.2",
    "-",
    "\\@x",
    " x\n",
];

/// In another tool `--content 'plain: colon'` sends an object, `123` a number, and `@/etc/hostname` the file. A script
/// that passes on untrusted text discloses local files.
#[test]
fn text_flags_are_sent_verbatim() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    for text in TEXTS {
        let sent = |args: &[&str]| {
            asst.run(args).ok();
            listener.requests().pop().unwrap().json()
        };
        let flag = |name: &str| format!("--{name}={text}");
        assert_eq!(sent(&["messages", "create", "thread_1", &flag("content")])["content"], text, "{text:?}");
        assert_eq!(sent(&["threads", "create", &flag("message")])["messages"][0]["content"], text, "{text:?}");
        let assistant =
            sent(&["assistants", "create", "--model=m", &flag("name"), &flag("instructions"), &flag("description")]);
        assert_eq!(
            assistant,
            json!({ "model": "m", "name": text, "description": text, "instructions": text }),
            "{text:?}"
        );
        assert_eq!(sent(&["assistants", "create", &flag("model")])["model"], text, "{text:?}");
        assert_eq!(sent(&["threads", "create", &format!("--metadata=k={text}")])["metadata"]["k"], text, "{text:?}");
        let run = ["runs", "create", "thread_1", "--assistant-id=a", &flag("additional-instructions")];
        assert_eq!(sent(&run)["additional_instructions"], text, "{text:?}");
    }
}

#[test]
fn an_output_of_a_tool_is_split_at_the_first_equals_sign_and_nowhere_else() {
    let asst = Asst::new();
    for text in TEXTS.into_iter().chain(["a=b=c", ""]) {
        let output = format!("--tool-output=call_1={text}");
        let ran = asst.local(&["runs", "submit", "thread_1", "run_1", &output, "--dry-run=curl"]).ok();
        let json = json!({ "tool_outputs": [{ "tool_call_id": "call_1", "output": text }] });
        let quoted = json.to_string().replace('\'', r"'\''");
        // The order of the members is not fixed.
        let other = json!([{ "output": text, "tool_call_id": "call_1" }]).to_string();
        assert!(ran.stdout.contains(&quoted) || ran.stdout.contains(&other), "{}", ran.text());
    }
}

/// Another tool cuts instructions at 32,768 characters, but the API allows 256,000.
#[test]
fn instructions_are_as_long_as_the_api_allows() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    let long = asst.file("long.txt", "é".repeat(256_000));
    let create = |path: &std::path::Path| {
        asst.run(["assistants", "create", "--model", "m", "--instructions-file", path.to_str().unwrap()])
    };
    create(&long).ok();
    assert_eq!(listener.requests()[0].json()["instructions"].as_str().unwrap().chars().count(), 256_000);
    let longer = asst.file("longer.txt", "é".repeat(256_001));
    create(&longer).code(2).says("hint: set it with --instructions-file");
    assert_eq!(listener.lines().len(), 1);
}

/// Another tool reports success for an update although it did not send all members.
#[test]
fn an_update_sends_every_member_that_was_given() {
    let listener = MockServer::new(|_, _| crate::support::mock_server::Response::json(200, &json!({ "id": "asst_1" })));
    let asst = Asst::with_backend(&listener.url());
    let all = ["--metadata=team=docs", "--response-format=json_object", "--temperature=0.5", "--tool=file_search"];
    asst.run(["assistants", "update", "asst_1", "--unset", "description"].iter().chain(&all)).ok();
    let expected = json!({
        "metadata": { "team": "docs" },
        "response_format": { "type": "json_object" },
        "temperature": 0.5,
        "tools": [{ "type": "file_search" }],
        "description": null,
    });
    assert_eq!(listener.requests()[0].json(), expected);
}
