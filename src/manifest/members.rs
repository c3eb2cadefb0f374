//! Converts the members of an object in a manifest to JSON: replaces variables, reads files, and expands short forms
//! (docs/manifest.md#values).

use super::source::Source;
use super::variables::Variables;
use crate::env::input::{self, InputError, InputSource};
use crate::env::yaml::{MemberName, NodeKind, Position, Scalar, YamlNode};
use serde_json::{Map, Value, json};
use std::path::{Component, Path, PathBuf};

/// The members whose value is a text. A file for such a member is read as text, not as JSON or YAML.
pub(super) const TEXTS: [&str; 3] = ["name", "description", "instructions"];

/// The members that contain a JSON Schema. Variables in it are not replaced.
pub(super) const SCHEMAS: [&str; 2] = ["parameters", "schema"];

/// The conversion of nodes to JSON values.
pub(super) struct Members<'a> {
    pub(super) source: &'a mut Source,
    pub(super) variables: &'a Variables,
}

impl Members<'_> {
    /// Converts the members of an object.
    pub(super) fn object(&mut self, members: &[(MemberName, YamlNode)]) -> Map<String, Value> {
        let members = members.iter().map(|(name, node)| {
            let value = self.value(node, &name.name, false);
            let value = if name.name == "tools" { expanded_tools(value) } else { value };
            (name.name.clone(), value)
        });
        members.collect()
    }

    /// Converts a value. `name` is the name of the member that contains it. `schema` is `true` inside a JSON Schema.
    pub(super) fn value(&mut self, node: &YamlNode, name: &str, schema: bool) -> Value {
        match &node.kind {
            NodeKind::Scalar { text, scalar } => match scalar {
                Scalar::Null => Value::Null,
                Scalar::Bool(value) => Value::Bool(*value),
                Scalar::Number(number) => Value::Number(number.clone()),
                Scalar::Text if schema => Value::from(text.as_str()),
                Scalar::Text => Value::from(self.replaced(text, node.at)),
            },
            NodeKind::Sequence(items) => items.iter().map(|item| self.value(item, name, schema)).collect(),
            NodeKind::Mapping(members) => match members.as_slice() {
                [(_, path)] if !schema && is_file(members) => self.file(path, name),
                members => {
                    let value = |(key, node): &(MemberName, YamlNode)| {
                        // `{file: PATH}` may stand for a whole schema. Inside a schema, it is an ordinary value.
                        let is_schema_file =
                            !schema && matches!(&node.kind, NodeKind::Mapping(members) if is_file(members));
                        let is_schema = schema || SCHEMAS.contains(&key.name.as_str());
                        (key.name.clone(), self.value(node, &key.name, is_schema && !is_schema_file))
                    };
                    Value::Object(members.iter().map(value).collect())
                }
            },
        }
    }

    pub(super) fn replaced(&mut self, text: &str, at: Position) -> String {
        match self.variables.replace(text) {
            Ok(text) => text,
            Err(error) => {
                self.source.hinted(at, error.message, error.hint);
                String::new()
            }
        }
    }

    /// Reads the file to which a member refers. Variables in its contents are not replaced.
    fn file(&mut self, node: &YamlNode, name: &str) -> Value {
        let NodeKind::Scalar { text, .. } = &node.kind else { return Value::Null };
        let given = self.replaced(text, node.at);
        let read = path_in_tree(&self.source.folder(node.at), &given).and_then(|path| {
            // The read of a named pipe might never end.
            if path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
                return Err(format!("expected a file, found something else: `{given}`"));
            }
            let replaced = self.source.text_of(&path);
            match (replaced, path.to_string_lossy()) {
                (Some(text), _) if TEXTS.contains(&name) => Ok(Value::from(normalised(text))),
                (Some(text), _) => input::parse_json_or_yaml(text, &InputSource::File(path.clone())).map_err(explained),
                (None, path) if TEXTS.contains(&name) => {
                    Ok(Value::from(normalised(&input::read_text(&path).map_err(explained)?)))
                }
                (None, path) => input::read_structured(&format!("@{path}")).map_err(explained),
            }
        });
        read.unwrap_or_else(|message| {
            self.source.problem(node.at, message);
            Value::Null
        })
    }
}

/// Returns the path of a file, if it is within the folder.
pub(super) fn path_in_tree(folder: &Path, given: &str) -> Result<PathBuf, String> {
    let outside = || format!("the file `{given}` is outside the folder of the manifest");
    if leaves_its_folder(Path::new(given)) {
        return Err(outside());
    }
    let path = folder.join(given);
    let real = |path: &Path| path.canonicalize().map_err(|error| format!("cannot read the file `{given}`: {error}"));
    if real(&path)?.starts_with(real(folder)?) { Ok(path) } else { Err(outside()) }
}

/// Returns `true` if a path is absolute, or has more steps upward than downward at some point.
pub(super) fn leaves_its_folder(path: &Path) -> bool {
    let mut depth = 0_i64;
    path.components().any(|component| {
        match component {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return true,
        }
        depth < 0
    })
}

fn explained(error: InputError) -> String {
    error.to_string()
}

/// Returns `true` if a mapping stands for the contents of a file.
pub(super) fn is_file(members: &[(MemberName, YamlNode)]) -> bool {
    let is_text = |node: &YamlNode| matches!(&node.kind, NodeKind::Scalar { scalar: Scalar::Text, .. });
    matches!(members, [(key, path)] if key.name == "file" && is_text(path))
}

/// Returns the text of a file with line feeds as line ends, and without one line end at its end. Editors and version
/// control change both.
pub(super) fn normalised(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.strip_suffix('\n').map(str::to_owned).unwrap_or(text)
}

/// Expands tools that are given by their type alone, such as `file_search`.
pub(super) fn expanded_tools(tools: Value) -> Value {
    match tools {
        Value::Array(tools) => {
            let expand = |tool| if let Value::String(kind) = tool { json!({ "type": kind }) } else { tool };
            Value::Array(tools.into_iter().map(expand).collect())
        }
        other => other,
    }
}
