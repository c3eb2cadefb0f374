//! Restored threads: their messages, files and metadata, and the report of what is lost.

use super::{Items, moved};
use serde_json::json;

#[test]
fn a_thread_is_restored_with_all_messages_in_order() {
    let world = moved(&[]);
    let thread = world.thread(40);
    let before = world.asst.run(["messages", "list", &thread, "--order", "asc", "-o", "json"]).ok().items();
    world.export(&[]);
    let restored = world.restore(&[]);
    assert_eq!(restored.len(), 1, "{restored:?}");
    assert_eq!((&restored[0]["result"], &restored[0]["messages"]), (&json!("restored"), &json!(40)));
    assert_eq!(restored[0]["lost"], "", "nothing of a thread without runs is lost");
    let new_id = restored[0]["new_id"].as_str().unwrap();
    let after = world.listed(&["messages", "list", new_id]);
    for (old, new) in before.iter().zip(&after) {
        assert_eq!((&old["role"], &old["content"]), (&new["role"], &new["content"]));
        let created = jiff::Timestamp::from_second(old["created_at"].as_i64().unwrap()).unwrap().to_string();
        assert_eq!(new["metadata"]["asst_created_at"], created);
    }
    assert_eq!((before.len(), after.len()), (40, 40));
    let got = world.asst.run(["threads", "get", new_id, "-o", "json", "--profile", "new"]).ok().json();
    assert_eq!((&got["metadata"]["team"], &got["metadata"]["asst_from"]), (&json!("docs"), &json!(thread)));
    assert!(got["metadata"]["asst_created"].is_string(), "{got}");
    let recorded = world.asst.run(["threads", "list", "-o", "id", "--profile", "new"]).ok();
    assert_eq!(recorded.ids(), [new_id], "the ledger has the new thread");
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok().says("1 of 1 object match the archive (1 same)");
}

#[test]
fn the_same_command_again_changes_nothing_and_adds_what_is_new() {
    let world = moved(&[]);
    let thread = world.thread(3);
    world.export(&[]);
    let new_id = world.restore(&[])[0]["new_id"].as_str().unwrap().to_owned();
    assert_eq!(world.restore(&[])[0]["result"], "unchanged");
    assert_eq!(world.made("threads").len(), 1);
    world.make(&["messages", "create", &thread, "--content", "later"]);
    world.export(&[]);
    world.asst.run(["restore", "verify", "out", "--to", "new"]).code(1).says("1 incomplete");
    let again = world.restore(&[]);
    assert_eq!((&again[0]["result"], &again[0]["new_id"]), (&json!("continued"), &json!(new_id)));
    assert_eq!(world.texts(&new_id).last().unwrap(), "later");
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
    world.asst.run(["export", "verify", "out"]).ok();
}

#[test]
fn a_thread_that_was_continued_at_the_target_stays_as_it_is() {
    let world = moved(&[]);
    let thread = world.thread(2);
    world.export(&[]);
    let new_id = world.restore(&[])[0]["new_id"].as_str().unwrap().to_owned();
    world.make(&["messages", "create", &new_id, "--content", "continued", "--profile", "new"]);
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok().says("(1 continued)");
    world.make(&["messages", "create", &thread, "--content", "later"]);
    world.export(&[]);
    let refused = world.asst.run(["restore", "out", "--to", "new"]).code(1);
    refused.says(&format!("{thread}: thread {new_id} differs from the archive after 2 messages; nothing was added"));
    assert_eq!(world.texts(&new_id).len(), 3);
    world.asst.run(["restore", "verify", "out", "--to", "new"]).code(1).says("(1 different)");
}

#[test]
fn files_are_uploaded_once_mapped_or_named() {
    let world = moved(&[]);
    world.asst.file("chart.png", b"\x89PNG\r\n\x1a\nimage");
    world.asst.file("rules.md", "rule one");
    let image = world.make(&["files", "upload", "chart.png", "--purpose", "vision"]);
    let attached = world.make(&["files", "upload", "rules.md", "--purpose", "assistants"]);
    for text in ["first", "second"] {
        let thread = world.make(&["threads", "create"]);
        let attachment = format!("{attached}=code_interpreter");
        let args = ["messages", "create", &thread, "--content", text, "--image-file", &image];
        world.make(&[&args[..], &["--attachment", &attachment]].concat());
    }
    world.export(&[]);
    let planned = world.asst.run(["restore", "out", "--to", "new", "--dry-run", "-o", "json"]).ok().items();
    let restored = world.restore(&[]);
    assert_eq!(planned[0]["losses"], restored[0]["losses"], "a dry run counts what the restore loses");
    assert_eq!((&restored[0]["losses"]["images"], &restored[0]["losses"]["attachments_lost"]), (&json!(1), &json!(1)));
    let files = world.listed(&["files", "list"]);
    assert_eq!(
        files.len(),
        1,
        "both threads refer to one image; the backend does not give the other file out: {files:?}"
    );
    assert_eq!((&files[0]["filename"], &files[0]["purpose"]), (&json!("chart.png"), &json!("vision")));
    let new_id = restored[0]["new_id"].as_str().unwrap();
    let message = &world.listed(&["messages", "list", new_id])[0];
    assert_eq!(message["content"][1]["image_file"]["file_id"], files[0]["id"]);
    assert_eq!(message["content"][2]["text"]["value"], "[file rules.md, not in the archive]");
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
}

#[test]
fn files_that_arrive_later_change_no_restored_message() {
    let world = moved(&[]);
    world.asst.file("chart.png", b"\x89PNG\r\n\x1a\nimage");
    let image = world.make(&["files", "upload", "chart.png", "--purpose", "vision"]);
    let with_image = || {
        let thread = world.make(&["threads", "create"]);
        world.make(&["messages", "create", &thread, "--content", "see", "--image-file", &image]);
        thread
    };
    let first = with_image();
    world.export(&[]);
    let restored = world.restore(&["--files", "skip"]);
    assert_eq!(world.texts(restored[0]["new_id"].as_str().unwrap()), ["see|[image chart.png]"]);
    let second = with_image();
    world.export(&[]);
    let restored = world.restore(&[]);
    assert!(restored.iter().any(|object| object["id"] == second && object["losses"]["images"] == 1), "{restored:?}");
    world.make(&["messages", "create", &first, "--content", "later"]);
    world.export(&[]);
    world.restore(&[]);
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok().says("2 of 2 objects match the archive (2 same)");
}

#[test]
fn a_thread_that_the_target_lost_is_created_again_after_a_verification() {
    let world = moved(&[]);
    world.thread(3);
    world.export(&[]);
    let first = world.restore(&[])[0]["new_id"].as_str().unwrap().to_owned();
    world.asst.run(["threads", "delete", &first, "--profile", "new"]).ok();
    world.asst.run(["restore", "verify", "out", "--to", "new"]).code(1).says("(1 gone)");
    let second = world.restore(&[]);
    assert_eq!(second[0]["result"], "restored");
    assert_eq!(world.texts(second[0]["new_id"].as_str().unwrap()).len(), 3);
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
}

#[test]
fn the_ids_of_existing_files_can_be_given() {
    let world = moved(&[]);
    world.asst.file("rules.md", "rule one");
    let old = world.make(&["files", "upload", "rules.md", "--purpose", "assistants"]);
    let there = world.make(&["files", "upload", "rules.md", "--purpose", "assistants", "--profile", "new"]);
    let thread = world.make(&["threads", "create"]);
    world.make(&["messages", "create", &thread, "--content", "see", "--attachment", &format!("{old}=file_search")]);
    world.export(&[]);
    world.asst.file("files.txt", format!("# old new\n{old} {there}\n"));
    let restored = world.restore(&["--file-map", "files.txt"]);
    assert_eq!(restored[0]["losses"]["attachments"], 1);
    let message = &world.listed(&["messages", "list", restored[0]["new_id"].as_str().unwrap()])[0];
    assert_eq!(message["attachments"][0]["file_id"], there.as_str());
    let map = world.asst.file("bad.txt", "one\n");
    let ran = world.asst.run(["restore", "out", "--to", "new", "--file-map", map.to_str().unwrap()]).code(2);
    ran.says("bad.txt:1: expected two IDs, found 1 words: one");
}

#[test]
fn a_dry_run_sends_nothing_and_exit_code_9_reports_losses() {
    let world = moved(&[]);
    let assistant = world.make(&["assistants", "create", "--model", "echo"]);
    let thread = world.thread(1);
    world.asst.run(["runs", "create", &thread, "--assistant-id", &assistant, "--wait"]).ok();
    world.export(&[]);
    let before = std::fs::read_dir(world.asst.work().join("out")).unwrap().count();
    let args = ["restore", "out", "--to", "new", "--dry-run", "--exit-code", "-o", "json"];
    let planned = world.asst.run(args).code(9).items();
    assert_eq!((&planned[0]["result"], &planned[0]["lost"]), (&json!("planned"), &json!("1 run")));
    assert_eq!(planned[0]["losses"]["messages"], 2);
    assert_eq!(std::fs::read_dir(world.asst.work().join("out")).unwrap().count(), before, "no map was written");
    assert!(world.made("threads").is_empty());
    world.asst.run(["restore", "out", "--to", "new", "--exit-code"]).code(9);
    assert_eq!(world.made("threads").len(), 1);
    let new_id = world.restore(&[])[0]["new_id"].as_str().unwrap().to_owned();
    let run = ["messages", "list", &new_id, "--order", "asc", "-o", "json", "--profile", "new"];
    let messages = world.asst.run(run).ok().items();
    assert!(messages[1]["metadata"]["asst_run"].as_str().unwrap().starts_with("run_"), "{messages:?}");
}

#[test]
fn a_thread_that_is_gone_during_a_restore_begins_again_with_its_files() {
    let world = moved(&[]);
    world.asst.file("chart.png", b"\x89PNG\r\n\x1a\nimage");
    let image = world.make(&["files", "upload", "chart.png", "--purpose", "vision"]);
    let thread = world.make(&["threads", "create"]);
    world.make(&["messages", "create", &thread, "--content", "see", "--image-file", &image]);
    world.export(&[]);
    let first = world.restore(&[])[0]["new_id"].as_str().unwrap().to_owned();
    world.asst.run(["threads", "delete", &first, "--profile", "new"]).ok();
    world.make(&["messages", "create", &thread, "--content", "later"]);
    world.export(&[]);
    assert_eq!(world.restore(&[])[0]["result"], "restored");
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok().says("(1 same)");
    assert_eq!(world.listed(&["files", "list"]).len(), 1);
}

#[test]
fn the_old_id_is_in_the_ledger() {
    let world = moved(&[]);
    let thread = world.thread(1);
    world.export(&[]);
    let new_id = world.restore(&[])[0]["new_id"].as_str().unwrap().to_owned();
    let row = world.asst.run(["threads", "list", "-o", "json", "--profile", "new"]).ok();
    assert!(row.stdout.contains(&new_id) && row.stdout.contains(&thread), "{}", row.text());
}

#[test]
fn a_target_that_cannot_be_reached_is_no_difference() {
    let world = moved(&[]);
    world.thread(1);
    world.export(&[]);
    world.restore(&[]);
    let super::Move { asst, new, .. } = world;
    new.kill();
    let ran = asst.run(["restore", "verify", "out", "--to", "new", "--retries", "0"]).code(7);
    assert!(!ran.stderr.contains("not at this backend"), "{}", ran.text());
}
