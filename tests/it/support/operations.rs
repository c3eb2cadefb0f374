//! The operations of the protocol that have a command, each with its command.

use clap::Command;
use serde_json::Value;

/// The ID of the operation in the document, the noun, and the verb. A verb of a noun below another has two words.
pub(crate) const OPERATIONS: [(&str, &str, &str); 56] = [
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
    ("listVectorStores", "vector-stores", "list"),
    ("createVectorStore", "vector-stores", "create"),
    ("getVectorStore", "vector-stores", "get"),
    ("modifyVectorStore", "vector-stores", "update"),
    ("deleteVectorStore", "vector-stores", "delete"),
    ("searchVectorStore", "vector-stores", "search"),
    ("listVectorStoreFiles", "vector-stores", "files list"),
    ("createVectorStoreFile", "vector-stores", "files create"),
    ("getVectorStoreFile", "vector-stores", "files get"),
    ("updateVectorStoreFileAttributes", "vector-stores", "files update"),
    ("deleteVectorStoreFile", "vector-stores", "files delete"),
    ("retrieveVectorStoreFileContent", "vector-stores", "files content"),
    ("createVectorStoreFileBatch", "vector-stores", "batches create"),
    ("getVectorStoreFileBatch", "vector-stores", "batches get"),
    ("cancelVectorStoreFileBatch", "vector-stores", "batches cancel"),
    ("listFilesInVectorStoreBatch", "vector-stores", "batches files"),
    ("createUpload", "uploads", "create"),
    ("addUploadPart", "uploads", "add-part"),
    ("completeUpload", "uploads", "complete"),
    ("cancelUpload", "uploads", "cancel"),
    ("createConversation", "conversations", "create"),
    ("getConversation", "conversations", "get"),
    ("updateConversation", "conversations", "update"),
    ("deleteConversation", "conversations", "delete"),
    ("listConversationItems", "conversations", "items list"),
    ("createConversationItems", "conversations", "items create"),
    ("getConversationItem", "conversations", "items get"),
    ("deleteConversationItem", "conversations", "items delete"),
];

/// Returns the words of an operation's command, such as `vector-stores files list`.
pub(crate) fn words(operation: &str) -> Vec<&'static str> {
    let (_, noun, verb) = OPERATIONS.into_iter().find(|(name, ..)| *name == operation).unwrap();
    std::iter::once(noun).chain(verb.split(' ')).collect()
}

/// Returns the declaration of an operation.
pub(crate) fn declaration(operation: &str) -> &'static asst::api::Spec {
    asst::api::table().find(|spec| spec.operation == operation).unwrap()
}

/// Returns a command from the program's command tree, without the global flags. The verb may have several words.
pub(crate) fn command(noun: &str, verb: &str) -> Command {
    let tree = asst::cli::Cli::tree();
    let noun = tree.find_subcommand(noun).unwrap_or_else(|| panic!("no noun {noun}"));
    let below = |command: &Command, word| {
        command.find_subcommand(word).unwrap_or_else(|| panic!("no verb {word} of {command}")).clone()
    };
    verb.split(' ').fold(noun.clone(), |command, word| below(&command, word))
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
