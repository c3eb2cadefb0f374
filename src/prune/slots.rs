//! The limit of `--max`. Each deletion reserves one of `--max` slots before its request is sent.

use super::options::PruneMode;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The slots of a prune.
#[derive(Debug)]
pub(super) struct Slots {
    mode: PruneMode,
    max: Option<u64>,
    /// The number of objects that were deleted or are being deleted.
    used: Cell<u64>,
    /// The hashes of the objects that a report selected. Several rules may select the same object, which counts once.
    selected: RefCell<HashSet<u64>>,
}

/// A reserved slot. Dropping it releases the slot, unless [`Slot::keep`] was called.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    used: &'a Cell<u64>,
    is_kept: bool,
}

impl Slots {
    pub(super) fn new(mode: PruneMode, max: Option<u64>) -> Self {
        Self { mode, max, used: Cell::new(0), selected: RefCell::default() }
    }

    /// Returns `true` if no slot is left.
    pub(super) fn are_used_up(&self) -> bool {
        self.max.is_some_and(|max| self.used.get() >= max)
    }

    /// Reserves a slot for an object. Returns `None` if no slot is left. In a report, also returns `None` for an object
    /// that another rule has already selected.
    pub(super) fn reserve(&self, id: &str) -> Option<Slot<'_>> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        if self.are_used_up() || (self.mode == PruneMode::Report && !self.selected.borrow_mut().insert(hasher.finish()))
        {
            return None;
        }
        self.used.set(self.used.get() + 1);
        Some(Slot { used: &self.used, is_kept: false })
    }
}

impl Slot<'_> {
    /// Keeps the slot reserved, because the object was deleted.
    pub(super) fn keep(&mut self) {
        self.is_kept = true;
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            self.used.set(self.used.get().saturating_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_slot_is_free_again_unless_it_is_kept() {
        let slots = Slots::new(PruneMode::Delete, Some(1));
        drop(slots.reserve("a"));
        let mut slot = slots.reserve("a");
        assert!(slot.is_some() && slots.are_used_up() && slots.reserve("b").is_none());
        slot.iter_mut().for_each(Slot::keep);
        drop(slot);
        assert!(slots.are_used_up());
    }

    #[test]
    fn report_counts_an_object_once() {
        let slots = Slots::new(PruneMode::Report, None);
        assert!(slots.reserve("a").is_some() && slots.reserve("a").is_none() && slots.reserve("b").is_some());
    }
}
