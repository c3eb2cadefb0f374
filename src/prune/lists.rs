//! Lists as evidence. A list is valid as evidence if it was read to its end and every page is well formed
//! (docs/design/orphans.md).

use super::pruner::Pruner;
use super::rule::PruneCandidate;
use crate::api::Kind;
use crate::app::{Call, NotFoundMeaning, NotFoundPolicy};
use crate::client::{ClientError, Complete, id_of};
use crate::exit;
use crate::ledger::{Row, Source};
use anyhow::{Result, bail};
use serde_json::Value;
use std::collections::HashSet;

/// The reason why a list is not valid as evidence.
#[derive(Debug)]
pub(super) enum ListError {
    /// A request for the list failed.
    Failed(ClientError),
    /// The list was read, but it does not prove that it is complete. The text is the reason.
    NotProven(String),
}

impl ListError {
    /// Returns `true` if the backend reports that the object to which the list belongs is missing.
    pub(super) fn is_gone(&self, kind: Kind, id: &str) -> bool {
        match self {
            Self::Failed(error) => NotFoundPolicy::classify(kind, id, error) == Some(NotFoundMeaning::Gone),
            Self::NotProven(_) => false,
        }
    }

    /// Returns the reason as a text, and the exit code. `list` is the name of the list in the text.
    pub(super) fn reason_and_code(&self, list: &str) -> (String, u8) {
        match self {
            Self::Failed(error) => (format!("{list}: {error}"), exit::code_of(error)),
            Self::NotProven(defect) => (format!("{list}: the list is not valid as evidence: {defect}"), exit::FAILED),
        }
    }
}

impl Pruner<'_> {
    /// Reads a list to its end, passes its items to `each`, and returns the proof that it is complete. If this fails,
    /// `each` has received the items before the failure.
    pub(super) async fn read_complete(&self, call: &Call, mut each: impl FnMut(&Value)) -> Result<Complete, ListError> {
        let mut pages = self.app.unchecked_paginator(call, None).with_proof();
        let (kind, mut wrong_type) = (call.spec.kind, None);
        while let Some(page) = self.next_page(&mut pages).await.map_err(ListError::Failed)? {
            wrong_type = wrong_type.or_else(|| page.items.iter().find_map(|item| unexpected_type(kind, item)));
            page.items.iter().for_each(&mut each);
        }
        let complete = pages.proof_of_completeness().map_err(ListError::NotProven)?;
        match wrong_type {
            None => Ok(complete),
            Some(found) => Err(ListError::NotProven(format!("expected items of type {kind}, found {found}"))),
        }
    }

    /// Lists the candidates of a kind. `only` limits the list to candidates that an earlier report found. `select`
    /// receives a new row for each object, and the object. It returns `None` to leave the object out.
    ///
    /// # Errors
    /// Returns an error if the list cannot be read, or if it has an item of another type.
    pub(super) async fn list_candidates<T>(
        &self,
        call: &Call,
        only: Option<Vec<PruneCandidate>>,
        mut select: impl FnMut(Row, &Value) -> Option<T>,
    ) -> Result<Vec<T>> {
        let kind = call.spec.kind;
        let only: Option<HashSet<String>> =
            only.map(|only| only.into_iter().map(|found| found.id().to_owned()).collect());
        let (mut candidates, mut wrong_type) = (Vec::new(), None);
        let add = |value: &Value| {
            wrong_type = wrong_type.take().or_else(|| unexpected_type(kind, value));
            let id = id_of(value).filter(|id| only.as_ref().is_none_or(|only| only.contains(id)));
            let row = id.map(|id| Row::new(&self.session.origin, kind, id, Source::Listed, self.now));
            candidates.extend(row.and_then(|row| select(row, value)));
        };
        match (self.read_all(call, add).await, wrong_type) {
            (Ok(()), None) => Ok(candidates),
            (Ok(()), Some(found)) => {
                let kind = kind.words();
                bail!("expected a list of {kind}s, got an item of type {found}; nothing is pruned")
            }
            (Err(error), _) => Err(self.app.explain(call, error).await.into()),
        }
    }

    /// Reads a list to its end, without a proof that it is complete.
    pub(super) async fn read_all(&self, call: &Call, mut each: impl FnMut(&Value)) -> Result<(), ClientError> {
        let mut pages = self.app.unchecked_paginator(call, None);
        while let Some(page) = self.next_page(&mut pages).await? {
            page.items.iter().for_each(&mut each);
        }
        Ok(())
    }
}

/// Returns the type of an object if it is not the type of this kind, such as that of a model that a gateway returns
/// instead.
///
/// Servers write types in different forms, so only the last word is compared. If the member `object` is absent or
/// empty, the object is accepted, because some servers omit it. A member that is not a string is not accepted.
pub(super) fn unexpected_type(kind: Kind, object: &Value) -> Option<String> {
    let stated = match object.get("object") {
        None | Some(Value::Null) => return None,
        Some(Value::String(text)) if text.is_empty() => return None,
        Some(Value::String(text)) => text,
        Some(other) => return Some(other.to_string()),
    };
    let letters = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let alternative = match kind {
        Kind::Assistant => "agent",
        other => other.name(),
    };
    let matches = |name: &str| letters(&stated.to_ascii_lowercase()).ends_with(&letters(name));
    (!matches(kind.name()) && !matches(alternative)).then(|| format!("`{stated}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn stated_type_must_be_that_of_the_kind() {
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
            (Kind::VectorStoreFile, "vector_store.file"),
            (Kind::Run, ""),
        ] {
            assert_eq!(unexpected_type(kind, &json!({ "object": stated })), None, "{kind} {stated}");
        }
        for object in [json!({ "id": "x" }), json!({ "object": null })] {
            assert_eq!(unexpected_type(Kind::Thread, &object), None, "{object}");
        }
        assert_eq!(unexpected_type(Kind::Assistant, &json!({ "object": "model" })), Some("`model`".to_owned()));
        assert_eq!(unexpected_type(Kind::Thread, &json!({ "object": "thread.run" })), Some("`thread.run`".to_owned()));
        for stated in [json!(7), json!(true), json!({}), json!(["thread"])] {
            assert_eq!(unexpected_type(Kind::Thread, &json!({ "object": stated })), Some(stated.to_string()));
        }
        let file = json!({ "object": "vector_store.file" });
        assert_eq!(unexpected_type(Kind::VectorStore, &file), Some("`vector_store.file`".to_owned()));
    }
}
