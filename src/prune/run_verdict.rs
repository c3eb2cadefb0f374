//! The verdict on a run (docs/design/orphans.md#runs).
//!
//! A run is *stuck* if it has not ended after its expiry, or if it has not ended and is older than the grace period.
//! The verdict is a pure function.

use super::conditions::Conditions;
use super::duration::{format_duration, relative_time};
use super::evidence::creation_time;
use super::verdict::Verdict;
use crate::api::objects::{JsonObject, Run};
use crate::app::redact;
use crate::exit::FAILED;
use serde_json::Value;

/// Returns the verdict on a run, given the run object of the backend. Returns `None` if the run has ended. A stuck run
/// has the verdict `Orphaned`.
pub(super) fn judge_run(value: &Value, conditions: &Conditions, now: i64) -> Option<Verdict> {
    let unknown = |reason: &str| Some(Verdict::Unknown { reason: reason.to_owned(), code: FAILED });
    let Some(run) = Run::from_value_ref(value) else { return unknown("the backend returned no run") };
    if run.has_ended() {
        return None;
    }
    let Some(status) = run.status().text() else { return unknown("the backend returned no status") };
    let Some(created) = creation_time(value) else { return unknown("the backend returned no creation time") };
    let in_use = |reason: String| Some(Verdict::InUse(reason));
    let age = now.saturating_sub(created);
    if conditions.assistant.as_deref().is_some_and(|assistant| run.assistant_id().valid() != Some(assistant)) {
        return in_use("it used another assistant".to_owned());
    }
    let metadata = run.metadata().valid();
    let has_pair = |key: &str, text: &str| metadata.and_then(|pairs| pairs.get(key)?.as_str()) == Some(text);
    if let Some((key, text)) = conditions.metadata.iter().find(|(key, text)| !has_pair(key, text)) {
        return in_use(format!("its metadata has no {key}={text}"));
    }
    if conditions.older_than.is_some_and(|limit| age <= limit) {
        return in_use(format!("created {}", relative_time(age)));
    }
    let since_expiry = redact::time(value, "expires_at").map(|expires_at| now.saturating_sub(expires_at));
    match since_expiry {
        Some(late) if late > 0 && age > 0 => {
            Some(Verdict::Orphaned(format!("{status}, although it expired {}", relative_time(late))))
        }
        _ if age >= conditions.grace => {
            let (age, grace) = (format_duration(age), format_duration(conditions.grace));
            Some(Verdict::Orphaned(format!("{status} for {age}, longer than the grace period of {grace}")))
        }
        _ => in_use(format!("{status}, created {}", relative_time(age))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    /// Returns the verdict on a run under changed conditions.
    #[track_caller]
    fn verdict(run: &Value, change: impl FnOnce(&mut Conditions)) -> String {
        let mut conditions = Conditions { grace: 30 * DAY, ..Conditions::default() };
        change(&mut conditions);
        let verdict = judge_run(run, &conditions, NOW);
        verdict.map_or_else(|| "ended".to_owned(), |verdict| format!("{}: {}", verdict.name(), verdict.reason()))
    }

    fn run(status: &str, age: i64, expires_in: Option<i64>) -> Value {
        json!({ "status": status, "created_at": NOW - age, "assistant_id": "asst_1", "metadata": { "a": "b" },
            "expires_at": expires_in.map(|after| NOW + after) })
    }

    #[test]
    fn unfinished_runs_are_stuck_after_their_expiry_or_the_grace_period() {
        for (run, expected) in [
            (run("completed", 90 * DAY, Some(-DAY)), "ended"),
            (run("in_progress", DAY, Some(-3600)), "orphaned: in_progress, although it expired 1h ago"),
            (run("in_progress", 300, Some(300)), "in use: in_progress, created 5m ago"),
            (run("queued", 31 * DAY, None), "orphaned: queued for 31d, longer than the grace period of 30d"),
            (
                run("requires_action", 31 * DAY, Some(60)),
                "orphaned: requires_action for 31d, longer than the grace period of 30d",
            ),
            (run("queued", 29 * DAY, None), "in use: queued, created 29d ago"),
            // An unknown status, which a later version of the API may add.
            (run("paused", 90 * DAY, None), "orphaned: paused for 90d, longer than the grace period of 30d"),
            // A clock that was set back.
            (run("in_progress", -DAY, Some(-2 * DAY)), "in use: in_progress, created 1d in the future"),
        ] {
            assert_eq!(verdict(&run, |_| {}), expected, "{run}");
        }
    }

    #[test]
    fn run_without_status_or_creation_time_is_unknown() {
        for member in ["status", "created_at"] {
            let mut run = run("queued", 90 * DAY, None);
            run[member] = Value::Null;
            assert!(verdict(&run, |_| {}).starts_with("unknown"), "{run}");
        }
        assert!(verdict(&json!([]), |_| {}).starts_with("unknown"));
    }

    #[test]
    fn run_that_does_not_match_a_condition_is_in_use() {
        let run = run("queued", 90 * DAY, None);
        let pair = |key: &str| vec![(key.to_owned(), "b".to_owned())];
        assert!(verdict(&run, |conditions| conditions.assistant = Some("asst_1".into())).starts_with("orphaned"));
        assert!(verdict(&run, |conditions| conditions.assistant = Some("asst_2".into())).starts_with("in use"));
        assert!(verdict(&run, |conditions| conditions.metadata = pair("a")).starts_with("orphaned"));
        assert!(verdict(&run, |conditions| conditions.metadata = pair("c")).starts_with("in use"));
        assert!(verdict(&run, |conditions| conditions.older_than = Some(91 * DAY)).starts_with("in use"));
    }
}
