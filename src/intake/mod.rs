//! What fills the ledger and checks it, apart from requests: imports, scans, the lists of a backend, the verification
//! of rows, and the search for problems.
//!
//! The functions print warnings and notes. What belongs on standard output goes to a callback of the command. Must not
//! depend on the commands.

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
