//! Tests of the fault syntax and of the selection of requests.
#![allow(clippy::unwrap_used)]

use super::*;
use axum::body::Body;

fn fault(text: &str) -> Fault {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error_of(text: &str) -> String {
    text.parse::<Fault>().unwrap_err()
}

fn request(method: &str, path: &str) -> Request {
    axum::http::Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

/// Returns the indices of the requests that a fault affects, out of `requests` equal ones.
fn affected(faults: &Faults, requests: usize, method: &str, path: &str) -> Vec<usize> {
    (0..requests).filter(|_| !faults.choose(&request(method, path)).effects.is_empty()).collect()
}

#[test]
fn every_kind_of_fault_is_parsed() {
    let table = [
        ("latency=200ms", Effect::Latency(Duration::from_millis(200), Duration::from_millis(200))),
        ("latency=1s..2s", Effect::Latency(Duration::from_secs(1), Duration::from_secs(2))),
        ("cut", Effect::Cut(Stage::Before)),
        ("cut-after-commit", Effect::Cut(Stage::AfterCommit)),
        ("cut-within", Effect::Cut(Stage::Within(None))),
        ("cut-within=10", Effect::Cut(Stage::Within(Some(10)))),
        ("stall", Effect::Stall(Stage::Before, None)),
        ("stall=30s", Effect::Stall(Stage::Before, Some(Duration::from_secs(30)))),
        ("stall-after-commit", Effect::Stall(Stage::AfterCommit, None)),
        ("stall-within=0", Effect::Stall(Stage::Within(Some(0)), None)),
        ("slow=10ms", Effect::Slow(Duration::from_millis(10))),
        ("stuck=cancelling", Effect::Stuck(HeldStatus::Cancelling)),
        ("endless-has-more", Effect::EndlessHasMore),
        ("ignore-after", Effect::IgnoreAfter),
        ("wrong-object", Effect::WrongObject(String::new())),
        ("wrong-object=thing", Effect::WrongObject("thing".into())),
        ("missing=usage+ metadata", Effect::Missing(vec!["usage".into(), "metadata".into()])),
    ];
    for (text, effect) in table {
        assert_eq!(fault(text), Fault { effect, trigger: Trigger::default() }, "{text}");
    }
    for (form, _) in KINDS {
        let example = form.replace("STATUS", "503").replace("=503", "=queued").replace("TIME", "1s");
        let example = example.replace("BYTES", "1").replace(['[', ']'], "");
        fault(&example);
    }
}

#[test]
fn options_are_parsed() {
    let Fault { effect: Effect::Respond(error), trigger } = fault(
        "429-after-commit, retry-after=1.5, code=insufficient_quota, rate=0.25, times=3, after=2, on=POST /threads",
    ) else {
        panic!("expected a fault with a status");
    };
    assert!(error.after_commit);
    assert_eq!((error.status, error.retry_after), (429, Some(Duration::from_millis(1_500))));
    assert_eq!(error.code.as_deref(), Some("insufficient_quota"));
    assert_eq!(trigger, Trigger { on: Some(vec!["createThread"]), rate: 0.25, times: 3, after: 2 });
    let on = |text: &str| fault(&format!("cut,on={text}")).trigger.on.unwrap();
    assert_eq!(on("post /threads/{id}/runs"), ["createRun"]);
    assert_eq!(on("GET /threads/*/runs/*"), ["getRun"]);
    assert_eq!(on("/threads/{thread_id}"), ["getThread", "modifyThread", "deleteThread"]);
    assert_eq!(on("DELETE").len(), 8);
}

#[test]
fn an_invalid_fault_is_an_error_with_the_valid_values() {
    for (text, parts) in [
        ("explode", &["unknown fault `explode`", "latency=TIME", "missing"][..]),
        ("", &["unknown fault ``"]),
        ("200", &["expected a status code from 400 to 599, got 200"]),
        ("429=1", &["`429` takes no value"]),
        ("latency", &["expected `latency=TIME`, got `latency`"]),
        ("latency=soon", &["expected a duration, got `soon`"]),
        ("latency=2s..1s", &["from a shorter to a longer time"]),
        ("cut=1", &["`cut` takes no value; use `cut`"]),
        ("cut-within=x", &["expected a number, got `x`"]),
        ("stuck=completed", &["queued, in_progress, or cancelling"]),
        ("stuck=cancelling,times=1", &["`stuck` has no option `times`; the only option is rate"]),
        ("detach-everywhere,rate=0.5", &["`detach-everywhere` has no options; remove `rate`"]),
        ("missing=a+", &["expected member names"]),
        ("cut,often", &["expected OPTION=VALUE, got `often`", "rate=0..1"]),
        ("cut,often=1", &["this fault has no option `often`", "times=N"]),
        ("cut,retry-after=1", &["this fault has no option `retry-after`"]),
        ("500,retry-after=-1", &["retry-after"]),
        ("500,body=pdf", &["json, html, text, or empty"]),
        ("cut,rate=0", &["above 0 and up to 1"]),
        ("cut,rate=NaN", &["above 0 and up to 1"]),
        ("cut,times=-1", &["expected a number, got `-1`"]),
        ("cut,on=PUT /threads", &["expected the method GET, POST, or DELETE, got `PUT`"]),
        ("cut,on=POST /thread", &["no operation matches `POST /thread`", "POST /threads/{thread_id}/runs"]),
    ] {
        let error = error_of(text);
        assert!(parts.iter().all(|part| error.contains(part)), "{text}: {error}");
    }
}

#[test]
fn selectors_choose_the_requests() {
    let of = |text: &str| Faults::new(vec![fault(text)], 7);
    assert_eq!(affected(&of("cut,times=2,after=1"), 6, "GET", "/v1/threads"), [1, 2]);
    assert_eq!(affected(&of("cut,on=POST /threads"), 2, "GET", "/v1/threads"), [0_usize; 0]);
    for path in ["/v1/threads", "/threads", "/openai/threads?api-version=1", "/api/projects/p/threads"] {
        assert_eq!(affected(&of("cut,on=POST /threads"), 1, "POST", path), [0], "{path}");
    }
    assert_eq!(affected(&of("cut,on=POST"), 1, "POST", "/v1/nowhere"), [0_usize; 0]);
    assert_eq!(affected(&of("cut"), 1, "POST", "/v1/nowhere"), [0]);
}

#[test]
fn the_same_seed_affects_the_same_requests() {
    let of = |seed| affected(&Faults::new(vec![fault("cut,rate=0.3")], seed), 1_000, "GET", "/threads");
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    assert!((200..400).contains(&of(3).len()), "{}", of(3).len());
    let latency = |seed| Faults::new(vec![fault("latency=1s..3s")], seed).choose(&request("GET", "/threads")).latency;
    assert_eq!(latency(5), latency(5));
    assert!((1..3).contains(&latency(5).as_secs()));
    let runs: Vec<String> = (0..1_000).map(|number| format!("run_{number}")).collect();
    let stuck = |seed| {
        let faults = Faults::new(vec![fault("stuck=queued,rate=0.5")], seed);
        runs.iter().filter(|run| faults.holds(run, HeldStatus::Queued)).count()
    };
    assert!((400..600).contains(&stuck(1)), "{}", stuck(1));
    assert!(!Faults::new(vec![fault("stuck=queued")], 1).holds("run_1", HeldStatus::Cancelling));
}
