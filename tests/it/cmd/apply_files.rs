//! `asst apply` of files, which have no metadata: they are found again by a name with a digest of their bytes.

use crate::support::test_env::{Asst, Ran, Server, eventually, served};
use serde_json::{Value, json};

const MANIFEST: &str = "asst: 1
project: hr
files:
  rates: {path: data/rates.csv}
  pages: {path: 'pages/*.md'}
vector_stores:
  handbook: {name: Handbook, file_ids: [{ref: files.pages}]}
assistants:
  helper:
    model: gpt-4o
    tools: [file_search, code_interpreter]
    tool_resources:
      file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}
      code_interpreter: {file_ids: [{ref: files.rates}]}
";

fn project(faults: &[&str]) -> (Server, Asst) {
    let (server, asst) = served(faults);
    for folder in ["data", "pages"] {
        std::fs::create_dir_all(asst.work().join(folder)).unwrap();
    }
    asst.file("asst.yaml", MANIFEST);
    asst.file("data/rates.csv", "year,rate\n2024,1\n");
    asst.file("pages/leave.md", "# Leave\n\n30 days.\n");
    asst.file("pages/travel.md", "# Travel\n\nBy train.\n");
    (server, asst)
}

/// Returns the objects of a list of the backend, the oldest first.
fn listed(asst: &Asst, noun: &str) -> Vec<Value> {
    asst.run([noun, "list", "--order", "asc", "-o", "json"]).ok().json().as_array().unwrap().clone()
}

/// Returns the names of the files at the backend, without their digests and in order.
fn names(asst: &Asst) -> Vec<String> {
    let stripped = |name: &str| name.split('.').filter(|part| part.len() != 12).collect::<Vec<_>>().join(".");
    let mut names: Vec<String> =
        listed(asst, "files").iter().map(|file| stripped(file["filename"].as_str().unwrap())).collect();
    names.sort_unstable();
    names
}

/// Returns the ID of the only file whose name begins with a text.
fn id_of(asst: &Asst, beginning: &str) -> String {
    let all = listed(asst, "files");
    let mut found = all.iter().filter(|file| file["filename"].as_str().unwrap().starts_with(beginning));
    let id = found.next().unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(found.next(), None, "{beginning}: {all:?}");
    id
}

fn files_of_interpreter(asst: &Asst) -> Value {
    let helper = listed(asst, "assistants").pop().unwrap();
    helper["tool_resources"]["code_interpreter"]["file_ids"].clone()
}

fn files_of_store(asst: &Asst) -> Vec<String> {
    let store = listed(asst, "vector-stores").pop().unwrap()["id"].as_str().unwrap().to_owned();
    let listed = asst.run(["vector-stores", "files", "list", &store, "-o", "json"]).ok().json();
    let mut ids: Vec<String> =
        listed.as_array().unwrap().iter().map(|file| file["id"].as_str().unwrap().to_owned()).collect();
    ids.sort_unstable();
    ids
}

fn writes(ran: &Ran) -> usize {
    let is_write = |line: &&str| line.starts_with("> POST") || line.starts_with("> DELETE");
    ran.stderr.lines().filter(is_write).count()
}

#[test]
fn files_are_uploaded_once_and_found_again_without_a_ledger() {
    let (_server, asst) = project(&[]);
    let plan = asst.run(["plan"]).ok();
    for line in ["+ hr/default/pages/leave.md: does not exist", "(known after apply) files.rates"] {
        assert!(plan.stdout.contains(line), "{line}: {}", plan.text());
    }
    asst.run(["apply", "--no-ledger", "--output-env", "ids.env"]).ok().says("5 created");
    assert_eq!(names(&asst), ["leave.md", "rates.csv", "travel.md"]);
    assert_eq!(files_of_interpreter(&asst), json!([id_of(&asst, "rates.")]));
    let mut pages = ["leave.", "travel."].map(|name| id_of(&asst, name));
    pages.sort_unstable();
    assert_eq!(files_of_store(&asst), pages);
    let ids = std::fs::read_to_string(asst.work().join("ids.env")).unwrap();
    assert!(ids.contains(&format!("HR_PAGES_LEAVE_MD_FILE_ID={}\n", id_of(&asst, "leave."))), "{ids}");
    let second = asst.run(["apply", "--no-ledger", "--trace"]).ok().says("no changes");
    assert_eq!(writes(&second), 0, "{}", second.text());
    asst.run(["plan", "--no-ledger", "--exit-code"]).ok();
}

#[test]
fn a_changed_file_of_the_same_size_is_replaced_and_the_old_one_deleted() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    let old = [id_of(&asst, "rates."), id_of(&asst, "leave.")];
    asst.file("data/rates.csv", "year,rate\n2025,2\n");
    asst.file("pages/leave.md", "# Leave\n\n31 days.\n");
    let plan = asst.run(["plan"]).ok();
    assert!(plan.stdout.contains("2 replace") && plan.stdout.contains("2 update"), "{}", plan.text());
    asst.run(["apply"]).ok().says("2 updated, 2 replaced");
    let new = [id_of(&asst, "rates."), id_of(&asst, "leave.")];
    assert!(old.iter().all(|old| !new.contains(old)), "{old:?} {new:?}");
    assert_eq!(names(&asst), ["leave.md", "rates.csv", "travel.md"]);
    assert_eq!(files_of_interpreter(&asst), json!([new[0]]));
    assert!(files_of_store(&asst).contains(&new[1]) && files_of_store(&asst).len() == 2);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_replaced_file_that_another_object_uses_is_kept() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    let old = id_of(&asst, "rates.");
    let resources = json!({ "code_interpreter": { "file_ids": [old] } }).to_string();
    asst.run(["assistants", "create", "--model", "m", "--tool", "code_interpreter", "--tool-resources", &resources])
        .ok();
    asst.file("data/rates.csv", "year,rate\n2025,2\n");
    asst.run(["apply"]).ok().says("is kept: assistant asst_");
    assert_eq!(names(&asst), ["leave.md", "rates.csv", "rates.csv", "travel.md"]);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn the_older_version_of_a_protected_file_stays() {
    let (_server, asst) = project(&[]);
    asst.file("asst.yaml", MANIFEST.replace("data/rates.csv", "data/rates.csv, lifecycle: {protect: true}"));
    asst.run(["apply"]).ok();
    asst.file("data/rates.csv", "year,rate\n2025,2\n");
    let plan = asst.run(["plan", "--prune"]).ok();
    assert!(plan.stdout.contains("the older file is protected and stays"), "{}", plan.text());
    asst.run(["apply", "--prune", "--yes"]).ok().says("1 updated, 1 replaced");
    assert_eq!(names(&asst), ["leave.md", "rates.csv", "rates.csv", "travel.md"]);
    asst.run(["plan", "--prune", "--exit-code"]).ok();
}

#[test]
fn destroy_keeps_every_version_of_a_protected_file() {
    let (_server, asst) = project(&[]);
    asst.file("asst.yaml", MANIFEST.replace("data/rates.csv", "data/rates.csv, lifecycle: {protect: true}"));
    asst.run(["apply"]).ok();
    asst.file("data/rates.csv", "year,rate\n2025,2\n");
    asst.run(["destroy", "--yes"]).ok();
    assert_eq!(names(&asst), ["rates.csv"]);
}

#[test]
fn a_file_that_the_manifest_did_not_upload_is_never_deleted() {
    let (_server, asst) = project(&[]);
    asst.file("own.csv", "a\n");
    asst.run(["files", "upload", "own.csv"]).ok();
    asst.run(["files", "upload", "data/rates.csv"]).ok();
    asst.run(["apply"]).ok();
    asst.file("asst.yaml", "asst: 1\nproject: hr\n");
    asst.run(["apply", "--prune", "--yes"]).ok().says("5 deleted");
    assert_eq!(names(&asst), ["own.csv", "rates.csv"]);
    asst.run(["plan", "--exit-code", "--prune"]).ok();
}

#[test]
fn destroy_deletes_the_files_last() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    let ran = asst.run(["destroy", "--yes", "--trace"]).ok().says("5 deleted");
    let deletions: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("> DELETE")).collect();
    assert!(deletions[0].contains("/assistants/") && deletions[1].contains("/vector_stores/"), "{deletions:?}");
    assert!(listed(&asst, "files").is_empty());
}

#[test]
fn a_failed_upload_deletes_nothing_and_the_next_apply_continues() {
    // The first apply uploads three files.
    let (_server, asst) = project(&["--fault", "500,times=1,after=3,on=POST /files"]);
    asst.run(["apply"]).ok();
    let old = id_of(&asst, "rates.");
    asst.file("data/rates.csv", "year,rate\n2025,2\n");
    let failed = asst.run(["apply", "--retries", "0", "-o", "json"]);
    assert_ne!(failed.code, Some(0), "{}", failed.text());
    let outcomes = failed.json();
    let outcome =
        |key: &str| outcomes.as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()["outcome"].clone();
    assert_eq!(outcome("hr/default/rates"), "failed");
    assert_eq!(outcome("hr/default/helper"), "skipped");
    assert_eq!(id_of(&asst, "rates."), old);
    asst.run(["apply"]).ok();
    assert_eq!(names(&asst), ["leave.md", "rates.csv", "travel.md"]);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn an_apply_that_is_killed_leaves_no_second_file() {
    let (_server, asst) = project(&["--fault", "latency=40ms,on=POST"]);
    for milliseconds in [30, 80, 130, 180, 250, 350] {
        let mut child = asst.command(["apply", "--concurrency", "2"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().unwrap();
    }
    // A request may still be on its way when its sender is killed.
    eventually("the server is idle", || {
        let count = names(&asst).len();
        std::thread::sleep(std::time::Duration::from_millis(200));
        (names(&asst).len() == count).then_some(())
    });
    asst.run(["apply", "--on-drift", "overwrite"]).ok();
    assert_eq!(names(&asst), ["leave.md", "rates.csv", "travel.md"]);
    assert_eq!((listed(&asst, "vector-stores").len(), listed(&asst, "assistants").len()), (1, 1));
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn equal_files_are_one_object() {
    let (_server, asst) = project(&[]);
    std::fs::create_dir_all(asst.work().join("pages/sub")).unwrap();
    asst.file("pages/sub/leave.md", "# Leave\n\n30 days.\n");
    asst.file("asst.yaml", MANIFEST.replace("pages/*.md", "pages/**"));
    asst.run(["apply"]).ok().says("5 created");
    assert_eq!(names(&asst), ["leave.md", "rates.csv", "travel.md"]);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_bad_file_is_an_error_before_any_request() {
    let asst = Asst::new();
    std::fs::create_dir_all(asst.work().join("folder")).unwrap();
    asst.file("empty.csv", "");
    for (entry, expected) in [
        ("{path: missing.csv}", "asst.yaml:4:13: cannot read the file `missing.csv`"),
        ("{path: folder}", "asst.yaml:4:13: expected a file, found something else: `folder`"),
        ("{path: empty.csv}", "asst.yaml:4:13: the file `empty.csv` is empty"),
        ("{path: '*.nothing'}", "asst.yaml:4:13: no file matches `*.nothing`"),
        ("{path: '../*.csv'}", "asst.yaml:4:13: the pattern `../*.csv` leaves the folder of the manifest"),
        ("{path: /etc/hostname}", "asst.yaml:4:13: the file `/etc/hostname` is outside the folder of the manifest"),
        ("{}", "asst.yaml:4:3: the file `a` has no path"),
        ("{pth: empty.csv}", "asst.yaml:4:7: unknown key `pth` in the file `a`"),
        ("{path: empty.csv, purpose: asistants}", "asst.yaml:4:33: Invalid value: 'asistants'"),
    ] {
        asst.file("asst.yaml", format!("asst: 1\nproject: hr\nfiles:\n  a: {entry}\n"));
        let ran = asst.run(["manifest", "lint"]).code(2);
        assert!(ran.stderr.contains(expected), "{entry}: {}", ran.text());
    }
}
