//! Compares a value in a manifest with the wanted value, and makes the smallest changes between them.

use super::super::kinds::{ASSISTANTS, means_default, tool_name};
use super::super::members::{Members, SCHEMAS, TEXTS, expanded_tools, is_file, path_in_tree};
use super::super::references::{reference_to, target as reference};
use super::super::source::Source;
use super::super::stated::{escaped, text_file};
use super::super::variables::Variables;
use super::super::{Manifest, Problem, UploadedPaths, canonical};
use super::text::{EditedText, NO_PLACE, NoPlace, Slot};
use crate::env::input::{self, InputSource};
use crate::env::yaml::{MemberName, NodeKind, Position, YamlNode};
use crate::json;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The lists of IDs, whose order has no meaning.
const SETS: [&str; 2] = ["file_ids", "vector_store_ids"];

/// The changes to the files of a manifest.
pub(super) struct Editor<'a> {
    pub(super) source: Source,
    pub(super) variables: Variables,
    /// The manifest before the changes.
    pub(super) manifest: &'a Manifest,
    pub(super) uploads: UploadedPaths,
    /// `true` if the complete value of a member is replaced.
    pub(super) whole: bool,
    /// The texts by their real paths.
    pub(super) texts: BTreeMap<PathBuf, EditedText>,
    /// The new values of the files that were changed, by their real paths.
    pub(super) files: BTreeMap<PathBuf, Value>,
    pub(super) notes: Vec<Problem>,
    /// The position of the deepest existing value on the path of the current change.
    pub(super) at: Position,
}

/// The file of a value, and the way in which the value is read.
#[derive(Clone)]
pub(super) struct Context {
    /// The real path.
    pub(super) file: PathBuf,
    /// `true` if variables and references to files are not replaced in the value: in a JSON Schema, and in the contents
    /// of a file.
    pub(super) is_raw: bool,
    /// `true` if the value is in a JSON Schema, where an absent member never means a default.
    pub(super) is_schema: bool,
}

impl Editor<'_> {
    /// Returns the text of a file.
    pub(super) fn text(&mut self, path: &Path) -> Result<&mut EditedText, NoPlace> {
        if !self.texts.contains_key(path) {
            let text = match self.source.texts.get(path) {
                Some(text) => text.clone(),
                None => input::read_text(&path.to_string_lossy()).map_err(|_| NO_PLACE)?,
            };
            // The first character is not enough: YAML, too, can begin with a quoted key or a mapping in flow style.
            let is_json = path.extension().is_some_and(|ending| ending == "json") || json::read(&text).is_ok();
            self.texts.insert(path.to_owned(), EditedText::new(text, is_json));
        }
        self.texts.get_mut(path).ok_or(NO_PLACE)
    }

    /// Changes a value so that it equals `wanted`. `name` is the name of the member that contains it.
    pub(super) fn set(
        &mut self,
        context: &Context,
        slot: &Slot<'_>,
        name: &str,
        wanted: &Value,
    ) -> Result<(), NoPlace> {
        let present = self.value(context, slot.node, name);
        if is_same(name, &present, wanted) {
            return Ok(());
        }
        match (&slot.node.kind, wanted) {
            (NodeKind::Mapping(members), _) if !context.is_raw && !self.whole && is_file(members) => {
                self.set_file(context, slot, members, name, wanted)
            }
            (NodeKind::Mapping(members), Value::Object(wanted)) if !self.whole && !members.is_empty() => {
                self.set_members(context, slot, name, members, wanted)
            }
            (NodeKind::Sequence(items), Value::Array(wanted)) if !self.whole && !items.is_empty() => {
                self.set_items(context, slot, name, items, wanted)
            }
            _ => self.replace(context, slot, wanted),
        }
    }

    fn value(&mut self, context: &Context, node: &YamlNode, name: &str) -> Value {
        if context.is_raw {
            return node.clone().into_value();
        }
        Members { source: &mut self.source, variables: &self.variables }.value(node, name, false)
    }

    fn replace(&mut self, context: &Context, slot: &Slot<'_>, wanted: &Value) -> Result<(), NoPlace> {
        self.note_loss(context, slot.node, "the value replaces")?;
        let value = if context.is_raw { wanted.clone() } else { escaped(wanted) };
        self.text(&context.file)?.replace(slot, &value)
    }

    /// Adds notes about comments, variables and references to files that a change removes. A schema and the contents of
    /// a file can only lose comments.
    pub(super) fn note_loss(&mut self, context: &Context, node: &YamlNode, change: &str) -> Result<(), NoPlace> {
        let mut place = self.source.place(node.at);
        if place.file.canonicalize().is_ok_and(|file| file != context.file) {
            place.file = context.file.as_path().into();
        }
        let has_comments = self.text(&context.file)?.has_comments(node);
        let mut note = |lost: &str| {
            self.notes.push(Problem { place: place.clone(), message: format!("{change} {lost}"), hint: None });
        };
        if has_comments {
            note("comments");
        }
        if context.is_raw {
            return Ok(());
        }
        let mut names = Vec::new();
        variables_of(node, &mut names);
        names.into_iter().for_each(|name| note(&format!("${{{name}}}")));
        if let NodeKind::Mapping(members) = &node.kind
            && is_file(members)
        {
            note("a reference to a file");
        }
        Ok(())
    }

    fn set_members(
        &mut self,
        context: &Context,
        slot: &Slot<'_>,
        name: &str,
        members: &[(MemberName, YamlNode)],
        wanted: &Map<String, Value>,
    ) -> Result<(), NoPlace> {
        let mut removed = Vec::new();
        for entry in members {
            let (key, node) = entry;
            let is_schema = context.is_schema || SCHEMAS.contains(&key.name.as_str());
            let is_raw =
                context.is_raw || is_schema && !matches!(&node.kind, NodeKind::Mapping(members) if is_file(members));
            let inner = Context { is_raw, is_schema, ..context.clone() };
            match wanted.get(&key.name) {
                Some(wanted) => {
                    let present = self.value(&inner, node, &key.name);
                    if !is_same(&key.name, &present, wanted) {
                        let slot = self.text(&context.file)?.member(slot, entry)?;
                        self.set(&inner, &slot, &key.name, wanted)?;
                    }
                }
                // A default that the manifest sets stays, although the backend does not return it.
                None if name != "metadata"
                    && !context.is_schema
                    && means_default(&self.value(&inner, node, &key.name)) => {}
                None => {
                    self.note_loss(context, node, "the change removes")?;
                    removed.push(key.name.as_str());
                }
            }
        }
        if removed.len() == members.len() {
            return self.replace(context, slot, &Value::Object(wanted.clone()));
        }
        if !removed.is_empty() {
            self.text(&context.file)?.remove_members(slot, &removed)?;
        }
        let is_new = |name: &String| !members.iter().any(|(key, _)| key.name == *name);
        let added = wanted.iter().filter(|(name, _)| is_new(name));
        let added = added.map(|(name, value)| {
            let is_raw = context.is_raw || SCHEMAS.contains(&name.as_str());
            (name.clone(), if is_raw { value.clone() } else { escaped(value) })
        });
        let added: Map<String, Value> = added.collect();
        added.iter().try_for_each(|(name, value)| self.text(&context.file)?.insert(slot, name, value))
    }

    fn set_items(
        &mut self,
        context: &Context,
        slot: &Slot<'_>,
        name: &str,
        items: &[YamlNode],
        wanted: &[Value],
    ) -> Result<(), NoPlace> {
        let mut open: Vec<Option<&Value>> = wanted.iter().map(Some).collect();
        let mut take = |matches: &dyn Fn(&Value) -> bool| open.iter_mut().find(|one| one.is_some_and(matches))?.take();
        let mut values: Vec<Option<Vec<Value>>> = Vec::new();
        for item in items {
            let value = self.value(context, item, name);
            values.push(Some(self.expanded(value)));
        }
        // Match the items that stay first, so that a changed item does not claim the value of an equal one.
        for found in &mut values {
            let all = found.as_ref().is_some_and(|values| {
                values.iter().all(|value| wanted.iter().any(|wanted| is_same_item(name, value, wanted)))
            });
            if all {
                for value in found.take().into_iter().flatten() {
                    take(&|wanted| is_same_item(name, &value, wanted));
                }
            }
        }
        let (mut changed, mut removed, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (n, found) in values.iter().enumerate() {
            let Some(found) = found else {
                kept.push(n);
                continue;
            };
            let partner = match found.as_slice() {
                [value] if name == "tools" => {
                    take(&|wanted| tool_name(&expanded(wanted)) == tool_name(&expanded(value))).cloned()
                }
                _ => None,
            };
            match partner {
                Some(wanted) => changed.push((n, wanted)),
                None => removed.push(n),
            }
        }
        let added: Vec<Value> = open.into_iter().flatten().cloned().collect();
        let is_ordered = name != "tools" && !SETS.contains(&name);
        if removed.len() == items.len() || is_ordered {
            return self.replace(context, slot, &Value::Array(wanted.to_vec()));
        }
        for (n, wanted) in changed {
            let Some(item) = items.get(n) else { continue };
            let slot = self.text(&context.file)?.item(slot, item)?;
            self.set(context, &slot, name, &wanted)?;
        }
        if !removed.is_empty() {
            for item in removed.iter().filter_map(|n| items.get(*n)) {
                self.note_loss(context, item, "the change removes")?;
            }
            self.text(&context.file)?.remove_items(slot, &removed)?;
        }
        for value in added {
            let value = if context.is_raw { value } else { escaped(&value) };
            self.text(&context.file)?.append(slot, &value)?;
        }
        Ok(())
    }

    /// Returns one reference for each matching file if the item refers to an entry of `files` with a pattern. Otherwise
    /// returns the item.
    fn expanded(&self, item: Value) -> Vec<Value> {
        let Some((section, name)) = reference(&item).and_then(|target| target.split_once('.')) else {
            return vec![item];
        };
        let of_section = self.manifest.resources.iter().filter(|resource| resource.kind.section == section);
        let found = of_section.filter(|resource| resource.is_named(name));
        let found: Vec<Value> = found.map(|resource| reference_to(section, &resource.name)).collect();
        if found.is_empty() { vec![item] } else { found }
    }

    /// Changes the file to which a value refers. If a file cannot hold the wanted value, replaces the reference by the
    /// value.
    fn set_file(
        &mut self,
        context: &Context,
        slot: &Slot<'_>,
        members: &[(MemberName, YamlNode)],
        name: &str,
        wanted: &Value,
    ) -> Result<(), NoPlace> {
        let [(_, YamlNode { at, kind: NodeKind::Scalar { text, .. }, .. })] = members else { return Err(NO_PLACE) };
        let given = self.variables.replace(text).map_err(|_| NO_PLACE)?;
        let path = path_in_tree(&self.source.folder(*at), &given).map_err(|_| NO_PLACE)?;
        let path = path.canonicalize().map_err(|_| NO_PLACE)?;
        // The file is also an upload, which a change would replace.
        if self.uploads.may_have(&path) {
            return self.replace(context, slot, wanted);
        }
        if let Some(other) = self.files.get(&path) {
            return if other == wanted { Ok(()) } else { Err(NO_PLACE) };
        }
        self.files.insert(path.clone(), wanted.clone());
        if TEXTS.contains(&name) {
            let Some(contents) = wanted.as_str().and_then(text_file) else {
                return self.replace(context, slot, wanted);
            };
            let text = self.text(&path)?;
            let ends = text.present().ends_with('\n') || contents.ends_with("\n\n");
            text.replace_all(if ends { contents } else { contents.trim_end_matches('\n').to_owned() });
            return Ok(());
        }
        let text = self.text(&path)?.present().to_owned();
        let root = input::nodes(&text, &InputSource::File(path.clone())).map_err(|_| NO_PLACE)?;
        let inner = Context { file: path.clone(), is_raw: true, ..context.clone() };
        let slot = self.text(&path)?.root(&root);
        let wanted = if name == "tools" { expanded(wanted) } else { wanted.clone() };
        self.set(&inner, &slot, name, &wanted)
    }
}

/// Returns a tool as an object. A tool can be given by its type alone.
fn expanded(tool: &Value) -> Value {
    match expanded_tools(Value::Array(vec![tool.clone()])) {
        Value::Array(mut tools) => tools.pop().unwrap_or_default(),
        other => other,
    }
}

fn is_same(name: &str, present: &Value, wanted: &Value) -> bool {
    present == wanted || name == "tools" && !present.is_array() && is_same_item(name, present, wanted)
}

/// Returns `true` if two items of a list are equal. Tools are equal even if only one of them sets a default explicitly.
fn is_same_item(name: &str, present: &Value, wanted: &Value) -> bool {
    let form = |tool: &Value| {
        let tools = Value::Array(vec![expanded(tool)]);
        canonical(&ASSISTANTS, &Map::from_iter([("tools".to_owned(), tools)]), &[])
    };
    present == wanted || name == "tools" && form(present) == form(wanted)
}

/// Collects the names of the variables in the texts of a node.
fn variables_of(node: &YamlNode, names: &mut Vec<String>) {
    match &node.kind {
        NodeKind::Scalar { text, .. } => {
            for part in text.replace("$${", "").split("${").skip(1) {
                let name = part.split(['}', ':']).next().unwrap_or_default().to_owned();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        NodeKind::Sequence(items) => items.iter().for_each(|item| variables_of(item, names)),
        NodeKind::Mapping(members) => members.iter().for_each(|(_, node)| variables_of(node, names)),
    }
}
