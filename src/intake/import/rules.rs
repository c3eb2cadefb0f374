//! Checks the facts about an ID by the rules of an import, and builds the row for the ledger.

use super::facts::IdFacts;
use super::times::{self, Zone};
use crate::api::{Kind, ids};
use crate::intake::kinds::kind;
use crate::ledger::{ObjectState, Row, Source};
use std::cell::Cell;

/// The rules that apply to all IDs of an import.
#[derive(Debug)]
pub(super) struct ImportRules {
    pub(super) kind: Option<Kind>,
    pub(super) any_id: bool,
    pub(super) origin: String,
    pub(super) now: i64,
    /// The number of the first line with a time that has no zone.
    pub(super) zoneless: Cell<Option<u64>>,
}

impl ImportRules {
    /// Returns the ledger row for an ID.
    ///
    /// # Errors
    /// Returns a message if a fact is invalid.
    pub(super) fn row(&self, line: u64, facts: IdFacts) -> Result<Row, String> {
        let IdFacts { id, kind, created, parent, metadata } = facts;
        match self.any_id {
            true => ids::check(&id).map_err(|bad| bad.to_string())?,
            false => ids::plausible(&id).map_err(|bad| bad.to_string())?,
        }
        let kind = self.kind_of(&id, kind.as_deref())?;
        if let Some(parent) = &parent {
            ids::check(parent).map_err(|bad| format!("{bad}; --ignore-column omits the column of the parents"))?;
        }
        let created = created.as_ref().map(times::parse).transpose()?;
        if created.is_some_and(|time| time.zone == Zone::Assumed) && self.zoneless.get().is_none() {
            self.zoneless.set(Some(line));
        }
        let row = Row::new(self.origin.as_str(), kind, id, Source::Imported, self.now);
        Ok(Row { state: ObjectState::Unknown, created_at: created.map(|time| time.seconds), parent, metadata, ..row })
    }

    /// Returns the kind of an ID. `--kind`, the kind in the table and the prefix must not contradict each other.
    fn kind_of(&self, id: &str, kind_in_table: Option<&str>) -> Result<Kind, String> {
        let named =
            |name: &str| kind(name).map_err(|error| format!("{error}; --ignore-column omits the column of the kinds"));
        let kind_in_table = kind_in_table.map(named).transpose()?;
        if let (Some(wanted), Some(kind_in_table)) = (self.kind, kind_in_table)
            && wanted != kind_in_table
        {
            return Err(format!(
                "expected the kind {wanted} from --kind, but the kind of `{id}` in the table is {kind_in_table}"
            ));
        }
        let by_prefix = Kind::of_id(id);
        match (kind_in_table.or(self.kind), by_prefix) {
            (Some(kind), Some(other)) if kind != other && !self.any_id => Err(format!(
                "`{id}` has the prefix of another kind ({other}, not {kind}); pass --any-id to send it anyway"
            )),
            (Some(kind), _) => Ok(kind),
            (None, Some(kind)) if kind.recorded() => Ok(kind),
            (None, Some(kind)) => {
                Err(format!("`{id}` has the prefix of a kind that the ledger does not record ({kind})"))
            }
            (None, None) => Err(format!("the kind of `{id}` is unknown; pass --kind")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn rules(kind: Option<Kind>) -> ImportRules {
        ImportRules { kind, any_id: false, origin: "o".into(), now: 1, zoneless: Cell::new(None) }
    }

    fn of(id: &str) -> IdFacts {
        IdFacts { id: id.to_owned(), ..IdFacts::default() }
    }

    #[test]
    fn implausible_ids_and_unknown_kinds_are_errors() {
        let row = |kind, id| rules(kind).row(1, of(id));
        assert!(row(None, "6b29fc40").unwrap_err().contains("--kind"));
        assert!(row(Some(Kind::Thread), "6b29fc40").is_ok());
        assert!(row(Some(Kind::Thread), "a/b").is_err());
        for bad in ["1", "thread_", "thread_zz", "thread_id", "live"] {
            assert!(row(Some(Kind::Thread), bad).is_err(), "{bad}");
        }
        assert!(row(Some(Kind::Thread), "asst_1").unwrap_err().contains("--any-id"));
        assert!(row(None, "msg_1").unwrap_err().contains("does not record"));
        let any = ImportRules { any_id: true, ..rules(Some(Kind::Thread)) };
        assert_eq!(any.row(1, of("asst_1")).unwrap().kind, Kind::Thread);
    }

    #[test]
    fn kinds_must_agree() {
        let row =
            |kind, kind_in_table: &str| rules(kind).row(1, IdFacts { kind: Some(kind_in_table.into()), ..of("6b29") });
        assert_eq!(row(None, "vector-stores").unwrap().kind, Kind::VectorStore);
        assert!(row(Some(Kind::Thread), "run").unwrap_err().contains("expected the kind thread from --kind"));
        assert!(row(None, "message").unwrap_err().contains("got `message`"));
    }

    #[test]
    fn times_are_parsed_or_rejected() {
        let row = |created: Value| rules(None).row(1, IdFacts { created: Some(created), ..of("thread_1") });
        assert_eq!(row(1_700_000_000.into()).unwrap().created_at, Some(1_700_000_000));
        assert_eq!(row("2023-11-14T22:13:20Z".into()).unwrap().created_at, Some(1_700_000_000));
        assert!(row("yesterday".into()).unwrap_err().contains("is not a time"));
        let rules = rules(None);
        let plain = "2023-11-14 22:13:20".into();
        assert_eq!(
            rules.row(7, IdFacts { created: Some(plain), ..of("thread_1") }).unwrap().created_at,
            Some(1_700_000_000)
        );
        assert_eq!(rules.zoneless.get(), Some(7));
    }
}
