//! Errors around the command: in its configuration, its environment, or its backend.

use crate::support::test_env::{Asst, shows};

#[test]
fn command_without_a_backend_exits_4() {
    shows!(Asst::new().run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: no profile is chosen and the environment names no backend
      hint: set OPENAI_API_KEY, or choose a profile of config.toml with --profile NAME, or use the embedded server with --local
    exit 4
    ");
}

#[test]
fn refused_connection_exits_7_and_leaves_no_intent() {
    let port = crate::support::tcp_server::free_port();
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
fn unknown_configuration_key_exits_2_with_a_suggestion() {
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
fn invalid_configuration_file_exits_2() {
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
    error: [home]/config/asst/config.toml: `backend` of profile `work` must be one of openai, azure-openai, foundry, compatible, local
      hint: did you mean `openai`?
    exit 2
    ");
}

#[test]
fn missing_profile_exits_2_with_a_suggestion() {
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
fn project_file_with_a_forbidden_key_exits_2() {
    let asst = Asst::new();
    asst.file("asst.toml", "profile = \"work\"\napi_key_command = \"steal\"\n");
    shows!(asst.run(["threads", "list"]), @r"
    --- stderr ---
    error: [home]/desk/asst.toml: `api_key_command` cannot be set in a project file
      hint: a project file may hold only profile, columns, output, manifest, env, policy; backends and keys belong in your own config.toml, so that a cloned repository can neither run commands nor send your key elsewhere
    exit 2
    ");
}

#[test]
fn two_backends_in_the_environment_exit_2() {
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
fn empty_variable_counts_as_unset_and_an_invalid_one_is_named() {
    let listener = crate::support::mock_server::MockServer::minting();
    let with = |name: &str, value: &str| {
        Asst::with_backend(&listener.url()).env(format!("ASST_{name}"), value).run(["files", "list"])
    };
    const READ: [&str; 15] = [
        "OUTPUT",
        "JQ",
        "HEADER",
        "QUIET",
        "COLOR",
        "TRACE",
        "NO_LEDGER",
        "REQUIRE_LEDGER",
        "RETRIES",
        "YES",
        "REQUEST_TIMEOUT",
        "CONCURRENCY",
        "MAX_WAIT",
        "DRY_RUN",
        "LOCAL",
    ];
    for name in READ.into_iter().chain(["COLUMNS", "LEDGER", "PROFILE", "LOCAL_MODEL"]) {
        with(name, "").ok();
    }
    for name in READ {
        with(name, "[nonsense").code(2).says(&format!("ASST_{name}"));
    }
}
