//! Bad input: messages and exit codes. An error that is visible before the request is refused before it. Those tests
//! use a backend that fails them on any request.

mod arguments;
mod columns;
mod configuration;
mod empty_filters;
mod files;
mod filters;
mod ids;
mod limits;
mod texts;
mod updates;
mod variables;

use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, Ran};

/// Runs a command with a backend that must not receive a request.
pub(crate) fn refused(asst: &Asst, args: &[&str]) -> Ran {
    let backend = MockServer::scripted([]);
    let all: Vec<&str> = args.to_vec();
    let mut command = asst.command(all);
    command.env("OPENAI_BASE_URL", backend.url()).env("OPENAI_API_KEY", "sk-test-0123456789");
    let ran = asst.ran(command.output().unwrap());
    assert_eq!(backend.lines(), Vec::<String>::new(), "it sent requests:\n{}", ran.text());
    assert!(!asst.ledger().exists(), "it opened a ledger for a call that it refused");
    ran
}
