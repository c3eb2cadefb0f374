//! `asst restore verify`: compares restored objects with the archive.

use super::in_parentheses;
use super::select::{self, RestorePart};
use crate::app::{App, Cardinality, Outcomes, Stopping, TableSpec};
use crate::archive::ArchiveReader;
use crate::exit::{self, AlreadyReported, DONE, FAILED};
use crate::restore::{VerifiedObject, Verifier};
use crate::ui::{ErrorReport, OutputError, Unit, counted};
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use futures_util::StreamExt;
use serde_json::{Value, json};
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
            let mut good = 0;
            let selected = futures_util::stream::iter(&objects);
            let selected = selected.take_while(|_| std::future::ready(!stopping.is_set()));
            let compared = selected.map(async |(kind, id)| verifier.object(*kind, id).await);
            let mut compared = std::pin::pin!(compared.buffered(verifier.concurrency()));
            while let Some(result) = compared.next().await {
                bar.tick(1);
                match result {
                    Ok(verified) => {
                        outcomes.add(if verified.result.is_good() { DONE } else { FAILED });
                        good += u64::from(verified.result.is_good());
                        *counts.entry(name(&verified)).or_default() += 1;
                        app.ui().out(&printer.item(&item(&verified))?)?;
                    }
                    Err(error) => {
                        let Some(report) = exit::report(&error) else { return Err(OutputError::Closed.into()) };
                        app.ui().error(&report);
                        outcomes.add(report.exit_code);
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
            self.report(app, good == asked, outcomes)
        })
    }

    /// Reports objects that do not match the archive.
    fn report(&self, app: &App, all_good: bool, outcomes: Outcomes) -> Result<()> {
        if all_good {
            return outcomes.result();
        }
        let root = self.archive.display();
        app.ui().error(&ErrorReport {
            exit_code: FAILED,
            kind: "failed".into(),
            message: format!("not everything in {root} is at this backend as it was exported"),
            hint: Some(format!("run `asst restore {root}` with the same profile to restore the rest")),
            ..ErrorReport::default()
        });
        Err(AlreadyReported(FAILED).into())
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
