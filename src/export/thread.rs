//! Export of one thread. Runs and their steps come before messages, so that the archive has the messages of each ended
//! run.

use super::{ExportMode, Exporter, is_gone};
use crate::api::ids::{RunId, ThreadId};
use crate::api::messages::ListMessages;
use crate::api::paging::{MessagePaging, Paging, StepPaging};
use crate::api::parts::OfThread;
use crate::api::runs::{ListRuns, OfRun, has_ended};
use crate::api::steps::ListSteps;
use crate::api::threads::GetThread;
use crate::api::{Endpoint, Kind, Nothing};
use crate::app::Call;
use crate::archive::{
    ArchiveError, Draft, Part, Progress, Sealed, Settled, Sink, Start, Stream, ThreadEntry, put, references, transcript,
};
use crate::client::{Payload, Reply, id_of};
use anyhow::Result;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const THREAD: &str = "thread.json";
const RUNS: &str = "runs.jsonl";
const STEPS: &str = "steps.jsonl";
const MESSAGES: &str = "messages.jsonl";
const TRANSCRIPT: &str = "transcript.md";

/// The result of exporting a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadOutcome {
    New,
    Updated,
    Unchanged,
    /// The backend no longer has the thread. Its earlier export stays in the archive.
    Gone,
    /// The command was asked to stop. The next export continues from this point.
    Stopped,
}

impl ThreadOutcome {
    /// Returns the name of the outcome in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Gone => "gone",
            Self::Stopped => "stopped",
        }
    }
}

/// An exported thread, with the number of its objects in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedThread {
    pub id: String,
    pub outcome: ThreadOutcome,
    pub messages: u64,
    pub runs: u64,
    pub steps: u64,
}

impl ExportedThread {
    fn of(id: &str, outcome: ThreadOutcome, entry: &ThreadEntry) -> Self {
        let count = |stream: &Stream| stream.whole.count;
        let (messages, runs, steps) = (count(&entry.messages), count(&entry.runs), count(&entry.steps));
        Self { id: id.to_owned(), outcome, messages, runs, steps }
    }
}

/// The files of a thread while they are being written.
struct Open {
    id: ThreadId,
    folder: PathBuf,
    runs: Sink,
    steps: Sink,
    messages: Sink,
}

impl Exporter<'_> {
    /// Exports one thread.
    pub(super) async fn thread(&self, id: &str) -> Result<ExportedThread> {
        let path = OfThread { thread_id: id.parse()? };
        let folder = self.folder.borrow().layout().thread(id)?;
        let known = match self.mode {
            ExportMode::Incremental => self.folder.borrow().thread(id).cloned(),
            ExportMode::Full => None,
        };
        let reply = match self.get::<GetThread>(&path).await {
            Ok(reply) => reply,
            Err(error) if is_gone(&error, Kind::Thread, id) => return self.gone(id).unwrap_or(Err(error)),
            Err(error) => return Err(error),
        };
        self.folder.borrow().make(&folder)?;
        let mut open = self.begin(path.thread_id, folder, known.as_ref());
        if !(self.runs(&mut open).await? && self.messages(&mut open).await?) {
            self.checkpoint(&mut open)?;
            return Ok(ExportedThread::of(id, ThreadOutcome::Stopped, &ThreadEntry::default()));
        }
        self.finish(open, &reply, known).await
    }

    /// Requests one object. The ledger changes only if the object turns out to be gone.
    pub(super) async fn get<E: Endpoint<Query = Nothing>>(&self, path: &E::Path) -> Result<Reply> {
        let mut call = Call::of::<E>(path, &Nothing {}, Payload::None);
        self.app.check(&call)?;
        let record = self.app.record(&self.session.origin, &mut call).await?;
        match self.session.send_unrecorded(&call).await {
            Ok(reply) => Ok(reply),
            Err(error) => {
                record.failed(&call, &error).await;
                Err(self.app.explain(&call, error).await.into())
            }
        }
    }

    /// Marks an exported thread as gone. Returns `None` if the archive does not contain it.
    fn gone(&self, id: &str) -> Option<Result<ExportedThread>> {
        let mut folder = self.folder.borrow_mut();
        let mut entry = folder.manifest().threads.get(id)?.clone();
        let exported = ExportedThread::of(id, ThreadOutcome::Gone, &entry);
        entry.gone_at.get_or_insert_with(|| self.now.clone());
        Some(folder.note_thread(id, entry).map(|()| exported).map_err(Into::into))
    }

    fn begin(&self, id: ThreadId, folder: PathBuf, known: Option<&ThreadEntry>) -> Open {
        let kept = self.folder.borrow();
        let unfinished = kept.unfinished(id.as_str()).filter(|_| self.mode == ExportMode::Incremental);
        let start = |name: &str, reached: Option<&Stream>, before: Option<&Stream>| {
            let part = known.and_then(|known| known.parts.get(name)).cloned();
            Start::of(&folder.join(name), reached, before.cloned().zip(part))
        };
        let starts = |progress: Option<&Progress>| {
            let runs = start(RUNS, progress.map(|reached| &reached.runs), known.map(|known| &known.runs))?;
            let steps = start(STEPS, progress.map(|reached| &reached.steps), known.map(|known| &known.steps))?;
            let messages =
                start(MESSAGES, progress.map(|reached| &reached.messages), known.map(|known| &known.messages))?;
            Some([runs, steps, messages])
        };
        // The three files must match: if one of them cannot be continued, all start from the beginning.
        let starts = unfinished.and_then(|progress| starts(Some(progress))).or_else(|| starts(None));
        let [runs, steps, messages] = starts.unwrap_or([Start::Empty, Start::Empty, Start::Empty]);
        let sink = |name: &str, start| Sink::new(folder.join(name), start);
        let (runs, steps, messages) = (sink(RUNS, runs), sink(STEPS, steps), sink(MESSAGES, messages));
        Open { id, folder, runs, steps, messages }
    }

    /// Exports new and unfinished runs with their steps. Returns `false` if the command was asked to stop.
    async fn runs(&self, open: &mut Open) -> Result<bool> {
        let path = OfThread { thread_id: open.id.clone() };
        let call = |paging: Paging| Call::of::<ListRuns>(&path, &paging, Payload::None);
        let mut pages = self.pages(call, open.runs.cursor()).await?;
        while let Some(page) = self.next(&mut pages).await? {
            for (run, text) in page.items.iter().zip(&page.texts) {
                if self.stopping.is_set() {
                    return Ok(false);
                }
                if !open.runs.has(run).map_err(ArchiveError::at(&open.folder))? {
                    self.run(open, run, text).await?;
                }
            }
            if pages.has_more() {
                self.checkpoint(open)?;
            }
        }
        Ok(true)
    }

    /// Exports a run, after its steps. A run in the archive therefore has all its steps.
    async fn run(&self, open: &mut Open, run: &Value, text: &str) -> Result<()> {
        let ended = has_ended(run);
        if !ended {
            open.runs.unsettle();
            open.steps.unsettle();
        }
        let settled = if ended { Settled::Yes } else { Settled::No };
        if let Some(run_id) = id_of(run).and_then(|id| id.parse::<RunId>().ok()) {
            let path = OfRun { thread_id: open.id.clone(), run_id };
            let call =
                |paging| Call::of::<ListSteps>(&path, &StepPaging { paging, ..Default::default() }, Payload::None);
            let mut pages = self.pages(call, None).await?;
            while let Some(page) = self.next(&mut pages).await? {
                for (step, text) in page.items.iter().zip(&page.texts) {
                    open.steps.push(step, text, settled).map_err(ArchiveError::at(&open.folder))?;
                }
            }
        }
        Ok(open.runs.push(run, text, settled).map_err(ArchiveError::at(&open.folder))?)
    }

    /// Exports new messages. Returns `false` if the command was asked to stop.
    async fn messages(&self, open: &mut Open) -> Result<bool> {
        let path = OfThread { thread_id: open.id.clone() };
        let call =
            |paging: Paging| Call::of::<ListMessages>(&path, &MessagePaging { run_id: None, paging }, Payload::None);
        let mut pages = self.pages(call, open.messages.cursor()).await?;
        while let Some(page) = self.next(&mut pages).await? {
            for (message, text) in page.items.iter().zip(&page.texts) {
                // The text of a message in progress may still grow.
                let settled = if message["status"] == "in_progress" { Settled::No } else { Settled::Yes };
                open.messages.push(message, text, settled).map_err(ArchiveError::at(&open.folder))?;
            }
            if pages.has_more() {
                if self.stopping.is_set() {
                    return Ok(false);
                }
                self.checkpoint(open)?;
            }
        }
        Ok(true)
    }

    /// Saves the progress of a thread, so that the next export does not request the same pages again.
    fn checkpoint(&self, open: &mut Open) -> Result<()> {
        let mut reach = || {
            let (runs, steps) = (open.runs.progress()?, open.steps.progress()?);
            Ok(Progress { runs, steps, messages: open.messages.progress()? })
        };
        let progress = reach().map_err(ArchiveError::at(&open.folder))?;
        Ok(self.folder.borrow_mut().note_progress(open.id.as_str(), progress)?)
    }

    /// Fetches the files that the thread references, then moves all its files into place.
    async fn finish(&self, open: Open, reply: &Reply, known: Option<ThreadEntry>) -> Result<ExportedThread> {
        let Open { id, folder, runs, steps, messages } = open;
        let wrong = ArchiveError::at(&folder);
        let sealed = || Ok([(RUNS, runs.seal()?), (STEPS, steps.seal()?), (MESSAGES, messages.seal()?)]);
        let lines = sealed().map_err(&wrong)?;
        let mut named: BTreeSet<String> = lines.iter().flat_map(|(_, sealed)| sealed.references.clone()).collect();
        references(&reply.value, &mut named);
        for file in named {
            self.file(&file).await?;
        }
        let before = known.as_ref().map(|known| &known.parts);
        let parts = write(&folder, id.as_str(), reply, &lines, before).map_err(&wrong)?;
        let outcome = match self.folder.borrow().manifest().threads.get(id.as_str()) {
            None => ThreadOutcome::New,
            Some(before) if before.parts == parts => ThreadOutcome::Unchanged,
            Some(_) => ThreadOutcome::Updated,
        };
        let [runs, steps, messages] = lines.map(|(_, sealed)| sealed.stream);
        let entry = ThreadEntry { exported_at: self.now.clone(), gone_at: None, messages, runs, steps, parts };
        let exported = ExportedThread::of(id.as_str(), outcome, &entry);
        self.folder.borrow_mut().note_thread(id.as_str(), entry)?;
        Ok(exported)
    }
}

/// Moves the files of a thread into place and returns their manifest entries.
fn write(
    folder: &Path,
    id: &str,
    reply: &Reply,
    lines: &[(&str, Sealed)],
    before: Option<&BTreeMap<String, Part>>,
) -> std::io::Result<BTreeMap<String, Part>> {
    let mut parts = BTreeMap::new();
    let kept = |name: &str| before.and_then(|before| before.get(name));
    let thread = put(&folder.join(THREAD), &reply.text, kept(THREAD))?;
    let stale = kept(THREAD) != Some(&thread);
    parts.insert(THREAD.to_owned(), thread);
    for (name, sealed) in lines {
        sealed.commit()?;
        parts.insert((*name).to_owned(), sealed.part.clone());
    }
    let messages = lines.iter().find(|(name, _)| *name == MESSAGES).map(|(_, sealed)| sealed);
    let text = match (messages, kept(TRANSCRIPT)) {
        (Some(messages), Some(kept)) if !stale && !messages.fresh => kept.clone(),
        (Some(messages), _) => {
            let mut draft = Draft::new(&folder.join(TRANSCRIPT))?;
            transcript(id, &reply.value, messages.read()?, &mut draft)?;
            draft.keep()?
        }
        (None, _) => return Ok(parts),
    };
    parts.insert(TRANSCRIPT.to_owned(), text);
    Ok(parts)
}
