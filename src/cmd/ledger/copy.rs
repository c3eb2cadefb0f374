//! `asst ledger copy`: copies one ledger into another, such as a local file into a shared database.

use crate::app::App;
use crate::exit::{AlreadyReported, MIXED, Usage};
use crate::ledger::Access;
use anyhow::Result;
use serde_json::json;

/// Two ledgers, each a path or postgres://USER@HOST/DATABASE.
#[derive(Debug, clap::Args)]
pub struct Copy {
    /// Ledger to copy from
    from: String,
    /// Ledger to copy into; created if it does not exist
    to: String,
}

impl Copy {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.from == self.to {
            return Err(Usage::new("both are the same ledger").into());
        }
        let from = app.ledger_at(&self.from, "FROM", Access::ReadOnly)?;
        let to = app.ledger_at(&self.to, "TO", Access::ReadWrite)?;
        if from.place().file().is_some_and(|path| !path.exists()) {
            return Err(Usage::new(format!("{}: there is no such ledger", self.from)).into());
        }
        let copied = crate::db::block_on(to.copy_from(&from))?;
        let text = format!("{} rows, {} intents and {} events", copied.rows, copied.intents, copied.events);
        let counts = json!({ "rows": copied.rows, "intents": copied.intents, "events": copied.events });
        app.ui().summary(&format!("{text} are in {}", to.place()), &counts);
        let left: Vec<_> = [from.left_out(), to.left_out()].into_iter().flatten().collect();
        for left in &left {
            app.ui().warn_always(&format!("the copy is not complete: {left}; {}", left.hint()));
        }
        if left.is_empty() { Ok(()) } else { Err(AlreadyReported(MIXED).into()) }
    }
}
