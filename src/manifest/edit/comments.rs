//! Comments in collections, which a change of the collection would move or remove.

use super::text::{EditedText, NoPlace, Slot};
use crate::env::yaml::{MemberName, NodeKind, YamlNode};
use std::ops::Range;

impl EditedText {
    /// Returns `true` if a replacement of a collection would remove comments in it.
    pub(super) fn has_comments(&self, node: &YamlNode) -> bool {
        let (NodeKind::Mapping(_) | NodeKind::Sequence(_), Some(extent)) = (&node.kind, &node.extent) else {
            return false;
        };
        let end = if self.is_flow(node) { extent.end } else { self.line_end(extent.end) };
        let mut texts = Vec::new();
        scalars(node, &mut texts);
        self.has_comment_between(extent.start..end, texts)
    }

    /// Returns `true` if the range `within` of the text has a comment outside of the ranges `parts`.
    fn has_comment_between(&self, within: Range<usize>, mut parts: Vec<Range<usize>>) -> bool {
        parts.sort_by_key(|part| part.start);
        let mut at = within.start;
        let mut gaps = Vec::new();
        for part in parts.into_iter().filter(|part| within.start <= part.start && part.end <= within.end) {
            gaps.push(at..part.start.max(at));
            at = at.max(part.end);
        }
        gaps.push(at..within.end.max(at));
        gaps.into_iter().any(|gap| self.present().get(gap).is_some_and(|gap| gap.contains('#')))
    }

    /// Checks that the entries of a collection in flow style have no comments between them. A change of the entries
    /// would move a comment to another entry.
    pub(super) fn check_comments(&self, slot: &Slot<'_>) -> Result<(), NoPlace> {
        let extent = self.extent(slot.node)?;
        let parts = match &slot.node.kind {
            NodeKind::Scalar { .. } => Vec::new(),
            NodeKind::Sequence(items) => items.iter().filter_map(|item| item.extent.clone()).collect(),
            NodeKind::Mapping(members) => {
                let range = |(name, node): &(MemberName, YamlNode)| {
                    let key = name.extent.clone()?;
                    Some(key.start..node.extent.as_ref().map_or(key.end, |value| value.end.max(key.end)))
                };
                members.iter().filter_map(range).collect()
            }
        };
        match self.has_comment_between(extent, parts) {
            true => Err(NoPlace("the comments within `{…}` or `[…]` would move to other entries")),
            false => Ok(()),
        }
    }
}

/// Collects the parts of the text with keys and scalars, in which a `#` begins no comment.
fn scalars(node: &YamlNode, parts: &mut Vec<Range<usize>>) {
    match &node.kind {
        NodeKind::Scalar { .. } => parts.extend(node.extent.clone()),
        NodeKind::Sequence(items) => items.iter().for_each(|item| scalars(item, parts)),
        NodeKind::Mapping(members) => {
            for (name, node) in members {
                parts.extend(name.extent.clone());
                scalars(node, parts);
            }
        }
    }
}
