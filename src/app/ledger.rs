//! Which ledger a command uses, and what is said of it.

use super::{App, LedgerChoice};
use crate::exit::Usage;
use crate::ledger::{Access, Deleted, Ledger, SpillDirs};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    /// Returns the ledger, if one is wished for.
    pub fn ledger_if_any(&self) -> Result<Option<Arc<Ledger>>> {
        if self.ledger.get().is_none() {
            let ledger = match &self.options.ledger {
                LedgerChoice::Off => None,
                LedgerChoice::On { path, .. } => Some(Arc::new(self.open_ledger(path.clone())?)),
            };
            let _ = self.ledger.set(ledger);
        }
        Ok(self.ledger.get().and_then(Clone::clone))
    }

    /// Returns the ledger for a command that is about the ledger.
    pub fn ledger(&self) -> Result<Arc<Ledger>> {
        self.ledger_if_any()?.context(Usage::new("--no-ledger leaves this command nothing to work on"))
    }

    fn open_ledger(&self, path: Option<PathBuf>) -> Result<Ledger> {
        let configured = || -> Result<Option<PathBuf>> {
            if let Some(text) = crate::env::vars::get(crate::env::vars::ASST_LEDGER) {
                return Ok(Some(local(&text)?));
            }
            let profile = self.profile_if_any()?;
            let configured = profile.and_then(|profile| profile.ledger.as_ref());
            Ok(configured.map(|secret| local(secret.expose())).transpose()?)
        };
        let paths = self.paths()?;
        let path = match path {
            Some(path) => local(&path.to_string_lossy())?,
            None => configured()?.unwrap_or_else(|| paths.ledger()),
        };
        let spills = SpillDirs(paths.spill_dirs(path.parent()));
        let keep = self.profile_if_any()?.is_some_and(|profile| profile.keep_deleted);
        let deleted = if keep { Deleted::KeepRaw } else { Deleted::BlankRaw };
        Ok(Ledger::new(path, spills, Access::ReadWrite).with_deleted(deleted))
    }

    /// Says what waited in spills and is in the ledger now.
    pub(super) fn tell_taken_in(&self) {
        let Some(Some(ledger)) = self.ledger.get() else { return };
        let taken = ledger.taken_in();
        if taken.files > 0 {
            self.ui.note(&format!("took {} entries into the ledger that had been kept elsewhere", taken.entries));
        }
        for path in taken.aside {
            self.ui.always(&format!(
                "{} holds lines that the ledger does not understand; it was put aside",
                path.display()
            ));
        }
    }
}

/// Refuses what is no file. The address is not repeated: it may hold a password.
fn local(text: &str) -> Result<PathBuf, Usage> {
    if text.contains("://") {
        return Err(Usage::hinted("this version keeps its ledger in a file", "give a path, or leave the usual one"));
    }
    Ok(PathBuf::from(text))
}
