//! Azure OpenAI (docs/protocol/dialects.md#azure-openai).

use super::{KEY, backend, main_job};
use crate::support::test_env::{Asst, shows};

const PROFILE: &str = "backend = \"azure-openai\"\nbase_url = \"BASE\"\napi_key_env = \"BACKEND_KEY\"";
const VERSION: &str = "\napi_version = \"2024-05-01-preview\"";

#[test]
fn main_job_succeeds_on_azure() {
    let (_server, asst) = backend(&[], &format!("{PROFILE}{VERSION}"));
    main_job(&asst);
    // Run steps of this dialect have no `usage`. A table must still print them.
    let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let assistant = asst.run(["assistants", "create", "--model", "echo", "-o", "id"]).ok().id();
    asst.run(["runs", "create", &thread, "--assistant-id", &assistant]).ok();
    asst.run(["threads", "list"]).ok().says("pass --remote to ask the backend, if it can list threads");
    assert_eq!(asst.run(["threads", "list", "--remote"]).ok().ids(), [thread]);
}

#[test]
fn azure_profile_accepts_a_token_instead_of_a_key() {
    let profile = PROFILE.replace("api_key_env = \"BACKEND_KEY\"", &format!("token_command = \"echo {KEY}\""));
    let (_server, asst) = backend(&[], &format!("{profile}{VERSION}"));
    asst.run(["assistants", "list"]).ok();
}

#[test]
fn azure_sdk_variables_select_the_backend() {
    let (server, _owner) = backend(&[], "backend = \"local\"");
    let asst = Asst::new()
        .env("AZURE_OPENAI_ENDPOINT", server.url.trim_end_matches("/v1"))
        .env("AZURE_OPENAI_API_KEY", KEY)
        .env("OPENAI_API_VERSION", "2024-05-01-preview");
    main_job(&asst);
}

#[test]
fn azure_profile_without_api_version_exits_2() {
    let (_server, asst) = backend(&[], PROFILE);
    shows!(asst.run(["assistants", "list"]), @r"
    --- stderr ---
    error: [home]/config/asst/config.toml: `api_version` of profile `work` is missing
      hint: it is the api-version of the resource, such as 2024-05-01-preview
    exit 2
    ");
    // The newer API of the same resources has no api-version.
    let profile = PROFILE.replace("BASE", "BASE/openai/v1");
    let (_server, asst) = backend(&[], &profile);
    asst.run(["assistants", "list"]).ok();
}

#[test]
fn api_version_without_assistants_exits_5() {
    let (_server, asst) = backend(&[], &format!("{PROFILE}\napi_version = \"2024-02-15-preview\""));
    shows!(asst.run(["assistants", "list"]), @r"
    --- stderr ---
    error: could not list assistants: refused (400, code UnsupportedApiVersionValue, request id [req])
      caused by: The api-version '2024-02-15-preview' does not support assistants.
    exit 5
    ");
}
