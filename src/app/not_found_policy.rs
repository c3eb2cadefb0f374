//! The rules for accepting a 404 as proof that an object is gone (docs/design/bulk.md#when-a-404-is-accepted).
//!
//! The wrong backend returns 404 for every object. A load balancer does the same for some requests if one of its
//! servers is the wrong one.

use crate::api::Kind;
use crate::client::ClientError;
use anyhow::Error;
use std::cell::Cell;

/// The number of doubtful 404 responses in a row after which a command stops.
const MAX_DOUBTFUL: u32 = 10;

/// A policy that accepts or doubts 404 responses. It counts the doubtful ones in a row, because too many of them mean
/// that the backend is the wrong one.
#[derive(Debug, Default)]
pub struct NotFoundPolicy {
    doubtful: Cell<u32>,
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
        self.doubtful.set(0);
    }

    /// Returns the meaning of a failure for the requested object, or `None` if it is not a 404.
    ///
    /// A 404 is accepted only if it names the object in a wording of the protocol. The presence of other objects proves
    /// nothing, because several servers with different objects may share one address.
    pub fn classify(kind: Kind, id: &str, error: &ClientError) -> Option<NotFoundMeaning> {
        error
            .is_not_found()
            .then(|| if error.reports_missing(kind, id) { NotFoundMeaning::Gone } else { NotFoundMeaning::Doubtful })
    }

    /// Like [`NotFoundPolicy::classify`], but also counts doubtful responses. For the objects that a command examines,
    /// as opposed to objects to which they refer.
    pub fn meaning_of(&self, kind: Kind, id: &str, error: &ClientError) -> Option<NotFoundMeaning> {
        let meaning = Self::classify(kind, id, error);
        if meaning == Some(NotFoundMeaning::Doubtful) {
            self.doubtful.set(self.doubtful.get() + 1);
        }
        meaning
    }

    /// Returns `true` after too many doubtful responses in a row. The command must then send no further request.
    pub fn is_exceeded(&self) -> bool {
        self.doubtful.get() >= MAX_DOUBTFUL
    }

    /// Returns the error that ends a command after too many doubtful responses.
    pub fn exceeded(origin: &str) -> Error {
        anyhow::anyhow!("{MAX_DOUBTFUL} IDs in a row were not found at {origin}")
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
    fn only_a_404_that_names_the_object_is_accepted() {
        let policy = NotFoundPolicy::default();
        let meaning = |text| policy.meaning_of(Kind::Thread, "thread_1", &missing(text));
        assert_eq!(meaning("No thread found with id 'thread_1'."), Some(NotFoundMeaning::Gone));
        assert_eq!(meaning("not found"), Some(NotFoundMeaning::Doubtful));
        policy.reset();
        assert_eq!(
            meaning("not found"),
            Some(NotFoundMeaning::Doubtful),
            "finding another object proves nothing about this one"
        );
        let failure = ClientError::File("disk".to_owned());
        assert_eq!(policy.meaning_of(Kind::Thread, "thread_1", &failure), None);
    }

    #[test]
    fn ten_doubtful_responses_in_a_row_exceed_the_limit() {
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
