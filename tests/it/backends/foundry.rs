//! Azure AI Foundry "Agents (classic)" (docs/protocol/dialects.md#azure-ai-foundry-agents-classic).

use super::{KEY, backend, main_job};
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, Server, eventually, shows};
use serde_json::json;

fn foundry(lines: &str) -> (Server, Asst) {
    let profile = "backend = \"foundry\"\nbase_url = \"BASE/api/projects/web\"";
    backend(&[], &format!("{profile}\ntoken_command = \"echo {KEY}\"\n{lines}"))
}

#[test]
fn the_main_job_works_on_foundry() {
    let (_server, asst) = foundry("");
    main_job(&asst);
}

#[test]
fn threads_are_listed_by_the_backend() {
    let (_server, asst) = foundry("");
    let known = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let forgotten = asst.run(["threads", "create", "--no-ledger", "-o", "id"]).ok().id();
    assert_eq!(
        asst.run(["threads", "list"]).ok().says("pass --remote to list the threads of the backend").ids(),
        std::slice::from_ref(&known)
    );
    let mut all: Vec<String> = (0..3).map(|_| asst.run(["threads", "create", "-o", "id"]).ok().id()).collect();
    all.extend([known, forgotten.clone()]);
    let mut listed = asst.run(["threads", "list", "--remote", "-o", "id"]).ok().ids();
    all.sort();
    listed.sort();
    assert_eq!(listed, all);
    assert_eq!(asst.run(["threads", "list", "--source", "listed"]).ok().ids(), [forgotten]);
}

#[test]
fn an_export_has_all_files_oldest_first() {
    let (_server, asst) = foundry("");
    asst.file("a.txt", "content");
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let upload = || {
        // Files of one second have no order.
        let second = now();
        eventually("the next second", || (now() > second).then_some(()));
        asst.run(["files", "upload", "a.txt", "--purpose", "assistants", "-o", "id"]).ok().id()
    };
    let ids = [upload(), upload()];
    asst.run(["threads", "create", "--message", "hi"]).ok();
    asst.run(["export", "kept"]).ok();
    asst.run(["export", "verify", "kept"]).ok();
    let list = std::fs::read_to_string(asst.work().join("kept/files.jsonl")).unwrap();
    let exported: Vec<serde_json::Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(exported.iter().map(|file| file["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    for flag in [&["--order", "desc"][..], &["--after", "file-1"], &["--page-size", "5"]] {
        let ran = asst.run([&["files", "list"], flag].concat()).code(2);
        assert!(ran.stderr.contains(&format!("omit {}", flag[0])), "{}", ran.text());
    }
    asst.run(["files", "list", "--limit", "1", "-o", "id"]).ok();
}

/// Returns a Foundry backend with threads, files and a vector store. The function answers requests for the list of
/// threads.
fn with_thread_list(answer: impl Fn() -> Response + Send + Sync + 'static) -> (MockServer, Asst) {
    let listener = MockServer::new(move |request, before| {
        let list = |data| json!({ "object": "list", "data": data, "has_more": false });
        match (
            request.method.as_str(),
            request.target.split('?').next().unwrap().trim_start_matches("/api/projects/web"),
        ) {
            ("GET", "/threads") => answer(),
            ("GET", "/files") => {
                let file = json!({ "id": "assistant-000000001", "purpose": "assistants", "created_at": 1_600_000_000 });
                Response::json(200, &json!({ "object": "list", "data": [file] }))
            }
            ("GET", _) => Response::json(200, &list(json!([]))),
            _ => mint(request, before),
        }
    });
    let asst = Asst::new();
    asst.config(&format!(
        "default_profile = \"f\"\n[profiles.f]\nbackend = \"foundry\"\nbase_url = \"{}\"\ntoken_command = \"echo {KEY}\"\n",
        listener.at("/api/projects/web")
    ));
    (listener, asst)
}

#[test]
fn no_file_is_pruned_if_the_list_of_threads_cannot_be_read() {
    let answers: [fn() -> Response; 7] = [
        || Response::error(404, "", None),
        || Response::text(404, "default backend - 404"),
        || Response::error(405, "no", None),
        || Response::error(501, "no", None),
        || Response::error(401, "must be made with a session key", Some("missing_scope")),
        || Response::json(200, &json!({ "data": null, "has_more": false })),
        || Response::json(200, &json!({ "data": [] })),
    ];
    for answer in answers {
        let (listener, asst) = with_thread_list(answer);
        let ran = asst.run(["files", "prune", "--unreferenced", "--yes", "--retries", "0"]);
        assert!(ran.code != Some(0) && ran.stderr.contains("not all threads could be read"), "{}", ran.text());
        assert!(!listener.lines().iter().any(|line| line.starts_with("DELETE")), "{:?}", listener.lines());
    }
    let (listener, asst) = with_thread_list(|| Response::json(200, &json!({ "data": [], "has_more": false })));
    asst.run(["files", "prune", "--unreferenced", "--yes"]).ok().says("1 deleted");
    assert!(listener.lines().iter().any(|line| line.starts_with("DELETE")));
}

#[test]
fn tools_that_only_foundry_has_are_sent_and_validated() {
    let (_server, asst) = foundry("");
    const BING: &str =
        r#"{"type":"bing_grounding","bing_grounding":{"search_configurations":[{"connection_id":"c"}]}}"#;
    const SEARCH: &str = r#"{"azure_ai_search":{"indexes":[{"index_name":"i","index_connection_id":"c"}]}}"#;
    let args = ["assistants", "create", "--model", "echo", "--tool", BING, "--tool-resources", SEARCH, "-o", "json"];
    let made = asst.run(args).ok().json();
    assert_eq!(made["tools"][0]["type"], "bing_grounding");
    assert_eq!(made["tool_resources"]["azure_ai_search"]["indexes"][0]["index_name"], "i");
    let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let run = ["runs", "create", &thread, "--assistant-id", made["id"].as_str().unwrap()];
    shows!(asst.run([&run[..], &["--tool-choice", "required"]].concat()), @r"
    --- stderr ---
    error: Invalid value: 'required'. Supported values are: 'none' and 'auto'. (code invalid_value, param tool_choice)
      hint: set it with --tool-choice
    exit 2
    ");
    asst.run([&run[..], &["--tool-choice", r#"{"type":"bing_grounding"}"#]].concat()).ok();
}

#[test]
fn operations_that_foundry_lacks_are_refused_with_a_hint() {
    let (_server, asst) = foundry("");
    let thread = asst.run(["threads", "create", "--message", "hi", "-o", "id"]).ok().id();
    let message = asst.run(["messages", "list", &thread, "-o", "id"]).ok().id();
    shows!(asst.run(["messages", "delete", &thread, &message]), @r"
    --- stderr ---
    error: could not delete message [msg]: not offered (405, code method_not_supported, request id [req])
      caused by: Not allowed to DELETE on /api/projects/web/threads/[thread]/messages/[msg].
      hint: Azure AI Foundry has no uploads, no conversations and no search of vector stores, and deletes messages in api_version 2025-05-15-preview only
    exit 11
    ");
    asst.run(["messages", "get", &thread, &message]).ok();
    shows!(asst.run(["files", "list", "--order", "asc"]), @r"
    --- stderr ---
    error: Unknown parameter: 'order'. (code unknown_parameter, param order)
      hint: this backend does not support it: omit --order
    exit 2
    ");
    asst.file("a.txt", "content");
    shows!(asst.run(["files", "upload", "a.txt", "--expires-after", "1h"]), @r"
    --- stderr ---
    error: could not upload file: refused (400, code unknown_parameter, param expires_after, request id [req])
      caused by: Unknown parameter: 'expires_after'.
    exit 5
    ");
    asst.run(["api", "POST", "/uploads", "--body", "{}"]).code(11);
    // The preview version of the API has a deletion of messages.
    let (_server, asst) = foundry("api_version = \"2025-05-15-preview\"");
    let thread = asst.run(["threads", "create", "--message", "hi", "-o", "id"]).ok().id();
    let message = asst.run(["messages", "list", &thread, "-o", "id"]).ok().id();
    asst.run(["messages", "delete", &thread, &message]).ok();
}

#[test]
fn a_deletion_of_a_message_that_foundry_answers_with_404_exits_11() {
    let listener =
        MockServer::scripted([crate::support::mock_server::Response::error(404, "Resource not found", Some("404"))]);
    let asst = Asst::new();
    asst.config(&format!(
        "default_profile = \"work\"\n[profiles.work]\nbackend = \"foundry\"\nbase_url = \"{}\"\ntoken_command = \"echo {KEY}\"",
        listener.url()
    ));
    asst.run(["messages", "delete", "thread_1", "msg_1"]).code(11);
}

#[test]
fn files_are_listed_in_one_request() {
    let (_server, asst) = foundry("");
    asst.file("a.txt", "content");
    let files: Vec<String> = (0..3).map(|_| asst.run(["files", "upload", "a.txt", "-o", "id"]).ok().id()).collect();
    let ran = asst.run(["files", "list", "-o", "id", "--trace"]).ok();
    let mut listed = ran.ids();
    listed.sort();
    let mut wanted = files;
    wanted.sort();
    assert_eq!(listed, wanted);
    assert_eq!(ran.stderr.matches("GET http").count(), 1, "{}", ran.text());
    assert_eq!(asst.run(["files", "list", "--limit", "2"]).ok().ids().len(), 2);
}

#[test]
fn requests_have_an_api_version_and_a_bearer_token_and_no_beta_header() {
    let (_server, asst) = foundry("");
    let ran = asst.run(["threads", "create", "--dry-run"]).ok();
    assert!(ran.stdout.contains("/api/projects/web/threads?api-version=v1\n"), "{}", ran.text());
    let head = ran.stdout.to_lowercase();
    assert!(head.contains("authorization: ") && !head.contains("beta") && !head.contains("api-key"), "{head}");
}

#[test]
fn endpoints_and_members_that_foundry_never_has_are_refused_before_a_request() {
    let listener = MockServer::new(|_, _| Response::error(500, "nothing should be sent", None));
    let asst = Asst::new();
    asst.config(&format!(
        "default_profile = \"f\"\n[profiles.f]\nbackend = \"foundry\"\nbase_url = \"{}\"\ntoken_command = \"echo {KEY}\"\n",
        listener.at("/api/projects/web")
    ));
    asst.file("part.bin", "part");
    // Operations that Foundry lacks, with a word of the hint.
    for (args, instead) in [
        ("vector-stores search vs_1 --query q", "file_search"),
        ("vector-stores files update vs_1 file-1 --attributes a=b", "/openai/v1"),
        ("vector-stores files content vs_1 file-1", "original file"),
        ("uploads create --filename a --bytes 1 --mime-type text/plain --purpose assistants", "asst files upload"),
        ("uploads add-part upload_1 part.bin", "asst files upload"),
        ("uploads complete upload_1 --part-ids part_1", "asst files upload"),
        ("uploads cancel upload_1", "asst files upload"),
        ("conversations create", "/openai/v1"),
        ("conversations get conv_1", "/openai/v1"),
        ("conversations update conv_1 --metadata a=b", "/openai/v1"),
        ("conversations delete conv_1", "/openai/v1"),
        ("conversations items list conv_1", "/openai/v1"),
        (r#"conversations items create conv_1 --items {"role":"user","content":"hi"}"#, "/openai/v1"),
        ("conversations items get conv_1 msg_1", "/openai/v1"),
        ("conversations items delete conv_1 msg_1", "/openai/v1"),
    ] {
        let ran = asst.run(args.split(' ')).code(11);
        assert!(ran.stderr.contains("not offered by Azure AI Foundry"), "{args}: {}", ran.text());
        assert!(ran.stderr.contains(instead), "{args}: {}", ran.text());
    }
    // Operations that Foundry has.
    for args in [
        "vector-stores list",
        "vector-stores create --file-ids file-1",
        "vector-stores get vs_1",
        "vector-stores update vs_1 --name n",
        "vector-stores delete vs_1",
        "vector-stores files list vs_1",
        "vector-stores files add vs_1 --file-id file-1",
        "vector-stores files get vs_1 file-1",
        "vector-stores files delete vs_1 file-1",
        "vector-stores batches create vs_1 --file-ids file-1",
        "vector-stores batches get vs_1 vsfb_1",
        "vector-stores batches cancel vs_1 vsfb_1",
        "vector-stores batches files vs_1 vsfb_1",
    ] {
        let ran = asst.run(args.split(' ').chain(["--dry-run"])).ok();
        assert!(ran.stdout.contains("/api/projects/web/vector_stores"), "{args}: {}", ran.text());
    }
    shows!(asst.run(["vector-stores", "files", "add", "vs_1", "--file-id", "file-1", "--attributes", "a=b"]), @r"
    --- stderr ---
    error: could not create vector store file of vs_1: `attributes` is not offered by Azure AI Foundry Agents (classic)
      hint: the newer agents of Foundry have attributes, at the base URL of the project followed by /openai/v1
    exit 11
    ");
    // A data source takes the place of a file.
    let source = r#"{"data_source":{"uri":"azureml://x","type":"uri_asset"}}"#;
    asst.run(["vector-stores", "files", "add", "vs_1", "--body", source, "--dry-run"]).ok();
    assert_eq!(listener.lines(), [""; 0]);
}

#[test]
fn a_backend_without_attributes_is_synced_with_the_ledger() {
    let (_server, asst) = foundry("");
    std::fs::create_dir(asst.work().join("handbook")).unwrap();
    asst.file("handbook/a.md", "alpha");
    asst.file("handbook/b.md", "beta");
    let store = asst.run(["vector-stores", "create", "--name", "handbook", "-o", "id"]).ok().id();
    let sync = ["vector-stores", "sync", "handbook", "--to", &store, "--trace"];
    asst.run([&sync[..], &["--no-ledger"]].concat()).code(2).says("only the ledger");
    asst.run(sync).ok().says("2 changed");
    let again = asst.run(sync).ok().says("2 unchanged");
    assert!(!again.stderr.contains("> POST"), "{}", again.text());
    asst.file("handbook/a.md", "other");
    asst.run(sync).ok().says("1 changed, 1 removed, 1 deleted");
    assert_eq!(asst.run(["vector-stores", "files", "list", &store, "-o", "id"]).ok().ids().len(), 2);
    // Another ledger cannot tell which files these are.
    asst.run([&sync[..], &["--ledger", "other.db"]].concat()).code(2).says("could add them twice");
}
