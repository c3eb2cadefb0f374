//! `asst pull --force` keeps what only the manifest has, and overwrites no manifest that it cannot read.

use super::pull::{applied, created, outcomes, read};
use crate::support::test_env::{Asst, Server, served};
use serde_json::json;

/// Returns a user of a server that has the objects of a manifest.
fn project(manifest: &str) -> (Server, Asst) {
    let (server, asst) = served(&[]);
    asst.file("asst.yaml", manifest);
    ["data", "pages"].iter().for_each(|folder| std::fs::create_dir(asst.work().join(folder)).unwrap());
    asst.file("long.md", "One.\n");
    asst.file("data/rates.csv", "year,rate\n");
    asst.file("pages/leave.md", "# Leave\n");
    asst.run(["apply"]).ok();
    (server, asst)
}

/// Changes the member of an assistant at the backend.
fn renamed(asst: &Asst) {
    let id = asst.run(["assistants", "list", "--jq", ".[].id"]).ok().stdout.trim().to_owned();
    let body = json!({ "name": "Other", "temperature": 0.75 }).to_string();
    asst.run(["api", "POST", &format!("/assistants/{id}"), "--body", &body]).ok();
}

#[test]
fn members_that_only_the_manifest_has_stay() {
    let manifest = "# The team.
asst: 1
project: hr
vector_stores:
  handbook:
    name: Handbook
    description: The pages
    chunking_strategy: {type: static, static: {max_chunk_size_tokens: 400, chunk_overlap_tokens: 0}}
    sync: {dir: pages, attributes: {team: hr}, max_delete: 20%}
    lifecycle: {protect: true}
assistants:
  helper:
    name: Helper
    model: gpt-4o
    temperature: 0.5
    metadata: {team: hr, app_a: initial}
    lifecycle: {ignore: [temperature, metadata.app_*]}
";
    let (_server, asst) = project(manifest);
    renamed(&asst);
    asst.run(["pull"]).code(2).says("--force");
    asst.run(["pull", "--force"]).ok();
    let expected = r#"asst: 1
project: hr
vector_stores:
  handbook:
    name: Handbook
    description: The pages
    chunking_strategy:
      type: static
      static: {max_chunk_size_tokens: 400, chunk_overlap_tokens: 0}
    sync: {dir: pages, attributes: {team: hr}, max_delete: "20%"}
    lifecycle: {protect: true}
assistants:
  helper:
    model: gpt-4o
    name: Other
    metadata: {team: hr, app_a: initial}
    temperature: 0.5
    lifecycle: {ignore: [temperature, "metadata.app_*"]}
"#;
    assert_eq!(read(&asst, "asst.yaml"), expected);
    asst.run(["plan", "--prune", "--exit-code"]).ok();
    let again = asst.run(["pull", "-o", "json"]).ok();
    assert!(outcomes(&again).iter().all(|(_, outcome)| outcome == "unchanged"), "{}", again.text());
}

#[test]
fn members_of_an_adopted_object_stay_and_those_of_another_one_do_not() {
    let (_server, asst) = served(&[]);
    let id = created(&asst, "/vector_stores", &json!({ "name": "Handbook" }));
    let entry = "vector_stores: {handbook: {name: Old, description: The pages}}\n";
    for (adopt, stays) in
        [(format!("adopt: [{{to: vector_stores.handbook, id: {id}}}]\n"), true), (String::new(), false)]
    {
        asst.file("asst.yaml", format!("asst: 1\nproject: hr\n{entry}{adopt}"));
        asst.run(["pull", "--all", "--force"]).ok();
        let text = read(&asst, "asst.yaml");
        assert_eq!(text.contains("description: The pages"), stays, "{adopt}{text}");
    }
}

#[test]
fn a_file_that_only_the_manifest_has_is_not_dropped() {
    let head = "asst: 1\nproject: hr\n";
    let object = "assistants: {helper: {model: gpt-4o, name: A, tools: [code_interpreter], tool_resources: \
                  {code_interpreter: {file_ids: [{ref: files.rates}]}}}}\n";
    // The backend gives out files with the purpose `vision`, and none with the purpose `assistants`.
    for (file, is_given_out) in [
        ("{path: data/rates.csv, purpose: vision, expires_after: {anchor: created_at, seconds: 7200}}", true),
        ("{path: data/rates.csv}", false),
    ] {
        let (_server, asst) = project(&format!("{head}files: {{rates: {file}}}\n{object}"));
        renamed(&asst);
        let before = read(&asst, "asst.yaml");
        let ran = asst.run(["pull", "--force"]);
        let text = read(&asst, "asst.yaml");
        if is_given_out {
            assert_eq!(ran.code, Some(0), "{}", ran.text());
            assert!(text.contains("expires_after: {anchor: created_at, seconds: 7200}"), "{text}");
            assert!(text.contains("name: Other"), "{text}");
        } else {
            ran.code(2).says("has parts that a pull does not write: `files.rates`");
            assert_eq!(text, before);
        }
    }
}

const STORE: &str = "vector_stores: {s: {name: S, file_ids: [{ref: files.rates}, {ref: files.more}]}}\n";

/// Returns a user of a server with two files of one name. Each has a lifetime of its own.
fn two_files_with_one_name(objects: &str) -> (Server, Asst, String) {
    let (server, asst) = served(&[]);
    ["data", "other"].iter().for_each(|folder| std::fs::create_dir(asst.work().join(folder)).unwrap());
    asst.file("data/rates.csv", "year,rate\n");
    asst.file("other/rates.csv", "year,rate\n2025,2\n");
    let file = |folder: &str, rest: &str| format!("{{path: {folder}/rates.csv, purpose: vision, {rest}}}");
    let manifest = format!(
        "asst: 1\nproject: hr\nfiles:\n  rates: {}\n  more: {}\n{objects}",
        file("data", "expires_after: {anchor: created_at, seconds: 7200}"),
        file("other", "lifecycle: {protect: true}"),
    );
    asst.file("asst.yaml", &manifest);
    asst.run(["apply"]).ok();
    (server, asst, manifest)
}

#[test]
fn files_with_one_name_keep_their_own_members() {
    // The second pull finds the files at other paths. The third finds other bytes in one of them, and the fourth in both.
    let (_server, asst, _) = two_files_with_one_name(STORE);
    for edited in [&[][..], &[], &["files/rates.csv"], &["files/rates.csv", "files/rates-2/rates.csv"]] {
        edited.iter().for_each(|path| drop(asst.file(path, "edited\n")));
        asst.run(["pull", "--force"]).ok();
        let text = read(&asst, "asst.yaml");
        let files: Vec<(String, &str)> = text
            .split("path: ")
            .skip(1)
            .map(|entry| (read(&asst, entry.split([',', '\n']).next().unwrap()), entry))
            .collect();
        for (bytes, kept, other) in
            [("year,rate\n", "seconds: 7200", "protect"), ("year,rate\n2025,2\n", "protect: true", "seconds")]
        {
            let (_, entry) = files.iter().find(|(found, _)| found == bytes).unwrap();
            assert!(entry.contains(kept) && !entry.contains(other), "{edited:?}: {text}");
        }
        asst.run(["plan", "--exit-code"]).ok();
    }
}

#[test]
fn a_file_to_which_no_object_refers_is_not_taken_for_another_one_with_its_name() {
    let objects = STORE.replace(", {ref: files.more}", "");
    let (_server, asst, manifest) = two_files_with_one_name(&objects);
    asst.run(["pull", "--force"]).code(2).says("has parts that a pull does not write: `files.more`\n");
    assert_eq!(read(&asst, "asst.yaml"), manifest);
}

#[test]
fn an_entry_with_a_pattern_is_not_dropped() {
    for pattern in ["data/*.csv", "*/rates.csv"] {
        let (_server, asst) = project(&format!(
            "asst: 1\nproject: hr\nfiles: {{rates: {{path: '{pattern}', purpose: vision}}}}\n\
             vector_stores: {{s: {{file_ids: [{{ref: files.rates}}]}}}}\n"
        ));
        let before = read(&asst, "asst.yaml");
        let ran = asst.run(["pull", "--force"]).code(2);
        assert!(ran.stderr.contains("a pull does not write: `files.rates`"), "{pattern}: {}", ran.text());
        assert_eq!(read(&asst, "asst.yaml"), before, "{pattern}");
    }
}

#[test]
fn the_files_of_a_synced_folder_are_not_read() {
    let store = |members: &str| format!("asst: 1\nproject: hr\nvector_stores: {{s: {{{members}}}}}\n");
    let (_server, asst) = project(&format!(
        "{}files: {{rates: {{path: data/rates.csv, purpose: vision}}}}\n",
        store("name: A, file_ids: [{ref: files.rates}]")
    ));
    // The vector store keeps the file, which the manifest does not have any more.
    asst.file("asst.yaml", store("name: A, sync: pages"));
    asst.run(["apply"]).ok();
    asst.file("asst.yaml", store("name: B, sync: pages"));
    let ran = asst.run(["pull", "--force", "--trace"]).ok();
    assert_eq!(read(&asst, "asst.yaml"), "asst: 1\nproject: hr\nvector_stores:\n  s: {name: A, sync: pages}\n");
    assert!(!asst.work().join("files").exists(), "{}", ran.text());
    assert!(!ran.stderr.lines().any(|line| line.starts_with("> GET") && line.contains("/files")), "{}", ran.text());
}

#[test]
fn a_member_that_is_kept_and_in_a_file_is_named() {
    let manifest = "asst: 1\nproject: hr\nvector_stores: {handbook: {name: A, description: {file: long.md}}}\n\
                    assistants: {helper: {model: gpt-4o}}\n";
    let (_server, asst) = project(manifest);
    renamed(&asst);
    asst.run(["pull", "--force"]).code(2).says("`vector_stores.handbook.description`");
    assert_eq!(read(&asst, "asst.yaml"), manifest);
}

#[test]
fn a_manifest_with_a_syntax_error_is_not_overwritten() {
    let (_server, asst) = applied(&[]);
    for (text, place) in [
        ("asst: 1\nproject: hr\nassistants: {helper: [}\n", "line 3, column"),
        ("asst: 1\nasst: 1\n", "line 2, column 1"),
    ] {
        asst.file("asst.yaml", text);
        for args in [&["pull", "--project", "hr", "--force"][..], &["pull", "--force"]] {
            let ran = asst.run(args);
            assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.text());
            assert!(ran.stderr.contains("asst.yaml") && ran.stderr.contains(place), "{args:?}: {}", ran.text());
            assert_eq!(read(&asst, "asst.yaml"), text, "{args:?}");
        }
    }
    asst.file("asst.yaml", "");
    asst.run(["pull", "--project", "hr", "--force"]).ok();
    asst.run(["plan", "--exit-code"]).ok();
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    for (link, target, named) in [
        ("prompts", outside.path().to_owned(), "new/prompts/helper.md is outside the folder"),
        ("prompts", outside.path().join("missing"), "new/prompts is a link"),
        ("asst.yaml", outside.path().join("missing.yaml"), "new/asst.yaml is a link"),
        ("asst.yaml", "missing.yaml".into(), "new/asst.yaml is a link"),
    ] {
        let (_server, asst) = applied(&[]);
        std::fs::create_dir(asst.work().join("new")).unwrap();
        symlink(&target, asst.work().join("new").join(link)).unwrap();
        let ran = asst.run(["pull", "--project", "hr", "--into", "new", "--force"]).code(2);
        assert!(ran.stderr.contains(named), "{link} {}: {}", target.display(), ran.text());
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0, "{link} {}", target.display());
        assert_eq!(std::fs::read_dir(asst.work().join("new")).unwrap().count(), 1, "{link} {}", target.display());
    }
    // Two files with one name at the backend: the second is in a folder that does not exist yet.
    let (_server, asst) = applied(&[]);
    std::fs::create_dir(asst.work().join("other")).unwrap();
    asst.file("other/rates.csv", "year,rate\n2025,2\n");
    let text = read(&asst, "asst.yaml");
    let text = text.replace("files:\n", "files:\n  more: {path: other/rates.csv, purpose: vision}\n");
    asst.file(
        "asst.yaml",
        text.replace("file_ids: [{ref: files.rates}]\n", "file_ids: [{ref: files.rates}, {ref: files.more}]\n"),
    );
    asst.run(["apply"]).ok();
    std::fs::create_dir(asst.work().join("new")).unwrap();
    symlink(outside.path(), asst.work().join("new/files")).unwrap();
    asst.run(["pull", "--project", "hr", "--into", "new", "--force"]).code(2).says("is outside the folder");
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_read_only_is_replaced_and_stays_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_server, asst) = applied(&[]);
    asst.run(["pull", "--project", "hr", "--into", "new"]).ok();
    let path = asst.work().join("new/prompts/helper.md");
    std::fs::write(&path, "Edited here.\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    asst.run(["pull", "--into", "new", "--force"]).ok();
    assert_eq!(read(&asst, "new/prompts/helper.md"), "Be kind.\n\nBe brief. ${NAME}\n");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o444);
}
