//! The files of a manifest with positions of values, and the problems that were found in them.

use super::problem::{Place, Problem};
use crate::config::nearest;
use crate::env::yaml::{MemberName, NodeKind, Position, Scalar, YamlNode};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The members of a mapping.
pub(super) type NamedNodes = [(MemberName, YamlNode)];

/// The files of the manifest, with the problems that were found in them.
#[derive(Debug)]
pub(super) struct Source {
    files: Vec<Arc<Path>>,
    pub(super) problems: Vec<Problem>,
    /// Notes for the user, which are not errors.
    pub(super) notes: Vec<Problem>,
    /// Texts that replace the contents of files, by the real paths of the files.
    pub(super) texts: BTreeMap<PathBuf, String>,
}

impl Source {
    pub(super) fn new(files: &[PathBuf], texts: Option<&BTreeMap<PathBuf, String>>) -> Self {
        Self {
            files: files.iter().map(|file| file.as_path().into()).collect(),
            problems: Vec::new(),
            notes: Vec::new(),
            texts: texts.cloned().unwrap_or_default(),
        }
    }

    /// Returns the text that replaces the contents of a file, if there is one.
    pub(super) fn text_of(&self, path: &Path) -> Option<&String> {
        if self.texts.is_empty() { None } else { self.texts.get(&path.canonicalize().ok()?) }
    }

    fn file(&self, at: Position) -> Arc<Path> {
        let known = self.files.get(at.file as usize).or(self.files.first());
        known.map_or_else(|| Path::new("").into(), Arc::clone)
    }

    pub(super) fn place(&self, at: Position) -> Place {
        Place::new(&self.file(at), at)
    }

    /// Returns the folder of the file with this position. Paths in the file are relative to this folder.
    pub(super) fn folder(&self, at: Position) -> PathBuf {
        let file = self.file(at);
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new(".")).to_path_buf()
    }

    /// Adds a note for the user.
    pub(super) fn note(&mut self, at: Position, message: impl Into<String>) {
        let place = self.place(at);
        self.notes.push(Problem { place, message: message.into(), hint: None });
    }

    /// Adds a problem.
    pub(super) fn problem(&mut self, at: Position, message: impl Into<String>) {
        self.hinted(at, message, None);
    }

    /// Adds a problem with an optional hint.
    pub(super) fn hinted(&mut self, at: Position, message: impl Into<String>, hint: Option<String>) {
        let place = self.place(at);
        self.problems.push(Problem { place, message: message.into(), hint });
    }

    /// Adds the problem that a value has the wrong type.
    pub(super) fn wrong_type(&mut self, node: &YamlNode, path: &str, expected: &str) {
        self.problem(node.at, format!("expected {expected} for `{path}`, found {}", type_name(node)));
    }

    /// Returns the members of a mapping. An empty value counts as an empty mapping. Reports a value of another type.
    pub(super) fn mapping<'n>(&mut self, node: &'n YamlNode, path: &str) -> &'n [(MemberName, YamlNode)] {
        match &node.kind {
            NodeKind::Mapping(members) => members,
            NodeKind::Scalar { scalar: Scalar::Null, .. } => &[],
            _ => {
                self.wrong_type(node, path, "a mapping");
                &[]
            }
        }
    }

    /// Returns the items of a sequence. Reports a value of another type.
    pub(super) fn sequence<'n>(&mut self, node: &'n YamlNode, path: &str) -> &'n [YamlNode] {
        match &node.kind {
            NodeKind::Sequence(items) => items,
            _ => {
                self.wrong_type(node, path, "a list");
                &[]
            }
        }
    }

    /// Returns a text. Reports a value of another type.
    pub(super) fn text<'n>(&mut self, node: &'n YamlNode, path: &str) -> Option<&'n str> {
        match &node.kind {
            NodeKind::Scalar { text, scalar: Scalar::Text } => Some(text),
            _ => {
                self.wrong_type(node, path, "a text");
                None
            }
        }
    }

    /// Reports each member whose name is not in `known`. The hint contains the most similar known name.
    pub(super) fn check_names(&mut self, members: &[(MemberName, YamlNode)], path: &str, known: &[&str]) {
        for (name, _) in members.iter().filter(|(name, _)| !known.contains(&name.name.as_str())) {
            let hint = match nearest(&name.name, known.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known keys: {}", known.join(", ")),
            };
            self.hinted(name.at, format!("unknown key `{}` in {path}", name.name), Some(hint));
        }
    }
}

/// Returns the member of a mapping.
pub(super) fn member<'n>(members: &'n [(MemberName, YamlNode)], name: &str) -> Option<&'n YamlNode> {
    members.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
}

/// Returns the node at a path such as `tools[0].function`, or its deepest existing ancestor.
pub(super) fn locate<'n>(node: &'n YamlNode, path: &str) -> &'n YamlNode {
    let steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    steps
        .scan(node, |node, step| {
            *node = match &node.kind {
                NodeKind::Mapping(members) => member(members, step)?,
                NodeKind::Sequence(items) => items.get(step.parse::<usize>().ok()?)?,
                NodeKind::Scalar { .. } => return None,
            };
            Some(*node)
        })
        .last()
        .unwrap_or(node)
}

fn type_name(node: &YamlNode) -> &'static str {
    match &node.kind {
        NodeKind::Mapping(_) => "a mapping",
        NodeKind::Sequence(_) => "a list",
        NodeKind::Scalar { scalar, .. } => match scalar {
            Scalar::Null => "an empty value",
            Scalar::Bool(_) => "a boolean",
            Scalar::Number(_) => "a number",
            Scalar::Text => "a text",
        },
    }
}
