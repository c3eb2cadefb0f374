//! Finds the files that uploads created whose response was lost.

use super::journal::{Journal, OpenUpload};
use crate::api::Nothing;
use crate::api::files::ListFiles;
use crate::api::objects::{FileObject, JsonObject};
use crate::api::paging::{FilePaging, Order};
use crate::app::{App, Call};
use crate::client::Payload;
use crate::env::clock;
use anyhow::Result;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// The maximum difference in seconds between the clocks of this machine and of the backend.
const CLOCK_TOLERANCE: i64 = 300;

/// The maximum time in seconds from the start of an upload to the creation of its file.
const LONGEST_UPLOAD: i64 = 6 * 3600;

/// The age in seconds of an upload at which its file must be in the list of the backend.
const VISIBLE_AFTER: i64 = 10;
/// The pause between two reads of the list, and the number of reads.
const PAUSE: Duration = Duration::from_millis(500);
const READS: usize = 3;

/// A file of the backend that an upload may have created.
struct Candidate {
    id: String,
    name: String,
    size: u64,
    created_at: i64,
}

/// Finds the files that uploads created, and closes the intents of the uploads. Returns each upload whose file was
/// found, with the ID of the file. All other uploads can be repeated. If it is unclear which file an upload created,
/// its intent stays open.
///
/// # Errors
/// Returns an error if the files of the backend cannot be listed.
pub(super) async fn recover(
    app: &App,
    journal: &Journal<'_>,
    uploads: Vec<OpenUpload>,
    is_known: impl Fn(&str) -> bool,
) -> Result<Vec<(OpenUpload, String)>> {
    let mut found = Vec::new();
    let mut missing = uploads;
    for look in 0..READS {
        if missing.is_empty() {
            break;
        }
        let mut candidates = candidates(app, &missing).await?;
        let taken: HashSet<String> = found.iter().map(|(_, id): &(OpenUpload, String)| id.clone()).collect();
        candidates.retain(|candidate| !is_known(&candidate.id) && !taken.contains(&candidate.id));
        let mut unknown = Vec::new();
        for candidate in candidates {
            if !journal.has_file(&candidate.id).await? {
                unknown.push(candidate);
            }
        }
        let Assignment { matched, rest, unclear } = assign(missing, unknown);
        unclear.iter().for_each(|(name, ids)| warn_unclear(app, name, ids));
        for (upload, id) in &matched {
            journal.settle(upload, Some(id)).await?;
        }
        found.extend(matched);
        missing = rest;
        let is_recent = |upload: &OpenUpload| clock::now().saturating_sub(upload.since) < VISIBLE_AFTER;
        if look + 1 < READS && missing.iter().any(is_recent) {
            tokio::time::sleep(PAUSE).await;
        } else {
            break;
        }
    }
    for upload in &missing {
        journal.settle(upload, None).await?;
    }
    Ok(found)
}

/// Lists the files that were created since the earliest of the uploads began, with their names and sizes.
async fn candidates(app: &App, uploads: &[OpenUpload]) -> Result<Vec<Candidate>> {
    let since = uploads.iter().map(|upload| upload.since).min().unwrap_or_default().saturating_sub(CLOCK_TOLERANCE);
    let query =
        FilePaging { purpose: Some("assistants".to_owned()), order: Some(Order::Desc), ..FilePaging::default() };
    let mut pages = app.pages(Call::of::<ListFiles>(&Nothing {}, &query, Payload::None), None)?;
    let mut candidates = Vec::new();
    while let Some(page) = pages.next().await? {
        // The search does not end at the first older file, because a server may use another order.
        let mut is_older = !page.is_empty();
        for value in &page {
            let Some(file) = FileObject::from_value_ref(value) else { continue };
            let created_at = file.created_at().valid().map_or(0, |time| time as i64);
            is_older &= created_at < since;
            let size = file.bytes().valid().and_then(|bytes| u64::try_from(bytes).ok());
            if let (Some(id), Some(name), Some(size)) = (file.id().valid(), file.filename().valid(), size) {
                candidates.push(Candidate { id: id.to_owned(), name: name.to_owned(), size, created_at });
            }
        }
        if is_older {
            break;
        }
    }
    candidates.retain(|candidate| candidate.created_at >= since);
    Ok(candidates)
}

/// The result of an assignment of candidates to uploads.
#[derive(Default)]
struct Assignment {
    matched: Vec<(OpenUpload, String)>,
    /// Uploads that created none of the candidates.
    rest: Vec<OpenUpload>,
    /// The names of files that could not be assigned, each with the IDs of its candidates.
    unclear: Vec<(String, Vec<String>)>,
}

/// Assigns candidates to uploads by name and size. If there are more candidates than uploads, or if the uploads have
/// different contents, assigns none: a wrong assignment would give a file the path of another file.
fn assign(uploads: Vec<OpenUpload>, candidates: Vec<Candidate>) -> Assignment {
    let mut groups: BTreeMap<(String, u64), Vec<OpenUpload>> = BTreeMap::new();
    for upload in uploads {
        groups.entry((upload.name().to_owned(), upload.size)).or_default().push(upload);
    }
    let mut result = Assignment::default();
    for ((name, size), group) in groups {
        let is_in_time = |candidate: &&Candidate| {
            let times = group.iter().map(|upload| upload.since - CLOCK_TOLERANCE..=upload.since + LONGEST_UPLOAD);
            times.into_iter().any(|times| times.contains(&candidate.created_at))
        };
        let fitting = candidates.iter().filter(|candidate| candidate.name == name && candidate.size == size);
        let fitting = fitting.filter(is_in_time);
        let fitting: Vec<String> = fitting.map(|candidate| candidate.id.clone()).collect();
        let has_one_content = group.windows(2).all(|pair| match pair {
            [one, other] => one.identity.hash == other.identity.hash,
            _ => true,
        });
        if fitting.len() > group.len() || (!fitting.is_empty() && !has_one_content) {
            result.unclear.push((name, fitting));
            continue;
        }
        let mut fitting = fitting.into_iter();
        for upload in group {
            match fitting.next() {
                Some(id) => result.matched.push((upload, id)),
                None => result.rest.push(upload),
            }
        }
    }
    result
}

fn warn_unclear(app: &App, name: &str, ids: &[String]) {
    app.ui().warn(&format!(
        "{name} was sent without a response, and each of these files may be its upload: {}; these files stay, and \
         {name} is sent again; `asst ledger doctor` shows the intents",
        ids.join(", ")
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::store::Identity;

    fn upload(path: &str, byte: u8) -> OpenUpload {
        let identity = Identity { path: path.to_owned(), hash: [byte; 32] };
        OpenUpload { intent: None, identity, size: 5, since: 0 }
    }

    fn candidate(id: &str, name: &str, size: u64) -> Candidate {
        Candidate { id: id.to_owned(), name: name.to_owned(), size, created_at: 0 }
    }

    #[test]
    fn only_a_clear_candidate_is_assigned() {
        let result = assign(
            vec![upload("x/a.md", 1), upload("b.md", 1), upload("c.md", 1), upload("y/c.md", 2), upload("d.md", 1)],
            vec![
                candidate("f1", "a.md", 5),
                candidate("f2", "b.md", 6),
                candidate("f3", "c.md", 5),
                candidate("f4", "d.md", 5),
                candidate("f5", "d.md", 5),
            ],
        );
        let matched: Vec<&str> = result.matched.iter().map(|(_, id)| id.as_str()).collect();
        let rest: Vec<&str> = result.rest.iter().map(|upload| upload.identity.path.as_str()).collect();
        let unclear: Vec<&str> = result.unclear.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((matched, rest, unclear), (vec!["f1"], vec!["b.md"], vec!["c.md", "d.md"]));
    }

    #[test]
    fn uploads_of_one_content_can_take_any_candidate() {
        let result = assign(vec![upload("x/a.md", 1), upload("y/a.md", 1)], vec![candidate("f1", "a.md", 5)]);
        assert_eq!((result.matched.len(), result.rest.len(), result.unclear.len()), (1, 1, 0));
    }
}
