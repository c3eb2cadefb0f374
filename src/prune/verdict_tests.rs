//! Tests of the verdict: which facts keep a thread, and which allow its deletion.

use super::*;
use crate::ledger::Source;
use crate::prune::facts::{MessageSummary, RunSummary};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
const NOW: i64 = 1_800_000_000;

fn conditions() -> Conditions {
    Conditions { grace: 30 * DAY, ..Conditions::default() }
}

/// Returns a thread that is 90 days old. Its run and its message are 80 days old, and its assistant is missing.
fn orphan() -> ThreadFacts {
    let assistants: BTreeSet<String> = ["asst_1".to_owned()].into();
    ThreadFacts {
        id: "thread_1".into(),
        source: Some(Source::Created),
        active_at: Some(NOW - 80 * DAY),
        created_at: Some(NOW - 90 * DAY),
        runs: Some(RunSummary {
            count: 1,
            newest: Some(NOW - 80 * DAY),
            newest_assistant: Some("asst_1".into()),
            assistants,
            ..RunSummary::default()
        }),
        messages: Some(MessageSummary { any: true, newest: Some(NOW - 80 * DAY), doubt: None }),
        assistants: [("asst_1".to_owned(), AssistantStatus::Missing)].into(),
        ..ThreadFacts::default()
    }
}

fn empty() -> ThreadFacts {
    ThreadFacts { runs: Some(RunSummary::default()), messages: Some(MessageSummary::default()), ..orphan() }
}

/// Changes the facts about an orphan and returns the verdict on them.
#[track_caller]
fn verdict(change: impl FnOnce(&mut ThreadFacts)) -> String {
    let mut facts = orphan();
    change(&mut facts);
    let verdict = judge(&facts, &conditions(), &[], NOW);
    format!("{}: {}", verdict.name(), verdict.reason())
}

/// Returns the name of the verdict under changed conditions.
#[track_caller]
fn under(facts: &ThreadFacts, change: impl FnOnce(&mut Conditions)) -> &'static str {
    let mut conditions = conditions();
    change(&mut conditions);
    judge(facts, &conditions, &[], NOW).name()
}

fn any_assistant(conditions: &mut Conditions) {
    conditions.assistants = AssistantCondition::Any;
}

fn runs(facts: &mut ThreadFacts) -> &mut RunSummary {
    facts.runs.as_mut().expect("it has runs")
}

#[test]
fn thread_without_living_assistants_is_orphaned() {
    assert_eq!(verdict(|_| {}), "orphaned: 1 run of missing assistants (asst_1), last used 80d ago");
    let verdict = judge(&empty(), &conditions(), &[], NOW);
    assert_eq!(verdict, Verdict::Orphaned("no runs and no messages, created 90d ago".into()));
}

#[test]
fn one_existing_assistant_keeps_the_thread() {
    let verdict = verdict(|facts| {
        runs(facts).assistants.insert("asst_2".into());
        facts.assistants.insert("asst_2".into(), AssistantStatus::Exists);
    });
    assert_eq!(verdict, "in use: its assistant asst_2 exists");
}

#[test]
fn missing_or_unreliable_evidence_is_unknown() {
    let unknown = AssistantStatus::Unknown { reason: "the server failed".into(), code: 7 };
    let of_assistant = verdict(|facts| drop(facts.assistants.insert("asst_1".into(), unknown)));
    assert_eq!(of_assistant, "unknown: assistant asst_1: the server failed");
    assert_eq!(verdict(|facts| facts.created_at = None), "unknown: the backend returned no creation time");
    assert!(verdict(|facts| runs(facts).doubt = Some("cut".into())).starts_with("unknown"));
    let doubt = MessageSummary { doubt: Some("cut".into()), ..MessageSummary::default() };
    assert!(verdict(|facts| facts.messages = Some(doubt)).starts_with("unknown"));
    // Messages alone do not show which assistant they belong to. With the flag, the age decides.
    let mut messages_only = empty();
    messages_only.messages = orphan().messages;
    assert_eq!(under(&messages_only, |_| {}), "unknown");
    assert_eq!(under(&messages_only, any_assistant), "expired");
}

#[test]
fn empty_lists_that_contradict_the_ledger_are_unknown() {
    let facts = ThreadFacts { was_used: true, ..empty() };
    assert_eq!(under(&facts, |_| {}), "unknown");
    assert_eq!(under(&facts, any_assistant), "unknown");
    assert_eq!(under(&ThreadFacts { was_used: true, ..orphan() }, |_| {}), "orphaned");
}

#[test]
fn activity_within_the_grace_period_keeps_the_thread() {
    let young = Some(NOW - 29 * DAY);
    for verdict in [
        verdict(|facts| facts.active_at = young),
        verdict(|facts| facts.created_at = young),
        verdict(|facts| runs(facts).newest = young),
        verdict(|facts| facts.messages = Some(MessageSummary { any: true, newest: young, doubt: None })),
    ] {
        let ending = "29d ago, within the grace period of 30d";
        assert!(verdict.starts_with("in use: ") && verdict.ends_with(ending), "{verdict}");
    }
    let at_the_end = verdict(|facts| facts.active_at = Some(NOW - 30 * DAY));
    assert!(at_the_end.starts_with("orphaned"), "{at_the_end}");
}

#[test]
fn clock_that_was_set_back_deletes_nothing() {
    let mut facts = orphan();
    for back in [91 * DAY, 10_000 * DAY, i64::MAX] {
        assert_eq!(judge(&facts, &conditions(), &[], NOW.saturating_sub(back)).name(), "in use", "{back}");
    }
    facts.active_at = None;
    facts.created_at = Some(i64::MAX);
    assert_eq!(judge(&facts, &conditions(), &[], i64::MIN).name(), "in use");
    facts.created_at = Some(NOW + 2 * DAY);
    let verdict = judge(&facts, &conditions(), &[], NOW);
    assert_eq!(verdict.reason(), "created 2d in the future, within the grace period of 30d");
}

#[test]
fn active_run_keeps_the_thread_unless_it_is_cancelled() {
    let active = |age| ActiveRun { id: "run_1".into(), status: "in_progress".into(), created_at: NOW - age };
    let mut facts = orphan();
    runs(&mut facts).active.push(active(80 * DAY));
    assert_eq!(judge(&facts, &conditions(), &[], NOW), Verdict::InUse("run run_1 is in_progress".into()));
    let cancel = |conditions: &mut Conditions| conditions.active = ActiveRunPolicy::Cancel;
    assert_eq!(under(&facts, cancel), "orphaned", "it is cancelled first");
    runs(&mut facts).active.push(active(DAY));
    assert_eq!(under(&facts, cancel), "in use", "a young run is not cancelled");
    // An active run also keeps the thread if other facts could not be read.
    runs(&mut facts).doubt = Some("cut".into());
    assert_eq!(under(&facts, |_| {}), "in use");
}

#[test]
fn all_conditions_must_match_at_the_backend() {
    let facts = orphan();
    for (change, expected) in [
        (Conditions { older_than: Some(89 * DAY), ..conditions() }, "orphaned"),
        (Conditions { older_than: Some(90 * DAY), ..conditions() }, "in use"),
        (Conditions { idle: Some(79 * DAY), ..conditions() }, "orphaned"),
        (Conditions { idle: Some(85 * DAY), ..conditions() }, "in use"),
        (Conditions { empty: true, ..conditions() }, "in use"),
        (Conditions { assistant: Some("asst_1".into()), ..conditions() }, "orphaned"),
        (Conditions { assistant: Some("asst_9".into()), ..conditions() }, "in use"),
        (Conditions { metadata: vec![("ci".into(), "1".into())], ..conditions() }, "in use"),
    ] {
        assert_eq!(judge(&facts, &change, &[], NOW).name(), expected, "{change:?}");
    }
    assert_eq!(under(&empty(), |conditions| conditions.empty = true), "orphaned");
    // The ledger's metadata selects the candidates, but the backend's metadata decides.
    let recorded = ThreadFacts { recorded_metadata: [("ci".to_owned(), "1".to_owned())].into(), ..facts.clone() };
    let ci = |conditions: &mut Conditions| conditions.metadata = vec![("ci".into(), "1".into())];
    assert_eq!(under(&recorded, ci), "in use");
    assert_eq!(under(&ThreadFacts { metadata: recorded.recorded_metadata.clone(), ..facts }, ci), "orphaned");
}

#[test]
fn any_assistant_ignores_existing_assistants_but_not_the_grace_period() {
    let mut facts = orphan();
    facts.assistants.insert("asst_1".into(), AssistantStatus::Exists);
    assert_eq!(under(&facts, |_| {}), "in use");
    assert_eq!(under(&facts, any_assistant), "expired");
    runs(&mut facts).newest = Some(NOW);
    assert_eq!(under(&facts, any_assistant), "in use");
}

#[test]
fn holds_override_rules() {
    let hold = |change: fn(&mut RetentionHold)| {
        let mut hold = RetentionHold { name: "legal".into(), ..RetentionHold::default() };
        change(&mut hold);
        judge(&orphan(), &conditions(), &[hold], NOW)
    };
    assert_eq!(hold(|hold| hold.ids = ["thread_1".to_owned()].into()), Verdict::InUse("held by `legal`".into()));
    assert_eq!(hold(|hold| hold.ids = ["thread_2".to_owned()].into()).name(), "orphaned");
    assert_eq!(hold(|hold| hold.assistant = Some("asst_1".into())).name(), "in use");
    assert_eq!(hold(|hold| hold.source = Some(Source::Created)).name(), "in use");
    assert_eq!(hold(|hold| hold.source = Some(Source::Imported)).name(), "orphaned");
    assert_eq!(hold(|hold| hold.metadata = vec![("case".into(), "7".into())]).name(), "orphaned");
    let metadata = vec![("case".into(), "7".into())];
    let mut case = RetentionHold { name: "case".into(), metadata, ..RetentionHold::default() };
    let pair = [("case".to_owned(), "7".to_owned())];
    for facts in [
        ThreadFacts { metadata: pair.clone().into(), ..orphan() },
        ThreadFacts { recorded_metadata: pair.clone().into(), ..orphan() },
    ] {
        assert_eq!(judge(&facts, &conditions(), std::slice::from_ref(&case), NOW).name(), "in use", "{facts:?}");
    }
    case.ids.insert("thread_9".into());
    let facts = ThreadFacts { metadata: pair.into(), ..orphan() };
    assert_eq!(judge(&facts, &conditions(), &[case], NOW).name(), "orphaned", "all conditions of a hold must match");
}

#[test]
fn only_necessary_evidence_is_requested() {
    let mut facts = ThreadFacts { runs: None, messages: None, assistants: BTreeMap::new(), ..orphan() };
    let needed = |facts: &ThreadFacts| match judge(facts, &conditions(), &[], NOW) {
        Verdict::NeedsEvidence(evidence) => Some(evidence),
        _ => None,
    };
    assert_eq!(needed(&facts), Some(Evidence::Runs));
    facts.runs = orphan().runs;
    assert_eq!(needed(&facts), Some(Evidence::Assistant("asst_1".into())));
    facts.assistants = orphan().assistants;
    assert_eq!(needed(&facts), Some(Evidence::Messages));
    assert!(!judge(&facts, &conditions(), &[], NOW).allows_deletion(), "missing evidence is no proof");
    facts.messages = orphan().messages;
    assert_eq!(needed(&facts), None);
}
