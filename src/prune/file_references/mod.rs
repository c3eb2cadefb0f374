//! The reference graph of files: all objects that can refer to a file. These are assistants, vector stores, threads with
//! their runs, steps and messages, and conversations with their items.
//!
//! `containers.rs` reads threads and conversations. If one part cannot be read or its list is incomplete, the whole graph
//! is invalid (docs/design/orphans.md#files).

mod containers;

use super::lists::ListError;
use super::mentions::Mentions;
use super::options::{FileSelection, GraphPart};
use super::pruner::Pruner;
use crate::api::assistants::ListAssistants;
use crate::api::paging::{Paging, StoreFilePaging};
use crate::api::vector_stores::{ListVectorStoreFiles, ListVectorStores, OfVectorStore};
use crate::api::{Backend, Kind, Nothing, PathArgs};
use crate::app::Call;
use crate::client::{ClientError, Complete, Payload, id_of};
use crate::exit::CallFailed;
use anyhow::{Error, Result, anyhow};
use containers::Containers;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A reader of the reference graph. It can read the graph more than once, and passes all objects to [`Mentions`].
pub(super) struct FileReferences<'p, 'a> {
    pruner: &'p Pruner<'a>,
    selection: &'p FileSelection,
    backend: Backend,
    mentions: &'p Mentions,
    /// The hashes of runs whose steps were read after the runs had ended. These steps no longer change, so they are not
    /// read again.
    final_runs: RefCell<HashSet<u64>>,
    threads: Containers,
    conversations: Containers,
}

impl<'p, 'a> FileReferences<'p, 'a> {
    pub(super) fn new(pruner: &'p Pruner<'a>, selection: &'p FileSelection, mentions: &'p Mentions) -> Result<Self> {
        let profile = pruner.app.profile()?;
        // OpenAI itself no longer has assistants and threads, but a gateway with the backend type `openai` may have
        // them.
        let is_gateway = profile.backend == Backend::OpenAi && !profile.is_openai_itself();
        let backend = if is_gateway { Backend::Compatible } else { profile.backend };
        Ok(Self {
            pruner,
            selection,
            backend,
            mentions,
            final_runs: RefCell::default(),
            threads: Containers::threads(backend),
            conversations: Containers::conversations(backend),
        })
    }

    /// Leaves these threads out. For threads that are deleted before the files.
    pub(super) fn without_threads(self, threads: HashSet<String>) -> Self {
        Self { threads: self.threads.without(threads), ..self }
    }

    /// Reads all objects that can refer to files. Returns `false` if the command is stopping. The graph is then
    /// incomplete.
    ///
    /// # Errors
    /// Returns an error that names the part if one cannot be read.
    pub(super) async fn read(&self) -> Result<bool> {
        if self.includes(GraphPart::Assistants) {
            let call = Call::of::<ListAssistants>(&Nothing {}, &Paging::default(), Payload::None);
            let each = |item: &Value| self.mentions.add(item, &|| name_of(Kind::Assistant, item));
            self.list(&call, GraphPart::Assistants, each).await?;
        }
        if self.includes(GraphPart::VectorStores) {
            self.vector_stores().await?;
        }
        for containers in [&self.threads, &self.conversations] {
            if self.includes(containers.part) {
                self.read_containers(containers).await?;
            }
        }
        Ok(!self.pruner.stopping.is_set())
    }

    /// Returns `true` if a part of the graph must be read.
    fn includes(&self, part: GraphPart) -> bool {
        let exists = match part {
            // OpenAI has no assistants and no threads any more (docs/protocol/dialects.md#openai-after-the-shutdown).
            GraphPart::Assistants | GraphPart::Threads | GraphPart::Steps => self.backend != Backend::OpenAi,
            GraphPart::Conversations => self.backend != Backend::Foundry,
            GraphPart::VectorStores => true,
        };
        exists && !self.selection.without.contains(&part)
    }

    /// Reads a list and passes its items to `each`. Returns an error if the list is not complete.
    async fn list(&self, call: &Call, part: GraphPart, each: impl FnMut(&Value)) -> Result<Complete> {
        match self.pruner.read_complete(call, each).await {
            Ok(complete) => Ok(complete),
            Err(error) => Err(self.unreadable_list(call, part, error).await),
        }
    }

    async fn unreadable_list(&self, call: &Call, part: GraphPart, error: ListError) -> Error {
        match error {
            ListError::Failed(error) => self.unreadable(call, part, error).await,
            not_proven => {
                let (reason, _) = not_proven.reason_and_code(&call.request().path);
                anyhow!(reason).context(incomplete(part))
            }
        }
    }

    /// Returns the error for a request that failed, with a hint on `--without` if the backend may not have the part.
    async fn unreadable(&self, call: &Call, part: GraphPart, error: ClientError) -> Error {
        let failed = self.pruner.app.explain(call, error).await;
        let must_exist = part == GraphPart::Threads && self.backend.lists_threads() == Some(true);
        let may_be_unknown = matches!(part, GraphPart::Steps | GraphPart::Conversations);
        let is_absent_list = failed.source.is_not_found() && may_be_unknown;
        let is_not_offered = matches!(failed.source, ClientError::NotOffered(_));
        let hint = if must_exist && is_not_offered {
            Some("this backend lists threads; check that the base URL of the profile leads to it".to_owned())
        } else if is_not_offered || is_absent_list || failed.source.refuses_list() {
            let part = part.name();
            Some(format!(
                "check the base URL of the profile; --without {part} states that this backend has no {part} that name files"
            ))
        } else {
            failed.hint
        };
        let tried = format!("{}: {}", failed.tried, incomplete(part));
        CallFailed { tried, hint, source: failed.source }.into()
    }

    /// Reads all vector stores, and the list of the files of each.
    async fn vector_stores(&self) -> Result<()> {
        let part = GraphPart::VectorStores;
        let mut stores = Vec::new();
        let each = |item: &Value| {
            self.mentions.add(item, &|| name_of(Kind::VectorStore, item));
            stores.extend(id_of(item));
        };
        let call = Call::of::<ListVectorStores>(&Nothing {}, &Paging::default(), Payload::None);
        match self.pruner.read_complete(&call, each).await {
            Ok(Complete { .. }) => {}
            // An embedded server of an earlier version has no vector stores.
            Err(ListError::Failed(error)) if self.backend == Backend::Local && error.refuses_list() => return Ok(()),
            Err(error) => return Err(self.unreadable_list(&call, part, error).await),
        }
        for store in stores {
            let path =
                OfVectorStore::from_texts(&[&store]).map_err(|error| Error::from(error).context(incomplete(part)))?;
            let call = Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None);
            let each = |item: &Value| self.mentions.add(item, &|| format!("{} {store}", Kind::VectorStore));
            self.list(&call, part, each).await?;
        }
        Ok(())
    }
}

/// Returns the message about a part that could not be read.
fn incomplete(part: GraphPart) -> String {
    format!("not all {} could be read, so nothing is pruned", part.name())
}

/// Returns the name of an object for messages about references: its kind and ID.
fn name_of(kind: Kind, object: &Value) -> String {
    format!("{kind} {}", id_of(object).unwrap_or_default())
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
