//! Files that leave the vector store.

use super::{Desk, counts, requests};

#[test]
fn files_of_others_are_not_touched() {
    let desk = Desk::new(&[]);
    let path = desk.asst.file("foreign.md", "foreign");
    let foreign = desk.asst.run(["files", "upload", path.to_str().unwrap(), "--purpose", "assistants", "-o", "id"]);
    let foreign = foreign.ok().id();
    desk.asst.run(["vector-stores", "files", "create", &desk.store, "--file-id", &foreign, "--wait"]).ok();
    desk.write("a.md", "alpha");
    desk.sync(&["--prefix", "one"]).ok();
    desk.sync(&["--prefix", "two"]).ok();
    desk.write("b.md", "beta");
    desk.remove("a.md");
    desk.sync(&["--prefix", "one"]).ok();
    assert_eq!(desk.paths().keys().collect::<Vec<_>>(), ["-", "one/b.md", "two/a.md"]);
    // All files leave the vector store, but an upload of others is never deleted.
    desk.sync(&["--prefix", "one", "--delete", "all"]).ok();
    assert_eq!(desk.paths().keys().collect::<Vec<_>>(), ["one/b.md", "two/a.md"]);
    assert!(desk.uploaded().contains(&foreign));
}

#[test]
fn too_many_removals_are_refused() {
    let desk = Desk::new(&[]);
    (0..10).for_each(|number| desk.write(&format!("{number}.md"), format!("text {number}")));
    desk.sync(&[]).ok();
    (0..6).for_each(|number| desk.remove(&format!("{number}.md")));
    let ran = desk.sync(&[]).code(2).says("would remove 6 of 10 files").says("--max-delete 6");
    assert_eq!(counts(&ran).1, 0);
    desk.sync(&["--max-delete", "59%"]).code(2);
    desk.sync(&["--delete", "none"]).ok().says("6 kept");
    assert_eq!(desk.paths().len(), 10);
    desk.sync(&["--max-delete", "60%"]).ok().says("6 removed");
    desk.has_exactly(&["6.md", "7.md", "8.md", "9.md"]);
}

#[test]
fn a_file_that_something_else_names_is_detached_and_kept() {
    let desk = Desk::new(&[]);
    for path in ["a.md", "b.md", "c.md", "d.md"] {
        desk.write(path, path);
    }
    desk.sync(&[]).ok();
    let paths = desk.paths();
    let other = desk.asst.run(["vector-stores", "create", "--file-ids", &paths["a.md"], "--wait", "-o", "id"]).ok();
    let resources = format!(r#"{{"code_interpreter":{{"file_ids":["{}"]}}}}"#, paths["b.md"]);
    let create = ["assistants", "create", "--model", "m", "--tool", "code_interpreter", "--tool-resources", &resources];
    desk.asst.run(create).ok();
    for path in ["a.md", "b.md", "c.md"] {
        desk.write(path, format!("new {path}"));
    }
    let ran = desk.sync(&["-o", "json"]).ok().says(r#""removed":3,"deleted":1"#);
    assert!(ran.stdout.contains("used by vector store"), "{}", ran.text());
    assert!(ran.stdout.contains("used by assistant"), "{}", ran.text());
    let uploaded = desk.uploaded();
    assert!(uploaded.contains(&paths["a.md"]) && uploaded.contains(&paths["b.md"]));
    assert!(!uploaded.contains(&paths["c.md"]));
    let in_other = desk.asst.run(["vector-stores", "files", "list", &other.id(), "-o", "id"]).ok();
    assert_eq!(in_other.ids(), [paths["a.md"].clone()]);
    // They are not looked at again.
    let (all, writes) = counts(&desk.sync(&[]).ok());
    assert_eq!(writes, 0);
    assert!(all <= 4, "{all}");
}

#[test]
fn a_file_that_leaves_other_vector_stores_too_is_attached_to_them_again() {
    let desk = Desk::new(&["--fault", "detach-everywhere"]);
    desk.write("a.md", "alpha");
    desk.sync(&[]).ok();
    let id = desk.paths()["a.md"].clone();
    let other = desk.asst.run(["vector-stores", "create", "--file-ids", &id, "--wait", "-o", "id"]).ok().id();
    desk.write("a.md", "other");
    desk.sync(&[]).ok().says("it was attached again");
    assert_eq!(desk.asst.run(["vector-stores", "files", "list", &other, "-o", "id"]).ok().ids(), [id]);
}

#[test]
fn keep_files_detaches_without_deleting() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.write("b.md", "beta");
    desk.sync(&[]).ok();
    let id = desk.paths()["b.md"].clone();
    desk.remove("b.md");
    let ran = desk.sync(&["--keep-files"]).ok();
    assert_eq!(requests(&ran, "DELETE", "/v1/files"), 0);
    assert!(desk.uploaded().contains(&id));
    assert_eq!(counts(&desk.sync(&[]).ok()).1, 0, "a later sync deleted the file");
}

#[test]
fn a_file_that_is_listed_twice_for_one_path_loses_its_copy() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.sync(&[]).ok();
    let first = desk.paths()["a.md"].clone();
    // Another machine, with a ledger of its own, adds the same file to the same vector store.
    let path = desk.asst.file("a.md", "alpha");
    let copy =
        desk.asst.run(["files", "upload", path.to_str().unwrap(), "--purpose", "assistants", "-o", "id"]).ok().id();
    let attributes = desk.files()[0]["attributes"].clone();
    let hash = format!("asst_sha256={}", attributes["asst_sha256"].as_str().unwrap());
    let attach = ["vector-stores", "files", "create", &desk.store, "--file-id", &copy, "--wait"];
    desk.asst.run([&attach[..], &["--attributes", "asst_path=a.md", "--attributes", &hash]].concat()).ok();
    assert_eq!(desk.files().len(), 2);
    desk.sync(&[]).ok().says("1 removed");
    desk.has_exactly(&["a.md"]);
    let kept = desk.paths()["a.md"].clone();
    assert!(kept == first || kept == copy);
}

#[test]
fn a_file_with_a_damaged_hash_is_replaced_like_an_older_version() {
    for scope in ["own", "all"] {
        let desk = Desk::new(&[]);
        desk.write("a.md", "alpha");
        desk.write("b.md", "beta");
        desk.sync(&[]).ok();
        let damaged = desk.paths()["a.md"].clone();
        let update = ["vector-stores", "files", "update", &desk.store, &damaged];
        desk.asst
            .run([&update[..], &["--attributes", "asst_path=a.md", "--attributes", "asst_sha256=0"]].concat())
            .ok();
        let ran = desk.sync(&["--delete", scope, "-o", "json"]).ok();
        assert!(ran.stdout.contains("replaced by a newer version"), "{scope}: {}", ran.text());
        desk.has_exactly(&["a.md", "b.md"]);
        assert_ne!(desk.paths()["a.md"], damaged, "{scope}");
    }
}
