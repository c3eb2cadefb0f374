//! The counts of what a restore keeps, changes and loses.

use crate::ui::counted;
use serde::Serialize;
use std::ops::AddAssign;

/// The counts of one object: what a restore keeps, changes and loses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Losses {
    /// The messages or items that the target receives.
    pub messages: u64,
    /// The messages whose text differs from that in the archive.
    pub messages_changed: u64,
    /// The messages or items that have no counterpart at the target.
    pub messages_lost: u64,
    /// The messages whose time of creation is not kept.
    pub times_lost: u64,
    pub images: u64,
    pub images_lost: u64,
    /// The references from a text to a file or a web page. They are never kept as references.
    pub citations_lost: u64,
    pub attachments: u64,
    pub attachments_lost: u64,
    pub tool_calls: u64,
    pub tool_calls_lost: u64,
    /// Runs, with their status, usage and instructions. No API can create an ended run.
    pub runs_lost: u64,
    /// Run steps with a tool call that is not kept.
    pub steps_lost: u64,
    /// Pairs of metadata.
    pub metadata: u64,
    pub metadata_lost: u64,
    /// References to vector stores in the tool resources.
    pub vector_stores_lost: u64,
    /// References to files in the tool resources.
    pub files: u64,
    pub files_lost: u64,
}

impl Losses {
    /// Returns the losses by their names: one text for each count that is not 0.
    pub fn texts(&self) -> Vec<String> {
        let changed = (self.messages_changed, "changed message");
        let lost = [
            (self.messages_lost, "message"),
            (self.times_lost, "message time"),
            (self.images_lost, "image"),
            (self.citations_lost, "citation"),
            (self.attachments_lost, "attachment"),
            (self.tool_calls_lost, "tool call"),
            (self.runs_lost, "run"),
            (self.steps_lost, "run step"),
            (self.metadata_lost, "metadata pair"),
            (self.vector_stores_lost, "vector store"),
            (self.files_lost, "file"),
        ];
        let counts = std::iter::once(changed).chain(lost).filter(|(count, _)| *count > 0);
        counts.map(|(count, noun)| counted(count, noun)).collect()
    }

    /// Returns `true` if anything is changed or lost.
    pub fn any(&self) -> bool {
        !self.texts().is_empty()
    }
}

impl AddAssign for Losses {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.messages_changed += other.messages_changed;
        self.messages_lost += other.messages_lost;
        self.times_lost += other.times_lost;
        self.images += other.images;
        self.images_lost += other.images_lost;
        self.citations_lost += other.citations_lost;
        self.attachments += other.attachments;
        self.attachments_lost += other.attachments_lost;
        self.tool_calls += other.tool_calls;
        self.tool_calls_lost += other.tool_calls_lost;
        self.runs_lost += other.runs_lost;
        self.steps_lost += other.steps_lost;
        self.metadata += other.metadata;
        self.metadata_lost += other.metadata_lost;
        self.vector_stores_lost += other.vector_stores_lost;
        self.files += other.files;
        self.files_lost += other.files_lost;
    }
}
