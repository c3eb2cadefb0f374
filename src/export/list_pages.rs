//! Requests for the pages of a list: oldest first, after the last object of the archive, with the JSON text of each
//! item.

use super::exporter::Exporter;
use crate::api::paging::{Order, Paging};
use crate::app::Call;
use crate::client::{ClientError, Page, Paginator};
use crate::exit::IncompleteList;
use anyhow::Result;

/// A list whose first page has been received.
pub(super) struct ListPages {
    call: Call,
    pages: Paginator,
    first: Option<Page>,
}

impl Exporter<'_> {
    /// Requests the first page after a cursor, when a permit is free.
    ///
    /// If the server rejects the cursor, because its object was deleted, the whole list is requested instead.
    pub(super) async fn list_pages(&self, call: impl Fn(Paging) -> Call, cursor: Option<&str>) -> Result<ListPages> {
        let paged = |after: Option<&str>| {
            call(Paging { order: Some(Order::Asc), after: after.map(str::to_owned), ..Paging::default() })
        };
        let _permit = self.request_permits.acquire().await;
        let mut call = paged(cursor);
        let mut pages = self.app.paginator(&call, None)?.with_texts();
        let first = match self.session.next_page(&mut pages).await {
            Err(ClientError::Api(error)) if cursor.is_some() && matches!(error.status, 400 | 404 | 422) => {
                call = paged(None);
                pages = self.app.paginator(&call, None)?.with_texts();
                self.session.next_page(&mut pages).await
            }
            first => first,
        };
        match first {
            Ok(first) => Ok(ListPages { call, pages, first }),
            Err(error) => Err(self.app.explain(&call, error).await.into()),
        }
    }

    /// Returns the next page. Requests it when a permit is free. A list that may be incomplete becomes a failure of its
    /// object at the end of the export. What was read is kept.
    pub(super) async fn next_page(&self, pages: &mut ListPages) -> Result<Option<Page>> {
        let page = match pages.first.take() {
            Some(page) => Some(page),
            None if !pages.has_more() => None,
            None => {
                let _permit = self.request_permits.acquire().await;
                match self.session.next_page(&mut pages.pages).await {
                    Ok(page) => page,
                    Err(error) => return Err(self.app.explain(&pages.call, error).await.into()),
                }
            }
        };
        if let Some(reason) = page.as_ref().and_then(|page| page.incomplete.clone()) {
            let owner = pages.call.outermost().map(|(kind, id)| (kind, Some(id.to_owned())));
            let (kind, id) = owner.unwrap_or((pages.call.spec.kind, None));
            let name = if id.is_some() { kind.name().to_owned() } else { format!("{}s", kind.name()) };
            let error = IncompleteList { tried: pages.call.tried(), reason };
            self.incomplete.borrow_mut().push((name, id, error));
        }
        Ok(page)
    }
}

impl ListPages {
    /// Returns `true` unless the server has announced the last page.
    pub(super) fn has_more(&self) -> bool {
        !self.pages.is_done()
    }
}
