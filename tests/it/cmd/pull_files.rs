//! The files that `asst pull` writes: complete, never in place of an edit, and none if the backend cannot be read.

use super::pull::{applied, created, outcomes, read, tree};
use crate::support::test_env::served;
use serde_json::json;

const STORE: &str = "asst: 1
project: hr
files: {rates: {path: rates.csv}}
vector_stores:
  handbook:
    file_ids: [{ref: files.rates}";

#[test]
fn local_edits_are_overwritten_only_with_force() {
    let (_server, asst) = applied(&[]);
    asst.run(["pull", "--project", "hr", "--into", "new"]).ok();
    asst.file("new/prompts/helper.md", "Edited here.\n");
    let refused = asst.run(["pull", "--into", "new"]).code(2).says("new/prompts/helper.md").says("--force");
    assert!(!refused.stderr.contains("asst.yaml,"), "{}", refused.text());
    assert_eq!(read(&asst, "new/prompts/helper.md"), "Edited here.\n");
    let dry = asst.run(["pull", "--into", "new", "--force", "--dry-run", "-o", "json"]).ok();
    assert!(outcomes(&dry).contains(&("new/prompts/helper.md".into(), "updated".into())), "{}", dry.text());
    assert_eq!(read(&asst, "new/prompts/helper.md"), "Edited here.\n");
    asst.run(["pull", "--into", "new", "--force"]).ok();
    assert_eq!(read(&asst, "new/prompts/helper.md"), "Be kind.\n\nBe brief. ${NAME}\n");
    // A checkout on Windows changes the line ends, and nothing else.
    let text = read(&asst, "new/asst.yaml").replace('\n', "\r\n");
    asst.file("new/asst.yaml", &text);
    asst.run(["pull", "--into", "new"]).ok();
    assert_eq!(read(&asst, "new/asst.yaml"), text);
    assert!(tree(&asst, "new").iter().all(|(name, _)| !name.contains(".asst-pull")), "nothing is left behind");
}

#[test]
fn a_list_that_may_be_incomplete_writes_nothing() {
    // Only a list with a second page shows that the server ignores the cursor.
    for (fault, objects) in [("ignore-after,on=GET /assistants", 101), ("endless-has-more,on=GET /assistants", 3)] {
        let (_server, asst) = served(&["--fault", fault]);
        for n in 0..objects {
            created(&asst, "/assistants", &json!({ "model": "m", "name": format!("a{n}") }));
        }
        let ran = asst.run(["pull", "--project", "hr", "--all", "--into", "new"]);
        assert_eq!(ran.code, Some(8), "{fault}: {}", ran.text());
        assert!(!asst.work().join("new").exists(), "{fault}");
    }
}

#[test]
fn a_pull_that_is_killed_leaves_complete_files() {
    let (_server, asst) = applied(&[]);
    asst.run(["pull", "--project", "hr", "--into", "new"]).ok();
    let (old, new) = (read(&asst, "new/prompts/helper.md"), "Be short.\n".repeat(2000));
    let listed = asst.run(["assistants", "list", "--jq", ".[] | select(.name == \"Helper\") | .id"]).ok();
    asst.run(["assistants", "update", listed.stdout.trim(), "--instructions", new.trim_end()]).ok();
    for milliseconds in [5, 20, 40, 60, 80, 120] {
        let mut child = asst.command(["pull", "--into", "new", "--force"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().unwrap();
        let text = read(&asst, "new/prompts/helper.md");
        assert!(text == old || text == new, "after {milliseconds} ms: {} bytes", text.len());
        asst.run(["manifest", "lint", "new/asst.yaml"]).ok();
    }
    asst.run(["pull", "--into", "new", "--force"]).ok();
    assert_eq!(read(&asst, "new/prompts/helper.md"), new);
}

#[test]
fn a_file_that_the_backend_does_not_give_out_stays_an_id() {
    let (_server, asst) = served(&[]);
    asst.file("rates.csv", "year,rate\n");
    asst.file("own.csv", "year,rate\n");
    let own = asst.run(["files", "upload", "own.csv", "--purpose", "vision", "-o", "json"]).ok().json();
    let own = own["id"].as_str().unwrap().to_owned();
    asst.file("asst.yaml", format!("{STORE}, {own}]\n"));
    asst.run(["apply"]).ok();
    asst.run(["pull", "--project", "hr", "--into", "new"]).ok();
    let manifest = read(&asst, "new/asst.yaml");
    assert!(
        manifest.contains("file_ids: [file-") && manifest.contains(&own) && !manifest.contains("files:"),
        "{manifest}"
    );
    asst.run(["plan", "new/asst.yaml", "--exit-code"]).ok();
}

#[test]
fn the_files_of_a_store_with_more_than_500_are_left_out() {
    let (_server, asst) = served(&[]);
    std::fs::create_dir(asst.work().join("pages")).unwrap();
    for n in 0..501 {
        asst.file(&format!("pages/{n}.md"), format!("# {n}\n"));
    }
    let store = created(&asst, "/vector_stores", &json!({ "name": "Handbook" }));
    asst.run(["vector-stores", "sync", "pages", "--to", &store]).ok();
    let ran = asst.run(["pull", "--project", "hr", "--all", "--into", "new"]).ok();
    assert!(ran.stderr.contains(&format!("{store} has 501 files; `file_ids` is left out")), "{}", ran.text());
    assert!(read(&asst, "new/asst.yaml").contains("handbook: {name: Handbook}"), "{}", read(&asst, "new/asst.yaml"));
    std::fs::remove_file(asst.work().join("pages/0.md")).unwrap();
    asst.run(["vector-stores", "sync", "pages", "--to", &store, "--yes"]).ok();
    asst.run(["pull", "--into", "new", "--all", "--force"]).ok();
    assert_eq!(read(&asst, "new/asst.yaml").matches("file-").count(), 500);
}

#[test]
fn several_files_are_downloaded_at_the_same_time() {
    let fault = "latency=1500ms,on=GET /files/{file_id}/content";
    let (_server, asst) = served(&["--fault", fault]);
    let names = ["a", "b", "c", "d"];
    names.iter().for_each(|name| drop(asst.file(&format!("{name}.csv"), format!("{name}\n"))));
    let files: String = names.iter().map(|name| format!("  {name}: {{path: {name}.csv, purpose: vision}}\n")).collect();
    let references = names.map(|name| format!("{{ref: files.{name}}}")).join(", ");
    asst.file(
        "asst.yaml",
        format!("asst: 1\nproject: hr\nfiles:\n{files}vector_stores: {{s: {{file_ids: [{references}]}}}}\n"),
    );
    asst.run(["apply"]).ok();
    let start = std::time::Instant::now();
    asst.run(["pull", "--project", "hr", "--into", "new"]).ok();
    let time = start.elapsed();
    assert!(time.as_millis() < 4 * 1500, "four downloads of 1.5 s took {time:?}");
    for name in names {
        assert_eq!(read(&asst, &format!("new/files/{name}.csv")), format!("{name}\n"));
    }
}
