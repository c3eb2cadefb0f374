//! Messages (docs/protocol/endpoints.md#messages).

use super::args::{self, Pair};
use super::details::{Foundry, Messages, Offer};
use super::endpoint::{Body, Nothing, endpoints, paths};
use super::objects::Message;
use super::paging::MessagePaging;
use super::parts::{MetadataChange, OfThread};
use super::response::{Deleted, Made, One, Page};
use super::schemas::{ATTACHMENTS, CONTENT, METADATA, foundry};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

paths! {
    /// The path of a message in a thread.
    OfMessage(
        /// ID of the thread
        thread_id: ThreadId,
        /// ID of the message
        message_id: MessageId
    );
}

/// The members of a message.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageSpec {
    /// Role of the author: user, assistant [default: user]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The content: a string, or an array of parts if there is anything besides text
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Value>,
    /// Text of the message
    #[arg(long = "content", value_name = "TEXT", allow_hyphen_values = true)]
    #[serde(skip)]
    pub content_text: Option<String>,
    /// Read the text of the message from a file
    #[arg(long, value_name = "PATH|-", conflicts_with = "content_text", value_parser = args::text_file)]
    #[serde(skip)]
    pub content_file: Option<String>,
    /// Add an image: ID of an uploaded file with purpose vision (repeatable)
    #[arg(long, value_name = "FILE_ID")]
    #[serde(skip)]
    pub image_file: Vec<String>,
    /// Add an image: URL of a png, jpeg, gif or webp (repeatable)
    #[arg(long, value_name = "URL")]
    #[serde(skip)]
    pub image_url: Vec<String>,
    /// Add a complete content part (repeatable); parts come after text, image files and image URLs
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip)]
    pub content_part: Vec<Value>,
    /// Attach a file for tools: FILE_ID=file_search, FILE_ID=code_interpreter, JSON or @path (repeatable)
    #[arg(long = "attachment", value_name = "FILE_ID=TOOL|JSON|@path", value_parser = args::attachment)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Value>>,
    /// Metadata pair (repeatable, at most 16)
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(with = "args::pairs", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Pair>>,
}

impl Body for MessageSpec {
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[("role", "user")];

    fn fold(mut self) -> Self {
        let text = self.content_text.take().or(self.content_file.take());
        if self.image_file.is_empty() && self.image_url.is_empty() && self.content_part.is_empty() {
            self.content = text.map(Value::from).or(self.content);
            return self;
        }
        let text = text.into_iter().map(|text| json!({ "type": "text", "text": text }));
        let files =
            self.image_file.drain(..).map(|id| json!({ "type": "image_file", "image_file": { "file_id": id } }));
        let urls = self.image_url.drain(..).map(|url| json!({ "type": "image_url", "image_url": { "url": url } }));
        self.content = Some(text.chain(files).chain(urls).chain(self.content_part.drain(..)).collect());
        self
    }
}

endpoints! {
    ListMessages = "listMessages" "list messages":
        Read Get "/threads/{thread_id}/messages" OfThread(thread_id), MessagePaging, Nothing => Page<Message>;
    CreateMessage = "createMessage" "create message":
        Once Post "/threads/{thread_id}/messages" OfThread(thread_id), Nothing, MessageSpec => Made<Message> {
            members: &[CONTENT, ATTACHMENTS, METADATA],
            foundry: Foundry { members: &[foundry::ATTACHMENTS], ..Foundry::SAME },
            messages: Messages::Itself,
        };
    GetMessage = "getMessage" "get message":
        Read Get "/threads/{thread_id}/messages/{message_id}"
        OfMessage(thread_id, message_id), Nothing, Nothing => One<Message>;
    UpdateMessage = "modifyMessage" "update message":
        Repeatable Post "/threads/{thread_id}/messages/{message_id}"
        OfMessage(thread_id, message_id), Nothing, MetadataChange => One<Message> { members: &[METADATA] };
    DeleteMessage = "deleteMessage" "delete message":
        Repeatable Delete "/threads/{thread_id}/messages/{message_id}"
        OfMessage(thread_id, message_id), Nothing, Nothing => Deleted<Message> {
            foundry: Foundry { offer: Offer::Preview, ..Foundry::SAME },
        };
}
