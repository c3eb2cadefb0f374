//! The environment of the process: variables, clock, directories, randomness, input files, the user, and child
//! processes.
//!
//! The lowest layer, used by all others. The module must not depend on the protocol, on profiles or on the ledger.

pub mod clock;
pub mod credentials;
pub mod glob;
pub mod handover;
pub mod heap;
pub mod input;
pub mod limits;
mod memory;
pub mod paths;
pub mod process_groups;
pub mod provenance;
pub mod random;
pub(crate) mod removed_vars;
pub mod resource_limits;
pub mod secrets;
pub mod spawn;
pub mod text;
mod toml;
pub mod vars;
pub mod yaml;
