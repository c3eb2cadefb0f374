//! A profile of a Foundry project: the variables that Microsoft's libraries and samples read, and the paths that they
//! form.

use super::{Recording, rows, threads};
use crate::support::mock_server::{MockServer, mint};
use crate::support::raw_http::RawResponse;
use crate::support::test_env::Asst;

fn project(listener: &MockServer) -> Asst {
    let asst = Asst::new()
        .env("FOUNDRY_KEY", "foundry-key-0123456789")
        .env("PROJECT_ENDPOINT", "https://left-over.example/api/projects/P")
        .env("AZURE_OPENAI_ENDPOINT", "https://left-over.example");
    let base = listener.url().replace("/v1", "/api/projects/P");
    asst.config(&format!(
        "default_profile = \"a\"\n[profiles.a]\nbackend = \"foundry\"\nbase_url = \"{base}\"\n\
         api_key_env = \"FOUNDRY_KEY\"\n"
    ));
    asst
}

#[test]
fn the_variables_of_microsofts_libraries_point_to_the_proxy() {
    let seen = project(&MockServer::new(mint)).run(["record", "--", "env"]).ok().stdout;
    let value = |name: &str| seen.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    for name in [
        "AZURE_AI_PROJECT_ENDPOINT",
        "PROJECT_ENDPOINT",
        "AZURE_AI_AGENT_ENDPOINT",
        "AZURE_AI_AGENTS_ENDPOINT",
        "AZURE_AI_FOUNDRY_PROJECT_ENDPOINT",
        "FOUNDRY_PROJECT_ENDPOINT",
    ] {
        let url = value(name).unwrap_or_else(|| panic!("{name} in {seen}"));
        assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/api/projects/P"), "{name}={url}");
    }
    assert!(value("OPENAI_BASE_URL").is_some_and(|url| url.ends_with("/v1")), "{seen}");
    assert_eq!(value("AZURE_AI_AGENTS_TOKEN"), value("OPENAI_API_KEY"));
    assert_eq!(value("AZURE_OPENAI_ENDPOINT"), None);
}

#[test]
fn a_path_with_the_project_is_recorded_and_not_doubled() {
    let listener = MockServer::new(threads);
    let asst = project(&listener);
    let recording = Recording::start(&asst, &[]);
    for path in ["/api/projects/P/threads?api%2Dversion=v1", "/api/projects/P/threads/", "/v1/threads", "/threads"] {
        assert_eq!(recording.begin(&format!("POST {path}"), b"").status, 200, "{path}");
    }
    let other: RawResponse = recording.begin("POST /api/projects/other/threads", b"");
    assert_eq!((other.status, &other.json()["error"]["code"]), (400, &serde_json::json!("other_project")));
    recording.end().ok().says("4 created");
    let expected = [
        "POST /api/projects/P/threads?api%2Dversion=v1",
        "POST /api/projects/P/threads/?api-version=v1",
        "POST /api/projects/P/threads?api-version=v1",
        "POST /api/projects/P/threads?api-version=v1",
    ];
    assert_eq!(listener.lines(), expected);
    assert_eq!(rows(&asst).len(), 4);
}
