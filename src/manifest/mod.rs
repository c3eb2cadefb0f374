//! The manifest of a project: the objects that should exist, as a file in version control (docs/manifest.md).
//!
//! This module reads a manifest, compares its objects with those of a backend, and computes digests. It sends no
//! request.

mod canonical;
mod content;
mod difference;
mod digest;
mod edit;
mod files;
mod first_version;
mod folder_sync;
mod json_schema;
mod kinds;
mod leaks;
mod members;
mod merge;
mod moves;
mod pattern;
mod problem;
mod reader;
mod references;
mod rejections;
mod resources;
mod rest;
mod schema_keywords;
mod source;
mod stated;
#[cfg(test)]
mod tests;
mod uploaded_paths;
mod variables;

pub use canonical::{canonical, matches_pattern};
pub use content::{Content, name_on_disk};
pub use difference::{Difference, differences};
pub use digest::{Marker, digest};
pub use edit::{EditError, EditedManifest, MemberEdit, ObjectEdit, Precision};
pub use files::DEFAULT_PURPOSE;
pub use folder_sync::{FolderProblem, FolderSync};
pub use json_schema::json_schema;
pub use kinds::{ASSISTANTS, Contents, FILES, Identity, KINDS, Reference, ResourceKind};
pub use leaks::has_credential;
pub use moves::{Adoption, Move};
pub use pattern::is_pattern;
pub use problem::{Place, Problem};
pub use reader::{Heading, ManifestError, ObjectPlaces, ReadOptions};
pub use references::{ResourceName, list as reference_list, refer, retain as retain_references};
pub use resources::is_name;
pub use rest::RestOfManifest;
pub use stated::{escaped, is_long, names_a_file, stands_for_file, stated, text_file};
pub use uploaded_paths::UploadedPaths;

use serde_json::{Map, Value};
use std::sync::Arc;

/// The metadata key with the identity of a provisioned object: `PROJECT/ENVIRONMENT/NAME`.
pub const KEY: &str = "asst_key";
/// Returns the identity in the metadata of an object of the backend, or `None` if no manifest provisioned the object.
pub fn identity(metadata: &Value) -> Option<&str> {
    metadata.get(KEY)?.as_str().filter(|identity| !identity.is_empty())
}

/// The metadata key with the digests of a provisioned object ([`Marker`]).
pub const DIGEST: &str = "asst_digest";

/// The environment of a manifest that declares none.
pub const DEFAULT_ENVIRONMENT: &str = "default";

/// A manifest for one environment: the variables are replaced, and the files are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    pub project: String,
    pub environment: String,
    /// All environments that the manifest declares.
    pub environments: Vec<String>,
    /// The profile of the environment or, if the environment has none, of the manifest.
    pub profile: Option<String>,
    /// The objects, which a plan shares with the manifest.
    pub resources: Vec<Arc<Resource>>,
    /// The renamed objects, from `moved`.
    pub moved: Vec<Move>,
    /// The objects of the backend that the manifest takes over, from `adopt`.
    pub adopt: Vec<Adoption>,
    /// Notes for the user about values that were converted, such as those of the first version of the API.
    pub notes: Vec<Problem>,
}

/// An object that should exist.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub kind: &'static ResourceKind,
    /// The name in the manifest. It is not the member `name` of the object.
    pub name: String,
    pub place: Place,
    /// The members of the request that creates the object, without those that identify it.
    pub members: Map<String, Value>,
    /// Members of the backend that the manifest does not own, such as `temperature` or `metadata.app_*`.
    pub ignore: Vec<String>,
    /// The bytes of a file, for kinds whose identity is their content.
    pub content: Option<Content>,
    /// The folders whose files are the contents of the object.
    pub sync: Option<FolderSync>,
    /// `true` if no command may delete the object.
    pub protect: bool,
}

impl Resource {
    /// Returns the section and the name as one text, such as `assistants.helper`.
    pub fn qualified_name(&self) -> String {
        format!("{}.{}", self.kind.section, self.name)
    }

    /// Returns `true` if a name selects this object: its own name, or the name of the entry whose pattern it matches.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns `true` if the manifest lists the contents of the object.
    pub fn lists_contents(&self) -> bool {
        self.kind.contents.is_some_and(|contents| self.members.contains_key(contents.member))
    }

    /// Returns the digest of all members that the manifest sets, including those that are not compared.
    pub fn digest(&self) -> String {
        let mut stated = Map::new();
        stated.insert("members".to_owned(), Value::Object(self.members.clone()));
        stated.insert("ignore".to_owned(), self.ignore.clone().into());
        stated.insert("protect".to_owned(), self.protect.into());
        stated.extend(self.sync.as_ref().map(|sync| ("sync".to_owned(), Value::Object(sync.members.clone()))));
        digest(&canonical::sorted(stated))
    }

    /// Returns the canonical form of these members, which come from the manifest or from the backend. Leaves out the
    /// members that the manifest ignores, and the contents if the manifest does not list them.
    pub fn form(&self, members: &Map<String, Value>) -> Map<String, Value> {
        let mut form = canonical(self.kind, members, &self.ignore);
        // `members` may have the contents of a live object, which the manifest does not own.
        if let Some(contents) = self.kind.contents.filter(|_| !self.lists_contents()) {
            form.shift_remove(contents.member);
        }
        form
    }
}

impl Manifest {
    /// Returns the objects of one kind.
    pub fn of_kind(&self, kind: &ResourceKind) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    /// Returns the problem of each folder that cannot be opened, for the selected objects.
    pub fn unusable_folders(&self, is_meant: impl Fn(&Resource) -> bool) -> Vec<&Problem> {
        let resources = self.resources.iter().filter(|resource| is_meant(resource));
        resources.filter_map(|resource| resource.sync.as_ref()).flat_map(|sync| &sync.unusable).collect()
    }

    /// Returns `true` if no command may delete older versions of a file. Only the name on disk and the purpose relate an
    /// older version to its entry, so each entry with the same name and purpose protects it.
    pub fn protects_versions_of(&self, file: &Resource) -> bool {
        let identity = |resource: &Resource| {
            (resource.content.as_ref().map(Content::name), resource.members.get("purpose").cloned())
        };
        let own = identity(file);
        self.of_kind(file.kind).any(|other| other.protect && identity(other) == own)
    }

    /// Returns the identity of an object with this name in the manifest.
    pub fn key(&self, name: &str) -> String {
        format!("{}{name}", self.key_prefix())
    }

    /// Returns the prefix that all identities of this project and environment share.
    pub fn key_prefix(&self) -> String {
        format!("{}/{}/", self.project, self.environment)
    }
}
