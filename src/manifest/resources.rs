//! Reads the objects of a manifest, and checks each object before any request.

use super::files;
use super::first_version::{self, Conversion};
use super::folder_sync::{self, CheckSync, FolderSync};
use super::kinds::{ASSISTANTS, KINDS, ResourceKind, VECTOR_STORES};
use super::leaks;
use super::members::Members;
use super::references::{self, REF};
use super::rejections;
use super::schema_keywords::{self, SchemaProblem};
use super::source::{NamedNodes, Source, locate, member};
use super::variables::Variables;
use super::{DIGEST, KEY, Resource};
use crate::api::Dialect;
use crate::config::nearest;
use crate::env::yaml::{MemberName, NodeKind, Position, Scalar, YamlNode};
use serde_json::{Map, Value};
use std::collections::HashMap;

const LIFECYCLE_KEYS: &[&str] = &["protect", "ignore"];

/// The maximum length of the name of a project, an environment or an object.
const MAX_NAME: usize = 64;

/// The maximum number of metadata pairs of an object, without those that identify it
/// (docs/protocol/objects.md#limits-and-defaults).
const MAX_PAIRS: usize = 14;

/// The objects of a manifest while they are read.
pub(super) struct Resources<'a> {
    source: &'a mut Source,
    variables: &'a Variables,
    dialect: Dialect,
    check_sync: CheckSync<'a>,
    /// The names of the objects as `SECTION.NAME`.
    names: Vec<String>,
    /// For an entry under `files` that does not stand for itself, the names of the files for which it stands: the
    /// matches of its pattern, or an earlier file with the same bytes.
    groups: HashMap<String, Vec<String>>,
    /// The names in the manifest of the files that were read, by their file name at the backend and their purpose.
    uploads: HashMap<[String; 2], String>,
}

impl<'a> Resources<'a> {
    /// Collects the names of the objects under these keys, for the checks of references.
    pub(super) fn new(
        source: &'a mut Source,
        variables: &'a Variables,
        keys: &NamedNodes,
        dialect: Dialect,
        check_sync: CheckSync<'a>,
    ) -> Self {
        let declared = keys.iter().filter(|(key, _)| ResourceKind::of_section(&key.name).is_some());
        let names = declared.flat_map(|(section, node)| {
            let members = if let NodeKind::Mapping(members) = &node.kind { members.as_slice() } else { &[] };
            members.iter().map(|(name, _)| format!("{}.{}", section.name, name.name))
        });
        let names = names.collect();
        Self { source, variables, dialect, check_sync, names, groups: HashMap::new(), uploads: HashMap::new() }
    }

    /// Reads the objects from the keys of the manifest, of the environment, and of the defaults.
    pub(super) fn read(mut self, levels: [&NamedNodes; 3]) -> Vec<Resource> {
        KINDS.iter().flat_map(|kind| self.section(kind, levels)).collect()
    }

    /// Reads the objects of one kind.
    fn section(&mut self, kind: &'static ResourceKind, [keys, overlay, defaults]: [&NamedNodes; 3]) -> Vec<Resource> {
        let ResourceKind { section: title, noun, .. } = kind;
        let defaults = entries(self.source, defaults, title, &format!("defaults.{title}"));
        let changes = entries(self.source, overlay, title, &format!("{title} of the environment"));
        let declared = entries(self.source, keys, title, title);
        for (name, _) in changes.iter().filter(|(name, _)| member(declared, &name.name).is_none()) {
            let message =
                format!("the environment changes the {noun} `{}`, which the manifest does not have", name.name);
            self.source.problem(name.at, message);
        }
        let mut resources = Vec::new();
        for (name, node) in declared {
            check_name(self.source, &name.name, name.at, noun);
            let own = self.source.mapping(node, &format!("{title}.{}", name.name));
            let changed = entries(self.source, changes, &name.name, &name.name);
            let nodes = merged([defaults, own, changed]);
            match files::are_files(kind) {
                true => self.files(kind, name, nodes, &mut resources),
                false => resources.push(self.resource(kind, name, nodes)),
            }
        }
        resources
    }

    fn resource(
        &mut self,
        kind: &'static ResourceKind,
        name: &MemberName,
        nodes: Vec<(MemberName, YamlNode)>,
    ) -> Resource {
        let (lifecycle, nodes): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|(key, _)| key.name == "lifecycle");
        let (protect, ignore) = lifecycle.first().map_or((false, Vec::new()), |(_, node)| self.lifecycle(kind, node));
        let before = self.source.problems.len();
        let mut members = Members { source: self.source, variables: self.variables }.object(&nodes);
        let root = YamlNode { at: name.at, extent: None, kind: NodeKind::Mapping(nodes) };
        let check_sync = |sync: &FolderSync| (self.check_sync)(sync, self.dialect);
        let sync = folder_sync::taken(self.source, kind, &root, &mut members, check_sync);
        if *kind == ASSISTANTS {
            self.convert(&root, &mut members);
        }
        if let Some(path) = leaks::leak(&members) {
            let hint = "everyone who can use the backend can read it; remove it";
            let message = format!("`{path}` contains what looks like a credential");
            self.source.hinted(locate(&root, &path).at, message, Some(hint.to_owned()));
        }
        for refused in kind.refused.iter().filter(|refused| has_value(&members, refused.path)) {
            let at = locate(&root, refused.path).at;
            self.source.hinted(at, refused.reason, Some(refused.hint.to_owned()));
        }
        self.check_references(kind, &root, &members);
        let members = references::replaced(kind, &members, |section, name| self.targets(section, name));
        // After other errors, this check could report the same value a second time.
        if self.source.problems.len() == before {
            rejections::check(self.source, self.dialect, kind, (&root, name), checkable(kind, &members));
        }
        for SchemaProblem { path, message } in schema_keywords::problems(&members) {
            self.source.problem(locate(&root, &path).at, message);
        }
        self.check_metadata(&root, members.get("metadata"));
        let place = self.source.place(name.at);
        Resource { kind, name: name.name.clone(), place, members, ignore, content: None, sync, protect }
    }

    /// Converts an assistant from the form of the first version of the API. Adds a note for each conversion.
    fn convert(&mut self, root: &YamlNode, members: &mut Map<String, Value>) {
        match first_version::converted(members) {
            Ok(made) => {
                for Conversion { path, note } in made {
                    self.source.note(locate(root, &path).at, note);
                }
            }
            Err(reason) => {
                let hint = "write the files of code_interpreter under `tool_resources.code_interpreter.file_ids`, and those \
                            of file_search into a vector store";
                self.source.hinted(locate(root, "file_ids").at, reason, Some(hint.to_owned()));
            }
        }
    }

    /// Reads an entry under `files`, which may stand for several files, and adds these to `all`.
    fn files(
        &mut self,
        kind: &'static ResourceKind,
        name: &MemberName,
        nodes: Vec<(MemberName, YamlNode)>,
        all: &mut Vec<Resource>,
    ) {
        self.source.check_names(&nodes, &format!("the file `{}`", name.name), files::MEMBERS);
        let (lifecycle, nodes): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|(key, _)| key.name == "lifecycle");
        let (protect, ignore) = lifecycle.first().map_or((false, Vec::new()), |(_, node)| self.lifecycle(kind, node));
        let before = self.source.problems.len();
        let members = Members { source: self.source, variables: self.variables }.object(&nodes);
        let root = YamlNode { at: name.at, extent: None, kind: NodeKind::Mapping(nodes) };
        if self.source.problems.len() > before {
            return;
        }
        if let Err(refusal) = files::check(&members) {
            rejections::report(self.source, kind, (&root, name), refusal);
            return;
        }
        let place = self.source.place(name.at);
        let mut group = Vec::new();
        for file in files::found(self.source, &name.name, &members, locate(&root, "path").at) {
            self.names.push(format!("{}.{}", kind.section, file.name));
            // Equal bytes under one name are one object.
            let identity = ["filename", "purpose"].map(|member| file.members[member].to_string());
            if let Some(same) = self.uploads.get(&identity) {
                if let Some(earlier) = all.iter_mut().find(|resource| resource.name == *same) {
                    earlier.protect |= protect;
                }
                self.groups.insert(file.name, vec![same.clone()]);
                group.push(same.clone());
                continue;
            }
            self.uploads.insert(identity, file.name.clone());
            group.push(file.name.clone());
            all.push(Resource {
                kind,
                name: file.name,
                place: place.clone(),
                members: file.members,
                ignore: ignore.clone(),
                content: Some(file.content),
                sync: None,
                protect,
            });
        }
        group.dedup();
        self.groups.insert(name.name.clone(), group);
    }

    /// Returns a reference to each object for which a name stands.
    fn targets(&self, section: &str, name: &str) -> Vec<Value> {
        let reference = |name: &str| references::reference_to(section, name);
        let group = self.groups.get(name).filter(|_| section == super::FILES.section);
        group.map_or_else(|| vec![reference(name)], |group| group.iter().map(|name| reference(name)).collect())
    }

    fn lifecycle(&mut self, kind: &ResourceKind, node: &YamlNode) -> (bool, Vec<String>) {
        let keys = self.source.mapping(node, "lifecycle");
        self.source.check_names(keys, "`lifecycle`", LIFECYCLE_KEYS);
        let protect = match member(keys, "protect") {
            None => false,
            Some(YamlNode { kind: NodeKind::Scalar { scalar: Scalar::Bool(protect), .. }, .. }) => *protect,
            Some(other) => {
                self.source.wrong_type(other, "lifecycle.protect", "true or false");
                false
            }
        };
        let ignore = member(keys, "ignore").map_or(&[][..], |node| self.source.sequence(node, "lifecycle.ignore"));
        let ignore = ignore.iter().filter_map(|item| {
            let path = self.source.text(item, "lifecycle.ignore")?;
            let first = path.split('.').next().unwrap_or_default();
            if kind.member(first).is_none() {
                let known: Vec<&str> = kind.member_names().collect();
                let hint = Some(format!("known members: {}", known.join(", ")));
                self.source.hinted(item.at, format!("the kind {} has no member `{first}`", kind.noun), hint);
            }
            Some(path.to_owned())
        });
        (protect, ignore.collect())
    }

    /// Checks that each reference refers to an object of the kind that its list accepts.
    fn check_references(&mut self, kind: &ResourceKind, root: &YamlNode, members: &Map<String, Value>) {
        for reference in kind.references {
            let items = references::list(members, reference).into_iter().flatten().enumerate();
            for (n, target) in items.filter_map(|(n, item)| Some((n, references::target(item)?))) {
                let is_known = self.names.iter().any(|name| name == target);
                let section = target.split_once('.').map_or("", |(section, _)| section);
                if section == reference.section && is_known {
                    continue;
                }
                let of_kind = self.names.iter().filter(|name| name.split('.').next() == Some(reference.section));
                let of_kind: Vec<&str> = of_kind.map(String::as_str).collect();
                let qualified = format!("{}.{target}", reference.section);
                let known = of_kind.iter().find(|name| **name == qualified).copied();
                let is_file = is_known && section == super::FILES.section && reference.section == VECTOR_STORES.section;
                let hint = match known.or_else(|| nearest(target, of_kind.iter().copied())) {
                    _ if is_file => format!(
                        "write `{{ref: {target}}}` under `file_ids` of a vector store, and refer to the vector store here"
                    ),
                    Some(known) => format!("did you mean `{known}`?"),
                    None if of_kind.is_empty() => format!("the manifest has no `{}`", reference.section),
                    None => format!("known objects: {}", of_kind.join(", ")),
                };
                let message = match is_known {
                    true => format!("expected a reference to `{}`, found a reference to `{target}`", reference.section),
                    false => format!("the manifest has no `{target}`"),
                };
                let at = locate(root, &format!("{}[{n}].{REF}", reference.path)).at;
                self.source.hinted(at, message, Some(hint));
            }
        }
    }

    /// Checks that there is room for the pairs that identify the object, and that the manifest does not set these
    /// pairs.
    fn check_metadata(&mut self, root: &YamlNode, metadata: Option<&Value>) {
        let Some(pairs) = metadata.and_then(Value::as_object) else { return };
        let at = locate(root, "metadata").at;
        if pairs.len() > MAX_PAIRS {
            let message = format!(
                "expected at most {MAX_PAIRS} metadata pairs, found {}: asst adds `{KEY}` and `{DIGEST}`, and an object has \
                 at most 16",
                pairs.len()
            );
            self.source.problem(at, message);
        }
        for key in [KEY, DIGEST].into_iter().filter(|key| pairs.contains_key(*key)) {
            let at = locate(root, &format!("metadata.{key}")).at;
            self.source.problem(at, format!("asst sets the metadata key `{key}` itself; remove it"));
        }
    }
}

/// Returns `true` if a text can be the name of a project, an environment or an object.
pub fn is_name(name: &str) -> bool {
    let first = name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    first && name.len() <= MAX_NAME && name.bytes().all(valid)
}

/// Checks a name that becomes part of the identity of an object.
pub(super) fn check_name(source: &mut Source, name: &str, at: Position, noun: &str) {
    if !is_name(name) {
        let message = format!(
            "expected the name of the {noun} to have 1 to {MAX_NAME} characters of a-z, 0-9, `.`, `_` and `-`, and to \
             begin with a letter or a digit; found `{}`",
            name.chars().take(80).collect::<String>()
        );
        source.problem(at, message);
    }
}

/// Returns the members in the form of a request: the names of the targets replace the references, as if they were IDs.
fn checkable(kind: &ResourceKind, members: &Map<String, Value>) -> Map<String, Value> {
    references::replaced(kind, members, |_, name| vec![Value::from(name)])
}

/// Returns `true` if there is a value at a path such as `tool_resources.file_search`.
fn has_value(members: &Map<String, Value>, path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let steps = rest.split('.').filter(|step| !step.is_empty());
    let found = steps.fold(members.get(first), |value, step| value.and_then(|value| value.get(step)));
    found.is_some_and(|value| !value.is_null())
}

/// Returns the entries under a key, or none if the key is missing. `path` is the path of the entries for errors.
fn entries<'n>(source: &mut Source, keys: &'n NamedNodes, key: &str, path: &str) -> &'n NamedNodes {
    member(keys, key).map_or(&[], |node| source.mapping(node, path))
}

/// Merges the members of several levels. A later level replaces the members of an earlier one.
fn merged<const N: usize>(levels: [&NamedNodes; N]) -> Vec<(MemberName, YamlNode)> {
    let mut all: Vec<(MemberName, YamlNode)> = Vec::new();
    for (name, node) in levels.into_iter().flatten() {
        match all.iter_mut().find(|(known, _)| known.name == name.name) {
            Some(known) => *known = (name.clone(), node.clone()),
            None => all.push((name.clone(), node.clone())),
        }
    }
    all
}
