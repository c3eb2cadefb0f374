//! Tests of the plan.

use super::filter::PathFilter;
use super::journal::NotedFile;
use super::options::{DeleteScope, OptionNames, SyncMode, SyncOptions};
use super::plan::{Plan, RemovalReason};
use super::source::{Source, SourceFile};
use super::store::{FileStatus, Identity, StoreFile};
use crate::api::PathArgs;
use crate::env::glob::{Glob, GlobFilter};
use std::time::Duration;

fn options() -> SyncOptions {
    SyncOptions {
        store: PathArgs::from_texts(&["vs_1"]).expect("it is valid"),
        predecessors: Vec::new(),
        digest: None,
        folders: Vec::new(),
        filter: PathFilter::default(),
        prefix: None,
        attributes: Vec::new(),
        chunking: None,
        delete: DeleteScope::Own,
        max_delete: None,
        keep_files: false,
        track_renames: false,
        retry_failed: false,
        timeout: Duration::ZERO,
        mode: SyncMode::Apply,
        names: OptionNames::Flags,
        verify: false,
    }
}

fn source(files: &[(&str, u8)]) -> Source {
    let file = |(path, byte): &(&str, u8)| SourceFile {
        path: (*path).into(),
        location: path.into(),
        hash: [*byte; 32],
        size: 1,
    };
    Source { files: files.iter().map(file).collect(), ..Source::default() }
}

fn stored(id: &str, path: &str, byte: u8, status: FileStatus, created_at: i64) -> StoreFile {
    let identity = (!path.is_empty()).then(|| Identity { path: path.to_owned(), hash: [byte; 32] });
    StoreFile { id: id.to_owned(), identity, status, created_at, has_attributes: true }
}

fn removed(plan: &Plan) -> Vec<(&str, RemovalReason)> {
    plan.removals.iter().map(|removal| (removal.id.as_str(), removal.reason)).collect()
}

#[test]
fn a_pending_file_counts_as_present() {
    let store = [stored("f1", "a.md", 1, FileStatus::Pending, 0)];
    let plan = Plan::new(&source(&[("a.md", 1)]), &store, &[], &options());
    assert!(plan.is_empty());
    assert_eq!(plan.pending, [(0, "f1".to_owned())]);
}

#[test]
fn another_content_is_uploaded_and_replaces_the_old_file() {
    let store = [stored("f1", "a.md", 1, FileStatus::Completed, 0)];
    let plan = Plan::new(&source(&[("a.md", 2)]), &store, &[], &options());
    assert_eq!(plan.uploads, [0]);
    assert_eq!(removed(&plan), [("f1", RemovalReason::Replaced(0))]);
    assert_eq!(plan.limited_removals(), 0);
}

#[test]
fn several_versions_of_one_path_count_once_for_the_limit() {
    let version = |byte| stored(&format!("f{byte}"), "gone.md", byte, FileStatus::Completed, i64::from(byte));
    let store: Vec<StoreFile> = (1..=18).map(version).chain([stored("f0", "", 0, FileStatus::Completed, 0)]).collect();
    let plan = Plan::new(&source(&[("a.md", 1)]), &store, &[], &options());
    assert_eq!((plan.removals.len(), plan.limited_removals(), plan.managed), (18, 1, 1));
    let all = SyncOptions { delete: DeleteScope::All, ..options() };
    let plan = Plan::new(&source(&[("a.md", 1)]), &store, &[], &all);
    assert_eq!((plan.removals.len(), plan.limited_removals()), (19, 2));
}

#[test]
fn the_oldest_of_several_copies_stays_whether_it_is_indexed_or_not() {
    let store = [
        stored("f1", "a.md", 1, FileStatus::Pending, 1),
        stored("f3", "a.md", 1, FileStatus::Completed, 3),
        stored("f2", "a.md", 1, FileStatus::Completed, 3),
    ];
    let plan = Plan::new(&source(&[("a.md", 1)]), &store, &[], &options());
    assert_eq!(removed(&plan), [("f3", RemovalReason::Duplicate), ("f2", RemovalReason::Duplicate)]);
    assert_eq!((plan.pending.len(), plan.managed), (1, 1));
    // A copy whose indexing failed stays only if there is no other copy.
    let store = [stored("f1", "a.md", 1, FileStatus::Failed, 1), stored("f2", "a.md", 1, FileStatus::Pending, 2)];
    let plan = Plan::new(&source(&[("a.md", 1)]), &store, &[], &options());
    assert_eq!(removed(&plan), [("f1", RemovalReason::Duplicate)]);
}

#[test]
fn files_of_others_stay_unless_all_are_requested() {
    let store = [stored("f1", "", 0, FileStatus::Completed, 0), stored("f2", "x/b.md", 1, FileStatus::Completed, 0)];
    let prefixed = SyncOptions { prefix: Some("y".to_owned()), ..options() };
    assert!(removed(&Plan::new(&source(&[]), &store, &[], &prefixed)).is_empty());
    let all = SyncOptions { delete: DeleteScope::All, ..prefixed };
    assert_eq!(removed(&Plan::new(&source(&[]), &store, &[], &all)), [("f1", RemovalReason::Foreign)]);
    // A prefix matches only complete names of folders.
    let similar = [stored("f3", "yes/c.md", 1, FileStatus::Completed, 0)];
    assert!(removed(&Plan::new(&source(&[]), &similar, &[], &all)).is_empty());
}

#[test]
fn excluded_skipped_and_unreadable_paths_stay() {
    let store = ["a.md", "b.txt", "c.md", "d.md"].map(|path| stored(path, path, 1, FileStatus::Completed, 0));
    let mut source = source(&[]);
    source.skipped.push(("c.md".to_owned(), "it is empty".to_owned()));
    source.unreadable.push(("d.md".to_owned(), "no".to_owned()));
    let globs = GlobFilter { include: vec![Glob::parse("*.md").expect("it is valid")], ..GlobFilter::default() };
    let filter = PathFilter { globs, no_ignore: false };
    let plan = Plan::new(&source, &store, &[], &SyncOptions { filter, ..options() });
    assert_eq!(removed(&plan), [("a.md", RemovalReason::Gone)]);
    assert_eq!(plan.kept.len(), 3);
}

#[test]
fn files_below_a_withheld_folder_stay_and_are_not_renamed() {
    let store = [stored("f1", "guides/a.md", 1, FileStatus::Completed, 0)];
    let options = SyncOptions { track_renames: true, ..options() };
    let mut skipped = source(&[("b.md", 1)]);
    skipped.skipped.push(("guides".to_owned(), "it is a link to a folder".to_owned()));
    let mut unreadable = source(&[("b.md", 1)]);
    unreadable.unreadable.push(("other".to_owned(), "no".to_owned()));
    for (source, kept) in [(skipped, 1), (unreadable, 0)] {
        let plan = Plan::new(&source, &store, &[], &options);
        assert_eq!((plan.uploads.len(), plan.renames.len(), plan.kept.len()), (1, 0, kept), "{source:?}");
    }
}

#[test]
fn failures_that_lie_in_the_content_are_remembered() {
    let store = [
        stored("f1", "a.md", 1, FileStatus::Unusable, 0),
        stored("f2", "b.md", 1, FileStatus::Failed, 0),
        stored("f3", "c.md", 9, FileStatus::Unusable, 0),
    ];
    let source = source(&[("a.md", 1), ("b.md", 1), ("c.md", 1)]);
    let plan = Plan::new(&source, &store, &[], &options());
    assert_eq!(plan.unusable, [(0, "f1".to_owned())]);
    assert_eq!(plan.retries, [(1, "f2".to_owned())]);
    assert_eq!(plan.uploads, [2]);
    let plan = Plan::new(&source, &store, &[], &SyncOptions { retry_failed: true, ..options() });
    assert_eq!(plan.retries.len(), 2);
}

#[test]
fn uploaded_files_are_attached_and_unwanted_ones_are_left_over() {
    let noted = |id: &str, path: &str, byte, is_abandoned| NotedFile {
        id: id.to_owned(),
        identity: Identity { path: path.to_owned(), hash: [byte; 32] },
        is_abandoned,
    };
    let notes = [noted("f1", "a.md", 1, true), noted("f2", "a.md", 2, true), noted("f3", "b.md", 1, false)];
    let plan = Plan::new(&source(&[("a.md", 1)]), &[], &notes, &options());
    assert_eq!(plan.attachments, [(0, "f1".to_owned())]);
    let left: Vec<&str> = plan.leftovers.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(left, ["f2"]);
}

#[test]
fn a_moved_file_keeps_its_object_if_renames_are_tracked() {
    let store = [stored("f1", "old/a.md", 1, FileStatus::Completed, 0)];
    let source = source(&[("new/a.md", 1), ("new/b.md", 1)]);
    let plan = Plan::new(&source, &store, &[], &SyncOptions { track_renames: true, ..options() });
    assert_eq!(plan.renames, [(0, "f1".to_owned(), "old/a.md".to_owned())]);
    assert_eq!(plan.uploads, [1]);
    assert!(plan.removals.is_empty());
    let plan = Plan::new(&source, &store, &[], &options());
    assert_eq!(plan.uploads, [0, 1]);
    assert_eq!(removed(&plan), [("f1", RemovalReason::Gone)]);
}
