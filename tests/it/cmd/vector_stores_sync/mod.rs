//! `asst vector-stores sync` keeps the files of a vector store equal to those of folders.

mod crashes;
mod failures;
mod removals;
mod source;

use crate::support::test_env::{Asst, Ran, Server, served};
use serde_json::Value;
use std::collections::BTreeMap;

/// A user with a vector store and a folder.
struct Desk {
    _server: Server,
    asst: Asst,
    store: String,
}

impl Desk {
    fn new(faults: &[&str]) -> Self {
        let (server, asst) = served(faults);
        std::fs::create_dir(asst.work().join("docs")).unwrap();
        let store = asst.run(["vector-stores", "create", "--name", "docs", "-o", "id"]).ok().id();
        Self { _server: server, asst, store }
    }

    /// Writes a file into the folder.
    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.asst.work().join("docs").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn remove(&self, path: &str) {
        std::fs::remove_file(self.asst.work().join("docs").join(path)).unwrap();
    }

    fn args<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        [&["vector-stores", "sync", "docs", "--to", &self.store, "--trace"][..], more].concat()
    }

    fn sync(&self, more: &[&str]) -> Ran {
        self.asst.run(self.args(more))
    }

    /// Returns the files of the vector store as the backend lists them.
    fn files(&self) -> Vec<Value> {
        let listed = self.asst.run(["vector-stores", "files", "list", &self.store, "-o", "json"]).ok().json();
        listed.as_array().unwrap().clone()
    }

    /// Returns the IDs of the files of the vector store by path.
    fn paths(&self) -> BTreeMap<String, String> {
        let files = self.files();
        let count = files.len();
        let entry = |file: &Value| {
            assert_eq!(file["status"], "completed", "{file}");
            let path = file["attributes"]["asst_path"].as_str().unwrap_or("-").to_owned();
            (path, file["id"].as_str().unwrap().to_owned())
        };
        let paths: BTreeMap<String, String> = files.iter().map(entry).collect();
        assert_eq!(paths.len(), count, "two files have one path: {files:?}");
        paths
    }

    /// Returns the IDs of all files of the backend.
    fn uploaded(&self) -> Vec<String> {
        let mut ids = self.asst.run(["files", "list", "-o", "id"]).ok().ids();
        ids.sort();
        ids
    }

    /// Checks that the vector store has exactly these paths, and that the backend has no other file.
    #[track_caller]
    fn has_exactly(&self, expected: &[&str]) {
        let paths = self.paths();
        assert_eq!(paths.keys().map(String::as_str).collect::<Vec<_>>(), expected);
        let mut ids: Vec<String> = paths.into_values().collect();
        ids.sort();
        assert_eq!(self.uploaded(), ids, "a file is left over");
    }
}

/// Returns the number of requests with this method and this part of the path. With `-o json`, the lines of the trace are
/// objects.
fn requests(ran: &Ran, method: &str, part: &str) -> usize {
    let start = format!("> {method} ");
    let url = |line: &str| line.trim_start_matches(r#"{"note":""#).strip_prefix(&start).map(str::to_owned);
    ran.stderr.lines().filter_map(url).filter(|url| url.contains(part)).count()
}

/// Returns the number of requests, and of those that change something.
fn counts(ran: &Ran) -> (usize, usize) {
    let writes = requests(ran, "POST", "") + requests(ran, "DELETE", "");
    (writes + requests(ran, "GET", ""), writes)
}

#[test]
fn a_second_sync_sends_no_write() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.write("deep/b.md", "beta");
    let first = desk.sync(&["-o", "json"]).ok().says(r#""changed":2"#);
    let items = first.json();
    assert_eq!(items[0]["action"], "add", "{items}");
    assert_eq!(items[0]["result"], "done", "{items}");
    assert_eq!(requests(&first, "POST", "/v1/files"), 2);
    assert_eq!(requests(&first, "POST", "/file_batches"), 1);
    desk.has_exactly(&["a.md", "deep/b.md"]);
    let second = desk.sync(&["--exit-code"]).ok().says("2 unchanged");
    let (all, writes) = counts(&second);
    assert_eq!(writes, 0, "{}", second.text());
    assert!(all <= 1 + 3, "{}", second.text());
}

#[test]
fn an_unchanged_sync_needs_one_request_per_page_and_three_more() {
    let desk = Desk::new(&[]);
    (0..230).for_each(|number| desk.write(&format!("{number}.md"), format!("text {number}")));
    desk.sync(&[]).ok();
    let ran = desk.sync(&[]).ok().says("230 unchanged");
    let (all, writes) = counts(&ran);
    assert_eq!(writes, 0);
    assert!(all <= 3 + 3, "{all}");
}

#[test]
fn one_changed_file_is_one_upload_one_attachment_one_detachment_and_one_deletion() {
    let desk = Desk::new(&[]);
    (0..12).for_each(|number| desk.write(&format!("{number:02}.md"), format!("text {number}")));
    desk.sync(&[]).ok();
    let before = desk.paths();
    desk.write("05.md", "another text");
    let ran = desk.sync(&["--exit-code", "-o", "json"]).code(9);
    assert_eq!(requests(&ran, "POST", "/v1/files"), 1);
    assert_eq!(requests(&ran, "POST", "/file_batches"), 1);
    assert_eq!(requests(&ran, "DELETE", "/v1/vector_stores"), 1);
    assert_eq!(requests(&ran, "DELETE", "/v1/files"), 1);
    assert_eq!(counts(&ran).1, 4, "{}", ran.text());
    assert_eq!(ran.json()[0]["action"], "replace");
    assert_eq!(ran.json()[1]["action"], "remove");
    let after = desk.paths();
    for (path, id) in &before {
        assert_eq!(after.get(path) == Some(id), path != "05.md", "{path}");
    }
    assert_eq!(desk.uploaded().len(), 12);
}

#[test]
fn a_dry_run_reports_everything_and_changes_nothing() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.write("b.md", "beta");
    desk.sync(&[]).ok();
    desk.write("a.md", "other");
    desk.remove("b.md");
    desk.write("c.md", "gamma");
    let before = desk.paths();
    let ran = desk.sync(&["--dry-run", "-o", "json"]).ok().says(r#""planned":4"#);
    assert_eq!(counts(&ran).1, 0);
    let items = ran.json();
    let of = |action: &str| items.as_array().unwrap().iter().filter(|item| item["action"] == action).count();
    assert_eq!([of("add"), of("replace"), of("remove")], [1, 1, 2], "{items}");
    assert_eq!(desk.paths(), before);
    desk.sync(&["--dry-run", "--exit-code"]).code(9);
    desk.sync(&[]).ok();
    desk.has_exactly(&["a.md", "c.md"]);
    desk.sync(&["--dry-run", "--exit-code"]).ok();
}

#[test]
fn verify_compares_the_vector_store_with_the_folders() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.sync(&["--verify"]).ok().says("has exactly the files of the folders");
    desk.write("a.md", "other");
    desk.sync(&["--verify", "--dry-run"]).code(1).says("differs from the folders");
    desk.write("empty.md", "");
    desk.sync(&["--verify"]).ok();
    desk.sync(&["--strict"]).code(8).says("1 skipped");
}

#[test]
fn attributes_are_set_and_changed_without_an_upload() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.sync(&["--attributes", "team=hr", "--attributes", "year:=2024"]).ok();
    let id = desk.paths()["a.md"].clone();
    assert_eq!(desk.files()[0]["attributes"]["year"], 2024);
    let of_others = ["vector-stores", "files", "get", &desk.store, &id, "-o", "json"];
    let mut attributes = desk.asst.run(of_others).ok().json()["attributes"].clone();
    attributes["note"] = "mine".into();
    let pairs: Vec<String> =
        attributes.as_object().unwrap().iter().map(|(key, value)| format!("{key}:={value}")).collect();
    let mut update = vec!["vector-stores", "files", "update", &desk.store, &id];
    pairs.iter().for_each(|pair| update.extend(["--attributes", pair]));
    desk.asst.run(update).ok();
    let ran = desk.sync(&["--attributes", "team=it"]).ok();
    assert_eq!(requests(&ran, "POST", "/v1/files"), 0);
    let file = desk.files()[0].clone();
    assert_eq!(file["attributes"]["team"], "it");
    assert_eq!(file["attributes"]["note"], "mine", "an attribute of others was lost");
    assert_eq!(desk.paths()["a.md"], id);
    assert_eq!(counts(&desk.sync(&["--attributes", "team=it"]).ok()).1, 0);
    desk.sync(&["--attributes", "asst_path=x"]).code(2).says("reserved");
}

#[test]
fn a_moved_file_is_uploaded_again_unless_renames_are_tracked() {
    let desk = Desk::new(&[]);
    desk.write("old/a.md", "alpha");
    desk.sync(&[]).ok();
    let id = desk.paths()["old/a.md"].clone();
    desk.write("new/a.md", "alpha");
    desk.remove("old/a.md");
    let ran = desk.sync(&["--track-renames"]).ok();
    assert_eq!(requests(&ran, "POST", "/v1/files"), 0);
    assert_eq!(desk.paths()["new/a.md"], id);
    desk.write("third/a.md", "alpha");
    desk.remove("new/a.md");
    desk.sync(&[]).ok();
    assert_ne!(desk.paths()["third/a.md"], id);
    desk.has_exactly(&["third/a.md"]);
}
