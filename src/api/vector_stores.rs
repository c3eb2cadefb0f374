//! Vector stores, their files, and batches of files (docs/protocol/vector_stores.md).

use super::args::{self, Pair};
use super::details::Foundry;
use super::endpoint::{Body, Nothing};
use super::endpoint::{endpoints, paths};
use super::kind::Kind;
use super::objects::{FileBatch, VectorStore, VectorStoreFile};
use super::paging::{Paging, StoreFilePaging};
use super::response::{Deleted, Made, One, Page};
use super::rules::{Schema, optional};
use super::schemas::foundry::DATA_SOURCE;
use super::schemas::vector_stores::{ATTRIBUTES, BATCH_FILES, FILTERS, QUERY, RANKING, STORE_EXPIRY};
use super::schemas::{CHUNKING, METADATA};
use serde::{Deserialize, Serialize};
use serde_json::Value;

paths! {
    /// The path of a vector store.
    OfVectorStore(
        /// ID of the vector store
        vector_store_id: VectorStoreId
    );
    /// The path of a file in a vector store.
    OfVectorStoreFile(
        /// ID of the vector store
        vector_store_id: VectorStoreId,
        /// ID of the file
        file_id: VectorStoreFileId
    );
    /// The path of a batch of files.
    OfFileBatch(
        /// ID of the vector store
        vector_store_id: VectorStoreId,
        /// ID of the batch
        batch_id: FileBatchId
    );
}

/// The expiry of a vector store, relative to its last use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreExpiry {
    /// The time from which the days count. The protocol allows only `last_active_at`.
    pub anchor: String,
    /// The number of days, 1 to 365.
    pub days: i64,
}

impl std::str::FromStr for StoreExpiry {
    type Err = String;
    /// Parses a number of days, with or without `d`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_suffix('d').unwrap_or(text).parse() {
            Ok(days) => Ok(Self { anchor: "last_active_at".into(), days }),
            Err(_) => Err("expected a number of days, such as 30 or 30d".into()),
        }
    }
}

/// The members of a new vector store.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct VectorStoreSpec {
    /// Name of the vector store
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Description of the vector store
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Uploaded files to add (repeatable or comma-separated, at most 500)
    #[arg(long, value_name = "FILE_ID", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_ids: Option<Vec<String>>,
    /// Delete the vector store automatically 1 to 365 days after its last use: a number of days
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<StoreExpiry>,
    /// Chunking of the files of --file-ids: auto, static:SIZE,OVERLAP in tokens, JSON or @path
    #[arg(long, value_name = "KEYWORD|JSON|@path", value_parser = args::chunking_strategy)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<Value>,
    /// Metadata pair (repeatable, at most 16)
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(with = "args::pairs", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Pair>>,
}
impl Body for VectorStoreSpec {}

/// The members of a vector store that an update can change.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct VectorStoreChange {
    /// Name of the vector store
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Delete the vector store automatically 1 to 365 days after its last use: a number of days
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<StoreExpiry>,
    /// Metadata pair (repeatable, at most 16); replaces all existing pairs
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(with = "args::pairs", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Pair>>,
}
impl Body for VectorStoreChange {}

/// The members of a search.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchSpec {
    /// Query: a string, or an array of strings if there are several
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Value>,
    /// Text to search for (repeatable)
    #[arg(long = "query", value_name = "TEXT", allow_hyphen_values = true)]
    #[serde(skip)]
    pub queries: Vec<String>,
    /// Let the model rewrite the query for the search: true, false
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite_query: Option<bool>,
    /// Maximum number of results, 1 to 50
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_num_results: Option<i64>,
    /// Only files whose attributes match: {"type":"eq","key":"team","value":"hr"}, or nested with and, or
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<Value>,
    /// Ranking of the results: {"ranker":"auto","score_threshold":0.5}
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking_options: Option<Value>,
}

impl Body for SearchSpec {
    fn fold(mut self) -> Self {
        self.query = match self.queries.as_mut_slice() {
            [] => self.query,
            [one] => Some(std::mem::take(one).into()),
            _ => Some(std::mem::take(&mut self.queries).into()),
        };
        self
    }
}

/// The members of a file that is added to a vector store.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct VectorStoreFileSpec {
    /// ID of the uploaded file
    #[arg(long, value_name = "FILE_ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Chunking of the file: auto, static:SIZE,OVERLAP in tokens, JSON or @path
    #[arg(long, value_name = "KEYWORD|JSON|@path", value_parser = args::chunking_strategy)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<Value>,
    /// Attribute of the file, for filters: KEY=TEXT, or KEY:=JSON for a number or a boolean (repeatable, at most 16)
    #[arg(long, value_name = "KEY=TEXT|KEY:=JSON", value_parser = args::attribute)]
    #[serde(with = "args::attributes", skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<(String, Value)>>,
}
impl Body for VectorStoreFileSpec {}

/// The members of a file in a vector store that an update can change.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct VectorStoreFileChange {
    /// Attribute: KEY=TEXT, or KEY:=JSON for a number or a boolean (repeatable, at most 16); replaces all attributes
    #[arg(long, value_name = "KEY=TEXT|KEY:=JSON", value_parser = args::attribute)]
    #[serde(with = "args::attributes", skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<(String, Value)>>,
}
impl Body for VectorStoreFileChange {}

/// The members of a batch of files that is added to a vector store.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct FileBatchSpec {
    /// Uploaded files to add (repeatable or comma-separated, at most 2000)
    #[arg(long, value_name = "FILE_ID", value_delimiter = ',', conflicts_with = "files")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_ids: Option<Vec<String>>,
    /// File to add with its own attributes and chunking, {"file_id":…,"attributes":…}, or an array of them (repeatable)
    #[arg(long, value_name = "JSON|@path", value_parser = args::objects)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<Value>>,
    /// Chunking of the files of --file-ids: auto, static:SIZE,OVERLAP in tokens, JSON or @path
    #[arg(long, value_name = "KEYWORD|JSON|@path", value_parser = args::chunking_strategy, conflicts_with = "files")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<Value>,
    /// Attribute of the files of --file-ids: KEY=TEXT, or KEY:=JSON for a number or a boolean (repeatable, at most 16)
    #[arg(long, value_name = "KEY=TEXT|KEY:=JSON", value_parser = args::attribute, conflicts_with = "files")]
    #[serde(with = "args::attributes", skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<(String, Value)>>,
}

impl Body for FileBatchSpec {
    fn fold(mut self) -> Self {
        self.files = args::flattened(self.files.take());
        self
    }
}

const NO_ATTRIBUTES: &str =
    "the newer agents of Foundry have attributes, at the base URL of the project followed by /openai/v1";

endpoints! {
    ListVectorStores = "listVectorStores" "list vector stores":
        Read Get "/vector_stores" Nothing(), Paging, Nothing => Page<VectorStore>;
    CreateVectorStore = "createVectorStore" "create vector store":
        Once Post "/vector_stores" Nothing(), Nothing, VectorStoreSpec => Made<VectorStore> {
            members: &[STORE_EXPIRY, CHUNKING, METADATA],
            foundry: Foundry {
                lacks: &["description"],
                adds: &[optional("configuration", Schema::Any)],
                ..Foundry::SAME
            },
        };
    GetVectorStore = "getVectorStore" "get vector store":
        Read Get "/vector_stores/{vector_store_id}"
        OfVectorStore(vector_store_id), Nothing, Nothing => One<VectorStore>;
    UpdateVectorStore = "modifyVectorStore" "update vector store":
        Repeatable Post "/vector_stores/{vector_store_id}"
        OfVectorStore(vector_store_id), Nothing, VectorStoreChange => One<VectorStore> {
            members: &[STORE_EXPIRY, METADATA],
        };
    DeleteVectorStore = "deleteVectorStore" "delete vector store":
        Repeatable Delete "/vector_stores/{vector_store_id}"
        OfVectorStore(vector_store_id), Nothing, Nothing => Deleted<VectorStore> {
            deletes: &[Kind::VectorStoreFile, Kind::FileBatch],
        };
    SearchVectorStore = "searchVectorStore" "search files":
        Read Post "/vector_stores/{vector_store_id}/search"
        OfVectorStore(vector_store_id), Nothing, SearchSpec => Page<VectorStoreFile> {
            members: &[QUERY, FILTERS, RANKING],
            foundry: Foundry::never("let an assistant with the tool file_search search the vector store in a run"),
        };

    ListVectorStoreFiles = "listVectorStoreFiles" "list vector store files":
        Read Get "/vector_stores/{vector_store_id}/files"
        OfVectorStore(vector_store_id), StoreFilePaging, Nothing => Page<VectorStoreFile>;
    CreateVectorStoreFile = "createVectorStoreFile" "create vector store file":
        Once Post "/vector_stores/{vector_store_id}/files"
        OfVectorStore(vector_store_id), Nothing, VectorStoreFileSpec => Made<VectorStoreFile> {
            members: &[CHUNKING, ATTRIBUTES],
            foundry: Foundry {
                refuses: &[("attributes", NO_ATTRIBUTES)],
                optional: &["file_id"],
                adds: &[optional("data_source", DATA_SOURCE)],
                ..Foundry::SAME
            },
        };
    GetVectorStoreFile = "getVectorStoreFile" "get vector store file":
        Read Get "/vector_stores/{vector_store_id}/files/{file_id}"
        OfVectorStoreFile(vector_store_id, file_id), Nothing, Nothing => One<VectorStoreFile>;
    UpdateVectorStoreFile = "updateVectorStoreFileAttributes" "update vector store file":
        Repeatable Post "/vector_stores/{vector_store_id}/files/{file_id}"
        OfVectorStoreFile(vector_store_id, file_id), Nothing, VectorStoreFileChange => One<VectorStoreFile> {
            members: &[ATTRIBUTES],
            foundry: Foundry::never(NO_ATTRIBUTES),
        };
    DeleteVectorStoreFile = "deleteVectorStoreFile" "delete vector store file":
        Repeatable Delete "/vector_stores/{vector_store_id}/files/{file_id}"
        OfVectorStoreFile(vector_store_id, file_id), Nothing, Nothing => Deleted<VectorStoreFile>;
    VectorStoreFileContent = "retrieveVectorStoreFileContent" "get file content":
        Read Get "/vector_stores/{vector_store_id}/files/{file_id}/content"
        OfVectorStoreFile(vector_store_id, file_id), Nothing, Nothing => Page<VectorStoreFile> {
            foundry: Foundry::never("no endpoint returns the text of an assistants file; use the original file"),
        };

    CreateFileBatch = "createVectorStoreFileBatch" "create file batch":
        Once Post "/vector_stores/{vector_store_id}/file_batches"
        OfVectorStore(vector_store_id), Nothing, FileBatchSpec => Made<FileBatch> {
            members: &[BATCH_FILES, CHUNKING, ATTRIBUTES],
            foundry: Foundry {
                lacks: &["files"],
                refuses: &[("attributes", NO_ATTRIBUTES)],
                optional: &["file_ids", "files"],
                adds: &[optional("data_sources", Schema::list(&DATA_SOURCE))],
                ..Foundry::SAME
            },
        };
    GetFileBatch = "getVectorStoreFileBatch" "get file batch":
        Read Get "/vector_stores/{vector_store_id}/file_batches/{batch_id}"
        OfFileBatch(vector_store_id, batch_id), Nothing, Nothing => One<FileBatch> { may_return_parent_id: true };
    CancelFileBatch = "cancelVectorStoreFileBatch" "cancel file batch":
        Repeatable Post "/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel"
        OfFileBatch(vector_store_id, batch_id), Nothing, Nothing => One<FileBatch> { may_return_parent_id: true };
    ListFileBatchFiles = "listFilesInVectorStoreBatch" "list file batch files":
        Read Get "/vector_stores/{vector_store_id}/file_batches/{batch_id}/files"
        OfFileBatch(vector_store_id, batch_id), StoreFilePaging, Nothing => Page<VectorStoreFile>;
}
