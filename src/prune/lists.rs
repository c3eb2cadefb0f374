//! Lists as evidence: each list is read to its end, and every page must be well formed (docs/design/orphans.md).

use super::Pruner;
use crate::api::Kind;
use crate::app::Call;
use crate::client::{ClientError, Complete, Page, Paginator};
use crate::exit;
use serde_json::Value;

/// The reason why a list is not valid as evidence.
#[derive(Debug)]
pub(super) enum Unread {
    Failed(ClientError),
    /// The list was read, but its completeness is not proven.
    Unproven(String),
}

impl Unread {
    /// Returns the reason and the exit code.
    pub(super) fn told(&self, list: &str) -> (String, u8) {
        match self {
            Self::Failed(error) => (format!("{list}: {error}"), exit::code_of(error)),
            Self::Unproven(flaw) => (format!("{list}: the list proves nothing: {flaw}"), exit::FAILED),
        }
    }
}

impl Pruner<'_> {
    /// Reads a list to its end and returns the proof that it is complete. If this fails, `each` has received the items
    /// before the failure.
    pub(super) async fn read_whole(&self, call: &Call, mut each: impl FnMut(&Value)) -> Result<Complete, Unread> {
        let mut walk = self.app.walk_as_is(call, None).with_proof();
        let (kind, mut other) = (call.spec.kind, None);
        while let Some(page) = self.next_page(&mut walk).await.map_err(Unread::Failed)? {
            other = other.or_else(|| page.items.iter().find_map(|item| another(kind, item)));
            page.items.iter().for_each(&mut each);
        }
        let complete = walk.proof_of_completeness().map_err(Unread::Unproven)?;
        other.map_or(Ok(complete), |object| Err(Unread::Unproven(format!("an item is a {object}, not a {kind}"))))
    }

    /// Reads a list to its end without proof that it is complete.
    pub(super) async fn look_through(&self, call: &Call, mut each: impl FnMut(&Value)) -> Result<(), ClientError> {
        let mut walk: Paginator = self.app.walk_as_is(call, None);
        while let Some(Page { items, .. }) = self.next_page(&mut walk).await? {
            items.iter().for_each(&mut each);
        }
        Ok(())
    }
}

/// Returns the type that an item states if it is not the one of the list, as where a gateway answers with a list of
/// models. Servers differ in how they write a type, so only its last word counts.
fn another(kind: Kind, item: &Value) -> Option<String> {
    let plain = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let stated = item["object"].as_str().filter(|stated| !stated.is_empty())?;
    let also = match kind {
        Kind::Assistant => "agent",
        // The list of a store's files has the kind of the store.
        Kind::VectorStore => "vector_store.file",
        other => other.name(),
    };
    let fits = |name: &str| plain(&stated.to_ascii_lowercase()).ends_with(&plain(name));
    (!fits(kind.name()) && !fits(also)).then(|| stated.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_item_of_another_type_is_found() {
        for (kind, stated) in [
            (Kind::Assistant, "assistant"),
            (Kind::Assistant, "agent"),
            (Kind::Thread, "thread"),
            (Kind::Message, "thread.message"),
            (Kind::Run, "thread.run"),
            (Kind::Step, "thread.run.step"),
            (Kind::Step, "run_step"),
            (Kind::VectorStore, "vector_store"),
            (Kind::VectorStore, "VectorStore"),
            (Kind::VectorStore, "vector_store.file"),
            (Kind::Run, ""),
        ] {
            assert_eq!(another(kind, &json!({ "object": stated })), None, "{kind} {stated}");
        }
        assert_eq!(another(Kind::Thread, &json!({ "id": "x" })), None);
        assert_eq!(another(Kind::Assistant, &json!({ "object": "model" })), Some("model".to_owned()));
        assert_eq!(another(Kind::Thread, &json!({ "object": "thread.run" })), Some("thread.run".to_owned()));
    }
}
