//! Credentials from every source end up in the right header and never in any output
//! (docs/design/configuration.md#credentials). Every secret of these tests contains [`MARK`], and no output may contain
//! it.

mod echoed;
mod environment;
mod sources;
mod tokens;

use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, Ran};

/// The text that no output may contain.
const MARK: &str = "hush";
const KEY: &str = "sk-hush-0123456789";

/// Returns a user whose default profile `work` names the backend and has these additional lines.
fn user(listener: &MockServer, backend: &str, lines: &str) -> Asst {
    let asst = Asst::new();
    configure(&asst, listener, backend, lines);
    asst
}

fn configure(asst: &Asst, listener: &MockServer, backend: &str, lines: &str) {
    let base = listener.url();
    let versioned = backend != "azure-openai" || lines.contains("api_version");
    let version = if versioned { "" } else { "api_version = \"2024-05-01-preview\"\n" };
    asst.config(&format!(
        "default_profile = \"work\"\n[profiles.work]\nbackend = \"{backend}\"\nbase_url = \"{base}\"\n{version}{lines}\n"
    ));
    private(&asst.home().join("config/asst/config.toml"), 0o600);
}

/// Sets the mode of a file on Unix.
fn private(path: &std::path::Path, mode: u32) {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    #[cfg(not(unix))]
    let _ = (path, mode);
}

/// Runs a command with a full trace and checks that no output contains a secret.
#[track_caller]
fn traced(asst: &Asst, args: &[&str]) -> Ran {
    hushed(asst.run([&["--trace=full"], args].concat()))
}

#[track_caller]
fn hushed(ran: Ran) -> Ran {
    assert!(!ran.text().contains(MARK), "a secret is shown:\n{}", ran.text());
    ran
}

/// Returns the values of both credential headers for each request.
fn shown_to(listener: &MockServer) -> Vec<(Option<String>, Option<String>)> {
    let header = |request: &crate::support::mock_server::Request, name: &str| request.header(name).map(str::to_owned);
    listener.requests().iter().map(|request| (header(request, "authorization"), header(request, "api-key"))).collect()
}

fn bearer(key: &str) -> (Option<String>, Option<String>) {
    (Some(format!("Bearer {key}")), None)
}

fn api_key(key: &str) -> (Option<String>, Option<String>) {
    (None, Some(key.to_owned()))
}
