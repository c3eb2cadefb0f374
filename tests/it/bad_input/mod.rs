//! Bad input: what is said, and the code. What can be seen before the call is refused before the call: those tests have a
//! backend that fails them when it is asked.

mod changes;
mod columns;
mod configuration;
mod files;
mod filters;
mod ids;
mod limits;
mod submits;
mod texts;
mod variables;
mod words;

use crate::mock_server::Listener;
use crate::test_env::{Asst, Ran};

/// Runs with a backend that must not be asked.
fn refused(asst: &Asst, args: &[&str]) -> Ran {
    let nobody = Listener::scripted([]);
    let all: Vec<&str> = args.to_vec();
    let mut command = asst.command(all);
    command.env("OPENAI_BASE_URL", nobody.url()).env("OPENAI_API_KEY", "sk-test-0123456789");
    let ran = asst.ran(command.output().unwrap());
    assert_eq!(nobody.lines(), Vec::<String>::new(), "it called:\n{}", ran.text());
    assert!(!asst.ledger().exists(), "it opened a ledger for a call that it refused");
    ran
}
