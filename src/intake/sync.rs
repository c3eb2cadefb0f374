//! Records the objects that a backend can list.

use crate::api::assistants::ListAssistants;
use crate::api::conversations::ListConversations;
use crate::api::files::ListFiles;
use crate::api::threads::ListThreads;
use crate::api::vector_stores::ListVectorStores;
use crate::api::{Endpoint, Kind, Nothing};
use crate::app::{App, Call, IfMissing, Outcomes, Payload};
use crate::client::ClientError;
use crate::exit::{CallFailed, DONE, IncompleteList, MIXED};
use anyhow::Result;

/// The kinds that a backend may list.
pub const LISTABLE: [Kind; 5] = [Kind::Assistant, Kind::File, Kind::Thread, Kind::VectorStore, Kind::Conversation];

const NOT_LISTED: &str = "the backend does not list them";

const INCOMPLETE: &str = "the list may be incomplete";

/// The result for one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncResult {
    pub kind: Kind,
    /// The number of objects in the list.
    pub listed: u64,
    /// The reason why the list is missing or may be incomplete.
    pub note: Option<&'static str>,
}

/// Records the lists of these kinds, which are among [`LISTABLE`]. An empty slice means all. Passes the result for each
/// kind to `each`.
///
/// # Errors
/// Returns an error if a list could not be read to its end. The pages before the error are recorded. A list that may be
/// incomplete is reported, and is part of the returned outcomes.
pub async fn sync(app: &App, kinds: &[Kind], mut each: impl FnMut(SyncResult) -> Result<()>) -> Result<Outcomes> {
    let backend = app.profile()?.backend;
    let mut outcomes = Outcomes::default();
    for kind in LISTABLE.into_iter().filter(|kind| kinds.is_empty() || kinds.contains(kind)) {
        let (listed, note) = match kind {
            Kind::Thread if backend.lists_threads() == Some(false) => (0, Some(NOT_LISTED)),
            Kind::Conversation if backend.lists_conversations() == Some(false) => (0, Some(NOT_LISTED)),
            Kind::Assistant => all::<ListAssistants>(app).await?,
            Kind::File => all::<ListFiles>(app).await?,
            Kind::VectorStore => all::<ListVectorStores>(app).await?,
            Kind::Conversation => all::<ListConversations>(app).await?,
            _ => all::<ListThreads>(app).await?,
        };
        outcomes.add(if note == Some(INCOMPLETE) { MIXED } else { DONE });
        each(SyncResult { kind, listed, note })?;
    }
    Ok(outcomes)
}

/// Records all pages of a list. Returns the number of objects, and a note if the backend has no such list or if the list
/// may be incomplete.
async fn all<E: Endpoint<Path = Nothing>>(app: &App) -> Result<(u64, Option<&'static str>)> {
    let call = Call::of::<E>(&Nothing {}, &E::Query::default(), Payload::None);
    let mut pages = app.pages(call, None)?.recorded();
    let mut listed = 0;
    loop {
        match pages.next().await {
            Ok(Some(items)) => listed += items.len() as u64,
            Ok(None) => return Ok((listed, None)),
            Err(error) if is_not_offered(&error) => return Ok((listed, Some(NOT_LISTED))),
            Err(error) if error.is::<IncompleteList>() => {
                app.report_failure(&error, IfMissing::Fail)?;
                return Ok((listed, Some(INCOMPLETE)));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Returns `true` if the backend has no such list. OpenAI allows listing threads only on its own web pages
/// (docs/protocol/endpoints.md#lists-that-do-not-exist).
fn is_not_offered(error: &anyhow::Error) -> bool {
    let Some(CallFailed { source, .. }) = error.downcast_ref() else { return false };
    let needs_session_key = source.api_error().is_some_and(|error| error.code.as_deref() == Some("missing_scope"));
    needs_session_key || matches!(source, ClientError::NotOffered(_))
}
