//! Two mock servers of the protocol's document, from other projects, as judges (docs/protocol/servers.md#mock-servers):
//! one refuses requests that the document does not allow, one stands before the embedded server and reports responses that
//! the document does not allow.
//!
//! `cargo test` ignores these tests. `tests/mocks/run` installs the mock servers and runs them; `ASST_MOCKS` is the folder
//! of their programs.

mod answers;
mod judge;
mod mistakes;
mod recorder;
mod requests;
