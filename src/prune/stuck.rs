//! The verdict on a run (docs/design/orphans.md#runs).
//!
//! A run is *stuck* if it has not ended after its expiry, or if it has not ended and is older than the grace period.
//! Like the verdict on threads, this is a pure function.

use super::evidence::created;
use super::facts::Conditions;
use super::verdict::{Verdict, ago, span};
use crate::api::runs::has_ended;
use crate::app::redact;
use crate::exit::FAILED;
use serde_json::Value;

/// Returns the verdict on a run in its state at the backend, or `None` if the run has ended.
pub(super) fn judge(run: &Value, conditions: &Conditions, now: i64) -> Option<Verdict> {
    if has_ended(run) {
        return None;
    }
    let unknown = |reason: &str| Some(Verdict::Unknown { reason: reason.to_owned(), code: FAILED });
    let Some(status) = run["status"].as_str() else { return unknown("the backend does not say how it is") };
    let Some(created) = created(run) else {
        return unknown("the backend does not say when it was created");
    };
    let in_use = |reason: String| Some(Verdict::InUse(reason));
    let age = now.saturating_sub(created);
    if conditions.assistant.as_deref().is_some_and(|assistant| run["assistant_id"] != assistant) {
        return in_use("it is of another assistant".to_owned());
    }
    if let Some((key, value)) = conditions.metadata.iter().find(|(key, value)| run["metadata"][key] != value.as_str()) {
        return in_use(format!("its metadata has no {key}={value}"));
    }
    if conditions.older_than.is_some_and(|limit| age <= limit) {
        return in_use(format!("created {}", ago(age)));
    }
    let late = redact::time(run, "expires_at").map(|expires| now.saturating_sub(expires));
    match late {
        Some(late) if late > 0 && age > 0 => {
            Some(Verdict::Orphaned(format!("{status}, although it expired {}", ago(late))))
        }
        _ if age >= conditions.grace => {
            Some(Verdict::Orphaned(format!("{status} since {}, the grace is {}", span(age), span(conditions.grace))))
        }
        _ => in_use(format!("{status}, created {}", ago(age))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    #[track_caller]
    fn said(run: &Value, change: impl FnOnce(&mut Conditions)) -> String {
        let mut conditions = Conditions { grace: 30 * DAY, ..Conditions::default() };
        change(&mut conditions);
        let verdict = judge(run, &conditions, NOW);
        verdict.map_or_else(|| "ended".to_owned(), |verdict| format!("{}: {}", verdict.name(), verdict.reason()))
    }

    fn run(status: &str, age: i64, expires_in: Option<i64>) -> Value {
        json!({ "status": status, "created_at": NOW - age, "assistant_id": "asst_1", "metadata": { "a": "b" },
            "expires_at": expires_in.map(|after| NOW + after) })
    }

    #[test]
    fn only_what_outlives_its_time_is_stuck() {
        for (run, expected) in [
            (run("completed", 90 * DAY, Some(-DAY)), "ended"),
            (run("in_progress", DAY, Some(-3600)), "orphaned: in_progress, although it expired 1h ago"),
            (run("in_progress", 300, Some(300)), "in use: in_progress, created 5m ago"),
            (run("queued", 31 * DAY, None), "orphaned: queued since 31d, the grace is 30d"),
            (run("requires_action", 31 * DAY, Some(60)), "orphaned: requires_action since 31d, the grace is 30d"),
            (run("queued", 29 * DAY, None), "in use: queued, created 29d ago"),
            // An unknown status, which a later version of the API may add.
            (run("paused", 90 * DAY, None), "orphaned: paused since 90d, the grace is 30d"),
            // A clock that was set back.
            (run("in_progress", -DAY, Some(-2 * DAY)), "in use: in_progress, created in 1d"),
        ] {
            assert_eq!(said(&run, |_| {}), expected);
        }
    }

    #[test]
    fn what_is_not_said_is_unknown() {
        for member in ["status", "created_at"] {
            let mut run = run("queued", 90 * DAY, None);
            run[member] = Value::Null;
            assert!(said(&run, |_| {}).starts_with("unknown"), "{run}");
        }
    }

    #[test]
    fn conditions_narrow() {
        let run = run("queued", 90 * DAY, None);
        let pair = |key: &str| vec![(key.to_owned(), "b".to_owned())];
        assert!(said(&run, |conditions| conditions.assistant = Some("asst_1".into())).starts_with("orphaned"));
        assert!(said(&run, |conditions| conditions.assistant = Some("asst_2".into())).starts_with("in use"));
        assert!(said(&run, |conditions| conditions.metadata = pair("a")).starts_with("orphaned"));
        assert!(said(&run, |conditions| conditions.metadata = pair("c")).starts_with("in use"));
        assert!(said(&run, |conditions| conditions.older_than = Some(91 * DAY)).starts_with("in use"));
    }
}
