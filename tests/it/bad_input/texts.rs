//! Invalid JSON, YAML and files.

use super::refused;
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, shows};

#[test]
fn invalid_json_in_a_flag_is_refused_with_line_and_column() {
    let asst = Asst::new();
    shows!(refused(&asst, &["threads", "create", "--tool-resources", "{\"a\":\n  [1, 2"]), @r#"
    --- stderr ---
    error: invalid value '{"a":
             [1, 2' for '--tool-resources <JSON|@path>': the value is not valid JSON: EOF while parsing a list (line 2, column 7)
    exit 2
    "#);
    shows!(refused(&asst, &["threads", "create", "--tool-resources", "{\"a\": tru}"]), @r#"
    --- stderr ---
    error: invalid value '{"a": tru}' for '--tool-resources <JSON|@path>': the value is not valid JSON: expected ident (line 1, column 10)
    exit 2
    "#);
    shows!(refused(&asst, &["assistants", "create", "--model", "m", "--tool", "{'type'}"]), @r"
    --- stderr ---
    error: invalid value '{'type'}' for '--tool <KEYWORD|JSON|@path>': the value is not valid JSON: key must be a string (line 1, column 2)
    exit 2
    ");
    shows!(refused(&asst, &["assistants", "create", "--model", "m", "--tool", "retrieval"]), @r"
    --- stderr ---
    error: invalid value 'retrieval' for '--tool <KEYWORD|JSON|@path>': expected code_interpreter, file_search, JSON or @path
    exit 2
    ");
    shows!(refused(&asst, &["assistants", "create", "--body", "[1]"]), @r"
    --- stderr ---
    error: invalid value '[1]' for '--body <JSON|@path|->': expected a JSON object, found an array
    exit 2
    ");
}

#[test]
fn invalid_json_or_yaml_in_a_file_is_refused_with_line_and_column() {
    let asst = Asst::new();
    asst.file("bad.json", "{\n  \"a\": 1,\n  \"b\": }\n");
    asst.file("bad.yaml", "a: 1\nb: [1, 2\nc: 3\n");
    shows!(refused(&asst, &["threads", "create", "--tool-resources", "@bad.json"]), @r"
    --- stderr ---
    error: invalid value '@bad.json' for '--tool-resources <JSON|@path>': bad.json is not valid JSON: expected value (line 3, column 8)
    exit 2
    ");
    shows!(refused(&asst, &["threads", "create", "--tool-resources", "@bad.yaml"]), @r"
    --- stderr ---
    error: invalid value '@bad.yaml' for '--tool-resources <JSON|@path>': bad.yaml is not valid YAML: illegal placement of ':' indicator (line 3, column 2)
    exit 2
    ");
}

#[test]
fn a_missing_file_or_a_folder_is_refused() {
    let asst = Asst::new();
    std::fs::create_dir(asst.work().join("folder")).unwrap();
    shows!(refused(&asst, &["files", "upload", "nothing.txt"]), @r"
    --- stderr ---
    error: nothing.txt: no such file
    exit 2
    ");
    shows!(refused(&asst, &["files", "upload", "folder"]), @r"
    --- stderr ---
    error: folder: is a directory, not a file
    exit 2
    ");
    shows!(refused(&asst, &["ledger", "import", "nothing.txt"]), @r"
    --- stderr ---
    error: nothing.txt: no such file
    exit 2
    ");
    shows!(refused(&asst, &["ledger", "import", "folder"]), @r"
    --- stderr ---
    error: folder: is a directory, not a file
    exit 2
    ");
    shows!(refused(&asst, &["threads", "create", "--body", "@nothing.json"]), @r"
    --- stderr ---
    error: invalid value '@nothing.json' for '--body <JSON|@path|->': no such file: nothing.json
    exit 2
    ");
    shows!(refused(&asst, &["threads", "create", "--body", "@folder"]), @r"
    --- stderr ---
    error: invalid value '@folder' for '--body <JSON|@path|->': folder is a directory, not a file
    exit 2
    ");
    shows!(refused(&asst, &["assistants", "create", "--model", "m", "--instructions-file", "nothing.md"]), @r"
    --- stderr ---
    error: invalid value 'nothing.md' for '--instructions-file <PATH|->': no such file: nothing.md
    exit 2
    ");
    shows!(refused(&asst, &["assistants", "create", "--model", "m", "--instructions-file", "folder"]), @r"
    --- stderr ---
    error: invalid value 'folder' for '--instructions-file <PATH|->': folder is a directory, not a file
    exit 2
    ");
    shows!(refused(&asst, &["runs", "submit", "thread_1", "run_1", "--tool-output-file", "call_1=nothing"]), @r"
    --- stderr ---
    error: invalid value 'call_1=nothing' for '--tool-output-file <CALL_ID=PATH>': no such file: nothing
    exit 2
    ");
    // One missing file stops the command before the first upload.
    asst.file("there.txt", "there");
    refused(&asst, &["files", "upload", "there.txt", "nothing.txt"]).code(2);
}

#[cfg(unix)]
#[test]
fn a_file_without_read_permission_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let asst = Asst::new().unprivileged();
    let path = asst.file("secret.txt", "x");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).unwrap();
    refused(&asst, &["files", "upload", "secret.txt"]).code(2).says("error: secret.txt: Permission denied");
}

#[test]
fn an_empty_file_is_uploaded() {
    let listener = MockServer::new(|_, _| {
        crate::support::mock_server::Response::json(
            200,
            &serde_json::json!({"id": "file-1", "object": "file", "filename": "empty.txt", "bytes": 0}),
        )
    });
    let asst = Asst::with_backend(&listener.url());
    asst.file("empty.txt", "");
    let id = asst.run(["files", "upload", "empty.txt", "-o", "id"]).ok();
    assert_eq!(id.stdout, "file-1\n");
    let body = String::from_utf8_lossy(&listener.requests()[0].body).into_owned();
    assert!(body.contains("filename=\"empty.txt\""), "{body}");
}

#[test]
fn an_empty_file_is_refused_as_json() {
    let asst = Asst::new();
    asst.file("empty.json", "");
    shows!(refused(&asst, &["threads", "create", "--body", "@empty.json"]), @r"
    --- stderr ---
    error: invalid value '@empty.json' for '--body <JSON|@path|->': empty.json is empty
    exit 2
    ");
}

#[test]
fn a_second_flag_that_reads_standard_input_is_refused() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let args = ["assistants", "create", "--body", "-", "--instructions-file", "-"];
    shows!(asst.fed("{}", &args), @r"
    --- stderr ---
    error: invalid value '-' for '--instructions-file <PATH|->': another flag already reads standard input; only one flag can read it
    exit 2
    ");
}
