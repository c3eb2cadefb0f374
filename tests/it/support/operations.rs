//! The operations of the protocol that have a command, each with its command.

use clap::Command;
use serde_json::Value;

/// The ID of the operation in the document, the noun, and the verb.
pub(crate) const OPERATIONS: [(&str, &str, &str); 28] = [
    ("listAssistants", "assistants", "list"),
    ("createAssistant", "assistants", "create"),
    ("getAssistant", "assistants", "get"),
    ("modifyAssistant", "assistants", "update"),
    ("deleteAssistant", "assistants", "delete"),
    ("createThread", "threads", "create"),
    ("getThread", "threads", "get"),
    ("modifyThread", "threads", "update"),
    ("deleteThread", "threads", "delete"),
    ("createThreadAndRun", "threads", "create-and-run"),
    ("listMessages", "messages", "list"),
    ("createMessage", "messages", "create"),
    ("getMessage", "messages", "get"),
    ("modifyMessage", "messages", "update"),
    ("deleteMessage", "messages", "delete"),
    ("listRuns", "runs", "list"),
    ("createRun", "runs", "create"),
    ("getRun", "runs", "get"),
    ("modifyRun", "runs", "update"),
    ("cancelRun", "runs", "cancel"),
    ("submitToolOuputsToRun", "runs", "submit-tool-outputs"),
    ("listRunSteps", "steps", "list"),
    ("getRunStep", "steps", "get"),
    ("listFiles", "files", "list"),
    ("createFile", "files", "upload"),
    ("retrieveFile", "files", "get"),
    ("deleteFile", "files", "delete"),
    ("downloadFile", "files", "content"),
];

/// Returns a command from the program's command tree, without the global flags.
pub(crate) fn command(noun: &str, verb: &str) -> Command {
    let tree = asst::cli::Cli::tree();
    let noun = tree.find_subcommand(noun).unwrap_or_else(|| panic!("no noun {noun}"));
    noun.find_subcommand(verb).unwrap_or_else(|| panic!("no verb {verb} of {noun}")).clone()
}

/// Returns the long names of a command's own flags.
pub(crate) fn flags(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help");
    own.filter_map(|arg| arg.get_long()).map(str::to_owned).collect()
}

/// Returns the facts of the document about each operation: `tests/it/fixtures/members.json`.
pub(crate) fn members() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/members.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
