//! Helpers of the tests: a user of the program, servers, programs, and measurements.

pub(crate) mod aged_backend;
pub(crate) mod aging_server;
pub(crate) mod console;
pub(crate) mod ledger;
pub(crate) mod memory;
pub(crate) mod mock_server;
pub(crate) mod operations;
#[cfg(unix)]
pub(crate) mod pipes;
pub(crate) mod postgres;
pub(crate) mod raw_http;
pub(crate) mod tcp_server;
#[cfg(unix)]
pub(crate) mod terminal;
pub(crate) mod test_env;
#[cfg(unix)]
pub(crate) mod third_party;
pub(crate) mod traced;
pub(crate) mod transcript;
pub(crate) mod upload_server;
