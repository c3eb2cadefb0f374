//! `asst vector-stores files`: the files in a vector store.

use super::waiting::{GetAndWait, SendAndWait};
use crate::api::Nothing;
use crate::api::vector_stores::{
    CreateVectorStoreFile, DeleteVectorStoreFile, GetVectorStoreFile, ListVectorStoreFiles, OfVectorStoreFile,
    UpdateVectorStoreFile, VectorStoreFileContent,
};
use crate::app::{App, Call, Payload};
use crate::cmd::{Delete, LazyCommand, List, Send, columns};
use crate::exit::IncompleteList;
use anyhow::Result;
use serde_json::Value;

/// Operations on the files in a vector store.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the files in a vector store
    #[command(visible_alias = "ls")]
    List(LazyCommand<List<ListVectorStoreFiles>>),
    /// Add an uploaded file to a vector store
    ///
    /// The command returns before the file is indexed, unless --wait is given. `vector-stores files get` shows its
    /// status. A file is required, either with --file-id or in --body.
    #[command(visible_aliases = ["add", "attach"], alias = "new")]
    Create(LazyCommand<SendAndWait<CreateVectorStoreFile>>),
    /// Show files in a vector store
    ///
    /// With --wait, the command first waits until the files are indexed, and then shows them.
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<GetAndWait<GetVectorStoreFile>>),
    /// Replace the attributes of a file in a vector store
    #[command(visible_alias = "modify")]
    Update(LazyCommand<Send<UpdateVectorStoreFile>>),
    /// Remove files from a vector store (the uploaded files remain)
    #[command(visible_aliases = ["rm", "remove", "detach"])]
    Delete(LazyCommand<Delete<DeleteVectorStoreFile>>),
    /// Print the text that was extracted from a file
    ///
    /// With -o, the command prints the parts of the text as objects.
    Content(LazyCommand<PrintContent>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app, columns::VECTOR_STORE_FILES),
            Self::Create(LazyCommand(send)) => send.run(app, columns::VECTOR_STORE_FILES),
            Self::Get(LazyCommand(get)) => get.run(app, columns::VECTOR_STORE_FILES),
            Self::Update(LazyCommand(send)) => send.run(app, columns::VECTOR_STORE_FILES),
            Self::Delete(LazyCommand(delete)) => delete.run(app),
            Self::Content(LazyCommand(content)) => content.run(app),
        }
    }
}

/// A file whose text is printed.
#[derive(Debug, clap::Args)]
pub struct PrintContent {
    #[command(flatten)]
    path: OfVectorStoreFile,
}

impl PrintContent {
    fn run(self, app: &App) -> Result<()> {
        app.check_output(columns::FILE_CONTENT)?;
        let call = Call::of::<VectorStoreFileContent>(&self.path, &Nothing {}, Payload::None);
        if app.dry(&call)? {
            return Ok(());
        }
        app.wait(async {
            let tried = call.tried();
            let page = app.call(call).await?.value;
            let (parts, lacking) = app.page_items(&page)?;
            if app.options().format.is_some() || app.options().jq.is_some() || app.options().columns.is_some() {
                app.show_items(columns::FILE_CONTENT, parts)?;
            } else {
                let mut text = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
                text.try_for_each(|text| app.ui().out_lines(&format!("{text}\n")))?;
            }
            lacking.map_or(Ok(()), |reason| Err(IncompleteList { tried, reason: reason.to_owned() }.into()))
        })
    }
}
