//! `asst vector-stores prune` deletes vector stores that match all filters, each read again before its deletion.
#![cfg(unix)]

use crate::support::aged_backend::{days, http_date};
use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::terminal::answered;
use crate::support::test_env::{Asst, PATIENCE, Ran, signalled};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::sync::{Arc, Mutex};

/// The objects of a backend. Times are days before now.
#[derive(Default)]
struct Stores {
    stores: BTreeMap<String, Value>,
    files: BTreeMap<String, Vec<Value>>,
    threads: Vec<Value>,
    assistants: Vec<Value>,
}

impl Stores {
    fn add(&mut self, id: &str, created: i64, active: i64, status: &str, files: usize) {
        let counts = json!({ "in_progress": 0, "completed": files, "failed": 0, "cancelled": 0, "total": files });
        let store = json!({
            "id": id, "object": "vector_store", "name": format!("name of {id}"), "created_at": days(-created),
            "last_active_at": days(-active), "status": status, "usage_bytes": 7 * files, "file_counts": counts,
        });
        let file = |n| json!({ "id": format!("file-{n}"), "object": "vector_store.file", "created_at": 1 });
        self.files.insert(id.to_owned(), (0..files).map(file).collect());
        self.stores.insert(id.to_owned(), store);
    }

    fn answer(&mut self, request: &Request) -> Response {
        let path = request.target.split('?').next().unwrap().trim_start_matches("/v1/");
        let list =
            |items: Vec<Value>| Response::json(200, &json!({ "object": "list", "data": items, "has_more": false }));
        match (request.method.as_str(), path.split('/').collect::<Vec<_>>().as_slice()) {
            ("GET", ["vector_stores"]) => list(self.stores.values().cloned().collect()),
            ("GET", ["vector_stores", id]) => match self.stores.get(*id) {
                Some(store) => Response::json(200, store),
                None => Response::error(404, &format!("No vector store found with id '{id}'."), None),
            },
            ("GET", ["vector_stores", id, "files"]) => list(self.files[*id].clone()),
            ("DELETE", ["vector_stores", id]) => {
                self.stores.remove(*id);
                Response::json(200, &json!({ "id": id, "object": "vector_store.deleted", "deleted": true }))
            }
            ("POST", ["vector_stores", _, "search"]) => list(Vec::new()),
            ("GET", ["assistants"]) => list(self.assistants.clone()),
            ("GET", ["threads"]) => list(self.threads.clone()),
            ("GET", ["threads", id]) => {
                Response::json(200, self.threads.iter().find(|thread| thread["id"] == *id).unwrap())
            }
            ("GET", ["threads", _, "messages" | "runs"]) => list(Vec::new()),
            _ => Response::error(404, "Invalid URL", None),
        }
    }
}

struct Setup {
    server: MockServer,
    stores: Arc<Mutex<Stores>>,
    asst: Asst,
}

/// Returns a backend with one vector store for each reason to go or to stay.
fn setup() -> Setup {
    let stores = Arc::new(Mutex::new(Stores::default()));
    let shared = Arc::clone(&stores);
    let server =
        MockServer::new(move |request, _| shared.lock().unwrap().answer(request).with("date", &http_date(days(0))));
    {
        let mut stores = stores.lock().unwrap();
        stores.add("vs_expired", 200, 100, "expired", 3);
        stores.add("vs_empty", 200, 40, "completed", 0);
        stores.add("vs_idle", 200, 95, "completed", 2);
        stores.add("vs_used", 200, 1, "completed", 2);
        stores.add("vs_young", 3, 3, "completed", 0);
    }
    let asst = Asst::with_backend(&server.url()).env("K", "sk-test-0123456789");
    let setup = Setup { server, stores, asst };
    setup.profile(&setup.server);
    setup
}

impl Setup {
    /// Makes the profile `f` of a server that lists its assistants and threads.
    fn profile(&self, server: &MockServer) {
        let url = server.url();
        let profile = format!("[profiles.f]\nbackend = \"foundry\"\nbase_url = \"{url}\"\napi_key_env = \"K\"\n");
        self.asst.config(&profile);
    }

    fn prune(&self, args: &[&str]) -> Ran {
        self.asst.run([&["vector-stores", "prune"], args].concat())
    }

    fn deleted(&self) -> Vec<String> {
        let lines = self.server.lines();
        let deleted = lines.iter().filter_map(|line| line.strip_prefix("DELETE /v1/vector_stores/"));
        deleted.map(|id| id.split('?').next().unwrap().to_owned()).collect()
    }
}

#[test]
fn a_dry_run_shows_the_verdict_and_the_reason_of_each_store() {
    let setup = setup();
    let ran = setup.prune(&["--idle", "90d", "--dry-run", "-o", "json"]).ok();
    let shown = |id: &str| {
        let all = ran.json();
        let one = all.as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone();
        format!("{} {} {}", one["verdict"], one["result"], one["reason"]).replace('"', "")
    };
    assert_eq!(shown("vs_idle"), "idle would go idle for 95d, 2 files, 14 bytes");
    assert_eq!(shown("vs_empty"), "in use stays used 40d ago");
    assert_eq!(shown("vs_used"), "in use stays used 1d ago");
    assert_eq!(ran.json()[0]["name"], "name of vs_empty");
    assert_eq!(setup.deleted(), Vec::<String>::new());
}

#[test]
fn each_filter_selects_its_stores_and_all_must_match() {
    for (args, expected) in [
        (&["--expired"][..], &["vs_expired"][..]),
        (&["--empty"], &["vs_empty"]),
        (&["--idle", "90d"], &["vs_expired", "vs_idle"]),
        (&["--idle", "90d", "--expired"], &["vs_expired"]),
        (&["--empty", "--grace", "1d"], &["vs_empty", "vs_young"]),
        (&["--older-than", "100d", "--grace", "1s"], &["vs_empty", "vs_expired", "vs_idle", "vs_used"]),
        (&["--older-than", "100d", "--max", "1"], &["vs_empty"]),
    ] {
        let setup = setup();
        let ran = setup.prune(&[args, &["--yes", "-o", "id"]].concat()).ok();
        assert_eq!(
            (ran.ids(), setup.deleted()),
            (
                expected.iter().copied().map(str::to_owned).collect(),
                expected.iter().map(|id| (*id).to_owned()).collect()
            ),
            "{args:?}"
        );
        let has_hint =
            ran.stderr.contains("`asst files prune --unreferenced --dry-run` shows those that nothing refers to");
        assert_eq!(has_hint, !args.contains(&"--empty"), "{}", ran.text());
    }
}

#[test]
fn a_store_that_is_used_meanwhile_stays() {
    let setup = setup();
    let shared = Arc::clone(&setup.stores);
    let server = MockServer::new(move |request, _| {
        let mut stores = shared.lock().unwrap();
        let response = stores.answer(request);
        // After the list, a search uses the store.
        if request.target.starts_with("/v1/vector_stores?") {
            stores.stores.get_mut("vs_idle").unwrap()["last_active_at"] = json!(days(0));
        }
        response.with("date", &http_date(days(0)))
    });
    let asst = Asst::with_backend(&server.url());
    let ran = asst.run(["vector-stores", "prune", "--idle", "90d", "--yes", "-o", "id"]).ok();
    assert_eq!(ran.ids(), ["vs_expired"]);
    ran.says("1 deleted, 0 already gone, 4 in use");
}

#[test]
fn a_store_whose_list_has_files_is_not_empty() {
    let setup = setup();
    setup.stores.lock().unwrap().files.insert("vs_empty".to_owned(), vec![json!({ "id": "file-1", "created_at": 1 })]);
    let ran = setup.prune(&["--empty", "--dry-run", "-o", "json"]).ok();
    assert_eq!(ran.json()[0]["reason"], "it lists 1 file");
}

#[test]
fn use_that_the_ledger_recorded_keeps_a_store() {
    let setup = setup();
    let reason = || {
        let all = setup.prune(&["--idle", "90d", "--dry-run", "-o", "json"]).ok().json();
        let idle = all.as_array().unwrap().iter().find(|item| item["id"] == "vs_idle").unwrap();
        idle["reason"].as_str().unwrap().to_owned()
    };
    setup.asst.fed("vs_idle\n", &["ledger", "import", "-", "--any-id"]).ok();
    assert!(reason().starts_with("idle for 95d"), "an import is no use: {}", reason());
    setup.asst.run(["vector-stores", "search", "vs_idle", "--query", "q"]).ok();
    assert!(reason().starts_with("asst used it "), "{}", reason());
}

#[test]
fn what_an_assistant_or_a_thread_names_is_attached() {
    let setup = setup();
    {
        let mut stores = setup.stores.lock().unwrap();
        let resources = |id: &str| json!({ "file_search": { "vector_store_ids": [id] } });
        stores.assistants = vec![
            json!({ "id": "asst_1", "object": "assistant", "created_at": 1, "tool_resources": resources("vs_idle") }),
        ];
        stores.threads = vec![
            json!({ "id": "thread_1", "object": "thread", "created_at": 1, "tool_resources": resources("vs_empty") }),
        ];
    }
    let ran = setup.prune(&["-p", "f", "--unattached", "--dry-run", "-o", "json"]).ok();
    let reason = |id: &str| {
        let all = ran.json();
        all.as_array().unwrap().iter().find(|item| item["id"] == id).unwrap()["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(reason("vs_idle"), "named by assistant asst_1");
    assert_eq!(reason("vs_empty"), "named by thread thread_1");
    assert!(reason("vs_expired").starts_with("idle for 100d"));
    let ran = setup.prune(&["-p", "f", "--unattached", "--yes", "-o", "id"]).ok();
    assert_eq!((ran.ids(), setup.deleted()), (vec!["vs_expired".to_owned()], vec!["vs_expired".to_owned()]));
}

#[test]
fn unattached_needs_a_backend_that_lists_assistants_and_threads() {
    let setup = setup();
    setup.prune(&["--unattached", "--yes"]).code(11).says("--expired, --empty and --idle need no such lists");
    setup.stores.lock().unwrap().threads = vec![json!({ "id": "thread_1", "object": "model", "created_at": 1 })];
    let ran = setup.prune(&["-p", "f", "--unattached", "--yes"]).code(1);
    ran.says("not all threads could be read, so nothing is pruned");
    assert_eq!(setup.deleted(), Vec::<String>::new());
}

#[test]
fn a_store_with_files_in_progress_stays() {
    let setup = setup();
    setup.stores.lock().unwrap().stores.get_mut("vs_idle").unwrap()["file_counts"]["in_progress"] = json!(1);
    let ran = setup.prune(&["--idle", "90d", "--yes", "-o", "id"]).ok();
    assert_eq!((ran.ids(), setup.deleted()), (vec!["vs_expired".to_owned()], vec!["vs_expired".to_owned()]));
    let ran = setup.prune(&["--idle", "90d", "--dry-run", "-o", "json"]).ok();
    let shown = ran.json();
    let idle = shown.as_array().unwrap().iter().find(|item| item["id"] == "vs_idle").unwrap();
    assert_eq!(idle["reason"], "1 file is being indexed");
}

#[test]
fn a_store_that_is_attached_after_the_first_reading_stays() {
    let setup = setup();
    let shared = Arc::clone(&setup.stores);
    let server = MockServer::new(move |request, _| {
        let mut stores = shared.lock().unwrap();
        let response = stores.answer(request);
        if request.target.starts_with("/v1/assistants") {
            let resources = json!({ "file_search": { "vector_store_ids": ["vs_idle"] } });
            stores.assistants =
                vec![json!({ "id": "asst_1", "object": "assistant", "created_at": 1, "tool_resources": resources })];
        }
        response.with("date", &http_date(days(0)))
    });
    setup.profile(&server);
    let ran = setup.prune(&["-p", "f", "--unattached", "--grace", "30d", "--yes", "-o", "id"]).ok();
    assert_eq!(ran.ids(), ["vs_empty", "vs_expired"]);
    ran.says("2 deleted, 0 already gone, 3 in use");
}

#[test]
fn a_signal_or_a_wrong_clock_before_the_deletion_keeps_the_store() {
    let setup = setup();
    let shared = Arc::clone(&setup.stores);
    let server = MockServer::new(move |request, _| {
        let is_second = request.target.starts_with("/v1/vector_stores/vs_expired");
        let response = shared.lock().unwrap().answer(request);
        response.with("date", &http_date(days(0) - if is_second { 3_600 } else { 0 }))
    });
    let asst = Asst::with_backend(&server.url());
    let prune = ["vector-stores", "prune", "--expired", "--yes"];
    asst.run(prune).code(1).says("ahead of the backend's clock");
    let deletes = |server: &MockServer| server.lines().iter().filter(|line| line.starts_with("DELETE")).count();
    assert_eq!((deletes(&server), setup.stores.lock().unwrap().stores.len()), (0, 5));

    let (begun, reached) = std::sync::mpsc::channel();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let (begun, gone) = (Mutex::new(begun), Mutex::new(gone));
    let shared = Arc::clone(&setup.stores);
    let server = MockServer::new(move |request, _| {
        if request.target.starts_with("/v1/vector_stores/vs_expired") {
            let _ = begun.lock().unwrap().send(());
            let _ = gone.lock().unwrap().recv_timeout(PATIENCE);
        }
        shared.lock().unwrap().answer(request).with("date", &http_date(days(0)))
    });
    let asst = Asst::with_backend(&server.url());
    let mut child = asst.command(prune).spawn().unwrap();
    reached.recv_timeout(PATIENCE).unwrap();
    signalled(&child, "-INT");
    // The process prints a line after it handled the signal.
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("completing the requests in flight"));
    go.send(()).unwrap();
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    assert_eq!(deletes(&server), 0, "{rest:?}");
}

#[test]
fn ten_file_lists_in_a_row_that_cannot_be_read_stop_the_command() {
    let setup = setup();
    {
        let mut stores = setup.stores.lock().unwrap();
        (0..20).for_each(|n| stores.add(&format!("vs_{n:02}"), 200, 100, "completed", 0));
    }
    let shared = Arc::clone(&setup.stores);
    let server = MockServer::new(move |request, _| {
        let response = match request.target.contains("/files") {
            true => Response::error(403, "no", None),
            false => shared.lock().unwrap().answer(request),
        };
        response.with("date", &http_date(days(0)))
    });
    let asst = Asst::with_backend(&server.url());
    let ran = asst.run(["vector-stores", "prune", "--empty", "--dry-run"]).code(4);
    let ran = ran.says("stopping: 10 objects in a row failed");
    let lists = server.lines().iter().filter(|line| line.contains("/files")).count();
    assert_eq!(lists, 10, "{}", ran.text());
}

#[test]
fn the_files_of_an_empty_store_are_listed_once() {
    let setup = setup();
    assert_eq!(setup.prune(&["--empty", "--yes", "-o", "id"]).ok().ids(), ["vs_empty"]);
    let lists: Vec<String> = setup.server.lines().into_iter().filter(|line| line.contains("/files")).collect();
    assert_eq!(lists, ["GET /v1/vector_stores/vs_empty/files?limit=100"]);
}

#[test]
fn a_confirmation_names_the_count_and_each_store_is_checked_again() {
    let setup = setup();
    let prune = ["vector-stores", "prune", "--idle", "90d", "-o", "id"];
    let (said, ran) = answered(&setup.asst, &prune, "n\n", || {});
    assert!(said.contains("delete these vector stores? (2 in all) [y/N] "), "{said}");
    ran.code(1);
    assert_eq!(setup.deleted(), Vec::<String>::new());
    let use_it = || setup.stores.lock().unwrap().stores.get_mut("vs_idle").unwrap()["last_active_at"] = json!(days(0));
    let (_, ran) = answered(&setup.asst, &prune, "y\n", use_it);
    assert_eq!((ran.ok().ids(), setup.deleted()), (vec!["vs_expired".to_owned()], vec!["vs_expired".to_owned()]));
}

#[test]
fn a_prune_needs_a_filter_and_a_confirmation() {
    let setup = setup();
    setup.prune(&["--yes"]).code(2).says("--expired, --empty, --idle 90d or --unattached");
    setup.prune(&["--expired"]).code(2).says("pass --yes to confirm");
    setup.prune(&["--idle", "90"]).code(2).says("has no unit");
}
