//! The rules of a prune, and the candidates that they select.

use super::conditions::Conditions;
use crate::api::Kind;
use crate::api::runs::has_ended;
use crate::json;
use crate::ledger::{Row, RowQuery, Source};
use std::collections::BTreeSet;

/// A prune rule: the rows to examine, and the conditions under which their objects are deleted.
#[derive(Debug, Clone)]
pub struct PruneRule {
    pub name: Option<String>,
    /// The query for ledger rows. Its origin, kind and source are replaced by those of the prune.
    pub filter: RowQuery,
    /// The accepted sources of rows. An empty list accepts every source.
    pub sources: Vec<Source>,
    /// The conditions that the object must meet at the backend.
    pub conditions: Conditions,
}

impl PruneRule {
    /// Returns a rule with conditions only. For candidates from a list of the backend.
    pub fn of(conditions: Conditions) -> Self {
        Self { name: None, filter: RowQuery::default(), sources: Vec::new(), conditions }
    }
}

/// An object that may be pruned. It consists of a row of the ledger, or a new row for a listed object, without the
/// large fields.
#[derive(Debug, Clone)]
pub struct PruneCandidate {
    pub(super) row: Row,
    /// The names of the CI job that created the object.
    pub(super) ci_jobs: BTreeSet<String>,
    /// `true` for a run that had ended when it was last observed.
    pub(super) has_ended: bool,
}

impl PruneCandidate {
    /// Returns the ID.
    pub fn id(&self) -> &str {
        &self.row.id
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.row.kind
    }

    /// Returns the ID of the thread, for a run.
    pub fn parent(&self) -> Option<&str> {
        self.row.parent.as_deref()
    }

    /// Returns the name, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }

    /// Returns the source of the ledger row.
    pub fn source(&self) -> Source {
        self.row.source
    }

    /// Returns the time at which asst last used the object, in seconds since 1970.
    pub fn active_at(&self) -> Option<i64> {
        self.row.active_at
    }
}

impl From<Row> for PruneCandidate {
    fn from(row: Row) -> Self {
        let raw = row.raw.as_deref().filter(|_| row.kind == Kind::Run);
        let has_ended = raw.and_then(|raw| json::stored(raw).ok()).is_some_and(|run| has_ended(&run));
        let ci_jobs = row.ci_jobs();
        Self { ci_jobs, has_ended, row: Row { raw: None, provenance: None, request_id: None, ..row } }
    }
}
