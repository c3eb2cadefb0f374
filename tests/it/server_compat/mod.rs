//! Observed behaviour of servers of this protocol: one file per line of "What a client must tolerate", and some whole
//! servers.

mod errors;
mod paging;
mod requests;
mod runs;
mod servers;
mod shapes;
mod streams;
mod success;

use crate::support::mock_server::{Asked, Deed, Listener};
use crate::support::test_env::Asst;

/// Returns a user of a server that answers each request by the script.
fn server(script: impl Fn(&Asked) -> Deed + Send + Sync + 'static) -> (Listener, Asst) {
    let listener = Listener::new(move |asked, _| script(asked));
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

/// Returns a user of a server that answers every request with the same JSON.
fn saying(status: u16, body: &'static str) -> (Listener, Asst) {
    server(move |_| Deed::text(status, body))
}
