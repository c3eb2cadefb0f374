//! The members of a cascade: the vector stores and files to which the objects to delete (the roots) refer.

use super::verdict::CascadeMember;
use super::{CascadeSelection, Root};
use crate::api::objects::{FileObject, JsonObject};
use crate::api::paging::StoreFilePaging;
use crate::api::vector_stores::{ListVectorStoreFiles, OfVectorStore};
use crate::api::{Kind, PathArgs, get_of};
use crate::app::{Call, IfMissing, NotFoundMeaning, NotFoundPolicy};
use crate::client::{ApiResponse, ClientError, Payload, id_of};
use crate::exit::{DONE, NOT_FOUND};
use crate::prune::lists::unexpected_type;
use crate::prune::outcome::{PruneOutcome, PrunedObject};
use crate::prune::pruner::Pruner;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;

/// The JSON pointers to the IDs of vector stores and of files in an assistant or a thread.
const STORES: &str = "/tool_resources/file_search/vector_store_ids";
const FILES: &str = "/tool_resources/code_interpreter/file_ids";

impl Pruner<'_> {
    /// Reads the roots. Passes each missing root to `each`, and returns the others with their objects.
    pub(super) async fn roots(
        &self,
        selection: &CascadeSelection,
        each: &mut impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<Vec<(Root, Value)>> {
        let mut roots = Vec::new();
        for root in &selection.roots {
            match self.read(root.0, &root.1).await? {
                Some(object) => roots.push((root.clone(), object)),
                None => {
                    let code = if selection.missing == IfMissing::Ignore { DONE } else { NOT_FOUND };
                    let reason = "the backend no longer has it".to_owned();
                    let gone = self.cascaded(root.0, &root.1, None, PruneOutcome::AlreadyGone, reason);
                    each(PrunedObject { verdict: "gone", code, ..gone })?;
                }
            }
        }
        Ok(roots)
    }

    /// Returns the members: the vector stores and files to which the roots refer, and the files in all of these vector
    /// stores and in roots that are vector stores. A root is not a member.
    pub(super) async fn members(&self, roots: &[(Root, Value)]) -> Result<Vec<CascadeMember>> {
        let named = |path: &'static str| {
            let ids = move |(_, object): &(Root, Value)| object.pointer(path).and_then(Value::as_array).cloned();
            roots.iter().filter_map(ids).flatten().filter_map(|id| id.as_str().map(str::to_owned))
        };
        let root_ids: BTreeSet<&str> = roots.iter().map(|((_, id), _)| id.as_str()).collect();
        let stores: BTreeSet<String> = named(STORES).filter(|id| !root_ids.contains(id.as_str())).collect();
        let root_stores =
            roots.iter().filter(|((kind, _), _)| *kind == Kind::VectorStore).map(|((_, id), _)| id.clone());
        let mut files: BTreeSet<String> = named(FILES).collect();
        for store in root_stores.chain(stores.iter().cloned()) {
            files.extend(self.files_in(&store).await?);
        }
        let mut members = Vec::new();
        for (kind, ids) in [(Kind::VectorStore, stores), (Kind::File, files)] {
            for id in ids {
                // A missing object is left out, because it needs no deletion.
                if let Some(object) = self.read(kind, &id).await? {
                    members.push(member(kind, id, &object));
                }
            }
        }
        Ok(members)
    }

    /// Returns the IDs of the files in a vector store. Returns an error if the list is not complete, and no files for a
    /// vector store that is gone.
    async fn files_in(&self, store: &str) -> Result<Vec<String>> {
        let path = OfVectorStore::from_texts(&[store])?;
        let call = Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None);
        let mut files = Vec::new();
        match self.read_complete(&call, |file| files.extend(id_of(file))).await {
            Ok(_) => Ok(files),
            Err(error) if error.is_gone(Kind::VectorStore, store) => Ok(Vec::new()),
            Err(error) => {
                let (reason, _) = error.reason_and_code(&format!("the files of vector store {store}"));
                bail!("{reason}; nothing was deleted")
            }
        }
    }

    /// Returns an object, or `None` if the backend reports it as missing.
    async fn read(&self, kind: Kind, id: &str) -> Result<Option<Value>> {
        let spec = get_of(kind).context("no request reads an object of this kind")?;
        let call = Call::bare(spec, &[id])?;
        let response: Result<ApiResponse, ClientError> = self.send(&call).await;
        match response {
            Ok(response) => match unexpected_type(kind, &response.value) {
                None => Ok(Some(response.value)),
                Some(found) => bail!("expected an object of type {kind}, got {found}; nothing was deleted"),
            },
            Err(error) if NotFoundPolicy::classify(kind, id, &error) == Some(NotFoundMeaning::Gone) => Ok(None),
            Err(error) => Err(self.app.explain(&call, error).await.into()),
        }
    }
}

fn member(kind: Kind, id: String, object: &Value) -> CascadeMember {
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let kept = if kind == Kind::File { kept_for_purpose(object) } else { None };
    CascadeMember { kind, name: text("name").or_else(|| text("filename")), id, kept }
}

/// Returns the reason if a file must be kept because of its purpose. Files with a purpose other than assistants can be
/// used in ways that no reference shows.
fn kept_for_purpose(file: &Value) -> Option<String> {
    let purpose = FileObject::from_value_ref(file).and_then(|file| file.purpose().text());
    match purpose {
        Some("assistants" | "assistants_output") => None,
        // Files of this purpose are named by requests that the backend does not store (docs/design/orphans.md#files).
        Some("user_data") => Some("its purpose is user_data, so its references cannot be found".to_owned()),
        Some(purpose) => Some(format!("its purpose is {purpose}, so other endpoints may use it")),
        None => Some("its purpose is unknown".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_is_kept_unless_its_purpose_is_that_of_assistants() {
        for purpose in ["assistants", "assistants_output"] {
            assert_eq!(kept_for_purpose(&json!({ "id": "file-1", "object": "file", "purpose": purpose })), None);
        }
        for purpose in [json!("batch"), json!("fine-tune"), json!("user_data"), json!("new"), json!(7), json!(null)] {
            let file = json!({ "id": "file-1", "object": "file", "purpose": purpose });
            assert!(kept_for_purpose(&file).is_some(), "{file}");
        }
        assert_eq!(kept_for_purpose(&json!({ "id": "file-1" })).as_deref(), Some("its purpose is unknown"));
    }
}
