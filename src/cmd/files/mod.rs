//! `asst files`: the operations on files. Uploads and downloads are streamed.

mod name;
mod output;
mod prune;

use super::{Delete, Get, Later, List, columns::FILES};
use crate::api::files::{DeleteFile, FileContent, FileSpec, GetFile, ListFiles, OfFile, UploadFile};
use crate::api::{Nothing, assemble, check};
use crate::app::{App, Call, Cardinality, Outcomes, Overwrite, Payload, Shown, Stopping, Work};
use crate::cmd::upload_source::{UploadInput, counted};
use crate::exit::{self, DONE, Usage};
use crate::http::{self, StreamBody};
use crate::ui::Unit;
use anyhow::Result;
use output::Out;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Operations on files.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List files
    #[command(visible_alias = "ls")]
    List(Later<List<ListFiles>>),
    /// Upload files
    #[command(visible_alias = "create", alias = "new")]
    Upload(Later<Upload>),
    /// Show files
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetFile>>),
    /// Delete files
    #[command(visible_alias = "rm")]
    Delete(Later<Delete<DeleteFile>>),
    /// Delete files that nothing refers to
    ///
    /// Everything that can refer to a file is read: assistants, vector stores, and threads with their runs and
    /// messages. The threads are those in the ledger and those that the backend lists. If something cannot be read, the
    /// command names it and deletes nothing.
    Prune(Later<prune::PruneFiles>),
    /// Download a file
    ///
    /// Writes the content to standard output, unless that is a terminal. --to and -O save it to a file.
    #[command(visible_alias = "download")]
    Content(Later<Download>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app, FILES),
            Self::Upload(Later(upload)) => upload.run(app),
            Self::Get(Later(get)) => get.run(app, FILES),
            Self::Delete(Later(delete)) => delete.run(app),
            Self::Prune(Later(prune)) => prune.run(app),
            Self::Content(Later(download)) => download.run(app),
        }
    }
}

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
}

impl Upload {
    fn run(self, app: &App) -> Result<()> {
        if self.filename.is_some() && self.paths.len() > 1 {
            return Err(Usage::new("--filename applies to one file, but several are given").into());
        }
        app.check_sheet(FILES)?;
        let members = assemble(None, self.spec.clone(), &[]);
        let mut whole = members.clone();
        whole.insert("file".to_owned(), Value::from(""));
        app.not_sent(check::body::<UploadFile>(&whole, app.rules()))?;
        let open = |path: &PathBuf| UploadInput::open(path, self.filename.as_deref());
        let files: Vec<UploadInput> = self.paths.iter().map(open).collect::<Result<_, _>>()?;
        if app.options().dry_run != crate::app::DryRun::Off {
            for file in &files {
                app.dry(&upload_call(form(&members, file, None)?))?;
            }
            return Ok(());
        }
        match files.as_slice() {
            [file] => app.wait(async { app.show(FILES, &send(app, &members, file).await?) }),
            files => {
                let stopping = Stopping::default();
                app.wait_for_all(&stopping, send_all(app, &members, files, &stopping))
            }
        }
    }
}

async fn send_all(app: &App, members: &Map<String, Value>, files: &[UploadInput], stopping: &Stopping) -> Result<()> {
    let mut printer = app.printer(FILES, Cardinality::Many)?;
    let mut outcomes = Outcomes::default();
    let mut shown = Shown::UntilClosed;
    app.tally().begin(Work { done: "uploaded", total: Some(files.len() as u64), next: from(files.first()) });
    for (file, next) in files.iter().zip(files.iter().skip(1).map(Some).chain([None])) {
        if stopping.is_set() {
            break;
        }
        app.tally().start();
        match send(app, members, file).await {
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
        app.tally().next(from(next));
    }
    shown.out(app.ui(), &printer.end()?)?;
    outcomes.result()
}

/// Returns the hint on how to continue after an interrupt. Uploading a file again would create a second object.
fn from(next: Option<&UploadInput>) -> String {
    next.map_or_else(String::new, |file| format!("to continue, omit the files before {}", file.name))
}

async fn send(app: &App, members: &Map<String, Value>, file: &UploadInput) -> Result<Value> {
    let bar = app.ui().progress(&file.name, Unit::Bytes, file.size);
    let form = form(members, file, Some(counted(&bar)))?;
    let reply = app.call(upload_call(form)).await;
    bar.finish();
    Ok(reply?.value)
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

/// A file to download.
#[derive(Debug, clap::Args)]
pub struct Download {
    #[command(flatten)]
    path: OfFile,
    /// Save the file to this path; - is standard output
    #[arg(long, value_name = "PATH|-", conflicts_with = "remote_name")]
    to: Option<PathBuf>,
    /// Save the file in the current folder under the name that the server has for it
    #[arg(short = 'O', long)]
    remote_name: bool,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

impl Download {
    fn run(self, app: &App) -> Result<()> {
        let call = Call::of::<FileContent>(&self.path, &Nothing {}, Payload::None);
        app.check(&call)?;
        let to_stdout = !self.remote_name && self.to.as_deref().is_none_or(|to| to.as_os_str() == "-");
        let terminal = matches!(app.ui().output_target(), crate::ui::OutputTarget::Terminal { .. });
        if to_stdout && self.to.is_none() && terminal {
            return Err(Usage::hinted(
                "the content of a file is not written to a terminal",
                "pass --to PATH or -O to save it, or --to - to write it to the terminal",
            )
            .into());
        }
        if app.dry(&call)? {
            return Ok(());
        }
        app.wait(async {
            let target = if to_stdout { None } else { Some(self.target(app).await?) };
            self.fetch(app, &call, target.as_deref()).await
        })
    }

    /// Returns the path to save to. It must not exist unless `--force` is given.
    async fn target(&self, app: &App) -> Result<PathBuf> {
        let target = match &self.to {
            Some(to) => to.clone(),
            None => {
                let reply = app.call(Call::of::<GetFile>(&self.path, &Nothing {}, Payload::None)).await?;
                let suggested = reply.text("filename").unwrap_or_default();
                let name = name::last_component(suggested, self.path.file_id.as_str());
                let short = name::shortened(&name);
                if short.len() < name.len() {
                    let length = name.len();
                    app.ui().warn(&format!(
                        "the server's name for the file has {length} bytes; it is shortened to {short}"
                    ));
                }
                PathBuf::from(short)
            }
        };
        if target.is_dir() {
            return Err(Usage::new(format!("{} is a directory", target.display())).into());
        }
        if target.is_file() && !self.force {
            let message = format!("{} already exists", target.display());
            return Err(Usage::hinted(message, "pass --force to overwrite it").into());
        }
        Ok(target)
    }

    async fn fetch(&self, app: &App, call: &Call, target: Option<&Path>) -> Result<()> {
        let download = app.download(call).await?;
        let bar = app.ui().progress(self.path.file_id.as_str(), Unit::Bytes, download.length());
        let each = bar.counter();
        match target {
            Some(path) => {
                let overwrite = if self.force { Overwrite::Yes } else { Overwrite::No };
                let bytes = download.save(path, overwrite, each).await?;
                bar.finish();
                app.ui().note(&format!("saved {bytes} bytes to {}", path.display()));
            }
            None => {
                let mut out = Out::new(app.ui());
                let written = download.write_to(&mut out, each).await;
                bar.finish();
                out.end()?;
                written?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_an_object_stand_in_brackets() {
        let members =
            serde_json::json!({"purpose": "vision", "expires_after": {"anchor": "created_at", "seconds": 3600}});
        let fields = fields(members.as_object().expect("it is one"));
        let expected =
            [("purpose", "vision"), ("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "3600")];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
