//! `asst ledger forget`: deletes rows from the ledger and, with `--purge`, their events and intents. The objects at the
//! backend are unchanged.

use crate::api::{Kind, ids};
use crate::app::App;
use crate::app::records::{ForgetScope, ObjectKey};
use crate::cmd::request::ALLOW_EMPTY;
use crate::cmd::rows::RowFilter;
use crate::exit::{AlreadyReported, FAILED, Usage};
use crate::intake::id_lines::from_stdin;
use crate::intake::no_origin;
use crate::ui::{Confirmation, counted};
use anyhow::{Context, Result};
use serde_json::json;

/// The number of rows in a page, while rows are counted.
const PAGE_SIZE: usize = 1000;

/// The rows to forget: IDs, or the matches of the filters.
#[derive(Debug, clap::Args)]
pub struct Forget {
    /// IDs to forget; - reads them from standard input, which may have several at the front of each line
    ids: Vec<String>,
    /// Kind of the IDs or rows [default: the kind of each ID's prefix]
    #[arg(long)]
    kind: Option<String>,
    /// Forget all rows that match the filters; asks for confirmation
    #[arg(long, conflicts_with = "ids")]
    matching: bool,
    /// Also forget the events and intents of the objects
    #[arg(long)]
    purge: bool,
    #[arg(long, help = ALLOW_EMPTY)]
    allow_empty: bool,
    #[command(flatten)]
    filter: RowFilter,
}

impl Forget {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.ids.is_empty() && !self.matching {
            let hint = "pass IDs, or --matching to forget all rows that match the filters";
            return Err(Usage::hinted("expected IDs or --matching, got neither", hint).into());
        }
        let scope = if self.purge { ForgetScope::Everything } else { ForgetScope::Rows };
        let kind = self.kind.as_deref().map(crate::intake::kind).transpose()?;
        let records = app.records()?;
        let mut filter = self.filter.filter(app)?;
        filter.kind = kind;
        let forgotten = if self.matching {
            let (mut count, mut pages) = (0, records.rows(&filter, PAGE_SIZE, None));
            while let Some(rows) = pages.next_page()? {
                count += rows.len() as u64;
            }
            if count > 0 && app.ui().confirm("Forget these rows of the ledger?", count)? == Confirmation::No {
                return Err(AlreadyReported(FAILED).into());
            }
            records.forget_all(&filter, scope)?
        } else {
            let origin = filter.origin.with_context(no_origin)?;
            records.forget(&self.keys(app, kind, &origin)?, scope)?
        };
        app.ui().summary(&format!("forgot {}", counted(forgotten, "row")), &json!({ "forgotten": forgotten }));
        Ok(())
    }

    /// Returns the keys of the IDs on the command line or on standard input. `kind` overrides the kind of the prefix.
    fn keys(&self, app: &App, kind: Option<Kind>, origin: &str) -> Result<Vec<ObjectKey>> {
        let texts = match self.ids.as_slice() {
            // The IDs are not checked against the known prefixes, because rows that were added by mistake must be
            // deletable too.
            [dash] if dash == "-" => from_stdin(app, &[kind], true, self.allow_empty)?.concat(),
            texts => texts.to_vec(),
        };
        let key = |id: String| {
            ids::check(&id)?;
            let kind = kind.or_else(|| Kind::of_id(&id)).filter(|kind| kind.recorded());
            let kind = kind.with_context(|| Usage::hinted(format!("the kind of `{id}` is unknown"), "pass --kind"))?;
            Ok(ObjectKey { origin: origin.to_owned(), kind, id })
        };
        texts.into_iter().map(key).collect()
    }
}
