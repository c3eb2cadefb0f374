//! Only the proxy has the key. It is neither in the environment of the program nor in that of its parent process.

use super::{Recording, threads};
use crate::support::mock_server::{MockServer, mint};
use crate::support::raw_http::RawResponse;
use crate::support::test_env::Asst;

const SECRET: &str = "sk-secret-0123456789";

/// Variables with a credential of `asst`, of any profile.
const HELD: [(&str, &str); 20] = [
    ("COPY_OF_THE_KEY", SECRET),
    ("CURL_OPTIONS", "-H 'Authorization: Bearer sk-secret-0123456789'"),
    ("GATEWAY_KEY", SECRET),
    ("OTHER_KEY", SECRET),
    ("MODEL_KEY", SECRET),
    ("OPENAI_API_KEY", SECRET),
    ("OPENAI_ADMIN_KEY", SECRET),
    ("AZURE_OPENAI_API_KEY", SECRET),
    ("AZURE_OPENAI_AD_TOKEN", SECRET),
    ("AZURE_AI_AGENT_PROJECT_CONNECTION_STRING", SECRET),
    ("AZURE_AI_AGENTS_TOKEN", SECRET),
    ("AZURE_CLIENT_SECRET", SECRET),
    ("AZURE_PASSWORD", SECRET),
    ("ASST_SERVE_KEY", SECRET),
    ("ASST_SERVE_STORE", "postgres://ada:sk-secret-0123456789@127.0.0.1/store"),
    ("PGPASSWORD", SECRET),
    ("PGPASSFILE", "/nowhere/sk-secret-0123456789"),
    ("HTTPS_PROXY", "http://ada:sk-secret-0123456789@127.0.0.1:1"),
    ("all_proxy", "http://ada:sk-secret-0123456789@127.0.0.1:1"),
    ("ftp_proxy", "http://ada:sk-secret-0123456789@127.0.0.1:1"),
];

/// Variables that the program needs.
const KEPT: [(&str, &str); 6] = [
    ("OPENAI_MODEL", "gpt-4o"),
    ("AZURE_STORAGE_KEY", "theirs"),
    ("AZURE_CONFIG_DIR", "/somewhere"),
    ("WEATHER_API_KEY", "theirs"),
    ("HTTP_PROXY", "http://127.0.0.1:1"),
    ("DATABASE_URL", "postgres://app:theirs@127.0.0.1/app"),
];

fn holding(listener: &MockServer) -> Asst {
    let asst = HELD.iter().chain(&KEPT).fold(Asst::new(), |asst, (name, value)| asst.env(name, value));
    asst.config(&format!(
        "default_profile = \"a\"\n[profiles.a]\nbase_url = \"{}\"\napi_key_env = \"GATEWAY_KEY\"\n\
         [profiles.b]\nbackend = \"openai\"\napi_key_env = \"OTHER_KEY\"\n",
        listener.url()
    ));
    asst.env("ASST_MODEL_KEY_ENV", "MODEL_KEY")
}

#[test]
fn the_program_gets_no_credential_and_the_backend_gets_its_key() {
    let listener = MockServer::new(mint);
    let asst = holding(&listener);
    let seen = asst.run(["record", "--", "env"]).ok().stdout;
    assert!(!seen.contains("sk-secret"), "{seen}");
    for (name, value) in KEPT {
        assert!(seen.lines().any(|line| line == format!("{name}={value}")), "{name} in\n{seen}");
    }
    assert!(!seen.contains("ASST_HANDOVER"), "{seen}");
    let recording = Recording::start(&asst, &[]);
    assert_eq!(recording.begin("POST /v1/threads", b"").status, 200);
    recording.end().ok();
    assert_eq!(listener.requests()[0].header("authorization"), Some("Bearer sk-secret-0123456789"));
}

#[test]
fn a_key_that_a_command_printed_is_withheld_under_any_name() {
    let listener = MockServer::new(mint);
    let asst = Asst::new().env("SOURCE_OF_IT", SECRET);
    asst.config(&format!(
        "default_profile = \"a\"\n[profiles.a]\nbase_url = \"{}\"\napi_key_command = \"echo $SOURCE_OF_IT\"\n",
        listener.url()
    ));
    let seen = asst.run(["record", "--", "env"]).ok().stdout;
    assert!(!seen.contains("sk-secret") && seen.contains("PATH="), "{seen}");
}

#[test]
fn arguments_and_standard_input_survive_the_second_start() {
    let listener = MockServer::new(mint);
    let asst = holding(&listener);
    let ran = asst.fed("typed\n", &["record", "--", "sh", "-c", "cat; printf '%s|' \"$@\"", "x", "", "a b", "--", "é"]);
    assert_eq!(ran.ok().stdout, "typed\n|a b|--|é|");
}

#[cfg(target_os = "linux")]
#[test]
fn the_parent_of_the_program_has_no_credential_in_its_environment() {
    // The environment must be clean, because an administrator can read every process.
    let script = "tr '\\0' '\\n' </proc/$PPID/environ; ls -l /proc/$PPID/fd 2>/dev/null | grep -c secret";
    let listener = MockServer::new(mint);
    let seen = holding(&listener).run(["record", "--", "sh", "-c", script]).stdout;
    assert!(!seen.contains("sk-secret"), "{seen}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_unprivileged_program_cannot_read_its_parent() {
    let listener = MockServer::new(mint);
    let asst = holding(&listener).unprivileged();
    let script = "for part in environ mem maps; do cat /proc/$PPID/$part >/dev/null 2>&1 && echo read $part; done; \
                  ls /proc/$PPID/fd >/dev/null 2>&1 && echo read fd; env";
    let seen = asst.run(["record", "--", "sh", "-c", script]).ok().stdout;
    assert!(!seen.contains("sk-secret") && !seen.contains("read "), "{seen}");
    assert!(seen.contains("OPENAI_BASE_URL="), "{seen}");
}

#[test]
fn a_handover_variable_from_outside_is_ignored() {
    let listener = MockServer::new(mint);
    for text in ["1:0", "x", ":", "0:0", "99999999999999:7"] {
        let asst = holding(&listener).env("ASST_HANDOVER", text);
        let ran = asst.fed("typed\n", &["record", "--", "sh", "-c", "cat; env"]).ok();
        assert!(ran.stdout.starts_with("typed\n") && !ran.stdout.contains("sk-secret"), "{text}: {}", ran.text());
    }
}

#[test]
fn credentials_longer_than_the_buffer_of_a_pipe_are_withheld() {
    let listener = MockServer::new(mint);
    let long = "sk-secret-".repeat(10_000);
    let asst = holding(&listener).env("OPENAI_ADMIN_KEY", long);
    let recording = Recording::start(&asst, &[]);
    let head = format!(
        "GET /v1/files HTTP/1.1\nhost: {}\nauthorization: Bearer {}\nconnection: close",
        recording.host(),
        recording.key
    );
    let _ = RawResponse::read(recording.send_raw(&head, b"")).unwrap();
    recording.end().ok();
    assert_eq!(listener.requests()[0].header("authorization"), Some("Bearer sk-secret-0123456789"));
    assert!(!asst.run(["record", "--", "env"]).ok().stdout.contains("sk-secret"));
}

#[test]
fn a_proxy_with_a_password_is_used_by_the_recording() {
    let proxy = MockServer::new(threads);
    let address = proxy.url().replace("http://", "http://ada:sk-secret-0123456789@").replace("/v1", "");
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        let before = proxy.requests().len();
        let asst = Asst::with_backend("http://api.backend.invalid/v1").env(name, &address);
        let recording = Recording::start(&asst, &[]);
        assert_eq!(recording.begin("POST /v1/threads", b"").status, 200, "{name}");
        recording.end().ok();
        let request = proxy.requests().remove(before);
        assert_eq!(request.target, "http://api.backend.invalid/v1/threads", "{name}");
        assert!(request.header("proxy-authorization").is_some_and(|value| value.starts_with("Basic ")), "{name}");
    }
}
