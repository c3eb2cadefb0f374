//! Two mock servers from other projects check the program against the protocol's document
//! (docs/protocol/servers.md#mock-servers). One refuses requests that the document does not allow. The other is a proxy
//! before the embedded server and reports invalid responses.
//!
//! `cargo test` ignores these tests. `tests/mocks/run` installs the mock servers and runs the tests. `ASST_MOCKS` is
//! the folder of their programs.

mod invalid_values;
mod recorder;
mod requests;
mod responses;
mod validator;
