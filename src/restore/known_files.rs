//! The files to which the messages of an object refer, as the target has them.

use super::options::TargetForm;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The use of a file at the target, which determines the purpose of its upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileUse {
    Vision,
    Assistants,
    UserData,
}

impl FileUse {
    /// Returns the use of a file that is attached to a message.
    pub(super) const fn of_attachment(form: TargetForm) -> Self {
        match form {
            TargetForm::Threads => Self::Assistants,
            TargetForm::Conversations => Self::UserData,
        }
    }

    /// Returns the purpose of the upload.
    pub(super) const fn purpose(self) -> &'static str {
        match self {
            Self::Vision => "vision",
            Self::Assistants => "assistants",
            Self::UserData => "user_data",
        }
    }
}

/// A file of the archive, with its use at the target.
pub(super) type UsedFile = (String, FileUse);

/// Access to the files while messages are read and rendered.
pub(super) trait FileLookup {
    /// Returns the ID of a file at the target. Returns `None` if a text must name the file instead.
    fn new_id(&self, id: &str, purpose: FileUse) -> Option<String>;

    /// Returns the name of a file for a text.
    fn name(&self, id: &str) -> String;
}

/// The files of one object in the form in which its messages were sent. The map stores it, so that the messages can be
/// compared later, even if further files were uploaded or exported in the meantime.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownFiles {
    /// The IDs at the target, or `None` for files that texts name.
    pub(super) new_ids: BTreeMap<FileUse, BTreeMap<String, Option<String>>>,
    /// The names in texts, by the IDs in the archive.
    pub(super) names: BTreeMap<String, String>,
}

impl KnownFiles {
    /// Returns the recorded ID at the target. Returns `None` if the file was not used before.
    pub(super) fn recorded(&self, id: &str, purpose: FileUse) -> Option<&Option<String>> {
        self.new_ids.get(&purpose)?.get(id)
    }

    /// Adds files. Those that are already there stay as they are.
    pub(super) fn add(&mut self, other: Self) {
        for (purpose, ids) in other.new_ids {
            let own = self.new_ids.entry(purpose).or_default();
            for (id, new_id) in ids {
                own.entry(id).or_insert(new_id);
            }
        }
        for (id, name) in other.names {
            self.names.entry(id).or_insert(name);
        }
    }

    /// Returns `true` if there are no files.
    pub(super) fn is_empty(&self) -> bool {
        self.new_ids.is_empty() && self.names.is_empty()
    }
}

impl FileLookup for KnownFiles {
    fn new_id(&self, id: &str, purpose: FileUse) -> Option<String> {
        self.recorded(id, purpose).cloned().flatten()
    }

    fn name(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }
}
