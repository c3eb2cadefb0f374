//! Changes of the ledger at the user's request: settling intents and forgetting objects. A failed change is an error
//! and is never written to the spill file. The module must not depend on how the user was asked.

use super::{
    Ledger, LedgerError,
    entry::{Entry, IntentOutcome, ObjectKey, Row, Settlement, Source},
    list::RowQuery,
    read::{IntentRecord, key_params},
    row::collection,
    statements::{self, RowExistence},
};
use crate::db::Statement;

/// The number of rows that are forgotten in one transaction.
const BATCH: usize = 20_000;
const FORGET: &str =
    concat!("delete from object where collection = ", collection!("$1", "$2"), " and id = $3 returning n");
const PURGE_EVENTS: &str = "delete from event where origin = $1 and kind = $2 and id = $3";
const PURGE_INTENTS: &str = "delete from intent where origin = $1 and id in
    (select m.intent from intent_object m where m.id = $2)";
const PURGE_LINKS: &str = "delete from intent_object where id = $1 and not exists
    (select 1 from intent i where i.id = intent_object.intent)";

/// The extent of forgetting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgetScope {
    /// The rows only. Events and intents still record the history.
    Rows,
    /// The rows with their events and intents.
    Everything,
}

/// The result of settling an intent by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettleResult {
    Done(IntentRecord),
    NoSuchIntent,
    /// The intent had already been settled. Nothing was changed.
    AlreadySettled(IntentRecord),
}

impl Ledger {
    /// Settles an open intent by hand. With `made`, the intent created the object with this ID, which is recorded too.
    /// With `None`, it created nothing.
    pub async fn settle(&self, intent: &str, made: Option<&str>, at: i64) -> Result<SettleResult, LedgerError> {
        let known = match self.intent(intent).await? {
            None => return Ok(SettleResult::NoSuchIntent),
            Some(known) if known.outcome.is_some() => return Ok(SettleResult::AlreadySettled(known)),
            Some(known) => known,
        };
        let db = self.writer().await?;
        let outcome = made.map_or(IntentOutcome::Nothing, |id| IntentOutcome::Recorded { ids: vec![id.to_owned()] });
        let mut entries: Vec<Entry> =
            vec![Settlement { intent: intent.to_owned(), outcome: outcome.clone(), at }.into()];
        if let Some(id) = made {
            let made = Row::new(&known.intent.origin, known.intent.kind, id, Source::Created, at);
            entries.push(Row { provenance: known.intent.provenance.clone(), ..made }.into());
        }
        db.atomic(statements::statements(&entries, self.raw_retention, RowExistence::Possible))
            .await
            .map_err(|cause| self.error(cause))?;
        Ok(SettleResult::Done(IntentRecord { outcome: Some(outcome), settled_at: Some(at), ..known }))
    }

    /// Forgets objects. Returns the number of objects that had a row.
    pub async fn forget(&self, keys: &[ObjectKey], extent: ForgetScope) -> Result<u64, LedgerError> {
        if self.reader().await?.is_none() {
            return Ok(0); // Forgetting must not create a ledger.
        }
        let db = self.writer().await?;
        let mut forgotten = 0;
        for keys in keys.chunks(BATCH) {
            let batch: Vec<_> = keys.iter().flat_map(|key| forget_statements(key, extent)).collect();
            let answers = db.atomic(batch).await.map_err(|cause| self.error(cause))?;
            // Only `FORGET` returns rows. The other statements of the batch return none.
            forgotten += answers.iter().map(|rows| rows.len() as u64).sum::<u64>();
        }
        Ok(forgotten)
    }

    /// Forgets all rows that match a filter. Returns their number.
    pub async fn forget_all(&self, filter: &RowQuery, extent: ForgetScope) -> Result<u64, LedgerError> {
        let mut forgotten = 0;
        let mut before = None;
        loop {
            let rows = self.rows(filter, before, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(forgotten) };
            before = Some(last.cursor);
            forgotten += self.forget(&rows.iter().map(Row::key).collect::<Vec<_>>(), extent).await?;
        }
    }
}

fn forget_statements(key: &ObjectKey, extent: ForgetScope) -> Vec<Statement> {
    let mut statements = vec![Statement::new(FORGET, key_params(key))];
    if extent == ForgetScope::Everything {
        statements.push(Statement::new(PURGE_EVENTS, key_params(key)));
        statements.push(Statement::new(PURGE_INTENTS, vec![key.origin.as_str().into(), key.id.as_str().into()]));
        statements.push(Statement::new(PURGE_LINKS, vec![key.id.as_str().into()]));
    }
    statements
}
