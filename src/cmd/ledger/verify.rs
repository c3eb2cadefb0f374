//! `asst ledger verify`: requests the objects of ledger rows from the backend, and records which still exist.

use crate::app::{App, Cardinality, TableSpec};
use crate::cmd::rows::RowFilter;
use crate::exit::{AlreadyReported, DIFFERENT};
use crate::intake::verify::{Verification, verify};
use crate::ui::counted;
use crate::view::{Col, Members};
use anyhow::Result;
use serde_json::json;

/// The arguments of `asst ledger verify`.
#[derive(Debug, clap::Args)]
pub struct VerifyRows {
    /// Only objects of this kind: assistant, thread, run, file, vector_store, file_batch, conversation
    #[arg(long, help_heading = "Filters")]
    kind: Option<String>,
    /// Exit with code 9 if an object is gone or its state is unknown
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    filter: RowFilter,
}

const TABLE: TableSpec = TableSpec {
    noun: "rows",
    columns: &[Col::id("id"), Col::text("kind", "kind"), Col::text("was", "was"), Col::text("state", "state")],
    members: Members::These("id kind was state"),
};

impl VerifyRows {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let mut filter = self.filter.filter(app)?;
        filter.kind = self.kind.as_deref().map(crate::intake::kind).transpose()?;
        let Verification { outcomes, live, gone, unknown, not_requested, .. } = app.wait(async {
            let mut printer = app.printer(TABLE, Cardinality::Many)?;
            let verified = verify(app, filter, |row, state| {
                let item =
                    json!({ "id": row.id, "kind": row.kind.name(), "was": row.state.name(), "state": state.name() });
                Ok(app.ui().out(&printer.item(&item)?)?)
            });
            let verified = verified.await?;
            app.ui().out(&printer.end()?)?;
            Ok(verified)
        })?;
        let counts = json!({ "live": live, "gone": gone, "unknown": unknown, "not_requested": not_requested });
        let mut text = format!("{live} live, {gone} gone, {unknown} unknown");
        if not_requested > 0 {
            text += &format!("; {} that no request can check", counted(not_requested, "row"));
        }
        app.ui().summary(&text, &counts);
        outcomes.result()?;
        if self.exit_code && gone + unknown > 0 { Err(AlreadyReported(DIFFERENT).into()) } else { Ok(()) }
    }
}
