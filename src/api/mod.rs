//! The protocol: its endpoints, request structs, facts and checks, with one file per noun.
//!
//! Must not depend on a transport or on async code. Only [`args`] has side effects: it reads the files that flags name.

pub mod args;
pub mod assistants;
mod backend;
mod body;
pub mod check;
mod dialect;
mod endpoint;
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
pub mod runs;
pub mod steps;
pub mod stream;
pub mod threads;
pub mod unlisted_endpoints;

pub use backend::Backend;
pub use body::{assemble, query_pairs};
pub use dialect::Dialect;
pub use endpoint::{
    Answer, Assistant, Body, Class, Content, Deleted, Endpoint, File, Made, Message, Method, Nothing, Object, One,
    Page, PathArgs, Query, Run, Shape, Spec, Step, Thread, to_map,
};
pub use kind::Kind;

/// Returns the endpoint of a method and a path, with the IDs in the path. A template without parameters takes
/// precedence: `/threads/runs` is not the thread `runs`.
///
/// The search also covers `unlisted_endpoints::TABLE`, the endpoints that have no command but are still recorded.
pub fn endpoint_of(method: Method, path: &str) -> Option<(&'static Spec, Vec<String>)> {
    let known = table().chain(unlisted_endpoints::TABLE);
    let of_method = known.filter(|spec| spec.method == method);
    of_method.filter_map(|spec| Some((spec, spec.ids_in(path)?))).min_by_key(|(_, ids)| ids.len())
}

/// Returns the protocol's spelling of a path segment, ignoring case.
pub fn word(text: &str) -> Option<&'static str> {
    let known = table().chain(unlisted_endpoints::TABLE);
    let mut words =
        known.flat_map(|spec| spec.path.split('/')).filter(|word| !word.is_empty() && !word.starts_with('{'));
    words.find(|word| word.eq_ignore_ascii_case(text))
}

/// Returns every endpoint that has a command.
pub fn table() -> impl Iterator<Item = &'static Spec> {
    let nouns = [assistants::TABLE, threads::TABLE, messages::TABLE, runs::TABLE, steps::TABLE, files::TABLE];
    nouns.into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_endpoint() {
        let found = |method, path| endpoint_of(method, path).map(|(spec, ids)| (spec.operation, ids.len()));
        assert_eq!(found(Method::Post, "/threads/runs"), Some(("createThreadAndRun", 0)));
        assert_eq!(found(Method::Post, "/threads/thread_1"), Some(("modifyThread", 1)));
        assert_eq!(found(Method::Delete, "/threads/t/messages/m"), Some(("deleteMessage", 2)));
        assert_eq!(found(Method::Get, "/threads/t/"), None);
        assert_eq!(found(Method::Get, "/vector_stores"), None);
        assert_eq!(found(Method::Post, "/vector_stores"), Some(("createVectorStore", 0)));
        assert_eq!(found(Method::Delete, "/conversations/conv_1"), Some(("deleteConversation", 1)));
        assert_eq!(found(Method::Post, "/uploads/upload_1/complete"), Some(("completeUpload", 1)));
    }
}
