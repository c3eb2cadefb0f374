//! The store of `asst serve`, which a flag or a variable selects.

use super::App;
use crate::db::PostgresUrl;
use crate::env::vars;
use crate::exit::Usage;
use crate::serve::StoreLocation;
use anyhow::Result;
use std::path::PathBuf;

impl App {
    /// Parses the store of `asst serve`: `memory`, a folder, or a PostgreSQL URL. Without `--store`, the variable
    /// `ASST_SERVE_STORE` selects it, and memory is the default.
    ///
    /// # Errors
    /// Returns an error if the URL is not a PostgreSQL URL, or if a URL on the command line contains a password.
    pub fn serve_store(&self, flag: Option<&str>) -> Result<StoreLocation> {
        let variable = vars::ASST_SERVE_STORE;
        let (text, from) = match flag {
            Some(text) => (text.to_owned(), "--store"),
            None => (vars::get(variable).unwrap_or_else(|| "memory".to_owned()), variable),
        };
        Ok(match text.as_str() {
            "memory" => StoreLocation::Memory,
            url if PostgresUrl::is_url(url) => {
                let argument = flag.is_some().then_some((from, variable));
                StoreLocation::Server(Box::new(self.database(url, argument)?))
            }
            text if text.contains("://") => {
                let hint = "a store is memory, a folder, or postgres://USER@HOST/DATABASE";
                return Err(Usage::hinted(format!("{from} names a database of an unsupported type"), hint).into());
            }
            folder => StoreLocation::Folder(PathBuf::from(folder)),
        })
    }
}
