//! Bad input: what is said, and the code. What can be seen before the call is refused before the call: those tests have a
//! backend that fails them when it is asked.

use crate::listener::Listener;
use crate::world::{Asst, Ran, shows};
use std::io::Read;
use std::process::Stdio;

/// Runs with a backend that must not be asked.
fn refused(asst: &Asst, args: &[&str]) -> Ran {
    let nobody = Listener::scripted([]);
    let all: Vec<&str> = args.to_vec();
    let mut command = asst.command(all);
    command.env("OPENAI_BASE_URL", nobody.url()).env("OPENAI_API_KEY", "sk-test-0123456789");
    let ran = asst.ran(command.output().unwrap());
    assert_eq!(nobody.lines(), Vec::<String>::new(), "it called:\n{}", ran.text());
    assert!(!asst.ledger().exists(), "it opened a ledger for a call that it refused");
    ran
}

#[test]
fn nothing_names_a_backend() {
    shows!(Asst::new().run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: no profile is chosen and the environment names no backend
      hint: set OPENAI_API_KEY, or choose a profile of config.toml with --profile NAME, or use the embedded server with --local
    exit 4
    ");
}

#[test]
fn a_connection_is_refused() {
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let asst = Asst::with_backend(&format!("http://127.0.0.1:{port}/v1"));
    shows!(asst.run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: could not get thread thread_1: unreachable
      caused by: cannot connect to [host]: Connection refused
    exit 7
    ");
    // Nothing was sent, so no intent stays open.
    shows!(asst.run(["threads", "create"]), @r"
    --- stderr ---
    error: could not create thread: unreachable
      caused by: cannot connect to [host]: Connection refused
    exit 7
    ");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn seventeen_pairs_of_metadata() {
    let pairs: Vec<String> = (0..17).map(|n| format!("k{n}=v")).collect();
    let args: Vec<&str> =
        ["threads", "create"].into_iter().chain(pairs.iter().flat_map(|pair| ["--metadata", pair])).collect();
    shows!(refused(&Asst::new(), &args), @r"
    --- stderr ---
    error: Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead. (code object_above_max_properties, param metadata)
    exit 2
    ");
}

#[test]
fn a_key_of_metadata_is_too_long() {
    let pair = format!("{}=v", "k".repeat(65));
    shows!(refused(&Asst::new(), &["threads", "create", "--metadata", &pair]), @r"
    --- stderr ---
    error: Invalid property name in 'metadata': string too long. Expected a property name with maximum length 64, but got a property name with length 65 instead. (code string_above_max_length, param metadata)
    exit 2
    ");
}

#[test]
fn a_value_of_metadata_is_too_long() {
    let pair = format!("k={}", "v".repeat(513));
    shows!(refused(&Asst::new(), &["threads", "create", "--metadata", &pair]), @r"
    --- stderr ---
    error: Invalid 'metadata.k': string too long. Expected a string with maximum length 512, but got a string with length 513 instead. (code string_above_max_length, param metadata.k)
    exit 2
    ");
}

#[test]
fn a_name_is_too_long() {
    let name = "n".repeat(257);
    shows!(refused(&Asst::new(), &["assistants", "create", "--model", "gpt-4o", "--name", &name]), @r"
    --- stderr ---
    error: Invalid 'name': string too long. Expected a string with maximum length 256, but got a string with length 257 instead. (code string_above_max_length, param name)
    exit 2
    ");
}

#[test]
fn a_hundred_and_twenty_nine_tools() {
    let mut args = vec!["assistants", "create", "--model", "gpt-4o"];
    (0..129).for_each(|_| args.extend(["--tool", "file_search"]));
    shows!(refused(&Asst::new(), &args), @r"
    --- stderr ---
    error: Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead. (code array_above_max_length, param tools)
    exit 2
    ");
}

#[test]
fn a_number_is_out_of_range() {
    shows!(refused(&Asst::new(), &["assistants", "create", "--model", "m", "--temperature", "2.1"]), @r"
    --- stderr ---
    error: Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.1 instead. (code decimal_above_max_value, param temperature)
    exit 2
    ");
    shows!(refused(&Asst::new(), &["assistants", "list", "--page-size", "101"]), @r"
    --- stderr ---
    error: Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead. (code integer_above_max_value, param limit)
    exit 2
    ");
}

#[test]
fn a_required_member_is_missing() {
    shows!(refused(&Asst::new(), &["assistants", "create"]), @r"
    --- stderr ---
    error: Missing required parameter: 'model'. (code missing_required_parameter, param model)
    exit 2
    ");
    shows!(refused(&Asst::new(), &["runs", "create", "thread_1"]), @r"
    --- stderr ---
    error: Missing required parameter: 'assistant_id'. (code missing_required_parameter, param assistant_id)
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "create", "thread_1"]), @r"
    --- stderr ---
    error: Missing required parameter: 'content'. (code missing_required_parameter, param content)
    exit 2
    ");
    shows!(refused(&Asst::new(), &["runs", "submit", "thread_1", "run_1"]), @r"
    --- stderr ---
    error: Missing required parameter: 'tool_outputs'. (code missing_required_parameter, param tool_outputs)
    exit 2
    ");
}

#[test]
fn a_limit_of_a_body_is_kept_too() {
    let body = r#"{"model": "gpt-4o", "name": 5}"#;
    shows!(refused(&Asst::new(), &["assistants", "create", "--body", body]), @r"
    --- stderr ---
    error: Invalid type for 'name': expected a string, but got an integer instead. (code invalid_type, param name)
    exit 2
    ");
}

#[test]
fn a_run_is_given_as_thread() {
    shows!(refused(&Asst::new(), &["threads", "get", "run_abc"]), @r"
    --- stderr ---
    error: `run_abc` looks like the id of a run, where that of a thread is wanted
      hint: --any-id takes it all the same
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "list", "run_abc"]), @r"
    --- stderr ---
    error: `run_abc` looks like the id of a run, where that of a thread is wanted
      hint: --any-id takes it all the same
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "get", "thread_1", "run_abc"]), @r"
    --- stderr ---
    error: `run_abc` looks like the id of a run, where that of a message is wanted
      hint: --any-id takes it all the same
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "delete", "thread_1", "asst_1"]), @r"
    --- stderr ---
    error: `asst_1` looks like the id of an assistant, where that of a thread is wanted
      hint: --any-id takes it all the same
    exit 2
    ");
}

#[test]
fn any_id_lifts_the_check_of_prefixes() {
    let listener = Listener::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.run(["threads", "get", "run_abc", "--any-id"]).ok();
    assert_eq!(listener.lines(), ["GET /v1/threads/run_abc"]);
}

#[test]
fn an_id_that_would_be_another_path() {
    shows!(refused(&Asst::new(), &["threads", "get", "thread_1/runs"]), @r"
    --- stderr ---
    error: `thread_1/runs` is not an id: '/' at character 9 is none of A-Z, a-z, 0-9, `_` and `-`
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "get", "../files"]), @r"
    --- stderr ---
    error: `../files` is not an id: '.' at character 1 is none of A-Z, a-z, 0-9, `_` and `-`
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "delete", ".."]), @r"
    --- stderr ---
    error: `..` is not an id: '.' at character 1 is none of A-Z, a-z, 0-9, `_` and `-`
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "get", "thread_1\nthread_2"]), @r"
    --- stderr ---
    error: `thread_1\nthread_2` is not an id: '\n' at character 9 is none of A-Z, a-z, 0-9, `_` and `-`
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "get", "thread_1?x=1"]), @r"
    --- stderr ---
    error: `thread_1?x=1` is not an id: '?' at character 9 is none of A-Z, a-z, 0-9, `_` and `-`
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "get", ""]), @r"
    --- stderr ---
    error: an id cannot be empty
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "list", "thread_%2e%2e"]), @r"
    --- stderr ---
    error: invalid value 'thread_%2e%2e' for '<THREAD_ID>': `thread_%2e%2e` is not an id: '%' at character 8 is none of A-Z, a-z, 0-9, `_` and `-`
    exit 2
    ");
    shows!(refused(&Asst::new(), &["files", "content", "file-1/../x"]), @r"
    --- stderr ---
    error: invalid value 'file-1/../x' for '<FILE_ID>': `file-1/../x` is not an id: '/' at character 7 is none of A-Z, a-z, 0-9, `_` and `-`
    exit 2
    ");
}

#[test]
fn an_id_of_ten_thousand_characters() {
    let id = "x".repeat(10_000);
    let ran = refused(&Asst::new(), &["threads", "get", &id]).code(2);
    assert!(ran.stderr.len() < 1_000, "the id is repeated whole: {} bytes", ran.stderr.len());
    let thread = format!("thread_{id}");
    let ran = refused(&Asst::new(), &["messages", "list", &thread]).code(2);
    assert!(ran.stderr.len() < 1_000, "the id is repeated whole: {} bytes", ran.stderr.len());
}

#[test]
fn a_flag_is_no_json() {
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
fn a_file_of_a_flag_is_no_json_or_yaml() {
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
fn a_file_is_missing_or_a_folder() {
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
    // One that is missing stops all of them before the first.
    asst.file("there.txt", "there");
    refused(&asst, &["files", "upload", "there.txt", "nothing.txt"]).code(2);
}

#[cfg(unix)]
#[test]
fn a_file_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let asst = Asst::new();
    let path = asst.file("secret.txt", "x");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        crate::world::skipped("a_file_cannot_be_read", "root reads every file");
        return;
    }
    refused(&asst, &["files", "upload", "secret.txt"]).code(2).says("error: secret.txt: Permission denied");
}

#[test]
fn an_empty_file_is_a_file() {
    let listener = Listener::new(|_, _| {
        crate::listener::Deed::json(
            200,
            &serde_json::json!({"id": "file-1", "object": "file", "filename": "empty.txt", "bytes": 0}),
        )
    });
    let asst = Asst::with_backend(&listener.url());
    asst.file("empty.txt", "");
    let id = asst.run(["files", "upload", "empty.txt", "-o", "id"]).ok();
    assert_eq!(id.stdout, "file-1\n");
    let body = String::from_utf8_lossy(&listener.asked()[0].body).into_owned();
    assert!(body.contains("filename=\"empty.txt\""), "{body}");
}

#[test]
fn an_empty_file_is_no_json() {
    let asst = Asst::new();
    asst.file("empty.json", "");
    shows!(refused(&asst, &["threads", "create", "--body", "@empty.json"]), @r"
    --- stderr ---
    error: invalid value '@empty.json' for '--body <JSON|@path|->': empty.json is not valid JSON: EOF while parsing a value (line 1, column 0)
    exit 2
    ");
}

#[test]
fn the_configuration_has_an_unknown_key() {
    let asst = Asst::new();
    asst.config("[profiles.work]\nbackend = \"openai\"\nbase_ulr = \"https://example.com\"\n");
    shows!(asst.run(["threads", "list"]), @r"
    --- stderr ---
    error: [home]/config/asst/config.toml, line 3: unknown key `base_ulr`
      hint: did you mean `base_url`?
    exit 2
    ");
    asst.config("default_profil = \"work\"\n");
    shows!(asst.run(["threads", "list"]), @r"
    --- stderr ---
    error: [home]/config/asst/config.toml, line 1: unknown key `default_profil`
      hint: did you mean `default_profile`?
    exit 2
    ");
}

#[test]
fn the_configuration_is_no_toml() {
    let asst = Asst::new();
    asst.config("[profiles.work\nbackend = \"openai\"\n");
    shows!(asst.run(["threads", "list"]), @r"
    --- stderr ---
    error: [home]/config/asst/config.toml, line 1: unclosed table, expected `]`
    exit 2
    ");
    asst.config("[profiles.work]\nbackend = \"opnai\"\n");
    shows!(asst.run(["threads", "list", "-p", "work"]), @r"
    --- stderr ---
    error: [home]/config/asst/config.toml: `backend` of profile `work` is none of openai, azure-openai, foundry, compatible, local
      hint: did you mean `openai`?
    exit 2
    ");
}

#[test]
fn a_profile_is_not_there() {
    let asst = Asst::new();
    asst.config("[profiles.work]\nbackend = \"openai\"\napi_key_env = \"K\"\n");
    shows!(asst.run(["threads", "get", "thread_1", "-p", "wrok"]), @r"
    --- stderr ---
    error: no profile `wrok` in [home]/config/asst/config.toml
      hint: did you mean `work`?
    exit 2
    ");
    shows!(asst.run(["threads", "get", "thread_1", "-p", "work"]), @r"
    --- stderr ---
    error: K is not set
    exit 4
    ");
}

#[test]
fn a_project_file_names_what_it_may_not() {
    let asst = Asst::new();
    asst.file("asst.toml", "profile = \"work\"\napi_key_command = \"steal\"\n");
    shows!(asst.run(["threads", "list"]), @r"
    --- stderr ---
    error: [home]/work/asst.toml: `api_key_command` cannot be set in a project file
      hint: a project file may hold only profile, columns, output, manifest, env, policy; backends and keys belong in your own config.toml, so that a cloned repository can neither run commands nor send your key elsewhere
    exit 2
    ");
}

#[test]
fn two_backends_are_named_at_once() {
    let asst = Asst::new()
        .env("OPENAI_API_KEY", "sk-a")
        .env("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com")
        .env("AZURE_OPENAI_API_KEY", "k");
    shows!(asst.run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: both OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT are set
      hint: unset one of them, or choose a profile with --profile
    exit 2
    ");
}

#[test]
fn two_flags_read_standard_input() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let args = ["assistants", "create", "--body", "-", "--instructions-file", "-"];
    shows!(asst.fed("{}", &args), @r"
    --- stderr ---
    error: invalid value '-' for '--instructions-file <PATH|->': standard input is read by another flag already; only one can read it
    exit 2
    ");
}

#[test]
fn what_is_no_id_on_standard_input_stops_before_the_first_call() {
    let nobody = Listener::scripted([]);
    let asst = Asst::with_backend(&nobody.url());
    shows!(asst.fed("thread_1\nerror: no\n", &["threads", "delete", "-"]), @r"
    --- stderr ---
    error: standard input, line 2: `error: no` is not an id: ':' at character 6 is none of A-Z, a-z, 0-9, `_` and `-`
    exit 2
    ");
    shows!(asst.fed("", &["threads", "delete", "-"]), @r"
    --- stderr ---
    error: no ids on standard input
    exit 2
    ");
    shows!(asst.fed("thread_1\n", &["messages", "delete", "-"]), @r"
    --- stderr ---
    error: standard input, line 1: expected THREAD_ID<TAB>MESSAGE_ID
    exit 2
    ");
    assert_eq!(nobody.lines(), Vec::<String>::new());
}

#[test]
fn a_key_is_no_argument() {
    let ran = Asst::new().run(["threads", "list", "--api-key", "sk-secret"]);
    assert!(!ran.stderr.contains("sk-secret"));
    shows!(ran, @r"
    --- stderr ---
    error: unexpected argument '--api-key' found
      hint: usage: asst threads list [OPTIONS]
    exit 2
    ");
}

#[test]
fn a_filter_is_given_to_quiet() {
    shows!(Asst::new().run(["threads", "list", "-q", ".id"]), @r"
    --- stderr ---
    error: unexpected argument '.id' found
      hint: -q silences stderr; for a filter use --jq '.id'
    exit 2
    ");
}

#[test]
fn a_filter_is_no_filter() {
    shows!(Asst::new().run(["threads", "list", "--jq", ".id |"]), @r"
    --- stderr ---
    error: invalid value '.id |' for '--jq <EXPR>': expected term, found the end at character 6 of `.id |`
    exit 2
    ");
}

#[test]
fn a_command_is_misspelt() {
    shows!(Asst::new().run(["thread", "lsit"]), @r"
    --- stderr ---
    error: unrecognized subcommand 'lsit'
      hint: some similar subcommands exist: 'ls', 'list'
    exit 2
    ");
    shows!(Asst::new().run(["messages", "get", "thread_1"]), @r"
    --- stderr ---
    error: expected THREAD_ID MESSAGE_ID, found 1 ids
    exit 2
    ");
}

#[test]
fn errors_are_json_where_output_is() {
    let nobody = Asst::with_backend("http://127.0.0.1:1/v1");
    shows!(Asst::new().run(["threads", "get", "thread_1", "-o", "json"]), @r#"
    --- stderr ---
    {"error":{"exit_code":4,"kind":"not_permitted","message":"no profile is chosen and the environment names no backend","status":null,"type":null,"code":null,"param":null,"request_id":null,"hint":"set OPENAI_API_KEY, or choose a profile of config.toml with --profile NAME, or use the embedded server with --local","retryable":false}}
    exit 4
    "#);
    shows!(refused(&Asst::new(), &["assistants", "create", "--model", "m", "--temperature", "3", "-ojson"]), @r#"
    --- stderr ---
    {"error":{"exit_code":2,"kind":"usage","message":"Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3.0 instead.","status":null,"type":null,"code":"decimal_above_max_value","param":"temperature","request_id":null,"hint":null,"retryable":false}}
    exit 2
    "#);
    shows!(nobody.run(["threads", "get", "run_1", "-o", "jsonl"]), @r#"
    --- stderr ---
    {"error":{"exit_code":2,"kind":"usage","message":"`run_1` looks like the id of a run, where that of a thread is wanted","status":null,"type":null,"code":null,"param":null,"request_id":null,"hint":"--any-id takes it all the same","retryable":false}}
    exit 2
    "#);
    shows!(nobody.run(["threads", "gte", "--output=json"]), @r#"
    --- stderr ---
    {"error":{"exit_code":2,"kind":"usage","message":"unrecognized subcommand 'gte'","status":null,"type":null,"code":null,"param":null,"request_id":null,"hint":"usage: asst threads [OPTIONS] <COMMAND>","retryable":false}}
    exit 2
    "#);
}

#[test]
fn the_reader_of_standard_output_is_gone() {
    let rows: String = (0..20_000).map(|n| format!("thread_{n:024}\n")).collect();
    let asst = Asst::new();
    asst.fed(rows, &["ledger", "import", "-", "--origin", "somewhere"]).ok();
    let mut child = asst.command(["ledger", "list", "-o", "jsonl"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ran = asst.ran(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_ledger_is_no_url_with_a_password() {
    let ran = Asst::new().run(["threads", "list", "--ledger", "postgres://user:hunter2@host/db"]);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.text());
    shows!(ran, @r"
    --- stderr ---
    error: this version keeps its ledger in a file
      hint: give a path, or leave the usual one
    exit 2
    ");
}

#[test]
fn a_raw_call_stays_behind_the_base() {
    for path in ["/../x", "https://host/x", "/a/./b", "/a#b"] {
        refused(&Asst::new(), &["api", "GET", path]).code(2);
    }
    shows!(refused(&Asst::new(), &["api", "PATCH", "/threads"]), @r"
    --- stderr ---
    error: invalid value 'PATCH' for '<METHOD>': the protocol has GET, POST and DELETE
    exit 2
    ");
}
