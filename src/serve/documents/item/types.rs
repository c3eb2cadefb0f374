//! The types of conversation items (docs/protocol/conversations.md#objects). Items of a type that is not in [`TYPES`]
//! are stored without checks.

use serde_json::{Value, json};

/// The rules of one type of item.
#[derive(Debug)]
pub(super) struct TypeRules {
    name: &'static str,
    /// The prefix of the IDs that the server assigns.
    pub(super) prefix: &'static str,
    /// `true` if items of the type have a status.
    pub(super) has_status: bool,
    /// `true` if a request must contain an ID. Such items are the calls of hosted tools
    /// (docs/protocol/conversations.md#errors).
    pub(super) needs_id: bool,
    /// The members that a request must contain, besides the type.
    pub(super) required: &'static [&'static str],
}

/// The rules of a type that is not in [`TYPES`].
const PLAIN: TypeRules = TypeRules { name: "", prefix: "item_", has_status: false, needs_id: false, required: &[] };

/// The known types.
const TYPES: &[TypeRules] = &[
    TypeRules { has_status: true, required: &["role", "content"], ..named("message", "msg_") },
    TypeRules { has_status: true, required: &["call_id", "name", "arguments"], ..named("function_call", "fc_") },
    TypeRules { has_status: true, required: &["call_id", "output"], ..named("function_call_output", "fco_") },
    TypeRules { has_status: true, needs_id: true, required: &["queries"], ..named("file_search_call", "fs_") },
    TypeRules { has_status: true, needs_id: true, required: &["action"], ..named("web_search_call", "ws_") },
    TypeRules { has_status: true, needs_id: true, required: &["result"], ..named("image_generation_call", "ig_") },
    TypeRules { has_status: true, needs_id: true, required: &["call_id"], ..named("computer_call", "cu_") },
    TypeRules { has_status: true, required: &["call_id", "output"], ..named("computer_call_output", "cuo_") },
    TypeRules { has_status: true, needs_id: true, required: &["summary"], ..named("reasoning", "rs_") },
    TypeRules {
        has_status: true,
        needs_id: true,
        required: &["container_id"],
        ..named("code_interpreter_call", "ci_")
    },
    TypeRules {
        has_status: true,
        needs_id: true,
        required: &["call_id", "action"],
        ..named("local_shell_call", "lsh_")
    },
    TypeRules {
        has_status: true,
        needs_id: true,
        required: &["call_id", "output"],
        ..named("local_shell_call_output", "lsho_")
    },
    TypeRules { has_status: true, required: &["call_id", "action"], ..named("shell_call", "sh_") },
    TypeRules { has_status: true, required: &["call_id", "output"], ..named("shell_call_output", "sho_") },
    TypeRules { has_status: true, required: &["call_id", "operation"], ..named("apply_patch_call", "apc_") },
    TypeRules { has_status: true, required: &["call_id"], ..named("apply_patch_call_output", "apco_") },
    TypeRules { needs_id: true, required: &["server_label", "tools"], ..named("mcp_list_tools", "mcpl_") },
    TypeRules { needs_id: true, required: &["server_label", "name"], ..named("mcp_approval_request", "mcpr_") },
    TypeRules { required: &["approval_request_id", "approve"], ..named("mcp_approval_response", "mcpa_") },
    TypeRules { has_status: true, needs_id: true, required: &["server_label", "name"], ..named("mcp_call", "mcp_") },
    TypeRules { required: &["call_id", "name", "input"], ..named("custom_tool_call", "ctc_") },
    TypeRules { required: &["call_id", "output"], ..named("custom_tool_call_output", "ctco_") },
    TypeRules { has_status: true, required: &["arguments"], ..named("tool_search_call", "tsc_") },
    TypeRules { has_status: true, required: &["tools"], ..named("tool_search_output", "tso_") },
    TypeRules { required: &["role", "tools"], ..named("additional_tools", "at_") },
    TypeRules { needs_id: true, required: &["call_id", "code"], ..named("program", "prg_") },
    TypeRules {
        has_status: true,
        needs_id: true,
        required: &["call_id", "result"],
        ..named("program_output", "prgo_")
    },
    TypeRules { required: &["encrypted_content"], ..named("compaction", "cmp_") },
];

const fn named(name: &'static str, prefix: &'static str) -> TypeRules {
    TypeRules { name, prefix, ..PLAIN }
}

/// Returns the rules of a type, or [`PLAIN`] if the type is not in the list.
pub(super) fn rules(kind: &str) -> &'static TypeRules {
    TYPES.iter().find(|rules| rules.name == kind).unwrap_or(&PLAIN)
}

/// Returns the start that an ID in a request must have (docs/protocol/conversations.md#errors).
pub(super) fn id_start(kind: &str) -> Option<&'static str> {
    match kind {
        "message" => Some("msg"),
        "function_call" | "function_call_output" => Some("fc"),
        _ => None,
    }
}

/// Returns the type of the calls to which outputs of this type belong. Returns `None` if the type is not an output.
pub(super) fn call_type(kind: &str) -> Option<&str> {
    match kind {
        "tool_search_output" => Some("tool_search_call"),
        "program_output" => Some("program"),
        kind => kind.strip_suffix("_output").filter(|call| call.ends_with("_call")),
    }
}

/// Returns the members that responses contain although requests may omit them, with their defaults.
pub(super) fn defaults(kind: &str) -> Vec<(&'static str, Value)> {
    match kind {
        "shell_call" => vec![("environment", Value::Null)],
        "shell_call_output" => vec![("max_output_length", Value::Null)],
        "computer_call" => vec![("pending_safety_checks", json!([]))],
        "tool_search_call" | "tool_search_output" => vec![("call_id", Value::Null), ("execution", "server".into())],
        _ => Vec::new(),
    }
}
