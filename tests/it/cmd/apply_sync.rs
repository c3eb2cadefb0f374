//! `asst apply` of vector stores whose files are those of a folder.

use crate::support::test_env::{Asst, Ran, Server, served};
use serde_json::Value;
use std::process::Stdio;
use std::time::{Duration, Instant};

const MANIFEST: &str = "asst: 1
project: hr
vector_stores:
  handbook: {name: Handbook, sync: {dir: pages, include: ['*.md'], exclude: [draft.md]}}
assistants:
  helper:
    model: gpt-4o
    tools: [file_search]
    tool_resources: {file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}}
";

fn project(faults: &[&str]) -> (Server, Asst) {
    let (server, asst) = served(faults);
    std::fs::create_dir(asst.work().join("pages")).unwrap();
    asst.file("asst.yaml", MANIFEST);
    for name in ["leave.md", "travel.md", "draft.md", "notes.txt"] {
        asst.file(&format!("pages/{name}"), format!("# {name}\n\nThe text of {name}.\n"));
    }
    (server, asst)
}

/// Returns the requests that are no reads.
fn writes(ran: &Ran) -> Vec<&str> {
    let is_write = |line: &&str| line.starts_with("> POST") || line.starts_with("> DELETE");
    ran.stderr.lines().filter(is_write).collect()
}

fn store(asst: &Asst) -> String {
    let ids = asst.run(["vector-stores", "list", "-o", "id"]).ok().ids();
    assert_eq!(ids.len(), 1, "{ids:?}");
    ids[0].clone()
}

/// Returns the paths of the files of the vector store.
fn paths(asst: &Asst) -> Vec<String> {
    let listed = asst.run(["vector-stores", "files", "list", &store(asst), "-o", "json"]).ok().json();
    let path = |file: &Value| {
        assert_eq!(file["status"], "completed", "{file}");
        file["attributes"]["asst_path"].as_str().unwrap_or("-").to_owned()
    };
    let mut paths: Vec<String> = listed.as_array().unwrap().iter().map(path).collect();
    paths.sort();
    paths
}

fn uploads(asst: &Asst) -> usize {
    asst.run(["files", "list", "-o", "id"]).ok().ids().len()
}

#[test]
fn the_files_of_a_folder_are_applied_once() {
    let (_server, asst) = project(&[]);
    let plan = asst.run(["plan"]).ok();
    assert!(plan.stdout.contains("    sync: \"2 files\""), "{}", plan.text());
    asst.run(["apply"]).ok().says("2 created");
    assert_eq!(paths(&asst), ["leave.md", "travel.md"]);
    let again = asst.run(["apply", "--trace"]).ok().says("no changes");
    assert_eq!(writes(&again), [""; 0], "{}", again.text());
    asst.run(["plan", "--exit-code"]).ok();
    let found = asst.run(["vector-stores", "get", &store(&asst), "-o", "json"]).ok().json();
    assert!(!found["metadata"]["asst_digest"].as_str().unwrap().contains("interrupted"), "{found}");
}

#[test]
fn one_changed_file_is_one_upload_one_attachment_and_one_removal() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    asst.file("pages/leave.md", "# Leave\n\n31 days.\n");
    let plan = asst.run(["plan", "--exit-code"]).code(9);
    assert!(plan.stdout.contains("the folders differ from the vector store: 1 replaced"), "{}", plan.text());
    assert!(plan.stdout.contains("sync[leave.md]: \"file-"), "{}", plan.text());
    let ran = asst.run(["apply", "--trace"]).ok().says("1 updated");
    let sent = writes(&ran);
    assert_eq!(sent.len(), 4, "{sent:?} {}", ran.text());
    assert_eq!(sent.iter().filter(|line| line.starts_with("> DELETE")).count(), 2, "{sent:?}");
    assert_eq!((paths(&asst), uploads(&asst)), (vec!["leave.md".to_owned(), "travel.md".to_owned()], 2));
    // Added, removed, and changed by somebody else.
    std::fs::remove_file(asst.work().join("pages/travel.md")).unwrap();
    asst.file("pages/food.md", "# Food\n");
    let plan = asst.run(["plan", "-o", "json"]).ok().json();
    let members = plan["objects"][0]["members"].as_array().unwrap().clone();
    let found: Vec<(&str, bool, &Value)> =
        members.iter().map(|one| (one["path"].as_str().unwrap(), one["before"].is_null(), &one["after"])).collect();
    assert_eq!(found, [("sync[food.md]", true, &"added".into()), ("sync[travel.md]", false, &Value::Null)]);
    asst.run(["apply"]).ok();
    assert_eq!(paths(&asst), ["food.md", "leave.md"]);
    let files = asst.run(["vector-stores", "files", "list", &store(&asst), "-o", "id"]).ok().ids();
    asst.run(["vector-stores", "files", "delete", &store(&asst), &files[0]]).ok();
    let plan = asst.run(["plan", "--exit-code"]).code(9);
    assert!(plan.stdout.contains("the folders differ from the vector store: 1 "), "{}", plan.text());
    asst.run(["apply"]).ok();
    assert_eq!(paths(&asst), ["food.md", "leave.md"]);
}

#[test]
fn a_plan_of_many_files_names_the_first_ones_and_the_counts() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    (0..60).for_each(|n| drop(asst.file(&format!("pages/{n:02}.md"), format!("# {n}\n"))));
    let plan = asst.run(["plan", "-o", "json"]).ok().json();
    assert_eq!(plan["objects"][0]["reason"], "the folders differ from the vector store: 60 added");
    assert_eq!(plan["objects"][0]["members"].as_array().unwrap().len(), 21);
    assert_eq!(plan["objects"][0]["members"][20]["after"], "40 further files");
}

#[test]
fn a_saved_plan_is_refused_if_the_folder_or_the_vector_store_has_changed() {
    let (_server, asst) = project(&[]);
    asst.run(["plan", "--out", "new.json"]).ok();
    asst.file("pages/leave.md", "# Leave\n\n32 days.\n");
    asst.run(["apply", "--plan", "new.json"]).code(9).says("changed in its folders");
    asst.run(["apply"]).ok();
    asst.file("pages/leave.md", "# Leave\n\n33 days.\n");
    asst.run(["plan", "--out", "plan.json"]).ok();
    asst.file("pages/leave.md", "# Leave\n\n34 days.\n");
    let ran = asst.run(["apply", "--plan", "plan.json", "--trace"]).code(9).says("hr/default/handbook");
    assert_eq!(writes(&ran), [""; 0], "{}", ran.text());
    asst.file("pages/leave.md", "# Leave\n\n33 days.\n");
    asst.run(["apply", "--plan", "plan.json"]).ok();
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_file_that_cannot_be_indexed_fails_its_vector_store_and_skips_the_assistant() {
    let (_server, asst) = project(&[]);
    asst.file("asst.yaml", MANIFEST.replace("'*.md'", "'*.md', '*.bin'"));
    asst.file("pages/broken.bin", [0_u8, 159, 146, 150]);
    let ran = asst.run(["apply", "-o", "json"]).code(8).says("broken.bin");
    assert!(!ran.stderr.contains(r#""message":"""#), "{}", ran.text());
    let applied = ran.json();
    let outcomes: Vec<&str> = applied.as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["failed", "skipped"], "{}", ran.text());
    // Its content cannot be indexed, so it is not sent again until it changes.
    let ran = asst.run(["apply", "--trace"]).ok().says("left out: broken.bin: it could not be indexed before");
    assert!(!ran.stderr.contains("/v1/files"), "{}", ran.text());
    asst.run(["plan", "--exit-code"]).ok().says("left out: broken.bin");
    std::fs::remove_file(asst.work().join("pages/broken.bin")).unwrap();
    asst.run(["apply"]).ok();
    assert_eq!(paths(&asst), ["leave.md", "travel.md"]);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn the_guards_of_a_sync_hold() {
    let (_server, asst) = project(&[]);
    (0..12).for_each(|n| drop(asst.file(&format!("pages/{n:02}.md"), format!("# {n}\n"))));
    asst.run(["apply"]).ok();
    (0..11).for_each(|n| std::fs::remove_file(asst.work().join(format!("pages/{n:02}.md"))).unwrap());
    for command in ["plan", "apply"] {
        let ran =
            asst.run([command, "--trace"]).code(2).says("hr/default/handbook: the sync would remove 11 of 14 files");
        assert_eq!(writes(&ran), [""; 0], "{}", ran.text());
        ran.says("`max_delete: 11` under `sync` allows it");
    }
    asst.file("asst.yaml", MANIFEST.replace("dir: pages", "dir: pages, max_delete: 90%"));
    asst.run(["apply"]).ok();
    assert_eq!(paths(&asst).len(), 3);
    // An empty folder may be a mount point without its file system.
    ["leave.md", "travel.md", "draft.md", "notes.txt", "11.md"]
        .iter()
        .for_each(|name| std::fs::remove_file(asst.work().join("pages").join(name)).unwrap());
    asst.run(["plan"]).code(2).says("no files for the vector store");
}

#[test]
fn an_incomplete_list_of_files_ends_a_plan_with_code_8() {
    let (_server, asst) = project(&["--store", "store"]);
    asst.run(["apply"]).ok();
    let other =
        asst.serve(&["--store", "store", "--fault", "endless-has-more,on=GET /vector_stores/{vector_store_id}/files"]);
    let asst = asst.env("OPENAI_BASE_URL", &other.url);
    let ran = asst.run(["plan"]).code(8).says("may be incomplete");
    assert!(ran.stdout.is_empty(), "{}", ran.text());
}

#[test]
fn a_killed_apply_continues_without_copies() {
    let (_server, asst) = project(&[]);
    (0..12).for_each(|n| drop(asst.file(&format!("pages/{n:02}.md"), format!("# {n}\n{}", "x".repeat(n)))));
    let mut interrupted = 0;
    for kill in 1..=10_u32 {
        (0..12).filter(|n| n % 3 == (kill % 3) as usize).for_each(|n| {
            asst.file(&format!("pages/{n:02}.md"), format!("# {n} in version {kill}\n{}", "x".repeat(n)));
        });
        let mut child = asst.command(["apply"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let (start, wait) = (Instant::now(), Duration::from_millis(u64::from(kill) * 40));
        while start.elapsed() < wait && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = child.kill();
        interrupted += u32::from(child.wait().unwrap().code().is_none());
    }
    assert!(interrupted > 2, "only {interrupted} applies were interrupted");
    asst.run(["apply"]).ok();
    assert_eq!((paths(&asst).len(), uploads(&asst)), (14, 14));
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn destroy_deletes_the_files_that_nothing_else_refers_to() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    let other = asst.file("other.md", "# Other\n").to_string_lossy().into_owned();
    let other = asst.run(["files", "upload", &other, "--purpose", "assistants", "-o", "id"]).ok().ids();
    let files = asst.run(["vector-stores", "files", "list", &store(&asst), "-o", "json"]).ok().json();
    let leave = files.as_array().unwrap().iter().find(|file| file["attributes"]["asst_path"] == "leave.md").unwrap();
    let leave = leave["id"].as_str().unwrap();
    let user = asst.run(["vector-stores", "create", "--name", "mine", "--file-ids", leave, "-o", "id"]).ok().id();
    let plan = asst.run(["destroy", "--dry-run"]).ok();
    assert!(plan.stdout.contains("sync: \"2 files\" is removed"), "{}", plan.text());
    let ran = asst.run(["destroy", "--yes"]).ok().says("1 file of the sync of hr/default/handbook deleted");
    assert!(
        ran.stderr.contains(&format!("{leave} of hr/default/handbook is kept: vector store {user}")),
        "{}",
        ran.text()
    );
    let mut left = asst.run(["files", "list", "-o", "id"]).ok().ids();
    left.sort();
    let mut expected = vec![leave.to_owned(), other[0].clone()];
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn the_members_of_sync_are_checked_with_their_places() {
    let asst = Asst::new();
    std::fs::create_dir(asst.work().join("pages")).unwrap();
    asst.file("a.md", "a");
    for (sync, expected) in [
        ("pages, file_ids: [file-1]", "`sync` and `file_ids` cannot be used together"),
        ("missing", "cannot read the folder `missing`"),
        ("a.md", "expected a folder"),
        ("../pages", "outside the folder of the manifest"),
        ("[pages]", "expected a folder or a mapping for `sync`, found a list"),
        ("{}", "`sync` has no folder"),
        ("{dir: pages, inclde: a}", "did you mean `include`?"),
        ("{dir: pages, include: '[a'}", "`[a` is not a pattern"),
        ("{dir: pages, no_ignore: yes please}", "expected true or false for `sync.no_ignore`"),
        ("{dir: pages, prefix: a//b}", "expected a path such as"),
        ("{dir: pages, delete: some}", "expected own, all or none, found `some`"),
        ("{dir: pages, max_delete: 101%}", "expected a number of files or a percentage"),
        ("{dir: pages, attributes: {asst_path: x}}", "names of attributes that start with asst_ are reserved"),
        ("{dir: pages, attributes: {a: [1]}}", "attributes"),
    ] {
        asst.file("asst.yaml", format!("asst: 1\nproject: hr\nvector_stores:\n  a:\n    {{sync: {sync}}}\n"));
        let ran = asst.run(["manifest", "lint"]);
        assert_eq!(ran.code, Some(2), "{sync}: {}", ran.text());
        assert!(ran.stderr.contains(expected) && ran.stderr.contains("asst.yaml:5:"), "{sync}: {}", ran.text());
    }
    asst.file("asst.yaml", "asst: 1\nproject: hr\nvector_stores: {a: {sync: {dir: [pages], prefix: hr, delete: none, max_delete: 3}}, b: {sync: pages}}\n");
    asst.run(["manifest", "lint"]).ok();
}

#[test]
fn a_backend_without_attributes_is_synced_with_the_ledger() {
    let (server, asst) = project(&[]);
    let base = format!("{}/api/projects/web", server.url.trim_end_matches("/v1"));
    asst.config(&format!("[profiles.f]\nbackend = 'foundry'\nbase_url = '{base}'\ntoken_command = 'echo any'\n"));
    let run = |args: &[&str]| asst.run([&["--profile", "f"], args].concat());
    run(&["apply"]).ok();
    let again = run(&["apply", "--trace"]).ok();
    assert_eq!(writes(&again), [""; 0], "{}", again.text());
    asst.file("pages/leave.md", "# Leave\n\n35 days.\n");
    let plan = run(&["plan"]).ok();
    assert!(plan.stdout.contains("1 replaced"), "{}", plan.text());
    run(&["apply"]).ok();
    assert_eq!(uploads(&asst), 2);
    run(&["plan", "--no-ledger"]).code(2).says("remove --no-ledger");
    asst.file("asst.yaml", MANIFEST.replace("dir: pages", "dir: pages, attributes: {a: b}"));
    run(&["manifest", "lint"]).code(2).says("this backend cannot store attributes of files");
    asst.file("asst.yaml", MANIFEST);
    run(&["destroy", "--yes"]).ok().says("files prune --unreferenced");
}
