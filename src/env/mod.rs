//! The surroundings of the process: variables, clock, directories, randomness, input files, who runs it, and the programs
//! that it starts.
//!
//! The floor that every room stands on; it knows nothing of the protocol, of profiles or of the ledger.

pub mod children;
pub mod clock;
pub mod credentials;
pub mod handover;
pub mod heap;
pub mod input;
pub mod limits;
pub mod paths;
pub mod provenance;
pub mod random;
pub mod secrets;
pub mod spawn;
pub mod text;
pub mod vars;
pub mod yaml;
