//! The objects of an archive to restore or to verify.

use crate::api::ids;
use crate::app::App;
use crate::archive::{ArchiveManifest, ArchiveReader};
use crate::exit::{Failure, NOT_FOUND, Usage};
use crate::intake::id_lines::from_stdin;
use crate::restore::ObjectKind;
use anyhow::Result;
use std::collections::HashSet;

/// The kinds of objects to restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum RestorePart {
    /// Threads with their messages
    Threads,
    /// Conversations with their items
    Conversations,
}

/// Returns the selected objects: those with the given IDs, or all of the selected kinds.
///
/// # Errors
/// Returns an error if the archive does not have one of the IDs.
pub(super) fn objects(
    app: &App,
    archive: &ArchiveReader,
    texts: &[String],
    allow_empty: bool,
    parts: &[RestorePart],
) -> Result<Vec<(ObjectKind, String)>> {
    let manifest = archive.manifest();
    let read;
    let texts: &[String] = match texts {
        [] => return Ok(all(manifest, parts)),
        [dash] if dash == "-" => {
            read = from_stdin(app, &[None], true, allow_empty)?.concat();
            &read
        }
        texts if texts.iter().any(|text| text == "-") => {
            return Err(Usage::new("expected only `-`, which reads the IDs from standard input").into());
        }
        texts => texts,
    };
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    for id in texts {
        ids::check(id)?;
        if !seen.insert(id) {
            continue;
        }
        let kind = match (manifest.threads.contains_key(id), manifest.conversations.contains_key(id)) {
            (true, _) => ObjectKind::Thread,
            (_, true) => ObjectKind::Conversation,
            _ => {
                let root = archive.layout().root().display();
                let message = format!("{root}: the archive has no thread or conversation {id}");
                let hint = format!("`asst export {root} {id}` adds it, while its backend still has it");
                return Err(Failure::new(NOT_FOUND, message).hinted(hint).into());
            }
        };
        found.push((kind, id.clone()));
    }
    Ok(found)
}

fn all(manifest: &ArchiveManifest, parts: &[RestorePart]) -> Vec<(ObjectKind, String)> {
    let has = |part| parts.is_empty() || parts.contains(&part);
    let threads = manifest.threads.keys().filter(|_| has(RestorePart::Threads));
    let conversations = manifest.conversations.keys().filter(|_| has(RestorePart::Conversations));
    let threads = threads.map(|id| (ObjectKind::Thread, id.clone()));
    threads.chain(conversations.map(|id| (ObjectKind::Conversation, id.clone()))).collect()
}

/// Returns why the archive may lack objects that its backend has. Returns `None` if it is complete.
pub(super) fn gap(archive: &ArchiveReader) -> Option<String> {
    const KINDS: [&str; 4] = ["thread", "conversation", "threads", "conversations"];
    let failed = archive.manifest().failed.values().filter(|failure| KINDS.contains(&failure.kind.as_str())).count();
    let root = archive.layout().root().display();
    if failed > 0 {
        let objects = crate::ui::counted(failed as u64, "object");
        return Some(format!(
            "the archive lacks {objects} that could not be exported; `asst export verify {root}` lists them"
        ));
    }
    (!archive.is_complete()).then(|| format!("the last export into the archive did not complete: `asst export {root}`"))
}
