//! The files that restored objects refer to: their IDs at the target, and their upload.

use super::known_files::{FileLookup, FileUse, KnownFiles, UsedFile};
use super::map::RestoreMap;
use crate::api::Nothing;
use crate::api::files::UploadFile;
use crate::api::objects::FileObject;
use crate::app::{App, Call};
use crate::archive::ArchiveReader;
use crate::client::Payload;
use crate::http::{self, UploadSource};
use anyhow::{Context, Result};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use tokio::sync::OnceCell;

/// The treatment of files to which messages refer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FileMode {
    /// Upload the files whose content is in the archive
    Upload,
    /// Use only files that an earlier restore uploaded, or that --file-map names
    Map,
    /// Name files in the text
    Skip,
}

/// The files of a restore.
pub(super) struct FileTargets<'a> {
    app: &'a App,
    archive: &'a ArchiveReader,
    mode: FileMode,
    /// The IDs that the user gave for files of the archive.
    given: BTreeMap<String, String>,
    /// The uploads that were begun. Several objects can need the same file at once, and it is uploaded once.
    uploads: RefCell<HashMap<UsedFile, Rc<OnceCell<()>>>>,
}

impl<'a> FileTargets<'a> {
    pub(super) fn new(
        app: &'a App,
        archive: &'a ArchiveReader,
        mode: FileMode,
        given: BTreeMap<String, String>,
    ) -> Self {
        Self { app, archive, mode, given, uploads: RefCell::default() }
    }

    /// Returns the ID of a file at the target, as far as it is known.
    fn new_id(&self, map: &RestoreMap, id: &str, purpose: FileUse) -> Option<String> {
        if self.mode == FileMode::Skip {
            return None;
        }
        self.given.get(id).map(String::as_str).or_else(|| map.file(id, purpose)).map(str::to_owned)
    }

    fn has_content(&self, id: &str) -> bool {
        self.archive.manifest().files.get(id).is_some_and(|entry| entry.parts.contains_key("content"))
    }

    fn name(&self, id: &str) -> String {
        let name = self.archive.file_object(id).and_then(|file| file.filename().valid().map(str::to_owned));
        let name = name.unwrap_or_else(|| id.to_owned());
        if self.has_content(id) { name } else { format!("{name}, not in the archive") }
    }

    /// Finds out how the target can have the files of an object. `known` has those that were used before.
    pub(super) fn plan<'b>(&'b self, map: &'b RestoreMap, known: &'b KnownFiles) -> FilePlan<'b> {
        FilePlan { targets: self, map, known, files: RefCell::default(), names: RefCell::default() }
    }

    /// Uploads what a plan needs, and returns how the target has the files.
    ///
    /// # Errors
    /// Returns an error if a file differs from the manifest, if an upload fails, or if the map cannot be written.
    pub(super) async fn resolve(&self, map: &RefCell<RestoreMap>, needed: NeededFiles) -> Result<KnownFiles> {
        let mut known = KnownFiles::default();
        for (id, purpose) in needed.files {
            if self.mode == FileMode::Upload && self.new_id(&map.borrow(), &id, purpose).is_none() {
                let file = (id.clone(), purpose);
                let upload = Rc::clone(self.uploads.borrow_mut().entry(file).or_default());
                upload.get_or_try_init(|| self.upload(map, &id, purpose)).await?;
            }
            let new_id = self.new_id(&map.borrow(), &id, purpose);
            known.new_ids.entry(purpose).or_default().insert(id, new_id);
        }
        known.names = needed.names.into_iter().map(|id| (id.clone(), self.name(&id))).collect();
        Ok(known)
    }

    /// Uploads a file if the archive has its content.
    async fn upload(&self, map: &RefCell<RestoreMap>, id: &str, purpose: FileUse) -> Result<()> {
        let Some(archived) = self.archive.file(id)? else { return Ok(()) };
        let name = file_name(&archived.object, id);
        let fields = [("purpose", purpose.purpose())];
        let form = http::upload(&fields, "file", &name, UploadSource::File(archived.content.clone()), None)
            .with_context(|| format!("could not read {}", archived.content.display()))?;
        let note = BTreeMap::from([("restored_from".to_owned(), id.to_owned())]);
        let call = Call::of::<UploadFile>(&Nothing {}, &Nothing {}, Payload::Form(form)).noted(note);
        let response = self.app.call(call).await?;
        let new_id = response.id().with_context(|| format!("the response to the upload of file {id} has no ID"))?;
        Ok(map.borrow_mut().add_file(id, purpose, &new_id)?)
    }
}

/// The files that an object needs and that were not used for it before.
#[derive(Debug, Default)]
pub(super) struct NeededFiles {
    files: BTreeSet<UsedFile>,
    names: BTreeSet<String>,
}

/// The files of an object before they are uploaded. Collects those that are used.
pub(super) struct FilePlan<'a> {
    targets: &'a FileTargets<'a>,
    map: &'a RestoreMap,
    known: &'a KnownFiles,
    files: RefCell<BTreeSet<UsedFile>>,
    names: RefCell<BTreeSet<String>>,
}

impl FilePlan<'_> {
    /// Returns the files that were used.
    pub(super) fn needed(self) -> NeededFiles {
        NeededFiles { files: self.files.into_inner(), names: self.names.into_inner() }
    }
}

impl FileLookup for FilePlan<'_> {
    fn new_id(&self, id: &str, purpose: FileUse) -> Option<String> {
        if let Some(recorded) = self.known.recorded(id, purpose) {
            return recorded.clone();
        }
        self.files.borrow_mut().insert((id.to_owned(), purpose));
        let new_id = self.targets.new_id(self.map, id, purpose);
        let can_upload = self.targets.mode == FileMode::Upload && self.targets.has_content(id);
        new_id.or_else(|| can_upload.then(|| id.to_owned()))
    }

    fn name(&self, id: &str) -> String {
        if let Some(name) = self.known.names.get(id) {
            return name.clone();
        }
        self.names.borrow_mut().insert(id.to_owned());
        self.targets.name(id)
    }
}

/// Returns the name of a file without folders.
fn file_name(file: &FileObject, id: &str) -> String {
    let name = file.filename().valid().and_then(|name| name.rsplit(['/', '\\']).next()).unwrap_or_default();
    if name.is_empty() { id.to_owned() } else { name.to_owned() }
}
