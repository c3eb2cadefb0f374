//! All declared endpoints, and look-ups in them.

use super::details::End;
use super::dialect::Dialect;
use super::endpoint::{Method, Spec};
use super::kind::Kind;
use super::response::ResponseShape;
use super::{assistants, conversations, files, messages, runs, steps, threads, uploads, vector_stores};

/// Returns every declared endpoint, in the order of the nouns.
pub fn table() -> impl Iterator<Item = &'static Spec> {
    let nouns = [
        assistants::TABLE,
        threads::TABLE,
        messages::TABLE,
        runs::TABLE,
        steps::TABLE,
        files::TABLE,
        vector_stores::TABLE,
        uploads::TABLE,
        conversations::TABLE,
    ];
    nouns.into_iter().flatten().copied()
}

/// Returns the endpoint of a method and a path, with the IDs in the path. A template without parameters takes
/// precedence: `/threads/runs` is not the thread `runs`.
pub fn endpoint_of(method: Method, path: &str) -> Option<(&'static Spec, Vec<String>)> {
    let of_method = table().filter(|spec| spec.method == method);
    of_method.filter_map(|spec| Some((spec, spec.ids_in(path)?))).min_by_key(|(_, ids)| ids.len())
}

/// Returns the endpoint that lists all objects of a kind, if any backend has one.
pub fn list_of(kind: Kind) -> Option<&'static Spec> {
    table().find(|spec| spec.shape == ResponseShape::Page && spec.kind == kind && spec.kinds.is_empty())
}

/// Returns the endpoint that reads one object of a kind.
pub fn get_of(kind: Kind) -> Option<&'static Spec> {
    let is_get = |spec: &&Spec| spec.method == Method::Get && spec.shape == ResponseShape::One;
    table().find(|spec| is_get(spec) && spec.kind == kind && spec.kinds.last() == Some(&kind))
}

/// Returns the endpoint that removes one object of a kind. For objects that cannot be deleted, this is the
/// cancellation.
pub fn removal_of(kind: Kind) -> Option<&'static Spec> {
    let removes = |spec: &&Spec| spec.shape == ResponseShape::Deleted || spec.details.ends == Some(End::Cancelled);
    table().find(|spec| removes(spec) && spec.kinds == [kind])
}

/// Returns `true` if the path is that of a collection, without IDs.
pub fn is_collection(path: &str) -> bool {
    table().any(|spec| spec.path == path && spec.kinds.is_empty())
}

/// Returns `true` unless this version of the API lacks the operation at a path.
///
/// The path need not belong to an endpoint. An unrecognised path is assumed to exist.
pub fn is_offered_at(dialect: Dialect, method: Method, path: &str, version: Option<&str>) -> bool {
    endpoint_of(method, path).is_none_or(|(spec, _)| spec.is_offered(dialect, version))
}

/// Returns the protocol's spelling of a path segment. The case of `text` is ignored. Returns `None` if no path of the
/// protocol has such a segment.
pub fn standard_segment(text: &str) -> Option<&'static str> {
    let mut words =
        table().flat_map(|spec| spec.path.split('/')).filter(|word| !word.is_empty() && !word.starts_with('{'));
    words.find(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_determines_its_endpoint() {
        let found = |method, path| endpoint_of(method, path).map(|(spec, ids)| (spec.operation, ids.len()));
        assert_eq!(found(Method::Post, "/threads/runs"), Some(("createThreadAndRun", 0)));
        assert_eq!(found(Method::Post, "/threads/thread_1"), Some(("modifyThread", 1)));
        assert_eq!(found(Method::Delete, "/threads/t/messages/m"), Some(("deleteMessage", 2)));
        assert_eq!(found(Method::Get, "/threads/t/"), None);
        assert_eq!(found(Method::Post, "/vector_stores"), Some(("createVectorStore", 0)));
        assert_eq!(found(Method::Delete, "/conversations/conv_1"), Some(("deleteConversation", 1)));
        assert_eq!(found(Method::Post, "/uploads/upload_1/complete"), Some(("completeUpload", 1)));
    }

    #[test]
    fn a_kind_determines_its_endpoints() {
        let name = |spec: Option<&'static Spec>| spec.map(|spec| spec.operation);
        assert_eq!(name(list_of(Kind::Thread)), Some("listThreads"));
        assert_eq!(name(list_of(Kind::Run)), None);
        assert_eq!(name(get_of(Kind::File)), Some("retrieveFile"));
        assert_eq!(name(get_of(Kind::Run)), Some("getRun"));
        assert_eq!(name(removal_of(Kind::Thread)), Some("deleteThread"));
        assert_eq!(name(removal_of(Kind::Message)), None, "it needs the ID of its thread");
    }

    #[test]
    fn foundry_lacks_operations() {
        let offered = |version| is_offered_at(Dialect::Foundry, Method::Delete, "/threads/t/messages/m", version);
        assert!(!offered(Some("v1")) && !offered(None) && offered(Some("2025-05-15-preview")));
        assert!(is_offered_at(Dialect::Foundry, Method::Get, "/threads/t/messages/m", Some("v1")));
        assert!(!is_offered_at(Dialect::Foundry, Method::Post, "/uploads/upload_1/complete", Some("v1")));
        assert!(!is_offered_at(Dialect::Foundry, Method::Post, "/conversations", Some("v1")));
        assert!(is_offered_at(Dialect::OpenAi, Method::Post, "/conversations", None));
        let files = list_of(Kind::File);
        assert!(files.is_some_and(|files| !files.is_paged(Dialect::Foundry) && files.is_paged(Dialect::AzureOpenAi)));
    }

    #[test]
    fn runs_may_stream() {
        let streaming: Vec<_> = table().filter(|spec| spec.may_stream()).map(|spec| spec.operation).collect();
        assert_eq!(streaming, ["createThreadAndRun", "createRun", "submitToolOuputsToRun"]);
    }
}
