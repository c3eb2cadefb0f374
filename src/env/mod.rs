//! The surroundings of the process: variables, clock, directories, randomness, input files, and who runs it.
//!
//! The floor that every room stands on; it knows nothing of the protocol, of profiles or of the ledger.

pub mod clock;
pub mod input;
pub mod paths;
pub mod provenance;
pub mod random;
pub mod vars;
