//! The protocol: request structs, endpoint lines, facts and checks. Knows no transport and no async.

mod kind;

pub use kind::Kind;
