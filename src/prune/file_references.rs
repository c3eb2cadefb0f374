//! The reference graph of files: all objects that can refer to a file. These are assistants, vector stores, and threads
//! with their runs, steps and messages.
//!
//! If one part cannot be read or its list is incomplete, the whole graph is invalid (docs/design/orphans.md#files).

use super::lists::{ListError, unexpected_type};
use super::mentions::Mentions;
use super::options::{FileSelection, GraphPart};
use super::pruner::Pruner;
use crate::api::assistants::ListAssistants;
use crate::api::messages::ListMessages;
use crate::api::paging::{MessagePaging, Paging, StepPaging, StoreFilePaging};
use crate::api::parts::OfThread;
use crate::api::runs::{ListRuns, OfRun, has_ended};
use crate::api::steps::ListSteps;
use crate::api::threads::{GetThread, ListThreads};
use crate::api::vector_stores::{ListVectorStoreFiles, ListVectorStores, OfVectorStore};
use crate::api::{Backend, Kind, Nothing, PathArgs, ids};
use crate::app::{Call, NotFoundMeaning, NotFoundPolicy};
use crate::client::{ClientError, Complete, Payload, id_of};
use crate::exit::CallFailed;
use crate::ledger::{ObjectState, RowQuery, StateFilter};
use anyhow::{Error, Result, anyhow};
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The maximum number of threads that an error names.
const NAMED_THREADS: usize = 3;

/// A reader of the reference graph. It can read the graph more than once, and passes all objects to [`Mentions`].
pub(super) struct FileReferences<'p, 'a> {
    pruner: &'p Pruner<'a>,
    selection: &'p FileSelection,
    backend: Backend,
    mentions: &'p Mentions,
    /// The hashes of runs whose steps were read after the runs had ended. These steps no longer change, so they are not
    /// read again.
    final_runs: RefCell<HashSet<u64>>,
    /// The threads that the backend reported as missing for the first time.
    missing_once: RefCell<Vec<String>>,
    /// `true` if the warning about a backend without a list of threads was printed.
    has_warned: Cell<bool>,
    /// The threads that are not read, because they are to be deleted.
    skipped_threads: HashSet<String>,
    /// `true` if the backend has listed its threads in this command. A later error of the list is then a failure, and
    /// does not mean that the backend has no such list.
    has_listed: Cell<bool>,
}

/// The threads that the backend lists, or `None` if it does not list threads.
type ThreadList = Option<(HashSet<String>, Complete)>;

impl<'p, 'a> FileReferences<'p, 'a> {
    pub(super) fn new(pruner: &'p Pruner<'a>, selection: &'p FileSelection, mentions: &'p Mentions) -> Result<Self> {
        let profile = pruner.app.profile()?;
        // OpenAI itself no longer has assistants and threads, but a gateway with the backend type `openai` may have
        // them.
        let is_gateway = profile.backend == Backend::OpenAi && !profile.is_openai_itself();
        Ok(Self {
            pruner,
            selection,
            backend: if is_gateway { Backend::Compatible } else { profile.backend },
            mentions,
            final_runs: RefCell::default(),
            missing_once: RefCell::default(),
            has_warned: Cell::default(),
            skipped_threads: HashSet::new(),
            has_listed: Cell::default(),
        })
    }

    /// Leaves these threads out. For threads that are deleted before the files.
    pub(super) fn without_threads(self, threads: HashSet<String>) -> Self {
        Self { skipped_threads: threads, ..self }
    }

    /// Reads all objects that can refer to files. Returns `false` if the command is stopping. The graph is then
    /// incomplete.
    ///
    /// # Errors
    /// Returns an error that names the part if one cannot be read.
    pub(super) async fn read(&self) -> Result<bool> {
        if self.includes(GraphPart::Assistants) {
            let call = Call::of::<ListAssistants>(&Nothing {}, &Paging::default(), Payload::None);
            let each = |item: &Value| self.mentions.add(item, &|| name_of(Kind::Assistant, item));
            self.list(&call, GraphPart::Assistants, each).await?;
        }
        if self.includes(GraphPart::VectorStores) {
            self.vector_stores().await?;
        }
        if self.includes(GraphPart::Threads) {
            self.threads().await?;
        }
        Ok(!self.pruner.stopping.is_set())
    }

    /// Returns `true` if a part of the graph must be read.
    fn includes(&self, part: GraphPart) -> bool {
        let was_shut_down = self.backend == Backend::OpenAi && part != GraphPart::VectorStores;
        !was_shut_down && !self.selection.without.contains(&part)
    }

    /// Reads a list and passes its items to `each`. Returns an error if the list is not complete.
    async fn list(&self, call: &Call, part: GraphPart, each: impl FnMut(&Value)) -> Result<Complete> {
        match self.pruner.read_complete(call, each).await {
            Ok(complete) => Ok(complete),
            Err(error) => Err(self.unreadable_list(call, part, error).await),
        }
    }

    async fn unreadable_list(&self, call: &Call, part: GraphPart, error: ListError) -> Error {
        match error {
            ListError::Failed(error) => self.unreadable(call, part, error).await,
            not_proven => {
                let (reason, _) = not_proven.reason_and_code(&call.request().path);
                anyhow!(reason).context(incomplete(part))
            }
        }
    }

    /// Returns the error for a request that failed, with a hint on `--without` if the backend may not have the part.
    async fn unreadable(&self, call: &Call, part: GraphPart, error: ClientError) -> Error {
        let failed = self.pruner.app.explain(call, error).await;
        let must_exist = part == GraphPart::Threads && self.backend.lists_threads() == Some(true);
        let is_absent_step_list = failed.source.is_not_found() && part == GraphPart::Steps;
        let is_not_offered = matches!(failed.source, ClientError::NotOffered(_));
        let hint = if must_exist && is_not_offered {
            Some("this backend lists threads; check that the base URL of the profile leads to it".to_owned())
        } else if is_not_offered || is_absent_step_list || failed.source.refuses_list() {
            let part = part.name();
            Some(format!(
                "check the base URL of the profile; --without {part} states that this backend has no {part} that name files"
            ))
        } else {
            failed.hint
        };
        let tried = format!("{}: {}", failed.tried, incomplete(part));
        CallFailed { tried, hint, source: failed.source }.into()
    }

    /// Reads all vector stores, and the list of the files of each.
    async fn vector_stores(&self) -> Result<()> {
        let part = GraphPart::VectorStores;
        let mut stores = Vec::new();
        let each = |item: &Value| {
            self.mentions.add(item, &|| name_of(Kind::VectorStore, item));
            stores.extend(id_of(item));
        };
        let call = Call::of::<ListVectorStores>(&Nothing {}, &Paging::default(), Payload::None);
        match self.pruner.read_complete(&call, each).await {
            Ok(Complete { .. }) => {}
            // An embedded server of an earlier version has no vector stores.
            Err(ListError::Failed(error)) if self.backend == Backend::Local && error.refuses_list() => return Ok(()),
            Err(error) => return Err(self.unreadable_list(&call, part, error).await),
        }
        for store in stores {
            let path =
                OfVectorStore::from_texts(&[&store]).map_err(|error| Error::from(error).context(incomplete(part)))?;
            let call = Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None);
            let each = |item: &Value| self.mentions.add(item, &|| format!("{} {store}", Kind::VectorStore));
            self.list(&call, part, each).await?;
        }
        Ok(())
    }

    /// Reads the threads that the backend lists, and those in the ledger.
    async fn threads(&self) -> Result<()> {
        let listed = self.list_threads().await?;
        let seen: RefCell<HashSet<u64>> = RefCell::default();
        let listed_ids = listed.iter().flat_map(|(ids, _)| ids.iter().cloned()).map(Ok);
        let threads = futures_util::stream::iter(listed_ids).chain(self.ledger_threads()).filter(|id| {
            let is_new = id.as_ref().map_or(true, |id| seen.borrow_mut().insert(hash(id)));
            std::future::ready(is_new)
        });
        let threads = threads.take_while(|_| std::future::ready(!self.pruner.stopping.is_set()));
        let reads = threads.map(async |id: Result<String>| self.thread(&id?, &listed).await);
        let mut reads = std::pin::pin!(reads.buffer_unordered(self.pruner.session.concurrency));
        while let Some(read) = reads.next().await {
            read?;
        }
        match self.missing_once.take().as_slice() {
            [] => Ok(()),
            threads => Err(missing_once(threads)),
        }
    }

    /// Returns the IDs of the threads in the ledger. These are threads with a row of their own, unless asst deleted
    /// them, and the threads of runs.
    fn ledger_threads(&self) -> impl Stream<Item = Result<String>> + '_ {
        let (pruner, origin) = (self.pruner, Some(self.pruner.session.origin.clone()));
        let filter =
            move |kind, states| RowQuery { origin: origin.clone(), kind: Some(kind), states, ..RowQuery::default() };
        let states =
            [StateFilter::Present, StateFilter::One(ObjectState::Gone)].map(|states| filter(Kind::Thread, states));
        let threads = futures_util::stream::iter(states).flat_map(|filter| pruner.rows(filter));
        let threads = threads.map(|row| Ok(Some(row?.id().to_owned())));
        let of_runs = pruner.rows(filter(Kind::Run, StateFilter::Present));
        let of_runs = of_runs.map(|row| Ok(row?.parent().map(str::to_owned)));
        threads.chain(of_runs).filter_map(|id: Result<Option<String>>| std::future::ready(id.transpose()))
    }

    /// Lists the threads of the backend. Returns `None` if the backend has no such list.
    async fn list_threads(&self) -> Result<ThreadList> {
        let lists_threads = self.backend.lists_threads();
        if lists_threads == Some(false) {
            return Ok(None);
        }
        let call = Call::of::<ListThreads>(&Nothing {}, &Paging::default(), Payload::None);
        let mut listed = HashSet::new();
        let each = |item: &Value| {
            self.mentions.add(item, &|| name_of(Kind::Thread, item));
            listed.extend(id_of(item));
        };
        match self.pruner.read_complete(&call, each).await {
            Ok(complete) => {
                self.has_listed.set(true);
                Ok(Some((listed, complete)))
            }
            Err(ListError::Failed(error))
                if lists_threads.is_none() && !self.has_listed.get() && error.refuses_list() =>
            {
                self.pruner.hint.take();
                if !self.has_warned.replace(true) {
                    self.pruner.app.ui().warn(
                        "this backend does not list threads; a file that only threads outside the ledger name counts \
                         as unreferenced",
                    );
                }
                Ok(None)
            }
            Err(error) => Err(self.unreadable_list(&call, GraphPart::Threads, error).await),
        }
    }

    /// Reads a thread with its messages, runs and steps.
    async fn thread(&self, id: &str, listed: &ThreadList) -> Result<()> {
        if self.skipped_threads.contains(id) {
            return Ok(());
        }
        let part = GraphPart::Threads;
        let thread_id = id.parse().map_err(|error: ids::BadId| Error::from(error).context(incomplete(part)))?;
        let path = OfThread { thread_id };
        let name = || format!("{} {id}", Kind::Thread);
        let call = Call::of::<GetThread>(&path, &Nothing {}, Payload::None);
        let thread = match self.pruner.send(&call).await {
            Ok(reply) => reply.value,
            Err(error) if NotFoundPolicy::classify(Kind::Thread, id, &error) == Some(NotFoundMeaning::Gone) => {
                return self.missing_thread(id, listed).await;
            }
            Err(error) => return Err(self.unreadable(&call, part, error).await),
        };
        if let Some(found) = unexpected_type(Kind::Thread, &thread) {
            let reason = anyhow!("{}: expected an object of type thread, got {found}", call.request().path);
            return Err(reason.context(incomplete(part)));
        }
        self.mentions.add(&thread, &name);
        self.pruner.not_found_policy.reset();
        let messages = Call::of::<ListMessages>(&path, &MessagePaging::default(), Payload::None);
        self.list(&messages, part, |item| self.mentions.add(item, &name)).await?;
        let mut runs = Vec::new();
        let each = |item: &Value| {
            self.mentions.add(item, &name);
            runs.extend(id_of(item).map(|run| (run, has_ended(item))));
        };
        self.list(&Call::of::<ListRuns>(&path, &Paging::default(), Payload::None), part, each).await?;
        for (run, has_ended) in runs {
            self.steps(id, &run, has_ended).await?;
        }
        Ok(())
    }

    /// Reads the steps of a run, unless they were read after its end.
    async fn steps(&self, thread: &str, run: &str, has_ended: bool) -> Result<()> {
        let part = GraphPart::Steps;
        let key = hash(&(thread, run));
        if !self.includes(part) || self.final_runs.borrow().contains(&key) {
            return Ok(());
        }
        let path = OfRun::from_texts(&[thread, run]).map_err(|error| Error::from(error).context(incomplete(part)))?;
        let call = Call::of::<ListSteps>(&path, &StepPaging::default(), Payload::None);
        let name = || format!("{} {run}", Kind::Run);
        self.list(&call, part, |item| self.mentions.add(item, &name)).await?;
        if has_ended {
            self.final_runs.borrow_mut().insert(key);
        }
        Ok(())
    }

    /// Checks that a thread which the backend reported as missing is really absent. The proof is a complete list of
    /// threads without it, or an earlier response of this kind. Without a proof, the thread is added to `missing_once`.
    async fn missing_thread(&self, id: &str, listed: &ThreadList) -> Result<()> {
        match listed {
            Some((ids, _)) if ids.contains(id) => {
                let reason = format!("the backend lists thread {id}, but returned a 404 for it");
                Err(anyhow!(reason).context(incomplete(GraphPart::Threads)))
            }
            Some(_) => Ok(()),
            None => {
                if !self.pruner.was_missing_before(Kind::Thread, id).await {
                    self.missing_once.borrow_mut().push(id.to_owned());
                }
                Ok(())
            }
        }
    }
}

/// Returns the error for threads whose absence is not proven yet.
fn missing_once(threads: &[String]) -> Error {
    let named = threads.iter().take(NAMED_THREADS).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match threads.len().saturating_sub(NAMED_THREADS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    anyhow!(
        "the backend reported these threads as missing for the first time: {named}{more}; run the same command again \
         after an hour, because two such responses at least an hour apart are required"
    )
    .context(incomplete(GraphPart::Threads))
}

/// Returns the message about a part that could not be read.
fn incomplete(part: GraphPart) -> String {
    format!("not all {} could be read, so nothing is pruned", part.name())
}

/// Returns the name of an object for messages about references: its kind and ID.
fn name_of(kind: Kind, object: &Value) -> String {
    format!("{kind} {}", id_of(object).unwrap_or_default())
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
