//! The `asst steps` commands.

use super::{Get, LazyCommand, List, columns::STEPS};
use crate::api::steps::{GetStep, ListSteps};
use crate::app::App;
use anyhow::Result;

/// Operations on the steps of a run.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the steps of a run
    #[command(visible_alias = "ls")]
    List(LazyCommand<List<ListSteps>>),
    /// Show one or several steps of a run
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<Get<GetStep>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app, STEPS),
            Self::Get(LazyCommand(get)) => get.run(app, STEPS),
        }
    }
}
