//! The decision which lists of a backend are recorded in the ledger.

use crate::api::{Kind, Spec};

/// Whether the objects of a list are added to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListRecording {
    Off,
    On(Kind),
}

impl ListRecording {
    /// Returns the default for a list. Threads and conversations are recorded, because most backends cannot list them,
    /// and the ledger is then the only list. Other lists are not recorded, because this costs a write to the disk for
    /// each page.
    pub(super) fn of(spec: &Spec) -> Self {
        match spec.kind {
            kind @ (Kind::Thread | Kind::Conversation) => Self::On(kind),
            _ => Self::Off,
        }
    }
}
