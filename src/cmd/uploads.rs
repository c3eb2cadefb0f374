//! `asst uploads`: the operations on uploads, which assemble a large file from parts.

use super::upload_source::UploadInput;
use super::{Bare, LazyCommand, Send, columns};
use crate::api::Nothing;
use crate::api::uploads::{AddUploadPart, CancelUpload, CompleteUpload, CreateUpload, OfUpload};
use crate::app::{App, Call, DryRun, Payload};
use crate::http::ProgressCallback;
use crate::ui::Unit;
use crate::upload::advance;
use anyhow::Result;
use std::path::PathBuf;

/// Operations on uploads.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Begin an upload in parts
    ///
    /// The upload expires after one hour. The name, size and MIME type of the whole file are required.
    #[command(visible_alias = "new")]
    Create(LazyCommand<Send<CreateUpload>>),
    /// Add a part to an upload
    ///
    /// Parts can be added in any order. `uploads complete` determines the order of their bytes.
    AddPart(LazyCommand<AddPart>),
    /// Complete an upload, which creates the file
    ///
    /// The parts are required, either with --part-ids or in --body. Their sizes must add up to the size of the upload.
    Complete(LazyCommand<Send<CompleteUpload>>),
    /// Cancel an upload
    Cancel(LazyCommand<Bare<CancelUpload>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::Create(LazyCommand(send)) => send.run(app, columns::UPLOADS),
            Self::AddPart(LazyCommand(part)) => part.run(app),
            Self::Complete(LazyCommand(send)) => send.run(app, columns::UPLOADS),
            Self::Cancel(LazyCommand(bare)) => bare.run(app, columns::UPLOADS),
        }
    }
}

/// A part of an upload.
#[derive(Debug, clap::Args)]
pub struct AddPart {
    #[command(flatten)]
    path: OfUpload,
    /// File with the bytes of the part, at most 64 MB; - reads standard input
    #[arg(value_name = "PATH|-")]
    data: PathBuf,
}

impl AddPart {
    fn run(self, app: &App) -> Result<()> {
        app.check_output(columns::UPLOAD_PARTS)?;
        let input = UploadInput::open(&self.data, Some("part"))?;
        let call = |progress: Option<ProgressCallback>| {
            let form = input.form(&[], "data", progress)?;
            Ok::<_, anyhow::Error>(Call::of::<AddUploadPart>(&self.path, &Nothing {}, Payload::Form(form)))
        };
        if app.options().dry_run != DryRun::Off {
            return app.dry(&call(None)?).map(drop);
        }
        app.wait(async {
            let bar = app.ui().progress("add upload part", Unit::Bytes, input.size);
            let reply = app.call(call(Some(advance(&bar)))?).await;
            bar.finish();
            app.show(columns::UPLOAD_PARTS, &reply?.value)
        })
    }
}
