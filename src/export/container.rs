//! Export of vector stores and conversations: the object, and its list.
//!
//! The files of a vector store change at any time, so their list is fetched as a whole. Items of a conversation only
//! follow each other, so an export fetches those after the last item of the archive.

use super::exporter::{ExportMode, Exporter, is_gone};
use super::thread::ExportOutcome;
use crate::api::conversations::{GetConversation, ListConversationItems, OfConversation};
use crate::api::objects::{ConversationItem, ItemStatus, JsonObject};
use crate::api::paging::{ItemPaging, Paging, StoreFilePaging};
use crate::api::vector_stores::{GetVectorStore, ListVectorStoreFiles, OfVectorStore};
use crate::app::Call;
use crate::archive::{
    ArchiveError, Container, ContainerEntry, Finality, InitialContents, JsonLinesWriter, LinesState, ids_in, write_file,
};
use crate::client::{ApiResponse, Payload};
use crate::exit::DONE;
use crate::ui::Unit;
use anyhow::Result;
use futures_util::StreamExt;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The number of exported objects by their outcome.
pub type OutcomeCounts = BTreeMap<&'static str, u64>;

impl Exporter<'_> {
    /// Exports vector stores or conversations, each with its list and the files that it names. Returns the counts.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. The failure of an object is printed, and is part of the result
    /// of [`Self::end`].
    pub async fn containers(&self, container: Container, ids: Vec<String>) -> Result<OutcomeCounts> {
        let kind = container.kind().name();
        let bar = self.app.ui().progress(&format!("{}s", kind.replace('_', " ")), Unit::Items, Some(ids.len() as u64));
        let ids = futures_util::stream::iter(ids).take_while(|_| std::future::ready(!self.is_over(kind)));
        let exports = ids.map(async |id| (self.container(container, &id).await, id));
        let mut exports = std::pin::pin!(exports.buffer_unordered(self.session.concurrency));
        let (mut counts, mut files) = (OutcomeCounts::new(), BTreeSet::new());
        while let Some((result, id)) = exports.next().await {
            bar.tick(1);
            match result {
                Ok((ExportOutcome::Stopped, _)) => {}
                Ok((outcome, named)) => {
                    self.add_success(kind);
                    self.outcomes.borrow_mut().add(DONE);
                    *counts.entry(outcome.name()).or_default() += 1;
                    files.extend(named);
                }
                Err(error) => self.add_failure(kind, Some(&id), error)?,
            }
        }
        bar.finish();
        self.files(files.into_iter().collect()).await?;
        Ok(counts)
    }

    /// Exports one object with its list. Returns the IDs of the files that it names.
    async fn container(&self, container: Container, id: &str) -> Result<(ExportOutcome, BTreeSet<String>)> {
        let previous = match self.mode {
            ExportMode::Incremental => self.archive.borrow().container(container, id).cloned(),
            ExportMode::Full => None,
        };
        let folder = self.archive.borrow().layout().container(container, id)?;
        let reply = match self.get_container(container, id).await {
            Err(error) if is_gone(&error, container.kind(), id) => {
                return self.mark_container_gone(container, id).unwrap_or(Err(error));
            }
            reply => reply?,
        };
        self.archive.borrow().create_folder(&folder)?;
        let mut lines = self.open_items(container, id, &folder, previous.as_ref());
        if !self.items(container, id, &mut lines).await? {
            if container == Container::Conversation {
                let progress = lines.progress().map_err(ArchiveError::at(&folder))?;
                self.archive.borrow_mut().add_items_progress(container, id, progress)?;
            }
            return Ok((ExportOutcome::Stopped, BTreeSet::new()));
        }
        let at_folder = ArchiveError::at(&folder);
        let completed = lines.finish().map_err(&at_folder)?;
        completed.commit().map_err(&at_folder)?;
        let object = container.object_file();
        let before = previous.as_ref().and_then(|previous| previous.parts.get(object));
        let digest = write_file(&folder.join(object), &reply.text, before).map_err(&at_folder)?;
        let items = (container.items_file().to_owned(), completed.digest.clone());
        let parts = BTreeMap::from([(object.to_owned(), digest), items]);
        let outcome = match self.archive.borrow().manifest().containers(container).get(id) {
            None => ExportOutcome::New,
            Some(before) if before.parts == parts => ExportOutcome::Unchanged,
            Some(_) => ExportOutcome::Updated,
        };
        let entry = ContainerEntry { exported_at: self.now.clone(), gone_at: None, items: completed.state, parts };
        self.archive.borrow_mut().add_container(container, id, entry)?;
        let files = match container {
            // The ID of an item is that of its file.
            Container::VectorStore => ids_in(&folder.join(container.items_file())).map_err(&at_folder)?,
            Container::Conversation => completed.referenced_files,
        };
        Ok((outcome, files))
    }

    async fn get_container(&self, container: Container, id: &str) -> Result<ApiResponse> {
        match container {
            Container::VectorStore => self.get::<GetVectorStore>(&OfVectorStore { vector_store_id: id.parse()? }).await,
            Container::Conversation => {
                self.get::<GetConversation>(&OfConversation { conversation_id: id.parse()? }).await
            }
        }
    }

    /// Marks an object as gone. Returns `None` for an object of the ledger that the archive does not contain.
    fn mark_container_gone(&self, container: Container, id: &str) -> Option<Result<(ExportOutcome, BTreeSet<String>)>> {
        let mut archive = self.archive.borrow_mut();
        let known = archive.manifest().containers(container).get(id).cloned();
        let new = || (container == Container::VectorStore).then(ContainerEntry::default);
        let mut entry = known.or_else(new)?;
        entry.gone_at.get_or_insert_with(|| self.now.clone());
        let added = archive.add_container(container, id, entry);
        Some(added.map(|()| (ExportOutcome::Gone, BTreeSet::new())).map_err(Into::into))
    }

    /// Returns the file of the items with the initial contents that an earlier export left.
    fn open_items(
        &self,
        container: Container,
        id: &str,
        folder: &Path,
        previous: Option<&ContainerEntry>,
    ) -> JsonLinesWriter {
        let path = folder.join(container.items_file());
        let archive = self.archive.borrow();
        let is_incremental = self.mode == ExportMode::Incremental && container == Container::Conversation;
        let progress = archive.items_progress_of(container, id).filter(|_| is_incremental);
        let previous = previous.filter(|_| is_incremental).and_then(|previous| {
            let digest = previous.parts.get(container.items_file())?;
            Some((previous.items.clone(), digest.clone()))
        });
        let initial = |progress: Option<&LinesState>| InitialContents::of(&path, progress, previous.clone());
        let initial = progress.and_then(|progress| initial(Some(progress))).or_else(|| initial(None));
        JsonLinesWriter::new(path, initial.unwrap_or(InitialContents::Empty))
    }

    /// Exports the items of an object. Returns `false` if the command was asked to stop.
    async fn items(&self, container: Container, id: &str, lines: &mut JsonLinesWriter) -> Result<bool> {
        let store = OfVectorStore { vector_store_id: id.parse()? };
        let conversation = OfConversation { conversation_id: id.parse()? };
        let call = |paging: Paging| match container {
            Container::VectorStore => {
                let query = StoreFilePaging { filter: None, paging };
                Call::of::<ListVectorStoreFiles>(&store, &query, Payload::None)
            }
            Container::Conversation => {
                let Paging { limit, order, after, before: _ } = paging;
                let query = ItemPaging { limit, order, after, ..ItemPaging::default() };
                Call::of::<ListConversationItems>(&conversation, &query, Payload::None)
            }
        };
        let folder = self.archive.borrow().layout().container(container, id)?;
        let at_folder = ArchiveError::at(&folder);
        let mut pages = self.list_pages(call, lines.cursor()).await?;
        while let Some(page) = self.next_page(&mut pages).await? {
            for (item, text) in page.items.iter().zip(&page.texts) {
                let is_changing = container == Container::Conversation && is_in_progress(item);
                let finality = if is_changing { Finality::Changing } else { Finality::Final };
                lines.push(item, text, finality).map_err(&at_folder)?;
            }
            if pages.has_more() {
                if self.stopping.is_set() {
                    return Ok(false);
                }
                if container == Container::Conversation {
                    let progress = lines.progress().map_err(&at_folder)?;
                    self.archive.borrow_mut().add_items_progress(container, id, progress)?;
                }
            }
        }
        Ok(true)
    }
}

/// Returns `true` if the content of an item may still grow.
fn is_in_progress(item: &Value) -> bool {
    ConversationItem::from_value_ref(item).is_some_and(|item| item.status().is(ItemStatus::InProgress))
}
