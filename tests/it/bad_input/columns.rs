//! `--columns`: a name that nobody knows is refused before the call; a dot insists on it.

use super::refused;
use crate::mock_server::{Deed, Listener};
use crate::test_env::{Asst, shows};
use serde_json::json;

#[test]
fn an_unknown_column_is_refused_before_the_call() {
    let asst = Asst::new();
    shows!(refused(&asst, &["assistants", "list", "--columns", "id,nmae"]), @r"
    --- stderr ---
    error: no column `nmae`
      hint: did you mean `name`? `.nmae` takes a member that asst does not know
    exit 2
    ");
    shows!(refused(&asst, &["threads", "delete", "thread_1", "--columns", "zzz"]), @r"
    --- stderr ---
    error: no column `zzz`
      hint: there are id, object, deleted; `.zzz` takes a member that asst does not know
    exit 2
    ");
    for args in [
        &["threads", "create", "--columns", "a..b"][..],
        &["threads", "create", "--columns", "nmae"],
        &["threads", "get", "thread_1", "thread_2", "--columns", "nmae"],
        &["files", "upload", "/dev/null", "--purpose", "assistants", "--columns", "nmae"],
        &["threads", "list", "--remote", "--columns", "nmae"],
        &["api", "POST", "/threads", "--columns", ","],
    ] {
        refused(&asst, args).code(2);
    }
}

/// A new member of the API is usable on its first day.
#[test]
fn a_member_that_asst_does_not_know_is_shown_behind_a_dot() {
    let page = json!({ "data": [{ "id": "asst_1", "x_new": { "a": [1, 2] }, "metadata": { "team": "docs" } }], "has_more": false });
    let listener = Listener::new(move |_, _| Deed::json(200, &page));
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.run(["assistants", "list", "--columns", "id,.x_new.a,metadata.team,metadata.none", "--header"]), @r"
    id	x_new.a	metadata.team	metadata.none
    asst_1	1,2	docs	
    exit 0
    ");
    shows!(asst.run(["assistants", "list", "--columns", "id,.x_nwe"]), @r"
    asst_1	
    --- stderr ---
    warning: nothing that is shown has a member `x_nwe`
    exit 0
    ");
    shows!(asst.run(["api", "GET", "/assistants", "--paginate", "--columns", "id,x_nwe"]), @r"
    asst_1	
    --- stderr ---
    warning: nothing that is shown has a member `x_nwe`
    exit 0
    ");
}

/// A variable or a project file chooses for every noun, and no noun has them all.
#[test]
fn a_choice_for_every_noun_leaves_cells_empty() {
    let page = json!({ "data": [{ "id": "asst_1", "name": "Bot" }], "has_more": false });
    let listener = Listener::new(move |_, _| Deed::json(200, &page));
    let asst = Asst::with_backend(&listener.url()).env("ASST_COLUMNS", "id,role,name");
    shows!(asst.run(["assistants", "list"]), @r"
    asst_1		Bot
    exit 0
    ");
}

#[test]
fn columns_of_a_form_that_has_none_are_not_ignored_in_silence() {
    let listener = Listener::new(|_, _| Deed::json(200, &json!({ "id": "asst_1" })));
    let asst = Asst::with_backend(&listener.url());
    asst.run(["assistants", "get", "asst_1", "--columns", "id", "-o", "yaml"]).ok().says("--jq");
}

/// Every member that the document gives to an answer is a column of its noun.
#[test]
fn every_member_of_the_document_is_known() {
    let document = crate::contract::openapi();
    let schemas = &document["components"]["schemas"];
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    for (schema, args) in [
        ("AssistantObject", &["assistants", "list"][..]),
        ("ThreadObject", &["threads", "get", "thread_1"]),
        ("MessageObject", &["messages", "list", "thread_1"]),
        ("RunObject", &["runs", "list", "thread_1"]),
        ("RunStepObject", &["steps", "list", "thread_1", "run_1"]),
        ("OpenAIFile", &["files", "list"]),
        ("DeleteThreadResponse", &["threads", "delete", "thread_1"]),
    ] {
        let members: Vec<&str> =
            schemas[schema]["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert!(members.len() > 2, "{schema}");
        asst.run(args.iter().copied().chain(["--dry-run", "--columns", &members.join(",")])).ok();
    }
}
