//! `asst conversations list`: lists conversations from the ledger, because OpenAI has no endpoint for such a list. With
//! `--remote`, the command requests the list of a backend that has the endpoint.

use crate::api::conversations::ListConversations as Remote;
use crate::api::paging::Paging;
use crate::api::{Kind, Nothing};
use crate::app::{App, Call, Payload, TableSpec};
use crate::cmd::columns;
use crate::cmd::crud::print_list;
use crate::cmd::rows::{self, RowFilter, ShownRows};
use crate::exit::NotOffered;
use crate::view::Col;
use anyhow::Result;

/// The arguments of the conversation list.
#[derive(Debug, clap::Args)]
pub struct ListConversations {
    /// List at most N conversations [default: all]
    #[arg(long, value_name = "N", value_parser = crate::config::parse_positive::<u64>)]
    limit: Option<u64>,
    /// List the conversations of the backend, if it can (the newer agents of Azure AI Foundry), and record them
    #[arg(long, conflicts_with_all = ["state", "source", "assistant", "metadata", "older_than", "newer_than", "idle",
        "ci_job", "id_prefix", "origin", "all_origins"])]
    remote: bool,
    #[command(flatten)]
    filter: RowFilter,
}

const TABLE: TableSpec = TableSpec {
    noun: "conversations",
    columns: &[
        Col::id("id"),
        Col::text("state", "state"),
        Col::time("created", "created_at"),
        Col::time("active", "active_at"),
        Col::text("source", "source"),
        Col::text("made by", "made_by"),
    ],
    members: rows::MEMBERS,
};

impl ListConversations {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.remote {
            return self.remote(app);
        }
        let records = app.records()?;
        let mut filter = self.filter.filter(app)?;
        filter.kind = Some(Kind::Conversation);
        if filter.idle_since.is_some() {
            // An incomplete ledger can show an active conversation as idle, and the output may be passed to a command
            // that deletes.
            records.require_complete()?;
        }
        let shown = rows::show(app, &records, TABLE, &filter, self.limit)?;
        let checked = records.checked_at(filter.origin.as_deref(), Kind::Conversation)?;
        let lists = app.profile_if_any()?.map(|profile| profile.backend.lists_conversations());
        let shown = ShownRows { is_filtered: self.filter.is_set(), ..shown };
        rows::summarize(app, shown, "conversations", filter.origin.as_deref(), checked, lists);
        Ok(())
    }

    /// Lists the conversations of the backend, and records each before it is printed.
    fn remote(self, app: &App) -> Result<()> {
        let backend = app.profile()?.backend;
        if backend.lists_conversations() == Some(false) {
            let message = format!("could not list conversations: the backend `{backend}` has no such list");
            let hint = "`asst conversations list` shows those in the ledger; the newer agents of Foundry list them, at \
                        the base URL of the project followed by /openai/v1";
            return Err(NotOffered { message, hint: hint.to_owned() }.into());
        }
        let call = Call::of::<Remote>(&Nothing {}, &Paging::default(), Payload::None);
        print_list(app, columns::CONVERSATIONS, call, self.limit)
    }
}
