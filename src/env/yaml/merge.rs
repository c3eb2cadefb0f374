//! Merge keys: `<<: *base` adds the members of another mapping. YAML 1.2 removed them, but many files still use them.

use super::{MemberName, NodeKind, YamlError, YamlNode};
use std::collections::HashSet;

/// Adds the members of the merged mappings. The mapping's own members take precedence, then those of earlier merges.
pub(super) fn merged(
    mut members: Vec<(MemberName, YamlNode)>,
    mut names: HashSet<String>,
    merges: Vec<YamlNode>,
) -> Result<Vec<(MemberName, YamlNode)>, YamlError> {
    for node in merges {
        let (at, extent) = (node.at, node.extent);
        let sources = match node.kind {
            NodeKind::Sequence(items) => items,
            kind => vec![YamlNode { at, extent, kind }],
        };
        for source in sources {
            let NodeKind::Mapping(taken) = source.kind else {
                return Err(source.at.error("expected a mapping, or a list of mappings, as the value of `<<`"));
            };
            members.extend(taken.into_iter().filter(|(key, _)| names.insert(key.name.clone())));
        }
    }
    Ok(members)
}
