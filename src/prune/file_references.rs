//! The reference graph of files: assistants, vector stores, and threads with their runs, steps and messages can refer
//! to them.
//!
//! If one part cannot be read or its list is incomplete, the whole graph is invalid (docs/design/orphans.md#files).

use super::lists::Unread;
use super::mentions::Mentions;
use super::{FileSelection, GraphPart, Pruner};
use crate::api::assistants::ListAssistants;
use crate::api::messages::ListMessages;
use crate::api::paging::{MessagePaging, Paging, StepPaging};
use crate::api::parts::OfThread;
use crate::api::runs::{ListRuns, OfRun, has_ended};
use crate::api::steps::ListSteps;
use crate::api::threads::{GetThread, ListThreads};
use crate::api::unlisted_endpoints::{LIST_STORE_FILES, LIST_STORES};
use crate::api::{Backend, Kind, Nothing, PathArgs, Spec, ids};
use crate::app::{Absence, Call, Trust};
use crate::client::{ClientError, Complete, Payload, Request, id_of};
use crate::exit::CallFailed;
use crate::ledger::{Filter, ObjectState, StateFilter};
use anyhow::Result;
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The maximum number of threads that an error names.
const NAMED: usize = 3;

/// A reader of all objects that can refer to files. It can read them more than once.
pub(super) struct Graph<'p, 'a> {
    pruner: &'p Pruner<'a>,
    files: &'p FileSelection,
    backend: Backend,
    mentions: &'p Mentions,
    /// Runs whose steps were read after their end, as hashes. Their steps do not change any more.
    closed: RefCell<HashSet<u64>>,
    /// Threads that the backend reported as missing for the first time.
    doubtful: RefCell<Vec<String>>,
    warned: Cell<bool>,
    /// Whether the backend has listed its threads once in this command, so that it has such a list.
    has_listed: Cell<bool>,
}

/// The threads that the backend lists.
type Listed = Option<(HashSet<String>, Complete)>;

impl<'p, 'a> Graph<'p, 'a> {
    pub(super) fn new(pruner: &'p Pruner<'a>, files: &'p FileSelection, mentions: &'p Mentions) -> Result<Self> {
        let profile = pruner.app.profile()?;
        // A gateway in place of OpenAI may have assistants and threads.
        let is_gateway = profile.backend == Backend::OpenAi && !profile.is_openai_itself();
        let backend = if is_gateway { Backend::Compatible } else { profile.backend };
        let (closed, doubtful) = (RefCell::default(), RefCell::default());
        let (warned, has_listed) = (Cell::default(), Cell::default());
        Ok(Self { pruner, files, backend, mentions, closed, doubtful, warned, has_listed })
    }

    /// Reads all objects that can refer to files. Returns `false` if the command is stopping, and the graph is then
    /// incomplete.
    ///
    /// # Errors
    /// Returns an error that names the part if one cannot be read.
    pub(super) async fn read(&self) -> Result<bool> {
        if !self.is_left_out(GraphPart::Assistants) {
            let call = Call::of::<ListAssistants>(&Nothing {}, &Paging::default(), Payload::None);
            let each = |item: &Value| self.mentions.note(item, &|| name(Kind::Assistant, item));
            self.list(&call, GraphPart::Assistants, each).await?;
        }
        if !self.is_left_out(GraphPart::VectorStores) {
            self.stores().await?;
        }
        if !self.is_left_out(GraphPart::Threads) {
            self.threads().await?;
        }
        Ok(!self.pruner.stopping.is_set())
    }

    fn is_left_out(&self, part: GraphPart) -> bool {
        let given_up = self.backend == Backend::OpenAi && part != GraphPart::VectorStores;
        let never_had = self.backend == Backend::Local && part == GraphPart::VectorStores;
        given_up || never_had || self.files.without.contains(&part)
    }

    /// Reads a list, which must be complete.
    async fn list(&self, call: &Call, part: GraphPart, each: impl FnMut(&Value)) -> Result<Complete> {
        match self.pruner.read_whole(call, each).await {
            Ok(complete) => Ok(complete),
            Err(Unread::Failed(error)) => Err(self.unreadable(call, part, error).await),
            Err(unproven @ Unread::Unproven(_)) => {
                let (reason, _) = unproven.told(&call.request().path);
                Err(anyhow::anyhow!(reason).context(incomplete(part)))
            }
        }
    }

    async fn unreadable(&self, call: &Call, part: GraphPart, error: ClientError) -> anyhow::Error {
        let absent = error.is_not_found() && part == GraphPart::Steps;
        let failed = self.pruner.app.explain(call, error).await;
        let must_be_there = part == GraphPart::Threads && self.backend.lists_threads() == Some(true);
        let hint = match failed.source {
            ClientError::NotOffered(_) if must_be_there => {
                Some("this backend lists threads: does the base URL of the profile lead to it?".to_owned())
            }
            ClientError::NotOffered(_) | ClientError::Api(_) if absent || is_not_offered(&failed.source) => Some(
                format!("--without {} says that this backend has none, or that none of them names a file", part.name()),
            ),
            _ => failed.hint,
        };
        let tried = format!("{}: {}", failed.tried, incomplete(part));
        anyhow::Error::from(CallFailed { tried, hint, source: failed.source })
    }

    async fn stores(&self) -> Result<()> {
        let mut stores = Vec::new();
        let each = |item: &Value| {
            self.mentions.note(item, &|| name(Kind::VectorStore, item));
            stores.extend(id_of(item));
        };
        self.list(&raw(&LIST_STORES, None), GraphPart::VectorStores, each).await?;
        for store in stores {
            ids::check(&store).map_err(|bad| anyhow::Error::from(bad).context(incomplete(GraphPart::VectorStores)))?;
            let each = |item: &Value| self.mentions.note(item, &|| format!("{} {store}", Kind::VectorStore));
            self.list(&raw(&LIST_STORE_FILES, Some(&store)), GraphPart::VectorStores, each).await?;
        }
        Ok(())
    }

    /// Reads the threads that the backend lists, and those in the ledger.
    async fn threads(&self) -> Result<()> {
        let listed = self.listed_threads().await?;
        let seen: RefCell<HashSet<u64>> = RefCell::default();
        let first = listed.iter().flat_map(|(ids, _)| ids.iter().cloned()).map(Ok);
        let all = futures_util::stream::iter(first).chain(self.known_threads()).filter(|id| {
            let fresh = id.as_ref().map_or(true, |id| seen.borrow_mut().insert(hash(id)));
            std::future::ready(fresh)
        });
        let going = all.take_while(|_| std::future::ready(!self.pruner.stopping.is_set()));
        let work = going.map(async |id: Result<String>| self.thread(&id?, &listed).await);
        let mut done = std::pin::pin!(work.buffer_unordered(self.pruner.session.concurrency));
        while let Some(read) = done.next().await {
            read?;
        }
        match self.doubtful.take().as_slice() {
            [] => Ok(()),
            doubtful => Err(missing_once(doubtful)),
        }
    }

    /// Returns the IDs of the threads in the ledger. These are threads with a row of their own, unless asst deleted
    /// them, and the threads of runs.
    fn known_threads(&self) -> impl Stream<Item = Result<String>> + '_ {
        let (pruner, origin) = (self.pruner, Some(self.pruner.session.origin.clone()));
        let of = move |kind, states| Filter { origin: origin.clone(), kind: Some(kind), states, ..Filter::default() };
        let threads =
            [StateFilter::Present, StateFilter::One(ObjectState::Gone)].map(|states| of(Kind::Thread, states));
        let own = futures_util::stream::iter(threads).flat_map(|filter| pruner.pages(filter));
        let own = own.map(|row| Ok(Some(row?.id().to_owned())));
        let of_runs = pruner.pages(of(Kind::Run, StateFilter::Present));
        let of_runs = of_runs.map(|row| Ok(row?.parent().map(str::to_owned)));
        own.chain(of_runs).filter_map(|id: Result<Option<String>>| std::future::ready(id.transpose()))
    }

    async fn listed_threads(&self) -> Result<Listed> {
        let lists = self.backend.lists_threads();
        if lists == Some(false) {
            return Ok(None);
        }
        let call = Call::of::<ListThreads>(&Nothing {}, &Paging::default(), Payload::None);
        let mut listed = HashSet::new();
        let each = |item: &Value| {
            self.mentions.note(item, &|| name(Kind::Thread, item));
            listed.extend(id_of(item));
        };
        match self.pruner.read_whole(&call, each).await {
            Ok(complete) => {
                self.has_listed.set(true);
                Ok(Some((listed, complete)))
            }
            Err(Unread::Failed(error)) if lists.is_none() && !self.has_listed.get() && is_not_offered(&error) => {
                self.pruner.hint.take();
                if !self.warned.replace(true) {
                    self.pruner.app.ui().warn(
                        "this backend lists no threads: a file that only a thread names which the ledger does not know \
                         counts as unreferenced",
                    );
                }
                Ok(None)
            }
            Err(Unread::Failed(error)) => Err(self.unreadable(&call, GraphPart::Threads, error).await),
            Err(unproven) => Err(anyhow::anyhow!(unproven.told("/threads").0).context(incomplete(GraphPart::Threads))),
        }
    }

    async fn thread(&self, id: &str, listed: &Listed) -> Result<()> {
        let thread_id =
            id.parse().map_err(|bad: ids::BadId| anyhow::Error::from(bad).context(incomplete(GraphPart::Threads)))?;
        let path = OfThread { thread_id };
        let of = || format!("{} {id}", Kind::Thread);
        let call = Call::of::<GetThread>(&path, &Nothing {}, Payload::None);
        match self.pruner.ask(&call).await {
            Ok(reply) => self.mentions.note(&reply.value, &of),
            Err(error) if Trust::judge(Kind::Thread, id, &error) == Some(Absence::Gone) => {
                return self.absent(id, listed).await;
            }
            Err(error) => return Err(self.unreadable(&call, GraphPart::Threads, error).await),
        }
        self.pruner.trust.found();
        let messages = Call::of::<ListMessages>(&path, &MessagePaging::default(), Payload::None);
        self.list(&messages, GraphPart::Threads, |item| self.mentions.note(item, &of)).await?;
        let mut runs = Vec::new();
        let each = |item: &Value| {
            self.mentions.note(item, &of);
            runs.extend(id_of(item).map(|run| (run, has_ended(item))));
        };
        self.list(&Call::of::<ListRuns>(&path, &Paging::default(), Payload::None), GraphPart::Threads, each).await?;
        for (run, ended) in runs {
            self.steps(id, &run, ended).await?;
        }
        Ok(())
    }

    async fn steps(&self, thread: &str, run: &str, ended: bool) -> Result<()> {
        let key = hash(&(thread, run));
        if self.is_left_out(GraphPart::Steps) || self.closed.borrow().contains(&key) {
            return Ok(());
        }
        let path = OfRun::from_texts(&[thread, run])
            .map_err(|bad| anyhow::Error::from(bad).context(incomplete(GraphPart::Steps)))?;
        let call = Call::of::<ListSteps>(&path, &StepPaging::default(), Payload::None);
        self.list(&call, GraphPart::Steps, |item| self.mentions.note(item, &|| format!("{} {run}", Kind::Run))).await?;
        if ended {
            self.closed.borrow_mut().insert(key);
        }
        Ok(())
    }

    /// Decides about a thread that the backend reported as missing. A complete list without it or an earlier response
    /// of this kind proves the absence.
    async fn absent(&self, id: &str, listed: &Listed) -> Result<()> {
        match listed {
            Some((ids, _)) if ids.contains(id) => {
                let reason = format!("the backend lists thread {id}, and says that it is missing");
                Err(anyhow::anyhow!(reason).context(incomplete(GraphPart::Threads)))
            }
            Some(_) => Ok(()),
            None => {
                if !self.pruner.was_missing(Kind::Thread, id).await {
                    self.doubtful.borrow_mut().push(id.to_owned());
                }
                Ok(())
            }
        }
    }
}

/// Returns `true` if an error means that the backend does not offer the list.
fn is_not_offered(error: &ClientError) -> bool {
    let session_key = error.api_error().is_some_and(|refused| refused.code.as_deref() == Some("missing_scope"));
    session_key || matches!(error, ClientError::NotOffered(_))
}

fn missing_once(threads: &[String]) -> anyhow::Error {
    let named = threads.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if threads.len() > NAMED { format!(" and {} more", threads.len() - NAMED) } else { String::new() };
    anyhow::anyhow!(
        "the backend says for the first time that these are missing: {named}{more}; run the same command again after an \
         hour, since two such answers, an hour apart, prove it"
    )
    .context(incomplete(GraphPart::Threads))
}

fn raw(spec: &'static Spec, store: Option<&str>) -> Call {
    let path = store.map_or_else(|| spec.path.to_owned(), |id| spec.path.replacen("{vector_store_id}", id, 1));
    let ids = store.into_iter().map(str::to_owned).collect();
    Call::raw(spec, ids, Request::new(spec, path, Vec::new(), Payload::None))
}

fn incomplete(part: GraphPart) -> String {
    format!("not all {} could be read, so nobody knows which files they name, and none is pruned", part.name())
}

fn name(kind: Kind, object: &Value) -> String {
    format!("{kind} {}", id_of(object).unwrap_or_default())
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
