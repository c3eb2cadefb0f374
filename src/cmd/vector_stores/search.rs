//! `asst vector-stores search`: searches the files of a vector store.

use crate::api::vector_stores::SearchVectorStore;
use crate::app::{App, Call, Payload};
use crate::cmd::crud::send_for_items;
use crate::cmd::{Send, columns};
use crate::exit::Usage;
use crate::search::filter::Filter;
use anyhow::Result;

/// The arguments of `asst vector-stores search`.
#[derive(Debug, clap::Args)]
pub struct SearchStore {
    #[command(flatten)]
    send: Send<SearchVectorStore>,
    /// Only files whose attributes match an expression: 'team = "hr" and year >= 2024'
    #[arg(long, value_name = "EXPRESSION", conflicts_with = "filters")]
    filter: Option<String>,
}

impl SearchStore {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let filter = self.filter.as_deref().map(parse_filter).transpose()?;
        let (path, query, mut body) = self.send.into_parts();
        body.extend(filter.map(|filter| ("filters".to_owned(), filter.to_json())));
        send_for_items(app, columns::SEARCH_RESULTS, Call::of::<SearchVectorStore>(&path, &query, Payload::Json(body)))
    }
}

/// Parses the expression of `--filter`. The error shows the expression with a mark at the wrong column.
fn parse_filter(expression: &str) -> Result<Filter, Usage> {
    let invalid = |error: crate::search::filter::ExpressionError| {
        let hint =
            "a comparison is NAME = \"TEXT\", NAME >= NUMBER or NAME in (…); `and`, `or` and parentheses join them";
        Usage::hinted(format!("--filter: {error}\n{}", error.marked(expression)), hint)
    };
    expression.parse().map_err(invalid)
}
