//! When a 404 is believed (DESIGN.md 4.6): a backend that is not the one answers 404 to everything.

use crate::api::Kind;
use crate::client::ClientError;
use anyhow::Error;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// After so many that are missing without a word, none being there, this may not be the backend.
const MISSES: u32 = 10;

/// What the answers of a command have shown about its backend so far.
#[derive(Debug, Default)]
pub struct Trust {
    /// The collections that had one of the objects that were asked for.
    known: RefCell<BTreeSet<Kind>>,
    misses: Cell<u32>,
}

/// What an answer means that an object is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// It was there, and is no more.
    Gone,
    /// Nobody can tell: this backend may never have had it.
    Doubtful,
}

impl Trust {
    /// Notes that an object of a kind was there.
    pub fn found(&self, kind: Kind) {
        self.known.borrow_mut().insert(kind);
        self.misses.set(0);
    }

    /// Says what a failure means for the object that was asked for; `None` where it is no 404 of an object.
    ///
    /// A 404 is believed if it names the object, or if the same collection had another one in this command.
    pub fn judge(&self, kind: Kind, id: &str, error: &ClientError) -> Option<Absence> {
        let believed = || error.misses(id) || self.known.borrow().contains(&kind);
        error.is_not_found().then(|| if believed() { Absence::Gone } else { Absence::Doubtful })
    }

    /// Says the same of one of the ids that the command is about, and counts what is doubtful.
    pub fn absence(&self, kind: Kind, id: &str, error: &ClientError) -> Option<Absence> {
        let judged = self.judge(kind, id, error);
        if judged == Some(Absence::Doubtful) {
            self.misses.set(self.misses.get() + 1);
        }
        judged
    }

    /// Tells whether there is no point in asking on.
    pub fn is_lost(&self) -> bool {
        self.misses.get() >= MISSES
    }

    /// Returns the failure that ends a command which has lost its trust.
    pub fn lost(origin: &str) -> Error {
        anyhow::anyhow!("none of {MISSES} ids in a row is at {origin}")
            .context("this backend may not be the one; nothing was called gone for it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Refused;

    fn missing(text: &str) -> ClientError {
        ClientError::Refused(Box::new(Refused { status: 404, message: text.to_owned(), ..Refused::default() }))
    }

    #[test]
    fn a_collection_answers_for_itself_only() {
        let trust = Trust::default();
        let absence = |text| trust.absence(Kind::Thread, "thread_1", &missing(text));
        assert_eq!(absence("No thread found with id 'thread_1'."), Some(Absence::Gone));
        assert_eq!(absence("not found"), Some(Absence::Doubtful));
        trust.found(Kind::File);
        assert_eq!(absence("not found"), Some(Absence::Doubtful), "files say nothing of threads");
        trust.found(Kind::Thread);
        assert_eq!(absence("not found"), Some(Absence::Gone));
        let failure = ClientError::File("disk".to_owned());
        assert_eq!(trust.absence(Kind::Thread, "thread_1", &failure), None);
    }

    #[test]
    fn ten_in_a_row_are_enough() {
        let trust = Trust::default();
        let miss = || trust.absence(Kind::Thread, "thread_1", &missing("not found"));
        (0..9).for_each(|_| assert_eq!(miss(), Some(Absence::Doubtful)));
        trust.found(Kind::File);
        (0..9).for_each(|_| assert_eq!(miss(), Some(Absence::Doubtful)));
        assert!(!trust.is_lost());
        miss();
        assert!(trust.is_lost());
    }
}
