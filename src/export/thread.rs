//! Export of one thread. Runs and their steps come before messages, so that the archive has the messages of each ended
//! run.

use super::exporter::{ExportMode, Exporter, is_gone};
use super::outcome::ExportOutcome;
use super::select::IdSource;
use crate::api::Kind;
use crate::api::ids::{RunId, ThreadId};
use crate::api::messages::ListMessages;
use crate::api::objects::{JsonObject, Message, MessageStatus};
use crate::api::paging::{MessagePaging, Paging, StepPaging};
use crate::api::parts::OfThread;
use crate::api::runs::{ListRuns, OfRun, has_ended};
use crate::api::steps::ListSteps;
use crate::api::threads::GetThread;
use crate::app::Call;
use crate::archive::names::{MESSAGES, RUNS, STEPS, THREAD, TRANSCRIPT};
use crate::archive::{
    ArchiveError, AtomicFile, CompletedFile, FileDigest, Finality, InitialContents, JsonLinesWriter, LinesState,
    ThreadEntry, ThreadProgress, referenced_files, write_file, write_transcript,
};
use crate::client::{ApiResponse, Payload, id_of};
use anyhow::Result;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// An exported thread, with the number of its objects in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedThread {
    pub id: String,
    pub outcome: ExportOutcome,
    pub messages: u64,
    pub runs: u64,
    pub steps: u64,
}

impl ExportedThread {
    fn of(id: &str, outcome: ExportOutcome, entry: &ThreadEntry) -> Self {
        let count = |lines: &LinesState| lines.end.count;
        let (messages, runs, steps) = (count(&entry.messages), count(&entry.runs), count(&entry.steps));
        Self { id: id.to_owned(), outcome, messages, runs, steps }
    }
}

/// The files of a thread while they are being written.
struct ThreadFiles {
    id: ThreadId,
    folder: PathBuf,
    runs: JsonLinesWriter,
    steps: JsonLinesWriter,
    messages: JsonLinesWriter,
}

impl Exporter<'_> {
    /// Exports one thread.
    pub(super) async fn thread(&self, id: &str, source: IdSource) -> Result<ExportedThread> {
        let path = OfThread { thread_id: id.parse()? };
        let folder = self.archive.borrow().layout().thread(id)?;
        let previous = match self.mode {
            ExportMode::Incremental if !self.was_incomplete(Kind::Thread, id) => {
                self.archive.borrow().thread(id).cloned()
            }
            ExportMode::Incremental | ExportMode::Full => None,
        };
        let reply = match self.get::<GetThread>(&path).await {
            Err(error) if is_gone(&error, Kind::Thread, id) => {
                return self.mark_gone(id, source == IdSource::Listed).unwrap_or(Err(error));
            }
            reply => reply?,
        };
        self.archive.borrow().create_folder(&folder)?;
        let mut files = self.open_files(path.thread_id, folder, previous.as_ref());
        let is_complete = match self.lists(&mut files).await {
            // The backend may delete the thread between two requests.
            Err(error) if is_gone(&error, Kind::Thread, id) => return self.mark_gone(id, true).unwrap_or(Err(error)),
            is_complete => is_complete?,
        };
        if !is_complete {
            self.save_progress(&mut files)?;
            return Ok(ExportedThread::of(id, ExportOutcome::Stopped, &ThreadEntry::default()));
        }
        self.finish(files, &reply, previous).await
    }

    /// Marks a thread as gone. Returns `None` for an ID that the archive does not contain, unless the backend has
    /// returned the thread during this export.
    fn mark_gone(&self, id: &str, has_existed: bool) -> Option<Result<ExportedThread>> {
        let mut archive = self.archive.borrow_mut();
        let known = archive.manifest().threads.get(id).cloned();
        let mut entry = known.or_else(|| has_existed.then(ThreadEntry::default))?;
        let exported = ExportedThread::of(id, ExportOutcome::Gone, &entry);
        entry.gone_at.get_or_insert_with(|| self.now.clone());
        Some(archive.add_thread(id, entry).map(|()| exported).map_err(Into::into))
    }

    /// Returns the files of a thread with the initial contents that an earlier export left.
    fn open_files(&self, id: ThreadId, folder: PathBuf, previous: Option<&ThreadEntry>) -> ThreadFiles {
        let archive = self.archive.borrow();
        let progress = archive.progress_of(id.as_str()).filter(|_| self.mode == ExportMode::Incremental);
        let initial_of = |name: &str, progress: Option<&LinesState>, state: Option<&LinesState>| {
            let digest = previous.and_then(|previous| previous.parts.get(name)).cloned();
            InitialContents::of(&folder.join(name), progress, state.cloned().zip(digest))
        };
        let initial = |progress: Option<&ThreadProgress>| {
            let runs = initial_of(RUNS, progress.map(|at| &at.runs), previous.map(|entry| &entry.runs))?;
            let steps = initial_of(STEPS, progress.map(|at| &at.steps), previous.map(|entry| &entry.steps))?;
            let messages =
                initial_of(MESSAGES, progress.map(|at| &at.messages), previous.map(|entry| &entry.messages))?;
            Some([runs, steps, messages])
        };
        // The three files must match. If one of them cannot be continued, all start from the beginning.
        let initial = progress.and_then(|progress| initial(Some(progress))).or_else(|| initial(None));
        let empty = || [InitialContents::Empty, InitialContents::Empty, InitialContents::Empty];
        let [runs, steps, messages] = initial.unwrap_or_else(empty);
        let lines = |name: &str, initial| JsonLinesWriter::new(folder.join(name), initial);
        let (runs, steps, messages) = (lines(RUNS, runs), lines(STEPS, steps), lines(MESSAGES, messages));
        ThreadFiles { id, folder, runs, steps, messages }
    }

    /// Exports the runs with their steps, then the messages. Returns `false` if the command was asked to stop.
    async fn lists(&self, files: &mut ThreadFiles) -> Result<bool> {
        Ok(self.runs(files).await? && self.messages(files).await?)
    }

    /// Exports new and unfinished runs with their steps. Returns `false` if the command was asked to stop.
    async fn runs(&self, files: &mut ThreadFiles) -> Result<bool> {
        let path = OfThread { thread_id: files.id.clone() };
        let call = |paging: Paging| Call::of::<ListRuns>(&path, &paging, Payload::None);
        let mut pages = self.list_pages(call, files.runs.cursor()).await?;
        while let Some(page) = self.next_page(&mut pages).await? {
            for (run, text) in page.items.iter().zip(&page.texts) {
                if self.stopping.is_set() {
                    return Ok(false);
                }
                if !files.runs.contains(run).map_err(ArchiveError::at(&files.folder))? {
                    self.run(files, run, text).await?;
                }
            }
            if pages.has_more() {
                self.save_progress(files)?;
            }
        }
        Ok(true)
    }

    /// Exports a run after its steps, so that a run in the archive always has all its steps.
    async fn run(&self, files: &mut ThreadFiles, run: &Value, text: &str) -> Result<()> {
        let finality = if has_ended(run) { Finality::Final } else { Finality::Changing };
        if finality == Finality::Changing {
            files.runs.mark_changing();
            files.steps.mark_changing();
        }
        if let Some(run_id) = id_of(run).and_then(|id| id.parse::<RunId>().ok()) {
            let path = OfRun { thread_id: files.id.clone(), run_id };
            let call =
                |paging| Call::of::<ListSteps>(&path, &StepPaging { paging, ..Default::default() }, Payload::None);
            let mut pages = self.list_pages(call, None).await?;
            while let Some(page) = self.next_page(&mut pages).await? {
                for (step, text) in page.items.iter().zip(&page.texts) {
                    files.steps.push(step, text, finality).map_err(ArchiveError::at(&files.folder))?;
                }
            }
        }
        Ok(files.runs.push(run, text, finality).map_err(ArchiveError::at(&files.folder))?)
    }

    /// Exports new messages. Returns `false` if the command was asked to stop.
    async fn messages(&self, files: &mut ThreadFiles) -> Result<bool> {
        let path = OfThread { thread_id: files.id.clone() };
        let call =
            |paging: Paging| Call::of::<ListMessages>(&path, &MessagePaging { run_id: None, paging }, Payload::None);
        let mut pages = self.list_pages(call, files.messages.cursor()).await?;
        while let Some(page) = self.next_page(&mut pages).await? {
            for (message, text) in page.items.iter().zip(&page.texts) {
                // The text of a message in progress may still grow.
                let is_changing = Message::from_value_ref(message)
                    .is_some_and(|message| message.status().is(MessageStatus::InProgress));
                let finality = if is_changing { Finality::Changing } else { Finality::Final };
                files.messages.push(message, text, finality).map_err(ArchiveError::at(&files.folder))?;
            }
            if pages.has_more() {
                if self.stopping.is_set() {
                    return Ok(false);
                }
                self.save_progress(files)?;
            }
        }
        Ok(true)
    }

    /// Saves the progress of a thread, so that the next export does not request the same pages again.
    fn save_progress(&self, files: &mut ThreadFiles) -> Result<()> {
        let mut flush = || {
            let (runs, steps) = (files.runs.progress()?, files.steps.progress()?);
            Ok(ThreadProgress { runs, steps, messages: files.messages.progress()? })
        };
        let progress = flush().map_err(ArchiveError::at(&files.folder))?;
        Ok(self.archive.borrow_mut().add_progress(files.id.as_str(), progress)?)
    }

    /// Fetches the files that the thread references, then moves all its files into place.
    async fn finish(
        &self,
        files: ThreadFiles,
        reply: &ApiResponse,
        previous: Option<ThreadEntry>,
    ) -> Result<ExportedThread> {
        let ThreadFiles { id, folder, runs, steps, messages } = files;
        let at_folder = ArchiveError::at(&folder);
        let complete = || Ok([(RUNS, runs.finish()?), (STEPS, steps.finish()?), (MESSAGES, messages.finish()?)]);
        let completed = complete().map_err(&at_folder)?;
        let mut references: BTreeSet<String> =
            completed.iter().flat_map(|(_, file)| file.referenced_files.clone()).collect();
        referenced_files(&reply.value, &mut references);
        // If the process is killed here, the next export still reads the thread, and finds these files again.
        if !self.files(references).await? {
            let [runs, steps, messages] = completed.map(|(_, file)| file.state);
            self.archive.borrow_mut().add_progress(id.as_str(), ThreadProgress { runs, steps, messages })?;
            return Ok(ExportedThread::of(id.as_str(), ExportOutcome::Stopped, &ThreadEntry::default()));
        }
        let before = previous.as_ref().map(|previous| &previous.parts);
        let parts = commit(&folder, id.as_str(), reply, &completed, before).map_err(&at_folder)?;
        let outcome = {
            let archive = self.archive.borrow();
            let before = archive.manifest().threads.get(id.as_str());
            ExportOutcome::of_complete(before.map(|before| &before.parts), &parts)
        };
        let [runs, steps, messages] = completed.map(|(_, file)| file.state);
        let entry = ThreadEntry { exported_at: self.now.clone(), gone_at: None, messages, runs, steps, parts };
        let exported = ExportedThread::of(id.as_str(), outcome, &entry);
        self.archive.borrow_mut().add_thread(id.as_str(), entry)?;
        Ok(exported)
    }
}

/// Moves the files of a thread into place and returns their manifest entries.
fn commit(
    folder: &Path,
    id: &str,
    reply: &ApiResponse,
    completed: &[(&str, CompletedFile)],
    before: Option<&BTreeMap<String, FileDigest>>,
) -> std::io::Result<BTreeMap<String, FileDigest>> {
    let mut parts = BTreeMap::new();
    let before = |name: &str| before.and_then(|before| before.get(name));
    let thread = write_file(&folder.join(THREAD), &reply.text, before(THREAD))?;
    let thread_changed = before(THREAD) != Some(&thread);
    parts.insert(THREAD.to_owned(), thread);
    for (name, file) in completed {
        file.commit()?;
        parts.insert((*name).to_owned(), file.digest.clone());
    }
    let messages = completed.iter().find(|(name, _)| *name == MESSAGES).map(|(_, file)| file);
    let transcript = match (messages, before(TRANSCRIPT)) {
        (Some(messages), Some(before)) if !thread_changed && !messages.changed => before.clone(),
        (Some(messages), _) => {
            let mut file = AtomicFile::create(&folder.join(TRANSCRIPT))?;
            write_transcript(id, &reply.value, messages.read()?, &mut file)?;
            file.commit()?
        }
        (None, _) => return Ok(parts),
    };
    parts.insert(TRANSCRIPT.to_owned(), transcript);
    Ok(parts)
}
