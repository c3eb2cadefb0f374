//! Builds the nodes of a document from the events of the parser, with limits.

use super::extent::{collection_end, position_of, scalar_extent};
use super::merge::merged;
use super::scalar::{self, Scalar};
use super::tag::{collection_tag, core_type};
use super::{MemberName, NodeKind, Position, YamlError, YamlNode};
use granit_parser::{Event, Parser, ScalarStyle, Span, Tag};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The maximum nesting depth of sequences and mappings. It is below the depth limit of JSON documents.
const MAX_DEPTH: usize = 64;

/// The maximum number of values and bytes of text in a document, including the copies that aliases make.
const MAX_VALUES: usize = 250_000;
const MAX_BYTES: usize = 64 << 20;

/// Parses a text that contains one document.
pub(crate) fn document(text: &str) -> Result<YamlNode, YamlError> {
    let options = granit_parser::options! { flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH };
    let mut builder = Builder { text, ..Builder::default() };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) =
            event.map_err(|error| position_of(error.marker()).error(with_limit_named(&error.info())))?;
        builder.take(with_absent_as_empty(event, &span, text), &span)?;
        builder.last = span.end.byte_offset().unwrap_or(builder.last);
    }
    let empty_document = || scalar_node(Position::default(), None, String::new(), Scalar::Null);
    Ok(builder.root.unwrap_or_else(empty_document))
}

/// Returns a message of the parser. A message about nesting is replaced by one with the limit.
fn with_limit_named(message: &str) -> String {
    if message.contains("nesting") || message.contains("recursion limit") {
        return format!("nested more than {MAX_DEPTH} levels deep");
    }
    message.to_owned()
}

/// Replaces the text `~` of an absent node by the empty text. The parser uses `~` for nodes that are not in the text.
fn with_absent_as_empty<'a>(event: Event<'a>, span: &Span, text: &str) -> Event<'a> {
    match event {
        Event::Scalar(found, ScalarStyle::Plain, anchor, tag) if found == "~" && span.slice(text) != Some("~") => {
            Event::Scalar(Cow::Borrowed(""), ScalarStyle::Plain, anchor, tag)
        }
        event => event,
    }
}

fn scalar_node(at: Position, extent: Option<Range<usize>>, text: String, scalar: Scalar) -> YamlNode {
    YamlNode { at, extent, kind: NodeKind::Scalar { text, scalar } }
}

#[derive(Default)]
struct Builder<'t> {
    text: &'t str,
    /// The end of the previous event, in bytes.
    last: usize,
    root: Option<YamlNode>,
    open: Vec<OpenCollection>,
    anchors: HashMap<usize, Anchor>,
    documents: usize,
    spent: Size,
}

/// A sequence or mapping that is not complete yet.
struct OpenCollection {
    at: Position,
    /// The first byte.
    begin: Option<usize>,
    anchor: usize,
    before: Size,
    /// The number of levels of this collection and of the content that was read so far.
    height: usize,
    content: CollectionContent,
}

enum CollectionContent {
    Sequence(Vec<YamlNode>),
    Mapping {
        members: Vec<(MemberName, YamlNode)>,
        names: HashSet<String>,
        key: Option<PendingKey>,
        merges: Vec<YamlNode>,
    },
}

impl CollectionContent {
    /// Returns the end of the last value in the text.
    fn end(&self) -> Option<usize> {
        let end = |node: &YamlNode| node.extent.as_ref().map(|extent| extent.end);
        match self {
            Self::Sequence(items) => items.iter().filter_map(end).max(),
            Self::Mapping { members, merges, .. } => {
                members.iter().map(|(_, node)| node).chain(merges).filter_map(end).max()
            }
        }
    }
}

/// A key whose value has not been read yet.
enum PendingKey {
    Name(MemberName),
    /// The key `<<`. The members of its value are merged into the mapping that has the key.
    Merge,
}

/// A node with an anchor, which aliases copy.
struct Anchor {
    node: YamlNode,
    size: Size,
    height: usize,
}

#[derive(Clone, Copy, Default)]
struct Size {
    values: usize,
    bytes: usize,
}

impl Size {
    fn add(&mut self, other: Self, at: Position) -> Result<(), YamlError> {
        self.values = self.values.saturating_add(other.values);
        self.bytes = self.bytes.saturating_add(other.bytes);
        if self.values > MAX_VALUES {
            return Err(at.error(format!("more than {MAX_VALUES} values, with the copies that aliases make")));
        }
        if self.bytes > MAX_BYTES {
            return Err(at.error(format!("more than {} MiB, with the copies that aliases make", MAX_BYTES >> 20)));
        }
        Ok(())
    }

    fn since(self, before: Self) -> Self {
        Self { values: self.values - before.values, bytes: self.bytes - before.bytes }
    }
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), YamlError> {
        let at = position_of(&span.start);
        match event {
            Event::DocumentStart(..) => self.documents += 1,
            Event::Scalar(text, style, anchor, tag) => self.scalar(at, &text, style, anchor, tag.as_deref(), span)?,
            Event::SequenceStart(_, anchor, tag) => {
                collection_tag(tag, "seq", span)?;
                self.start(at, span, anchor, CollectionContent::Sequence(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, tag) => {
                collection_tag(tag, "map", span)?;
                let (members, names, key, merges) = Default::default();
                self.start(at, span, anchor, CollectionContent::Mapping { members, names, key, merges })?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
            Event::Alias(id) => self.alias(at, id, span)?,
            _ => {}
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        at: Position,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: &Span,
    ) -> Result<(), YamlError> {
        let plain = style == ScalarStyle::Plain;
        if plain && tag.is_none() && text == "<<" && self.takes_a_key() {
            self.merge_key();
            return Ok(());
        }
        let scalar = match tag.map(|tag| core_type(tag, span)).transpose()? {
            Some(Some(tag)) => scalar::tagged(tag, text),
            None if plain => scalar::plain(text),
            // The scalar is quoted, or has the tag `!`, which marks it as not plain.
            None | Some(None) => Ok(Scalar::Text),
        };
        let empty = plain && text.is_empty();
        // A key keeps its text, whatever type the text would have as a value.
        let scalar = if self.takes_a_key() && !empty { scalar.or(Ok(Scalar::Text)) } else { scalar };
        let size = Size { values: 1, bytes: text.len() };
        self.spent.add(size, at)?;
        let extent = scalar_extent(self.text, self.last, style, span);
        let node = scalar_node(at, extent, text.to_owned(), scalar.map_err(|message| at.error(message))?);
        self.finish(node, anchor, size, 0)
    }

    fn takes_a_key(&self) -> bool {
        matches!(self.open.last(), Some(OpenCollection { content: CollectionContent::Mapping { key: None, .. }, .. }))
    }

    fn merge_key(&mut self) {
        if let Some(OpenCollection { content: CollectionContent::Mapping { key, .. }, .. }) = self.open.last_mut() {
            *key = Some(PendingKey::Merge);
        }
    }

    fn start(&mut self, at: Position, span: &Span, anchor: usize, content: CollectionContent) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(at.error(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        let before = self.spent;
        self.spent.add(Size { values: 1, bytes: 0 }, at)?;
        let begin = span.start.byte_offset();
        self.open.push(OpenCollection { at, begin, anchor, before, height: 1, content });
        Ok(())
    }

    fn end(&mut self, span: &Span) -> Result<(), YamlError> {
        let Some(OpenCollection { at, begin, anchor, before, height, content }) = self.open.pop() else {
            return Ok(());
        };
        let extent = begin.and_then(|begin| Some(begin..collection_end(content.end(), span)?));
        let kind = match content {
            CollectionContent::Sequence(items) => NodeKind::Sequence(items),
            CollectionContent::Mapping { members, names, merges, .. } => {
                NodeKind::Mapping(merged(members, names, merges)?)
            }
        };
        let size = self.spent.since(before);
        self.finish(YamlNode { at, extent, kind }, anchor, size, height)
    }

    fn alias(&mut self, at: Position, id: usize, span: &Span) -> Result<(), YamlError> {
        let Some(anchor) = self.anchors.get(&id) else {
            return Err(at.error("the alias is inside the node that it copies"));
        };
        if self.open.len() + anchor.height > MAX_DEPTH {
            return Err(at.error(format!("nested more than {MAX_DEPTH} levels deep, with the copies of aliases")));
        }
        self.spent.add(anchor.size, at)?;
        let extent = span.start.byte_offset().zip(span.end.byte_offset()).map(|(start, end)| start..end);
        let node = YamlNode { at, extent, ..anchor.node.clone() };
        let height = anchor.height;
        self.put(node, height)
    }

    /// Adds a complete node, and stores a copy for aliases if the node has an anchor.
    fn finish(&mut self, node: YamlNode, anchor: usize, size: Size, height: usize) -> Result<(), YamlError> {
        if anchor != 0 {
            self.spent.add(size, node.at)?;
            let mut copy = node.clone();
            copy.clear_extents();
            self.anchors.insert(anchor, Anchor { node: copy, size, height });
        }
        self.put(node, height)
    }

    fn put(&mut self, node: YamlNode, height: usize) -> Result<(), YamlError> {
        let Some(parent) = self.open.last_mut() else { return self.put_root(node) };
        parent.height = parent.height.max(height + 1);
        let (members, names, key, merges) = match &mut parent.content {
            CollectionContent::Sequence(items) => {
                items.push(node);
                return Ok(());
            }
            CollectionContent::Mapping { members, names, key, merges } => (members, names, key, merges),
        };
        match key.take() {
            None => {
                let name = name(node)?;
                if !names.insert(name.name.clone()) {
                    return Err(name.at.error(format!("duplicate mapping key: {}", name.name)));
                }
                *key = Some(PendingKey::Name(name));
            }
            Some(PendingKey::Name(name)) => members.push((name, node)),
            Some(PendingKey::Merge) => merges.push(node),
        }
        Ok(())
    }

    /// Stores the root node of a document. A `---` at the end opens another, empty document, which can be ignored.
    fn put_root(&mut self, node: YamlNode) -> Result<(), YamlError> {
        if self.documents > 1 {
            if matches!(&node.kind, NodeKind::Scalar { text, scalar: Scalar::Null } if text.is_empty()) {
                return Ok(());
            }
            return Err(node.at.error(
                "expected one YAML document, found a second one; keep one of them and remove the line `---` between them",
            ));
        }
        self.root = Some(node);
        Ok(())
    }
}

/// Converts a node into the name of a member.
fn name(node: YamlNode) -> Result<MemberName, YamlError> {
    let (at, extent) = (node.at, node.extent);
    match node.kind {
        NodeKind::Scalar { text, scalar: Scalar::Null } if text.is_empty() => {
            Err(at.error("a key is missing before `:`; write \"\" for an empty key"))
        }
        NodeKind::Scalar { text, .. } => Ok(MemberName { at, extent, name: text }),
        NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
            Err(at.error("expected text as a key, found a list or a mapping; put the key in quotes"))
        }
    }
}
