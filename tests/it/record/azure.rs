//! A profile of Azure OpenAI: another address, another header for the key, and an api-version.

use super::Recording;
use crate::support::mock_server::{MockServer, mint};
use crate::support::raw_http::RawResponse;
use crate::support::test_env::Asst;

#[test]
fn program_gets_azure_variables_and_the_backend_its_own_key() {
    let listener = MockServer::new(mint);
    let base = listener.url().replace("/v1", "");
    let asst = Asst::new()
        .env("AZURE_KEY", "azure-key-0123456789")
        .env("AZURE_OPENAI_AD_TOKEN", "left-over")
        .env("AZURE_OPENAI_BASE_URL", "left-over")
        .env("OPENAI_BASE_URL", "left-over")
        .env("OPENAI_API_BASE", "left-over")
        .env("OPENAI_API_KEY", "left-over");
    asst.config(&format!(
        "default_profile = \"a\"\n[profiles.a]\nbackend = \"azure-openai\"\nbase_url = \"{base}\"\n\
         api_version = \"2025-01-01-preview\"\napi_key_env = \"AZURE_KEY\"\n"
    ));
    let seen = asst.run(["record", "--", "env"]).ok().stdout;
    let value = |name: &str| seen.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    assert!(value("AZURE_OPENAI_ENDPOINT").is_some_and(|url| url.starts_with("http://127.0.0.1:")), "{seen}");
    assert_eq!(value("AZURE_OPENAI_API_KEY").map(str::len), Some(40));
    assert_eq!(value("OPENAI_API_VERSION"), Some("2025-01-01-preview"));
    assert_eq!(value("AZURE_OPENAI_API_VERSION"), Some("2025-01-01-preview"));
    // OpenAI's library for Node refuses to start if a base URL is set as well.
    for name in
        ["OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "AZURE_OPENAI_BASE_URL"]
    {
        assert_eq!(value(name), None, "{name}");
    }
    let own = asst.command(["record", "--", "env"]).env("OPENAI_API_VERSION", "2024-10-21").output().unwrap();
    assert!(asst.ran(own).stdout.contains("OPENAI_API_VERSION=2024-10-21\n"), "the program's own version stays");
    let recording = Recording::start(&asst, &[]);
    let (host, key) = (recording.host().to_owned(), recording.key.clone());
    let encoded = "/openai/threads?api%2Dversion=2024-10-21";
    for path in ["/openai/threads?api-version=2024-10-21", encoded, "/v1/threads", "/openai/v1/threads"] {
        let head = format!("POST {path} HTTP/1.1\nhost: {host}\napi-key: {key}\ncontent-length: 0\nconnection: close");
        let _ = RawResponse::read(recording.send_raw(&head, b"")).unwrap();
    }
    recording.end().ok();
    let expected = [
        "POST /openai/threads?api-version=2024-10-21",
        "POST /openai/threads?api%2Dversion=2024-10-21",
        "POST /openai/threads?api-version=2025-01-01-preview",
        "POST /openai/v1/threads",
    ];
    assert_eq!(listener.lines(), expected);
    for request in listener.requests() {
        assert_eq!((request.header("api-key"), request.header("authorization")), (Some("azure-key-0123456789"), None));
    }
}
