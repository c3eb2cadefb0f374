//! The columns of each noun's tables. The ID comes first.

use crate::app::Sheet;
use crate::view::{CellKind, Col, Members};

pub(super) const ASSISTANTS: Sheet = Sheet {
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

pub(super) const THREADS: Sheet = Sheet {
    noun: "threads",
    columns: &[Col::id("id"), Col::time("created", "created_at"), Col::json("metadata", "metadata")],
    members: Members::These("id object created_at tool_resources metadata"),
};

pub(super) const MESSAGES: Sheet = Sheet {
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

pub(super) const RUNS: Sheet = Sheet {
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

pub(super) const STEPS: Sheet = Sheet {
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

pub(super) const FILES: Sheet = Sheet {
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

/// The columns of a deletion, for every kind of object.
pub(super) const DELETED: Sheet = Sheet {
    noun: "deleted",
    columns: &[Col::id("id"), Col::text("object", "object"), Col::text("deleted", "deleted")],
    members: Members::These("id object deleted"),
};

/// The columns of `api` for responses of unknown form.
pub(super) const ANY: Sheet = Sheet {
    noun: "api",
    columns: &[Col::id("id"), Col::text("object", "object"), Col::time("created", "created_at")],
    members: Members::Any,
};
