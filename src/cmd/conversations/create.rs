//! `asst conversations create`: creates a conversation, and notes that OpenAI keeps it.

use crate::api::conversations::CreateConversation;
use crate::api::{Backend, Kind};
use crate::app::records::{RowQuery, StateFilter};
use crate::app::{App, DryRun, LedgerChoice};
use crate::cmd::{Send, columns};
use anyhow::Result;

const NOTE: &str = "OpenAI keeps conversations until they are deleted: `asst conversations list` shows those in the \
    ledger, `asst conversations delete` deletes them";

pub(super) fn create(app: &App, send: Send<CreateConversation>) -> Result<()> {
    // Determined before the request, because the ledger contains the new conversation afterwards.
    let prints_note =
        app.options().dry_run == DryRun::Off && app.profile()?.backend == Backend::OpenAi && is_first(app);
    send.run(app, columns::CONVERSATIONS)?;
    if prints_note {
        app.ui().note(NOTE);
    }
    Ok(())
}

/// Returns `true` if the ledger has no conversation of this backend yet, or if no ledger is used. The note is then
/// printed.
fn is_first(app: &App) -> bool {
    let has_conversation = || -> Result<bool> {
        let filter = RowQuery {
            origin: app.origin_if_any()?,
            kind: Some(Kind::Conversation),
            states: StateFilter::All,
            ..RowQuery::default()
        };
        Ok(app.records()?.rows(&filter, 1, Some(1)).next_page()?.is_some())
    };
    // An error is ignored, because the create request reports a ledger that cannot be read.
    matches!(app.options().ledger, LedgerChoice::Off) || !has_conversation().unwrap_or(true)
}
