//! When a 404 is believed (docs/design/bulk.md#when-a-404-is-accepted): a backend that is not the one answers 404 to
//! everything, and so does a load balancer one of whose servers is not.

use crate::api::Kind;
use crate::client::ClientError;
use anyhow::Error;
use std::cell::Cell;

/// After so many that are missing without a word, none being there, this may not be the backend.
const MISSES: u32 = 10;

/// The answers of a command that leave it in doubt whether this is the backend.
#[derive(Debug, Default)]
pub struct Trust {
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
    /// Notes that an object was there.
    pub fn found(&self) {
        self.misses.set(0);
    }

    /// Returns what a failure means for the object that was asked for; `None` where it is no 404 of an object.
    ///
    /// A 404 is believed only if it names the object in a wording of the protocol. That the backend had others proves
    /// nothing: of several servers behind one address, each may answer for itself.
    pub fn judge(kind: Kind, id: &str, error: &ClientError) -> Option<Absence> {
        error.is_not_found().then(|| if error.misses(kind, id) { Absence::Gone } else { Absence::Doubtful })
    }

    /// Says the same of one of the ids that the command is about, and counts what is doubtful.
    pub fn absence(&self, kind: Kind, id: &str, error: &ClientError) -> Option<Absence> {
        let judged = Self::judge(kind, id, error);
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
        let refused = Refused { status: 404, message: text.to_owned(), enveloped: true, ..Refused::default() };
        ClientError::Refused(Box::new(refused))
    }

    #[test]
    fn only_a_404_that_names_the_object_is_believed() {
        let trust = Trust::default();
        let absence = |text| trust.absence(Kind::Thread, "thread_1", &missing(text));
        assert_eq!(absence("No thread found with id 'thread_1'."), Some(Absence::Gone));
        assert_eq!(absence("not found"), Some(Absence::Doubtful));
        trust.found();
        assert_eq!(absence("not found"), Some(Absence::Doubtful), "other objects do not answer for this one");
        let failure = ClientError::File("disk".to_owned());
        assert_eq!(trust.absence(Kind::Thread, "thread_1", &failure), None);
    }

    #[test]
    fn ten_in_a_row_are_enough() {
        let trust = Trust::default();
        let miss = || trust.absence(Kind::Thread, "thread_1", &missing("not found"));
        (0..9).for_each(|_| assert_eq!(miss(), Some(Absence::Doubtful)));
        trust.found();
        (0..9).for_each(|_| assert_eq!(miss(), Some(Absence::Doubtful)));
        assert!(!trust.is_lost());
        miss();
        assert!(trust.is_lost());
    }
}
