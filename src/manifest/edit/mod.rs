//! Changes single values in the text of a manifest. Comments and layout around a changed value stay.
//!
//! This module does not check the result. The caller reads it back, because a change of one value also changes the
//! values that use it through an alias.

mod comments;
mod node;
#[cfg(test)]
mod tests;
mod text;

use super::kinds::ResourceKind;
use super::reader::{Heading, ManifestError, ReadOptions, Reader};
use super::source::NamedNodes;
use super::stated::escaped;
use super::{Manifest, Place, Problem, merge};
use crate::env::yaml::{MemberName, NodeKind, Scalar, YamlNode};
use node::{Context, Editor};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;
use text::{NO_PLACE, NoPlace, Slot, TOML};

/// New values for members of an object.
#[derive(Debug, Clone)]
pub struct ObjectEdit {
    pub kind: &'static ResourceKind,
    pub name: String,
    pub members: Vec<MemberEdit>,
}

/// A new value for a member.
#[derive(Debug, Clone)]
pub struct MemberEdit {
    pub member: String,
    /// The value in the form for a manifest ([`super::stated()`]), or `None` for the default.
    pub value: Option<Value>,
    /// The value that sets the default explicitly. Needed if the manifest would otherwise take another value, such as
    /// one from `defaults`.
    pub explicit: Value,
}

/// A manifest with changes that are not written yet.
#[derive(Debug)]
pub struct EditedManifest {
    /// The texts of the changed files by their real paths, without byte order marks.
    pub texts: BTreeMap<PathBuf, String>,
    /// Notes for the user about parts of the manifest that the changes replace.
    pub notes: Vec<Problem>,
}

/// The reason why a manifest is not changed.
#[derive(Debug)]
pub enum EditError {
    /// The manifest cannot be read.
    Manifest(ManifestError),
    /// A change has no place in the manifest. `place` is the place of the deepest existing value on the path of the
    /// change.
    Unplaced { place: Place, reason: &'static str },
}

/// The part of a value that a change replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// As little as possible: a pair of the metadata, a tool, an entry of a list.
    Parts,
    /// The whole value of a member.
    Members,
}

impl EditedManifest {
    /// Changes members of objects of a manifest. `manifest` is the result of reading `options` before the changes.
    ///
    /// A member that the overlay of the environment sets is changed there. In a manifest with several environments, the
    /// overlay also gets all other members. In any other manifest, a member is changed in the object, or added to it.
    ///
    /// # Errors
    /// Returns an error if the manifest cannot be read, or if a change has no place in it.
    pub fn new(
        options: ReadOptions<'_>,
        manifest: &Manifest,
        edits: &[ObjectEdit],
        precision: Precision,
    ) -> Result<Self, EditError> {
        let problems = |problems| EditError::Manifest(ManifestError::Problems(problems));
        let (mut reader, roots) = Reader::open(options).map_err(EditError::Manifest)?;
        let root = merge::merged(&mut reader.source, roots.clone());
        let Some(root) = root.filter(|_| reader.source.problems.is_empty()) else {
            return Err(problems(reader.source.problems));
        };
        let Some((Heading { environment, environments, .. }, keys, overlay)) = reader.heading(&root) else {
            return Err(problems(reader.source.problems));
        };
        let variables = reader.variables(keys, overlay);
        let editor = Editor {
            source: reader.source,
            variables,
            manifest,
            uploads: manifest.uploaded_paths(),
            whole: precision == Precision::Members,
            texts: BTreeMap::new(),
            files: BTreeMap::new(),
            notes: Vec::new(),
            at: root.at,
        };
        let mut levels =
            Levels { editor, roots: &roots, environment, has_several: environments.len() > 1, overlay: Map::new() };
        let edited = edits.iter().try_for_each(|edit| levels.object(edit)).and_then(|()| levels.add_overlay());
        let Editor { texts, notes, source, at, .. } = levels.editor;
        let unplaced = |NoPlace(reason)| EditError::Unplaced { place: source.place(at), reason };
        edited.map_err(unplaced)?;
        if !source.problems.is_empty() {
            return Err(problems(source.problems));
        }
        let mut changed = source.texts.clone();
        for (path, text) in texts {
            changed.insert(path, text.finished().map_err(unplaced)?);
        }
        Ok(Self { texts: changed, notes })
    }
}

/// The places that can set a member: the object itself, the overlay of the environment, and the defaults.
struct Levels<'a> {
    editor: Editor<'a>,
    roots: &'a [YamlNode],
    environment: String,
    has_several: bool,
    /// The values to add to the overlay, by section, object and member. Their texts are escaped.
    overlay: Map<String, Value>,
}

impl<'a> Levels<'a> {
    fn object(&mut self, edit: &ObjectEdit) -> Result<(), NoPlace> {
        let section = edit.kind.section;
        let environment = self.environment.clone();
        let mut added = Map::new();
        for MemberEdit { member, value, explicit } in &edit.members {
            let above = ["environments", &environment, section, &edit.name, member];
            let own = [section, &edit.name, member];
            let defaults = ["defaults", section, member];
            let states = |levels: &mut Self, path: &[&str]| levels.find(path).map(|found| found.is_some());
            if states(self, &above)? {
                let is_below = states(self, &own)? || states(self, &defaults)?;
                self.change(&above, member, value.as_ref().or(is_below.then_some(explicit)))?;
            } else if self.has_several {
                let value = escaped(value.as_ref().unwrap_or(explicit));
                let object = self.overlay.entry(section).or_insert_with(|| Value::Object(Map::new()));
                if let Some(objects) = object.as_object_mut() {
                    let object = objects.entry(&edit.name).or_insert_with(|| Value::Object(Map::new()));
                    object.as_object_mut().ok_or(NO_PLACE)?.insert(member.clone(), value);
                }
            } else if states(self, &own)? {
                let is_below = states(self, &defaults)?;
                self.change(&own, member, value.as_ref().or(is_below.then_some(explicit)))?;
            } else {
                added.insert(member.clone(), escaped(value.as_ref().unwrap_or(explicit)));
            }
        }
        if added.is_empty() {
            return Ok(());
        }
        let (context, slot) = self.find(&[section, &edit.name])?.ok_or(NO_PLACE)?;
        self.add(&context, &slot, added)
    }

    /// Returns the place of the value at a path, and its file.
    fn find(&mut self, path: &[&str]) -> Result<Option<(Context, Slot<'a>)>, NoPlace> {
        for root in self.roots {
            // Values in TOML have no extent, so they cannot be changed.
            if root.extent.is_none() {
                let within = |node, step: &&str| entry(node, step).map(|(_, node)| node);
                match path.iter().try_fold(root, within) {
                    Some(node) => {
                        self.editor.at = node.at;
                        return Err(NoPlace(TOML));
                    }
                    None => continue,
                }
            }
            let file = self.editor.source.place(root.at).file.canonicalize().map_err(|_| NO_PLACE)?;
            let text = self.editor.text(&file)?;
            let mut slot = text.root(root);
            let found = path.iter().all(|step| {
                let Some(entry) = entry(slot.node, step) else { return false };
                text.member(&slot, entry).map(|inner| slot = inner).is_ok()
            });
            if found {
                self.editor.at = slot.node.at;
                return Ok(Some((Context { file, is_raw: false, is_schema: false }, slot)));
            }
        }
        Ok(None)
    }

    /// Changes or removes the value at a path.
    fn change(&mut self, path: &[&str], member: &str, value: Option<&Value>) -> Result<(), NoPlace> {
        let (context, slot) = self.find(path)?.ok_or(NO_PLACE)?;
        if let Some(value) = value {
            return self.editor.set(&context, &slot, member, value);
        }
        self.editor.note_loss(&context, slot.node, "the change removes")?;
        let (last, parent) = path.split_last().ok_or(NO_PLACE)?;
        let (context, parent) = self.find(parent)?.ok_or(NO_PLACE)?;
        if let NodeKind::Mapping(members) = &parent.node.kind
            && members.len() == 1
        {
            return self.editor.text(&context.file)?.replace(&parent, &Value::Object(Map::new()));
        }
        self.editor.text(&context.file)?.remove_members(&parent, &[last])
    }

    /// Adds the collected values to the overlay of the environment.
    fn add_overlay(&mut self) -> Result<(), NoPlace> {
        let values = std::mem::take(&mut self.overlay);
        if values.is_empty() {
            return Ok(());
        }
        let environment = self.environment.clone();
        let (context, slot) = self.find(&["environments", &environment])?.ok_or(NO_PLACE)?;
        self.add(&context, &slot, values)
    }

    /// Adds entries to a mapping. Merges a mapping in an entry with the mapping that exists.
    fn add(&mut self, context: &Context, slot: &Slot<'a>, values: Map<String, Value>) -> Result<(), NoPlace> {
        let text = self.editor.text(&context.file)?;
        let is_empty = match &slot.node.kind {
            NodeKind::Scalar { scalar: Scalar::Null, .. } => true,
            NodeKind::Mapping(members) => members.is_empty(),
            _ => return Err(NO_PLACE),
        };
        // A member from an alias is not in the text of this mapping, so it counts as new.
        let is_new = |name: &str| entry(slot.node, name).is_none_or(|(name, _)| name.extent.is_none());
        let new: Map<String, Value> =
            values.iter().filter(|(name, _)| is_new(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
        let is_all_new = new.len() == values.len();
        if is_empty {
            return text.replace(slot, &Value::Object(values));
        }
        if is_all_new && text.outgrows(slot, &Value::Object(new.clone())) {
            let mut whole = slot.node.clone().into_value();
            whole.as_object_mut().ok_or(NO_PLACE)?.extend(new);
            return text.replace(slot, &whole);
        }
        for (name, value) in &new {
            self.editor.text(&context.file)?.insert(slot, name, value)?;
        }
        for (name, value) in values.into_iter().filter(|(name, _)| !is_new(name)) {
            let entry = entry(slot.node, &name).ok_or(NO_PLACE)?;
            let inner = self.editor.text(&context.file)?.member(slot, entry)?;
            let Value::Object(values) = value else { return Err(NO_PLACE) };
            self.add(context, &inner, values)?;
        }
        Ok(())
    }
}

fn entry<'n>(node: &'n YamlNode, name: &str) -> Option<&'n (MemberName, YamlNode)> {
    let NodeKind::Mapping(members) = &node.kind else { return None };
    let members: &NamedNodes = members;
    members.iter().find(|(key, _)| key.name == name)
}
