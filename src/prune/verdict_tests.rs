use super::*;
use crate::ledger::Source;
use crate::prune::facts::{Messages, Runs};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
const NOW: i64 = 1_800_000_000;

fn conditions() -> Conditions {
    Conditions { grace: 30 * DAY, ..Conditions::default() }
}

/// Returns a thread that is 90 days old. Its run and its message are 80 days old, and its assistant is missing.
fn orphan() -> Facts {
    let assistants: BTreeSet<String> = ["asst_1".to_owned()].into();
    Facts {
        id: "thread_1".into(),
        source: Some(Source::Created),
        active_at: Some(NOW - 80 * DAY),
        created_at: Some(NOW - 90 * DAY),
        runs: Some(Runs {
            count: 1,
            newest: Some(NOW - 80 * DAY),
            newest_assistant: Some("asst_1".into()),
            assistants,
            ..Runs::default()
        }),
        messages: Some(Messages { any: true, newest: Some(NOW - 80 * DAY), doubt: None }),
        assistants: [("asst_1".to_owned(), Found::Missing)].into(),
        ..Facts::default()
    }
}

fn empty() -> Facts {
    Facts { runs: Some(Runs::default()), messages: Some(Messages::default()), ..orphan() }
}

/// Changes the facts and returns the verdict on them.
#[track_caller]
fn said(change: impl FnOnce(&mut Facts)) -> String {
    let mut facts = orphan();
    change(&mut facts);
    let verdict = judge(&facts, &conditions(), &[], NOW);
    format!("{}: {}", verdict.name(), verdict.reason())
}

#[track_caller]
fn under(facts: &Facts, change: impl FnOnce(&mut Conditions)) -> &'static str {
    let mut conditions = conditions();
    change(&mut conditions);
    judge(facts, &conditions, &[], NOW).name()
}

fn runs(facts: &mut Facts) -> &mut Runs {
    facts.runs.as_mut().expect("it has runs")
}

#[test]
fn an_orphan_has_nothing_alive_that_leads_to_it() {
    assert_eq!(said(|_| {}), "orphaned: 1 run, all of missing assistants (asst_1), last used 80d ago");
    let verdict = judge(&empty(), &conditions(), &[], NOW);
    assert_eq!(verdict, Verdict::Orphaned("neither run nor message, created 90d ago".into()));
}

#[test]
fn one_living_assistant_keeps_it() {
    let said = said(|facts| {
        runs(facts).assistants.insert("asst_2".into());
        facts.assistants.insert("asst_2".into(), Found::There);
    });
    assert_eq!(said, "in use: its assistant asst_2 exists");
}

#[test]
fn what_could_not_be_asked_for_is_unknown() {
    let doubt = Found::Doubtful { reason: "the server failed".into(), code: 7 };
    let of_assistant = said(|facts| drop(facts.assistants.insert("asst_1".into(), doubt)));
    assert_eq!(of_assistant, "unknown: assistant asst_1: the server failed");
    assert_eq!(said(|facts| facts.created_at = None), "unknown: the backend does not say when it was created");
    assert!(said(|facts| runs(facts).doubt = Some("cut".into())).starts_with("unknown"));
    let doubt = Messages { doubt: Some("cut".into()), ..Messages::default() };
    assert!(said(|facts| facts.messages = Some(doubt)).starts_with("unknown"));
    // Messages alone do not show which assistant they belong to. With the flag, the age decides.
    let mut lonely = empty();
    lonely.messages = orphan().messages;
    assert_eq!(under(&lonely, |_| {}), "unknown");
    assert_eq!(under(&lonely, |conditions| conditions.assistants = Assistants::Any), "expired");
}

#[test]
fn an_emptiness_that_the_ledger_contradicts_is_no_proof() {
    let facts = Facts { was_used: true, ..empty() };
    assert_eq!(under(&facts, |_| {}), "unknown");
    assert_eq!(under(&facts, |conditions| conditions.assistants = Assistants::Any), "unknown");
    assert_eq!(under(&Facts { was_used: true, ..orphan() }, |_| {}), "orphaned");
}

#[test]
fn whatever_is_younger_than_the_grace_keeps_it() {
    let young = Some(NOW - 29 * DAY);
    for said in [
        said(|facts| facts.active_at = young),
        said(|facts| facts.created_at = young),
        said(|facts| runs(facts).newest = young),
        said(|facts| facts.messages = Some(Messages { any: true, newest: young, doubt: None })),
    ] {
        assert!(said.starts_with("in use: ") && said.ends_with("29d ago, the grace is 30d"), "{said}");
    }
    assert!(said(|facts| facts.active_at = Some(NOW - 30 * DAY)).starts_with("orphaned"), "the grace has an end");
}

#[test]
fn a_clock_that_went_back_deletes_nothing() {
    let mut facts = orphan();
    for back in [91 * DAY, 10_000 * DAY, i64::MAX] {
        assert_eq!(judge(&facts, &conditions(), &[], NOW.saturating_sub(back)).name(), "in use");
    }
    facts.active_at = None;
    facts.created_at = Some(i64::MAX);
    assert_eq!(judge(&facts, &conditions(), &[], i64::MIN).name(), "in use");
    facts.created_at = Some(NOW + 2 * DAY);
    let verdict = judge(&facts, &conditions(), &[], NOW);
    assert_eq!(verdict.reason(), "created in 2d, the grace is 30d");
}

#[test]
fn an_active_run_keeps_it_whatever_its_age() {
    let active = |age| Active { id: "run_1".into(), status: "in_progress".into(), created_at: NOW - age };
    let mut facts = orphan();
    runs(&mut facts).active.push(active(80 * DAY));
    assert_eq!(judge(&facts, &conditions(), &[], NOW), Verdict::InUse("run run_1 is in_progress".into()));
    let cancel = |conditions: &mut Conditions| conditions.active = ActiveRuns::Cancel;
    assert_eq!(under(&facts, cancel), "orphaned", "it is cancelled first");
    runs(&mut facts).active.push(active(DAY));
    assert_eq!(under(&facts, cancel), "in use", "a young one is somebody's");
    // An active run also keeps the thread if other facts could not be read.
    runs(&mut facts).doubt = Some("cut".into());
    assert_eq!(under(&facts, |_| {}), "in use");
}

#[test]
fn conditions_are_joined_by_and_at_the_backend() {
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
    let recorded = Facts { recorded: [("ci".to_owned(), "1".to_owned())].into(), ..facts.clone() };
    let ci = |conditions: &mut Conditions| conditions.metadata = vec![("ci".into(), "1".into())];
    assert_eq!(under(&recorded, ci), "in use");
    assert_eq!(under(&Facts { metadata: recorded.recorded.clone(), ..facts }, ci), "orphaned");
}

#[test]
fn living_assistants_are_no_matter_where_that_was_said() {
    let mut facts = orphan();
    facts.assistants.insert("asst_1".into(), Found::There);
    assert_eq!(under(&facts, |_| {}), "in use");
    assert_eq!(under(&facts, |conditions| conditions.assistants = Assistants::Any), "expired");
    runs(&mut facts).newest = Some(NOW);
    assert_eq!(
        under(&facts, |conditions| conditions.assistants = Assistants::Any),
        "in use",
        "the grace holds all the same"
    );
}

#[test]
fn holds_win() {
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
    let mut case =
        RetentionHold { name: "case".into(), metadata: vec![("case".into(), "7".into())], ..RetentionHold::default() };
    let known = [("case".to_owned(), "7".to_owned())];
    for facts in
        [Facts { metadata: known.clone().into(), ..orphan() }, Facts { recorded: known.clone().into(), ..orphan() }]
    {
        assert_eq!(judge(&facts, &conditions(), std::slice::from_ref(&case), NOW).name(), "in use");
    }
    case.ids.insert("thread_9".into());
    let facts = Facts { metadata: known.into(), ..orphan() };
    assert_eq!(judge(&facts, &conditions(), &[case], NOW).name(), "orphaned", "all that is given must fit");
}

#[test]
fn no_more_is_asked_for_than_is_needed() {
    let mut facts = Facts { runs: None, messages: None, assistants: BTreeMap::new(), ..orphan() };
    let asks = |facts: &Facts| match judge(facts, &conditions(), &[], NOW) {
        Verdict::Wanting(evidence) => Some(evidence),
        _ => None,
    };
    assert_eq!(asks(&facts), Some(Evidence::Runs));
    facts.runs = orphan().runs;
    assert_eq!(asks(&facts), Some(Evidence::Assistant("asst_1".into())));
    facts.assistants = orphan().assistants;
    assert_eq!(asks(&facts), Some(Evidence::Messages));
    assert!(!judge(&facts, &conditions(), &[], NOW).may_go(), "what is wanting is no proof");
    facts.messages = orphan().messages;
    assert_eq!(asks(&facts), None);
}
