//! Faults on demand, each before the real client: the server does what it was told to, and the client what it should then.

mod answers;
mod connections;
mod lists;
mod runs;
mod words;

use crate::test_env::{Asst, Ran, Standing};

/// A user whose server has these faults.
fn faulty(faults: &[&str]) -> (Standing, Asst) {
    let asst = Asst::new();
    let args: Vec<&str> = ["--fault-seed", "1"].into_iter().chain(faults.iter().flat_map(|f| ["--fault", f])).collect();
    let server = asst.serve(&args);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    (server, asst)
}

/// Returns how many answers of a traced command began with this.
fn answers(ran: &Ran, status: &str) -> usize {
    ran.stderr.lines().filter(|line| line.starts_with(&format!("< {status}"))).count()
}

/// Returns how many threads the server has, whatever the ledger knows.
fn threads(asst: &Asst) -> usize {
    asst.run(["threads", "list", "--remote", "-o", "id"]).ok().ids().len()
}
