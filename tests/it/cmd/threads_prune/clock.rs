//! A wrong clock prevents pruning.

use crate::support::aged_backend::http_date;
use crate::support::aged_backend::{DAY, Setup, at, days};
use crate::support::mock_server::Response;

#[test]
fn clock_skew_stops_pruning() {
    for (skew, expected) in [(100 * DAY + 60, "100d ahead of"), (330, "5m ahead of"), (-50 * DAY - 60, "50d behind")] {
        let setup = Setup::new();
        let thread = setup.thread();
        setup.backend().run(&thread, "asst_1", "queued", days(-40));
        setup.backend().file("file-old");
        setup.backend().stores = Some(Default::default());
        let now = days(0) + skew;
        for args in [
            &["threads", "prune", "--orphaned", "--yes"][..],
            &["threads", "prune", "--idle", "1d", "--any-assistant", "--cancel-runs", "--yes"],
            &["threads", "prune", "--orphaned", "--dry-run"],
            &["runs", "prune", "--stuck", "--yes"],
            &["files", "prune", "--unreferenced", "--yes"],
        ] {
            let ran = at(&setup.asst, now, args).code(1).says(expected).says("the backend's");
            assert_eq!(ran.stdout, "", "{args:?}");
        }
        let lines = setup.listener.lines();
        let changed = lines.iter().any(|line| line.starts_with("DELETE") || line.ends_with("/cancel"));
        assert!(!changed, "{skew}: {lines:?}");
    }
}

#[test]
fn skew_of_four_minutes_is_tolerated() {
    let setup = Setup::new();
    setup.thread();
    at(&setup.asst, days(0) - 240, &["threads", "prune", "--empty", "--yes"]).ok().says("1 deleted");
    let setup = Setup::new();
    setup.thread();
    at(&setup.asst, days(0) + 240, &["threads", "prune", "--empty", "--yes"]).ok().says("1 deleted");
}

#[test]
fn new_threads_are_kept_if_the_clock_is_in_the_future() {
    let setup = Setup::new();
    let id = at(&setup.asst, days(0), &["threads", "create", "-o", "id"]).ok().id();
    setup.backend().threads.get_mut(&id).unwrap()["created_at"] = serde_json::json!(days(0));
    at(&setup.asst, days(365) + 60, &["threads", "prune", "--empty", "--yes"]).code(1).says("365d ahead of");
    assert_eq!((setup.deleted(), setup.present()), (vec![], vec![id]));
}

#[test]
fn one_skewed_response_stops_pruning() {
    let setup = Setup::new();
    (0..3).for_each(|_| drop(setup.thread()));
    let mut count = 0;
    setup.backend().hook(move |_, backend| {
        count += 1;
        backend.date = (count >= 5).then(|| http_date(days(-2)));
        None
    });
    setup.prune(&["--empty", "--yes", "--concurrency", "1"]).code(1).says("2d ahead of");
    assert!(setup.deleted().len() < 3);
}

#[test]
fn skew_is_detected_in_error_responses() {
    let setup = Setup::new();
    setup.thread();
    setup.backend().date = Some(http_date(days(-50)));
    setup.backend().hook(|_, _| Some(Response::error(500, "no", None)));
    setup.prune(&["--empty", "--yes", "--retries", "0"]).code(1).says("50d ahead of");
}

#[test]
fn unreadable_date_header_stops_pruning() {
    for date in ["yesterday", "1800000000"] {
        let setup = Setup::new();
        (0..3).for_each(|_| drop(setup.thread()));
        setup.backend().date = Some(date.to_owned());
        for args in [&["--empty", "--yes"][..], &["--empty", "--dry-run"]] {
            setup.prune(args).code(1).says("the clocks cannot be compared").says("not a date");
        }
        assert!(setup.deleted().is_empty(), "{date}");
    }
}

#[test]
fn backend_without_a_date_header_is_reported() {
    let setup = Setup::new();
    (0..3).for_each(|_| drop(setup.thread()));
    setup.backend().date = Some(String::new());
    let ran = setup.prune(&["--empty", "--yes"]).ok().says("3 deleted");
    assert_eq!(ran.stderr.matches("sends no `Date` header").count(), 1, "{}", ran.text());
    let setup = Setup::new();
    setup.thread();
    let ran = setup.prune(&["--empty", "--yes"]).ok();
    assert!(!ran.stderr.contains("`Date` header"), "{}", ran.text());
}
