//! The types of objects that the store holds, new objects, and objects that were read in order to be changed.

use crate::api::Kind;
use crate::api::objects::{
    Assistant, Conversation, ConversationItem, FileBatch, FileObject, JsonObject, Message, Run, RunStep, Thread,
    Upload, UploadPart, VectorStore,
};
use crate::db::{DbError, SqlRow};
use crate::json;

/// A type of object that the store holds.
pub(in crate::serve) trait StoredType: JsonObject {
    const KIND: Kind;
}

impl StoredType for Assistant {
    const KIND: Kind = Kind::Assistant;
}

impl StoredType for Thread {
    const KIND: Kind = Kind::Thread;
}

impl StoredType for Message {
    const KIND: Kind = Kind::Message;
}

impl StoredType for Run {
    const KIND: Kind = Kind::Run;
}

impl StoredType for RunStep {
    const KIND: Kind = Kind::Step;
}

impl StoredType for FileObject {
    const KIND: Kind = Kind::File;
}

impl StoredType for VectorStore {
    const KIND: Kind = Kind::VectorStore;
}

impl StoredType for FileBatch {
    const KIND: Kind = Kind::FileBatch;
}

impl StoredType for Upload {
    const KIND: Kind = Kind::Upload;
}

impl StoredType for UploadPart {
    const KIND: Kind = Kind::UploadPart;
}

impl StoredType for Conversation {
    const KIND: Kind = Kind::Conversation;
}

impl StoredType for ConversationItem {
    const KIND: Kind = Kind::ConversationItem;
}

/// An object that was read in order to be changed.
#[derive(Debug, Clone)]
pub(in crate::serve) struct Stored<O> {
    /// The position in the order of creation.
    pub(in crate::serve) position: i64,
    pub(in crate::serve) id: String,
    /// The version number, which every change increments. [`Batch::unchanged`](super::Batch::unchanged) compares it.
    pub(in crate::serve) version: i64,
    pub(in crate::serve) label: Option<String>,
    pub(in crate::serve) object: O,
}

impl<O: StoredType> Stored<O> {
    /// Reads a row with the columns `id, version, label, doc, n`.
    pub(super) fn read(mut row: SqlRow) -> Result<Self, DbError> {
        let corrupt = |error: json::Error| DbError::Corrupt(error.to_string());
        let members = json::stored(row.take_text(3)?).and_then(json::into_object).map_err(corrupt)?;
        Ok(Self {
            position: row.int(4)?,
            version: row.int(1)?,
            label: row.take_optional_text(2)?,
            object: O::from_map(members),
            id: row.take_text(0)?,
        })
    }
}

/// A new object.
#[derive(Debug)]
pub(in crate::serve) struct NewObject<'a, O> {
    /// The object. Its member `id` is its ID in the store.
    pub(in crate::serve) object: &'a O,
    /// The ID of the object that contains it (the parent), or an empty text.
    pub(in crate::serve) parent: &'a str,
    /// The thread to which it belongs. Deleting the thread deletes it too.
    pub(in crate::serve) thread: Option<&'a str>,
    /// A text that is stored beside the object, with a meaning that depends on the type. Lists can be filtered by it.
    ///
    /// - message: the ID of its run
    /// - file: its purpose
    /// - conversation item: its type and `call_id`, if it is a call
    /// - run: the vector stores that replace those of its assistant
    /// - run step: its usage, which is hidden while the step is open
    /// - upload: the lifetime of its file in seconds
    /// - part of an upload: its size in bytes
    pub(in crate::serve) label: Option<&'a str>,
}

impl<'a, O: StoredType> NewObject<'a, O> {
    /// Returns a new object without a parent.
    pub(in crate::serve) fn top(object: &'a O) -> Self {
        Self { object, parent: "", thread: None, label: None }
    }

    /// Returns a new object that belongs to a thread.
    pub(in crate::serve) fn in_thread(object: &'a O, thread: &'a str, parent: &'a str) -> Self {
        Self { object, parent, thread: Some(thread), label: None }
    }

    /// Returns the ID of the object.
    pub(super) fn id(&self) -> &'a str {
        self.object.member("id").or_default()
    }
}
