//! The progress of work on many objects. If a signal stops the command, its message contains the progress.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The counters of the current work on many objects.
#[derive(Debug, Default)]
pub struct Tally {
    work: Mutex<Option<Work>>,
    started: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
}

/// A description of work on many objects.
#[derive(Debug, Clone)]
pub struct Work {
    /// The participle for a completed object, such as `deleted`.
    pub done: &'static str,
    /// The number of objects, if known.
    pub total: Option<u64>,
    /// The hint on how to continue.
    pub next: String,
}

impl Tally {
    /// Starts counting.
    pub fn begin(&self, work: Work) {
        *self.work() = Some(work);
        [&self.started, &self.done, &self.failed].iter().for_each(|count| count.store(0, Relaxed));
    }

    /// Ends counting, after the outcome was reported.
    pub fn end(&self) {
        *self.work() = None;
    }

    /// Counts a started object.
    pub fn start(&self) {
        self.started.fetch_add(1, Relaxed);
    }

    /// Counts a completed object.
    pub fn done(&self) {
        self.add(1);
    }

    /// Counts completed objects.
    pub fn add(&self, count: u64) {
        self.done.fetch_add(count, Relaxed);
    }

    /// Counts a failed object.
    pub fn failed(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    /// Replaces the hint on how to continue.
    pub fn next(&self, next: String) {
        if let Some(work) = self.work().as_mut() {
            work.next = next;
        }
    }

    /// Returns a summary and the hint on how to continue, if work is being counted.
    pub(super) fn summary(&self) -> Option<(String, String)> {
        let work = self.work();
        let work = work.as_ref()?;
        let (done, failed) = (self.done.load(Relaxed), self.failed.load(Relaxed));
        let in_flight = self.started.load(Relaxed).saturating_sub(done + failed);
        let mut text = match work.total {
            Some(total) => format!("{done} of {total} {}", work.done),
            None => format!("{done} {}", work.done),
        };
        if failed > 0 {
            text += &format!(", {failed} failed");
        }
        if in_flight > 0 {
            text += &format!(", {in_flight} without a response yet");
        }
        Some((text, work.next.clone()))
    }

    /// Locks the work and ignores poisoning, because no statement leaves it inconsistent.
    fn work(&self) -> MutexGuard<'_, Option<Work>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_has_the_counts_and_the_hint() {
        let tally = Tally::default();
        assert_eq!(tally.summary(), None);
        tally.begin(Work { done: "deleted", total: Some(300), next: "run it again".to_owned() });
        (0..5).for_each(|_| tally.start());
        (0..2).for_each(|_| tally.done());
        assert_eq!(
            tally.summary().map(|(text, _)| text).as_deref(),
            Some("2 of 300 deleted, 3 without a response yet")
        );
        (0..3).for_each(|_| tally.failed());
        assert_eq!(tally.summary(), Some(("2 of 300 deleted, 3 failed".to_owned(), "run it again".to_owned())));
        tally.begin(Work { done: "checked", total: None, next: String::new() });
        assert_eq!(tally.summary().map(|(text, _)| text).as_deref(), Some("0 checked"));
        tally.end();
        assert_eq!(tally.summary(), None);
    }
}
