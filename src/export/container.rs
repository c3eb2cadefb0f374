//! Export of vector stores and conversations: the object, and its list.
//!
//! The files of a vector store change at any time, so their list is fetched as a whole. Items of a conversation only
//! follow each other, so an export fetches those after the last item of the archive.

use super::exporter::{ExportMode, Exporter, is_gone};
use super::outcome::{ExportOutcome, OutcomeCounts};
use super::select::IdSource;
use crate::api::conversations::{GetConversation, ListConversationItems, OfConversation};
use crate::api::objects::{ConversationItem, ItemStatus, JsonObject};
use crate::api::paging::{ItemPaging, Paging, StoreFilePaging};
use crate::api::vector_stores::{GetVectorStore, ListVectorStoreFiles, OfVectorStore};
use crate::app::Call;
use crate::archive::{
    ArchiveError, Container, ContainerEntry, Finality, InitialContents, JsonLinesWriter, LinesState, ids_of, write_file,
};
use crate::client::{ApiResponse, Payload};
use crate::exit::DONE;
use crate::ui::Unit;
use anyhow::Result;
use futures_util::StreamExt;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The file of an object's items while it is being written.
struct ItemsFile<'a> {
    container: Container,
    id: &'a str,
    folder: PathBuf,
    lines: JsonLinesWriter,
}

impl Exporter<'_> {
    /// Exports vector stores or conversations, each with its list and the files that it names. Returns the counts.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. The failure of an object is printed, and is part of the result
    /// of [`Self::end`].
    pub async fn containers(&self, container: Container, ids: Vec<(String, IdSource)>) -> Result<OutcomeCounts> {
        let kind = container.kind();
        let bar = self.app.ui().progress(&format!("{}s", kind.words()), Unit::Items, Some(ids.len() as u64));
        let ids = futures_util::stream::iter(ids).take_while(|_| std::future::ready(!self.is_over(kind.name())));
        let exports = ids.map(async |(id, source)| (self.container(container, &id, source).await, id));
        let mut exports = std::pin::pin!(exports.buffer_unordered(self.session.concurrency));
        let mut counts = OutcomeCounts::new();
        while let Some((result, id)) = exports.next().await {
            bar.tick(1);
            match result {
                Ok(ExportOutcome::Stopped) => {}
                Ok(outcome) => {
                    self.add_success(kind.name());
                    self.outcomes.borrow_mut().add(DONE);
                    *counts.entry(outcome.name()).or_default() += 1;
                }
                Err(error) => self.add_failure(kind.name(), Some(&id), error)?,
            }
        }
        bar.finish();
        Ok(counts)
    }

    /// Exports one object with its list and the files that it names.
    async fn container(&self, container: Container, id: &str, source: IdSource) -> Result<ExportOutcome> {
        let previous = match self.mode {
            ExportMode::Incremental if !self.was_incomplete(container.kind(), id) => {
                self.archive.borrow().container(container, id).cloned()
            }
            ExportMode::Incremental | ExportMode::Full => None,
        };
        let folder = self.archive.borrow().layout().container(container, id)?;
        let reply = match self.get_container(container, id).await {
            Err(error) if is_gone(&error, container.kind(), id) => {
                let has_existed = source == IdSource::Listed;
                return self.mark_container_gone(container, id, has_existed).unwrap_or(Err(error));
            }
            reply => reply?,
        };
        self.archive.borrow().create_folder(&folder)?;
        let mut items = self.open_items(container, id, folder, previous.as_ref());
        let is_complete = match self.items(&mut items).await {
            // The backend may delete the object between the two requests.
            Err(error) if is_gone(&error, container.kind(), id) => {
                return self.mark_container_gone(container, id, true).unwrap_or(Err(error));
            }
            is_complete => is_complete?,
        };
        if !is_complete {
            let progress = items.lines.progress().map_err(ArchiveError::at(&items.folder))?;
            return self.stop_items(container, id, progress);
        }
        self.finish_container(items, &reply, previous.as_ref()).await
    }

    /// Fetches the files that an object names, then moves its own files into place.
    async fn finish_container(
        &self,
        items: ItemsFile<'_>,
        reply: &ApiResponse,
        previous: Option<&ContainerEntry>,
    ) -> Result<ExportOutcome> {
        let ItemsFile { container, id, folder, lines } = items;
        let at_folder = ArchiveError::at(&folder);
        let completed = lines.finish().map_err(&at_folder)?;
        let named = match container {
            // The ID of an item is that of its file.
            Container::VectorStore => ids_of(completed.read().map_err(&at_folder)?).map_err(&at_folder)?,
            Container::Conversation => completed.referenced_files.clone(),
        };
        // The files are fetched before the conversation is recorded: the next export continues after the last recorded
        // item, and would not find the files of earlier items.
        if !self.files(named).await? {
            return self.stop_items(container, id, completed.state);
        }
        completed.commit().map_err(&at_folder)?;
        let object = container.object_file();
        let before = previous.and_then(|previous| previous.parts.get(object));
        let digest = write_file(&folder.join(object), &reply.text, before).map_err(&at_folder)?;
        let list = (container.items_file().to_owned(), completed.digest.clone());
        let parts = BTreeMap::from([(object.to_owned(), digest), list]);
        let mut archive = self.archive.borrow_mut();
        let before = archive.manifest().containers(container).get(id).map(|before| &before.parts);
        let outcome = ExportOutcome::of_complete(before, &parts);
        let entry = ContainerEntry { exported_at: self.now.clone(), gone_at: None, items: completed.state, parts };
        archive.add_container(container, id, entry)?;
        Ok(outcome)
    }

    async fn get_container(&self, container: Container, id: &str) -> Result<ApiResponse> {
        match container {
            Container::VectorStore => self.get::<GetVectorStore>(&OfVectorStore { vector_store_id: id.parse()? }).await,
            Container::Conversation => {
                self.get::<GetConversation>(&OfConversation { conversation_id: id.parse()? }).await
            }
        }
    }

    /// Marks an object as gone. Returns `None` for an ID that the archive does not contain, unless the backend has
    /// returned the object during this export.
    fn mark_container_gone(&self, container: Container, id: &str, has_existed: bool) -> Option<Result<ExportOutcome>> {
        let mut archive = self.archive.borrow_mut();
        let known = archive.manifest().containers(container).get(id).cloned();
        let mut entry = known.or_else(|| has_existed.then(ContainerEntry::default))?;
        entry.gone_at.get_or_insert_with(|| self.now.clone());
        let added = archive.add_container(container, id, entry);
        Some(added.map(|()| ExportOutcome::Gone).map_err(Into::into))
    }

    /// Saves the progress of the items, so that the next export does not request the same pages again. A list of a
    /// vector store's files is fetched as a whole, so it has no progress.
    fn save_items_progress(&self, container: Container, id: &str, progress: LinesState) -> Result<()> {
        match container {
            Container::VectorStore => Ok(()),
            Container::Conversation => Ok(self.archive.borrow_mut().add_items_progress(container, id, progress)?),
        }
    }

    /// Saves the progress of an object at which the export stops.
    fn stop_items(&self, container: Container, id: &str, progress: LinesState) -> Result<ExportOutcome> {
        self.save_items_progress(container, id, progress).map(|()| ExportOutcome::Stopped)
    }

    /// Returns the file of the items with the initial contents that an earlier export left.
    fn open_items<'a>(
        &self,
        container: Container,
        id: &'a str,
        folder: PathBuf,
        previous: Option<&ContainerEntry>,
    ) -> ItemsFile<'a> {
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
        let lines = JsonLinesWriter::new(path, initial.unwrap_or(InitialContents::Empty));
        ItemsFile { container, id, folder, lines }
    }

    /// Exports the items of an object. Returns `false` if the command was asked to stop.
    async fn items(&self, items: &mut ItemsFile<'_>) -> Result<bool> {
        let ItemsFile { container, id, folder, lines } = items;
        let (container, at_folder) = (*container, ArchiveError::at(folder));
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
                let progress = lines.progress().map_err(&at_folder)?;
                self.save_items_progress(container, id, progress)?;
            }
        }
        Ok(true)
    }
}

/// Returns `true` if the content of an item may still grow.
fn is_in_progress(item: &Value) -> bool {
    ConversationItem::from_value_ref(item).is_some_and(|item| item.status().is(ItemStatus::InProgress))
}
