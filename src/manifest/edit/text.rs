//! Changes single values in a text. Everything else stays byte for byte.

use crate::env::yaml::emit;
use crate::env::yaml::{MemberName, NodeKind, Scalar, YamlNode};
use serde_json::Value;
use std::ops::Range;

/// The reason why the text has no place for a change, for example because an alias copies the value from elsewhere.
#[derive(Debug)]
pub(super) struct NoPlace(pub(super) &'static str);

/// The most frequent reason.
pub(super) const NO_PLACE: NoPlace =
    NoPlace("the value is not written out here; an alias, a merge key, or another object provides it");

/// The reason for files in TOML.
pub(super) const TOML: &str = "a file in TOML is not changed in place";

/// The maximum length of a value that stays on the line of its key in a mapping in flow style.
const MAX_FLOW: usize = 100;

/// A text and the changes to make in it.
#[derive(Debug)]
pub(super) struct EditedText {
    text: String,
    is_json: bool,
    changes: Vec<(Range<usize>, String)>,
}

/// The place of a value: after a key, after the `-` of an item, or the whole document.
#[derive(Debug, Clone)]
pub(super) struct Slot<'n> {
    pub(super) node: &'n YamlNode,
    /// The byte after the `:` or the `-`.
    begin: usize,
    /// The number of spaces before the key or the `-`.
    indent: usize,
    /// `true` if the value is in a collection in flow style.
    in_flow: bool,
}

impl EditedText {
    pub(super) fn new(text: String, is_json: bool) -> Self {
        Self { text, is_json, changes: Vec::new() }
    }

    /// Returns the place of a document.
    pub(super) fn root<'n>(&self, node: &'n YamlNode) -> Slot<'n> {
        Slot { node, begin: 0, indent: 0, in_flow: self.is_json }
    }

    /// Returns the place of a member of a mapping.
    pub(super) fn member<'n>(
        &self,
        parent: &Slot<'n>,
        (name, node): &'n (MemberName, YamlNode),
    ) -> Result<Slot<'n>, NoPlace> {
        let key = name.extent.clone().ok_or(NO_PLACE)?;
        let rest = self.text.get(key.end..).ok_or(NO_PLACE)?;
        let colon = rest.find(':').filter(|at| rest[..*at].trim().is_empty()).ok_or(NO_PLACE)?;
        let in_flow = parent.in_flow || self.is_flow(parent.node);
        Ok(Slot { node, begin: key.end + colon + 1, indent: self.column(key.start), in_flow })
    }

    /// Returns the place of an item of a sequence.
    pub(super) fn item<'n>(&self, parent: &Slot<'n>, node: &'n YamlNode) -> Result<Slot<'n>, NoPlace> {
        let start = self.extent(node)?.start;
        if parent.in_flow || self.is_flow(parent.node) {
            return Ok(Slot { node, begin: start, indent: parent.indent, in_flow: true });
        }
        let dash = self.dash(start)?;
        Ok(Slot { node, begin: dash + 1, indent: self.column(dash), in_flow: false })
    }

    /// Replaces a value.
    pub(super) fn replace(&mut self, slot: &Slot<'_>, value: &Value) -> Result<(), NoPlace> {
        let old = self.value_range(slot)?;
        // A comment in flow style may belong to an entry that stays.
        if self.is_flow(slot.node) && self.has_comments(slot.node) {
            return Err(NoPlace("the comments within `{…}` or `[…]` would be lost"));
        }
        if slot.in_flow {
            let text = self.on_one_line(value);
            let is_behind_colon = old.is_empty() && slot.begin == old.start;
            self.changes.push((old, if is_behind_colon { format!(" {text}") } else { text }));
            return Ok(());
        }
        let is_item = self.text.get(..slot.begin).is_some_and(|before| before.ends_with('-'));
        let new = match is_item {
            true => emit::item(value, slot.indent).trim_start().trim_start_matches('-').to_owned(),
            false if slot.begin == 0 => match value {
                Value::Object(members) => emit::document(members),
                other => emit::value(other, 0).trim_start().to_owned(),
            },
            false => emit::value(value, slot.indent),
        };
        let new = new.trim_end_matches('\n').to_owned();
        let line = self.line_end(old.end);
        let gap = self.text.get(slot.begin..old.start).unwrap_or_default();
        let has_tag = gap.contains('!');
        // A comment after a collection belongs to its last entry.
        let is_collection = !matches!(slot.node.kind, NodeKind::Scalar { .. }) && !self.is_flow(slot.node);
        let behind = if is_collection { None } else { self.comment(&old, line) };
        let comment = comments(gap, behind);
        let has_lines = new.contains('\n');
        let text = match (comment, new.split_once('\n')) {
            (Some(comment), Some((first, rest))) => format!("{first} {comment}\n{rest}"),
            (Some(comment), None) => format!("{new} {comment}"),
            (None, _) => new,
        };
        let was_scalar = matches!(slot.node.kind, NodeKind::Scalar { .. }) && !self.is_block_scalar(&old);
        if was_scalar && !has_lines && !has_tag && !old.is_empty() {
            // Only the value itself changes, so that spaces and comments around it stay.
            self.changes.push((old, self.on_one_line(value)));
            return Ok(());
        }
        self.changes.push((slot.begin..line.max(old.end), text));
        Ok(())
    }

    /// Adds a member after the last member of a mapping. Fails with [`NO_PLACE`] if the mapping has no member in this
    /// text.
    pub(super) fn insert(&mut self, slot: &Slot<'_>, name: &str, value: &Value) -> Result<(), NoPlace> {
        let NodeKind::Mapping(members) = &slot.node.kind else { return Err(NO_PLACE) };
        let own = members.iter().filter(|(name, node)| name.extent.is_some() && node.extent.is_some());
        let last = own.max_by_key(|(name, _)| name.extent.as_ref().map(|key| key.start)).ok_or(NO_PLACE)?;
        let key = last.0.extent.clone().ok_or(NO_PLACE)?;
        let end = self.value_range(&self.member(slot, last)?)?.end;
        if slot.in_flow || self.is_flow(slot.node) {
            self.check_comments(slot)?;
            let name = if self.is_json { emit::quoted(name) } else { emit::key(name) };
            let entry = format!("{name}: {}", self.on_one_line(value));
            self.changes.push((end..end, self.separated(key.start, &entry)));
            return Ok(());
        }
        let indent = self.column(key.start);
        let entry = format!("{}{}:{}", " ".repeat(indent), emit::key(name), emit::value(value, indent));
        self.add_lines(end, entry);
        Ok(())
    }

    /// Adds an item at the end of a sequence.
    pub(super) fn append(&mut self, slot: &Slot<'_>, value: &Value) -> Result<(), NoPlace> {
        let NodeKind::Sequence(items) = &slot.node.kind else { return Err(NO_PLACE) };
        let last = self.extent(items.last().ok_or(NO_PLACE)?)?;
        if slot.in_flow || self.is_flow(slot.node) {
            self.check_comments(slot)?;
            let text = self.separated(last.start, &self.on_one_line(value));
            self.changes.push((last.end..last.end, text));
            return Ok(());
        }
        let indent = self.column(self.dash(self.extent(items.first().ok_or(NO_PLACE)?)?.start)?);
        self.add_lines(last.end, emit::item(value, indent));
        Ok(())
    }

    /// Removes members of a mapping. Fails with [`NO_PLACE`] if no member would stay.
    pub(super) fn remove_members(&mut self, slot: &Slot<'_>, names: &[&str]) -> Result<(), NoPlace> {
        let NodeKind::Mapping(members) = &slot.node.kind else { return Err(NO_PLACE) };
        let mut parts = Vec::new();
        for entry in members {
            let is_removed = names.contains(&entry.0.name.as_str());
            match &entry.0.extent {
                Some(key) => parts.push((key.start..self.value_range(&self.member(slot, entry)?)?.end, is_removed)),
                None if is_removed => return Err(NO_PLACE),
                None => {}
            }
        }
        self.remove(slot, &parts)
    }

    /// Removes items of a sequence. Fails with [`NO_PLACE`] if no item would stay.
    pub(super) fn remove_items(&mut self, slot: &Slot<'_>, positions: &[usize]) -> Result<(), NoPlace> {
        let NodeKind::Sequence(items) = &slot.node.kind else { return Err(NO_PLACE) };
        let is_flow = slot.in_flow || self.is_flow(slot.node);
        let mut parts = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let extent = self.extent(item)?;
            let start = if is_flow { extent.start } else { self.dash(extent.start)? };
            parts.push((start..extent.end, positions.contains(&n)));
        }
        self.remove(slot, &parts)
    }

    /// Removes the parts of a collection that are marked with `true`. Fails with [`NO_PLACE`] if no part would stay.
    fn remove(&mut self, slot: &Slot<'_>, parts: &[(Range<usize>, bool)]) -> Result<(), NoPlace> {
        let is_flow = slot.in_flow || self.is_flow(slot.node);
        if is_flow {
            self.check_comments(slot)?;
        }
        let first_kept = parts.iter().position(|(_, is_removed)| !is_removed).ok_or(NO_PLACE)?;
        for (n, (part, _)) in parts.iter().enumerate().filter(|(_, (_, is_removed))| *is_removed) {
            let (before, after) = (n.checked_sub(1).and_then(|n| parts.get(n)), parts.get(n + 1));
            let range = match (is_flow, before, after) {
                // Removes the separator before the part, or the one after it if no part before it stays.
                (true, Some((before, _)), _) if n > first_kept => before.end..part.end,
                (true, _, Some((after, _))) => part.start..after.start,
                (true, ..) => return Err(NO_PLACE),
                (false, ..) => {
                    let start = self.line_start(part.start).ok_or(NO_PLACE)?;
                    start..self.next_line(part.end).unwrap_or(self.text.len())
                }
            };
            self.changes.push((range, String::new()));
        }
        Ok(())
    }

    /// Replaces the whole text.
    pub(super) fn replace_all(&mut self, text: String) {
        self.changes = vec![(0..self.text.len(), text)];
    }

    /// Returns the text before the changes.
    pub(super) fn present(&self) -> &str {
        &self.text
    }

    /// Makes the changes, the last one in the text first, and returns the text.
    pub(super) fn finished(mut self) -> Result<String, NoPlace> {
        let mut changes: Vec<(usize, (Range<usize>, String))> =
            std::mem::take(&mut self.changes).into_iter().enumerate().collect();
        changes.sort_by_key(|(n, (range, _))| (range.start, range.end, *n));
        // Two objects can share a file and request the same change.
        changes.dedup_by(|(_, one), (_, other)| one == other && !one.0.is_empty());
        let mut before = usize::MAX;
        for (_, (range, new)) in changes.into_iter().rev() {
            if range.end > before || self.text.get(range.clone()).is_none() {
                return Err(NO_PLACE);
            }
            before = range.start;
            let new = match self.has_crlf_near(range.start) {
                true => new.replace("\r\n", "\n").replace('\n', "\r\n"),
                false => new,
            };
            self.text.replace_range(range, &new);
        }
        Ok(self.text)
    }

    /// Returns `true` if a collection is in flow style.
    pub(super) fn is_flow(&self, node: &YamlNode) -> bool {
        let first = node.extent.as_ref().and_then(|extent| self.text.get(extent.start..)?.chars().next());
        !matches!(node.kind, NodeKind::Scalar { .. }) && matches!(first, Some('{' | '['))
    }

    /// Returns `true` if a collection in flow style would become too long with this value, and can be written in block
    /// style.
    pub(super) fn outgrows(&self, slot: &Slot<'_>, added: &Value) -> bool {
        let text = slot.node.extent.clone().and_then(|extent| self.text.get(extent));
        let has_more = text.is_none_or(|text| text.contains(['#', '&', '*']));
        !slot.in_flow && self.is_flow(slot.node) && !has_more && self.on_one_line(added).len() > MAX_FLOW
    }

    fn on_one_line(&self, value: &Value) -> String {
        if self.is_json { emit::json(value) } else { emit::flow(value) }
    }

    /// Returns an entry with the separator before it. The entry is on a new line if the last entry begins a line.
    fn separated(&self, last: usize, entry: &str) -> String {
        match self.line_start(last) {
            Some(start) if start > 0 => format!(",\n{}{entry}", &self.text[start..last]),
            _ => format!(", {entry}"),
        }
    }

    /// Adds whole lines after the line of a value.
    fn add_lines(&mut self, end: usize, lines: String) {
        match self.next_line(end) {
            Some(line) => self.changes.push((line..line, lines)),
            None => {
                let end = self.text.len();
                self.changes.push((end..end, format!("\n{}", lines.trim_end_matches('\n'))));
            }
        }
    }

    /// Returns `true` if the previous line ends in CRLF. For a byte in the first line, checks the end of the first
    /// line.
    fn has_crlf_near(&self, at: usize) -> bool {
        let ends = |end: usize| self.text.get(..end).is_some_and(|text| text.ends_with('\r'));
        let before = self.text.get(..at).and_then(|text| text.rfind('\n'));
        before
            .or_else(|| self.text.get(at..).and_then(|text| text.find('\n')).map(|found| at + found))
            .is_some_and(ends)
    }

    pub(super) fn extent(&self, node: &YamlNode) -> Result<Range<usize>, NoPlace> {
        node.extent.clone().ok_or(NO_PLACE)
    }

    /// Returns the range of a value in the text. An absent value has an empty range after the `:`.
    fn value_range(&self, slot: &Slot<'_>) -> Result<Range<usize>, NoPlace> {
        let extent = self.extent(slot.node)?;
        let is_absent = matches!(&slot.node.kind, NodeKind::Scalar { scalar: Scalar::Null, .. }) && extent.is_empty();
        Ok(if is_absent { slot.begin..slot.begin } else { extent })
    }

    fn is_block_scalar(&self, old: &Range<usize>) -> bool {
        self.text.get(old.start..).is_some_and(|text| text.starts_with(['|', '>']))
    }

    /// Returns the comment after a value, or in the first line of a block scalar.
    fn comment(&self, old: &Range<usize>, line: usize) -> Option<String> {
        let text = match self.is_block_scalar(old) {
            true => self.text.get(old.start..self.line_end(old.start))?,
            false => self.text.get(old.end..line)?,
        };
        let at = text.find('#')?;
        Some(text[at..].trim_end().to_owned())
    }

    /// Returns the end of a line, without its line end.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Returns the beginning of the next line, or `None` if this is the last line.
    fn next_line(&self, at: usize) -> Option<usize> {
        self.text.get(at..)?.find('\n').map(|found| at + found + 1)
    }

    /// Returns the beginning of a line, if only spaces and tabs are before this byte.
    fn line_start(&self, at: usize) -> Option<usize> {
        let before = self.text.get(..at)?;
        let start = before.rfind('\n').map_or(0, |found| found + 1);
        before[start..].bytes().all(|byte| byte == b' ' || byte == b'\t').then_some(start)
    }

    /// Returns the number of characters before a byte in its line.
    fn column(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default().chars().count()
    }

    /// Returns the position of the `-` before an item. The item can begin on a line below the `-`, with comments
    /// between.
    fn dash(&self, item: usize) -> Result<usize, NoPlace> {
        let mut before = self.text.get(..item).ok_or(NO_PLACE)?.trim_end_matches(' ');
        while !before.ends_with('-') {
            let above = before.strip_suffix('\n').ok_or(NO_PLACE)?.trim_end();
            let line = above.rfind('\n').map_or(0, |found| found + 1);
            let comment = above[line..].find('#').map_or(above.len(), |found| line + found);
            before = above[..comment].trim_end_matches(' ');
        }
        Ok(before.len() - 1)
    }
}

/// Joins the comments between a key and its value, and the comment after the value, to one line.
fn comments(gap: &str, behind: Option<String>) -> Option<String> {
    let within = gap.lines().filter_map(|line| Some(line.get(line.find('#')?..)?.trim_end().to_owned()));
    let all: Vec<String> = within.chain(behind).collect();
    if all.is_empty() { None } else { Some(all.join(" ")) }
}
