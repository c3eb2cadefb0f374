//! The settings of a profile, as they appear in requests.

use super::{KEY, api_key, bearer, configure, hushed, private, shown_to, traced, user};
use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::test_env::{Asst, shows};
use serde_json::json;

const COMMAND: &str = "api_key_command = \"echo sk-hush-0123456789\"";
const TOKEN: &str = "token_command = \"echo sk-hush-0123456789\"";

#[test]
fn every_source_reaches_its_header() {
    let sources = [
        "api_key_env = \"WORK_KEY\"",
        "api_key_file = \"key\"",
        "api_key_file = \"~/config/asst/key\"",
        COMMAND,
        TOKEN,
        "token_command = \"echo '{\\\"accessToken\\\": \\\"sk-hush-0123456789\\\"}'\"",
        "api_key = \"sk-hush-0123456789\"",
    ];
    for backend in ["compatible", "openai", "foundry", "azure-openai"] {
        for source in sources {
            let listener = MockServer::minting();
            let asst = user(&listener, backend, source).env("WORK_KEY", KEY);
            let file = asst.home().join("config/asst/key");
            std::fs::write(&file, format!("{KEY}\n")).unwrap();
            private(&file, 0o600);
            traced(&asst, &["assistants", "list"]).ok();
            let token = source.starts_with("token_command");
            let wanted = if backend == "azure-openai" && !token { api_key(KEY) } else { bearer(KEY) };
            assert_eq!(shown_to(&listener), [wanted], "{backend}, {source}");
        }
    }
}

#[test]
fn a_key_that_a_server_repeats_is_redacted() {
    for (backend, source) in [("compatible", COMMAND), ("azure-openai", COMMAND), ("foundry", TOKEN)] {
        let repeat = |request: &Request, _| {
            let text = format!("you sent {:?}", request.headers);
            Response::error(401, &text, Some("invalid_api_key")).with("x-echo", &text.replace(['\r', '\n'], " "))
        };
        let listener = MockServer::new(repeat);
        let asst = user(&listener, backend, source);
        traced(&asst, &["assistants", "list"]).code(4);
        hushed(asst.run(["assistants", "list", "-o", "json"])).code(4);
        hushed(asst.run(["threads", "create"])).code(4);
        hushed(asst.run(["files", "content", "file-1"])).code(4);
        let plain = MockServer::new(|request, _| Response::text(500, format!("{:?}", request.headers)));
        let asst = user(&plain, backend, source);
        hushed(asst.run(["threads", "get", "thread_1", "--retries", "0"])).code(7);
    }
}

#[test]
fn a_key_in_the_configuration_draws_a_warning() {
    let listener = MockServer::minting();
    let asst = user(&listener, "compatible", "api_key = \"sk-hush-0123456789\"");
    shows!(hushed(asst.run(["assistants", "list"])), @r"
    --- stderr ---
    warning: the configuration file contains the key; api_key_env, api_key_file or api_key_command is safer
    exit 0
    ");
}

#[cfg(unix)]
#[test]
fn a_key_in_a_configuration_that_others_can_read_is_refused() {
    let listener = MockServer::minting();
    let asst = user(&listener, "compatible", "api_key = \"sk-hush-0123456789\"");
    let config = asst.home().join("config/asst/config.toml");
    private(&config, 0o604);
    hushed(asst.run(["assistants", "list"])).code(2);
    private(&config, 0o640);
    shows!(hushed(asst.run(["assistants", "list"])), @r"
    --- stderr ---
    error: [home]/config/asst/config.toml: `api_key` of profile `work` is in a file that other users can read
      hint: chmod 600 [home]/config/asst/config.toml
    exit 2
    ");
    assert_eq!(listener.lines(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_draws_a_warning() {
    let listener = MockServer::minting();
    let asst = user(&listener, "compatible", "api_key_file = \"key\"");
    let file = asst.home().join("config/asst/key");
    std::fs::write(&file, KEY).unwrap();
    private(&file, 0o644);
    shows!(hushed(asst.run(["assistants", "list"])), @r"
    --- stderr ---
    warning: [home]/config/asst/key contains a key, and other users can read it; run `chmod 600` on it
    exit 0
    ");
    assert_eq!(shown_to(&listener), [bearer(KEY)]);
}

#[cfg(unix)]
#[test]
fn a_key_file_that_cannot_be_read_exits_4() {
    let listener = MockServer::minting();
    let asst = user(&listener, "compatible", "api_key_file = \"key\"");
    let file = asst.home().join("config/asst/key");
    std::fs::write(&file, KEY).unwrap();
    let asst = asst.unprivileged();
    private(&file, 0);
    shows!(hushed(asst.run(["assistants", "list"])), @r"
    --- stderr ---
    error: cannot read the key in [home]/config/asst/key: Permission denied (os error 13)
    exit 4
    ");
    assert_eq!(listener.lines(), Vec::<String>::new());
}

#[test]
fn a_profile_may_lack_a_key_but_not_have_two() {
    let listener = MockServer::minting();
    let asst = user(&listener, "compatible", "");
    asst.run(["assistants", "list"]).ok();
    assert_eq!(shown_to(&listener), [(None, None)], "a compatible server may do without");
    for backend in ["openai", "azure-openai", "foundry"] {
        configure(&asst, &listener, backend, "");
        asst.run(["assistants", "list"]).code(4).says("profile `work` has no credential");
    }
    configure(&asst, &listener, "compatible", &format!("{COMMAND}\napi_key_env = \"X\""));
    hushed(asst.run(["assistants", "list"])).code(2).says("two sources of a credential");
    configure(&asst, &listener, "compatible", &format!("{COMMAND}\nheaders = {{ Authorization = \"Bearer hush\" }}"));
    hushed(asst.run(["assistants", "list"])).code(2).says("two sources of a credential");
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn a_source_without_a_key_exits_4_before_the_request() {
    let table = [
        ("api_key_env = \"WORK_KEY\"", "WORK_KEY is not set"),
        ("api_key_env = \"BAD_KEY\"", "BAD_KEY contains a character beyond ASCII at byte 7"),
        ("api_key_file = \"nothing\"", "cannot read the key in"),
        ("api_key_command = \"echo sk-hush; exit 3\"", "api_key_command failed (exit status: 3)"),
        ("api_key_command = \"true\"", "api_key_command printed nothing"),
        ("api_key_command = \"printf 'sk-hush\\\\nsk-hush'\"", "contains a control character"),
        ("api_key_command = \"printf 'sk-hush\\\\377'\"", "printed nothing, or no UTF-8 text"),
        ("api_key_command = \"no-such-command-here sk\"", "api_key_command failed (exit status: 127)"),
        ("token_command = \"echo hush; kill -9 $$\"", "token_command failed (signal: 9"),
        ("token_command = \"true\"", "token_command printed nothing"),
        ("token_command = \"echo '{hush'\"", "starts like JSON, but is not valid JSON"),
        ("token_command = \"echo '{\\\"secret\\\": \\\"hush\\\"}'\"", "no member accessToken, access_token or token"),
        ("token_command = \"echo '{\\\"token\\\": \\\"\\\"}'\"", "the token of token_command is empty"),
    ];
    for (source, says) in table {
        let listener = MockServer::minting();
        let asst = user(&listener, "compatible", source).env("BAD_KEY", "sk-hush\u{e9}");
        traced(&asst, &["assistants", "list"]).code(4).says(says);
        // A create that was not sent leaves no intent open.
        hushed(asst.run(["threads", "create", "-o", "json"])).code(4);
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
        assert_eq!(listener.lines(), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn a_key_command_runs_only_before_a_request() {
    let listener = MockServer::minting();
    let asst = user(&listener, "compatible", "api_key_command = \"echo x >> asked; echo sk-hush\"");
    for args in [&["threads", "list"][..], &["threads", "create", "--dry-run"], &["profiles", "show", "work"]] {
        hushed(asst.run(args)).ok();
    }
    assert!(!asst.work().join("asked").exists(), "the command ran for nothing");
    traced(&asst, &["threads", "create"]).ok();
    assert!(asst.work().join("asked").exists());
}

#[test]
fn headers_of_a_profile_are_sent_and_redacted() {
    let lines = "headers = { x-tenant = \"hush-tenant\", \"Ocp-Apim-Subscription-Key\" = \"hush-apim\" }";
    for backend in ["compatible", "foundry", "azure-openai"] {
        let listener = MockServer::minting();
        let asst = user(&listener, backend, &format!("{COMMAND}\n{lines}"));
        traced(&asst, &["threads", "create"]).ok();
        hushed(asst.run(["threads", "create", "--dry-run=curl"])).ok();
        hushed(asst.run(["profiles", "show", "work", "-o", "json"])).ok();
        let request = &listener.requests()[0];
        assert_eq!(request.header("x-tenant"), Some("hush-tenant"), "{backend}");
        assert_eq!(request.header("ocp-apim-subscription-key"), Some("hush-apim"), "{backend}");
    }
    // A header may contain the credential itself.
    let listener = MockServer::minting();
    let asst = user(&listener, "foundry", "headers = { Authorization = \"Bearer sk-hush-0123456789\" }");
    traced(&asst, &["threads", "create"]).ok();
    assert_eq!(shown_to(&listener), [bearer(KEY)]);
    for name in ["Host", "content-length", "x y"] {
        configure(&asst, &listener, "compatible", &format!("headers = {{ \"{name}\" = \"hush\" }}"));
        hushed(asst.run(["threads", "create"])).code(2).says("cannot hold");
    }
}

#[test]
fn organization_and_project_are_sent_to_openai_dialects_only() {
    for (backend, known) in [("compatible", true), ("openai", true), ("foundry", false), ("azure-openai", false)] {
        let listener = MockServer::minting();
        let asst = user(&listener, backend, &format!("{COMMAND}\norganization = \"org-1\"\nproject = \"proj_1\""));
        traced(&asst, &["assistants", "list"]).ok();
        let request = &listener.requests()[0];
        assert_eq!(request.header("openai-organization"), known.then_some("org-1"), "{backend}");
        assert_eq!(request.header("openai-project"), known.then_some("proj_1"), "{backend}");
    }
}

/// Sends a request to each kind of path. Returns for each request whether it had the beta header.
fn beta_of(backend: &str, lines: &str) -> Vec<(String, bool)> {
    let listener = MockServer::new(|request, before| match request.target.contains("/files") {
        true => Response::json(200, &json!({ "id": "file-1", "object": "file", "data": [], "has_more": false })),
        false => crate::support::mock_server::mint(request, before),
    });
    let asst = user(&listener, backend, &format!("{COMMAND}\n{lines}"));
    asst.file("a.txt", "a");
    for args in [
        &["assistants", "list"][..],
        &["threads", "create"],
        &["messages", "create", "thread_1", "--content", "hi"],
        &["runs", "list", "thread_1"],
        &["api", "GET", "/vector_stores"],
        &["files", "list"],
        &["files", "upload", "a.txt"],
        &["api", "GET", "/models"],
    ] {
        traced(&asst, args).ok();
    }
    let seen = |request: &Request| match request.header("openai-beta") {
        None => false,
        Some(value) => value == "assistants=v2",
    };
    listener
        .requests()
        .iter()
        .map(|request| (request.target.split('?').next().unwrap().to_owned(), seen(request)))
        .collect()
}

#[test]
fn the_beta_header_is_sent_on_its_paths_only() {
    for backend in ["compatible", "openai"] {
        let flags = [true, true, true, true, true, false, false, false];
        assert_eq!(beta_of(backend, "").iter().map(|(_, beta)| *beta).collect::<Vec<_>>(), flags, "{backend}");
        assert!(beta_of(backend, "beta = false").iter().all(|(_, beta)| !beta), "{backend}");
    }
    for backend in ["foundry", "azure-openai"] {
        assert!(beta_of(backend, "").iter().all(|(_, beta)| !beta), "{backend}");
        let listener = MockServer::minting();
        user(&listener, backend, &format!("{COMMAND}\nbeta = true")).run(["threads", "list", "--remote"]).code(2);
        assert_eq!(listener.lines(), Vec::<String>::new(), "{backend:?}");
    }
}

#[test]
fn the_version_of_the_api_is_in_every_query() {
    let targets = |backend: &str| {
        let listener = MockServer::minting();
        let asst = user(&listener, backend, &format!("{COMMAND}\napi_version = \"2025-05-01\""));
        traced(&asst, &["threads", "create"]).ok();
        traced(&asst, &["assistants", "list", "--order", "asc"]).ok();
        traced(&asst, &["threads", "delete", "thread_1"]).ok();
        listener.requests().iter().map(|request| request.target.clone()).collect::<Vec<_>>()
    };
    let wanted = |base: &str| {
        ["/threads?", "/assistants?order=asc&limit=100&", "/threads/thread_1?"]
            .map(|path| format!("/v1{base}{path}api-version=2025-05-01"))
    };
    assert_eq!(targets("foundry"), wanted(""));
    assert_eq!(targets("azure-openai"), wanted("/openai"));
}

#[test]
fn a_credential_command_inherits_no_keys_but_its_own() {
    let listener = MockServer::new(|_, _| Response::json(200, &serde_json::json!({ "object": "list", "data": [] })));
    let asst = [
        ("OPENAI_API_KEY", "sk-secret"),
        ("AZURE_OPENAI_API_KEY", "sk-secret"),
        ("ASST_SERVE_KEY", "sk-secret"),
        ("OTHER_KEY", "sk-secret"),
        ("PGPASSWORD", "sk-secret"),
        ("AZURE_CLIENT_SECRET", "theirs"),
        ("OP_SERVICE_ACCOUNT_TOKEN", "theirs"),
        ("HTTPS_PROXY", "http://ada:theirs@127.0.0.1:1"),
    ]
    .into_iter()
    .fold(Asst::new(), |asst, (name, value)| asst.env(name, value));
    let seen = asst.home().join("seen");
    asst.config(&format!(
        "[profiles.a]\nbase_url = \"{}\"\napi_key_command = \"env > {}; echo sk-from-command\"\n\
         [profiles.b]\nbackend = \"openai\"\napi_key_env = \"OTHER_KEY\"\n",
        listener.url(),
        seen.display()
    ));
    // `record` removes the keys from the environment before the command runs.
    for args in [&["--profile", "a", "files", "list"][..], &["--profile", "a", "record", "--", "true"]] {
        asst.run(args).ok();
        let text = std::fs::read_to_string(&seen).unwrap();
        assert!(!text.contains("sk-secret"), "{args:?}: {text}");
        for kept in ["AZURE_CLIENT_SECRET=theirs", "OP_SERVICE_ACCOUNT_TOKEN=theirs", "HTTPS_PROXY=http://ada:theirs@"]
        {
            assert!(text.lines().any(|line| line.starts_with(kept)), "{args:?}: {kept} in {text}");
        }
    }
}
