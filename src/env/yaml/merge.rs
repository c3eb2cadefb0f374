//! Merge keys: `<<: *base` adds the members of another mapping. YAML 1.2 removed them, but many files still use them.

use super::{Key, Kind, Node, YamlError};
use std::collections::HashSet;

/// Adds the members of the merged mappings. The mapping's own members take precedence, then those of earlier mappings.
pub(super) fn merged(
    mut members: Vec<(Key, Node)>,
    mut names: HashSet<String>,
    merges: Vec<Node>,
) -> Result<Vec<(Key, Node)>, YamlError> {
    for node in merges {
        let at = node.at;
        let sources = match node.kind {
            Kind::Sequence(items) => items,
            kind => vec![Node { at, kind }],
        };
        for source in sources {
            let Kind::Mapping(taken) = source.kind else {
                return Err(source.at.error("expected a mapping, or a list of mappings, as the value of `<<`"));
            };
            members.extend(taken.into_iter().filter(|(key, _)| names.insert(key.name.clone())));
        }
    }
    Ok(members)
}
