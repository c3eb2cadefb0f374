//! The rows of runs. A row has the status, the lease of the process that executes the run, and the expiry time. The row
//! of an active run is also the lock on its thread.

use super::{Store, lease_end};
use crate::api::objects::{OpenEnum, RunStatus};
use crate::db::{DbError, SqlRow, Statement};
use crate::serve::ids;
use std::time::Duration;

/// The row of a run.
#[derive(Debug, Clone)]
pub(in crate::serve) struct RunRow {
    pub(in crate::serve) id: String,
    pub(in crate::serve) thread: String,
    pub(in crate::serve) status: RunStatus,
    pub(in crate::serve) expires_at: i64,
    /// The lease of the process that executes the run.
    pub(in crate::serve) lease: Option<String>,
    pub(in crate::serve) prompt_tokens: i64,
    pub(in crate::serve) completion_tokens: i64,
}

impl RunRow {
    /// Returns `true` if the run has passed its expiry time, but does not have a final status yet.
    pub(in crate::serve) fn is_overdue(&self) -> bool {
        !self.status.is_terminal() && self.expires_at <= ids::now()
    }

    fn read(mut row: SqlRow) -> Result<Self, DbError> {
        let name = row.take_text(2)?;
        let status = RunStatus::named(&name);
        Ok(Self {
            id: row.take_text(0)?,
            thread: row.take_text(1)?,
            status: status.ok_or_else(|| DbError::Corrupt(format!("a run has the unknown status `{name}`")))?,
            expires_at: row.int(3)?,
            lease: row.take_optional_text(4)?,
            prompt_tokens: row.int(5)?,
            completion_tokens: row.int(6)?,
        })
    }
}

/// A run whose lease was renewed.
#[derive(Debug)]
pub(in crate::serve) struct LeasedRun {
    pub(in crate::serve) id: String,
    /// `true` if the run must be cancelled.
    pub(in crate::serve) cancelling: bool,
}

impl Store {
    /// Returns the row of a run.
    pub(in crate::serve) async fn run(&self, id: &str) -> Result<Option<RunRow>, DbError> {
        const SQL: &str = "select id, thread, status, expires_at, lease, prompt_tokens, completion_tokens \
                           from run where id = $1";
        self.db.read(SQL, vec![id.into()]).await?.pop().map(RunRow::read).transpose()
    }

    /// Returns the active run of a thread, which may have passed its expiry time.
    pub(in crate::serve) async fn active_run(&self, thread: &str) -> Result<Option<RunRow>, DbError> {
        const SQL: &str = "select id, thread, status, expires_at, lease, prompt_tokens, completion_tokens \
                           from run where thread = $1 and active = 1";
        self.db.read(SQL, vec![thread.into()]).await?.pop().map(RunRow::read).transpose()
    }

    /// Returns active runs that have passed their expiry time, at most 100.
    pub(in crate::serve) async fn overdue_runs(&self) -> Result<Vec<RunRow>, DbError> {
        const SQL: &str = "select id, thread, status, expires_at, lease, prompt_tokens, completion_tokens \
                           from run where active = 1 and expires_at <= $1 limit 100";
        self.db.read(SQL, vec![ids::now().into()]).await?.into_iter().map(RunRow::read).collect()
    }

    /// Corrupts the stored object of a run and lets the run expire, to simulate a disk error.
    #[cfg(test)]
    #[allow(clippy::unwrap_used)]
    pub(in crate::serve) async fn corrupt_run(&self, run: &str) {
        for sql in ["update object set doc = '{' where id = $1", "update run set expires_at = 1 where id = $1"] {
            self.db.write(sql, vec![run.into()]).await.unwrap();
        }
    }

    /// Claims runs that no process executes, or whose lease has expired. Returns their IDs.
    pub(in crate::serve) async fn claim(&self, lease: &str, life: Duration) -> Result<Vec<String>, DbError> {
        const ANY: &str = "select 1 from run where active = 1 and status <> 'requires_action' \
                            and (lease is null or lease_until < $1) limit 1";
        const CLAIM: &str = "update run set lease = $1, lease_until = $2 where id in (select id from run \
                             where active = 1 and status <> 'requires_action' \
                             and (lease is null or lease_until < $3) limit 64) \
                             and active = 1 and status <> 'requires_action' \
                             and (lease is null or lease_until < $3) returning id";
        // `CLAIM` states its conditions twice. After waiting for a row lock, PostgreSQL evaluates only the outer
        // conditions again.
        let now = self.now_ms();
        // Read first, so that an idle server writes nothing.
        if self.db.read(ANY, vec![now.into()]).await?.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.db.write(CLAIM, vec![lease.into(), lease_end(now, life).into(), now.into()]).await?;
        rows.into_iter().map(|mut row| row.take_text(0)).collect()
    }

    /// Renews the leases of a process on the runs that its workers execute. Returns the runs whose lease it still
    /// holds.
    ///
    /// The lease on a run without a worker is not renewed, so that the run is claimed again.
    pub(in crate::serve) async fn renew(
        &self,
        lease: &str,
        life: Duration,
        runs: &[String],
    ) -> Result<Vec<LeasedRun>, DbError> {
        const SQL: &str = "update run set lease_until = $1 where id = $2 and lease = $3 and active = 1 \
                           returning id, cast(case when status = 'cancelling' then 1 else 0 end as bigint)";
        let lease_end = lease_end(self.now_ms(), life);
        let renewals =
            runs.iter().map(|run| Statement::new(SQL, vec![lease_end.into(), run.as_str().into(), lease.into()]));
        let rows = self.db.atomic(renewals.collect::<Vec<_>>()).await?.into_iter().flatten();
        rows.map(|mut row| Ok(LeasedRun { id: row.take_text(0)?, cancelling: row.flag(1)? })).collect()
    }

    /// Releases all leases of a process, so that another process can claim the runs at once.
    pub(in crate::serve) async fn release(&self, lease: &str) -> Result<(), DbError> {
        const ANY: &str = "select 1 from run where lease = $1 and active = 1 limit 1";
        const SQL: &str = "update run set lease = null, lease_until = null where lease = $1 and active = 1";
        if !self.db.read(ANY, vec![lease.into()]).await?.is_empty() {
            self.db.write(SQL, vec![lease.into()]).await?;
        }
        Ok(())
    }

    /// Returns the runs that this process executes, and those that it can claim.
    pub(in crate::serve) async fn pending_runs(&self, lease: &str) -> Result<Vec<String>, DbError> {
        const SQL: &str = "select id from run where active = 1 and status <> 'requires_action' \
                           and (lease is null or lease = $1)";
        self.db.read(SQL, vec![lease.into()]).await?.into_iter().map(|mut row| row.take_text(0)).collect()
    }
}
