//! `asst ledger sync`: lists the objects of the backend and records them in the ledger.

use crate::app::{App, Cardinality, TableSpec};
use crate::exit::Usage;
use crate::intake::sync::{LISTABLE, SyncResult, sync};
use crate::view::{Col, Members};
use anyhow::Result;
use serde_json::{Value, json};

/// The arguments of `asst ledger sync`.
#[derive(Debug, clap::Args)]
pub struct SyncLedger {
    /// Only objects of this kind (repeatable): assistant, file, vector_store, or, if the backend lists them, thread and
    /// conversation
    #[arg(long)]
    kind: Vec<String>,
}

const TABLE: TableSpec = TableSpec {
    noun: "kinds",
    columns: &[Col::text("kind", "kind"), Col::count("listed", "listed"), Col::text("note", "note")],
    members: Members::These("kind listed note"),
};

impl SyncLedger {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let kinds = self.kind.iter().map(|kind| crate::intake::kind(kind)).collect::<Result<Vec<_>, _>>()?;
        if let Some(kind) = kinds.iter().find(|kind| !LISTABLE.contains(kind)) {
            return Err(Usage::new(format!("asst cannot list objects of kind {kind} at any backend")).into());
        }
        // Fails before the first request if there is no ledger.
        app.records()?;
        let mut printer = app.printer(TABLE, Cardinality::Many)?;
        app.wait(async {
            let outcomes = sync(app, &kinds, |synced| Ok(app.ui().out(&printer.item(&item(synced))?)?)).await?;
            app.ui().out(&printer.end()?)?;
            outcomes.result()
        })
    }
}

fn item(synced: SyncResult) -> Value {
    json!({ "kind": synced.kind.name(), "listed": synced.listed, "note": synced.note })
}
