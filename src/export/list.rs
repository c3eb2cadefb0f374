//! Export of complete lists in their current state: those of a backend, and the uploads in the ledger.

use super::exporter::Exporter;
use super::select::{IdSource, ListNeed, recorded};
use crate::api::assistants::ListAssistants;
use crate::api::files::ListFiles;
use crate::api::paging::{FilePaging, Paging};
use crate::api::vector_stores::ListVectorStores;
use crate::api::{Endpoint, Kind, Nothing, Spec};
use crate::app::{Call, redact};
use crate::archive::{
    ArchiveError, CompletedFile, Container, Finality, InitialContents, JsonLinesWriter, ListEntry, ids_in, names,
};
use crate::client::{ClientError, Payload};
use crate::exit::{CallFailed, DONE, NOT_FOUND};
use crate::ledger::{RowQuery, StateFilter};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// A list that is in the archive.
struct ExportedList {
    entry: ListEntry,
    referenced_files: BTreeSet<String>,
}

impl Exporter<'_> {
    /// Exports the list of assistants, and the files that they name.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. A failed request is reported and added to the manifest.
    pub async fn assistants(&self, need: ListNeed) -> Result<()> {
        let call = |paging| Call::of::<ListAssistants>(&Nothing {}, &paging, Payload::None);
        let list = self.list(names::ASSISTANTS, ListAssistants::SPEC, need, call).await?;
        let files = list.map(|list| list.referenced_files).unwrap_or_default();
        self.files(files).await.map(drop)
    }

    /// Exports the list of vector stores. Returns their IDs, and those of vector stores that the archive has or that
    /// could not be fetched before. Returns none if the list could not be fetched.
    ///
    /// A vector store that the backend did not find at an earlier request is left out, unless it is listed now.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. A failed request is reported and added to the manifest.
    pub async fn vector_store_list(&self, need: ListNeed) -> Result<Vec<(String, IdSource)>> {
        let call = |paging| Call::of::<ListVectorStores>(&Nothing {}, &paging, Payload::None);
        if self.list(names::VECTOR_STORES, ListVectorStores::SPEC, need, call).await?.is_none() {
            return Ok(Vec::new());
        }
        let path = self.archive.borrow().layout().list(names::VECTOR_STORES);
        let listed = ids_in(&path).map_err(ArchiveError::at(&path))?;
        let archive = self.archive.borrow();
        let failed = archive.manifest().failures(Kind::VectorStore).filter(|failure| failure.exit_code != NOT_FOUND);
        let archived = archive.manifest().containers(Container::VectorStore).iter();
        let archived = archived.filter(|(_, entry)| entry.gone_at.is_none()).map(|(id, _)| id.clone());
        let others = failed.filter_map(|failure| failure.id.clone()).chain(archived);
        let mut ids: BTreeMap<_, _> = others.map(|id| (id, IdSource::Unlisted)).collect();
        ids.extend(listed.into_iter().map(|id| (id, IdSource::Listed)));
        Ok(ids.into_iter().collect())
    }

    /// Exports the uploads in the ledger. The archive gets their rows, because no backend lists uploads. If the ledger
    /// has none, the list is written only with [`ListNeed::Required`].
    ///
    /// # Errors
    /// Returns an error if the ledger cannot be read, if it is required and there is none, or if the archive cannot be
    /// written.
    pub async fn uploads(&self, need: ListNeed) -> Result<()> {
        let origin = Some(self.session.origin.clone());
        let filter = RowQuery { origin, kind: Some(Kind::Upload), states: StateFilter::All, ..RowQuery::default() };
        if need == ListNeed::Required {
            self.app.ledger()?;
        }
        let mut rows = recorded(self.app, &filter, |row| row).await?;
        rows.reverse();
        if self.stopping.is_set() || (rows.is_empty() && need == ListNeed::Optional) {
            return Ok(());
        }
        let path = self.archive.borrow().layout().list(names::UPLOADS);
        let at_path = ArchiveError::at(&path);
        let mut lines = JsonLinesWriter::new(path.clone(), InitialContents::Empty);
        for row in &rows {
            let item = row.to_json();
            lines.push(&item, &item.to_string(), Finality::Final).map_err(&at_path)?;
        }
        let entry = self.complete(lines.finish().map_err(&at_path)?).map_err(&at_path)?;
        self.outcomes.borrow_mut().add(DONE);
        Ok(self.archive.borrow_mut().add_list(names::UPLOADS, entry.entry)?)
    }

    /// Exports the list of files.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. A failed request is reported and added to the manifest.
    pub async fn file_list(&self, need: ListNeed) -> Result<()> {
        let is_paged = self.app.sends_pages(ListFiles::SPEC);
        self.list(names::FILES, ListFiles::SPEC, need, |paging| {
            // A list that comes as one page accepts no order.
            let Paging { order, after, .. } = if is_paged { paging } else { Paging::default() };
            Call::of::<ListFiles>(&Nothing {}, &FilePaging { order, after, ..FilePaging::default() }, Payload::None)
        })
        .await
        .map(drop)
    }

    /// Exports a list. Returns `None` if it could not be fetched, or if the command was asked to stop.
    async fn list(
        &self,
        name: &str,
        spec: &Spec,
        need: ListNeed,
        call: impl Fn(Paging) -> Call,
    ) -> Result<Option<ExportedList>> {
        if self.stopping.is_set() {
            return Ok(None);
        }
        match self.fetch_list(name, spec, call).await {
            Ok(Some(list)) => {
                self.outcomes.borrow_mut().add(DONE);
                self.archive.borrow_mut().add_list(name, list.entry.clone())?;
                Ok(Some(list))
            }
            Ok(None) => Ok(None),
            Err(error) if need == ListNeed::Optional && is_not_offered(&error) => {
                self.note_missing_list(name, spec).map(|()| None)
            }
            Err(error) => self.add_failure(name, None, error).map(|()| None),
        }
    }

    /// Prints a note about an optional list that the backend does not have. An earlier failure of the list is removed
    /// from the manifest.
    pub(super) fn note_missing_list(&self, name: &str, spec: &Spec) -> Result<()> {
        self.app.ui().note(&format!("this backend does not {}", spec.title));
        Ok(self.archive.borrow_mut().clear_failure(name)?)
    }

    /// Moves a list into place and returns its entry.
    fn complete(&self, completed: CompletedFile) -> std::io::Result<ExportedList> {
        completed.commit()?;
        let (exported_at, count) = (self.now.clone(), completed.state.end.count);
        let entry = ListEntry { exported_at, count, digest: completed.digest };
        Ok(ExportedList { entry, referenced_files: completed.referenced_files })
    }

    /// Writes a list to its file. Returns `None` if the command was asked to stop.
    async fn fetch_list(&self, name: &str, spec: &Spec, call: impl Fn(Paging) -> Call) -> Result<Option<ExportedList>> {
        let path = self.archive.borrow().layout().list(name);
        let at_path = ArchiveError::at(&path);
        let mut lines = JsonLinesWriter::new(path.clone(), InitialContents::Empty);
        let mut pages = self.list_pages(call, None).await?;
        while let Some(page) = self.next_page(&mut pages).await? {
            let mut items: Vec<_> = page.items.iter().zip(&page.texts).collect();
            if !self.app.sends_pages(spec) {
                items.sort_by_key(|(item, _)| redact::time(item, "created_at"));
            }
            for (item, text) in items {
                lines.push(item, text, Finality::Final).map_err(&at_path)?;
            }
            if self.stopping.is_set() {
                return Ok(None);
            }
        }
        Ok(Some(self.complete(lines.finish().map_err(&at_path)?).map_err(&at_path)?))
    }
}

fn is_not_offered(error: &anyhow::Error) -> bool {
    let source = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
    matches!(source, Some(ClientError::NotOffered(_)))
}
