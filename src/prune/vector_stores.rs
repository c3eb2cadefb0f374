//! Pruning of unused vector stores: those in the list of the backend that match the filters. Each is requested again
//! immediately before it is deleted (docs/design/orphans.md#vector-stores).

use super::file_references::FileReferences;
use super::lists::ListError;
use super::mentions::Mentions;
use super::options::{FileSelection, GraphPart, PruneMode, StoreSelection};
use super::outcome::{PruneOutcome, PrunedObject};
use super::pruner::Pruner;
use super::rule::{PruneCandidate, PruneRule};
use super::store_verdict::{StoreFacts, judge_store};
use crate::api::objects::{JsonObject, VectorStore, VectorStoreStatus};
use crate::api::paging::{Paging, StoreFilePaging};
use crate::api::vector_stores::{
    DeleteVectorStore, GetVectorStore, ListVectorStoreFiles, ListVectorStores, OfVectorStore,
};
use crate::api::{Backend, Kind, Nothing, PathArgs, ids};
use crate::app::{Call, NotFoundMeaning, redact};
use crate::client::Payload;
use crate::exit::{self, DONE, FAILED, NotOffered};
use crate::ledger::{ObjectKey, Row};
use crate::manifest::identity;
use crate::ui::{Unit, counted};
use anyhow::Result;
use serde_json::Value;

/// The graph of references to vector stores, which only `--unattached` needs, and the mentions that were found in it.
type ReferenceGraph<'g, 'p, 'a> = Option<(&'g FileReferences<'p, 'a>, &'g Mentions)>;

impl Pruner<'_> {
    /// Finds unused vector stores, and deletes them if the mode is deletion. `only` limits them to those that an
    /// earlier report found. Passes each vector store with its outcome to `each`.
    ///
    /// # Errors
    /// Returns an error if the list or the graph of references cannot be read. Nothing is deleted then.
    pub async fn vector_stores(
        &self,
        selection: &StoreSelection,
        rule: &PruneRule,
        only: Option<Vec<PruneCandidate>>,
        each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let stores = self.list_stores(only).await?;
        if stores.is_empty() || self.clock_differs() {
            return Ok(());
        }
        if !selection.unattached {
            return self.prune_stores(stores, selection, rule, None, each).await;
        }
        self.check_attachments_are_listed("--unattached", "--expired, --empty and --idle need no such lists")?;
        let mentions = Mentions::of(stores.iter().map(|(store, _)| store.id().to_owned()).collect())?;
        let without = [selection.without.as_slice(), &[GraphPart::VectorStores]].concat();
        let files = FileSelection { purpose: String::new(), without };
        let graph = FileReferences::new(self, &files, &mentions)?;
        if !graph.read().await? {
            return Ok(());
        }
        self.prune_stores(stores, selection, rule, Some((&graph, &mentions)), each).await
    }

    async fn prune_stores(
        &self,
        stores: Vec<(PruneCandidate, Value)>,
        selection: &StoreSelection,
        rule: &PruneRule,
        graph: ReferenceGraph<'_, '_, '_>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let bar = self.app.ui().progress("checked", Unit::Items, Some(stores.len() as u64));
        for (store, object) in stores {
            if self.is_over() {
                break;
            }
            bar.tick(1);
            // In deletion mode, the files are listed later, after the vector store was requested again.
            let lists_files = selection.empty && self.mode == PruneMode::Report;
            let pruned = self.judge_listed(store, &object, selection, rule, graph, lists_files).await?;
            if pruned.outcome != PruneOutcome::Selected {
                each(pruned)?;
                continue;
            }
            let Some(mut slot) = self.reserve_slot(pruned.candidate.id()) else { continue };
            if self.mode == PruneMode::Report {
                slot.keep();
                each(pruned)?;
                continue;
            }
            let Some(pruned) = self.delete_store(pruned, selection, rule, graph).await? else { break };
            if pruned.outcome == PruneOutcome::Deleted {
                slot.keep();
            }
            each(pruned)?;
        }
        bar.finish();
        Ok(())
    }

    /// Lists the vector stores.
    async fn list_stores(&self, only: Option<Vec<PruneCandidate>>) -> Result<Vec<(PruneCandidate, Value)>> {
        let call = Call::of::<ListVectorStores>(&Nothing {}, &Paging::default(), Payload::None);
        let select = |row: Row, value: &Value| {
            let name = VectorStore::from_value_ref(value).and_then(|store| store.name().valid()).map(str::to_owned);
            let (created_at, active_at) = (redact::time(value, "created_at"), redact::time(value, "last_active_at"));
            Some((PruneCandidate::from(Row { name, created_at, active_at, ..row }), value.clone()))
        };
        self.list_candidates(&call, only, select).await
    }

    /// Returns an error if the backend cannot list all assistants and threads, to which vector stores can be attached.
    /// `flag` is the flag that needs these lists.
    pub(super) fn check_attachments_are_listed(&self, flag: &str, hint: &str) -> Result<(), NotOffered> {
        let backend = self.app.profile().map_or(Backend::OpenAi, |profile| profile.backend);
        if backend.lists_threads() == Some(true) {
            return Ok(());
        }
        Err(NotOffered {
            message: format!(
                "{flag} needs a backend that lists its assistants and threads; the backend `{backend}` does not"
            ),
            hint: hint.to_owned(),
        })
    }

    /// Returns a vector store with its verdict. `object` is the vector store from a list or a request. If `lists_files`
    /// is set, the list of its files must be empty too, and a failure to read this list is counted.
    async fn judge_listed(
        &self,
        candidate: PruneCandidate,
        object: &Value,
        selection: &StoreSelection,
        rule: &PruneRule,
        graph: ReferenceGraph<'_, '_, '_>,
        lists_files: bool,
    ) -> Result<PrunedObject> {
        let facts = self.store_facts(&candidate, object, graph).await?;
        let (mut outcome, mut verdict, mut reason) = judge_store(&facts, &rule.conditions, selection, self.now);
        let mut code = DONE;
        if ids::check(candidate.id()).is_err() {
            (outcome, verdict, reason) =
                (PruneOutcome::Unknown, "unknown", "its ID is not valid in a request".to_owned());
        } else if outcome == PruneOutcome::Selected && lists_files {
            // The number of files in the vector store object can differ from the list of its files.
            match self.count_files(candidate.id()).await? {
                Ok(0) => {}
                Ok(files) => {
                    let reason_to_stay = format!("it lists {}", counted(files, "file"));
                    (outcome, verdict, reason) = (PruneOutcome::InUse, "in use", reason_to_stay);
                }
                Err((why, failed)) => {
                    self.count_failure(failed);
                    (outcome, verdict, reason, code) = (PruneOutcome::Unknown, "unknown", why, failed);
                }
            }
        }
        let created_at = facts.created_at;
        Ok(PrunedObject { candidate, outcome, verdict, reason, code, created_at, rule: rule.name.clone() })
    }

    /// Returns the facts about a vector store, from its object, the ledger, and the graph.
    async fn store_facts(
        &self,
        candidate: &PruneCandidate,
        object: &Value,
        graph: ReferenceGraph<'_, '_, '_>,
    ) -> Result<StoreFacts> {
        let key =
            ObjectKey { origin: self.session.origin.clone(), kind: Kind::VectorStore, id: candidate.id().to_owned() };
        let row = match self.app.ledger_if_any()? {
            Some(ledger) => ledger.get(&key).await?,
            None => None,
        };
        let store = VectorStore::from_value_ref(object);
        let counts = store.and_then(|store| store.file_counts().valid());
        Ok(StoreFacts {
            created_at: redact::time(object, "created_at"),
            last_active_at: redact::time(object, "last_active_at"),
            used_at: row.and_then(|row| row.active_at),
            is_expired: store.is_some_and(|store| store.status().is(VectorStoreStatus::Expired)),
            files: counts.and_then(|counts| counts.total().valid()),
            in_progress: counts.map_or(0, |counts| counts.in_progress().or_default()),
            bytes: store.map_or(0, |store| store.usage_bytes().or_default()),
            identity: identity(&object["metadata"]).map(str::to_owned),
            named_by: graph.and_then(|(_, mentions)| mentions.first_mention(candidate.id())),
        })
    }

    /// Returns the number of files in the list of a vector store. The inner error is the reason why the list is not
    /// valid as evidence, with an exit code.
    async fn count_files(&self, id: &str) -> Result<Result<u64, (String, u8)>> {
        let path = OfVectorStore::from_texts(&[id])?;
        let call = Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None);
        let mut count = 0;
        let read: Result<_, ListError> = self.read_complete(&call, |_| count += 1).await;
        Ok(read.map(|_| count).map_err(|error| error.reason_and_code("its files")))
    }

    /// Reads the references and the vector store again, and deletes it if the verdict still selects it. Returns `None`
    /// if the command is stopping.
    async fn delete_store(
        &self,
        pruned: PrunedObject,
        selection: &StoreSelection,
        rule: &PruneRule,
        graph: ReferenceGraph<'_, '_, '_>,
    ) -> Result<Option<PrunedObject>> {
        if let Some((references, _)) = graph
            && !references.read().await?
        {
            return Ok(None);
        }
        let path = OfVectorStore::from_texts(&[pruned.candidate.id()])?;
        let object = match self.send(&Call::of::<GetVectorStore>(&path, &Nothing {}, Payload::None)).await {
            Ok(response) => response.value,
            Err(error) => {
                let meaning = self.not_found_policy.meaning_of(Kind::VectorStore, pruned.candidate.id(), &error);
                if meaning == Some(NotFoundMeaning::Gone) {
                    let reason = "the backend no longer has it".to_owned();
                    let outcome = PruneOutcome::AlreadyGone;
                    return Ok(Some(PrunedObject { outcome, verdict: "gone", reason, ..pruned }));
                }
                let code = if meaning.is_some() { FAILED } else { exit::code_of(&error) };
                self.count_failure(code);
                let (outcome, reason) = (PruneOutcome::Unknown, error.to_string());
                return Ok(Some(PrunedObject { outcome, verdict: "unknown", reason, code, ..pruned }));
            }
        };
        self.not_found_policy.reset();
        let pruned = self.judge_listed(pruned.candidate, &object, selection, rule, graph, selection.empty).await?;
        if pruned.outcome != PruneOutcome::Selected {
            return Ok(Some(pruned));
        }
        // The command may have been stopped, or a response may have shown a wrong clock, while the requests were sent.
        if self.must_stop() {
            return Ok(None);
        }
        let request = Call::of::<DeleteVectorStore>(&path, &Nothing {}, Payload::None);
        let (outcome, code) = self.delete_listed(&pruned.candidate, request).await?;
        Ok(Some(PrunedObject { outcome, code, ..pruned }))
    }
}
