//! The kinds of objects that a manifest can contain. Each kind is one record: its requests, its members, the place of
//! its identity, and its references to other kinds. Almost all other code works for every kind.
//!
//! A further kind is a file with a constant of type [`ResourceKind`], and an entry in [`KINDS`].

mod assistant;
mod file;
mod values;
mod vector_store;

pub use assistant::ASSISTANTS;
pub(super) use assistant::tool_name;
pub use file::FILES;
pub(super) use values::{means_default, reduced};
pub use vector_store::VECTOR_STORES;

use crate::api::{Kind, Spec};
use serde_json::Value;

/// Every kind, in the order of dependencies: a kind refers only to kinds before it.
pub static KINDS: &[&ResourceKind] = &[&FILES, &VECTOR_STORES, &ASSISTANTS];

/// A kind of objects that a manifest can contain.
#[derive(Debug)]
pub struct ResourceKind {
    /// The key of the manifest with the objects of this kind, such as `assistants`.
    pub section: &'static str,
    /// The name of one object in messages.
    pub noun: &'static str,
    pub list: &'static Spec,
    pub get: &'static Spec,
    pub create: &'static Spec,
    /// The request that changes an object, or `None` if a changed object is replaced by a new one.
    pub update: Option<&'static Spec>,
    pub delete: &'static Spec,
    pub identity: Identity,
    /// The members that the manifest owns and that are compared.
    pub members: &'static [OwnedMember],
    /// The list that is not part of the object at the backend, or `None` if the kind has none.
    pub contents: Option<&'static Contents>,
    /// The lists of IDs that may refer to other objects of the manifest.
    pub references: &'static [Reference],
    /// Members that a request to create an object may have, but a manifest must not have.
    pub refused: &'static [RefusedMember],
}

/// The part of an object that identifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Two pairs of its metadata (docs/manifest.md#marker).
    Metadata,
    /// Its file name, which contains a digest of its bytes (docs/manifest.md#files).
    Content,
}

/// A member that a manifest can own.
#[derive(Debug)]
pub struct OwnedMember {
    pub name: &'static str,
    /// Returns the canonical form of a value. The default of the API becomes null.
    pub(super) normal: fn(&Value) -> Value,
    /// Returns the value for an update, given the value in the manifest and the value at the backend.
    pub(super) change: fn(Option<&Value>, Option<&Value>) -> Value,
    /// Returns the shortest value for a manifest with the same canonical form. `None` if it is enough to remove the
    /// members that the canonical form lacks.
    pub(super) stated: Option<fn(&Value) -> Value>,
}

/// A list of IDs with its own requests, such as the files of a vector store. The manifest owns the list only if it
/// contains it.
#[derive(Debug)]
pub struct Contents {
    /// The member of the manifest with the list.
    pub member: &'static str,
    /// The member of the manifest with the folders whose files are the contents.
    pub folder: Option<&'static str>,
    /// Members of the manifest that become members of the request that adds IDs. They are not compared.
    pub options: &'static [&'static str],
    pub list: &'static Spec,
    pub add: &'static Spec,
    pub remove: &'static Spec,
}

/// A list of IDs in an object.
#[derive(Debug)]
pub struct Reference {
    /// The path of the list, such as `tool_resources.file_search.vector_store_ids`.
    pub path: &'static str,
    /// The section of the manifest with the objects to which the list refers.
    pub section: &'static str,
}

/// A member of the API that a manifest must not have.
#[derive(Debug)]
pub struct RefusedMember {
    pub path: &'static str,
    pub reason: &'static str,
    pub hint: &'static str,
}

impl ResourceKind {
    /// Returns the kind of a section of the manifest.
    pub fn of_section(section: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.section == section).copied()
    }

    /// Returns the kind of the objects in the protocol.
    pub fn kind(&self) -> Kind {
        self.create.kind
    }

    /// Returns the position in the order of dependencies.
    pub fn rank(&self) -> usize {
        KINDS.iter().position(|kind| kind.section == self.section).unwrap_or_default()
    }

    /// Returns the owned member with this name.
    pub fn member(&self, name: &str) -> Option<&'static OwnedMember> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Returns the names of the owned members.
    pub fn member_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.members.iter().map(|member| member.name)
    }

    /// Returns `true` for the contents of an object, such as the files of a vector store, and for the options of these
    /// contents. They have their own endpoints.
    pub fn is_beside(&self, name: &str) -> bool {
        self.contents.is_some_and(|contents| contents.member == name || contents.options.contains(&name))
    }

    /// Returns `true` if objects of some kind can refer to objects of this kind.
    pub fn is_referred_to(&self) -> bool {
        KINDS.iter().any(|kind| kind.references.iter().any(|reference| reference.section == self.section))
    }

    /// Returns the names of the members that the manifest may set.
    pub fn known_members(&self) -> impl Iterator<Item = &'static str> + use<> {
        let folder = self.contents.and_then(|contents| contents.folder);
        self.create.facts.into_iter().flat_map(|facts| facts.body_names()).chain(folder)
    }
}

/// Kinds are the same if they have the same section.
impl PartialEq for ResourceKind {
    fn eq(&self, other: &Self) -> bool {
        self.section == other.section
    }
}

impl Eq for ResourceKind {}

impl OwnedMember {
    /// Creates a member that an update sets to its value in the manifest, or to null.
    const fn new(name: &'static str, normal: fn(&Value) -> Value) -> Self {
        Self { name, normal, change: |given, _| given.cloned().unwrap_or_default(), stated: None }
    }

    /// Returns the value for an update, given the value in the manifest and the value at the backend. A null in the
    /// manifest counts as no value.
    pub fn changed(&self, given: Option<&Value>, live: Option<&Value>) -> Value {
        (self.change)(given.filter(|value| !value.is_null()), live)
    }
}
