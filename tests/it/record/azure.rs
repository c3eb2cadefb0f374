//! A profile of Azure OpenAI: another address, another header for the key, a version.

use super::{Answer, Recording};
use crate::listener::{Listener, mint};
use crate::world::Asst;

#[test]
fn a_program_finds_azures_variables_and_the_backend_its_own_key() {
    let listener = Listener::new(mint);
    let base = listener.url().replace("/v1", "");
    let asst = Asst::new().env("AZURE_KEY", "azure-key-0123456789").env("AZURE_OPENAI_AD_TOKEN", "left-over");
    asst.config(&format!(
        "default_profile = \"a\"\n[profiles.a]\nbackend = \"azure-openai\"\nbase_url = \"{base}\"\n\
         api_version = \"2025-01-01-preview\"\napi_key_env = \"AZURE_KEY\"\n"
    ));
    let script = "echo $AZURE_OPENAI_ENDPOINT/v1 = $OPENAI_BASE_URL, $AZURE_OPENAI_API_KEY = $OPENAI_API_KEY, \
                  $OPENAI_API_VERSION, ${AZURE_OPENAI_AD_TOKEN:-no token}";
    let ran = asst.run(["record", "--", "sh", "-c", script]).ok();
    let (same, rest) = ran.stdout.trim_end().split_once(", 2025").unwrap();
    assert_eq!(rest, "-01-01-preview, no token");
    for pair in same.split(", ") {
        let (one, other) = pair.split_once(" = ").unwrap();
        assert_eq!(one, other);
    }
    let recording = Recording::start(&asst, &[]);
    let (host, key) = (recording.host().to_owned(), recording.key.clone());
    for path in ["/openai/threads?api-version=2024-10-21", "/v1/threads", "/openai/v1/threads"] {
        let head = format!("POST {path} HTTP/1.1\nhost: {host}\napi-key: {key}\ncontent-length: 0\nconnection: close");
        let _ = Answer::of(recording.send_raw(&head, b""));
    }
    recording.end().ok();
    let expected = [
        "POST /openai/threads?api-version=2024-10-21",
        "POST /openai/threads?api-version=2025-01-01-preview",
        "POST /openai/v1/threads",
    ];
    assert_eq!(listener.lines(), expected);
    for asked in listener.asked() {
        assert_eq!((asked.header("api-key"), asked.header("authorization")), (Some("azure-key-0123456789"), None));
    }
}
