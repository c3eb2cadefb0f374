//! `--columns`: an unknown name is refused before the request, unless it begins with a dot.

use super::refused;
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, shows};
use serde_json::json;

#[test]
fn an_unknown_column_is_refused_before_the_call() {
    let asst = Asst::new();
    shows!(refused(&asst, &["assistants", "list", "--columns", "id,nmae"]), @r"
    --- stderr ---
    error: unknown column `nmae`
      hint: did you mean `name`? `.nmae` selects any member with this name
    exit 2
    ");
    shows!(refused(&asst, &["threads", "delete", "thread_1", "--columns", "zzz"]), @r"
    --- stderr ---
    error: unknown column `zzz`
      hint: the columns are id, object, deleted; `.zzz` selects any member with this name
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

/// A dot allows members that were added to the API after this version was built.
#[test]
fn an_unknown_member_is_shown_if_its_name_begins_with_a_dot() {
    let page = json!({ "data": [{ "id": "asst_1", "x_new": { "a": [1, 2] }, "metadata": { "team": "docs" } }], "has_more": false });
    let listener = MockServer::new(move |_, _| Response::json(200, &page));
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.run(["assistants", "list", "--columns", "id,.x_new.a,metadata.team,metadata.none", "--header"]), @r"
    id	x_new.a	metadata.team	metadata.none
    asst_1	1,2	docs	
    exit 0
    ");
    shows!(asst.run(["assistants", "list", "--columns", "id,.x_nwe"]), @r"
    asst_1	
    --- stderr ---
    warning: no object in the output has a member `x_nwe`
    exit 0
    ");
    shows!(asst.run(["api", "GET", "/assistants", "--paginate", "--columns", "id,x_nwe"]), @r"
    asst_1	
    --- stderr ---
    warning: no object in the output has a member `x_nwe`
    exit 0
    ");
}

/// A variable or a project file applies to every noun, and no noun has all of its columns.
#[test]
fn columns_from_the_environment_leave_cells_empty_if_the_noun_lacks_them() {
    let page = json!({ "data": [{ "id": "asst_1", "name": "Bot" }], "has_more": false });
    let listener = MockServer::new(move |_, _| Response::json(200, &page));
    let asst = Asst::with_backend(&listener.url()).env("ASST_COLUMNS", "id,role,name");
    shows!(asst.run(["assistants", "list"]), @r"
    asst_1		Bot
    exit 0
    ");
}

#[test]
fn columns_draw_a_warning_with_a_format_that_has_none() {
    let listener = MockServer::new(|_, _| Response::json(200, &json!({ "id": "asst_1" })));
    let asst = Asst::with_backend(&listener.url());
    asst.run(["assistants", "get", "asst_1", "--columns", "id", "-o", "yaml"]).ok().says("--jq");
}

/// Every member that the document defines for an answer is a column of its noun.
#[test]
fn every_member_of_the_document_is_a_known_column() {
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
