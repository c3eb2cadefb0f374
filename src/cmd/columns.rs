//! The columns of each noun's tables, id first.

use crate::app::Sheet;
use crate::view::{CellKind, Col};

pub(super) const ASSISTANTS: Sheet = Sheet {
    noun: "assistants",
    columns: &[
        Col::id("id"),
        Col::text("name", "name"),
        Col::text("model", "model"),
        Col::text("tools", "tools.type"),
        Col::time("created", "created_at"),
    ],
};

pub(super) const THREADS: Sheet = Sheet {
    noun: "threads",
    columns: &[Col::id("id"), Col::time("created", "created_at"), Col::json("metadata", "metadata")],
};

pub(super) const MESSAGES: Sheet = Sheet {
    noun: "messages",
    columns: &[
        Col::id("id"),
        Col::text("role", "role"),
        Col::content("content", "content"),
        Col::time("created", "created_at"),
    ],
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
};

/// What every deletion answers with.
pub(super) const DELETED: Sheet = Sheet {
    noun: "deleted",
    columns: &[Col::id("id"), Col::text("object", "object"), Col::text("deleted", "deleted")],
};

/// What `api` shows of answers whose shape nobody knows.
pub(super) const ANY: Sheet =
    Sheet { noun: "api", columns: &[Col::id("id"), Col::text("object", "object"), Col::time("created", "created_at")] };
