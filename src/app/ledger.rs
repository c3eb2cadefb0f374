//! The selection of the ledger that a command uses, and the messages about its state.

use super::{App, LedgerChoice};
use crate::config::{Profile, stored_password};
use crate::db::{PostgresUrl, TlsRoots};
use crate::env::vars;
use crate::exit::{MIXED, Usage};
use crate::ledger::{Access, Ledger, LedgerLocation, RawRetention, SpillDirs};
use anyhow::{Context, Result};
use secrecy::ExposeSecret;
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    /// Returns the ledger, or `None` with `--no-ledger`.
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

    /// Returns the ledger for a command that needs it. Fails with `--no-ledger`.
    pub fn ledger(&self) -> Result<Arc<Ledger>> {
        self.ledger_if_any()?.context(Usage::new("this command needs the ledger; remove --no-ledger"))
    }

    /// Opens the ledger that the first of these names: `--ledger`, the variable, the profile. The default is a file in
    /// the state folder of the user.
    fn open_ledger(&self, flag: Option<PathBuf>) -> Result<Ledger> {
        let place = match flag {
            Some(text) => self.parse_location(&text.to_string_lossy(), "--ledger")?,
            None => match vars::get(vars::ASST_LEDGER) {
                Some(text) => self.parse_location(&text, vars::ASST_LEDGER)?,
                None => match self.profile_if_any()?.map(Profile::ledger_location).transpose()?.flatten() {
                    Some(text) => self.parse_location(text.expose_secret(), "the profile's ledger")?,
                    None => LedgerLocation::File(self.paths()?.ledger()),
                },
            },
        };
        let spills = self.spill_dirs(&place)?;
        let keeps_deleted = self.profile_if_any()?.is_some_and(|profile| profile.keep_deleted);
        let retention = if keeps_deleted { RawRetention::Keep } else { RawRetention::Blank };
        Ok(Ledger::new(place, spills, Access::ReadWrite).with_raw_retention(retention))
    }

    fn spill_dirs(&self, place: &LedgerLocation) -> Result<SpillDirs> {
        let paths = self.paths()?;
        let dirs = SpillDirs::new(paths.spill_dirs(place.file().and_then(std::path::Path::parent)));
        Ok(dirs.searching(paths.spill_search_dirs()))
    }

    /// Returns a ledger that an argument names in addition to the ledger of the command. `from` is the name of the
    /// argument, for error messages.
    pub fn ledger_at(&self, text: &str, from: &str, access: Access) -> Result<Ledger> {
        let place = self.parse_location(text, from)?;
        let spills = self.spill_dirs(&place)?;
        Ok(Ledger::new(place, spills, access))
    }

    /// Parses the location of a ledger: a path or a PostgreSQL URL. Errors do not repeat the text, because it may
    /// contain a password. `from` is the flag, the variable or the setting that has the text.
    fn parse_location(&self, text: &str, from: &str) -> Result<LedgerLocation> {
        if !PostgresUrl::is_url(text) {
            if text.contains("://") {
                let hint = "a ledger is a file, or postgres://USER@HOST/DATABASE";
                return Err(Usage::hinted(format!("{from} names a database of an unsupported type"), hint).into());
            }
            return Ok(LedgerLocation::File(PathBuf::from(text)));
        }
        let is_argument = ["--ledger", "FROM", "TO"].contains(&from);
        Ok(LedgerLocation::from(self.database(text, is_argument.then_some((from, vars::ASST_LEDGER)))?))
    }

    /// Parses a database URL, and adds the stored password if the URL has none.
    ///
    /// `argument` is set for a URL on the command line, where a password is an error. It has the name of the argument,
    /// and the variable to use instead.
    pub(crate) fn database(&self, url: &str, argument: Option<(&str, &str)>) -> Result<PostgresUrl> {
        let roots: TlsRoots =
            Arc::new(|file| crate::http::tls_config(file.as_deref()).map_err(|error| error.to_string()));
        let server = PostgresUrl::parse(url, roots).map_err(|error| Usage::new(error.to_string()))?;
        if let Some((argument, variable)) = argument.filter(|_| server.has_password()) {
            let hint = format!("put the URL into {variable}, or the password into the file that PGPASSFILE names");
            let message =
                format!("{argument} contains a password, which other users can read in the list of processes");
            return Err(Usage::hinted(message, hint).into());
        }
        let home = self.paths()?.home().to_owned();
        Ok(server.with_password(|host, port, database, user| {
            let wanted = [host, &port.to_string(), database, user];
            stored_password(&vars::get, &home, wanted).map(|password| password.expose_secret().to_owned())
        }))
    }

    /// Reports the number of entries that were imported from spill files, and the files to which damaged lines were
    /// moved.
    pub(super) fn report_imported_spills(&self) {
        let Some(Some(ledger)) = self.ledger.get() else { return };
        let imports = ledger.imported_spills();
        if imports.files > 0 {
            let entries = crate::ui::counted(imports.entries, "entry");
            self.ui.note(&format!("imported {entries} from spill files into the ledger"));
        }
        for path in imports.aside {
            self.ui.warn_always(&format!(
                "damaged lines of a spill file were moved to {}; run `asst ledger doctor` for the next step",
                path.display()
            ));
        }
    }

    /// Warns if the command listed rows of a ledger whose spill files could not be imported, so that rows may be
    /// missing. Returns the exit code for this case.
    pub(super) fn report_missing_entries(&self) -> Option<u8> {
        let ledger = self.ledger.get()?.as_ref()?;
        let missing = ledger.missing_spills().filter(|_| ledger.was_listed())?;
        self.ui.warn_always(&format!("the result is incomplete: {missing}; {}", missing.hint()));
        Some(MIXED)
    }
}
