//! Filters that recurse, repeat, or grow without end. The command must fail with a clear error and use little memory.

use crate::support::memory::measured;
use crate::support::test_env::Asst;

#[test]
fn endless_filter_is_stopped() {
    let cases = [
        ("def f: f + 1; f", "exceeded 768 MiB"),
        ("def f: [f]; f", "exceeded 768 MiB"),
        ("\"[\" * 1000000 | fromjson", ""),
        ("reduce range(1000000) as $i (0; [.]) | tojson", "exceeded 768 MiB"),
        ("repeat(1)", "more than 1000000 values"),
        ("range(1e12)", "more than 1000000 values"),
        ("[limit(1e9; repeat(1))]", "exceeded 768 MiB"),
        ("[range(1e12)]", "exceeded 768 MiB"),
        ("\"x\" * 100000000000", "exceeded 768 MiB"),
        ("reduce range(60) as $i (\"x\"; . + .)", "exceeded 768 MiB"),
    ];
    // A filter that fills the memory slowly reaches the time limit first.
    let reports =
        |stderr: &str, why: &str| stderr.contains(why) || why == "exceeded 768 MiB" && stderr.contains("took longer");
    std::thread::scope(|scope| {
        for (filter, why) in cases {
            scope.spawn(move || {
                let (ran, peak) = measured(&Asst::new(), ["ledger", "stats", "--jq", filter]);
                assert_eq!(ran.code, Some(1), "{filter}: {}", ran.text());
                assert!(ran.stderr.contains("the filter of `--jq` failed"), "{filter}: {}", ran.text());
                assert!(reports(&ran.stderr, why) && ran.stdout.is_empty(), "{filter}: {}", ran.text());
                assert!(peak.is_none_or(|peak| peak < 300), "{filter}: {peak:?} MiB");
            });
        }
    });
}

#[test]
fn filter_cannot_read_the_environment() {
    let asst = Asst::new().env("OPENAI_API_KEY", "sk-test-0123456789");
    let ran = asst.run(["ledger", "stats", "--jq", "env, $ENV | length"]);
    assert!(!ran.text().contains("sk-test"), "{}", ran.text());
}

#[test]
fn a_filter_is_applied_to_each_of_many_items() {
    let asst = Asst::with_backend("http://127.0.0.1:9/v1");
    let ids: String = (0..2_000).map(|n| format!("thread_{n:024}\n")).collect();
    asst.fed(&ids, &["ledger", "import", "-"]).ok();
    let each = asst.run(["ledger", "list", "-o", "jsonl", "--jq", ".id"]).ok();
    assert!(each.stdout.lines().count() >= 100, "{}", each.stdout.lines().count());
    assert!(each.stdout.lines().all(|line| line.starts_with("thread_")));
}

#[test]
fn a_filter_that_is_too_long_is_refused() {
    let filter = ".".repeat(70_000);
    let ran = Asst::new().run(["ledger", "stats", "--jq", &filter]).code(2);
    assert!(ran.stderr.contains("at most 65536 bytes"));
    let nested = format!("{}1{}", "(".repeat(30_000), ")".repeat(30_000));
    let ran = Asst::new().run(["ledger", "stats", "--jq", &nested]);
    assert!(matches!(ran.code, Some(0..=2)), "{:?}", ran.code);
}
