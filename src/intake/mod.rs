//! Jobs that fill and check the ledger: imports, scans, synchronisation with the lists of a backend, verification of
//! rows, and the search for problems.
//!
//! The functions print warnings and notes. They pass results for standard output to a callback of the command. The
//! module must not depend on the commands.

pub mod doctor;
pub mod id_lines;
pub mod import;
pub mod input_file;
mod kinds;
mod origin;
pub mod scan;
pub mod sync;
pub mod verify;

pub use kinds::{kind, kind_of};
pub use origin::{no_origin, origin};
