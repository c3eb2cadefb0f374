//! `asst vector-stores sync`: keeps the files of a vector store equal to those of folders (docs/sync.md).

use crate::api::{PathArgs, args};
use crate::app::{App, Cardinality, DryRun, StdoutState, Stopping, TableSpec};
use crate::config::TimeLimit;
use crate::env::glob::{Glob, GlobFilter};
use crate::exit::{AlreadyReported, DONE, MIXED, Usage};
use crate::sync::{
    DeleteScope, MaxDelete, OptionNames, PathFilter, SyncMode, SyncOptions, SyncSummary, parse_prefix, sync,
};
use crate::ui::counted;
use crate::view::{Col, Members};
use anyhow::Result;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// The default of `--timeout`: the maximum time without progress. A server may leave a file in progress for ever.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The default sizes of chunks in tokens (docs/protocol/objects.md#limits-and-defaults).
const CHUNK_SIZE: u64 = 800;
const CHUNK_OVERLAP: u64 = 400;

const STOPPING_NOTE: &str = "completing the requests in flight; run the same command again to continue";

/// The folders, the vector store, and the rules of a sync.
#[derive(Debug, clap::Args)]
pub struct SyncFolders {
    /// Folders whose files the vector store should have
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// ID of the vector store
    #[arg(long, value_name = "VECTOR_STORE_ID")]
    to: String,
    /// Only files that match a pattern, such as '*.md' or 'docs/**/*.md' (repeatable)
    #[arg(long, value_name = "GLOB", value_parser = Glob::parse, help_heading = "Files")]
    include: Vec<Glob>,
    /// Leave out files that match a pattern (repeatable)
    #[arg(long, value_name = "GLOB", value_parser = Glob::parse, help_heading = "Files")]
    exclude: Vec<Glob>,
    /// Include hidden files, and files that a .gitignore file excludes
    #[arg(long, help_heading = "Files")]
    no_ignore: bool,
    /// Add this path before the paths of the files; files of the vector store at other paths are not touched
    #[arg(long, value_name = "PATH", value_parser = parse_prefix, help_heading = "Files")]
    prefix: Option<String>,
    /// Attribute of every file: KEY=TEXT, or KEY:=JSON for a number or a boolean (repeatable, at most 14)
    #[arg(long, alias = "attribute", value_name = "KEY=TEXT|KEY:=JSON", value_parser = args::attribute, help_heading = "Files")]
    attributes: Vec<(String, Value)>,
    /// Size of chunks in tokens, 100 to 4096 [default: the server's]
    #[arg(long, value_name = "N", help_heading = "Files")]
    chunk_size: Option<u64>,
    /// Overlap of chunks in tokens, at most half of their size [default: the server's]
    #[arg(long, value_name = "N", help_heading = "Files")]
    chunk_overlap: Option<u64>,
    /// Which files may leave the vector store
    #[arg(long, value_enum, value_name = "SCOPE", default_value = "own", help_heading = "Removals")]
    delete: DeleteScope,
    /// Refuse a sync that removes more than N or N% of the files; replaced files do not count [default: 50%, from 10
    /// files on]
    #[arg(long, value_name = "N|N%", help_heading = "Removals")]
    max_delete: Option<MaxDelete>,
    /// Only detach old files from the vector store, without deleting them
    #[arg(long, help_heading = "Removals")]
    keep_files: bool,
    /// Do not upload a file again if only its path has changed; citations then show its old name
    #[arg(long)]
    track_renames: bool,
    /// Index files again that could not be indexed before, although they have not changed
    #[arg(long)]
    retry_failed: bool,
    /// Exit with code 8 if a file was skipped
    #[arg(long)]
    strict: bool,
    /// Stop waiting after DURATION without progress (exit code 25); indexing continues [default: 10m]
    #[arg(long, value_name = "DURATION")]
    timeout: Option<TimeLimit>,
    /// Compare the vector store with the folders at the end; exit code 1 if they differ
    #[arg(long)]
    verify: bool,
    /// Exit with code 9 if something was changed or, with --dry-run, would be changed
    #[arg(long)]
    exit_code: bool,
}

const TABLE: TableSpec = TableSpec {
    noun: "vector-stores",
    columns: &[
        Col::text("path", "path"),
        Col::text("action", "action"),
        Col::text("result", "result"),
        Col::id("file_id"),
        Col::text("reason", "reason"),
    ],
    members: Members::These("path action result file_id reason"),
};

impl SyncFolders {
    pub(super) fn run(self, app: &App) -> Result<()> {
        app.check_output(TABLE)?;
        let (strict, reports_changes) = (self.strict, self.exit_code);
        let options = self.options(app)?;
        let mut printer = app.printer(TABLE, Cardinality::Many)?;
        let (stopping, mut shown) = (Stopping::default(), StdoutState::Open);
        let result = app.wait_for_end(&stopping, STOPPING_NOTE, async {
            let mut each = |item: &crate::sync::SyncItem| Ok(shown.out(app.ui(), &printer.item(&item.to_json())?)?);
            sync(app, &options, &stopping, &mut each).await
        });
        shown.out(app.ui(), &printer.end()?)?;
        let summary = result?;
        app.warn_unknown_columns(&printer);
        report(app, &options, &summary);
        match summary.code(reports_changes) {
            DONE if strict && summary.skipped > 0 => Err(AlreadyReported(MIXED).into()),
            DONE => Ok(()),
            code => Err(AlreadyReported(code).into()),
        }
    }

    fn options(self, app: &App) -> Result<SyncOptions> {
        let chunking = match (self.chunk_size, self.chunk_overlap) {
            (None, None) => None,
            (size, overlap) => {
                let size = size.unwrap_or(CHUNK_SIZE);
                let overlap = overlap.unwrap_or(CHUNK_OVERLAP.min(size / 2));
                let sizes = json!({ "max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap });
                Some(json!({ "type": "static", "static": sizes }))
            }
        };
        if let Some((name, _)) = self.attributes.iter().find(|(name, _)| name.starts_with("asst_")) {
            return Err(
                Usage::new(format!("--attributes: names that start with asst_ are reserved, got `{name}`")).into()
            );
        }
        Ok(SyncOptions {
            store: PathArgs::from_texts(&[&self.to])?,
            predecessors: Vec::new(),
            digest: None,
            folders: self.folders,
            filter: PathFilter {
                globs: GlobFilter { include: self.include, exclude: self.exclude },
                no_ignore: self.no_ignore,
            },
            prefix: self.prefix,
            attributes: self.attributes,
            chunking,
            delete: self.delete,
            max_delete: self.max_delete,
            keep_files: self.keep_files,
            track_renames: self.track_renames,
            retry_failed: self.retry_failed,
            timeout: self.timeout.map_or(TIMEOUT, |limit| limit.0),
            mode: if app.options().dry_run == DryRun::Off { SyncMode::Apply } else { SyncMode::Preview },
            names: OptionNames::Flags,
            verify: self.verify,
        })
    }
}

fn report(app: &App, options: &SyncOptions, summary: &SyncSummary) {
    app.ui().summary(&summary.text(), &summary.to_json());
    let store = options.store.vector_store_id.as_str();
    match summary.differences {
        Some(0) => app.ui().note(&format!("{store} has exactly the files of the folders, and all are indexed")),
        Some(count) => {
            app.ui().warn(&format!("{store} differs from the folders ({})", counted(count, "difference")));
        }
        None => {}
    }
    if summary.pending > 0 {
        let hint =
            "indexing continues at the backend; run the same command again to wait for it and to remove old files";
        app.ui().hint(hint);
    }
}
