//! `asst ledger import`: IDs from texts and tables.

mod crashes;
mod lines;
mod tables;

use crate::support::test_env::Asst;

fn rows(asst: &Asst) -> Vec<serde_json::Value> {
    let listed = asst.run(["ledger", "list", "--all-origins", "-o", "jsonl"]).ok();
    listed.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns a user whose origin needs no backend.
fn user() -> Asst {
    Asst::new().env("OPENAI_API_KEY", "sk-none")
}
