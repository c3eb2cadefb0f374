//! An embedded server whose store is kept while its clock moves on.

use super::test_env::{Asst, Server};
use std::time::{SystemTime, UNIX_EPOCH};

const DAY: u64 = 86_400;

/// A server with a store in the working folder of a user. It is the default profile of that user.
pub(crate) struct AgingServer {
    server: Option<Server>,
    /// Later users, each of whom starts the server with a later clock.
    later: Vec<Asst>,
}

impl AgingServer {
    /// Starts the server with the present time.
    pub(crate) fn start(asst: &Asst) -> Self {
        let server = asst.serve(&["--store", "store"]);
        choose(asst, &server);
        Self { server: Some(server), later: Vec::new() }
    }

    /// Starts the server again with the same store, and with a clock that is `days` ahead.
    pub(crate) fn age(&mut self, asst: &Asst, days: u64) {
        self.server = None;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + days * DAY;
        let later = Asst::new().env("ASST_NOW", now.to_string());
        let server = later.serve(&["--store", asst.work().join("store").to_str().unwrap()]);
        choose(asst, &server);
        self.server = Some(server);
        self.later.push(later);
    }
}

fn choose(asst: &Asst, server: &Server) {
    asst.config(&format!(
        "default_profile = 'p'\n[profiles.p]\nbackend = 'compatible'\nbase_url = '{}'\norigin = 'here'\n",
        server.url
    ));
}
