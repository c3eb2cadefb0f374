//! The optional parts of an endpoint's declaration. Most endpoints use the defaults and state none of them.

use super::dialect::{Dialect, Edition};
use super::kind::Kind;
use super::rules::Property;

/// The optional parts of a declaration. [`Details::NONE`] has the default of each part.
#[derive(Debug, Clone, Copy)]
pub struct Details {
    /// The schemas of the body's members. The facts of the document cover only the top level of a body, so a member
    /// that is an object or an array needs a schema here.
    pub members: &'static [Property],
    /// The differences in Foundry's dialect.
    pub foundry: Foundry,
    /// The objects that the request creates besides the one in its response.
    pub also_creates: &'static [AlsoCreated],
    /// The messages that the request adds to a thread.
    pub messages: Messages,
    /// The kinds of objects that a deletion removes together with the object
    /// (docs/protocol/objects.md#what-a-deletion-affects).
    pub deletes: &'static [Kind],
    /// The final state that the request gives the object in the path without deleting it, if there is one.
    pub ends: Option<End>,
    /// `true` if some servers return the ID of the parent in place of the object's own
    /// (docs/protocol/vector_stores.md#field-reports).
    pub may_return_parent_id: bool,
    /// The error message for a page size out of range, if the endpoint words it differently from other lists
    /// (docs/protocol/errors.md#known-errors).
    pub limit_error: Option<&'static str>,
}

impl Details {
    /// The defaults.
    pub const NONE: Self = Self {
        members: &[],
        foundry: Foundry::SAME,
        also_creates: &[],
        messages: Messages::None,
        deletes: &[],
        ends: None,
        may_return_parent_id: false,
        limit_error: None,
    };
}

/// An object that a request creates besides the one in its response.
#[derive(Debug, Clone, Copy)]
pub struct AlsoCreated {
    pub kind: Kind,
    /// The member of the response that holds the object, or only its ID.
    pub member: &'static str,
    /// The member of the request that describes the object, if the response holds only the ID.
    pub described_by: Option<&'static str>,
}

/// The messages that a request adds to the thread in its path, or to the thread that it creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Messages {
    None,
    /// The request itself is one message.
    Itself,
    /// The array at this path in the body.
    At(&'static [&'static str]),
}

/// The final state of an object that still exists but that no later request can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Completed,
    Cancelled,
}

impl End {
    /// Returns the verb for the event in the ledger.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Completed => "complete",
            Self::Cancelled => "cancel",
        }
    }
}

/// The availability of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    Always,
    /// Only preview versions have the endpoint.
    Preview,
    /// No version has the endpoint. `instead` names a replacement, for the hint of the error.
    Never {
        instead: &'static str,
    },
}

/// The differences of an endpoint in Foundry's dialect
/// (docs/protocol/dialects.md#azure-ai-foundry-agents-classic).
#[derive(Debug, Clone, Copy)]
pub struct Foundry {
    pub offer: Offer,
    /// The members of OpenAI's body or query that Foundry lacks.
    pub lacks: &'static [&'static str],
    /// The members that no version of Foundry will have, so that even the client rejects them. Each has the hint that
    /// names a replacement.
    pub refuses: &'static [(&'static str, &'static str)],
    /// The required members that Foundry does not require, because one of its own can take their place.
    pub optional: &'static [&'static str],
    /// The members that only Foundry has.
    pub adds: &'static [Property],
    /// The schemas of members that differ from those of OpenAI.
    pub members: &'static [Property],
    /// The schemas of members that differ in preview versions.
    pub preview: &'static [Property],
    /// `true` if the list is sent in one page, without a cursor.
    pub is_one_page: bool,
}

impl Foundry {
    /// No differences.
    pub const SAME: Self = Self {
        offer: Offer::Always,
        lacks: &[],
        refuses: &[],
        optional: &[],
        adds: &[],
        members: &[],
        preview: &[],
        is_one_page: false,
    };

    /// Returns the hint for a member in [`Foundry::refuses`], or `None` for any other member.
    pub fn instead_of(&self, member: &str) -> Option<&'static str> {
        self.refuses.iter().find(|(name, _)| *name == member).map(|(_, instead)| *instead)
    }

    /// Returns the differences of an endpoint that Foundry lacks.
    pub const fn never(instead: &'static str) -> Self {
        Self { offer: Offer::Never { instead }, ..Self::SAME }
    }
}

impl Details {
    /// Returns `true` if this version of the API has the endpoint.
    pub(super) fn is_offered(&self, dialect: Dialect, version: Option<&str>) -> bool {
        match (dialect, self.foundry.offer) {
            (Dialect::OpenAi | Dialect::AzureOpenAi, _) | (Dialect::Foundry, Offer::Always) => true,
            (Dialect::Foundry, Offer::Preview) => Edition::of_version(version) == Edition::Preview,
            (Dialect::Foundry, Offer::Never { .. }) => false,
        }
    }
}
