//! Observed behaviour of servers of this protocol: one file per line of the list "What a client must tolerate" in
//! docs/protocol/servers.md, and some whole servers. The tests of line 5 (streams) are in `streams/variants.rs`.

mod errors;
mod paging;
mod requests;
mod runs;
mod servers;
mod shapes;
mod success;

use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::test_env::Asst;

/// Returns a user of a server that answers each request by the script.
fn server(script: impl Fn(&Request) -> Response + Send + Sync + 'static) -> (MockServer, Asst) {
    let listener = MockServer::new(move |request, _| script(request));
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

/// Returns a user of a server that answers every request with the same JSON.
fn saying(status: u16, body: &'static str) -> (MockServer, Asst) {
    server(move |_| Response::text(status, body))
}
