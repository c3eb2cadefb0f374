//! `asst restore verify`: compares restored objects with the archive.

use super::select::{self, RestorePart};
use super::{FATAL, in_parentheses};
use crate::app::{App, Cardinality, Outcomes, Stopping, TableSpec};
use crate::archive::ArchiveReader;
use crate::exit::{self, AlreadyReported, DONE, FAILED};
use crate::restore::{VerifiedObject, Verifier};
use crate::ui::{ErrorReport, OutputError, Unit, counted};
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The archive and the objects to compare.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// Folder of the archive
    archive: PathBuf,
    /// IDs of threads and conversations in the archive; - reads them from standard input [default: all]
    #[arg(value_name = "ID", conflicts_with = "kind")]
    ids: Vec<String>,
    /// Profile of the backend that has the restored objects [default: the selected profile]
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["profile", "local"])]
    pub(super) to: Option<String>,
    /// Kinds to compare, comma-separated [default: both]
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<RestorePart>,
    #[arg(long, help = crate::cmd::request::ALLOW_EMPTY)]
    allow_empty: bool,
}

const TABLE: TableSpec = TableSpec {
    noun: "restore",
    columns: &[
        Col::id("id"),
        Col::text("result", "result"),
        Col::new("new_id", "new_id", CellKind::Id),
        Col::count("equal", "equal"),
        Col::count("expected", "expected"),
        Col::count("present", "present"),
    ],
    members: Members::These("id kind result new_id equal expected present"),
};

impl Verify {
    pub(super) fn run(&self, app: &App) -> Result<()> {
        let archive = ArchiveReader::open(&self.archive)?;
        let objects = select::objects(app, &archive, &self.ids, self.allow_empty, &self.kind)?;
        let stopping = Stopping::default();
        app.wait_for_end(&stopping, "the remaining objects are not compared", async {
            let verifier = Verifier::open(app, &archive).await?;
            let mut printer = app.printer(TABLE, Cardinality::Many)?;
            let bar = app.ui().progress("objects", Unit::Items, Some(objects.len() as u64));
            let mut outcomes = Outcomes::default();
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            let (mut good, mut bad, mut can_restore) = (0, 0, false);
            let selected = futures_util::stream::iter(&objects);
            let is_over = Cell::new(false);
            let selected = selected.take_while(|_| std::future::ready(!stopping.is_set() && !is_over.get()));
            let compared = selected.map(async |(kind, id)| (verifier.object(*kind, id).await, id));
            let mut compared = std::pin::pin!(compared.buffered(verifier.concurrency()));
            while let Some((result, id)) = compared.next().await {
                bar.tick(1);
                match result {
                    Ok(verified) => {
                        let is_good = verified.result.is_good();
                        outcomes.add(if is_good { DONE } else { FAILED });
                        good += u64::from(is_good);
                        bad += u64::from(!is_good);
                        can_restore |= verified.result.needs_restore();
                        *counts.entry(name(&verified)).or_default() += 1;
                        app.ui().out(&printer.item(&item(&verified))?)?;
                    }
                    Err(error) => {
                        let Some(mut report) = exit::report(&error) else { return Err(OutputError::Closed.into()) };
                        report.message = format!("{id}: {}", report.message);
                        app.ui().error(&report);
                        outcomes.add(report.exit_code);
                        if FATAL.contains(&report.exit_code) && !is_over.replace(true) {
                            app.ui().warn("no further object is compared, because the next request would fail too");
                        }
                    }
                }
            }
            bar.finish();
            verifier.sync()?;
            app.ui().out(&printer.end()?)?;
            app.warn_unknown_columns(&printer);
            let asked = objects.len() as u64;
            app.ui().summary(
                &format!("{good} of {} match the archive{}", counted(asked, "object"), in_parentheses(&counts)),
                &json!({ "asked": asked, "matching": good, "results": counts }),
            );
            if bad > 0 && !stopping.is_set() {
                self.report(app, bad, can_restore);
                return Err(AlreadyReported(FAILED).into());
            }
            outcomes.result()
        })
    }

    /// Reports objects that do not match the archive.
    fn report(&self, app: &App, bad: u64, can_restore: bool) {
        let root = self.archive.display();
        let noun = counted(bad, "object");
        app.ui().error(&ErrorReport {
            exit_code: FAILED,
            kind: "failed".into(),
            message: format!("not at this backend as exported: {noun} of {root}"),
            hint: can_restore.then(|| format!("run `asst restore {root}` with the same profile to restore the rest")),
            ..ErrorReport::default()
        });
    }
}

fn name(verified: &VerifiedObject) -> String {
    json!(verified.result).as_str().unwrap_or_default().to_owned()
}

fn item(verified: &VerifiedObject) -> Value {
    json!({
        "id": verified.id,
        "kind": verified.kind,
        "result": verified.result,
        "new_id": verified.new_id,
        "equal": verified.equal,
        "expected": verified.expected,
        "present": verified.present,
    })
}
