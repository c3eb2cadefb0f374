//! A change of the store: conditions and statements that are committed together or not at all.

use super::detachment::{DETACH_FILE, DETACH_ONE};
use super::object::{NewObject, Stored, StoredType};
use super::runs::RunRow;
use crate::api::Kind;
use crate::api::objects::{OpenEnum, RunStatus, ToolResources};
use crate::db::{Db, Statement, Value as Param};
use std::collections::BTreeMap;

/// A row to lock. All batches lock their rows in the same order ([`Ord`]), which prevents deadlocks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LockedRow {
    Object(String),
    Run(String),
    /// The row of a file in a vector store.
    StoreFile {
        store: String,
        file: String,
    },
    /// The rows of a file in all vector stores.
    StoreFiles(String),
}

/// The strength of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LockMode {
    /// Excludes transactions that change or delete the row.
    Shared,
    /// Excludes all other locks.
    Exclusive,
}

/// A list of conditions and statements, in the order in which they were added.
///
/// A condition is a statement that inserts a row into the table `assertion` if the condition does not hold. The table
/// accepts no further row, so the whole batch fails.
#[derive(Debug, Default)]
pub(in crate::serve) struct Batch {
    statements: Vec<Statement>,
    /// The rows to lock until the commit, so that the conditions still hold then. Only databases with several writers
    /// need them.
    locks: BTreeMap<LockedRow, LockMode>,
    /// Statements that record references to files. SQLite records them with triggers instead.
    references: Vec<Statement>,
    /// The runs whose status changes.
    pub(super) runs: Vec<(String, RunStatus)>,
    /// `true` if files are added to vector stores or removed from them.
    pub(super) changes_store_files: bool,
}

impl Batch {
    /// Adds a statement.
    pub(super) fn add<const N: usize>(mut self, sql: &'static str, params: [Param; N]) -> Self {
        self.statements.push(Statement::new(sql, params.into()));
        self
    }

    /// Returns the statements for a database. If it has several writers, the locks come first.
    pub(super) fn into_statements(self, db: &Db) -> Vec<Statement> {
        if !db.has_many_writers() {
            return self.statements;
        }
        const OBJECT: &str = "select 1 from object where id = $1 for update";
        const OBJECT_SHARED: &str = "select 1 from object where id = $1 for share";
        const RUN: &str = "select 1 from run where id = $1 for update";
        let locks = self.locks.into_iter().map(|(row, lock)| match (row, lock) {
            (LockedRow::Object(id), LockMode::Exclusive) => Statement::new(OBJECT, vec![id.into()]),
            (LockedRow::Object(id), LockMode::Shared) => Statement::new(OBJECT_SHARED, vec![id.into()]),
            (LockedRow::Run(id), _) => Statement::new(RUN, vec![id.into()]),
            (LockedRow::StoreFile { store, file }, _) => {
                Statement::new(DETACH_ONE.lock, vec![store.into(), file.into()])
            }
            (LockedRow::StoreFiles(file), _) => Statement::new(DETACH_FILE.lock, vec![file.into()]),
        });
        locks.chain(self.statements).chain(self.references).collect()
    }

    /// Locks a row until the commit, if the database has several writers.
    pub(super) fn lock(mut self, row: LockedRow, mode: LockMode) -> Self {
        let held = self.locks.entry(row).or_insert(mode);
        *held = mode.max(*held);
        self
    }

    /// Records the files that an object refers to. They replace those that were recorded before.
    fn record_references<'f>(&mut self, id: &str, files: impl IntoIterator<Item = &'f str>) {
        const FORGET: &str = "delete from reference where owner = $1";
        const REFER: &str = "insert into reference (file, owner) values ($1, $2) on conflict do nothing";
        self.references.push(Statement::new(FORGET, vec![id.into()]));
        for file in files {
            self.references.push(Statement::new(REFER, vec![file.into(), id.into()]));
        }
    }

    /// Requires that an object exists.
    pub(in crate::serve) fn exists(self, kind: Kind, id: &str) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where not exists \
                           (select 1 from object where id = $1 and kind = $2)";
        self.lock(LockedRow::Object(id.to_owned()), LockMode::Shared).add(SQL, [id.into(), kind.name().into()])
    }

    /// Requires that an object has not changed since it was read.
    pub(in crate::serve) fn unchanged<O>(self, stored: &Stored<O>) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where not exists \
                           (select 1 from object where id = $1 and version = $2)";
        let lock = self.lock(LockedRow::Object(stored.id.clone()), LockMode::Exclusive);
        lock.add(SQL, [stored.id.as_str().into(), stored.version.into()])
    }

    /// Requires that a thread has no active run.
    pub(in crate::serve) fn no_active_run(self, thread: &str) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where exists \
                           (select 1 from run where thread = $1 and active = 1)";
        self.add(SQL, [thread.into()])
    }

    /// Requires that this process still holds the lease of a run.
    pub(in crate::serve) fn leased(self, run: &str, lease: &str) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where not exists \
                           (select 1 from run where id = $1 and lease = $2)";
        self.lock(LockedRow::Run(run.to_owned()), LockMode::Exclusive).add(SQL, [run.into(), lease.into()])
    }

    /// Inserts an object.
    pub(in crate::serve) fn insert<O: StoredType>(mut self, new: &NewObject<'_, O>) -> Self {
        const SQL: &str = "insert into object (kind, id, parent, thread, label, doc) values ($1, $2, $3, $4, $5, $6)";
        let id = new.id();
        match O::KIND {
            Kind::Assistant | Kind::Thread => {
                if let Some(resources) = new.object.member::<&ToolResources>("tool_resources").valid() {
                    self.record_references(id, resources.file_ids().valid());
                }
            }
            _ => {}
        }
        let (kind, parent, thread, label) = (O::KIND.name(), new.parent, new.thread, new.label);
        let document = new.object.to_json();
        self.add(SQL, [kind.into(), id.into(), parent.into(), thread.into(), label.into(), document.into()])
    }

    /// Inserts a file whose contents are stored already.
    pub(in crate::serve) fn insert_file<O: StoredType>(
        self,
        new: &NewObject<'_, O>,
        blob: &str,
        expires_at: Option<i64>,
    ) -> Self {
        const SQL: &str = "update object set blob = $1, expires_at = $2 where id = $3";
        const ARRIVED: &str = "delete from upload where blob = $1";
        let mut batch = self.insert(new);
        batch.references.push(Statement::new(ARRIVED, vec![blob.into()]));
        batch.add(SQL, [blob.into(), expires_at.into(), new.id().into()])
    }

    /// Requires that the parts of an upload have at most `limit` bytes in total, including those that this batch
    /// inserts.
    pub(in crate::serve) fn parts_within(self, upload: &str, limit: i64) -> Self {
        const SQL: &str = "insert into assertion (broken) select 1 where $2 < \
                           (select cast(coalesce(sum(cast(label as bigint)), 0) as bigint) from object \
                           where kind = 'upload_part' and parent = $1)";
        self.add(SQL, [upload.into(), limit.into()])
    }

    /// Sets the time from which an object counts as expired.
    pub(in crate::serve) fn expires_at(self, id: &str, time: i64) -> Self {
        self.add("update object set expires_at = $1 where id = $2", [time.into(), id.into()])
    }

    /// Removes an object that no other object belongs to.
    pub(in crate::serve) fn remove(self, kind: Kind, id: &str) -> Self {
        self.add("delete from object where id = $1 and kind = $2", [id.into(), kind.name().into()])
    }

    /// Replaces the stored form of an object.
    pub(in crate::serve) fn replace<O: StoredType>(mut self, stored: &Stored<O>) -> Self {
        const SQL: &str = "update object set doc = $1, version = version + 1 where id = $2";
        let Stored { id, object, .. } = stored;
        if object.as_map().contains_key("tool_resources") {
            let resources = object.member::<&ToolResources>("tool_resources").valid();
            self.record_references(id, resources.into_iter().flat_map(|resources| resources.file_ids().valid()));
        }
        self.add(SQL, [object.to_json().into(), id.as_str().into()])
    }

    /// Inserts the row of a new run, which is queued and has no lease.
    pub(in crate::serve) fn queue(self, run: &str, thread: &str, expires_at: i64) -> Self {
        const SQL: &str = "insert into run (id, thread, status, active, expires_at) values ($1, $2, 'queued', 1, $3)";
        let lock = self.lock(LockedRow::Object(thread.to_owned()), LockMode::Exclusive);
        lock.add(SQL, [run.into(), thread.into(), expires_at.into()])
    }

    /// Moves a run to another status. A process keeps its lease only while the run is in progress.
    pub(in crate::serve) fn run_status(mut self, run: &RunRow, status: RunStatus) -> Self {
        const KEEP: &str = "update run set status = $1, active = $2, prompt_tokens = $3, completion_tokens = $4 \
                            where id = $5";
        const RELEASE: &str = "update run set status = $1, active = $2, prompt_tokens = $3, completion_tokens = $4, \
                               lease = null, lease_until = null where id = $5";
        let sql = if matches!(status, RunStatus::InProgress | RunStatus::Cancelling) { KEEP } else { RELEASE };
        self.runs.push((run.id.clone(), status));
        let active = !status.is_terminal();
        let (prompt, completion) = (run.prompt_tokens, run.completion_tokens);
        let id = run.id.as_str().into();
        self.add(sql, [status.name().into(), active.into(), prompt.into(), completion.into(), id])
    }
}
