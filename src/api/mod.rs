//! The protocol: per noun one file with request structs and endpoint lines; facts and checks. Knows no transport and
//! no async. The one thing it touches outside is [`args`], which reads the files that flags name.

pub mod args;
pub mod assistants;
mod backend;
mod body;
pub mod check;
mod endpoint;
#[rustfmt::skip]
pub mod facts;
pub mod files;
pub mod ids;
mod kind;
pub mod messages;
pub mod paging;
pub mod parts;
pub mod runs;
pub mod steps;
pub mod threads;

pub use backend::Backend;
pub use body::{assemble, query_pairs};
pub use endpoint::{
    Answer, Assistant, Body, Class, Content, Deleted, Endpoint, File, Made, Message, Method, Nothing, Object, One,
    Page, PathArgs, Query, Row, Run, Shape, Step, Thread, to_map,
};
pub use kind::Kind;

/// Returns every endpoint that is declared.
pub fn table() -> impl Iterator<Item = &'static Row> {
    [assistants::TABLE, threads::TABLE, messages::TABLE, runs::TABLE, steps::TABLE, files::TABLE].into_iter().flatten()
}
