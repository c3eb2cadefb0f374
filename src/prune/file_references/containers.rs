//! The threads and conversations of the reference graph. The contents of each are read: its messages, runs and steps, or
//! its items.
//!
//! Not every backend lists these objects, so those in the ledger are read too.

use super::{FileReferences, hash, incomplete, name_of};
use crate::api::conversations::{ListConversationItems, ListConversations, OfConversation};
use crate::api::messages::ListMessages;
use crate::api::paging::{ItemPaging, MessagePaging, Paging, StepPaging};
use crate::api::parts::OfThread;
use crate::api::runs::{ListRuns, OfRun, has_ended};
use crate::api::steps::ListSteps;
use crate::api::threads::ListThreads;
use crate::api::{Backend, Kind, Nothing, PathArgs, get_of};
use crate::app::{Call, NotFoundMeaning, NotFoundPolicy};
use crate::client::{Complete, Payload, id_of};
use crate::ledger::{ObjectState, RowQuery, StateFilter};
use crate::prune::lists::{ListError, unexpected_type};
use crate::prune::options::GraphPart;
use anyhow::{Context, Error, Result, anyhow};
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// The maximum number of objects that an error names.
const NAMED_OBJECTS: usize = 3;

/// The threads or the conversations of a backend, and what was found out about them.
pub(super) struct Containers {
    pub(super) part: GraphPart,
    kind: Kind,
    /// Whether the backend lists them, or `None` if only a request can show it.
    lists: Option<bool>,
    /// The kind of objects in the ledger that name one of them as their parent.
    parts_in_ledger: Option<Kind>,
    /// The objects that are not read, because they are to be deleted.
    skipped: HashSet<String>,
    /// The objects that the backend reported as missing for the first time.
    missing_once: RefCell<Vec<String>>,
    /// `true` if the warning about a backend without the list was printed.
    has_warned: Cell<bool>,
    /// `true` if the backend has listed them in this command. A later error of the list is then a failure, and does not
    /// mean that the backend has no such list.
    has_listed: Cell<bool>,
}

/// The IDs in the list of the backend, or `None` if it does not have the list.
type Listed = Option<(HashSet<String>, Complete)>;

impl Containers {
    pub(super) fn threads(backend: Backend) -> Self {
        let of_threads = Self::of(Kind::Thread, GraphPart::Threads, backend.lists_threads());
        Self { parts_in_ledger: Some(Kind::Run), ..of_threads }
    }

    pub(super) fn conversations(backend: Backend) -> Self {
        Self::of(Kind::Conversation, GraphPart::Conversations, backend.lists_conversations())
    }

    fn of(kind: Kind, part: GraphPart, lists: Option<bool>) -> Self {
        Self {
            part,
            kind,
            lists,
            parts_in_ledger: None,
            skipped: HashSet::new(),
            missing_once: RefCell::default(),
            has_warned: Cell::default(),
            has_listed: Cell::default(),
        }
    }

    /// Leaves these objects out.
    pub(super) fn without(self, skipped: HashSet<String>) -> Self {
        Self { skipped, ..self }
    }

    /// Returns the request for the list.
    fn list(&self) -> Call {
        let paging = Paging::default();
        match self.kind {
            Kind::Conversation => Call::of::<ListConversations>(&Nothing {}, &paging, Payload::None),
            _ => Call::of::<ListThreads>(&Nothing {}, &paging, Payload::None),
        }
    }

    /// Returns the error for objects whose absence is not proven yet, if there are any.
    fn check_absences(&self) -> Result<()> {
        let missing = self.missing_once.take();
        if missing.is_empty() {
            return Ok(());
        }
        let named = missing.iter().take(NAMED_OBJECTS).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = match missing.len().saturating_sub(NAMED_OBJECTS) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let error = anyhow!(
            "the backend reported these {}s as missing for the first time: {named}{more}; run the same command again \
             after an hour, because two such responses at least an hour apart are required",
            self.kind
        );
        Err(error.context(incomplete(self.part)))
    }
}

impl FileReferences<'_, '_> {
    /// Reads the threads or conversations that the backend lists, and those in the ledger.
    pub(super) async fn read_containers(&self, containers: &Containers) -> Result<()> {
        let listed = self.list_containers(containers).await?;
        let seen: RefCell<HashSet<u64>> = RefCell::default();
        let listed_ids = listed.iter().flat_map(|(ids, _)| ids.iter().cloned()).map(Ok);
        let all = futures_util::stream::iter(listed_ids).chain(self.in_ledger(containers)).filter(|id| {
            let is_new = id.as_ref().map_or(true, |id| seen.borrow_mut().insert(hash(id)));
            std::future::ready(is_new)
        });
        let all = all.take_while(|_| std::future::ready(!self.pruner.stopping.is_set()));
        let reads = all.map(async |id: Result<String>| self.read_container(containers, &id?, &listed).await);
        let mut reads = std::pin::pin!(reads.buffer_unordered(self.pruner.session.concurrency));
        while let Some(read) = reads.next().await {
            read?;
        }
        containers.check_absences()
    }

    /// Returns the IDs of the threads or conversations in the ledger. These are objects with a row of their own, unless
    /// asst deleted them, and the threads of runs.
    fn in_ledger(&self, containers: &Containers) -> impl Stream<Item = Result<String>> + '_ {
        let (pruner, origin) = (self.pruner, Some(self.pruner.session.origin.clone()));
        let filter =
            move |kind, states| RowQuery { origin: origin.clone(), kind: Some(kind), states, ..RowQuery::default() };
        let states =
            [StateFilter::Present, StateFilter::One(ObjectState::Gone)].map(|states| filter(containers.kind, states));
        let of_parts = containers.parts_in_ledger.map(|kind| filter(kind, StateFilter::Present));
        let rows = futures_util::stream::iter(states).flat_map(|filter| pruner.rows(filter));
        let rows = rows.map(|row| Ok(Some(row?.id().to_owned())));
        let of_parts = futures_util::stream::iter(of_parts).flat_map(|filter| pruner.rows(filter));
        let of_parts = of_parts.map(|row| Ok(row?.parent().map(str::to_owned)));
        rows.chain(of_parts).filter_map(|id: Result<Option<String>>| std::future::ready(id.transpose()))
    }

    /// Lists the threads or conversations of the backend. Returns `None` if the backend has no such list.
    async fn list_containers(&self, containers: &Containers) -> Result<Listed> {
        if containers.lists == Some(false) {
            self.warn_of_missing_list(containers);
            return Ok(None);
        }
        let call = containers.list();
        let mut listed = HashSet::new();
        let each = |item: &Value| {
            self.mentions.add(item, &|| name_of(containers.kind, item));
            listed.extend(id_of(item));
        };
        match self.pruner.read_complete(&call, each).await {
            Ok(complete) => {
                containers.has_listed.set(true);
                Ok(Some((listed, complete)))
            }
            Err(ListError::Failed(error))
                if containers.lists.is_none() && !containers.has_listed.get() && error.refuses_list() =>
            {
                self.pruner.hint.take();
                self.warn_of_missing_list(containers);
                Ok(None)
            }
            // An embedded server of an earlier version has no conversations.
            Err(ListError::Failed(error))
                if self.backend == Backend::Local && containers.kind == Kind::Conversation && error.refuses_list() =>
            {
                self.pruner.hint.take();
                Ok(None)
            }
            Err(error) => Err(self.unreadable_list(&call, containers.part, error).await),
        }
    }

    /// Warns once that a backend does not list its threads or conversations.
    fn warn_of_missing_list(&self, containers: &Containers) {
        if !containers.has_warned.replace(true) {
            let kind = containers.kind;
            self.pruner.app.ui().warn(&format!(
                "this backend does not list {kind}s; a file that only {kind}s outside the ledger name counts as \
                 unreferenced"
            ));
        }
    }

    /// Reads a thread or a conversation with its contents.
    async fn read_container(&self, containers: &Containers, id: &str, listed: &Listed) -> Result<()> {
        if containers.skipped.contains(id) {
            return Ok(());
        }
        let Containers { part, kind, .. } = *containers;
        let spec = get_of(kind).context("no request reads an object of this kind")?;
        let call = Call::bare(spec, &[id]).map_err(|error| Error::from(error).context(incomplete(part)))?;
        let object = match self.pruner.send(&call).await {
            Ok(reply) => reply.value,
            Err(error) if NotFoundPolicy::classify(kind, id, &error) == Some(NotFoundMeaning::Gone) => {
                return self.check_absence(containers, id, listed).await;
            }
            Err(error) => return Err(self.unreadable(&call, part, error).await),
        };
        if let Some(found) = unexpected_type(kind, &object) {
            let reason = anyhow!("{}: expected an object of type {kind}, got {found}", call.request().path);
            return Err(reason.context(incomplete(part)));
        }
        self.mentions.add(&object, &|| format!("{kind} {id}"));
        self.pruner.not_found_policy.reset();
        match kind {
            Kind::Conversation => self.items(id).await,
            _ => self.thread_contents(id).await,
        }
    }

    /// Reads the messages, runs and steps of a thread.
    async fn thread_contents(&self, id: &str) -> Result<()> {
        let part = GraphPart::Threads;
        let path = OfThread::from_texts(&[id]).map_err(|error| Error::from(error).context(incomplete(part)))?;
        let name = || format!("{} {id}", Kind::Thread);
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

    /// Reads the items of a conversation.
    async fn items(&self, id: &str) -> Result<()> {
        let part = GraphPart::Conversations;
        let path = OfConversation::from_texts(&[id]).map_err(|error| Error::from(error).context(incomplete(part)))?;
        let name = || format!("{} {id}", Kind::Conversation);
        let items = Call::of::<ListConversationItems>(&path, &ItemPaging::default(), Payload::None);
        self.list(&items, part, |item| self.mentions.add(item, &name)).await.map(drop)
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

    /// Checks that an object which the backend reported as missing is really absent. The proof is a complete list without
    /// it, or an earlier response of this kind. Without a proof, the object is added to `missing_once`.
    async fn check_absence(&self, containers: &Containers, id: &str, listed: &Listed) -> Result<()> {
        let kind = containers.kind;
        match listed {
            Some((ids, _)) if ids.contains(id) => {
                let reason = format!("the backend lists {kind} {id}, but returned a 404 for it");
                Err(anyhow!(reason).context(incomplete(containers.part)))
            }
            Some(_) => Ok(()),
            None => {
                if !self.pruner.was_missing_before(kind, id).await {
                    containers.missing_once.borrow_mut().push(id.to_owned());
                }
                Ok(())
            }
        }
    }
}
