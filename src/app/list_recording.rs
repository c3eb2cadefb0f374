//! The selection of the lists that are recorded.

use crate::api::{Kind, Spec};

/// Whether the objects of a list are added to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListRecording {
    Off,
    On(Kind),
}

impl ListRecording {
    /// Returns the default for a list. Threads and conversations are always recorded: most backends cannot list them,
    /// so the ledger is their only list. A record of every other list would cost a write to the disk for each page.
    pub(super) fn of(spec: &Spec) -> Self {
        match spec.kind {
            kind @ (Kind::Thread | Kind::Conversation) => Self::On(kind),
            _ => Self::Off,
        }
    }
}
