//! The messages and items of an object in the batches in which they are sent.

use super::additions::Additions;
use super::target::REQUEST_BYTES;
use crate::archive::ArchiveError;
use serde_json::{Map, Value};

/// The rest of the messages and items of an object.
pub(super) struct Outgoing<'a> {
    additions: Additions<'a>,
    /// The number of messages or items that are not sent, because the target has them.
    skipped: usize,
    /// An addition that did not fit into the last batch.
    held: Vec<Map<String, Value>>,
}

impl<'a> Outgoing<'a> {
    /// Skips the first `skipped` messages or items of an object.
    pub(super) const fn new(additions: Additions<'a>, skipped: usize) -> Self {
        Self { additions, skipped, held: Vec::new() }
    }

    /// Returns the next messages or items, at most `limit`. Returns none at the end. A function call and its output stay in
    /// one batch, so that the target never has a call without its output.
    pub(super) fn next_batch(&mut self, limit: usize) -> Result<Vec<Map<String, Value>>, ArchiveError> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < limit {
            let items = self.next_addition()?;
            if items.is_empty() {
                break;
            }
            let size: usize = items.iter().map(|item| serde_json::to_string(item).unwrap_or_default().len()).sum();
            if !batch.is_empty() && (batch.len() + items.len() > limit || bytes + size > REQUEST_BYTES) {
                self.held = items;
                break;
            }
            bytes += size;
            batch.extend(items);
        }
        Ok(batch)
    }

    /// Returns the items of the next addition that has any. Returns none at the end.
    fn next_addition(&mut self) -> Result<Vec<Map<String, Value>>, ArchiveError> {
        if !self.held.is_empty() {
            return Ok(std::mem::take(&mut self.held));
        }
        for addition in self.additions.by_ref() {
            let mut items = addition?.items;
            let skipped = self.skipped.min(items.len());
            self.skipped -= skipped;
            items.drain(..skipped);
            if !items.is_empty() {
                return Ok(items);
            }
        }
        Ok(Vec::new())
    }
}
