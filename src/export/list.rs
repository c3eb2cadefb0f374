//! Export of complete lists of a backend, in their current state.

use super::exporter::Exporter;
use crate::api::assistants::ListAssistants;
use crate::api::files::ListFiles;
use crate::api::paging::{FilePaging, Paging};
use crate::api::{Endpoint, Nothing, Spec};
use crate::app::{Call, redact};
use crate::archive::{ArchiveError, Finality, InitialContents, JsonLinesWriter, ListEntry};
use crate::client::{ClientError, Payload};
use crate::exit::CallFailed;
use anyhow::Result;

/// Whether it is a failure if the backend does not offer a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListNeed {
    /// The user requested the list by name.
    Required,
    Optional,
}

impl Exporter<'_> {
    /// Exports the list of assistants.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. A failed request is reported and added to the manifest.
    pub async fn assistants(&self, need: ListNeed) -> Result<()> {
        self.list("assistants", ListAssistants::SPEC, need, |paging| {
            Call::of::<ListAssistants>(&Nothing {}, &paging, Payload::None)
        })
        .await
    }

    /// Exports the list of files.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. A failed request is reported and added to the manifest.
    pub async fn file_list(&self, need: ListNeed) -> Result<()> {
        let is_paged = self.app.sends_pages(ListFiles::SPEC);
        self.list("files", ListFiles::SPEC, need, |paging| {
            // A list that comes as one page accepts no order.
            let Paging { order, after, .. } = if is_paged { paging } else { Paging::default() };
            Call::of::<ListFiles>(&Nothing {}, &FilePaging { order, after, ..FilePaging::default() }, Payload::None)
        })
        .await
    }

    async fn list(&self, name: &str, spec: &Spec, need: ListNeed, call: impl Fn(Paging) -> Call) -> Result<()> {
        if self.is_over() {
            return Ok(());
        }
        match self.fetch_list(name, spec, call).await {
            Ok(Some(entry)) => Ok(self.archive.borrow_mut().add_list(name, entry)?),
            Ok(None) => Ok(()),
            Err(error) if need == ListNeed::Optional && is_not_offered(&error) => {
                self.app.ui().note(&format!("this backend does not {}", spec.title));
                Ok(())
            }
            Err(error) => self.add_failure(name, None, error),
        }
    }

    /// Writes a list to its file. Returns `None` if the command was asked to stop.
    async fn fetch_list(&self, name: &str, spec: &Spec, call: impl Fn(Paging) -> Call) -> Result<Option<ListEntry>> {
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
        let completed = lines.finish().map_err(&at_path)?;
        completed.commit().map_err(&at_path)?;
        let (exported_at, count) = (self.now.clone(), completed.state.end.count);
        Ok(Some(ListEntry { exported_at, count, digest: completed.digest }))
    }
}

fn is_not_offered(error: &anyhow::Error) -> bool {
    let source = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
    matches!(source, Some(ClientError::NotOffered(_)))
}
