//! A change to the store: conditions and statements that are committed together or not at all.

use super::runs::{RunRow, Status};
use crate::api::Kind;
use crate::db::{Db, Statement, Value as Param};
use crate::json;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An object to create.
#[derive(Debug)]
pub(in crate::serve) struct New<'a> {
    pub(in crate::serve) kind: Kind,
    pub(in crate::serve) id: &'a str,
    pub(in crate::serve) parent: &'a str,
    pub(in crate::serve) thread: Option<&'a str>,
    pub(in crate::serve) label: Option<&'a str>,
    pub(in crate::serve) doc: &'a Value,
}

impl<'a> New<'a> {
    /// Returns an object without a parent.
    pub(in crate::serve) fn top(kind: Kind, id: &'a str, doc: &'a Value) -> Self {
        Self { kind, id, parent: "", thread: None, label: None, doc }
    }
}

/// A row to lock. All batches lock rows in the order of this type, which prevents deadlocks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Locked {
    Object(String),
    Run(String),
}

/// The strength of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lock {
    /// Excludes transactions that change or delete the row.
    Shared,
    /// Excludes all other locks.
    Alone,
}

/// A list of conditions and statements, in the order in which they were added.
#[derive(Debug, Default)]
pub(in crate::serve) struct Batch {
    statements: Vec<Statement>,
    /// The rows that must not change between the conditions and the commit, for databases with several writers.
    locks: BTreeMap<Locked, Lock>,
    /// Statements that record references to files, for databases that do not derive them.
    references: Vec<Statement>,
    /// The runs whose status changes.
    pub(super) runs: Vec<(String, Status)>,
}

impl Batch {
    fn add<const N: usize>(mut self, sql: &'static str, params: [Param; N]) -> Self {
        self.statements.push((sql, params.into()));
        self
    }

    /// Returns the statements for a database, with locks if it has several writers.
    pub(super) fn into_statements(self, db: &Db) -> Vec<Statement> {
        if !db.has_many_writers() {
            return self.statements;
        }
        const OBJECT: &str = "select 1 from object where id = $1 for update";
        const OBJECT_SHARED: &str = "select 1 from object where id = $1 for share";
        const RUN: &str = "select 1 from run where id = $1 for update";
        let locks = self.locks.into_iter().map(|(row, lock)| match (row, lock) {
            (Locked::Object(id), Lock::Alone) => (OBJECT, vec![id.into()]),
            (Locked::Object(id), Lock::Shared) => (OBJECT_SHARED, vec![id.into()]),
            (Locked::Run(id), _) => (RUN, vec![id.into()]),
        });
        locks.chain(self.statements).chain(self.references).collect()
    }

    fn lock(mut self, row: Locked, lock: Lock) -> Self {
        let held = self.locks.entry(row).or_insert(lock);
        *held = lock.max(*held);
        self
    }

    /// Records the files that an object refers to.
    fn refer(&mut self, id: &str, files: &Value) {
        const FORGET: &str = "delete from reference where owner = $1";
        const REFER: &str = "insert into reference (file, owner) values ($1, $2) on conflict do nothing";
        self.references.push((FORGET, vec![id.into()]));
        for file in files.as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.references.push((REFER, vec![file.into(), id.into()]));
        }
    }

    /// Requires that an object exists.
    pub(in crate::serve) fn exists(self, kind: Kind, id: &str) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where not exists \
                           (select 1 from object where id = $1 and kind = $2)";
        self.lock(Locked::Object(id.to_owned()), Lock::Shared).add(SQL, [id.into(), kind.name().into()])
    }

    /// Requires that an object has not changed since it was read.
    pub(in crate::serve) fn unchanged(self, id: &str, version: i64) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where not exists \
                           (select 1 from object where id = $1 and version = $2)";
        self.lock(Locked::Object(id.to_owned()), Lock::Alone).add(SQL, [id.into(), version.into()])
    }

    /// Requires that a thread has no active run.
    pub(in crate::serve) fn unlocked(self, thread: &str) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where exists \
                           (select 1 from run where thread = $1 and active = 1)";
        self.add(SQL, [thread.into()])
    }

    /// Requires that this process still holds the lease of a run.
    pub(in crate::serve) fn leased(self, run: &str, lease: &str) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where not exists \
                           (select 1 from run where id = $1 and lease = $2)";
        self.lock(Locked::Run(run.to_owned()), Lock::Alone).add(SQL, [run.into(), lease.into()])
    }

    /// Inserts an object.
    pub(in crate::serve) fn insert(mut self, new: New<'_>) -> Self {
        const SQL: &str = "insert into object (kind, id, parent, thread, label, doc) values ($1, $2, $3, $4, $5, $6)";
        let New { kind, id, parent, thread, label, doc } = new;
        match kind {
            Kind::Assistant | Kind::Thread => {
                let files = &doc["tool_resources"]["code_interpreter"]["file_ids"];
                if files.is_array() {
                    self.refer(id, files);
                }
            }
            Kind::VectorStore => self.refer(id, &files_in(label)),
            _ => {}
        }
        let doc = serde_json::to_string(doc).unwrap_or_default(); // JSON always has a text.
        self.add(SQL, [kind.name().into(), id.into(), parent.into(), thread.into(), label.into(), doc.into()])
    }

    /// Inserts a file whose contents are stored already.
    pub(in crate::serve) fn insert_file(self, new: New<'_>, blob: &str, expires_at: Option<i64>) -> Self {
        const SQL: &str = "update object set blob = $1, expires_at = $2 where id = $3";
        const ARRIVED: &str = "delete from upload where blob = $1";
        let id = new.id;
        let mut batch = self.insert(new);
        batch.references.push((ARRIVED, vec![blob.into()]));
        batch.add(SQL, [blob.into(), expires_at.into(), id.into()])
    }

    /// Replaces the document of an object.
    pub(in crate::serve) fn replace(mut self, id: &str, doc: &Map<String, Value>) -> Self {
        const SQL: &str = "update object set doc = $1, version = version + 1 where id = $2";
        if let Some(resources) = doc.get("tool_resources") {
            self.refer(id, &resources["code_interpreter"]["file_ids"]);
        }
        let text = serde_json::to_string(doc).unwrap_or_default(); // A map of JSON values always has a text.
        self.add(SQL, [text.into(), id.into()])
    }

    /// Replaces the label of a vector store, which lists its files.
    pub(in crate::serve) fn relabel(mut self, id: &str, label: &str) -> Self {
        self.refer(id, &files_in(Some(label)));
        self.add("update object set label = $1 where id = $2", [label.into(), id.into()])
    }

    /// Inserts the row of a new run, which is queued and has no lease.
    pub(in crate::serve) fn queue(self, run: &str, thread: &str, expires_at: i64) -> Self {
        const SQL: &str = "insert into run (id, thread, status, active, expires_at) values ($1, $2, 'queued', 1, $3)";
        let lock = self.lock(Locked::Object(thread.to_owned()), Lock::Alone);
        lock.add(SQL, [run.into(), thread.into(), expires_at.into()])
    }

    /// Moves a run to another status. A process keeps its lease only while the run is in progress.
    pub(in crate::serve) fn run_status(mut self, run: &RunRow, status: Status) -> Self {
        const KEEP: &str = "update run set status = $1, active = $2, prompt_tokens = $3, completion_tokens = $4 \
                            where id = $5";
        const RELEASE: &str = "update run set status = $1, active = $2, prompt_tokens = $3, completion_tokens = $4, \
                               lease = null, lease_until = null where id = $5";
        let sql = if matches!(status, Status::InProgress | Status::Cancelling) { KEEP } else { RELEASE };
        self.runs.push((run.id.clone(), status));
        let active = !status.is_terminal();
        let (prompt, completion) = (run.prompt_tokens, run.completion_tokens);
        let id = run.id.as_str().into();
        self.add(sql, [status.name().into(), active.into(), prompt.into(), completion.into(), id])
    }
}

fn files_in(label: Option<&str>) -> Value {
    label.and_then(|text| json::stored(text).ok()).unwrap_or_default()
}
