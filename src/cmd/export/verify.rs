//! `asst export verify`: checks the files against the manifest, and the IDs against the backend.

use crate::api::Kind;
use crate::app::{App, Cardinality, Stopping, TableSpec};
use crate::archive::{ArchiveManifest, Finding, verify};
use crate::exit::{AlreadyReported, DIFFERENT, FAILED, NOT_FOUND};
use crate::export::{Side, UnmatchedObject, compare};
use crate::ui::{ErrorReport, counted};
use crate::view::{CellKind, Col, Members, Printer};
use anyhow::Result;
use serde_json::json;
use std::path::PathBuf;

/// The archive to verify.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// Folder of the archive
    dir: PathBuf,
    /// Also compare the IDs of its objects with the backend
    #[arg(long)]
    remote: bool,
    /// Exit with code 9 if the backend differs from the archive
    #[arg(long, requires = "remote")]
    exit_code: bool,
}

/// The maximum number of IDs that a note names.
const MAX_NAMED: usize = 3;

const TABLE: TableSpec = TableSpec {
    noun: "export",
    columns: &[
        Col::id("id"),
        Col::text("kind", "kind"),
        Col::text("wrong", "wrong"),
        Col::new("parent", "parent", CellKind::Id),
        Col::text("detail", "detail"),
    ],
    members: Members::These("id kind wrong parent detail"),
};

impl Verify {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let mut printer = app.printer(TABLE, Cardinality::Many)?;
        let mut found = Vec::new();
        let (manifest, good) = verify(&self.dir, |finding| found.push(finding))?;
        let damage = found.iter().filter(|finding| finding.problem.is_damage()).count();
        for finding in &found {
            app.ui().out(&printer.item(&item(finding))?)?;
        }
        for failure in manifest.failed.values() {
            let wrong =
                json!({ "id": failure.id, "kind": failure.kind, "wrong": "not_fetched", "detail": failure.reason });
            app.ui().out(&printer.item(&wrong)?)?;
        }
        let differences = if self.remote { Some(self.compare(app, &manifest, &mut printer)?) } else { None };
        app.ui().out(&printer.end()?)?;
        self.report(app, &manifest, good, damage, differences)
    }

    /// Reports the result. The exit code is that of the most serious finding.
    fn report(
        &self,
        app: &App,
        manifest: &ArchiveManifest,
        good: u64,
        damage: usize,
        differences: Option<u64>,
    ) -> Result<()> {
        let (threads, unfetched) = (manifest.threads.len(), manifest.failed.len());
        let (stores, conversations) = (manifest.vector_stores.len(), manifest.conversations.len());
        let others = [(stores, "vector store"), (conversations, "conversation")].map(|(count, noun)| match count {
            0 => String::new(),
            count => format!(", {}", counted(count as u64, noun)),
        });
        let (files, exported_threads) = (counted(good, "file"), counted(threads as u64, "thread"));
        let verb = if good == 1 { "matches" } else { "match" };
        let mut text = format!("{files} of {exported_threads}{} {verb} the manifest", others.concat());
        if let Some(differences) = differences {
            text += &format!("; {} from the backend", counted(differences, "difference"));
        }
        let summary = json!({
            "good": good, "damaged": damage, "not_fetched": unfetched, "threads": threads,
            "vector_stores": stores, "conversations": conversations, "differences": differences,
        });
        app.ui().summary(&text, &summary);
        let not_found = ids_not_found(manifest);
        if !not_found.is_empty() {
            app.ui().note(&note_on_ids(&not_found));
        }
        if damage + unfetched > 0 {
            let dir = self.dir.display();
            app.ui().error(&ErrorReport {
                exit_code: FAILED,
                kind: "failed".into(),
                message: format!(
                    "the archive in {dir} is incomplete: {} damaged, missing or unfinished, {} not fetched",
                    counted(damage as u64, "file"),
                    counted(unfetched as u64, "object")
                ),
                hint: (damage + unfetched > not_found.len()).then(|| {
                    format!("run `asst export {dir}` to fetch the rest; with --full, it fetches all objects again")
                }),
                ..ErrorReport::default()
            });
            return Err(AlreadyReported(FAILED).into());
        }
        match differences {
            Some(1..) if self.exit_code => Err(AlreadyReported(DIFFERENT).into()),
            _ => Ok(()),
        }
    }

    /// Compares the archive with the backend. Returns the number of IDs that differ.
    fn compare(&self, app: &App, manifest: &ArchiveManifest, printer: &mut Printer) -> Result<u64> {
        let stopping = Stopping::default();
        app.wait_for_end(&stopping, "the remaining objects are not compared", async {
            let mut count = 0;
            let each = |difference: UnmatchedObject| {
                count += 1;
                let item = json!({
                    "id": difference.id,
                    "kind": difference.kind,
                    "wrong": match difference.only { Side::Archive => "only_here", Side::Backend => "only_there" },
                    "parent": difference.parent,
                });
                Ok(app.ui().out(&printer.item(&item)?)?)
            };
            compare(app, &self.dir, manifest, &stopping, each).await?.result()?;
            Ok(count)
        })
    }
}

/// Returns the IDs of threads, vector stores and conversations that the backend did not have. An export without these
/// IDs does not request them, unless the ledger has them or the backend lists them.
fn ids_not_found(manifest: &ArchiveManifest) -> Vec<&str> {
    let kinds = [Kind::Thread, Kind::VectorStore, Kind::Conversation];
    let failures = kinds.into_iter().flat_map(|kind| manifest.failures(kind));
    failures.filter(|failure| failure.exit_code == NOT_FOUND).filter_map(|failure| failure.id.as_deref()).collect()
}

/// Returns the text of a note on IDs that the backend did not have.
fn note_on_ids(ids: &[&str]) -> String {
    let named = ids.iter().take(MAX_NAMED).copied().collect::<Vec<_>>().join(", ");
    let others = match ids.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    format!("not found at the backend: {named}{others}; manifest.json lists an ID until an export of it succeeds")
}

fn item(finding: &Finding) -> serde_json::Value {
    json!({ "id": finding.path.display().to_string(), "kind": "file", "wrong": finding.problem, "detail": finding.detail })
}
