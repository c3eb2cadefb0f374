//! Filters with an empty value, such as that of a variable that is not set.

use crate::support::test_env::Asst;

#[test]
fn an_empty_value_of_a_filter_is_refused() {
    let asst = Asst::with_backend("http://127.0.0.1:9/v1").env("OPENAI_API_KEY", "sk-test-0123456789");
    asst.fed("thread_1\n", &["ledger", "import", "-"]).ok();
    let prune = ["threads", "prune", "--source", "any", "--any-assistant", "--grace", "1s", "--yes"];
    let cases: [(&[&str], &[&str]); 9] = [
        (&prune, &["--id-prefix", "--ci-job", "--assistant"]),
        (&["threads", "list"], &["--id-prefix", "--ci-job", "--assistant", "--origin"]),
        (&["ledger", "list"], &["--id-prefix", "--ci-job", "--assistant", "--origin"]),
        (&["conversations", "list"], &["--id-prefix", "--ci-job"]),
        (&["runs", "prune", "--yes"], &["--ci-job", "--assistant"]),
        (&["files", "prune", "--unreferenced", "--yes"], &["--purpose"]),
        (&["files", "list"], &["--purpose"]),
        (&["messages", "list", "thread_1"], &["--run-id"]),
        (&["export", "archive"], &["--id-prefix", "--ci-job", "--assistant"]),
    ];
    for (command, flags) in cases {
        for (flag, value) in flags.iter().flat_map(|flag| [(*flag, ""), (*flag, " ")]) {
            let ran = asst.run([command, &[flag, value]].concat());
            assert_eq!(ran.code, Some(2), "{command:?} {flag}: {}", ran.text());
            assert!(ran.stderr.contains("the value is empty"), "{command:?} {flag}: {}", ran.text());
        }
    }
    asst.run(["threads", "list", "--metadata", "=x"]).code(2).says("the key before `=` is empty");
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().ids(), ["thread_1"]);
}

#[test]
fn an_empty_condition_of_a_retention_file_is_refused() {
    let asst = Asst::with_backend("http://127.0.0.1:9/v1").env("OPENAI_API_KEY", "sk-test-0123456789");
    for text in ["[[rule]]\nci_job = ''\n", "[[rule]]\norphaned = true\n[[hold]]\nassistant = ''\n"] {
        asst.file("retention.toml", text);
        let ran = asst.run(["threads", "prune", "--policy", "retention.toml", "--yes"]);
        assert_eq!(ran.code, Some(2), "{text}: {}", ran.text());
        assert!(ran.stderr.contains("the value of a condition is empty"), "{text}: {}", ran.text());
    }
}
