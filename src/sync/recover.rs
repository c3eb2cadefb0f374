//! Finding out what uploads without a response created.

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

/// The age in seconds of an upload at which its file must be in the list of the backend.
const VISIBLE_AFTER: i64 = 10;
/// The pause between two looks at the list, and their number.
const PAUSE: Duration = Duration::from_millis(500);
const LOOKS: usize = 3;

/// A file of the backend that an upload may have created.
struct Candidate {
    id: String,
    name: String,
    size: u64,
    created_at: i64,
}

/// Finds the files that uploads created, and closes the intents of the uploads. Returns the uploads whose files were
/// found, with the IDs. All others can be sent again.
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
    for look in 0..LOOKS {
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
        let (matched, rest) = assign(app, missing, unknown);
        for (upload, id) in &matched {
            journal.settle(upload, Some(id)).await?;
        }
        found.extend(matched);
        missing = rest;
        let is_recent = |upload: &OpenUpload| clock::now().saturating_sub(upload.since) < VISIBLE_AFTER;
        if look + 1 < LOOKS && missing.iter().any(is_recent) {
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

/// Lists the files that were created since the first of the uploads, with their names and sizes.
async fn candidates(app: &App, uploads: &[OpenUpload]) -> Result<Vec<Candidate>> {
    let since = uploads.iter().map(|upload| upload.since).min().unwrap_or_default().saturating_sub(CLOCK_TOLERANCE);
    let query =
        FilePaging { purpose: Some("assistants".to_owned()), order: Some(Order::Desc), ..FilePaging::default() };
    let mut pages = app.pages(Call::of::<ListFiles>(&Nothing {}, &query, Payload::None), None)?;
    let mut candidates = Vec::new();
    while let Some(page) = pages.next().await? {
        let mut is_older = false;
        for value in &page {
            let Some(file) = FileObject::from_value_ref(value) else { continue };
            let created_at = file.created_at().valid().map_or(0, |time| time as i64);
            is_older |= created_at < since;
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

/// Assigns candidates to uploads by name and size. If several uploads with different contents match, none is assigned,
/// because a wrong one would give a file the path of another.
fn assign(
    app: &App,
    uploads: Vec<OpenUpload>,
    candidates: Vec<Candidate>,
) -> (Vec<(OpenUpload, String)>, Vec<OpenUpload>) {
    let mut groups: BTreeMap<(String, u64), Vec<OpenUpload>> = BTreeMap::new();
    for upload in uploads {
        groups.entry((upload.name().to_owned(), upload.size)).or_default().push(upload);
    }
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for ((name, size), group) in groups {
        let fitting: Vec<&Candidate> =
            candidates.iter().filter(|candidate| candidate.name == name && candidate.size == size).collect();
        let has_one_content = group.windows(2).all(|pair| match pair {
            [one, other] => one.identity.hash == other.identity.hash,
            _ => true,
        });
        if fitting.len() > group.len() || (!fitting.is_empty() && !has_one_content) {
            let ids: Vec<&str> = fitting.iter().map(|candidate| candidate.id.as_str()).collect();
            app.ui().warn(&format!(
                "several files can be {name}, which an earlier command sent without a response: {}; they stay, and \
                 {name} is sent again",
                ids.join(", ")
            ));
            rest.extend(group);
            continue;
        }
        let mut fitting = fitting.into_iter();
        for upload in group {
            match fitting.next() {
                Some(candidate) => matched.push((upload, candidate.id.clone())),
                None => rest.push(upload),
            }
        }
    }
    (matched, rest)
}
