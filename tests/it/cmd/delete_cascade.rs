//! `delete --cascade` deletes objects with the vector stores and files that only they refer to.
#![cfg(unix)]

use crate::support::aged_backend::{days, http_date};
use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::terminal::answered;
use crate::support::test_env::{Asst, Ran};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// The objects of a backend, and its faults.
#[derive(Default)]
struct Backend {
    /// The vector stores of each assistant and each thread.
    assistants: BTreeMap<String, Vec<&'static str>>,
    threads: BTreeMap<String, Vec<&'static str>>,
    stores: BTreeMap<String, Vec<&'static str>>,
    /// The purpose of each file.
    files: BTreeMap<String, &'static str>,
    /// The number of lists in which a deleted vector store still appears.
    lag: usize,
    deleted_stores: Vec<String>,
    /// The path whose deletion is refused.
    refused: Option<&'static str>,
    /// The path of a list that does not state whether it has more items.
    endless: Option<&'static str>,
    /// Changes the backend when a vector store is deleted.
    on_deletion: Option<fn(&mut Backend)>,
}

impl Backend {
    fn owner(id: &str, kind: &str, stores: &[&str]) -> Value {
        json!({ "id": id, "object": kind, "created_at": 1,
            "tool_resources": { "file_search": { "vector_store_ids": stores } } })
    }

    fn store(id: &str) -> Value {
        json!({ "id": id, "object": "vector_store", "created_at": 1, "name": format!("name of {id}") })
    }

    fn file(id: &str, purpose: &str) -> Value {
        json!({ "id": id, "object": "file", "created_at": 1, "filename": format!("{id}.txt"), "purpose": purpose })
    }

    fn answer(&mut self, request: &Request) -> Response {
        let path = request.target.split('?').next().unwrap().trim_start_matches("/v1/");
        let words: Vec<&str> = path.split('/').collect();
        let missing = |noun: &str, id: &str| Response::error(404, &format!("No {noun} found with id '{id}'."), None);
        let found = |object: Option<Value>, noun: &str, id: &str| match object {
            Some(object) => Response::json(200, &object),
            None => missing(noun, id),
        };
        if request.method == "DELETE" {
            return self.delete(&words);
        }
        let items: Vec<Value> = match words.as_slice() {
            ["assistants"] => self.assistants.iter().map(|(id, stores)| Self::owner(id, "assistant", stores)).collect(),
            ["threads"] => self.threads.iter().map(|(id, stores)| Self::owner(id, "thread", stores)).collect(),
            ["vector_stores"] => {
                let late = if self.lag > 0 { self.deleted_stores.clone() } else { Vec::new() };
                self.lag = self.lag.saturating_sub(usize::from(!late.is_empty()));
                self.stores.keys().chain(&late).map(|id| Self::store(id)).collect()
            }
            ["vector_stores", id, "files"] => match self.stores.get(*id) {
                None => return missing("vector store", id),
                Some(files) => files
                    .iter()
                    .map(|file| json!({ "id": file, "object": "vector_store.file", "created_at": 1 }))
                    .collect(),
            },
            ["threads", _, "messages" | "runs"] => Vec::new(),
            ["assistants", id] => {
                let object = self.assistants.get(*id).map(|stores| Self::owner(id, "assistant", stores));
                return found(object, "assistant", id);
            }
            ["threads", id] => {
                return found(self.threads.get(*id).map(|stores| Self::owner(id, "thread", stores)), "thread", id);
            }
            ["vector_stores", id] => {
                return found(self.stores.get(*id).map(|_| Self::store(id)), "vector store", id);
            }
            ["files", id] => return found(self.files.get(*id).map(|purpose| Self::file(id, purpose)), "file", id),
            _ => return Response::error(404, "Invalid URL", None),
        };
        let mut page = json!({ "object": "list", "data": items, "has_more": false });
        if self.endless == Some(path) {
            page.as_object_mut().unwrap().remove("has_more");
        }
        Response::json(200, &page)
    }

    fn delete(&mut self, words: &[&str]) -> Response {
        if self.refused == Some(words.join("/").as_str()) {
            return Response::error(403, "You may not delete this.", None);
        }
        let id = words[1].to_owned();
        match words[0] {
            "assistants" => drop(self.assistants.remove(&id)),
            "threads" => drop(self.threads.remove(&id)),
            "files" => drop(self.files.remove(&id)),
            _ => {
                self.stores.remove(&id);
                self.deleted_stores.push(id.clone());
                if let Some(act) = self.on_deletion {
                    act(self);
                }
            }
        }
        Response::json(200, &json!({ "id": id, "object": "deleted", "deleted": true }))
    }
}

struct Setup {
    server: MockServer,
    backend: Arc<Mutex<Backend>>,
    asst: Asst,
}

/// Returns a backend with an assistant whose two vector stores and three files are partly used by others.
fn setup() -> Setup {
    let backend = Arc::new(Mutex::new(Backend::default()));
    let shared = Arc::clone(&backend);
    let server =
        MockServer::new(move |request, _| shared.lock().unwrap().answer(request).with("date", &http_date(days(0))));
    {
        let mut backend = backend.lock().unwrap();
        backend.assistants.insert("asst_1".to_owned(), vec!["vs_own", "vs_shared"]);
        backend.threads.insert("thread_1".to_owned(), vec!["vs_shared"]);
        backend.stores.insert("vs_own".to_owned(), vec!["file-own", "file-shared", "file-user", "file-batch"]);
        backend.stores.insert("vs_shared".to_owned(), vec!["file-shared"]);
        backend.files.extend([
            ("file-own".to_owned(), "assistants"),
            ("file-shared".to_owned(), "assistants"),
            ("file-user".to_owned(), "user_data"),
            ("file-batch".to_owned(), "batch"),
        ]);
    }
    let asst = Asst::with_backend(&server.url()).env("K", "sk-test-0123456789");
    let url = server.url();
    asst.config(&format!("[profiles.f]\nbackend = \"foundry\"\nbase_url = \"{url}\"\napi_key_env = \"K\"\n"));
    Setup { server, backend, asst }
}

impl Setup {
    fn backend(&self) -> MutexGuard<'_, Backend> {
        self.backend.lock().unwrap()
    }

    /// Runs a command at a backend that lists its threads.
    fn run(&self, args: &[&str]) -> Ran {
        self.asst.run([&["-p", "f"], args].concat())
    }

    fn deleted(&self) -> Vec<String> {
        let lines = self.server.lines();
        let deleted = lines.iter().filter_map(|line| line.strip_prefix("DELETE /v1/"));
        deleted.map(|path| path.split('?').next().unwrap().to_owned()).collect()
    }
}

#[test]
fn an_assistant_goes_with_what_only_it_refers_to() {
    let setup = setup();
    let args = ["assistants", "delete", "asst_1", "--cascade"];
    let ran = setup.run(&[&args[..], &["--dry-run", "-o", "json"]].concat()).ok();
    let shown: BTreeMap<String, String> = ran
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            (text("id"), format!("{} {} {}", text("kind"), text("result"), text("reason")))
        })
        .collect();
    let expected = [
        ("asst_1", "assistant would go "),
        ("file-batch", "file stays its purpose is batch, so other endpoints may use it"),
        ("file-own", "file would go "),
        ("file-shared", "file stays named by vector_store vs_shared"),
        ("file-user", "file stays its purpose is user_data, so its references cannot be found"),
        ("vs_own", "vector_store would go "),
        ("vs_shared", "vector_store stays named by thread thread_1"),
    ];
    assert_eq!(shown, expected.map(|(id, text)| (id.to_owned(), text.to_owned())).into());
    assert_eq!(setup.deleted(), Vec::<String>::new());
    let ran = setup.run(&[&args[..], &["--yes", "-o", "id"]].concat()).ok();
    assert_eq!(ran.ids(), ["asst_1", "vs_own", "file-own"]);
    assert_eq!(setup.deleted(), ["assistants/asst_1", "vector_stores/vs_own", "files/file-own"]);
    let ran = ran.says("note: vector_store vs_shared stays: named by thread thread_1");
    ran.says("note: file file-shared stays: named by vector_store vs_shared")
        .says("3 deleted, 0 already gone, 4 in use");
    let states = setup.run(&["ledger", "list", "--state", "deleted", "-o", "id"]).ok().ids();
    assert_eq!(states.len(), 3, "{states:?}");
}

#[test]
fn a_thread_goes_with_its_vector_store() {
    let setup = setup();
    setup.backend().assistants.clear();
    let ran = setup.run(&["threads", "delete", "thread_1", "--cascade", "--yes", "-o", "id"]).ok();
    assert_eq!(ran.ids(), ["thread_1", "vs_shared"]);
    ran.says("note: file file-shared stays: named by vector_store vs_own");
}

#[test]
fn files_are_deleted_when_the_vector_store_is_gone_from_the_list() {
    let setup = setup();
    setup.backend().lag = 2;
    let args = ["vector-stores", "delete", "vs_own", "vs_shared", "--cascade", "--yes", "-o", "id"];
    // A backend that does not list its threads suffices for files.
    let ran = setup.asst.run(args).ok();
    assert_eq!(ran.ids(), ["vs_own", "vs_shared", "file-own", "file-shared"]);
    let lines = setup.server.lines();
    let deletion = lines.iter().position(|line| line.starts_with("DELETE /v1/files")).unwrap();
    let lists = lines[..deletion].iter().rev().take_while(|line| !line.starts_with("DELETE"));
    let lists = lists.filter(|line| line.starts_with("GET /v1/vector_stores?")).count();
    assert!(lists >= 3, "{lines:#?}");
}

#[test]
fn a_file_that_is_named_meanwhile_stays() {
    let setup = setup();
    setup.backend().on_deletion = Some(|backend| drop(backend.stores.insert("vs_new".to_owned(), vec!["file-own"])));
    let ran = setup.run(&["vector-stores", "delete", "vs_own", "--cascade", "--yes", "-o", "id"]).ok();
    assert_eq!(ran.ids(), ["vs_own"]);
    ran.says("note: file file-own stays: named by vector_store vs_new");
}

#[test]
fn a_deleted_assistant_that_is_still_listed_does_not_keep_its_files() {
    let setup = setup();
    let relist = |backend: &mut Backend| drop(backend.assistants.insert("asst_1".to_owned(), vec!["file-own"]));
    setup.backend().on_deletion = Some(relist);
    let ran = setup.run(&["assistants", "delete", "asst_1", "--cascade", "--yes", "-o", "id"]).ok();
    assert_eq!(ran.ids(), ["asst_1", "vs_own", "file-own"]);
}

#[test]
fn files_that_are_left_over_are_named_if_the_references_cannot_be_read_again() {
    let setup = setup();
    setup.backend().on_deletion = Some(|backend| backend.endless = Some("assistants"));
    let ran = setup.run(&["vector-stores", "delete", "vs_own", "--cascade", "--yes", "-o", "id"]).code(8);
    assert_eq!(ran.ids(), ["vs_own"]);
    ran.says("the files are kept: the references could not be read again: ")
        .says("hint: run `asst files prune --unreferenced` to delete the remaining objects: file file-own");
    assert_eq!(setup.deleted(), ["vector_stores/vs_own"]);
}

#[test]
fn the_hint_covers_the_vector_stores_of_roots_that_are_gone() {
    let setup = setup();
    setup.backend().assistants.insert("asst_2".to_owned(), Vec::new());
    setup.backend().refused = Some("assistants/asst_2");
    let args = ["assistants", "delete", "asst_1", "asst_2", "--cascade", "--yes", "-o", "id"];
    setup.run(&args).code(8).says(
        "run `asst assistants delete asst_2 --cascade --ignore-not-found`, then `asst vector-stores prune \
         --unattached`, then `asst files prune --unreferenced` to delete the remaining objects: assistant asst_2, \
         vector_store vs_own",
    );
}

#[test]
fn after_a_failure_nothing_that_depends_on_it_is_deleted_and_a_hint_names_the_rest() {
    for (refused, deleted, hint) in [
        (
            "assistants/asst_1",
            vec![],
            "hint: run `asst assistants delete asst_1 --cascade --ignore-not-found` to delete the remaining objects: \
             assistant asst_1, vector_store vs_own, file file-own",
        ),
        (
            "vector_stores/vs_own",
            vec!["asst_1"],
            "`asst vector-stores delete vs_own --ignore-not-found`, then `asst files prune --unreferenced`",
        ),
        (
            "files/file-own",
            vec!["asst_1", "vs_own"],
            "hint: run `asst files delete file-own --ignore-not-found` to delete the remaining objects: ",
        ),
    ] {
        let setup = setup();
        setup.backend().refused = Some(refused);
        let ran = setup.run(&["assistants", "delete", "asst_1", "--cascade", "--yes", "-o", "id"]);
        assert!(!ran.stderr.contains("panicked") && ran.stderr.contains(hint), "{refused}: {}", ran.text());
        assert_eq!(ran.code(8).ids(), deleted, "{refused}");
    }
}

#[test]
fn a_list_that_proves_nothing_prevents_every_deletion() {
    for endless in
        ["assistants", "threads", "vector_stores", "vector_stores/vs_own/files", "vector_stores/vs_shared/files"]
    {
        let setup = setup();
        setup.backend().endless = Some(endless);
        let ran = setup.run(&["assistants", "delete", "asst_1", "--cascade", "--yes"]).code(1);
        assert!(ran.stderr.contains("the list is not valid as evidence"), "{endless}: {}", ran.text());
        assert_eq!(setup.deleted(), Vec::<String>::new(), "{endless}");
    }
}

#[test]
fn vector_stores_go_only_where_the_backend_lists_its_threads() {
    let setup = setup();
    setup.asst.run(["assistants", "delete", "asst_1", "--cascade", "--yes"]).code(11).says("--cascade needs a backend");
    assert_eq!(setup.deleted(), Vec::<String>::new());
}

#[test]
fn an_object_that_is_missing_exits_3_unless_that_is_ignored() {
    let setup = setup();
    let args = ["vector-stores", "delete", "vs_none", "--cascade", "--yes"];
    setup.run(&args).code(3);
    setup.run(&[&args[..], &["--ignore-not-found"]].concat()).ok();
}

#[test]
fn a_cascade_asks_once_with_the_count() {
    let setup = setup();
    let args = ["-p", "f", "assistants", "delete", "asst_1", "--cascade", "-o", "id"];
    setup.asst.run(args).code(2).says("pass --yes to confirm");
    let (said, ran) = answered(&setup.asst, &args, "n\n", || {});
    assert!(said.contains("delete these objects? (3 in all) [y/N] "), "{said}");
    ran.code(1);
    assert_eq!(setup.deleted(), Vec::<String>::new());
    // What becomes unused during the prompt was not confirmed.
    let (_, ran) = answered(&setup.asst, &args, "y\n", || setup.backend().threads.clear());
    assert_eq!(ran.ok().ids(), ["asst_1", "vs_own", "file-own"]);
}
