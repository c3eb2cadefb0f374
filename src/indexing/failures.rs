//! The report of files that could not be indexed.

use super::progress::Progress;
use super::target::Target;
use crate::api::objects::{IndexingStatus, JsonObject, OpenEnum, VectorStoreFile};
use crate::app::{App, IfMissing};
use crate::exit::{AlreadyReported, IncompleteList, MIXED};
use crate::ui::{ErrorReport, counted};
use anyhow::Result;
use serde_json::{Value, json};

/// Reports each file that could not be indexed, with the code and the message of the server, and the counts.
///
/// # Errors
/// Always returns an error: the exit code for partial failure, or the error of the request for the list of files.
pub(super) async fn report_failures(
    app: &App,
    target: &Target,
    object: &Value,
    progress: &Progress,
) -> Result<(), anyhow::Error> {
    let mut reported = 0;
    for status in [IndexingStatus::Failed, IndexingStatus::Cancelled].map(OpenEnum::name) {
        let expected = if status == "failed" { progress.failed } else { progress.cancelled };
        match target.files(status) {
            None if progress.status == status => report_file(app, object, status),
            Some(call) if expected > 0 => {
                let mut pages = app.pages(call, None)?;
                let mut found = 0;
                loop {
                    let files = match pages.next().await {
                        Ok(Some(files)) => files,
                        Ok(None) => break,
                        Err(error) if error.is::<IncompleteList>() => {
                            app.report_failure(&error, IfMissing::Fail)?;
                            break;
                        }
                        Err(error) => return Err(error),
                    };
                    // A server may ignore the filter of the query.
                    for file in files.iter().filter(|file| has_status(file, status)) {
                        found += 1;
                        report_file(app, file, status);
                    }
                }
                // The list can lag behind the counts.
                if found < expected {
                    let command = target.list_command(status);
                    let missing = counted(expected - found, "file");
                    app.ui().warn(&format!("{missing} not in the list yet; run `{command}` again later"));
                }
            }
            _ => {}
        }
        reported += expected;
    }
    let indexed = counted(progress.completed, "file");
    let text = format!("{indexed} indexed, {} failed, {} cancelled", progress.failed, progress.cancelled);
    let counts = json!({
        "completed": progress.completed, "failed": progress.failed, "cancelled": progress.cancelled,
        "total": progress.total.max(reported),
    });
    app.ui().summary(&text, &counts);
    Err(AlreadyReported(MIXED).into())
}

/// Returns `true` if a file has the given status, or has no status at all.
fn has_status(file: &Value, status: &str) -> bool {
    let stated = VectorStoreFile::from_value_ref(file).and_then(|file| file.status().text());
    stated.is_none_or(|stated| stated == status)
}

fn report_file(app: &App, file: &Value, status: &str) {
    let Some(file) = VectorStoreFile::from_value_ref(file) else { return };
    let id = file.id().valid().unwrap_or("without an ID");
    let error = file.last_error().valid();
    let non_empty = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    app.ui().error(&ErrorReport {
        exit_code: MIXED,
        kind: "mixed".to_owned(),
        message: format!("file {id} was not indexed: {status}"),
        code: error.and_then(|error| non_empty(error.code().valid())),
        causes: error.and_then(|error| non_empty(error.message().valid())).into_iter().collect(),
        ..ErrorReport::default()
    });
}
