//! How far work on many objects has come, for the message of a command that is stopped.

use std::cell::{Cell, RefCell};

/// Counts of the work that goes on. A command that works on one object begins none.
#[derive(Debug, Default)]
pub struct Tally {
    work: RefCell<Option<Work>>,
    done: Cell<u64>,
    failed: Cell<u64>,
    under_way: Cell<u64>,
}

/// What is done with the objects.
#[derive(Debug, Clone)]
pub struct Work {
    /// What was done with one of them: `deleted`.
    pub done: &'static str,
    /// How many there are, where that is known.
    pub total: Option<u64>,
    /// How to go on.
    pub next: String,
}

impl Tally {
    /// Begins to count.
    pub fn begin(&self, work: Work) {
        *self.work.borrow_mut() = Some(work);
        [&self.done, &self.failed, &self.under_way].iter().for_each(|count| count.set(0));
    }

    /// Ends counting, after all of it was told.
    pub fn end(&self) {
        *self.work.borrow_mut() = None;
    }

    /// Counts an object that is begun.
    pub fn start(&self) {
        self.under_way.set(self.under_way.get() + 1);
    }

    /// Counts an object that is done.
    pub fn done(&self) {
        self.done.set(self.done.get() + 1);
        self.under_way.set(self.under_way.get().saturating_sub(1));
    }

    /// Counts an object that failed.
    pub fn failed(&self) {
        self.failed.set(self.failed.get() + 1);
        self.under_way.set(self.under_way.get().saturating_sub(1));
    }

    /// Changes how to go on.
    pub fn next(&self, next: impl Into<String>) {
        if let Some(work) = self.work.borrow_mut().as_mut() {
            work.next = next.into();
        }
    }

    /// Returns what was done and how to go on, if anything was counted.
    pub(super) fn told(&self) -> Option<(String, String)> {
        let work = self.work.borrow();
        let work = work.as_ref()?;
        let (done, failed, under_way) = (self.done.get(), self.failed.get(), self.under_way.get());
        let mut text = match work.total {
            Some(total) => format!("{done} of {total} {}", work.done),
            None => format!("{done} {}", work.done),
        };
        if failed > 0 {
            text += &format!(", {failed} failed");
        }
        if under_way > 0 {
            text += &format!(", {under_way} without an answer yet");
        }
        Some((text, work.next.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_told_with_what_to_do_next() {
        let tally = Tally::default();
        assert_eq!(tally.told(), None);
        tally.begin(Work { done: "deleted", total: Some(300), next: "run it again".to_owned() });
        (0..5).for_each(|_| tally.start());
        (0..2).for_each(|_| tally.done());
        assert_eq!(tally.told().map(|told| told.0).as_deref(), Some("2 of 300 deleted, 3 without an answer yet"));
        (0..3).for_each(|_| tally.failed());
        assert_eq!(tally.told(), Some(("2 of 300 deleted, 3 failed".to_owned(), "run it again".to_owned())));
        tally.begin(Work { done: "checked", total: None, next: String::new() });
        assert_eq!(tally.told().map(|told| told.0).as_deref(), Some("0 checked"));
        tally.end();
        assert_eq!(tally.told(), None);
    }
}
