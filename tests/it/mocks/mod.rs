//! Two mock servers of the protocol's document, which nobody here wrote, as judges
//! (docs/protocol/servers.md#mock-servers): one refuses requests that the document does not allow, one stands before
//! the embedded server and complains of answers that it does not allow. `tests/mocks/run` installs them and runs these
//! tests; `ASST_MOCKS` is the folder of their programs, and `ASST_REQUIRE_MOCKS` makes their absence a failure.

mod answers;
mod judge;
mod mistakes;
mod recorder;
mod requests;
