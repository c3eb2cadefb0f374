//! Prints notes about files that a sync leaves out of a vector store, or leaves in it although the folders lack them.

use super::MAX_PATHS;
use crate::app::App;
use crate::sync::SyncPreview;
use crate::ui::counted;
use std::collections::BTreeMap;

/// Reports the files that a vector store cannot contain.
pub(super) fn report_skipped(app: &App, key: &str, skipped: &[(String, String)]) {
    for text in named(skipped) {
        app.ui().warn(&format!("{key}: left out: {text}"));
    }
}

/// Reports the files that stay in the vector store, although the folders lack them.
pub(super) fn report_kept(app: &App, key: &str, found: &SyncPreview) {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    found.kept.iter().for_each(|(_, reason)| *reasons.entry(reason).or_default() += 1);
    if found.outside > 0 {
        reasons.insert("outside of the prefix", found.outside);
    }
    for (reason, count) in reasons {
        let files = counted(count, "file");
        app.ui().note(&format!("{key}: {files} that the folders lack stay in the vector store: {reason}"));
    }
}

/// Returns a line with path and reason for each file. Files beyond `MAX_PATHS` are only counted.
pub(super) fn named(files: &[(String, String)]) -> Vec<String> {
    let mut texts: Vec<String> =
        files.iter().take(MAX_PATHS).map(|(path, reason)| format!("{path}: {reason}")).collect();
    let more = files.len().saturating_sub(MAX_PATHS);
    texts.extend((more > 0).then(|| format!("{more} further files")));
    texts
}
