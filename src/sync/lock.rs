//! The lock that lets one sync at a time work on a vector store.

use crate::app::{App, LedgerChoice};
use crate::ui::WaitPriority;
use anyhow::Result;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The pause between two attempts to take the lock.
const PAUSE: Duration = Duration::from_millis(100);

/// The lock on a vector store. The operating system releases it when the process ends, even after a crash.
#[derive(Debug)]
pub(super) struct SyncLock {
    _file: File,
}

impl SyncLock {
    /// Waits until no other sync on this machine works on the vector store. If there can be no lock, prints a warning
    /// and returns `None`. Two concurrent syncs then remove the duplicate files of each other.
    pub(super) async fn acquire(app: &App, origin: &str, store: &str) -> Result<Option<Self>> {
        let path = path(app, origin, store)?;
        let file = match open(&path) {
            Ok(file) => file,
            Err(error) => {
                app.ui()
                    .warn(&format!("could not lock the vector store against other syncs: {}: {error}", path.display()));
                return Ok(None);
            }
        };
        let (since, mut status) = (Instant::now(), None);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    app.ui().warn(&format!(
                        "could not lock the vector store against other syncs: {}: {error}",
                        path.display()
                    ));
                    return Ok(None);
                }
            }
            let text = format!("waiting for another sync of {store}");
            status.get_or_insert_with(|| app.waits().begin(WaitPriority::Notable, &text, since));
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Returns the path of the lock file. It is beside the ledger, so that all users of one ledger use the same lock.
fn path(app: &App, origin: &str, store: &str) -> Result<PathBuf> {
    let ledger = match &app.options().ledger {
        LedgerChoice::Off => None,
        LedgerChoice::On { .. } => app.ledger_if_any()?,
    };
    let beside = ledger.as_ref().and_then(|ledger| ledger.location().file()).and_then(Path::parent);
    let folder = match beside {
        Some(folder) => folder.to_owned(),
        None => app.paths()?.state_dir().to_owned(),
    };
    let hash = Sha256::digest(format!("{origin}\n{store}"));
    let name: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(folder.join(format!("sync-{name}.lock")))
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).write(true).truncate(false).open(path)
}
