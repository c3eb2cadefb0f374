//! `asst assistants`.

use super::{Delete, Get, List, Send, columns::ASSISTANTS};
use crate::api::assistants::{CreateAssistant, DeleteAssistant, GetAssistant, ListAssistants, UpdateAssistant};
use crate::app::App;
use anyhow::Result;

/// Operations on assistants.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List assistants
    #[command(visible_alias = "ls")]
    List(List<ListAssistants>),
    /// Create an assistant
    ///
    /// A model is required, by --model or in --body.
    #[command(visible_alias = "new")]
    Create(Box<Send<CreateAssistant>>),
    /// Show assistants
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Get<GetAssistant>),
    /// Change an assistant
    #[command(visible_alias = "modify")]
    Update(Box<Send<UpdateAssistant>>),
    /// Delete assistants; their threads and files stay
    #[command(visible_alias = "rm")]
    Delete(Delete<DeleteAssistant>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(list) => list.run(app, ASSISTANTS),
            Self::Create(send) => send.run(app, ASSISTANTS),
            Self::Get(get) => get.run(app, ASSISTANTS),
            Self::Update(send) => send.run(app, ASSISTANTS),
            Self::Delete(delete) => delete.run(app),
        }
    }
}
