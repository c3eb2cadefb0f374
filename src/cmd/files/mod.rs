//! `asst files`: the operations on files. Uploads and downloads are streamed.

mod name;
mod output;
mod prune;
mod upload;

use super::{Delete, Get, LazyCommand, List, columns::FILES};
use crate::api::Nothing;
use crate::api::files::{DeleteFile, FileContent, GetFile, ListFiles, OfFile};
use crate::app::{App, Call, Overwrite, Payload};
use crate::exit::Usage;
use crate::ui::Unit;
use anyhow::Result;
use output::DownloadOutput;
use std::path::{Path, PathBuf};

/// Operations on files.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List files
    #[command(visible_alias = "ls")]
    List(LazyCommand<List<ListFiles>>),
    /// Upload files
    ///
    /// A file of more than 512 MB is uploaded in parts, several at once. A part that fails is sent again on its own.
    /// --parts uploads a smaller file in parts too. --resume continues an upload in parts after a crash or an
    /// interruption, and sends only the missing parts. An unfinished upload in parts expires after an hour.
    #[command(visible_alias = "create", alias = "new")]
    Upload(LazyCommand<upload::Upload>),
    /// Show files
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<Get<GetFile>>),
    /// Delete files
    #[command(visible_alias = "rm")]
    Delete(LazyCommand<Delete<DeleteFile>>),
    /// Delete files that nothing refers to
    ///
    /// The command reads everything that can refer to a file: assistants, vector stores, threads with their runs and
    /// messages, and conversations with their items. It reads the threads and conversations in the ledger and those
    /// that the backend lists. If one of these objects cannot be read, the command names it and deletes nothing. Files of
    /// a manifest are kept.
    Prune(LazyCommand<prune::PruneFiles>),
    /// Download a file
    ///
    /// Writes the content to standard output, unless that is a terminal. --to and -O save it to a file.
    #[command(visible_alias = "download")]
    Content(LazyCommand<DownloadFile>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app, FILES),
            Self::Upload(LazyCommand(upload)) => upload.run(app),
            Self::Get(LazyCommand(get)) => get.run(app, FILES),
            Self::Delete(LazyCommand(delete)) => delete.run(app),
            Self::Prune(LazyCommand(prune)) => prune.run(app),
            Self::Content(LazyCommand(download)) => download.run(app),
        }
    }
}

/// A file to download.
#[derive(Debug, clap::Args)]
pub struct DownloadFile {
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

impl DownloadFile {
    fn run(self, app: &App) -> Result<()> {
        let call = Call::of::<FileContent>(&self.path, &Nothing {}, Payload::None);
        app.check(&call)?;
        let to_stdout = !self.remote_name && self.to.as_deref().is_none_or(|to| to.as_os_str() == "-");
        let is_terminal = matches!(app.ui().output_target(), crate::ui::OutputTarget::Terminal { .. });
        if to_stdout && self.to.is_none() && is_terminal {
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

    /// Downloads the file to `target`, or to standard output if `target` is `None`.
    async fn fetch(&self, app: &App, call: &Call, target: Option<&Path>) -> Result<()> {
        let download = app.download(call).await?;
        let bar = app.ui().progress(self.path.file_id.as_str(), Unit::Bytes, download.length());
        let count_bytes = bar.counter();
        match target {
            Some(path) => {
                let overwrite = if self.force { Overwrite::Yes } else { Overwrite::No };
                let bytes = download.save(path, overwrite, count_bytes).await?;
                bar.finish();
                app.ui().note(&format!("saved {bytes} bytes to {}", path.display()));
            }
            None => {
                let mut out = DownloadOutput::new(app.ui());
                let written = download.write_to(&mut out, count_bytes).await;
                bar.finish();
                out.end()?;
                written?;
            }
        }
        Ok(())
    }
}
