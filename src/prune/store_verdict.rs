//! The verdict on a vector store (docs/design/orphans.md#vector-stores), as a pure function.

use super::conditions::Conditions;
use super::duration::{format_duration, relative_time};
use super::options::StoreSelection;
use super::outcome::PruneOutcome;
use crate::ui::counted;

/// The facts about a vector store. Times are in seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct StoreFacts {
    pub(super) created_at: Option<i64>,
    pub(super) last_active_at: Option<i64>,
    /// The last use by asst, from the ledger.
    pub(super) used_at: Option<i64>,
    pub(super) is_expired: bool,
    /// The number of files, or `None` if the backend does not state it.
    pub(super) files: Option<i64>,
    /// The number of files that are being indexed.
    pub(super) in_progress: i64,
    pub(super) bytes: i64,
    /// The identity of the vector store in a manifest, from its metadata.
    pub(super) identity: Option<String>,
    /// The first object that refers to the vector store.
    pub(super) named_by: Option<String>,
}

/// The verdict on a vector store: the outcome, the name of the verdict, and the reason.
pub(super) type StoreVerdict = (PruneOutcome, &'static str, String);

/// Returns the verdict on a vector store at time `now`. The facts that keep a vector store are checked first.
pub(super) fn judge_store(
    facts: &StoreFacts,
    conditions: &Conditions,
    selection: &StoreSelection,
    now: i64,
) -> StoreVerdict {
    let in_use = |reason: String| (PruneOutcome::InUse, "in use", reason);
    let unknown = |reason: &str| (PruneOutcome::Unknown, "unknown", reason.to_owned());
    let age = |time: i64| now.saturating_sub(time);
    if let Some(identity) = &facts.identity {
        return in_use(format!("provisioned as {identity}; `asst destroy` or `asst apply --prune` deletes it"));
    }
    if let Some(object) = &facts.named_by {
        return in_use(format!("named by {object}"));
    }
    if facts.in_progress > 0 {
        let verb = if facts.in_progress == 1 { "is" } else { "are" };
        return in_use(format!("{} {verb} being indexed", count_of_files(facts.in_progress)));
    }
    let (Some(created), Some(active)) = (facts.created_at, facts.last_active_at) else {
        return unknown("the backend returned no creation time or no time of the last use");
    };
    for (event, time) in [("created", Some(created)), ("used", Some(active)), ("asst used it", facts.used_at)] {
        if let Some(young) = time.map(age).filter(|age| *age < conditions.grace) {
            return in_use(format!("{event} {}", relative_time(young)));
        }
    }
    if conditions.older_than.is_some_and(|least| age(created) < least) {
        return in_use(format!("created {}", relative_time(age(created))));
    }
    if conditions.idle.is_some_and(|least| age(active) < least) {
        return in_use(format!("used {}", relative_time(age(active))));
    }
    if selection.expired && !facts.is_expired {
        return in_use("it has not expired".to_owned());
    }
    match facts.files {
        None if selection.empty => return unknown("the backend returned no number of files"),
        Some(files) if selection.empty && files > 0 => return in_use(format!("it has {}", count_of_files(files))),
        _ => {}
    }
    let verdict = match selection {
        StoreSelection { unattached: true, .. } => "unattached",
        StoreSelection { expired: true, .. } => "expired",
        StoreSelection { empty: true, .. } => "empty",
        _ => "idle",
    };
    let files = facts.files.map_or_else(|| "an unknown number of files".to_owned(), count_of_files);
    let bytes = counted(u64::try_from(facts.bytes).unwrap_or_default(), "byte");
    let reason = format!("idle for {}, {files}, {bytes}", format_duration(age(active)));
    (PruneOutcome::Selected, verdict, reason)
}

fn count_of_files(files: i64) -> String {
    counted(u64::try_from(files).unwrap_or_default(), "file")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn judged(change: impl Fn(&mut StoreFacts, &mut Conditions, &mut StoreSelection)) -> (PruneOutcome, String) {
        let mut facts = StoreFacts {
            created_at: Some(0),
            last_active_at: Some(10 * DAY),
            files: Some(2),
            bytes: 7,
            ..StoreFacts::default()
        };
        let mut conditions = Conditions { grace: 30 * DAY, ..Conditions::default() };
        let mut selection = StoreSelection::default();
        change(&mut facts, &mut conditions, &mut selection);
        let (outcome, verdict, reason) = judge_store(&facts, &conditions, &selection, 100 * DAY);
        (outcome, format!("{verdict}: {reason}"))
    }

    #[test]
    fn every_condition_must_match() {
        let selected = |verdict: &str| (PruneOutcome::Selected, format!("{verdict}: idle for 90d, 2 files, 7 bytes"));
        let in_use = |reason: &str| (PruneOutcome::InUse, format!("in use: {reason}"));
        assert_eq!(judged(|_, conditions, _| conditions.idle = Some(90 * DAY)), selected("idle"));
        assert_eq!(judged(|_, conditions, _| conditions.idle = Some(91 * DAY)), in_use("used 90d ago"));
        assert_eq!(judged(|_, conditions, _| conditions.older_than = Some(101 * DAY)), in_use("created 100d ago"));
        assert_eq!(judged(|_, _, selection| selection.unattached = true), selected("unattached"));
        assert_eq!(judged(|_, _, selection| selection.expired = true), in_use("it has not expired"));
        assert_eq!(judged(|_, _, selection| selection.empty = true), in_use("it has 2 files"));
        let expired = judged(|facts, _, selection| {
            facts.is_expired = true;
            selection.expired = true;
        });
        assert_eq!(expired, selected("expired"));
        assert_eq!(judged(|facts, _, _| facts.in_progress = 1), in_use("1 file is being indexed"));
        assert_eq!(judged(|facts, _, _| facts.last_active_at = Some(71 * DAY)), in_use("used 29d ago"));
        assert_eq!(judged(|facts, _, _| facts.last_active_at = Some(101 * DAY)), in_use("used 1d in the future"));
        assert_eq!(judged(|facts, _, _| facts.used_at = Some(99 * DAY)), in_use("asst used it 1d ago"));
        assert_eq!(judged(|facts, _, _| facts.named_by = Some("assistant a".into())), in_use("named by assistant a"));
    }

    #[test]
    fn missing_facts_keep_a_store() {
        assert_eq!(judged(|facts, _, _| facts.created_at = None).0, PruneOutcome::Unknown);
        assert_eq!(judged(|facts, _, _| facts.last_active_at = None).0, PruneOutcome::Unknown);
        let without_count = judged(|facts, _, selection| {
            facts.files = None;
            selection.empty = true;
        });
        assert_eq!(without_count.0, PruneOutcome::Unknown);
    }
}
