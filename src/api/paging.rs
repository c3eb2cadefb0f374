//! Query parameters of lists and of run steps (docs/protocol/endpoints.md#lists-and-paging).

use super::args;
use super::endpoint::Query;
use serde::{Deserialize, Serialize};

/// The order of a list, by creation time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    Asc,
    Desc,
}

/// Pagination parameters, in both directions.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
pub struct Paging {
    /// Number of objects per request, 1 to 100 [default: 100]
    #[arg(long = "page-size", value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Order by creation time [default: desc]
    #[arg(long, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Start after the object with this ID
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Stop before the object with this ID
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}
impl Query for Paging {}

/// Pagination parameters of messages, with a filter for one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
pub struct MessagePaging {
    /// Only messages that this run created
    #[arg(long, value_name = "RUN_ID", value_parser = args::filter)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub paging: Paging,
}
impl Query for MessagePaging {}

/// Pagination parameters of files: larger pages, and forward only.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
pub struct FilePaging {
    /// Only files with this purpose
    #[arg(long, value_parser = args::filter)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Number of objects per request, 1 to 10000 [default: 10000]
    #[arg(long = "page-size", value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Order by creation time [default: desc]
    #[arg(long, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Start after the object with this ID
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
impl Query for FilePaging {}

/// The optional fields of run steps. The brackets are part of the parameter's name on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
pub struct Include {
    /// Field to add to the response: `step_details.tool_calls[*].file_search.results[*].content`
    #[arg(long, value_name = "FIELD")]
    #[serde(rename = "include[]", skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<String>>,
}
impl Query for Include {}

/// Pagination parameters of run steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
pub struct StepPaging {
    #[command(flatten)]
    #[serde(flatten)]
    pub include: Include,
    #[command(flatten)]
    #[serde(flatten)]
    pub paging: Paging,
}
impl Query for StepPaging {}

/// Pagination parameters of the files in a vector store or a batch, with a filter for their status.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
pub struct StoreFilePaging {
    /// Only files with this status: in_progress, completed, failed, cancelled
    #[arg(long, value_name = "STATUS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub paging: Paging,
}
impl Query for StoreFilePaging {}

/// The optional fields of conversation items. Unlike those of run steps, the parameter has no brackets in its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
pub struct ItemInclude {
    /// Field to add to the response, such as file_search_call.results (repeatable)
    #[arg(long, value_name = "FIELD")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<String>>,
}
impl Query for ItemInclude {}

/// Pagination parameters of conversation items: forward only.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
pub struct ItemPaging {
    /// Number of objects per request, 1 to 100 [default: 100]
    #[arg(long = "page-size", value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Order of the items in the conversation [default: desc]
    #[arg(long, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Start after the item with this ID
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub include: ItemInclude,
}
impl Query for ItemPaging {}
