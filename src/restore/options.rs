//! The options that determine the form of restored objects.

use serde::{Deserialize, Serialize};

/// The form in which threads are restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetForm {
    /// Threads with messages
    Threads,
    /// Conversations with items
    Conversations,
}

/// The treatment of citations in the texts of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CitationMode {
    /// Keep the text, with the marks of its citations
    Keep,
    /// Replace each mark by a number, and list the cited files below the text
    Footnote,
    /// Remove the marks
    Drop,
}

/// The treatment of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageMode {
    /// Send images by their file or URL
    Link,
    /// Name images in the text
    Text,
}

/// The treatment of function calls with their outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolCallMode {
    /// Add each call and its output as two items of a conversation
    Pairs,
    /// Add each call and its output as a message
    Text,
    /// Leave them out
    Drop,
}

/// The form of restored objects, as the user chose it.
#[derive(Debug, Clone, Copy)]
pub struct ChosenConversion {
    /// The form of threads. Conversations stay conversations.
    pub form: TargetForm,
    pub citations: CitationMode,
    pub images: ImageMode,
    /// `None` for the default of the form.
    pub tool_calls: Option<ToolCallMode>,
}

impl ChosenConversion {
    /// Returns the conversion of objects of a form.
    pub(super) fn to(self, form: TargetForm) -> Conversion {
        let default = match form {
            TargetForm::Threads => ToolCallMode::Drop,
            TargetForm::Conversations => ToolCallMode::Pairs,
        };
        let tool_calls = self.tool_calls.unwrap_or(default);
        Conversion { form, citations: self.citations, images: self.images, tool_calls }
    }
}

/// The form of the restored objects. The map stores it, so that a restore continues in the form in which it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    pub form: TargetForm,
    pub citations: CitationMode,
    pub images: ImageMode,
    pub tool_calls: ToolCallMode,
}
