//! Messages and their contents (docs/protocol/objects.md#message).

use super::object::object;
use super::{IncompleteDetails, JsonObject, List, Open, OpenEnum, Tool};
use serde_json::{Map, Value};
use std::borrow::Cow;

object! {
    /// A message.
    Message {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        thread_id: &str,
        status: Open<'_, MessageStatus>,
        incomplete_details: &IncompleteDetails,
        completed_at: f64,
        incomplete_at: f64,
        role: Open<'_, Role>,
        /// The parts of the content. Some servers send a text instead.
        content: List<'_, &ContentPart>,
        assistant_id: &str,
        run_id: &str,
        attachments: List<'_, &Attachment>,
        metadata: &Map<String, Value>,
    }
}

impl Message {
    /// Returns the texts of the content, one below the other.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.content().or_default().valid().filter_map(ContentPart::plain_text).collect();
        texts.join("\n")
    }

    /// Sets the status.
    pub fn set_status(&mut self, status: MessageStatus) {
        self.set("status", status.name());
    }
}

object! {
    /// A part of the content of a message.
    ContentPart {
        /// The type, which is also the name of the member with the content.
        kind ("type"): Open<'_, ContentType>,
        /// The text of a part of type `text`. In requests it is a plain string ([`ContentPart::plain_text`]).
        text: &TextContent,
        image_file: &ImageFile,
        image_url: &ImageUrl,
        refusal: &str,
    }
}

impl ContentPart {
    /// Returns the text of a part of type `text`, in the form of responses or of requests.
    pub fn plain_text(&self) -> Option<&str> {
        self.text().valid().and_then(|text| text.value().valid()).or_else(|| self.member("text").valid())
    }

    /// Returns the content as text for people: the text or the refusal, `[image ID]`, or the type in brackets. Returns
    /// `None` if the part has neither a text nor another type.
    pub fn display_text(&self) -> Option<Cow<'_, str>> {
        if let Some(text) = self.plain_text().or_else(|| self.refusal().valid()) {
            return Some(text.into());
        }
        let file = self.image_file().valid().and_then(|image| image.file_id().valid());
        let image = file.or_else(|| self.image_url().valid().and_then(|image| image.url().valid()));
        match (image, self.kind().text()) {
            (Some(image), _) => Some(format!("[image {image}]").into()),
            (None, None | Some("text")) => None,
            (None, Some(other)) => Some(format!("[{other}]").into()),
        }
    }

    /// Returns the annotations of the text.
    pub fn annotations(&self) -> List<'_, &Annotation> {
        self.text().valid().map(|text| text.annotations().or_default()).unwrap_or_default()
    }
}

object! {
    /// The text of a content part, in responses.
    TextContent {
        value: &str,
        annotations: List<'_, &Annotation>,
    }
}

object! {
    /// An image from a file.
    ImageFile {
        file_id: &str,
        /// The resolution: `auto`, `low`, or `high`.
        detail: &str,
    }
}

object! {
    /// An image from a URL.
    ImageUrl {
        url: &str,
        /// The resolution: `auto`, `low`, or `high`.
        detail: &str,
    }
}

object! {
    /// A reference from a place in a text to a file or a URL (docs/protocol/objects.md#annotations).
    Annotation {
        /// The type, which is also the name of the member with the reference.
        kind ("type"): Open<'_, AnnotationType>,
        /// The placeholder in the text.
        text: &str,
        file_citation: &FileReference,
        file_path: &FileReference,
        /// A citation of a web page, which only Foundry sends.
        url_citation: &UrlCitation,
        start_index: i64,
        end_index: i64,
    }
}

object! {
    /// A file to which an annotation refers.
    FileReference {
        file_id: &str,
    }
}

object! {
    /// A web page to which an annotation refers.
    UrlCitation {
        url: &str,
        title: &str,
    }
}

object! {
    /// A file that a message adds to the resources of tools.
    Attachment {
        file_id: &str,
        tools: List<'_, &Tool>,
    }
}

/// The status of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageStatus {
    InProgress,
    Incomplete,
    Completed,
}

impl OpenEnum for MessageStatus {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::InProgress, "in_progress"), (Self::Incomplete, "incomplete"), (Self::Completed, "completed")];
}

/// The author of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    User,
    Assistant,
}

impl OpenEnum for Role {
    const VALUES: &'static [(Self, &'static str)] = &[(Self::User, "user"), (Self::Assistant, "assistant")];
}

/// A type of content part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    Text,
    ImageFile,
    ImageUrl,
    Refusal,
}

impl OpenEnum for ContentType {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Text, "text"),
        (Self::ImageFile, "image_file"),
        (Self::ImageUrl, "image_url"),
        (Self::Refusal, "refusal"),
    ];
}

/// A type of annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnotationType {
    FileCitation,
    FilePath,
    UrlCitation,
}

impl OpenEnum for AnnotationType {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::FileCitation, "file_citation"), (Self::FilePath, "file_path"), (Self::UrlCitation, "url_citation")];
}
