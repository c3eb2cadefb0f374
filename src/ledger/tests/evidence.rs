//! The state of a row after each kind of evidence: a table over all sources, states and kinds of evidence.

use super::*;

/// The time at which the row was last checked or deleted.
const BEFORE: i64 = 100;

/// An observation, and the resulting state for each previous state.
struct Evidence {
    name: &'static str,
    row: fn(Source) -> Row,
    after: fn(ObjectState) -> ObjectState,
}

fn seen(source: Source, started_at: Option<i64>) -> Row {
    Row { started_at, checked_at: started_at, ..thread("t", source, 300) }
}

fn missing(known: Source) -> Row {
    Row { state: ObjectState::Gone, ..seen(known, Some(200)) }
}

fn same(state: ObjectState) -> ObjectState {
    state
}

const TABLE: [Evidence; 8] = [
    Evidence { name: "answered later", row: |_| seen(Source::Referenced, Some(200)), after: |_| ObjectState::Live },
    Evidence {
        name: "answered before the last check",
        row: |_| seen(Source::Referenced, Some(50)),
        after: |state| match state {
            ObjectState::Deleted | ObjectState::Gone => state,
            _ => ObjectState::Live,
        },
    },
    Evidence {
        name: "reported as missing",
        row: missing,
        after: |state| if state == ObjectState::Deleted { state } else { ObjectState::Gone },
    },
    Evidence {
        name: "reported as missing, the row being unknown to the caller",
        row: |_| missing(Source::Scanned),
        after: |state| if state == ObjectState::Deleted { state } else { ObjectState::Gone },
    },
    Evidence {
        name: "deleted",
        row: |_| Row {
            state: ObjectState::Deleted,
            deleted_at: Some(200),
            checked_at: Some(200),
            ..thread("t", Source::Referenced, 200)
        },
        after: |_| ObjectState::Deleted,
    },
    Evidence {
        name: "listed",
        row: |_| Row { checked_at: Some(200), ..thread("t", Source::Listed, 200) },
        after: |state| if state == ObjectState::Unknown { ObjectState::Live } else { state },
    },
    Evidence {
        name: "imported",
        row: |_| Row { state: ObjectState::Unknown, ..thread("t", Source::Imported, 200) },
        after: same,
    },
    Evidence {
        name: "scanned",
        row: |_| Row { state: ObjectState::Unknown, ..thread("t", Source::Scanned, 200) },
        after: same,
    },
];

fn before(source: Source, state: ObjectState) -> Row {
    let deleted_at = (state == ObjectState::Deleted).then_some(BEFORE);
    Row { state, checked_at: Some(BEFORE), deleted_at, ..thread("t", source, BEFORE) }
}

fn every_case() -> impl Iterator<Item = (Source, ObjectState, &'static Evidence)> {
    let pairs = Source::ALL.into_iter().flat_map(|source| ObjectState::ALL.map(|state| (source, state)));
    pairs.flat_map(|(source, state)| TABLE.iter().map(move |evidence| (source, state, evidence)))
}

#[test]
fn the_state_depends_on_the_evidence_and_not_on_the_source_of_the_row() {
    let world = World::new();
    let ledger = world.ledger();
    let mut cases = Vec::new();
    for (number, (source, state, evidence)) in every_case().enumerate() {
        let id = format!("t{number}");
        put(&ledger, [Row { id: id.clone(), ..before(source, state) }]);
        put(&ledger, [Row { id: id.clone(), ..(evidence.row)(source) }]);
        cases.push((id, source, state, evidence));
    }
    for (id, source, state, evidence) in cases {
        let row = get(&ledger, &id);
        assert_eq!(row.state, (evidence.after)(state), "{source} row, {state}, then {}", evidence.name);
        assert!(row.source >= source, "{source} row became weaker: {}", row.source);
        let deleted = row.state == ObjectState::Deleted;
        assert_eq!(row.deleted_at.is_some(), deleted, "{source} row, {state}, then {}", evidence.name);
    }
}

#[test]
fn a_copy_keeps_gone_and_deleted_states_for_every_source() {
    for state in [ObjectState::Gone, ObjectState::Deleted] {
        for source in Source::ALL {
            let (from, to) = (World::new(), World::new());
            put(&from.ledger(), [before(source, state)]);
            put(&to.ledger(), [Row { state: ObjectState::Unknown, ..thread("t", Source::Imported, 1) }]);
            let _ = block_on(to.ledger().copy_from(&from.ledger())).unwrap();
            assert_eq!(get(&to.ledger(), "t").state, state, "{source}");
        }
    }
}
