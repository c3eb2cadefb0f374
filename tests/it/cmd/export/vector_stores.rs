//! Vector stores with the lists of their files, from the embedded server in both dialects.

use super::{manifest, read, tree};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, Server, served};
use serde_json::Value;

/// Returns a server, and a user with a profile for each dialect that has vector stores.
fn dialects() -> (Server, Asst) {
    let (server, asst) = served(&[]);
    let base = server.url.trim_end_matches("/v1");
    asst.config(&format!(
        "[profiles.plain]\nbackend = \"compatible\"\nbase_url = \"{base}/v1\"\napi_key_env = \"OPENAI_API_KEY\"\n\
         [profiles.foundry]\nbackend = \"foundry\"\nbase_url = \"{base}/api/projects/web\"\n\
         api_key_env = \"OPENAI_API_KEY\"\n"
    ));
    (server, asst)
}

/// Creates a vector store with two files, and returns their IDs.
fn store(asst: &Asst, profile: &str) -> (String, [String; 2]) {
    asst.file("a.txt", "first text");
    asst.file("b.txt", "second text");
    let run = |args: &[&str]| asst.run([&["-p", profile], args].concat()).ok();
    let files = ["a.txt", "b.txt"].map(|name| run(&["files", "upload", name]).id());
    let id = run(&["vector-stores", "create", "--name", "docs"]).id();
    for file in &files {
        let add = ["vector-stores", "files", "create", &id, "--file-id", file, "--wait"];
        // Foundry's vector stores have no attributes.
        let attributes: &[&str] = if profile == "foundry" { &[] } else { &["--attributes", "team=hr"] };
        run(&[&add, attributes].concat());
    }
    (id, files)
}

#[test]
fn a_vector_store_is_exported_with_its_files_in_each_dialect() {
    for profile in ["plain", "foundry"] {
        let (_server, asst) = dialects();
        let run = |args: &[&str]| asst.run([&["-p", profile], args].concat());
        let (id, files) = store(&asst, profile);
        let ran = run(&["export", "out"]).ok();
        ran.says("1 of 1 vector store (1 new)");
        let object: Value =
            serde_json::from_str(&read(&asst, &format!("vector_stores/{id}/vector_store.json"))).unwrap();
        assert_eq!(object["name"], "docs", "{profile}");
        let list = read(&asst, &format!("vector_stores/{id}/files.jsonl"));
        let items: Vec<Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(items.iter().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(), files, "{profile}");
        assert!(items.iter().all(|item| item["status"] == "completed"), "{profile}: {list}");
        assert_eq!(list.contains("\"team\":\"hr\""), profile == "plain", "{profile}: {list}");
        for name in ["vector_stores.jsonl", "files.jsonl"] {
            assert!(tree(&asst).contains(&name.to_owned()), "{profile} {name}: {:?}", tree(&asst));
        }
        for file in &files {
            assert!(tree(&asst).contains(&format!("files/{file}/file.json")), "{profile}: {:?}", tree(&asst));
        }
        run(&["export", "verify", "out", "--remote", "--exit-code"]).ok().says("1 vector store match");
        run(&["export", "out"]).ok().says("1 of 1 vector store (1 unchanged) and 0 new files");
    }
}

#[test]
fn a_repeated_export_follows_changed_lists_and_keeps_deleted_vector_stores() {
    let (_server, asst) = dialects();
    let (id, [first, second]) = store(&asst, "plain");
    let run = |args: &[&str]| asst.run([&["-p", "plain"], args].concat());
    run(&["export", "out", "--kind", "vector-stores"]).ok();
    run(&["vector-stores", "files", "delete", &id, &first]).ok();
    run(&["export", "verify", "out", "--remote", "--exit-code", "--columns", "id,kind,wrong,parent"])
        .code(9)
        .says("1 difference");
    run(&["export", "out", "--kind", "vector-stores"]).ok().says("(1 updated)");
    let list = read(&asst, &format!("vector_stores/{id}/files.jsonl"));
    assert!(list.lines().count() == 1 && list.contains(&second), "{list}");
    run(&["vector-stores", "delete", &id]).ok();
    run(&["export", "out", "--kind", "vector-stores"]).ok().says("(1 gone)");
    assert!(manifest(&asst)["vector_stores"][&id]["gone_at"].is_string());
    assert_eq!(read(&asst, "vector_stores.jsonl"), "");
    assert!(read(&asst, &format!("vector_stores/{id}/files.jsonl")).contains(&second));
    run(&["export", "verify", "out", "--remote", "--exit-code"]).ok();
    run(&["export", "out", "--kind", "vector-stores"]).ok();
}

#[test]
fn given_ids_of_vector_stores_need_their_kind() {
    let (_server, asst) = dialects();
    let (id, _) = store(&asst, "plain");
    let run = |args: &[&str]| asst.run([&["-p", "plain"], args].concat());
    run(&["export", "out", &id]).code(2).says("got a vector store ID");
    run(&["export", "out", &id, "--kind", "vector-stores,files"])
        .code(2)
        .says("--kind expects conversations, vector-stores, threads, or threads with assistants, files or uploads")
        .says("got `vector-stores,files`");
    let dry = run(&["export", "out", &id, "--kind", "vector-stores", "--dry-run"]).ok();
    assert!(dry.stdout.contains(&format!("/vector_stores/{id}")), "{}", dry.text());
    run(&["export", "out", &id, "--kind", "vector-stores"]).ok();
    assert!(!tree(&asst).contains(&"vector_stores.jsonl".to_owned()));
    run(&["export", "verify", "out"]).ok();
}

#[test]
fn a_given_id_that_the_backend_does_not_have_is_a_failure() {
    let (_server, asst) = dialects();
    let run = |args: &[&str]| asst.run([&["-p", "plain"], args].concat());
    for kind in ["vector-stores", "conversations"] {
        let (id, key) = match kind {
            "vector-stores" => ("vs_mistyped", "vector_store/vs_mistyped"),
            _ => ("conv_mistyped", "conversation/conv_mistyped"),
        };
        run(&["export", "out", id, "--kind", kind]).code(3).says("not found").says("1 could not be fetched");
        assert_eq!(manifest(&asst)["failed"][key]["exit_code"], 3, "{kind}");
        assert_eq!(manifest(&asst)[kind.replace('-', "_")], serde_json::json!({}), "{kind}");
        std::fs::remove_dir_all(asst.work().join("out")).unwrap();
    }
    run(&["export", "out", "vs_mistyped", "--kind", "vector-stores"]).code(3);
    run(&["export", "out"]).ok();
    assert!(!manifest(&asst)["failed"]["vector_store/vs_mistyped"].is_null(), "no request has corrected it");
    run(&["export", "verify", "out"]).code(1).says("1 object not fetched");
}

#[test]
fn a_damaged_list_of_files_is_found() {
    let (_server, asst) = dialects();
    let (id, _) = store(&asst, "plain");
    asst.run(["-p", "plain", "export", "out"]).ok();
    let path = format!("vector_stores/{id}/files.jsonl");
    std::fs::write(asst.work().join("out").join(&path), read(&asst, &path).replacen("hr", "it", 1)).unwrap();
    let ran = asst.run(["export", "verify", "out", "--columns", "id,wrong"]).code(1);
    assert_eq!(ran.stdout, format!("{path}\tcontent\n"));
}

#[test]
fn a_list_of_files_that_cannot_be_read_ends_with_8_and_is_recorded() {
    let page = |items: &str| format!("{{\"object\":\"list\",\"data\":[{items}],\"has_more\":false}}");
    let listener = MockServer::new(move |request, _| {
        let path = request.target.split('?').next().unwrap();
        let attempt = request.target.contains("/files?") && request.target.contains("vs_2");
        match path {
            "/v1/vector_stores" => Response::text(200, page(r#"{"id":"vs_1"},{"id":"vs_2"}"#)),
            "/v1/vector_stores/vs_1" => Response::text(200, r#"{"id":"vs_1"}"#),
            "/v1/vector_stores/vs_2" => Response::text(200, r#"{"id":"vs_2"}"#),
            _ if attempt => Response::error(400, "broken", None),
            _ => Response::text(200, page("")),
        }
    });
    let asst = Asst::with_backend(&listener.url());
    let ran = asst.run(["export", "out", "--kind", "vector-stores"]).code(8);
    ran.says("1 of 2 vector stores (1 new)").says("1 could not be fetched");
    let failed = manifest(&asst)["failed"].clone();
    assert_eq!(failed["vector_store/vs_2"]["exit_code"], 5, "{failed}");
    asst.run(["export", "verify", "out"]).code(1).says("1 object not fetched");
}

#[test]
fn files_that_assistants_name_are_exported() {
    let (_server, asst) = dialects();
    asst.file("a.txt", "first text");
    let run = |args: &[&str]| asst.run([&["-p", "plain"], args].concat()).ok();
    let file = run(&["files", "upload", "a.txt"]).id();
    let resources = format!("{{\"code_interpreter\":{{\"file_ids\":[\"{file}\"]}}}}");
    run(&["assistants", "create", "--model", "echo", "--tool", "code_interpreter", "--tool-resources", &resources]);
    run(&["export", "out", "--kind", "assistants"]);
    assert!(tree(&asst).contains(&format!("files/{file}/file.json")), "{:?}", tree(&asst));
    assert!(read(&asst, "assistants.jsonl").contains(&file));
}
