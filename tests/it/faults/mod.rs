//! Injected faults, tested with the real client: the server fails as requested, and the client reacts as documented.

mod arguments;
mod connections;
mod lists;
mod responses;
mod runs;

use crate::support::test_env::{Asst, Ran, Server};

/// Returns a user whose server injects these faults.
fn faulty(faults: &[&str]) -> (Server, Asst) {
    let asst = Asst::new();
    let args: Vec<&str> = ["--fault-seed", "1"].into_iter().chain(faults.iter().flat_map(|f| ["--fault", f])).collect();
    let server = asst.serve(&args);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    (server, asst)
}

/// Returns the number of answers in a trace that begin with this status.
fn answers(ran: &Ran, status: &str) -> usize {
    ran.stderr.lines().filter(|line| line.starts_with(&format!("< {status}"))).count()
}

/// Returns the number of threads on the server, independent of the ledger.
fn threads(asst: &Asst) -> usize {
    asst.run(["threads", "list", "--remote", "-o", "id"]).ok().ids().len()
}
