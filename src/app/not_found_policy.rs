//! The rules for accepting a 404 (docs/design/bulk.md#when-a-404-is-accepted).
//!
//! A wrong backend returns 404 to everything. So does a load balancer if one of its servers is wrong.

use crate::api::Kind;
use crate::client::ClientError;
use anyhow::Error;
use std::cell::Cell;

/// The number of doubtful 404 responses in a row, after which the backend is assumed to be the wrong one.
const MISSES: u32 = 10;

/// Counts the responses that put in doubt whether this is the right backend.
#[derive(Debug, Default)]
pub struct NotFoundPolicy {
    misses: Cell<u32>,
}

/// The meaning of a 404 for the requested object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFoundMeaning {
    /// The object was there, and was deleted.
    Gone,
    /// The meaning is uncertain, because this backend may never have had the object.
    Doubtful,
}

impl NotFoundPolicy {
    /// Resets the count, because an object was found.
    pub fn reset(&self) {
        self.misses.set(0);
    }

    /// Returns the meaning of a failure for the requested object, or `None` if it is not a 404.
    ///
    /// A 404 is accepted only if it names the object in a wording of the protocol. Other objects that were found prove
    /// nothing: several servers may share one address, each with its own objects.
    pub fn classify(kind: Kind, id: &str, error: &ClientError) -> Option<NotFoundMeaning> {
        error
            .is_not_found()
            .then(|| if error.reports_missing(kind, id) { NotFoundMeaning::Gone } else { NotFoundMeaning::Doubtful })
    }

    /// Like [`NotFoundPolicy::classify`], for an ID that the command was asked about. Counts doubtful responses.
    pub fn meaning_of(&self, kind: Kind, id: &str, error: &ClientError) -> Option<NotFoundMeaning> {
        let meaning = Self::classify(kind, id, error);
        if meaning == Some(NotFoundMeaning::Doubtful) {
            self.misses.set(self.misses.get() + 1);
        }
        meaning
    }

    /// Returns `true` if further requests are pointless.
    pub fn is_exceeded(&self) -> bool {
        self.misses.get() >= MISSES
    }

    /// Returns the error that ends a command after too many doubtful responses.
    pub fn exceeded(origin: &str) -> Error {
        anyhow::anyhow!("{MISSES} IDs in a row were not found at {origin}")
            .context("this may be the wrong backend, so no object was recorded as gone")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ApiError;

    fn missing(text: &str) -> ClientError {
        let refused = ApiError { status: 404, message: text.to_owned(), enveloped: true, ..ApiError::default() };
        ClientError::Api(Box::new(refused))
    }

    #[test]
    fn only_a_404_that_names_the_object_is_believed() {
        let policy = NotFoundPolicy::default();
        let meaning = |text| policy.meaning_of(Kind::Thread, "thread_1", &missing(text));
        assert_eq!(meaning("No thread found with id 'thread_1'."), Some(NotFoundMeaning::Gone));
        assert_eq!(meaning("not found"), Some(NotFoundMeaning::Doubtful));
        policy.reset();
        assert_eq!(meaning("not found"), Some(NotFoundMeaning::Doubtful), "other objects do not answer for this one");
        let failure = ClientError::File("disk".to_owned());
        assert_eq!(policy.meaning_of(Kind::Thread, "thread_1", &failure), None);
    }

    #[test]
    fn ten_in_a_row_are_enough() {
        let policy = NotFoundPolicy::default();
        let miss = || policy.meaning_of(Kind::Thread, "thread_1", &missing("not found"));
        (0..9).for_each(|_| assert_eq!(miss(), Some(NotFoundMeaning::Doubtful)));
        policy.reset();
        (0..9).for_each(|_| assert_eq!(miss(), Some(NotFoundMeaning::Doubtful)));
        assert!(!policy.is_exceeded());
        miss();
        assert!(policy.is_exceeded());
    }
}
