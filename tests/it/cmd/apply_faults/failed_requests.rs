//! Failures of single requests, and lists that may be incomplete.

use super::{apply_and_check, counts, write};
use crate::support::test_env::{Asst, served};

/// The requests of an apply that creates and then changes everything.
const REQUESTS: [&str; 9] = [
    "GET /assistants",
    "GET /vector_stores",
    "GET /files",
    "GET /vector_stores/{vector_store_id}/files",
    "POST /files",
    "POST /vector_stores",
    "POST /vector_stores/{vector_store_id}/file_batches",
    "POST /assistants",
    "POST /assistants/{assistant_id}",
];

#[test]
fn a_request_that_fails_after_it_was_executed_leaves_no_second_object() {
    for request in REQUESTS {
        for kind in ["500-after-commit", "cut-after-commit", "cut-within=5"] {
            let fault = format!("{kind},times=1,on={request}");
            let (_server, asst) = served(&["--fault", &fault]);
            write(&asst, 1, 1);
            let first = asst.run(["apply", "--retries", "0"]);
            write(&asst, 2, 1);
            let second = asst.run(["apply", "--retries", "0", "--on-drift", "overwrite"]);
            let codes = [&first, &second].map(|ran| ran.code);
            assert_ne!(codes, [Some(0), Some(0)], "{fault}: the fault hits one of them: {}", first.text());
            apply_and_check(&asst, 2, 1, &fault);
        }
    }
}

#[test]
fn retries_hide_a_failure_of_every_request() {
    // A create is repeated only if it was certainly not executed.
    for (kind, method) in [("500", "GET"), ("cut", "GET"), ("429", "")] {
        let hit = REQUESTS.iter().filter(|request| request.starts_with(method));
        let faults: Vec<String> = hit.map(|request| format!("{kind},times=1,on={request}")).collect();
        let faults: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
        let (_server, asst) = served(&faults);
        for number in [1, 2] {
            write(&asst, number, 2);
            apply_and_check(&asst, number, 2, kind);
        }
    }
}

/// Checks that a plan and an apply refuse the lists of the backend before any change.
#[track_caller]
fn refuses_the_lists(asst: &Asst, case: &str) {
    for command in [&["plan"][..], &["apply"], &["apply", "--prune", "--yes"]] {
        let ran = asst.run([command, &["--trace"]].concat());
        assert_eq!(ran.code, Some(8), "{case} {command:?}: {}", ran.text());
        assert!(ran.stderr.contains("may be incomplete"), "{case} {command:?}: {}", ran.text());
        assert!(!ran.stderr.contains("> POST"), "{case} {command:?}: {}", ran.text());
    }
}

#[test]
fn a_list_that_never_ends_changes_nothing() {
    for list in ["GET /assistants", "GET /vector_stores", "GET /files"] {
        let (_server, asst) = served(&["--fault", &format!("endless-has-more,on={list}")]);
        write(&asst, 1, 1);
        for name in ["x", "y"] {
            asst.file(name, "Somebody's.\n");
            asst.run(["files", "upload", name]).ok();
            asst.run(["vector-stores", "create", "--name", name]).ok();
            asst.run(["assistants", "create", "--model", "m", "--name", name]).ok();
        }
        refuses_the_lists(&asst, list);
    }
}

#[test]
fn a_list_that_repeats_its_first_page_changes_nothing() {
    let (_server, asst) = served(&["--fault", "ignore-after,on=GET /assistants"]);
    let many: String = (0..101).map(|n| format!("  a{n}: {{model: m}}\n")).collect();
    asst.file("other.yaml", format!("asst: 1\nproject: other\nassistants:\n{many}"));
    // The list at the end of this apply repeats too.
    asst.run(["apply", "other.yaml"]).code(8);
    write(&asst, 1, 1);
    refuses_the_lists(&asst, "ignore-after");
}

#[test]
fn two_applies_of_every_kind_at_once_end_in_one_state() {
    let (_server, asst) = served(&["--fault", "latency=5ms..25ms"]);
    write(&asst, 1, 3);
    let children: Vec<_> = (0..3).map(|_| asst.command(["apply"]).spawn().unwrap()).collect();
    for child in children {
        let ran = asst.ran(child.wait_with_output().unwrap());
        assert!(matches!(ran.code, Some(0 | 8)), "{}", ran.text());
    }
    assert!(counts(&asst)[0] >= 4, "each object exists");
    apply_and_check(&asst, 1, 3, "after both");
}
