//! Plans a sync from the folders, the vector store, and the notes of earlier syncs, without any request.

use super::content::Hash;
use super::journal::NotedFile;
use super::options::{DeleteScope, SyncOptions};
use super::source::Source;
use super::store::{FileStatus, Identity, StoreFile};
use std::collections::{HashMap, HashSet};

/// The plan of a sync. A position is the index of a file in the source.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) uploads: Vec<usize>,
    /// Files that were uploaded and not attached, because an earlier sync was interrupted.
    pub(super) attachments: Vec<(usize, String)>,
    /// Files to attach again, because their indexing failed.
    pub(super) retries: Vec<(usize, String)>,
    /// Files whose path changes and whose content stays, with the old path.
    pub(super) renames: Vec<(usize, String, String)>,
    /// Files whose attributes change.
    pub(super) updates: Vec<(usize, String)>,
    /// Files that the vector store cannot index. They are not tried again until their content changes.
    pub(super) unusable: Vec<(usize, String)>,
    /// Files that an earlier sync attached, and that are still being indexed.
    pub(super) pending: Vec<(usize, String)>,
    pub(super) removals: Vec<Removal>,
    /// Files that an interrupted sync uploaded, and that are neither in the vector store nor in the folders.
    pub(super) leftovers: Vec<(String, Identity)>,
    /// Paths that stay in the vector store, although the folders lack them, with the reason.
    pub(super) kept: Vec<(String, String)>,
    pub(super) unchanged: u64,
    /// The number of paths that the sync manages.
    pub(super) managed: u64,
    /// The number of files that syncs added outside the prefix.
    pub(super) outside: u64,
}

/// A file that leaves the vector store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Removal {
    pub(super) id: String,
    /// `None` for a file that no sync added. It is detached and never deleted.
    pub(super) identity: Option<Identity>,
    pub(super) reason: RemovalReason,
}

/// The reason for a removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RemovalReason {
    /// The file at this position of the source has another content. The new file must be indexed before the old one
    /// leaves.
    Replaced(usize),
    /// The folders have no such file.
    Gone,
    /// Another file of the vector store has the same path and content.
    Duplicate,
    /// No sync added the file, and `--delete all` was given.
    Foreign,
}

impl RemovalReason {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Replaced(_) => "replaced by a newer version",
            Self::Gone => "not in the folders",
            Self::Duplicate => "a second copy",
            Self::Foreign => "not added by a sync",
        }
    }
}

impl Plan {
    /// Compares the folders with the vector store.
    pub(super) fn new(source: &Source, store: &[StoreFile], noted: &[NotedFile], options: &SyncOptions) -> Self {
        let mut own: HashMap<&str, Vec<(&StoreFile, Hash)>> = HashMap::new();
        let mut plan = Self::default();
        for file in store {
            match &file.identity {
                Some(identity) if is_within(&identity.path, options) => {
                    own.entry(&identity.path).or_default().push((file, identity.hash));
                }
                Some(_) => plan.outside += 1,
                None if options.delete == DeleteScope::All => {
                    plan.removals.push(Removal { id: file.id.clone(), identity: None, reason: RemovalReason::Foreign });
                }
                _ => {}
            }
        }
        plan.managed = own.len() as u64;
        let mut absent = Absent::new(source, &own, noted, options);
        for (position, file) in source.files.iter().enumerate() {
            let copies = own.get(file.path.as_str()).map(Vec::as_slice).unwrap_or_default();
            plan.add_file(position, source, copies, &mut absent, options);
        }
        plan.add_gone(source, &own, &absent, options);
        let is_left = |file: &&NotedFile| file.is_abandoned && !absent.used.contains(file.id.as_str());
        let leftovers = noted.iter().filter(|file| is_within(&file.identity.path, options)).filter(is_left);
        plan.leftovers = leftovers.map(|file| (file.id.clone(), file.identity.clone())).collect();
        plan
    }

    /// Adds the work for a file of the source. `copies` are the files of the vector store with the same path.
    fn add_file<'a>(
        &mut self,
        position: usize,
        source: &Source,
        copies: &[(&'a StoreFile, Hash)],
        absent: &mut Absent<'a>,
        options: &SyncOptions,
    ) {
        let Some(file) = source.files.get(position) else { return };
        let best = copies.iter().filter(|(_, hash)| *hash == file.hash).map(|(copy, _)| *copy).min_by_key(rank);
        for (copy, hash) in copies {
            let reason = match best {
                Some(best) if best.id == copy.id => continue,
                _ if *hash == file.hash => RemovalReason::Duplicate,
                _ => RemovalReason::Replaced(position),
            };
            self.removals.push(Removal { id: copy.id.clone(), identity: copy.identity.clone(), reason });
        }
        let Some(best) = best else { return self.add_new(position, &file.hash, &file.path, absent, options) };
        match best.status {
            FileStatus::Unusable if !options.retry_failed => self.unusable.push((position, best.id.clone())),
            FileStatus::Unusable | FileStatus::Failed => self.retries.push((position, best.id.clone())),
            _ if !best.has_attributes => self.updates.push((position, best.id.clone())),
            FileStatus::Completed => self.unchanged += 1,
            FileStatus::Pending => {}
        }
        if best.status == FileStatus::Pending {
            self.pending.push((position, best.id.clone()));
        }
    }

    /// Adds a file that the vector store lacks.
    fn add_new(&mut self, position: usize, hash: &Hash, path: &str, absent: &mut Absent<'_>, options: &SyncOptions) {
        if let Some(id) = absent.take_uploaded(path, hash) {
            self.attachments.push((position, id));
        } else if let Some((id, old)) = absent.take_renamed(hash).filter(|_| options.track_renames) {
            self.renames.push((position, id, old));
        } else {
            self.uploads.push(position);
        }
    }

    /// Adds the removals of paths that the source lacks.
    fn add_gone(
        &mut self,
        source: &Source,
        own: &HashMap<&str, Vec<(&StoreFile, Hash)>>,
        absent: &Absent<'_>,
        options: &SyncOptions,
    ) {
        let withheld = source.withheld();
        let mut paths: Vec<&str> = own.keys().copied().filter(|path| source.position(path).is_none()).collect();
        paths.sort_unstable();
        for path in paths {
            if let Some(reason) = withheld_within(&withheld, path) {
                self.kept.push((path.to_owned(), reason.to_owned()));
                continue;
            }
            if !options.filter.globs.selects(without_prefix(path, options)) {
                self.kept.push((path.to_owned(), "excluded by the patterns".to_owned()));
                continue;
            }
            if options.delete == DeleteScope::None {
                self.kept.push((path.to_owned(), options.names.option("delete", "none")));
                continue;
            }
            for (file, _) in own.get(path).into_iter().flatten().filter(|(file, _)| !absent.renamed.contains(&*file.id))
            {
                self.removals.push(Removal {
                    id: file.id.clone(),
                    identity: file.identity.clone(),
                    reason: RemovalReason::Gone,
                });
            }
        }
    }

    /// Returns the positions of files that replace an older version.
    pub(super) fn replaced(&self) -> HashSet<usize> {
        let position = |removal: &Removal| match removal.reason {
            RemovalReason::Replaced(position) => Some(position),
            _ => None,
        };
        self.removals.iter().filter_map(position).collect()
    }

    /// Returns the number that `--max-delete` limits: the paths that disappear, and the removed files that no sync
    /// added. A path counts once, because interrupted syncs can leave several versions of it.
    pub(super) fn limited_removals(&self) -> u64 {
        let limited = self.removals.iter().filter_map(|removal| match (&removal.reason, &removal.identity) {
            (RemovalReason::Gone, Some(identity)) => Some(&identity.path),
            (RemovalReason::Gone | RemovalReason::Foreign, _) => Some(&removal.id),
            _ => None,
        });
        limited.collect::<HashSet<_>>().len() as u64
    }

    /// Returns `true` if the sync would change nothing.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        let lists = [&self.attachments, &self.retries, &self.updates].iter().all(|list| list.is_empty());
        lists
            && self.uploads.is_empty()
            && self.renames.is_empty()
            && self.removals.is_empty()
            && self.leftovers.is_empty()
    }
}

/// Returns the sort key by which one of several copies is chosen to stay: the oldest first, and failed copies last. The
/// key does not depend on whether indexing is complete. Otherwise two concurrent syncs could choose different copies, and
/// each would remove the copy that the other keeps.
fn rank<'a>(file: &&'a StoreFile) -> (bool, i64, &'a str) {
    (matches!(file.status, FileStatus::Failed | FileStatus::Unusable), file.created_at, &file.id)
}

/// Returns the reason why a path was skipped or could not be read, or a folder above it.
fn withheld_within<'a>(withheld: &HashMap<&str, &'a str>, path: &str) -> Option<&'a str> {
    let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    folders.chain([path]).find_map(|part| withheld.get(part).copied())
}

/// Returns `true` if a path of the vector store is under the prefix of the sync.
pub(super) fn is_within(path: &str, options: &SyncOptions) -> bool {
    let Some(prefix) = &options.prefix else { return true };
    path.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

fn without_prefix<'a>(path: &'a str, options: &SyncOptions) -> &'a str {
    let Some(prefix) = &options.prefix else { return path };
    path.strip_prefix(prefix.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
}

/// Existing files that can serve for a path that the vector store lacks.
struct Absent<'a> {
    /// The files of the ledger that are not attached, by path.
    uploaded: HashMap<&'a str, Vec<&'a NotedFile>>,
    used: HashSet<&'a str>,
    /// The files of the vector store whose paths the source lacks, by content.
    gone: HashMap<Hash, Vec<&'a StoreFile>>,
    renamed: HashSet<&'a str>,
}

impl<'a> Absent<'a> {
    fn new(
        source: &Source,
        own: &HashMap<&'a str, Vec<(&'a StoreFile, Hash)>>,
        noted: &'a [NotedFile],
        options: &SyncOptions,
    ) -> Self {
        let (mut uploaded, mut gone) = (HashMap::new(), HashMap::new());
        for file in noted {
            uploaded.entry(file.identity.path.as_str()).or_insert_with(Vec::new).push(file);
        }
        // A folder that could not be read may still have the file.
        let may_move = options.track_renames && options.delete != DeleteScope::None && source.unreadable.is_empty();
        let withheld = source.withheld();
        let is_gone = |path: &str| source.position(path).is_none() && withheld_within(&withheld, path).is_none();
        for (path, files) in own.iter().filter(|(path, _)| may_move && is_gone(path)) {
            let is_selected = options.filter.globs.selects(without_prefix(path, options));
            for (file, hash) in files.iter().filter(|(file, _)| is_selected && file.status == FileStatus::Completed) {
                gone.entry(*hash).or_insert_with(Vec::new).push(*file);
            }
        }
        // The order of the map is random, and the choice must be the same in each sync.
        gone.values_mut().for_each(|files| files.sort_by(|one, other| other.id.cmp(&one.id)));
        Self { uploaded, used: HashSet::new(), gone, renamed: HashSet::new() }
    }

    fn take_uploaded(&mut self, path: &str, hash: &Hash) -> Option<String> {
        let file = self.uploaded.get(path)?.iter().find(|file| file.identity.hash == *hash)?;
        self.used.insert(&file.id);
        Some(file.id.clone())
    }

    fn take_renamed(&mut self, hash: &Hash) -> Option<(String, String)> {
        let file = self.gone.get_mut(hash)?.pop()?;
        self.renamed.insert(&file.id);
        Some((file.id.clone(), file.identity.as_ref()?.path.clone()))
    }
}
