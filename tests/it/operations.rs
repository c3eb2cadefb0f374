//! Every operation through the real binary, on the embedded server: in process with `--local`, and standing.

use crate::world::{Asst, Ran, Standing, eventually, shows};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A user with a standing server of its own.
fn standing(args: &[&str]) -> (Standing, Asst) {
    let asst = Asst::new();
    let server = asst.serve(args);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    (server, asst)
}

const WEATHER: &str = r#"{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}"#;

type Do<'a> = dyn Fn(&[&str]) -> Ran + 'a;

#[track_caller]
fn ends(run: &Do, thread: &str, id: &str, status: &str) -> Value {
    eventually(status, || {
        Some(run(&["runs", "get", thread, id, "-o", "json"]).ok().json()).filter(|run| run["status"] == status)
    })
}

/// The main job, each operation once at least.
fn main_job(asst: &Asst, run: &Do) {
    // Assistants.
    let assistant = run(&["assistants", "create", "--model", "echo", "--name", "HR", "--tool", WEATHER]).ok().id();
    assert_eq!(run(&["assistants", "get", &assistant]).ok().id(), assistant);
    let changed =
        run(&["assistants", "update", &assistant, "--description", "d", "--unset", "name", "-o", "json"]).ok().json();
    assert_eq!(
        (&changed["description"], &changed["name"], &changed["model"]),
        (&json!("d"), &json!(null), &json!("echo"))
    );
    assert_eq!(run(&["assistants", "list"]).ok().ids(), [assistant.as_str()]);
    // Files.
    asst.file("handbook.md", "# Handbook\nRest on Sundays.\n");
    let file = run(&["files", "upload", "handbook.md", "-o", "json"]).ok().json();
    assert_eq!(
        (&file["filename"], &file["bytes"], &file["purpose"]),
        (&json!("handbook.md"), &json!(28), &json!("assistants"))
    );
    let file = file["id"].as_str().unwrap().to_owned();
    assert_eq!(run(&["files", "get", &file]).ok().id(), file);
    assert_eq!(run(&["files", "list", "--purpose", "assistants"]).ok().ids(), [file.as_str()]);
    assert_eq!(run(&["files", "list", "--purpose", "vision"]).ok().stdout, "");
    // Threads and messages.
    let thread = run(&["threads", "create", "--message", "hello", "--metadata", "team=hr"]).ok().id();
    let changed = run(&["threads", "update", &thread, "--metadata", "team=it", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "team": "it" }));
    assert_eq!(run(&["threads", "get", &thread, "--jq", ".metadata.team"]).ok().stdout, "it\n");
    let attached = format!("{file}=file_search");
    let message =
        run(&["messages", "create", &thread, "--content", "@not a file", "--attachment", &attached]).ok().id();
    let shown = run(&["messages", "get", &thread, &message, "-o", "json"]).ok().json();
    assert_eq!(shown["content"][0]["text"]["value"], "@not a file");
    assert_eq!(shown["attachments"][0]["file_id"], json!(file));
    let changed = run(&["messages", "update", &thread, &message, "--metadata", "a=b", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "a": "b" }));
    assert_eq!(run(&["messages", "list", &thread, "--order", "asc"]).ok().ids().last(), Some(&message));
    // A run that is completed, with its steps.
    let first = run(&["runs", "create", &thread, "--assistant-id", &assistant]).ok().id();
    ends(run, &thread, &first, "completed");
    let changed = run(&["runs", "update", &thread, &first, "--metadata", "a=b", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "a": "b" }));
    assert_eq!(run(&["runs", "list", &thread]).ok().ids(), [first.as_str()]);
    let step = run(&["steps", "list", &thread, &first]).ok().id();
    assert_eq!(run(&["steps", "get", &thread, &first, &step]).ok().id(), step);
    let answer = run(&["messages", "list", &thread, "--run-id", &first, "-o", "json"]).ok().json();
    assert_eq!(answer[0]["content"][0]["text"]["value"], "@not a file");
    // A run that calls functions: both outputs at once.
    let question = "What's the weather?\ncall weather {\"place\":\"SF\"}\ncall weather {\"place\":\"LA\"}";
    let both =
        run(&["threads", "create-and-run", "--assistant-id", &assistant, "--thread-message", question, "-o", "json"]);
    let both = both.ok().json();
    let (asked, id) = (both["thread_id"].as_str().unwrap(), both["id"].as_str().unwrap());
    let waiting = ends(run, asked, id, "requires_action");
    let calls: Vec<&str> = waiting["required_action"]["submit_tool_outputs"]["tool_calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["id"].as_str().unwrap())
        .collect();
    assert_eq!(calls.len(), 2);
    let output = |at: usize, text: &str| format!("{}={text}", calls[at]);
    run(&["runs", "submit", asked, id, "--tool-output", &output(0, "57")]).code(5);
    asst.file("rain.txt", "0.06");
    run(&[
        "runs",
        "submit",
        asked,
        id,
        "--tool-output",
        &output(0, "57"),
        "--tool-output-file",
        &output(1, "rain.txt"),
    ])
    .ok();
    ends(run, asked, id, "completed");
    let answer = run(&["messages", "list", asked, "--limit", "1", "-o", "json"]).ok().json();
    let text = answer[0]["content"][0]["text"]["value"].as_str().unwrap().to_owned();
    assert!(text.contains("57") && text.contains("0.06"), "{text}");
    assert_eq!(run(&["steps", "list", asked, id, "--jq", ".[].type"]).ok().stdout, "message_creation\ntool_calls\n");
    // A run that is cancelled.
    run(&["messages", "create", &thread, "--content", "stuck"]).ok();
    let stuck = run(&["runs", "create", &thread, "--assistant-id", &assistant]).ok().id();
    run(&["messages", "create", &thread, "--content", "more"]).code(12).says("while a run ");
    run(&["runs", "create", &thread, "--assistant-id", &assistant]).code(12).says("already has an active run");
    run(&["runs", "cancel", &thread, &stuck]).ok();
    ends(run, &thread, &stuck, "cancelled");
    run(&["runs", "cancel", &thread, &stuck]).code(12);
    // The ledger knows the threads, those that were made on the way too.
    let listed: BTreeSet<String> = run(&["threads", "list"]).ok().ids().into_iter().collect();
    assert_eq!(listed, BTreeSet::from([thread.clone(), asked.to_owned()]));
    // The end of it all.
    run(&["messages", "delete", &thread, &message]).ok();
    run(&["messages", "get", &thread, &message]).code(3);
    run(&["threads", "delete", &thread, asked]).ok();
    run(&["files", "delete", &file]).ok();
    run(&["assistants", "delete", &assistant]).ok();
    run(&["assistants", "get", &assistant]).code(3);
    assert_eq!(run(&["assistants", "list"]).ok().stdout, "");
    assert_eq!(run(&["threads", "list"]).ok().stdout, "");
    run(&["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn the_main_job_in_process() {
    let asst = Asst::new();
    main_job(&asst, &|args| asst.local(args));
}

#[test]
fn the_main_job_on_a_standing_server() {
    let (_server, asst) = standing(&[]);
    main_job(&asst, &|args| asst.run(args.iter().copied()));
}

#[test]
fn runs_that_end_otherwise() {
    let (_server, asst) = standing(&["--run-expiry", "1s"]);
    let run = |args: &[&str]| asst.run(args.iter().copied());
    let assistant = run(&["assistants", "create", "--model", "echo"]).ok().id();
    let mut begun = Vec::new();
    for (text, status) in [("stuck", "expired"), ("fail on purpose", "failed"), ("incomplete", "incomplete")] {
        let made =
            run(&["threads", "run", "--assistant-id", &assistant, "--thread-message", text, "-o", "json"]).ok().json();
        begun.push((made["thread_id"].as_str().unwrap().to_owned(), made["id"].as_str().unwrap().to_owned(), status));
    }
    for (thread, id, status) in &begun {
        let ended = ends(&run, thread, id, status);
        match *status {
            "failed" => assert_eq!(ended["last_error"]["message"], "on purpose"),
            "incomplete" => assert!(ended["incomplete_details"]["reason"].is_string(), "{ended}"),
            _ => {}
        }
        // The lock is gone with the run.
        run(&["messages", "create", thread, "--content", "more"]).ok();
        run(&["runs", "submit", thread, id, "--tool-output", "call_1=x"]).code(12);
    }
}

#[test]
fn forms_of_one_object() {
    let (_server, asst) = standing(&[]);
    let thread = asst.run(["threads", "create", "--metadata", "a=tab\there"]).ok().id();
    let get = |form: &[&str]| asst.run([&["threads", "get", thread.as_str()], form].concat());
    shows!(get(&[]), @r#"
    [thread]	[time]	{"a":"tab\\there"}
    exit 0
    "#);
    shows!(get(&["--header"]), @r#"
    id	created	metadata
    [thread]	[time]	{"a":"tab\\there"}
    exit 0
    "#);
    shows!(get(&["-o", "json"]), @r#"
    {
      "id": "[thread]",
      "object": "thread",
      "created_at": [time],
      "metadata": {
        "a": "tab\there"
      },
      "tool_resources": {}
    }
    exit 0
    "#);
    shows!(get(&["-o", "jsonl"]), @r#"
    {"id":"[thread]","object":"thread","created_at": [time],"metadata":{"a":"tab\there"},"tool_resources":{}}
    exit 0
    "#);
    shows!(get(&["-o", "yaml"]), @r#"
    id: [thread]
    object: thread
    created_at: [time]
    metadata:
      a: "tab\there"
    tool_resources: {}
    exit 0
    "#);
    shows!(get(&["-o", "csv"]), @r#"
    id,created,metadata
    [thread],[time],"{""a"":""tab\there""}"
    exit 0
    "#);
    shows!(get(&["-o", "id"]), @r"
    [thread]
    exit 0
    ");
    shows!(get(&["-o", "table", "--columns", "id,metadata.a"]), @r"
    [thread]	tab\there
    exit 0
    ");
    shows!(get(&["--jq", ".metadata | keys"]), @r#"
    ["a"]
    exit 0
    "#);
    shows!(get(&["-o", "xml"]), @r"
    --- stderr ---
    error: invalid value 'xml' for '--output <FORM>'
             [possible values: table, json, jsonl, yaml, csv, id]
      hint: a similar value exists: 'yaml'
    exit 2
    ");
}

#[test]
fn forms_of_a_list() {
    let (_server, asst) = standing(&[]);
    for name in ["a", "b", "c"] {
        asst.run(["assistants", "create", "--model", "echo", "--name", name]).ok();
    }
    let list = |form: &[&str]| {
        asst.run([&["assistants", "list", "--order", "asc", "--columns", "id,name,model"], form].concat())
    };
    shows!(list(&[]), @r"
    [asst]	a	echo
    [asst]	b	echo
    [asst]	c	echo
    exit 0
    ");
    shows!(list(&["-o", "csv"]), @r"
    id,name,model
    [asst],a,echo
    [asst],b,echo
    [asst],c,echo
    exit 0
    ");
    shows!(list(&["-o", "id"]), @r"
    [asst]
    [asst]
    [asst]
    exit 0
    ");
    shows!(list(&["--jq", ".[].name"]), @r"
    a
    b
    c
    exit 0
    ");
    shows!(list(&["-o", "jsonl", "--jq", ".name"]), @r"
    a
    b
    c
    exit 0
    ");
    assert_eq!(list(&["-o", "json"]).ok().json().as_array().map(Vec::len), Some(3));
    assert_eq!(list(&["-o", "jsonl"]).ok().stdout.lines().count(), 3);
    assert_eq!(list(&["-o", "yaml"]).ok().stdout.lines().filter(|line| line.starts_with("- ")).count(), 3);
    asst.run(["threads", "list", "--remote", "-o", "json"]).ok();
    shows!(asst.run(["files", "list", "-o", "json"]), @r"
    []
    exit 0
    ");
    shows!(asst.run(["files", "list"]), @r"
    exit 0
    ");
}

#[test]
fn one_id_is_an_object_and_several_are_an_array() {
    let (_server, asst) = standing(&[]);
    let [a, b] = [(); 2].map(|()| asst.run(["threads", "create"]).ok().id());
    let get = |args: &[&str]| asst.run([&["threads", "get", "-o", "json"], args].concat()).ok().json();
    assert_eq!(get(&[&a])["id"], json!(a));
    assert_eq!(get(&[&a, &b])[1]["id"], json!(b));
    let piped = asst.fed(format!("{a}\tlive\n"), &["threads", "get", "-", "-o", "json"]).ok().json();
    assert_eq!(piped[0]["id"], json!(a), "ids that were piped in make an array, even a single one");
    let of = |thread: &str| asst.run(["messages", "create", thread, "--content", "x"]).ok().id();
    let lines = format!("{a}\t{}\n{b}\t{}\n", of(&a), of(&b));
    assert_eq!(asst.fed(&lines, &["messages", "get", "-"]).ok().ids().len(), 2);
    let own = of(&a);
    assert_eq!(asst.fed(format!("{own}\n"), &["messages", "delete", &a, "-"]).ok().ids(), [own]);
    // A listing can be piped into a deletion.
    let listing = asst.run(["threads", "list"]).ok().stdout;
    assert_eq!(asst.fed(&listing, &["threads", "delete", "-", "-o", "id"]).ok().ids().len(), 2);
    assert_eq!(asst.run(["threads", "list"]).ok().stdout, "");
    assert_eq!(asst.fed(&listing, &["threads", "delete", "-", "--ignore-not-found"]).ok().stdout, "");
}

#[test]
fn lists_are_walked_in_both_orders() {
    let (_server, asst) = standing(&[]);
    let made: Vec<String> = (0..7).map(|_| asst.run(["assistants", "create", "--model", "echo"]).ok().id()).collect();
    let list = |args: &[&str]| asst.run([&["assistants", "list"], args].concat()).ok().ids();
    let newest: Vec<String> = made.iter().rev().cloned().collect();
    assert_eq!(list(&[]), newest);
    assert_eq!(list(&["--order", "asc"]), made);
    assert_eq!(list(&["--page-size", "2"]), newest);
    assert_eq!(list(&["--page-size", "3", "--order", "asc", "--limit", "5"]), made[..5]);
    assert_eq!(list(&["--order", "asc", "--after", &made[2]]), made[3..]);
    assert_eq!(list(&["--order", "asc", "--before", &made[2]]), made[..2]);
    assert_eq!(list(&["--order", "asc", "--after", &made[0], "--before", &made[5], "--page-size", "2"]), made[1..5]);
    assert_eq!(list(&["--after", &made[2]]), newest[5..]);
    let paged = asst.run(["api", "GET", "/assistants?limit=2", "--paginate", "-o", "id"]).ok().ids();
    assert_eq!(paged, newest);
}

#[test]
fn a_large_file_comes_back_as_it_was() {
    let (_server, asst) = standing(&[]);
    let bytes: Vec<u8> = (0..20_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    asst.file("large.bin", &bytes);
    let uploaded = asst.run(["files", "upload", "large.bin", "--purpose", "vision", "-o", "json"]).ok();
    assert_eq!(uploaded.stderr, "", "nothing draws a bar where nobody looks");
    let file = uploaded.json();
    assert_eq!((&file["bytes"], &file["filename"]), (&json!(20_000_000), &json!("large.bin")));
    let id = file["id"].as_str().unwrap();
    let out = asst.run(["files", "content", id]).ok();
    assert!(out.bytes == bytes, "{} bytes came, and not those that went", out.bytes.len());
    asst.run(["files", "content", id, "--to", "copy.bin"]).ok();
    assert!(std::fs::read(asst.work().join("copy.bin")).unwrap() == bytes);
}

#[test]
fn downloads_overwrite_nothing() {
    let (_server, asst) = standing(&[]);
    let id = asst.fed("new", &["files", "upload", "-", "--filename", "notes.txt", "--purpose", "vision"]).ok().id();
    let read = |name: &str| std::fs::read_to_string(asst.work().join(name)).unwrap();
    asst.run(["files", "content", &id, "-O"]).ok();
    assert_eq!(read("notes.txt"), "new");
    asst.file("notes.txt", "mine");
    shows!(asst.run(["files", "content", &id, "-O"]), @r"
    --- stderr ---
    error: notes.txt exists already
      hint: --force overwrites it
    exit 2
    ");
    shows!(asst.run(["files", "content", &id, "--to", "notes.txt"]), @r"
    --- stderr ---
    error: notes.txt exists already
      hint: --force overwrites it
    exit 2
    ");
    assert_eq!(read("notes.txt"), "mine");
    asst.run(["files", "content", &id, "--to", "notes.txt", "--force"]).ok();
    assert_eq!(read("notes.txt"), "new");
    asst.run(["files", "content", &id, "--to", "."]).code(2);
    assert_eq!(asst.run(["files", "content", &id, "--to", "-"]).ok().stdout, "new");
    asst.run(["files", "content", "file-000000000000000000000000", "--to", "x"]).code(3);
    assert!(!asst.work().join("x").exists());
}

#[test]
fn several_files_go_up_each_under_its_name() {
    let (_server, asst) = standing(&[]);
    for name in ["a.md", "ü b.txt", "c"] {
        asst.file(name, name);
    }
    let files = asst.run(["files", "upload", "a.md", "ü b.txt", "c", "-o", "json"]).ok().json();
    let names: Vec<&str> = files.as_array().unwrap().iter().map(|file| file["filename"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.md", "ü b.txt", "c"]);
    asst.run(["files", "upload", "a.md", "c", "--filename", "one"]).code(2);
    asst.run(["files", "upload", "-"]).code(2).says("--filename");
}

#[test]
fn raw_calls() {
    let (_server, asst) = standing(&[]);
    let made = asst.run(["api", "POST", "/threads", "--body", r#"{"metadata":{"a":"b"}}"#]).ok().json();
    let path = format!("/threads/{}", made["id"].as_str().unwrap());
    assert_eq!(asst.run(["api", "get", &path]).ok().json()["metadata"]["a"], "b");
    assert_eq!(asst.run(["api", "DELETE", &path, "--jq", ".deleted"]).ok().stdout, "true\n");
    asst.run(["api", "GET", &path]).code(3);
    asst.run(["api", "GET", "/nothing"]).code(3);
}

#[test]
fn threads_are_listed_by_the_backend_and_recorded() {
    let (_server, asst) = standing(&[]);
    let id = asst.run(["threads", "create", "--no-ledger"]).ok().id();
    assert_eq!(asst.run(["threads", "list"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--remote"]).ok().id(), id);
    assert_eq!(asst.run(["threads", "list", "--source", "listed"]).ok().id(), id);
    let (_server, asst) = standing(&["--openai-compat"]);
    shows!(asst.run(["threads", "list", "--remote"]), @r"
    --- stderr ---
    error: could not list threads: not permitted (401, code missing_scope, request id [req])
      caused by: Your request to GET /v1/threads must be made with a session key (that is, it can only be made from the browser). You made it with the following key type: secret.
      hint: `asst profiles show environment` tells which credential was used
    exit 4
    ");
}

#[test]
fn an_object_that_is_not_there() {
    let asst = Asst::new();
    shows!(asst.local(&["threads", "get", "thread_000000000000000000000000"]), @r"
    --- stderr ---
    error: could not get thread [thread]: not found (404, request id [req])
      caused by: No thread found with id '[thread]'.
    exit 3
    ");
    shows!(asst.local(&["runs", "create", "thread_000000000000000000000000", "--assistant-id", "asst_1"]), @r"
    --- stderr ---
    error: could not create run of [thread]: not found (404, request id [req])
      caused by: No thread found with id '[thread]'.
    exit 3
    ");
    shows!(asst.local(&["files", "get", "file-000000000000000000000000", "-o", "json"]), @r#"
    --- stderr ---
    {"error":{"exit_code":3,"kind":"not_found","message":"could not get file [file]: not found: No such File object: [file]","status":404,"type":"invalid_request_error","code":null,"param":null,"request_id":"[req]","hint":null,"retryable":false}}
    exit 3
    "#);
    asst.local(&["threads", "delete", "thread_000000000000000000000000", "--ignore-not-found"]).ok();
}

#[test]
fn a_key_is_wrong() {
    let asst = Asst::new();
    asst.file("key", "sk-right-0123456789\n");
    let server = asst.serve(&["--key-file", "key"]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url);
    let with = |key: &str| asst.ran(asst.command(["assistants", "list"]).env("OPENAI_API_KEY", key).output().unwrap());
    let ran = with("sk-wrong-0123456789");
    assert!(!ran.text().contains("sk-wrong-0123456789"), "{}", ran.text());
    shows!(ran, @r"
    --- stderr ---
    error: could not list assistants: not permitted (401, code invalid_api_key, request id [req])
      caused by: Incorrect API key provided: sk***89.
      hint: `asst profiles show environment` tells which credential was used
    exit 4
    ");
    with("sk-right-0123456789").ok();
}

#[test]
fn a_server_without_a_key_listens_on_loopback_only() {
    shows!(Asst::new().run(["serve", "--listen", "0.0.0.0:0"]), @r"
    --- stderr ---
    error: --listen 0.0.0.0:0: only loopback may be listened on without a key
      hint: --key-file PATH or ASST_SERVE_KEY sets one
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "nonsense"]), @r"
    --- stderr ---
    error: --listen nonsense: expected HOST:PORT
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--model", "nonsense"]), @r"
    --- stderr ---
    error: --model: there is no model `nonsense`; this version has echo
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--store", "postgres://u:p@h/d"]), @r"
    --- stderr ---
    error: this version keeps its store in a folder
      hint: --store memory|PATH
    exit 2
    ");
}

#[test]
fn two_processes_share_the_local_store() {
    let asst = Asst::new();
    asst.local(&["assistants", "list"]).ok();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..4).for_each(|_| drop(asst.local(&["threads", "create"]).ok())));
        }
    });
    assert_eq!(asst.local(&["threads", "list", "--remote", "-o", "id"]).ok().ids().len(), 16);
    assert_eq!(asst.local(&["threads", "list", "-o", "id"]).ok().ids().len(), 16);
}
