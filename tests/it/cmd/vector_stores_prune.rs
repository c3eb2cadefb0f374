//! `asst vector-stores prune` deletes vector stores that match all filters, each read again before its deletion.

use crate::support::aged_backend::{days, http_date};
use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::test_env::{Asst, Ran};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
    asst.config(&format!(
        "[profiles.f]\nbackend = \"foundry\"\nbase_url = \"{}\"\napi_key_env = \"K\"\n",
        server.url()
    ));
    Setup { server, stores, asst }
}

impl Setup {
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
            ran.stderr.contains("`asst files prune --unreferenced --dry-run` shows those that nothing names");
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
    assert_eq!(ran.json()[0]["reason"], "it lists 1 files");
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
fn a_prune_needs_a_filter_and_a_confirmation() {
    let setup = setup();
    setup.prune(&["--yes"]).code(2).says("--expired, --empty, --idle 90d or --unattached");
    setup.prune(&["--expired"]).code(2).says("pass --yes to confirm");
    setup.prune(&["--idle", "90"]).code(2).says("has no unit");
}
