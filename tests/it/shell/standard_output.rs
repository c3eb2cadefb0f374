//! The content of standard output in success and failure.

use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::Asst;
use serde_json::{Value, json};

fn two_pages() -> MockServer {
    let item = |id: &str| json!({ "id": id, "object": "assistant", "name": id });
    MockServer::new(move |request, _| match request.target.contains("after=") {
        false => Response::json(
            200,
            &json!({ "data": [item("asst_1"), item("asst_2")], "has_more": true, "last_id": "asst_2" }),
        ),
        true => Response::json(200, &json!({ "data": [item("asst_3")], "has_more": false })),
    })
}

/// `id=$(…)` would take an error on standard output for an ID. A script needs different exit codes, because it should
/// not parse the text.
#[test]
fn a_failure_leaves_standard_output_empty_and_has_its_own_exit_code() {
    for (status, code, expected) in [
        (404, None, 3),
        (401, Some("invalid_api_key"), 4),
        (403, None, 4),
        (400, None, 5),
        (422, None, 5),
        (429, None, 6),
        (500, None, 7),
        (503, None, 7),
    ] {
        let listener =
            MockServer::new(move |_, _| Response::error(status, "No thread found with id 'thread_1'.", code));
        let asst = Asst::with_backend(&listener.url());
        for form in ["table", "json", "jsonl", "yaml", "id"] {
            let ran = asst.run(["threads", "get", "thread_1", "-o", form]).code(expected);
            assert_eq!(ran.stdout, "", "{status} as {form}");
            assert!(!ran.stderr.is_empty(), "{status} as {form}");
        }
        let ran = asst.run(["threads", "get", "thread_1", "--jq", ".id"]).code(expected);
        assert_eq!(ran.stdout, "", "{status:?}");
    }
}

/// A list in JSON or YAML is one document. Several JSON documents in a row are not valid JSON, and a YAML reader keeps
/// only the last one.
#[test]
fn a_list_of_several_pages_is_one_document() {
    let listener = two_pages();
    let asst = Asst::with_backend(&listener.url());
    let ids = |value: &Value| value.as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    let all = ["asst_1", "asst_2", "asst_3"].map(Value::from);
    assert_eq!(ids(&asst.run(["assistants", "list", "-o", "json"]).ok().json()), all);
    assert_eq!(ids(&asst.run(["api", "GET", "/assistants", "--paginate", "-o", "json"]).ok().json()), all);
    let yaml = asst.run(["assistants", "list", "-o", "yaml"]).ok().stdout;
    assert_eq!(ids(&serde_saphyr::from_str::<Value>(&yaml).unwrap()), all);
    let csv = asst.run(["assistants", "list", "-o", "csv", "--columns", "id"]).ok().stdout;
    assert_eq!(csv, "id\nasst_1\nasst_2\nasst_3\n");
}

/// A filter that runs on each page alone would return one count per page.
#[test]
fn a_filter_sees_all_pages_as_one_array() {
    let listener = two_pages();
    let asst = Asst::with_backend(&listener.url());
    assert_eq!(asst.run(["assistants", "list", "--jq", "length"]).ok().stdout, "3\n");
    let ran = asst.run(["api", "GET", "/assistants", "--paginate", "--jq", "map(.id) | join(\",\")"]).ok();
    assert_eq!(ran.stdout, "asst_1,asst_2,asst_3\n");
}

/// A filter without a match must not print the whole object instead.
#[test]
fn a_filter_without_a_match_prints_no_object() {
    let listener = two_pages();
    let asst = Asst::with_backend(&listener.url());
    assert_eq!(asst.run(["assistants", "list", "--jq", ".[] | select(.id == \"x\") | .id"]).ok().stdout, "");
    assert_eq!(asst.run(["assistants", "list", "-o", "jsonl", "--jq", ".nmae"]).ok().stdout, "null\nnull\nnull\n");
    let ran = asst.run(["assistants", "list", "--jq", ".nmae.x"]).code(1);
    assert_eq!(ran.stdout, "", "{}", ran.text());
}

/// The default page size of 20 would take five times as many requests.
#[test]
fn a_page_is_as_large_as_the_endpoint_allows() {
    let listener = MockServer::new(|_, _| Response::json(200, &json!({ "data": [], "has_more": false })));
    let asst = Asst::with_backend(&listener.url());
    asst.run(["assistants", "list"]).ok();
    asst.run(["files", "list"]).ok();
    asst.run(["messages", "list", "thread_1", "--limit", "5"]).ok();
    let requests = listener.lines();
    assert_eq!(requests[0], "GET /v1/assistants?limit=100");
    assert_eq!(requests[1], "GET /v1/files?limit=10000");
    assert_eq!(requests[2], "GET /v1/threads/thread_1/messages?limit=5");
}

/// A full disk is a failure, but the new object is still recorded.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_a_failure() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for args in [&["threads", "get", "thread_1"][..], &["--help"], &["completions", "bash"], &["threads", "create"]] {
        let output = asst.command(args).stdout(full()).output().unwrap();
        asst.ran(output).code(1).says("could not write to standard output");
    }
    assert_eq!(asst.run(["threads", "list", "--source", "created", "-o", "id"]).ok().ids().len(), 1);
}

/// Without `--crlf`, a shell loop over CSV lines gets no carriage return in its last field.
#[test]
fn csv_lines_end_with_lf_without_the_crlf_flag() {
    let listener = two_pages();
    let asst = Asst::with_backend(&listener.url());
    let list = |more: &[&str]| asst.run([&["assistants", "list", "--columns", "id"], more].concat()).ok();
    assert_eq!(list(&["-o", "csv"]).stdout, "id\nasst_1\nasst_2\nasst_3\n");
    assert_eq!(list(&["-o", "csv", "--crlf"]).stdout, "id\r\nasst_1\r\nasst_2\r\nasst_3\r\n");
    list(&["-o", "id", "--crlf"]).says("--crlf applies to -o csv; it has no effect on -o id");
}

#[test]
fn deletions_continue_after_standard_output_is_closed() {
    let listener = MockServer::new(mint);
    let asst = Asst::with_backend(&listener.url());
    let ids: Vec<String> = (0..60).map(|number| format!("thread_{number}")).collect();
    let args: Vec<&str> = ["threads", "delete"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let mut child = asst.command(&args).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(listener.lines().len(), 60);
}

/// A filter is written for one form of its input, so the default format of a user must not change it.
#[test]
fn only_the_flag_for_json_lines_applies_a_filter_to_each_item() {
    let listener = two_pages();
    let asst = Asst::with_backend(&listener.url());
    let list = ["assistants", "list", "--jq", ".[].id"];
    let ids = "asst_1\nasst_2\nasst_3\n";
    assert_eq!(asst.run(list).ok().stdout, ids);
    let by_variable = asst.command(list).env("ASST_OUTPUT", "jsonl").output().unwrap();
    assert_eq!(asst.ran(by_variable).ok().stdout, ids);
    let ran = asst.run([&list[..], &["-o", "jsonl"]].concat()).code(1);
    ran.says("with -o jsonl, the input is one item of the list");
    assert_eq!(asst.run(["assistants", "list", "--jq", ".id", "-o", "jsonl"]).ok().stdout, ids);
    for format in ["csv", "yaml", "id", "table"] {
        let expected = format!("-o {format} has no effect with it");
        let ran = asst.run([&list[..], &["-o", format]].concat()).ok().says(&expected);
        assert_eq!(ran.stdout, ids, "{format}");
    }
}
