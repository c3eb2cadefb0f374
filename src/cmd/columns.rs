//! The columns of each noun's tables. The ID comes first.

use crate::app::TableSpec;
use crate::view::{CellKind, Col, Members};

pub(super) const ASSISTANTS: TableSpec = TableSpec {
    noun: "assistants",
    columns: &[
        Col::id("id"),
        Col::text("name", "name"),
        Col::text("model", "model"),
        Col::text("tools", "tools.type"),
        Col::time("created", "created_at"),
    ],
    members: Members::These(
        "id object created_at name description model instructions tools tool_resources metadata temperature \
         top_p reasoning_effort response_format",
    ),
};

pub(super) const THREADS: TableSpec = TableSpec {
    noun: "threads",
    columns: &[Col::id("id"), Col::time("created", "created_at"), Col::json("metadata", "metadata")],
    members: Members::These("id object created_at tool_resources metadata"),
};

pub(super) const MESSAGES: TableSpec = TableSpec {
    noun: "messages",
    columns: &[
        Col::id("id"),
        Col::text("role", "role"),
        Col::content("content", "content"),
        Col::time("created", "created_at"),
    ],
    members: Members::These(
        "id object created_at thread_id status incomplete_details completed_at incomplete_at role content \
         assistant_id run_id attachments metadata",
    ),
};

pub(super) const RUNS: TableSpec = TableSpec {
    noun: "runs",
    columns: &[
        Col::id("id"),
        Col::text("status", "status"),
        Col::new("thread", "thread_id", CellKind::Id),
        Col::new("assistant", "assistant_id", CellKind::Id),
        Col::time("created", "created_at"),
    ],
    members: Members::These(
        "id object created_at thread_id assistant_id status required_action last_error expires_at started_at \
         cancelled_at failed_at completed_at incomplete_details model instructions tools tool_resources \
         metadata usage temperature top_p max_prompt_tokens max_completion_tokens truncation_strategy \
         tool_choice parallel_tool_calls reasoning_effort response_format",
    ),
};

pub(super) const STEPS: TableSpec = TableSpec {
    noun: "steps",
    columns: &[
        Col::id("id"),
        Col::text("type", "type"),
        Col::text("status", "status"),
        Col::text("calls", "step_details.tool_calls.function.name"),
        Col::time("created", "created_at"),
    ],
    members: Members::These(
        "id object created_at assistant_id thread_id run_id type status step_details last_error expired_at \
         cancelled_at failed_at completed_at metadata usage",
    ),
};

pub(super) const FILES: TableSpec = TableSpec {
    noun: "files",
    columns: &[
        Col::id("id"),
        Col::text("filename", "filename"),
        Col::text("purpose", "purpose"),
        Col::count("bytes", "bytes"),
        Col::time("created", "created_at"),
    ],
    members: Members::These("id object created_at bytes expires_at filename purpose status status_details"),
};

pub(super) const VECTOR_STORES: TableSpec = TableSpec {
    noun: "vector-stores",
    columns: &[
        Col::id("id"),
        Col::text("name", "name"),
        Col::text("status", "status"),
        Col::count("files", "file_counts.total"),
        Col::count("bytes", "usage_bytes"),
        Col::time("created", "created_at"),
    ],
    members: Members::These(
        "id object created_at name description usage_bytes file_counts status expires_after expires_at \
         last_active_at metadata",
    ),
};

pub(super) const VECTOR_STORE_FILES: TableSpec = TableSpec {
    noun: "vector-store-files",
    columns: &[
        Col::id("id"),
        Col::text("status", "status"),
        Col::count("bytes", "usage_bytes"),
        Col::json("attributes", "attributes"),
        Col::text("error", "last_error.message"),
        Col::time("created", "created_at"),
    ],
    members: Members::These(
        "id object created_at vector_store_id usage_bytes status last_error chunking_strategy attributes",
    ),
};

pub(super) const FILE_BATCHES: TableSpec = TableSpec {
    noun: "file-batches",
    columns: &[
        Col::id("id"),
        Col::text("status", "status"),
        Col::count("files", "file_counts.total"),
        Col::count("completed", "file_counts.completed"),
        Col::count("failed", "file_counts.failed"),
        Col::time("created", "created_at"),
    ],
    members: Members::These("id object created_at vector_store_id status file_counts"),
};

/// The columns of search results. A result has no ID of its own, so the ID is that of its file.
pub(super) const SEARCH_RESULTS: TableSpec = TableSpec {
    noun: "results",
    columns: &[
        Col::id("file_id"),
        Col::text("filename", "filename"),
        Col::text("score", "score"),
        Col::content("content", "content"),
    ],
    members: Members::These("file_id filename score attributes content"),
};

/// The columns of the text that was extracted from a file.
pub(super) const FILE_CONTENT: TableSpec = TableSpec {
    noun: "parts",
    columns: &[Col::text("type", "type"), Col::text("text", "text")],
    members: Members::These("type text"),
};

pub(super) const UPLOADS: TableSpec = TableSpec {
    noun: "uploads",
    columns: &[
        Col::id("id"),
        Col::text("filename", "filename"),
        Col::text("status", "status"),
        Col::count("bytes", "bytes"),
        Col::new("file", "file.id", CellKind::Id),
        Col::time("created", "created_at"),
    ],
    members: Members::These("id object created_at filename bytes purpose status expires_at file"),
};

pub(super) const UPLOAD_PARTS: TableSpec = TableSpec {
    noun: "upload-parts",
    columns: &[Col::id("id"), Col::new("upload", "upload_id", CellKind::Id), Col::time("created", "created_at")],
    members: Members::These("id object created_at upload_id"),
};

pub(super) const CONVERSATIONS: TableSpec = TableSpec {
    noun: "conversations",
    columns: &[Col::id("id"), Col::time("created", "created_at"), Col::json("metadata", "metadata")],
    members: Members::These("id object created_at metadata"),
};

/// The columns of conversation items. Their members depend on their type.
pub(super) const CONVERSATION_ITEMS: TableSpec = TableSpec {
    noun: "items",
    columns: &[
        Col::id("id"),
        Col::text("type", "type"),
        Col::text("role", "role"),
        Col::content("content", "content"),
        Col::text("status", "status"),
    ],
    members: Members::Any,
};

/// The columns of a deletion, for every kind of object.
pub(super) const DELETED: TableSpec = TableSpec {
    noun: "deleted",
    columns: &[Col::id("id"), Col::text("object", "object"), Col::text("deleted", "deleted")],
    members: Members::These("id object deleted"),
};

/// The columns of `asst api`, whose response can be any object.
pub(super) const ANY: TableSpec = TableSpec {
    noun: "api",
    columns: &[Col::id("id"), Col::text("object", "object"), Col::time("created", "created_at")],
    members: Members::Any,
};
