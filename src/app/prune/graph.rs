//! Who names which file: assistants, threads with their runs and messages, vector stores. A part that cannot be read makes
//! the whole of it worth nothing (DESIGN.md 4.5).

use super::{Part, Pruner};
use crate::api::assistants::ListAssistants;
use crate::api::messages::ListMessages;
use crate::api::paging::{MessagePaging, Paging};
use crate::api::parts::OfThread;
use crate::api::relatives::{LIST_STORE_FILES, LIST_STORES};
use crate::api::runs::ListRuns;
use crate::api::threads::{GetThread, ListThreads};
use crate::api::{Backend, Kind, Nothing, Spec};
use crate::app::{Absence, Call};
use crate::client::{ClientError, Payload, Request, id_of};
use crate::exit::CallFailed;
use crate::export::references;
use crate::ledger::Filter;
use anyhow::Result;
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The files in question that something names, with the first that was found to.
#[derive(Debug, Default)]
pub(super) struct Named(RefCell<BTreeMap<String, String>>);

impl Named {
    pub(super) fn by(&self, file: &str) -> Option<String> {
        self.0.borrow().get(file).cloned()
    }

    /// Notes the files that an object names.
    fn note(&self, object: &Value, of: &dyn Fn() -> String) {
        let mut found = BTreeSet::new();
        references(object, &mut found);
        for file in found {
            self.0.borrow_mut().entry(file).or_insert_with(of);
        }
    }
}

/// Tells whether a backend has no such list, and says so.
fn lists_none(error: &ClientError) -> bool {
    let session_key = error.refused().is_some_and(|refused| refused.code.as_deref() == Some("missing_scope"));
    session_key || matches!(error, ClientError::NotOffered(_))
}

impl Pruner<'_> {
    /// Looks through all that can name files.
    ///
    /// # Errors
    /// Where a part cannot be read; it is named.
    pub(super) async fn graph(&self, without: &[Part]) -> Result<Named> {
        let named = Named::default();
        let backend = self.app.profile()?.backend;
        let is_left_out = |part: Part| {
            let given_up = backend == Backend::OpenAi && part != Part::VectorStores;
            let never_had = backend == Backend::Local && part == Part::VectorStores;
            given_up || never_had || without.contains(&part)
        };
        if !is_left_out(Part::Assistants) {
            let call = Call::of::<ListAssistants>(&Nothing {}, &Paging::default(), Payload::None);
            self.read(&call, Part::Assistants, |item| named.note(item, &|| name(Kind::Assistant, item))).await?;
        }
        if !is_left_out(Part::VectorStores) {
            self.stores(&named).await?;
        }
        if !is_left_out(Part::Threads) {
            self.threads_of_graph(&named, backend).await?;
        }
        Ok(named)
    }

    /// Walks through a list, which must be had whole.
    async fn read(&self, call: &Call, part: Part, mut each: impl FnMut(&Value)) -> Result<()> {
        let walked = self.each_page(call, |page| page.items.iter().for_each(&mut each)).await;
        match walked {
            Ok(None) => Ok(()),
            Ok(Some(warning)) => Err(anyhow::anyhow!("{}: {warning}", call.request().path).context(incomplete(part))),
            Err(error) => Err(self.unreadable(call, part, error).await),
        }
    }

    async fn unreadable(&self, call: &Call, part: Part, error: ClientError) -> anyhow::Error {
        let failed = self.app.explain(call, error).await;
        let offered = matches!(failed.source, ClientError::NotOffered(_));
        let hint =
            format!("--without {} says that this backend has none, or that none of them names a file", part.name());
        let hint = if offered { Some(hint) } else { failed.hint };
        anyhow::Error::from(CallFailed {
            tried: format!("{}: {}", failed.tried, incomplete(part)),
            hint,
            source: failed.source,
        })
    }

    async fn stores(&self, named: &Named) -> Result<()> {
        let mut stores = Vec::new();
        self.read(&raw(&LIST_STORES, &[]), Part::VectorStores, |item| stores.extend(id_of(item))).await?;
        for store in stores {
            let of = || format!("{} {store}", Kind::VectorStore);
            let each = |item: &Value| named.note(&serde_json::json!({ "file_id": id_of(item) }), &of);
            self.read(&raw(&LIST_STORE_FILES, &[&store]), Part::VectorStores, each).await?;
        }
        Ok(())
    }

    /// Looks through the threads that the ledger knows, and those that the backend lists.
    async fn threads_of_graph(&self, named: &Named, backend: Backend) -> Result<()> {
        let listed = self.listed_threads(backend).await?;
        let known = self.known_threads().filter(|id| {
            let known = id.as_ref().is_ok_and(|id| listed.contains(id));
            std::future::ready(!known)
        });
        let all = futures_util::stream::iter(listed.clone()).map(Ok).chain(known);
        let work = all.map(async |id: Result<String>| self.thread_of_graph(&id?, named).await);
        let mut done = std::pin::pin!(work.buffer_unordered(self.session.concurrency));
        while let Some(read) = done.next().await {
            read?;
        }
        Ok(())
    }

    fn known_threads(&self) -> impl Stream<Item = Result<String>> + '_ {
        let filter = Filter::present(Some(&self.session.origin), Kind::Thread);
        self.pages(filter).map(|candidate| Ok(candidate?.id().to_owned()))
    }

    async fn listed_threads(&self, backend: Backend) -> Result<HashSet<String>> {
        let mut listed = HashSet::new();
        if backend.lists_threads() == Some(false) {
            return Ok(listed);
        }
        let call = Call::of::<ListThreads>(&Nothing {}, &Paging::default(), Payload::None);
        match self.each_page(&call, |page| listed.extend(page.items.iter().filter_map(id_of))).await {
            Err(error) if lists_none(&error) => self.app.ui.warn(
                "this backend lists no threads: a file that only a thread names which the ledger does not know counts \
                 as unreferenced",
            ),
            Err(error) => return Err(self.unreadable(&call, Part::Threads, error).await),
            Ok(Some(warning)) => return Err(anyhow::anyhow!("{warning}").context(incomplete(Part::Threads))),
            Ok(None) => {}
        }
        Ok(listed)
    }

    async fn thread_of_graph(&self, id: &str, named: &Named) -> Result<()> {
        let path = OfThread { thread_id: id.parse()? };
        let call = Call::of::<GetThread>(&path, &Nothing {}, Payload::None);
        let of = || format!("{} {id}", Kind::Thread);
        match self.ask(&call).await {
            Ok(reply) => named.note(&reply.value, &of),
            Err(error) if self.trust.judge(Kind::Thread, id, &error) == Some(Absence::Gone) => return Ok(()),
            Err(error) => return Err(self.unreadable(&call, Part::Threads, error).await),
        }
        self.trust.found(Kind::Thread);
        let each = |item: &Value| named.note(item, &of);
        let runs = Call::of::<ListRuns>(&path, &Paging::default(), Payload::None);
        self.read(&runs, Part::Threads, each).await?;
        let messages = Call::of::<ListMessages>(&path, &MessagePaging::default(), Payload::None);
        self.read(&messages, Part::Threads, each).await
    }
}

fn raw(spec: &'static Spec, ids: &[&str]) -> Call {
    let path = ids.iter().fold(spec.path.to_owned(), |path, id| path.replacen("{vector_store_id}", id, 1));
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    Call::raw(spec, ids, Request::new(spec, path, Vec::new(), Payload::None))
}

fn incomplete(part: Part) -> String {
    format!("not all {} could be read, so nobody knows which files they name, and none is pruned", part.name())
}

fn name(kind: Kind, object: &Value) -> String {
    format!("{kind} {}", id_of(object).unwrap_or_default())
}
