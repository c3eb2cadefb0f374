//! The client: addresses of backends, retries, errors, paging, uploads and downloads.
//!
//! Must not depend on the commands or the ledger. The layers above decide who sends a request and how it is recorded.

mod api_error;
mod attempt;
mod complete;
mod download;
mod error;
mod json;
mod missing;
mod pages;
mod rate_limit;
mod request;
pub mod retry;
mod send;
mod skew;
mod stream;
mod target;

pub use api_error::{Meaning, Refused};
pub use complete::Complete;
pub use download::{Download, Overwrite};
pub use error::ClientError;
pub use json::id_of;
pub use pages::{Page, Walk};
pub use rate_limit::Pace;
pub use request::{Expects, Payload, Reply, Request};
pub use send::{Client, Renew};
pub use stream::{Event, Events, Streamed};
pub use target::{Key, Scheme, Target};
