//! Composes a pulled manifest, and the files to which it refers.

use super::existing_manifest::ExistingManifest;
use super::names::{UsedNames, file_stem};
use super::uploads::Uploads;
use super::{Chosen, PullOptions};
use crate::manifest::{
    DEFAULT_ENVIRONMENT, DEFAULT_PURPOSE, FILES, KINDS, escaped, is_long, names_a_file, stated, text_file,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The member whose text can be in a separate file.
const LONG_TEXT: &str = "instructions";

/// The maximum length of a tool that is not moved to a file, in bytes of JSON.
const MAX_TOOL: usize = 300;

/// A manifest that is not written yet.
pub(super) struct Composed {
    pub(super) document: Map<String, Value>,
    /// The contents of the files to which the manifest refers, by their paths relative to the manifest.
    pub(super) files: BTreeMap<PathBuf, String>,
    /// The parts of the present manifest that the composed one would lose.
    pub(super) lost: Vec<String>,
}

/// Composes a manifest of these objects. Keeps members that only the present manifest has.
pub(super) fn compose(
    options: &PullOptions,
    chosen: &[Chosen],
    uploads: &Uploads,
    present: Option<&ExistingManifest>,
) -> Composed {
    let mut lost = Vec::new();
    let mut composer = Composer::default();
    let mut document = Map::from_iter([("asst".to_owned(), json!(1)), ("project".to_owned(), json!(options.project))]);
    if let Some(profile) = &options.profile {
        document.insert("profile".to_owned(), json!(profile));
    }
    let has_environments = options.environment != DEFAULT_ENVIRONMENT;
    if has_environments {
        document.insert("environments".to_owned(), json!({ &options.environment: {} }));
    }
    let name_of = |section: &'static str, id: &str| match section == FILES.section {
        true => uploads.name_of(id),
        false => chosen.iter().find(|one| one.kind.section == section && one.live.id == id).map(|one| one.name.clone()),
    };
    let mut sections: Vec<Map<String, Value>> = KINDS.iter().map(|_| Map::new()).collect();
    if let Some(section) = sections.get_mut(FILES.rank()) {
        let mut entries: Vec<_> = uploads.0.values().collect();
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        section.extend(entries.iter().map(|upload| {
            let entry = match upload.purpose == DEFAULT_PURPOSE {
                true => json!({ "path": escaped(&json!(upload.path)) }),
                false => json!({ "path": escaped(&json!(upload.path)), "purpose": upload.purpose }),
            };
            (upload.name.clone(), entry)
        }));
        lost.extend(present.into_iter().flat_map(|present| present.keep_files(&entries, section)));
    }
    for one in chosen {
        let kept = present.map(|present| present.object(one)).unwrap_or_default();
        let mut members = composer.members(&one.name, stated(one.kind, &one.live.members, &kept.ignore, name_of));
        let is_protected = one.live.marker().is_some_and(|marker| marker.is_protected);
        let paths = kept.keep(one.kind, is_protected, &mut members);
        lost.extend(paths.into_iter().map(|path| format!("`{}.{path}`", one.path())));
        if let Some(section) = sections.get_mut(one.kind.rank()) {
            section.insert(one.name.clone(), Value::Object(members));
        }
    }
    for (kind, section) in KINDS.iter().zip(sections).filter(|(_, section)| !section.is_empty()) {
        document.insert(kind.section.to_owned(), Value::Object(section));
    }
    let adopted: Vec<Value> = chosen
        .iter()
        .filter(|one| !one.is_own)
        .map(|one| match has_environments {
            true => json!({ "to": one.path(), "env": options.environment, "id": one.live.id }),
            false => json!({ "to": one.path(), "id": one.live.id }),
        })
        .collect();
    if !adopted.is_empty() {
        document.insert("adopt".to_owned(), adopted.into());
    }
    Composed { document, files: composer.files, lost }
}

#[derive(Default)]
struct Composer {
    files: BTreeMap<PathBuf, String>,
    tools: UsedNames,
    /// The names of all other files, without folder and extension. Two long names can be cut to the same name.
    stems: UsedNames,
    /// The paths of the tools by their JSON, so that equal definitions share a file.
    known_tools: BTreeMap<String, String>,
}

impl Composer {
    /// Returns the members of an object for the manifest. Moves long texts and tools to files.
    fn members(&mut self, name: &str, members: Map<String, Value>) -> Map<String, Value> {
        let members = members.into_iter().map(|(member, value)| {
            let written = match value {
                Value::String(text) if member == LONG_TEXT => self.text(name, text),
                Value::Array(tools) if member == "tools" => tools.into_iter().map(|tool| self.tool(tool)).collect(),
                value if names_a_file(&value) => {
                    let path = format!("values/{}.json", self.stems.unused(&format!("{}.{member}", file_stem(name))));
                    self.json(&path, &value);
                    json!({ "file": path })
                }
                value => escaped(&value),
            };
            (member, written)
        });
        members.collect()
    }

    fn text(&mut self, name: &str, text: String) -> Value {
        let Some(contents) = text_file(&text).filter(|_| is_long(&text)) else { return escaped(&json!(text)) };
        let path = format!("prompts/{}.md", self.stems.unused(&file_stem(name)));
        self.files.insert(PathBuf::from(&path), contents);
        json!({ "file": path })
    }

    /// Returns the tool, or a reference to a new file with its definition.
    fn tool(&mut self, tool: Value) -> Value {
        let json = tool.to_string();
        let is_small = tool.get("function").is_none() && json.len() <= MAX_TOOL && !names_a_file(&tool);
        if is_small || !tool.is_object() {
            return escaped(&tool);
        }
        if let Some(path) = self.known_tools.get(&json) {
            return json!({ "file": path });
        }
        let name = tool["function"]["name"].as_str().or(tool["type"].as_str()).unwrap_or_default();
        let path = format!("tools/{}.json", self.tools.unused(&file_stem(name)));
        self.json(&path, &tool);
        self.known_tools.insert(json, path.clone());
        json!({ "file": path })
    }

    fn json(&mut self, path: &str, value: &Value) {
        self.files.insert(PathBuf::from(path), format!("{value:#}\n"));
    }
}
