//! `asst graph`: who refers to whom among assistants, threads, vector stores, and files.

use crate::support::aged_backend::days;
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::{Value, json};

/// Returns a backend with an assistant, a thread, three vector stores, and three files.
fn backend() -> MockServer {
    backend_without_end("")
}

/// Returns the same backend. The list at the path `endless` does not state whether it has more items.
fn backend_without_end(endless: &'static str) -> MockServer {
    MockServer::new(move |request, _| {
        let resources = |id: &str| json!({ "file_search": { "vector_store_ids": [id] } });
        let store = |id: &str, files: u64, idle: i64| {
            json!({ "id": id, "object": "vector_store", "name": id, "created_at": days(-200), "usage_bytes": 2_500_000,
                "last_active_at": days(-idle), "status": "completed", "file_counts": { "total": files, "in_progress": 0 } })
        };
        let file = |id: &str| {
            json!({ "id": id, "object": "file", "filename": format!("{id}.txt"), "bytes": 10, "purpose": "assistants",
                "created_at": days(-200) })
        };
        let path = request.target.split('?').next().unwrap().trim_start_matches("/v1/");
        let items: Vec<Value> = match path {
            "assistants" => {
                vec![json!({ "id": "asst_1", "object": "assistant", "name": "HR", "created_at": days(-200),
                "tool_resources": resources("vs_used") })]
            }
            "threads" => vec![
                json!({ "id": "thread_1", "object": "thread", "created_at": days(-9), "tool_resources": resources("vs_used") }),
                json!({ "id": "thread_2", "object": "thread", "created_at": days(-9) }),
            ],
            "vector_stores" => vec![store("vs_used", 1, 3), store("vs_empty", 0, 100), store("vs_free", 1, 100)],
            "vector_stores/vs_used/files" => vec![file("file-1")],
            "vector_stores/vs_free/files" => vec![file("file-gone")],
            "vector_stores/vs_empty/files" => vec![],
            "files" => vec![file("file-1"), file("file-2")],
            _ => return Response::error(404, "Invalid URL", None),
        };
        let mut page = json!({ "object": "list", "data": items, "has_more": false });
        if path == endless {
            page.as_object_mut().unwrap().remove("has_more");
        }
        Response::json(200, &page)
    })
}

fn user(server: &MockServer) -> Asst {
    let asst = Asst::with_backend(&server.url()).env("K", "sk-test-0123456789");
    let profile = |backend: &str| {
        format!("[profiles.{backend}]\nbackend = \"{backend}\"\nbase_url = \"{}\"\napi_key_env = \"K\"\n", server.url())
    };
    asst.config(&format!("{}{}", profile("foundry"), profile("openai")));
    asst
}

#[test]
fn the_tree_shows_references_sizes_idle_times_and_candidates() {
    let server = backend();
    let ran = user(&server).run(["-p", "foundry", "graph"]).ok();
    assert_eq!(
        ran.stdout,
        "assistant asst_1 HR\n\
         └─ vector store vs_used vs_used (2.5 MB, idle for 3d)\n\
         \x20  └─ file file-1 file-1.txt (10 bytes)\n\
         thread thread_1\n\
         └─ vector store vs_used vs_used (2.5 MB, idle for 3d)\n\
         \x20  └─ its 1 file is shown above\n\
         1 thread without vector stores and files\n\
         without references in this graph:\n\
         ├─ file file-2 file-2.txt (10 bytes) ← prune candidate: unreferenced\n\
         ├─ vector store vs_empty vs_empty (2.5 MB, idle for 100d) ← prune candidate: empty\n\
         └─ vector store vs_free vs_free (2.5 MB, idle for 100d) ← prune candidate: unattached\n\
         \x20  └─ file file-gone (not in the list of the backend)\n"
    );
    ran.says("1 assistant, 2 threads, 3 vector stores, 3 files; 3 prune candidates")
        .says("hint: messages and conversations were not read; `asst vector-stores prune` and `asst files prune` check each candidate");
}

#[test]
fn the_graph_is_also_json_graphviz_and_mermaid() {
    let server = backend();
    let asst = user(&server);
    let graph = asst.run(["-p", "foundry", "graph", "-o", "json"]).ok().json();
    let edges: Vec<String> = graph["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| format!("{}>{}", edge["from"], edge["to"]).replace('"', ""))
        .collect();
    assert_eq!(edges, ["asst_1>vs_used", "thread_1>vs_used", "vs_used>file-1", "vs_free>file-gone"]);
    let free = graph["nodes"].as_array().unwrap().iter().find(|node| node["id"] == "vs_free").unwrap();
    assert_eq!(
        (&free["candidate"], &free["idle_days"], &free["referrers"]),
        (&json!("unattached"), &json!(100), &json!(0))
    );
    let ids = ["-p", "foundry", "graph", "--jq", ".nodes[] | select(.candidate == \"empty\") | .id"];
    assert_eq!(asst.run(ids).ok().stdout, "vs_empty\n");
    let dot = asst.run(["-p", "foundry", "graph", "--form", "dot"]).ok().stdout;
    assert!(dot.starts_with("digraph asst {\n") && dot.contains("  \"vs_used\" -> \"file-1\";\n"), "{dot}");
    let mermaid = asst.run(["-p", "foundry", "graph", "--form", "mermaid"]).ok().stdout;
    assert!(mermaid.starts_with("graph LR\n") && mermaid.contains(" --> "), "{mermaid}");
}

#[test]
fn what_a_backend_does_not_list_is_named_and_marks_nothing_as_unattached() {
    let server = backend();
    let ran = user(&server).run(["graph", "-o", "json"]).ok();
    let graph = ran.json();
    assert_eq!(graph["gaps"], json!(["threads: this backend does not list them"]));
    let candidates: Vec<&Value> = graph["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| &node["candidate"])
        .filter(|mark| !mark.is_null())
        .collect();
    assert_eq!(candidates, [&json!("empty")]);
    ran.says("the graph is not complete: threads: this backend does not list them");
}

#[test]
fn a_list_that_cannot_be_read_is_an_error() {
    let server = MockServer::new(|_, _| Response::error(403, "no", None));
    Asst::with_backend(&server.url()).run(["graph"]).code(4);
}

#[test]
fn a_list_that_does_not_prove_to_be_complete_is_a_gap_and_exits_8() {
    for (path, gap) in [
        ("assistants", "assistants: the list is not valid as evidence: "),
        ("files", "files: the list is not valid as evidence: "),
        ("vector_stores", "vector_stores: the list is not valid as evidence: "),
        ("vector_stores/vs_free/files", "files of vector_store vs_free: the list is not valid as evidence: "),
    ] {
        let server = backend_without_end(path);
        // Foundry sends all files in one page.
        let profile: &[&str] = if path == "files" { &[] } else { &["-p", "foundry"] };
        let ran = user(&server).run([profile, &["graph", "-o", "json"]].concat()).code(8);
        let graph = ran.json();
        let gaps = graph["gaps"].to_string();
        assert!(gaps.contains(gap), "{path}: {gaps}");
        let unproven = |node: &Value| matches!(node["candidate"].as_str(), Some("unattached" | "unreferenced"));
        assert!(!graph["nodes"].as_array().unwrap().iter().any(unproven), "{path}: {graph}");
    }
}

#[test]
fn a_dry_run_prints_the_requests_and_sends_none() {
    let server = backend();
    let ran = user(&server).run(["-p", "foundry", "graph", "--dry-run"]).ok();
    for list in ["assistants", "threads", "files", "vector_stores"] {
        assert!(ran.stdout.contains(&format!("/{list}?")), "{}", ran.text());
    }
    ran.says("the requests for the files of each vector store follow these");
    assert_eq!(server.lines(), Vec::<String>::new());
}
