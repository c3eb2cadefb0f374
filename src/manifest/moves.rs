//! Changes of identity in a manifest: renamed objects, and objects of the backend that it takes over
//! (docs/manifest.md#moved-and-adopted-objects).

use super::Resource;
use super::kinds::{Identity, KINDS, ResourceKind};
use super::problem::Place;
use super::source::{NamedNodes, Source, member};
use crate::api::ids;
use crate::config::nearest;
use crate::env::yaml::YamlNode;

const MOVED_KEYS: &[&str] = &["from", "to"];
const ADOPT_KEYS: &[&str] = &["to", "env", "id"];

/// An object that was renamed in the manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    pub kind: &'static ResourceKind,
    pub from: String,
    pub to: String,
}

/// An object of the backend that the manifest takes over.
#[derive(Debug, Clone, PartialEq)]
pub struct Adoption {
    pub kind: &'static ResourceKind,
    pub to: String,
    pub id: String,
    pub place: Place,
}

/// Reads the renamed objects.
pub(super) fn moved(source: &mut Source, keys: &NamedNodes, resources: &[Resource]) -> Vec<Move> {
    let items = member(keys, "moved").map_or(&[][..], |node| source.sequence(node, "moved"));
    let mut found = Vec::new();
    for item in items {
        let members = source.mapping(item, "moved");
        source.check_names(members, "`moved`", MOVED_KEYS);
        let Some((from, from_node)) = required(source, item, members, "from") else { continue };
        let Some((to, to_node)) = required(source, item, members, "to") else { continue };
        let Some((kind, to)) = target(source, to_node, to, resources) else { continue };
        match from.split_once('.').filter(|(section, _)| *section == kind.section) {
            None => source.problem(from_node.at, format!("expected `{}.NAME`, found `{from}`", kind.section)),
            Some((_, from)) if resources.iter().any(|resource| resource.kind == kind && resource.name == from) => {
                let hint = "remove the object, or the entry under `moved`";
                source.hinted(
                    from_node.at,
                    format!("`{}.{from}` is still in the manifest", kind.section),
                    Some(hint.into()),
                );
            }
            Some((_, from)) => found.push(Move { kind, from: from.to_owned(), to }),
        }
    }
    found
}

/// Reads the objects that the manifest takes over in this environment.
pub(super) fn adopted(
    source: &mut Source,
    keys: &NamedNodes,
    resources: &[Resource],
    environment: &str,
) -> Vec<Adoption> {
    let items = member(keys, "adopt").map_or(&[][..], |node| source.sequence(node, "adopt"));
    let mut found: Vec<Adoption> = Vec::new();
    for item in items {
        let members = source.mapping(item, "adopt");
        source.check_names(members, "`adopt`", ADOPT_KEYS);
        let Some((id, id_node)) = required(source, item, members, "id") else { continue };
        let Some((to, to_node)) = required(source, item, members, "to") else { continue };
        if let Some(node) = member(members, "env")
            && source.text(node, "adopt.env").is_none_or(|env| env != environment)
        {
            continue;
        }
        let Some((kind, to)) = target(source, to_node, to, resources) else { continue };
        if let Err(error) = ids::check(id) {
            source.problem(id_node.at, error.to_string());
            continue;
        }
        if found.iter().any(|other| other.id == id || other.kind == kind && other.to == to) {
            source.problem(item.at, format!("`{}.{to}` or `{id}` is adopted twice", kind.section));
            continue;
        }
        found.push(Adoption { kind, to, id: id.to_owned(), place: source.place(id_node.at) });
    }
    found
}

/// Returns the text of a required member. Reports a member that is missing.
fn required<'n>(
    source: &mut Source,
    item: &YamlNode,
    members: &'n NamedNodes,
    name: &str,
) -> Option<(&'n str, &'n YamlNode)> {
    let Some(node) = member(members, name) else {
        source.problem(item.at, format!("`{name}` is missing"));
        return None;
    };
    Some((source.text(node, name)?, node))
}

/// Returns the object of the manifest to which a text such as `assistants.helper` refers.
fn target(
    source: &mut Source,
    node: &YamlNode,
    text: &str,
    resources: &[Resource],
) -> Option<(&'static ResourceKind, String)> {
    let names = || resources.iter().map(Resource::qualified_name);
    let Some((section, name)) = text.split_once('.').filter(|_| names().any(|name| name == text)) else {
        let names: Vec<String> = names().collect();
        let hint = nearest(text, names.iter().map(String::as_str)).map(|known| format!("did you mean `{known}`?"));
        source.hinted(node.at, format!("the manifest has no `{text}`"), hint);
        return None;
    };
    let kind = KINDS.iter().find(|kind| kind.section == section)?;
    if kind.identity == Identity::Content {
        source.problem(node.at, format!("the name of a {} is not part of its identity; remove this entry", kind.noun));
        return None;
    }
    Some((kind, name.to_owned()))
}
