//! Tests of the guarantees of the ledger, on real files. With `ASST_TEST_LEDGER=postgres`, they use the server of
//! `ASST_TEST_POSTGRES`.
#![allow(clippy::unwrap_used)]

mod evidence;
mod importing;
mod listing;
mod rules;
mod spilling;

use super::*;
use crate::{
    api::Kind,
    db::{Value, block_on},
};
use tempfile::TempDir;

const ORIGIN: &str = "foundry:host/project";

/// A folder with a ledger that need not exist, and a folder for its spill files.
struct World {
    dir: TempDir,
    /// The URL of the database, if the tests use a server.
    url: Option<String>,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("spills")).unwrap();
        let url = on_server().then(crate::db::fresh_for_tests);
        Self { dir, url }
    }

    fn place(&self) -> LedgerLocation {
        match &self.url {
            None => self.path().into(),
            Some(url) => crate::db::PostgresUrl::parse(url, Arc::new(|_| Err(String::new()))).unwrap().into(),
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("state/ledger.db")
    }

    fn ledger(&self) -> Ledger {
        let dirs = SpillDirs::new(vec![self.dir.path().join("missing"), self.dir.path().join("spills")]);
        let ledger = Ledger::new(self.place(), dirs, Access::ReadWrite);
        // Connecting to a server takes longer than opening a file.
        let patience = Duration::from_millis(if on_server() { 10_000 } else { 50 });
        Ledger { patience, ..ledger }
    }

    fn spill_files(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.dir.path().join("spills/asst-spill"));
        files.into_iter().flatten().map(|file| file.unwrap().path()).collect()
    }
}

/// Returns `true` if the tests use a server.
fn on_server() -> bool {
    std::env::var("ASST_TEST_LEDGER").is_ok_and(|engine| engine == "postgres")
}

fn thread(id: &str, source: Source, at: i64) -> Row {
    Row::new(ORIGIN, Kind::Thread, id, source, at)
}

fn key(kind: Kind, id: &str) -> ObjectKey {
    ObjectKey { origin: ORIGIN.into(), kind, id: id.into() }
}

fn intent(id: &str, at: i64) -> Intent {
    Intent {
        id: id.into(),
        origin: ORIGIN.into(),
        kind: Kind::Thread,
        opened_at: at,
        provenance: Some(r#"{"user":"kim"}"#.into()),
        what: "create thread".into(),
        mark: false,
    }
}

fn settled(intent: &str, outcome: IntentOutcome, at: i64) -> Settlement {
    Settlement { intent: intent.into(), outcome, at }
}

fn put(ledger: &Ledger, entries: impl IntoIterator<Item = impl Into<Entry>>) {
    let entries: Vec<Entry> = entries.into_iter().map(Into::into).collect();
    assert_eq!(block_on(ledger.write(entries)), WriteResult::Ledger);
}

fn get(ledger: &Ledger, id: &str) -> Row {
    block_on(ledger.get(&key(Kind::Thread, id))).unwrap().unwrap()
}

fn ids(ledger: &Ledger, filter: &RowQuery) -> Vec<String> {
    block_on(ledger.rows(filter, None, 1000)).unwrap().into_iter().map(|row| row.id).collect()
}
