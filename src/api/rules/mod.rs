//! The rules for the members of a request: types, limits and schemas, and the error for a violation.
//!
//! A declaration assigns rules to the members of its endpoint. The module must not depend on endpoints or dialects.

mod error;
mod json_schema;
mod members;
mod schema;
mod types;

pub use error::{InvalidRequest, MISSING, UNKNOWN};
pub use json_schema::ItemForms;
pub use members::{Member, Operation, check_members};
pub use schema::{Property, Schema, nullable, optional, required};
pub use types::Type;

/// The treatment of members, tool types and keywords that the rules do not contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Lets them pass. For the client, because another server may support them.
    Pass,
    /// Rejects them, as the API does. For the server.
    Refuse,
}
