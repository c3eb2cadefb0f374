//! `sync` of a vector store in a manifest: the folders whose files the vector store has (docs/manifest.md#folders).

use super::kinds::{Contents, ResourceKind};
use super::members::path_in_tree;
use super::problem::Problem;
use super::source::{Source, locate};
use crate::api::Dialect;
use crate::env::glob::Glob;
use crate::env::yaml::{NodeKind, YamlNode};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The folders whose files a vector store has, and the rules for them.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderSync {
    /// The folders, as paths that can be opened from the working folder.
    pub folders: Vec<PathBuf>,
    /// The members in the manifest, with variables replaced. `dir` is always a list.
    pub members: Map<String, Value>,
    /// The folders that cannot be opened. Only the commands that read the folders report them.
    pub unusable: Vec<Problem>,
}

/// An error in a member of `sync`.
#[derive(Debug)]
pub struct FolderProblem {
    /// The path of the member within `sync`. An empty text means `sync` itself.
    pub path: String,
    pub message: String,
}

/// A check of the members of `sync` for a dialect. A higher layer provides it, because it defines their meaning.
pub type CheckSync<'a> = &'a dyn Fn(&FolderSync, Dialect) -> Result<(), FolderProblem>;

/// The JSON type of a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    /// A text, or a list of texts.
    Texts,
    Switch,
    /// The files that a sync deletes.
    Scope,
    /// A text or a whole number.
    Limit,
    Pairs,
}

/// The members of `sync`.
const MEMBERS: &[(&str, Type)] = &[
    ("dir", Type::Texts),
    ("prefix", Type::Text),
    ("include", Type::Texts),
    ("exclude", Type::Texts),
    ("no_ignore", Type::Switch),
    ("attributes", Type::Pairs),
    ("delete", Type::Scope),
    ("max_delete", Type::Limit),
    ("keep_files", Type::Switch),
    ("track_renames", Type::Switch),
];

impl Type {
    fn is_type_of(self, value: &Value) -> bool {
        let is_texts =
            |items: &Vec<Value>| !items.is_empty() && items.iter().all(|item| item.as_str().is_some_and(has_text));
        match self {
            Self::Text | Self::Scope => value.is_string(),
            Self::Texts => value.as_str().is_some_and(has_text) || value.as_array().is_some_and(is_texts),
            Self::Switch => value.is_boolean(),
            Self::Limit => value.is_string() || value.is_u64(),
            Self::Pairs => value.is_object(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Scope => "a text",
            Self::Texts => "a text or a list of texts",
            Self::Switch => "true or false",
            Self::Limit => "a number or a percentage",
            Self::Pairs => "a mapping",
        }
    }

    /// Returns the JSON Schema of the values of a member, without null.
    fn json_schema(self) -> Value {
        let text = json!({ "type": "string", "minLength": 1 });
        let variable = json!({ "type": "string", "pattern": r"\$\{" });
        match self {
            Self::Text => text,
            Self::Texts => json!({ "anyOf": [text, { "type": "array", "minItems": 1, "items": text }] }),
            Self::Switch => json!({ "type": "boolean" }),
            Self::Scope => json!({ "anyOf": [{ "enum": ["own", "all", "none"] }, variable] }),
            Self::Limit => {
                let percentage = json!({ "type": "string", "pattern": "^[0-9]+%?$" });
                json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, percentage, variable] })
            }
            Self::Pairs => {
                json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } })
            }
        }
    }
}

fn has_text(text: &str) -> bool {
    !text.is_empty()
}

/// Removes `sync` from the members of an object, and returns it. Reports its errors.
pub(super) fn taken(
    source: &mut Source,
    kind: &ResourceKind,
    root: &YamlNode,
    members: &mut Map<String, Value>,
    check: impl Fn(&FolderSync) -> Result<(), FolderProblem>,
) -> Option<FolderSync> {
    let contents = kind.contents?;
    let name = contents.folder?;
    let value = members.shift_remove(name).filter(|value| !value.is_null())?;
    let node = locate(root, name);
    if members.shift_remove(contents.member).is_some_and(|value| !value.is_null()) {
        let hint = format!("remove one of them; `{name}` owns the files that it added");
        source.hinted(node.at, format!("`{name}` and `{}` cannot be used together", contents.member), Some(hint));
    }
    let sync = FolderSync::read(source, node, value)?;
    if let Err(FolderProblem { path, message }) = check(&sync) {
        source.problem(locate(node, &path).at, message);
    }
    Some(sync)
}

impl FolderSync {
    /// Reads `sync`. `value` is the value of the node with its variables replaced. Reports each error with its place.
    pub(super) fn read(source: &mut Source, node: &YamlNode, value: Value) -> Option<Self> {
        let before = source.problems.len();
        let mut members = match value {
            Value::String(folder) => Map::from_iter([("dir".to_owned(), json!([folder]))]),
            Value::Object(members) => members,
            _ => {
                source.wrong_type(node, "sync", "a folder or a mapping");
                return None;
            }
        };
        if let NodeKind::Mapping(names) = &node.kind {
            let known: Vec<&str> = MEMBERS.iter().map(|(name, _)| *name).collect();
            source.check_names(names, "`sync`", &known);
        }
        members.retain(|_, value| !value.is_null());
        for (name, kind) in MEMBERS {
            if let Some(value) = members.get(*name).filter(|value| !kind.is_type_of(value)) {
                let message = format!("expected {} for `sync.{name}`, found {value}", kind.name());
                source.problem(locate(node, name).at, message);
            }
        }
        if !members.contains_key("dir") {
            let hint = Some("write `sync: {dir: FOLDER}`".to_owned());
            source.hinted(node.at, "`sync` has no folder", hint);
        }
        if source.problems.len() > before {
            return None;
        }
        let given = texts(members.get("dir"));
        let folders: Vec<PathBuf> =
            given.iter().enumerate().filter_map(|(n, given)| folder(source, node, n, given)).collect();
        members.insert("dir".to_owned(), given.into());
        Some(Self { folders, members, unusable: source.problems.split_off(before) })
    }

    /// Returns the texts of a member: none, one, or a list.
    pub fn texts(&self, name: &str) -> Vec<String> {
        texts(self.members.get(name))
    }

    /// Returns the patterns of a member.
    ///
    /// # Errors
    /// Returns an error if a text is not a pattern.
    pub fn globs(&self, name: &str) -> Result<Vec<Glob>, String> {
        self.texts(name).iter().map(|text| Glob::parse(text)).collect()
    }

    /// Returns the text of a member. A number becomes a text.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.members.get(name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// Returns `true` if a member is true.
    pub fn is_set(&self, name: &str) -> bool {
        self.members.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Returns the path of a folder. Reports a folder that does not exist, or that is outside the folder of the manifest.
fn folder(source: &mut Source, node: &YamlNode, number: usize, given: &str) -> Option<PathBuf> {
    let dir = locate(node, "dir");
    let at = match &dir.kind {
        NodeKind::Sequence(items) => items.get(number).map_or(dir.at, |item| item.at),
        _ => dir.at,
    };
    let found = path_in_tree(&source.folder(at), given).map_err(|reason| reason.replacen("file", "folder", 1));
    let found = found.and_then(|path| match path.is_dir() {
        true => Ok(path),
        false => Err(format!("expected a folder, found something else: `{given}`")),
    });
    found.map_err(|message| source.problem(at, message)).ok()
}

/// Returns the name and the JSON Schema of the member with the folders.
pub(super) fn json_schema(contents: &Contents) -> Option<(&'static str, Value)> {
    // Null is the same as no value, and `dir` needs one.
    let member = |(name, kind): &(&str, Type)| match *name {
        "dir" => ("dir".to_owned(), kind.json_schema()),
        name => (name.to_owned(), json!({ "anyOf": [kind.json_schema(), { "type": "null" }] })),
    };
    let members: Map<String, Value> = MEMBERS.iter().map(member).collect();
    let whole = json!({ "type": "object", "properties": members, "required": ["dir"], "additionalProperties": false });
    Some((contents.folder?, json!({ "anyOf": [{ "type": "string", "minLength": 1 }, whole, { "type": "null" }] })))
}
