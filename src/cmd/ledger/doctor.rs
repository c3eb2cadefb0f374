//! `asst ledger doctor`: lists the open intents, each with the objects that its request may have created. It also
//! reports other problems of the ledger.

use crate::app::{App, Cardinality, TableSpec};
use crate::exit::{AlreadyReported, DIFFERENT};
use crate::intake::doctor::{Examination, OpenIntent};
use crate::json;
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use serde_json::{Value, json};

/// The arguments of `asst ledger doctor`.
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// Exit with code 9 if the command finds something that needs a decision
    #[arg(long)]
    exit_code: bool,
}

const TABLE: TableSpec = TableSpec {
    noun: "intents",
    columns: &[
        Col::id("id"),
        Col::text("what", "what"),
        Col::time("opened", "opened_at"),
        Col::text("origin", "origin"),
        Col::new("candidates", "candidates.id", CellKind::Text),
    ],
    members: Members::These("id what kind origin opened_at provenance marked candidates"),
};

impl Doctor {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let mut examination = Examination::begin(app)?;
        let mut printer = app.printer(TABLE, Cardinality::Many)?;
        let mut open = 0;
        while let Some(intent) = examination.next_intent()? {
            open += 1;
            app.ui().out(&printer.item(&item(&intent))?)?;
        }
        app.ui().out(&printer.end()?)?;
        let findings = examination.findings()?;
        let text = match open {
            0 if findings.need_action() => "no open intents".to_owned(),
            0 => "no open intents; the ledger is in order".to_owned(),
            1 => "1 open intent: `asst ledger settle INTENT ID|--none` closes it".to_owned(),
            count => format!("{count} open intents: `asst ledger settle INTENT ID|--none` closes one"),
        };
        let counts = json!({
            "open_intents": open,
            "spills_waiting": findings.spills_waiting,
            "spills_put_aside": findings.spills_put_aside,
            "spills_elsewhere": findings.spills_elsewhere,
            "foreign": findings.foreign,
            "runs_unfinished": findings.runs_unfinished,
        });
        app.ui().summary(&text, &counts);
        if self.exit_code && (open > 0 || findings.need_action()) {
            Err(AlreadyReported(DIFFERENT).into())
        } else {
            Ok(())
        }
    }
}

/// Returns an open intent as JSON.
fn item(OpenIntent { intent, candidates }: &OpenIntent) -> Value {
    let provenance = intent.provenance.as_deref().and_then(|text| json::stored(text).ok());
    json!({
        "id": intent.id,
        "what": intent.what,
        "kind": intent.kind.name(),
        "origin": intent.origin,
        "opened_at": intent.opened_at,
        "provenance": provenance,
        "marked": intent.mark,
        "candidates": candidates,
    })
}
