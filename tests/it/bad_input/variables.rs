//! Invalid environment variables: the error names the variable, and no request is sent.

use super::refused;
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::json;

#[test]
fn invalid_variable_is_named_in_the_error() {
    for name in [
        "ASST_RETRIES",
        "ASST_CONCURRENCY",
        "ASST_REQUEST_TIMEOUT",
        "ASST_MAX_WAIT",
        "ASST_LOCAL",
        "ASST_OUTPUT",
        "ASST_COLOR",
        "ASST_TRACE",
        "ASST_HEADER",
        "ASST_QUIET",
        "ASST_NO_LEDGER",
        "ASST_REQUIRE_LEDGER",
        "ASST_YES",
        "ASST_DRY_RUN",
        "ASST_NOW",
    ] {
        let ran = refused(&Asst::new().env(name, "nonsense"), &["files", "list"]).code(2);
        assert!(ran.stderr.contains(name) && ran.stderr.contains("nonsense"), "{name}:\n{}", ran.text());
        assert!(!ran.stderr.contains("invalid digit"), "{name}:\n{}", ran.text());
    }
    refused(&Asst::new().env("ASST_CONCURRENCY", "0"), &["files", "list"]).code(2).says("ASST_CONCURRENCY");
    refused(&Asst::new().env("ASST_RETRIES", "-1"), &["files", "list"]).code(2).says("ASST_RETRIES");
    refused(&Asst::new().env("ASST_JQ", "["), &["files", "list"]).code(2).says("ASST_JQ");
}

#[test]
fn flag_overrides_an_invalid_variable() {
    let listener = MockServer::new(|_, _| Response::json(200, &json!({ "data": [], "has_more": false })));
    let asst = Asst::with_backend(&listener.url()).env("ASST_RETRIES", "nonsense").env("ASST_MAX_WAIT", "nonsense");
    asst.run(["files", "list", "--retries", "1", "--max-wait", "1s"]).ok();
}

#[test]
fn flag_with_an_invalid_number_exits_2() {
    for args in [["--retries=-1", "files"], ["--retries=many", "files"], ["--concurrency=0", "files"]] {
        let ran = refused(&Asst::new(), &[args[0], args[1], "list"]).code(2);
        assert!(ran.stderr.contains("expected a whole number"), "{}", ran.text());
    }
}

/// A project file that selects JSON also selects it for standard error, as `-o json` does.
#[test]
fn output_format_of_the_project_file_applies_to_stderr() {
    let listener = MockServer::new(|_, _| Response::error(404, "No thread found with id 'thread_1'.", None));
    let asst = Asst::with_backend(&listener.url());
    asst.file("asst.toml", "output = 'json'\n");
    let cases: [(&[&str], i32); 5] = [
        (&["threads", "get", "thread_1"], 3),
        (&["threads", "gte", "thread_1"], 2),
        (&["threads", "get", "a/b"], 2),
        (&["serve", "--listen", "nonsense"], 2),
        (&["threads", "get", "run_1"], 2),
    ];
    for (args, code) in cases {
        let ran = asst.run(args).code(code);
        let line: serde_json::Value = serde_json::from_str(ran.stderr.lines().next().unwrap()).unwrap();
        assert_eq!(line["error"]["exit_code"], code, "{}", ran.text());
    }
    asst.run(["-o", "table", "threads", "get", "thread_1"]).code(3).says("error: could not get");
    let asst = asst.env("ASST_OUTPUT", "table");
    asst.run(["threads", "get", "thread_1"]).code(3).says("error: could not get");
}
