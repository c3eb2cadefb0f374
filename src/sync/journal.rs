//! Notes in the ledger that let a sync continue after a crash.
//!
//! The intent of an upload, and the row of the uploaded file, contain the vector store, the path and the hash. A file
//! gets the same note before it is detached, because it cannot be found in the vector store afterwards.

use super::content::{hex, parse_hex};
use super::source::SourceFile;
use super::store::{HASH, Identity, PATH};
use crate::api::Kind;
use crate::app::{App, Note};
use crate::env::clock;
use crate::json;
use crate::ledger::{IntentFilter, Ledger, ObjectKey, Row, RowQuery, Source, StateFilter};
use anyhow::Result;
use std::sync::Arc;

const STORE: &str = "asst_store";
const SIZE: &str = "asst_size";
/// The member of a file that was about to be detached.
const DETACHED: &str = "asst_detached";

/// The number of rows in one query.
const PAGE: usize = 1_000;

/// The age in seconds from which an upload in a shared ledger is no longer in progress.
const ENDED: i64 = 900;

/// The age in seconds from which an unattached file in a shared ledger no longer belongs to a running sync.
const ABANDONED: i64 = 3_600;

/// The notes about one vector store.
pub(super) struct Journal<'a> {
    app: &'a App,
    ledger: Option<Arc<Ledger>>,
    origin: String,
    store: &'a str,
}

/// A file of the vector store that the ledger contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotedFile {
    pub(super) id: String,
    pub(super) identity: Identity,
    /// `true` if no running sync can be about to attach the file.
    pub(super) is_abandoned: bool,
}

/// An upload whose outcome is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenUpload {
    /// The intent in the ledger, if there is a ledger.
    pub(super) intent: Option<String>,
    pub(super) identity: Identity,
    pub(super) size: u64,
    /// The time at which the upload began.
    pub(super) since: i64,
}

impl OpenUpload {
    /// Returns the name of the file at the backend.
    pub(super) fn name(&self) -> &str {
        self.identity.path.rsplit('/').next().unwrap_or_default()
    }
}

impl<'a> Journal<'a> {
    /// Opens the notes about a vector store.
    ///
    /// # Errors
    /// Returns an error if a spill file has entries of the ledger, because these may be about uploaded files.
    pub(super) async fn open(app: &'a App, store: &'a str) -> Result<Self> {
        let ledger = app.ledger_if_any()?;
        if let Some(ledger) = &ledger {
            ledger.require_complete().await??;
        }
        Ok(Self { app, ledger, origin: app.origin().await?.to_owned(), store })
    }

    /// Returns `true` if there is a ledger for the notes.
    pub(super) fn is_kept(&self) -> bool {
        self.ledger.is_some()
    }

    /// Returns the note for the upload of a file.
    pub(super) fn note(&self, file: &SourceFile) -> Note {
        let identity = Identity { path: file.path.clone(), hash: file.hash };
        let mut note = self.note_of(&identity);
        note.insert(SIZE.to_owned(), file.size.to_string());
        note
    }

    fn note_of(&self, identity: &Identity) -> Note {
        let pairs = [(STORE, self.store.to_owned()), (PATH, identity.path.clone()), (HASH, hex(&identity.hash))];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Records the identity of files, for example after a rename.
    pub(super) async fn record(&self, files: &[(String, Identity)]) -> Result<()> {
        let notes = files.iter().map(|(id, identity)| (id.clone(), self.note_of(identity))).collect();
        self.app.record_notes(Kind::File, notes).await
    }

    /// Records that files are about to be detached. When this returns, the notes are durable.
    pub(super) async fn record_detachment(&self, files: &[(String, Identity)]) -> Result<()> {
        let note = |identity| {
            let mut note = self.note_of(identity);
            note.insert(DETACHED.to_owned(), "yes".to_owned());
            note
        };
        let notes = files.iter().map(|(id, identity)| (id.clone(), note(identity))).collect();
        self.app.record_notes(Kind::File, notes).await
    }

    /// Returns the files of the vector store that the ledger contains, except those for which `is_known` is true.
    pub(super) async fn files(&self, is_known: impl Fn(&str) -> bool) -> Result<Vec<NotedFile>> {
        let Some(ledger) = &self.ledger else { return Ok(Vec::new()) };
        let filter = RowQuery {
            origin: Some(self.origin.clone()),
            kind: Some(Kind::File),
            states: StateFilter::Present,
            metadata: vec![(STORE.to_owned(), self.store.to_owned())],
            ..RowQuery::default()
        };
        // A ledger in a file belongs to one machine, and only one sync at a time works on a vector store there.
        let is_shared = ledger.location().file().is_none();
        let (mut files, mut before) = (Vec::new(), None);
        loop {
            let rows = ledger.rows(&filter, before, PAGE).await?;
            before = rows.last().map(|row| row.cursor);
            let is_last = rows.len() < PAGE;
            let unknown = rows.into_iter().filter(|row| !is_known(&row.id));
            files.extend(unknown.filter_map(|row| noted(row, is_shared)));
            if is_last {
                return Ok(files);
            }
        }
    }

    /// Records that files no longer belong to the vector store, and must not be deleted as its leftovers.
    pub(super) async fn release(&self, ids: &[String]) -> Result<()> {
        let note = || Note::from([("asst_released".to_owned(), self.store.to_owned())]);
        self.app.record_notes(Kind::File, ids.iter().map(|id| (id.clone(), note())).collect()).await
    }

    /// Returns the uploads for the vector store whose outcome is unknown.
    pub(super) async fn open_uploads(&self) -> Result<Vec<OpenUpload>> {
        let Some(ledger) = self.ledger.as_ref().filter(|ledger| ledger.exists()) else { return Ok(Vec::new()) };
        let intents = ledger.intents(IntentFilter::Open).await?.into_iter().map(|known| known.intent);
        // In a shared ledger, a recent upload may belong to a sync that is running on another machine.
        let latest = if ledger.location().file().is_none() { clock::now().saturating_sub(ENDED) } else { i64::MAX };
        let own = intents.filter(|intent| intent.kind == Kind::File && intent.origin == self.origin);
        let own = own.filter(|intent| intent.opened_at <= latest);
        let read = |intent: crate::ledger::Intent| {
            let provenance = json::stored(intent.provenance?).ok()?;
            let note = provenance.get("note")?;
            let text = |name: &str| note.get(name)?.as_str();
            if text(STORE)? != self.store {
                return None;
            }
            Some(OpenUpload {
                intent: Some(intent.id),
                identity: Identity { path: text(PATH)?.to_owned(), hash: parse_hex(text(HASH)?)? },
                size: text(SIZE)?.parse().ok()?,
                since: intent.opened_at,
            })
        };
        Ok(own.filter_map(read).collect())
    }

    /// Returns `true` if the ledger contains a file that occurred in a response of the backend.
    pub(super) async fn has_file(&self, id: &str) -> Result<bool> {
        let Some(ledger) = &self.ledger else { return Ok(false) };
        let key = ObjectKey { origin: self.origin.clone(), kind: Kind::File, id: id.to_owned() };
        Ok(ledger.get(&key).await?.is_some_and(|row| row.source >= Source::Referenced))
    }

    /// Closes the intent of an upload. `made` is the ID of the file that the upload created, if there is one.
    pub(super) async fn settle(&self, upload: &OpenUpload, made: Option<&str>) -> Result<()> {
        if let Some(id) = made {
            self.record(&[(id.to_owned(), upload.identity.clone())]).await?;
        }
        if let (Some(ledger), Some(intent)) = (&self.ledger, &upload.intent) {
            ledger.settle(intent, made, clock::now()).await?;
        }
        Ok(())
    }
}

fn noted(row: Row, is_shared: bool) -> Option<NotedFile> {
    let mut metadata = row.metadata?;
    let path = metadata.remove(PATH)?;
    let hash = parse_hex(metadata.get(HASH)?)?;
    let is_old = row.recorded_at < clock::now().saturating_sub(ABANDONED);
    let is_abandoned = !is_shared || is_old || metadata.contains_key(DETACHED);
    Some(NotedFile { id: row.id, identity: Identity { path, hash }, is_abandoned })
}
