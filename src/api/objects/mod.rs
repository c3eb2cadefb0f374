//! The objects of the protocol as typed views of JSON objects (docs/protocol/objects.md).
//!
//! An object such as [`Run`] contains the JSON map that was read. Its accessors read one member each and return a
//! [`Field`], which distinguishes an absent member, `null`, a value of the documented type, and any other value. Nothing
//! is converted or removed. An object is therefore written with all of its members, in their order, with their number
//! literals (docs/decisions/objects_are_views.md).
//!
//! ```text
//! let run = Run::from_map(map);
//! match run.status().known() {
//!     Some(RunStatus::RequiresAction) => for call in run.pending_tool_calls().valid() { … },
//!     Some(status) if status.is_terminal() => …,
//!     Some(_) => …,
//!     None => …, // `run.status().text()` is the unknown status, if there is any.
//! }
//! ```
//!
//! The file of a noun declares its objects with the macro `object!`: one line per member, with its type. The module
//! must not depend on requests, transport, or async code.

mod assistant;
mod conversation;
mod field;
mod file;
mod list;
mod message;
mod object;
mod run;
mod step;
#[cfg(test)]
pub(crate) mod tests;
mod thread;
mod tool_call;
mod upload;
mod vector_store;

pub use assistant::{
    Assistant, CodeInterpreterResources, FileSearchResources, FunctionDefinition, Tool, ToolResources, ToolType,
};
pub use conversation::{Conversation, ConversationItem, ItemContent, ItemContentType, ItemStatus, ItemType};
pub use field::{Field, FromValue, List, Open, OpenEnum};
pub use file::{FileObject, FilePurpose, FileStatus};
pub use list::{DeletionResult, ListEnvelope};
pub use message::{
    Annotation, AnnotationType, Attachment, ContentPart, ContentType, FileReference, ImageFile, ImageUrl, Message,
    MessageStatus, Role, TextContent, UrlCitation,
};
pub use object::JsonObject;
pub use run::{
    IncompleteDetails, LastError, RequiredAction, Run, RunStatus, SubmitToolOutputs, TruncationStrategy,
    TruncationType, Usage,
};
pub use step::{MessageCreation, RunStep, StepDetails, StepStatus, StepType};
pub use thread::Thread;
pub use tool_call::{
    CodeInterpreterCall, CodeInterpreterOutput, FileSearchCall, FileSearchResult, FunctionCall, OutputImage, ToolCall,
};
pub use upload::{Upload, UploadPart, UploadStatus};
pub use vector_store::{
    ChunkingStrategy, ChunkingType, ExpiresAfter, FileBatch, FileCounts, IndexingStatus, SearchResult, StaticChunking,
    VectorStore, VectorStoreFile, VectorStoreStatus,
};
