//! The selection of objects to export: from the arguments, from the ledger, or from the backend's list.

use super::{ExportPart, Exporting};
use crate::api::conversations::{GetConversation, OfConversation};
use crate::api::parts::OfThread;
use crate::api::threads::GetThread;
use crate::api::vector_stores::{GetVectorStore, OfVectorStore};
use crate::api::{Kind, Nothing, ids};
use crate::app::records::RowQuery;
use crate::app::{App, Call, DryRun, Payload};
use crate::exit::Usage;
use crate::export::{Exporter, IdSource, ListNeed, recorded_ids};
use crate::intake::id_lines::from_stdin;
use anyhow::Result;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::collections::HashSet;

/// The parts to export.
pub(super) struct Selection {
    parts: Vec<ExportPart>,
    /// Whether it is a failure if the backend does not have a part.
    pub(super) need: ListNeed,
    /// The kind of the IDs on the command line.
    pub(super) given: Kind,
}

impl Selection {
    pub(super) fn has(&self, part: ExportPart) -> bool {
        self.parts.contains(&part)
    }

    /// Returns `true` if the parts have objects that name files, whose contents are exported too.
    pub(super) fn names_files(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, ExportPart::Files | ExportPart::Uploads))
    }
}

impl Exporting {
    /// Returns the parts that the arguments select.
    ///
    /// # Errors
    /// Returns an error if IDs were given and `--kind` does not determine their kind.
    pub(super) fn selection(&self) -> Result<Selection, Usage> {
        let need = if self.kind.is_empty() { ListNeed::Optional } else { ListNeed::Required };
        let (parts, given) = match (self.ids.is_empty(), self.kind.as_slice()) {
            (true, []) => (ExportPart::value_variants().to_vec(), Kind::Thread),
            (true, kinds) => (kinds.to_vec(), Kind::Thread),
            (false, []) => (vec![ExportPart::Threads], Kind::Thread),
            (false, [part @ ExportPart::Conversations]) => (vec![*part], Kind::Conversation),
            (false, [part @ ExportPart::VectorStores]) => (vec![*part], Kind::VectorStore),
            (false, kinds) if kinds.contains(&ExportPart::Threads) && !kinds.iter().any(has_other_ids) => {
                (kinds.to_vec(), Kind::Thread)
            }
            (false, kinds) => {
                let kinds: Vec<_> = kinds.iter().filter_map(ValueEnum::to_possible_value).collect();
                let kinds: Vec<_> = kinds.iter().map(PossibleValue::get_name).collect();
                let kinds = kinds.join(",");
                return Err(Usage::hinted(
                    format!(
                        "with IDs, --kind expects conversations, vector-stores, threads, or threads with assistants, \
                         files or uploads, got `{kinds}`"
                    ),
                    "run the command once for each kind; each run adds to the same archive",
                ));
            }
        };
        Ok(Selection { parts, need, given })
    }

    /// Returns the threads in the ledger and, with `--remote`, those that the backend lists.
    pub(super) async fn threads(
        &self,
        app: &App,
        export: &Exporter<'_>,
        need: ListNeed,
    ) -> Result<Vec<(String, IdSource)>> {
        let found = recorded_ids(app, &self.recorded(app, Kind::Thread).await?).await?;
        if found.is_empty() {
            self.filter.warn_if_given_a_name(app);
        }
        if self.remote {
            return Ok(with_sources(found, export.listed_threads(need).await?));
        }
        if found.is_empty() && self.filter.is_set() {
            app.ui().note("no thread in the ledger matches the filters");
        } else if found.is_empty() {
            let mut note =
                format!("the ledger has no threads of {}; `asst ledger import` adds IDs", app.origin().await?);
            if app.profile()?.backend.lists_threads() != Some(false) {
                note += ", and --remote exports the threads that the backend lists";
            }
            app.ui().note(&note);
        }
        Ok(unlisted(found))
    }

    /// Returns the conversations in the ledger and, with `--remote`, those that the backend lists.
    pub(super) async fn conversations(
        &self,
        app: &App,
        export: &Exporter<'_>,
        need: ListNeed,
    ) -> Result<Vec<(String, IdSource)>> {
        let found = recorded_ids(app, &self.recorded(app, Kind::Conversation).await?).await?;
        let listed = if self.remote { export.listed_conversations(need).await? } else { Vec::new() };
        Ok(with_sources(found, listed))
    }

    /// Returns the ledger's filter for objects of a kind.
    async fn recorded(&self, app: &App, kind: Kind) -> Result<RowQuery> {
        let origin = app.origin().await?;
        let mut filter = self.filter.filter(app)?;
        if let Some(other) = filter.origin.as_ref().filter(|other| *other != origin) {
            let message = format!("cannot request {}s of {other} at {origin}", kind.name());
            return Err(Usage::hinted(message, "select the profile of that origin with --profile").into());
        }
        filter.origin = Some(origin.to_owned());
        filter.kind = Some(kind);
        Ok(filter)
    }
}

/// Returns `true` if IDs on the command line can select objects of this part, other than threads.
fn has_other_ids(part: &ExportPart) -> bool {
    matches!(part, ExportPart::Conversations | ExportPart::VectorStores)
}

/// Returns IDs that the backend did not list, with their source.
pub(super) fn unlisted(ids: Vec<String>) -> Vec<(String, IdSource)> {
    ids.into_iter().map(|id| (id, IdSource::Unlisted)).collect()
}

/// Returns the IDs in the ledger, then the other IDs that the backend listed, with their sources.
fn with_sources(recorded: Vec<String>, listed: Vec<String>) -> Vec<(String, IdSource)> {
    let mut not_recorded: HashSet<String> = listed.iter().cloned().collect();
    let mut found = unlisted(recorded);
    for (id, source) in &mut found {
        if not_recorded.remove(id) {
            *source = IdSource::Listed;
        }
    }
    found.extend(listed.into_iter().filter(|id| not_recorded.remove(id)).map(|id| (id, IdSource::Listed)));
    found
}

/// Returns the checked and deduplicated IDs from the command line or standard input. Returns `None` if none were given.
pub(super) fn given(app: &App, kind: Kind, texts: &[String], allow_empty: bool) -> Result<Option<Vec<String>>> {
    let read;
    let texts: &[String] = match texts {
        [] => return Ok(None),
        [dash] if dash == "-" => {
            read = from_stdin(app, &[Some(kind)], app.options().any_id, allow_empty)?.concat();
            &read
        }
        texts if texts.iter().any(|text| text == "-") => {
            return Err(Usage::new("expected only `-`, which reads the IDs from standard input").into());
        }
        texts => texts,
    };
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for text in texts {
        ids::check(text)?;
        app.check(&call(kind, text)?)?;
        if seen.insert(text) {
            found.push(text.to_owned());
        }
    }
    Ok(Some(found))
}

/// Returns `true` if this is a dry run. Prints the first request for each given ID, or, without IDs, a note on the
/// objects with which the export begins.
pub(super) fn dry(app: &App, selection: &Selection, given: Option<&[String]>) -> Result<bool> {
    if app.options().dry_run == DryRun::Off {
        return Ok(false);
    }
    for id in given.unwrap_or_default() {
        app.dry(&call(selection.given, id)?)?;
    }
    if given.is_none() {
        let first = ExportPart::value_variants().iter().find(|part| selection.has(**part));
        let objects = match first {
            Some(ExportPart::Conversations) => "the conversations that `asst conversations list` shows",
            Some(ExportPart::VectorStores) => "the vector stores that `asst vector-stores list` shows",
            Some(ExportPart::Assistants) => "the assistants that `asst assistants list` shows",
            Some(ExportPart::Files) => "the list of files that `asst files list` shows",
            Some(ExportPart::Uploads) => "the uploads in the ledger",
            Some(ExportPart::Threads) | None => "the threads that `asst threads list` shows",
        };
        app.ui().note(&format!("the export begins with {objects}"));
    }
    Ok(true)
}

/// Returns the first request for an object.
fn call(kind: Kind, id: &str) -> Result<Call> {
    let (query, body) = (&Nothing {}, Payload::None);
    Ok(match kind {
        Kind::Conversation => {
            Call::of::<GetConversation>(&OfConversation { conversation_id: id.parse()? }, query, body)
        }
        Kind::VectorStore => Call::of::<GetVectorStore>(&OfVectorStore { vector_store_id: id.parse()? }, query, body),
        _ => Call::of::<GetThread>(&OfThread { thread_id: id.parse()? }, query, body),
    })
}
