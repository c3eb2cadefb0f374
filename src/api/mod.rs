//! The protocol: request structs, endpoint lines, facts and checks. Knows no transport and no async.

mod backend;
mod kind;

pub use backend::Backend;
pub use kind::Kind;
