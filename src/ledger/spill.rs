//! Spills: entries kept in plain files while the ledger cannot take them. Must not know the database.
//!
//! One file belongs to one process and one ledger: `DIR/asst-spill/LEDGER-PROCESS-NUMBER.jsonl`, where `LEDGER` is
//! a digest of the ledger's path; its first line names the path. Whoever writes or takes in a file holds its lock.

use super::entry::Entry;
use crate::json::{self, Closed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

const FOLDER: &str = "asst-spill";
const SUFFIX: &str = ".jsonl";
/// What a file is renamed to if not all of it can be read.
const UNREAD: &str = "unread";
/// A new file can be taken away between its creation and its lock; more often than this it is not.
const ATTEMPTS: usize = 8;

/// The folders that may take what the ledger cannot, the best first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpillDirs(pub Vec<PathBuf>);

/// The first line of a file: for whoever looks into it.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    asst_spill: u32,
    ledger: String,
}

impl Closed<'_> for Head {}
impl Closed<'_> for Entry {}

/// The spills of one ledger.
#[derive(Debug)]
pub(super) struct Spills {
    dirs: SpillDirs,
    ledger: String,
    /// What the names of this ledger's files begin with.
    prefix: String,
    /// The file of this process, once there is one.
    current: Mutex<Option<PathBuf>>,
}

impl Spills {
    /// Returns the spills of the ledger with this identity.
    pub(super) fn new(ledger: String, dirs: SpillDirs) -> Self {
        let digest = Sha256::digest(&ledger);
        let prefix = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>() + "-";
        Self { dirs, ledger, prefix, current: Mutex::default() }
    }

    /// Appends entries durably to a file in the first folder that takes them, or says why none does.
    pub(super) fn append(&self, entries: &[Entry]) -> Result<PathBuf, String> {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry).map_err(|error| error.to_string())?;
            lines.push(b'\n');
        }
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = current.as_deref()
            && let Ok(Some(mut file)) = reopen(path)
            && add(&mut file, &lines).is_ok()
        {
            return Ok(path.to_owned());
        }
        let mut reasons = Vec::new();
        for dir in &self.dirs.0 {
            match self.start(dir).and_then(|(path, mut file)| add(&mut file, &lines).map(|()| path)) {
                Ok(path) => {
                    *current = Some(path.clone());
                    return Ok(path);
                }
                Err(error) => reasons.push(format!("`{}`: {error}", dir.display())),
            }
        }
        Err(if reasons.is_empty() { "there is no folder to spill to".to_owned() } else { reasons.join("; ") })
    }

    /// Returns the files of this ledger that are there to be taken in, the oldest first.
    pub(super) fn waiting(&self) -> Vec<PathBuf> {
        self.files(|name| name.ends_with(SUFFIX))
    }

    /// Returns the files of this ledger that were put aside, the oldest first.
    pub(super) fn aside(&self) -> Vec<PathBuf> {
        self.files(|name| name.ends_with(UNREAD))
    }

    fn files(&self, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for dir in &self.dirs.0 {
            let Ok(files) = fs::read_dir(dir.join(FOLDER)) else { continue };
            for file in files.flatten() {
                let name = file.file_name();
                if name.to_str().is_some_and(|name| name.starts_with(&self.prefix) && wanted(name)) {
                    found.push((file.metadata().and_then(|of| of.modified()).ok(), file.path()));
                }
            }
        }
        found.sort();
        found.dedup();
        found.into_iter().map(|(_, path)| path).collect()
    }

    fn start(&self, dir: &Path) -> io::Result<(PathBuf, File)> {
        let folder = dir.join(FOLDER);
        make_folder(&folder)?;
        let head = Head { asst_spill: 1, ledger: self.ledger.clone() };
        let head = serde_json::to_string(&head)? + "\n";
        for _ in 0..ATTEMPTS {
            let number = RandomState::new().hash_one(0);
            let path = folder.join(format!("{}{}-{number:016x}{SUFFIX}", self.prefix, std::process::id()));
            let mut file = private_file().create_new(true).open(&path)?;
            if !owned_alike(&folder, &file)? {
                fs::remove_file(&path)?;
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "its folder for spills is another user's"));
            }
            close_to_others(&folder)?;
            file.lock()?;
            if is_at(&file, &path) {
                file.write_all(head.as_bytes())?;
                sync_folder(&folder)?;
                sync_folder(dir)?;
                return Ok((path, file));
            }
        }
        Err(io::Error::other("a new file does not stay where it was made"))
    }
}

/// A spill that nobody else writes or takes in while this value lives.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) path: PathBuf,
    pub(super) name: String,
    file: File,
    text: Vec<u8>,
}

/// What a spill holds.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) entries: Vec<Entry>,
    /// Up to where the file was read: the end of its last whole line.
    pub(super) length: usize,
    /// Lines that are no entry.
    pub(super) unread: usize,
}

impl Taken {
    /// Takes hold of a spill; `None` if it is gone, in use, or not this user's.
    pub(super) fn hold(path: PathBuf) -> io::Result<Option<Self>> {
        let folder = path.parent().unwrap_or(&path);
        // A file that is made here has this user's uid; in another's folder nothing must even be opened.
        let mine = tempfile::tempfile_in(folder)?;
        if !owned_alike(folder, &mine)? {
            return Ok(None);
        }
        let Some(mut file) = reopen(&path)? else { return Ok(None) };
        if !same_owner(&file.metadata()?, &mine.metadata()?) {
            return Ok(None);
        }
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut text)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Some(Self { path, name, file, text }))
    }

    /// Returns the entries that come after what was taken in before.
    pub(super) fn lines(&self, taken: usize) -> Lines {
        // A last line without its end was never answered for.
        let whole = self.text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut lines = Lines { length: whole.max(taken), ..Lines::default() };
        for line in self.text.get(taken..whole).unwrap_or_default().split(|byte| *byte == b'\n') {
            if line.iter().all(u8::is_ascii_whitespace) || json::closed_bytes::<Head>(line).is_ok() {
                continue;
            }
            match json::closed_bytes(line) {
                Ok(entry) => lines.entries.push(entry),
                Err(_) => lines.unread += 1,
            }
        }
        lines
    }

    /// Removes the file, all of which the ledger has now.
    pub(super) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        self.file.unlock()
    }

    /// Puts the file aside, because somebody should look at it, and returns where it is.
    pub(super) fn put_aside(self) -> io::Result<PathBuf> {
        let aside = self.path.with_extension(UNREAD);
        fs::rename(&self.path, &aside)?;
        self.file.unlock()?;
        Ok(aside)
    }
}

/// Opens a spill and locks it, unless it is gone or somebody else holds it.
fn reopen(path: &Path) -> io::Result<Option<File>> {
    let file = match private_file().open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    match file.try_lock() {
        Ok(()) if is_at(&file, path) => Ok(Some(file)),
        Ok(()) | Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Appends lines durably; what fails halfway is undone, so that no torn line comes to stand before others.
fn add(file: &mut File, lines: &[u8]) -> io::Result<()> {
    let before = file.seek(SeekFrom::End(0))?;
    let added = file.write_all(lines).and_then(|()| file.sync_all());
    if added.is_err() {
        let _ = file.set_len(before);
    }
    added
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the folder for spills, for this user only. Its parent is not made: a folder that is missing is no place.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if fs::symlink_metadata(folder)?.is_dir() {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::NotADirectory, "`asst-spill` in it is no folder"))
    }
}

/// Closes a folder of this user's to others, should somebody have opened it to them.
fn close_to_others(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::symlink_metadata(folder)?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Tells whether a folder, which must not be a link, belongs to whom a file belongs.
fn owned_alike(folder: &Path, file: &File) -> io::Result<bool> {
    let folder = fs::symlink_metadata(folder)?;
    Ok(folder.is_dir() && same_owner(&folder, &file.metadata()?))
}

#[cfg(unix)]
fn same_owner(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn same_owner(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true // Elsewhere the folders that are offered are the user's own.
}

/// Tells whether a path still leads to this file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |of: fs::Metadata| (of.dev(), of.ino());
    file.metadata().map(identity).ok().is_some_and(|this| fs::symlink_metadata(path).map(identity).ok() == Some(this))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Makes new names in a folder outlive a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
