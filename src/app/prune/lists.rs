//! Lists as evidence: each is read to its end, and its envelope must be well formed all the way
//! (docs/design/orphans.md).

use super::Pruner;
use crate::app::Call;
use crate::client::{ClientError, Complete, Page, Walk};
use crate::exit;
use serde_json::Value;

/// Why a list is no evidence.
#[derive(Debug)]
pub(super) enum Unread {
    Failed(ClientError),
    /// It was read, and proves nothing.
    Unproven(String),
}

impl Unread {
    /// Returns the reason and the code of the failure.
    pub(super) fn told(&self, list: &str) -> (String, u8) {
        match self {
            Self::Failed(error) => (format!("{list}: {error}"), exit::code_of(error)),
            Self::Unproven(flaw) => (format!("{list}: the list proves nothing: {flaw}"), exit::FAILED),
        }
    }
}

impl Pruner<'_> {
    /// Reads a list to its end, and returns the proof that all of it was there. Items that came before a failure were
    /// handed on.
    pub(super) async fn read_whole(&self, call: &Call, mut each: impl FnMut(&Value)) -> Result<Complete, Unread> {
        let mut walk = self.app.walk_as_is(call, None).proving();
        while let Some(page) = self.next_page(&mut walk).await.map_err(Unread::Failed)? {
            page.items.iter().for_each(&mut each);
        }
        walk.complete().map_err(Unread::Unproven)
    }

    /// Reads a list to its end in order to find objects, not to prove that there are no others.
    pub(super) async fn look_through(&self, call: &Call, mut each: impl FnMut(&Value)) -> Result<(), ClientError> {
        let mut walk: Walk = self.app.walk_as_is(call, None);
        while let Some(Page { items, .. }) = self.next_page(&mut walk).await? {
            items.iter().for_each(&mut each);
        }
        Ok(())
    }
}
