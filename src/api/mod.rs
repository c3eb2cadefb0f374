//! The protocol: its endpoints, request structs, facts and checks, with one file per noun.
//!
//! The module must not depend on a transport or on async code. Only [`args`] has side effects: it reads the files that
//! flags name.

pub mod args;
pub mod assistants;
mod backend;
mod body;
pub mod check;
pub mod conversations;
mod details;
mod dialect;
mod endpoint;
mod response;
#[rustfmt::skip]
pub mod facts;
pub mod files;
pub mod forms;
pub mod ids;
mod kind;
pub mod messages;
pub mod objects;
pub mod paging;
pub mod parts;
pub mod rules;
pub mod runs;
mod schemas;
pub mod steps;
pub mod stream;
mod table;
pub mod threads;
pub mod uploads;
pub mod vector_stores;

pub use backend::Backend;
pub use body::{assemble, query_pairs};
pub use details::{AlsoCreated, Details, End, Foundry, Messages, Offer};
pub use dialect::{Dialect, Edition};
pub use endpoint::{Body, Class, Endpoint, Method, Nothing, PathArgs, Query, Spec, to_map};
pub use kind::Kind;
pub use response::{Content, Deleted, Made, One, Page, ResponseForm, ResponseObject, ResponseShape};
pub use table::{endpoint_of, get_of, is_collection, is_offered_at, list_of, removal_of, standard_segment, table};
