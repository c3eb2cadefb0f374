//! `asst ledger stats`: rows counted by kind, state, and age.

use crate::support::test_env::{Asst, shows};
use serde_json::json;

#[test]
fn ledger_stats_count_rows_by_age() {
    let asst = Asst::new().env("ASST_NOW", "1700000000").env("OPENAI_API_KEY", "sk-none");
    let days = [0, 0, 2, 8, 31, 91, 366, 1000];
    let table = days.iter().enumerate().map(|(n, days)| format!("thread_{n},{}\n", 1_700_000_000 - days * 86_400));
    let table = format!("id,created_at\n{}asst_1,1700000000\n", table.collect::<String>());
    asst.file("t.csv", table);
    asst.run(["ledger", "import", "t.csv"]).ok();
    shows!(asst.run(["ledger", "stats", "--ages", "--header"]), @r"
    origin	kind	day	week	month	quarter	year	older
    openai:default	assistant	1	0	0	0	0	0
    openai:default	thread	2	1	1	1	1	2
    --- stderr ---
    open intents: 0, events: 0, in [home]/state/asst/ledger.db
    exit 0
    ");
    let first = asst.run(["ledger", "stats", "--ages", "-o", "json"]).ok().json()[1].clone();
    assert_eq!((&first["7d"], &first["older"]), (&json!(1), &json!(2)));
}
