//! The mock servers, each with the repaired document and its own port.

use crate::contract::repaired::repaired;
use crate::support::raw_http::RawResponse;
use crate::support::tcp_server::free_port;
use crate::support::third_party::Started;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A mock server that checks requests or responses.
pub(super) struct Validator {
    running: Started,
    complaints: Complaints,
    _folder: TempDir,
}

/// Extracts the errors that a mock server found from its response.
type Complaints = fn(&RawResponse) -> Vec<String>;

impl Validator {
    /// Starts the mock server that refuses invalid requests. Its responses are made up.
    pub(super) fn of_requests() -> Self {
        let (folder, programs, document) = prepared();
        let start = || {
            // The mock does not print its port, so it gets one that was free a moment ago.
            let port = free_port();
            let mut command = program(&programs, "steady", folder.path());
            command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--no-color", "--reject-on-sdk-error"]);
            // docs/protocol/servers.md#what-the-sdks-need-from-a-server: a form writes nested names in brackets.
            command.arg("--validator-form-object-format=brackets");
            Started::new(command.arg(&document), "Ready to accept requests on ")
        };
        let running = start().or_else(|_| start()).or_else(|_| start()).unwrap();
        Self { running, complaints: of_request, _folder: folder }
    }

    /// Starts the proxy that checks the responses of a server.
    pub(super) fn of_answers(server: &str) -> Self {
        let (folder, programs, document) = prepared();
        let mut command = program(&programs, "prism", folder.path());
        command.args(["proxy", "--host", "127.0.0.1", "--port", "0", "--validate-request", "false"]);
        let command = command.arg(&document).arg(server.trim_end_matches("/v1"));
        let running = Started::new(command, "Prism is listening on ").unwrap();
        Self { running, complaints: of_answer, _folder: folder }
    }

    /// Returns host and port.
    pub(super) fn host(&self) -> &str {
        self.running.url.trim_start_matches("http://")
    }

    pub(super) fn complaints(&self) -> Complaints {
        self.complaints
    }
}

/// Returns a temporary folder, the folder of the installed mock servers, and the path of the repaired document.
fn prepared() -> (TempDir, PathBuf, PathBuf) {
    let programs = std::env::var_os("ASST_MOCKS").expect("ASST_MOCKS names no folder; tests/mocks/run sets it");
    let document = repaired();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document.to_string()).unwrap();
    (folder, programs.into(), path)
}

fn program(programs: &Path, name: &str, home: &Path) -> Command {
    let mut command = Command::new(programs.join(name));
    command.env_clear().env("HOME", home).env("NO_COLOR", "1").current_dir(home);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Returns the errors of a request. Every response has their number, also if the request passes because no alternative
/// fits. A response without the number is not from this mock server.
fn of_request(answer: &RawResponse) -> Vec<String> {
    let of = |end| move |(name, _): &(&str, &str)| name.starts_with("x-steady-error-") && name.ends_with(end);
    match answer.header("x-steady-error-count") {
        Some("0") => Vec::new(),
        Some(_) => {
            let messages = answer.headers().filter(of("-message"));
            let paths = answer.headers().filter(of("-path"));
            messages.zip(paths).map(|((_, message), (_, path))| format!("{path}: {message}")).collect()
        }
        None => vec![format!("it was not checked: {}", answer.head)],
    }
}

/// Returns the errors of a response. The proxy also checks requests, which are not tested here. A list that is too long
/// for a header is cut, after a sentence. It counts as an error if a part of the response occurs in it.
fn of_answer(answer: &RawResponse) -> Vec<String> {
    let Some(header) = answer.header("sl-violations") else { return Vec::new() };
    match serde_json::from_str::<Vec<Value>>(header) {
        Ok(errors) => errors.iter().filter(|one| one["location"][0] == "response").map(Value::to_string).collect(),
        Err(_) => {
            let list = header.strip_prefix("Too many violations! ").expect(header);
            list.contains(r#""location":["response""#).then(|| list.to_owned()).into_iter().collect()
        }
    }
}
