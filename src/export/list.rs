//! Export of complete lists of a backend, in their current state.

use super::Exporter;
use crate::api::assistants::ListAssistants;
use crate::api::files::ListFiles;
use crate::api::paging::{FilePaging, Paging};
use crate::api::{Endpoint, Nothing, Spec};
use crate::app::{Call, redact};
use crate::archive::{ArchiveError, ListEntry, Settled, Sink, Start};
use crate::client::{ClientError, Payload};
use crate::exit::CallFailed;
use anyhow::Result;

/// The reason for exporting a list. A list that was requested by name must exist: its absence is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListNeed {
    Required,
    Optional,
}

impl Exporter<'_> {
    /// Exports the list of assistants.
    pub async fn assistants(&self, need: ListNeed) -> Result<()> {
        self.list("assistants", ListAssistants::SPEC, need, |paging| {
            Call::of::<ListAssistants>(&Nothing {}, &paging, Payload::None)
        })
        .await
    }

    /// Exports the list of files.
    pub async fn file_list(&self, need: ListNeed) -> Result<()> {
        let paged = self.app.sends_pages(ListFiles::SPEC);
        self.list("files", ListFiles::SPEC, need, |paging| {
            // A list that comes whole takes no order.
            let Paging { order, after, .. } = if paged { paging } else { Paging::default() };
            Call::of::<ListFiles>(&Nothing {}, &FilePaging { order, after, ..FilePaging::default() }, Payload::None)
        })
        .await
    }

    async fn list(&self, name: &str, spec: &Spec, need: ListNeed, call: impl Fn(Paging) -> Call) -> Result<()> {
        if self.over() {
            return Ok(());
        }
        match self.whole_list(name, spec, call).await {
            Ok(Some(entry)) => Ok(self.folder.borrow_mut().note_list(name, entry)?),
            Ok(None) => Ok(()),
            Err(error) if need == ListNeed::Optional && is_not_offered(&error) => {
                self.app.ui().note(&format!("this backend does not {}", spec.title));
                Ok(())
            }
            Err(error) => self.failed(name, None, error),
        }
    }

    async fn whole_list(&self, name: &str, spec: &Spec, call: impl Fn(Paging) -> Call) -> Result<Option<ListEntry>> {
        let path = self.folder.borrow().layout().list(name);
        let wrong = ArchiveError::at(&path);
        let mut sink = Sink::new(path.clone(), Start::Empty);
        let mut pages = self.pages(call, None).await?;
        while let Some(page) = self.next(&mut pages).await? {
            let mut items: Vec<_> = page.items.iter().zip(&page.texts).collect();
            if !self.app.sends_pages(spec) {
                items.sort_by_key(|(item, _)| redact::time(item, "created_at"));
            }
            for (item, text) in items {
                sink.push(item, text, Settled::Yes).map_err(&wrong)?;
            }
            if self.stopping.is_set() {
                return Ok(None);
            }
        }
        let sealed = sink.seal().map_err(&wrong)?;
        sealed.commit().map_err(&wrong)?;
        let count = sealed.stream.whole.count;
        Ok(Some(ListEntry { exported_at: self.now.clone(), count, part: sealed.part }))
    }
}

fn is_not_offered(error: &anyhow::Error) -> bool {
    let source = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
    matches!(source, Some(ClientError::NotOffered(_)))
}
