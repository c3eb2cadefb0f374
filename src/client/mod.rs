//! The client: addresses of backends, retries, errors, paging, uploads and downloads.
//!
//! The module must not depend on the commands or the ledger. The layers above decide which requests are sent and record
//! them.

mod api_error;
mod attempt;
mod backend_access;
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

pub use api_error::{ApiError, ApiErrorKind};
pub use backend_access::{AuthHeader, BackendAccess, Scheme};
pub use complete::Complete;
pub use download::{Download, Overwrite};
pub use error::ClientError;
pub use json::id_of;
pub use pages::{Page, Paginator};
pub use rate_limit::RateLimiter;
pub use request::{ApiResponse, Expects, Payload, Request};
pub use send::Client;
pub use skew::ClockSkew;
pub use stream::{EventStream, StreamResponse};
