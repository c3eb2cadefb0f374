//! Lists as evidence: each list is read to its end, and every page must be well formed (docs/design/orphans.md).

use super::Pruner;
use crate::app::Call;
use crate::client::{ClientError, Complete, Page, Walk};
use crate::exit;
use serde_json::Value;

/// The reason why a list is not valid as evidence.
#[derive(Debug)]
pub(super) enum Unread {
    Failed(ClientError),
    /// The list was read, but its completeness is not proven.
    Unproven(String),
}

impl Unread {
    /// Returns the reason and the exit code.
    pub(super) fn told(&self, list: &str) -> (String, u8) {
        match self {
            Self::Failed(error) => (format!("{list}: {error}"), exit::code_of(error)),
            Self::Unproven(flaw) => (format!("{list}: the list proves nothing: {flaw}"), exit::FAILED),
        }
    }
}

impl Pruner<'_> {
    /// Reads a list to its end and returns the proof that it is complete. If this fails, `each` has received the items
    /// before the failure.
    pub(super) async fn read_whole(&self, call: &Call, mut each: impl FnMut(&Value)) -> Result<Complete, Unread> {
        let mut walk = self.app.walk_as_is(call, None).proving();
        while let Some(page) = self.next_page(&mut walk).await.map_err(Unread::Failed)? {
            page.items.iter().for_each(&mut each);
        }
        walk.complete().map_err(Unread::Unproven)
    }

    /// Reads a list to its end without proof that it is complete.
    pub(super) async fn look_through(&self, call: &Call, mut each: impl FnMut(&Value)) -> Result<(), ClientError> {
        let mut walk: Walk = self.app.walk_as_is(call, None);
        while let Some(Page { items, .. }) = self.next_page(&mut walk).await? {
            items.iter().for_each(&mut each);
        }
        Ok(())
    }
}
