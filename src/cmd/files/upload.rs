//! `asst files upload`: uploads files. Large files are uploaded in parts.

use crate::api::files::{FileSpec, UploadFile};
use crate::api::{Nothing, assemble, check};
use crate::app::{App, Call, Cardinality, DryRun, Outcomes, Payload, StdoutState, Stopping, Work};
use crate::cmd::columns::FILES;
use crate::cmd::upload_source::UploadInput;
use crate::exit::{self, DONE, Usage};
use crate::http::{self, StreamBody, UploadSource};
use crate::ui::Unit;
use crate::upload::{LARGEST_FILE, LARGEST_PART, LargeFile, PartOptions, advance, dry_run, part_size, upload_in_parts};
use anyhow::Result;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Files to upload.
#[derive(Debug, clap::Args)]
pub struct Upload {
    /// Files to upload; - uploads standard input under the name of --filename
    #[arg(required = true, value_name = "PATH|-")]
    paths: Vec<PathBuf>,
    /// File name to send instead of the file's own
    #[arg(long, value_name = "NAME")]
    filename: Option<String>,
    #[command(flatten)]
    spec: FileSpec,
    #[command(flatten)]
    parts: Parts,
}

/// The options of an upload in parts.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Large files")]
struct Parts {
    /// Upload in parts even if the file has at most 512 MB
    #[arg(long)]
    parts: bool,
    /// Size of a part: a number of bytes, or with K or M [default: 64M, which is the maximum]
    #[arg(long, value_name = "SIZE", value_parser = part_size)]
    part_size: Option<u64>,
    /// Continue the unfinished upload of the same file, and send only the missing parts
    #[arg(long)]
    resume: bool,
}

/// A file to upload, in one request or in parts.
enum FileUpload {
    Whole(UploadInput),
    InParts(LargeFile),
}

impl Upload {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.filename.is_some() && self.paths.len() > 1 {
            return Err(Usage::new("--filename applies to one file, but several are given").into());
        }
        app.check_output(FILES)?;
        let members = assemble(None, self.spec.clone(), &[]);
        let uploads: Vec<FileUpload> = self.paths.iter().map(|path| self.open(path)).collect::<Result<_, _>>()?;
        if uploads.iter().any(|upload| matches!(upload, FileUpload::Whole(_))) {
            let mut whole = members.clone();
            whole.insert("file".to_owned(), Value::from(""));
            app.not_sent(check::body::<UploadFile>(&whole, app.rules()))?;
        }
        let options = PartOptions {
            part_size: self.parts.part_size.unwrap_or(LARGEST_PART),
            resume: self.parts.resume,
            counts_parts: uploads.len() == 1,
        };
        if app.options().dry_run != DryRun::Off {
            return uploads.iter().try_for_each(|upload| match upload {
                FileUpload::Whole(file) => app.dry(&upload_call(form(&members, file, None)?)).map(drop),
                FileUpload::InParts(file) => dry_run(app, file, &members, options),
            });
        }
        match uploads.as_slice() {
            [upload] => app.wait(async { app.show(FILES, &send(app, &members, upload, options).await?) }),
            uploads => {
                let stopping = Stopping::default();
                app.wait_for_all(&stopping, send_all(app, &members, uploads, options, &stopping))
            }
        }
    }

    /// Opens a file, and decides how it is uploaded.
    fn open(&self, path: &Path) -> Result<FileUpload, Usage> {
        let input = UploadInput::open(path, self.filename.as_deref())?;
        let in_parts = self.parts.parts || self.parts.part_size.is_some() || self.parts.resume;
        match &input.source {
            UploadSource::File(path) if in_parts || input.size.is_some_and(|size| size > LARGEST_FILE) => {
                let file = LargeFile::open(path, &input.name)?;
                file.check_part_count(self.parts.part_size.unwrap_or(LARGEST_PART))?;
                Ok(FileUpload::InParts(file))
            }
            UploadSource::File(_) => Ok(FileUpload::Whole(input)),
            _ if in_parts => {
                let hint = "write the data to a file first, or remove --parts, --part-size and --resume";
                let found = if path.as_os_str() == "-" { "standard input" } else { "a pipe" };
                Err(Usage::hinted(format!("expected a file to upload in parts, got {found}"), hint))
            }
            _ => Ok(FileUpload::Whole(input)),
        }
    }
}

impl FileUpload {
    fn name(&self) -> &str {
        match self {
            Self::Whole(file) => &file.name,
            Self::InParts(file) => &file.name,
        }
    }
}

/// Uploads several files one after the other, and prints each object or error. Stops before the next file if `stopping`
/// is set.
async fn send_all(
    app: &App,
    members: &Map<String, Value>,
    uploads: &[FileUpload],
    options: PartOptions,
    stopping: &Stopping,
) -> Result<()> {
    let mut printer = app.printer(FILES, Cardinality::Many)?;
    let mut outcomes = Outcomes::default();
    let mut shown = StdoutState::Open;
    app.tally().begin(Work {
        done: "uploaded",
        total: Some(uploads.len() as u64),
        next: continue_hint(uploads.first()),
    });
    for (upload, next) in uploads.iter().zip(uploads.iter().skip(1).map(Some).chain([None])) {
        if stopping.is_set() {
            break;
        }
        app.tally().start();
        match send(app, members, upload, options).await {
            Ok(object) => {
                app.tally().done();
                outcomes.add(DONE);
                shown.out(app.ui(), &printer.item(&object)?)?;
            }
            Err(error) => {
                let Some(report) = exit::report(&error) else { return Err(error) };
                app.ui().error(&report);
                app.tally().failed();
                outcomes.add(report.exit_code);
            }
        }
        app.tally().next(continue_hint(next));
    }
    shown.out(app.ui(), &printer.end()?)?;
    outcomes.result()
}

/// Returns the hint on how to continue after an interrupt. Uploading a file again would create a second object.
fn continue_hint(next: Option<&FileUpload>) -> String {
    next.map_or_else(String::new, |upload| format!("to continue, omit the files before {}", upload.name()))
}

/// Uploads a file and returns the file object.
async fn send(app: &App, members: &Map<String, Value>, upload: &FileUpload, options: PartOptions) -> Result<Value> {
    let file = match upload {
        FileUpload::Whole(file) => file,
        FileUpload::InParts(file) => return upload_in_parts(app, file, members, options).await,
    };
    let bar = app.ui().progress(&file.name, Unit::Bytes, file.size);
    let form = form(members, file, Some(advance(&bar)))?;
    let response = app.call(upload_call(form)).await;
    bar.finish();
    Ok(response?.value)
}

fn upload_call(form: StreamBody) -> Call {
    Call::of::<UploadFile>(&Nothing {}, &Nothing {}, Payload::Form(form))
}

fn form(
    members: &Map<String, Value>,
    file: &UploadInput,
    progress: Option<http::ProgressCallback>,
) -> Result<StreamBody> {
    file.form(&fields(members), "file", progress)
}

/// Converts members into form fields. Members of a nested object use brackets
/// (docs/protocol/servers.md#what-the-sdks-need-from-a-server).
fn fields(members: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut fields = Vec::new();
    for (name, value) in members {
        match value {
            Value::Object(inner) => {
                fields.extend(inner.iter().map(|(key, value)| (format!("{name}[{key}]"), text(value))));
            }
            value => fields.push((name.clone(), text(value))),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_a_nested_object_become_fields_with_brackets() {
        let members =
            serde_json::json!({"purpose": "vision", "expires_after": {"anchor": "created_at", "seconds": 3600}});
        let fields = fields(members.as_object().expect("a JSON object"));
        let expected =
            [("purpose", "vision"), ("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "3600")];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
