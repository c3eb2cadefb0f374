//! Verification of a restore: the messages of each restored object are compared with the archive.

use super::additions::SourceObject;
use super::compare;
use super::map::{ObjectKind, ObjectState, RestoreMap, VerifyResult};
use super::render::time_text;
use super::restorer::check_origin;
use super::target::Target;
use crate::app::{App, Session};
use crate::archive::ArchiveReader;
use crate::env::clock;
use anyhow::Result;
use std::cell::RefCell;

/// The result of the verification of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedObject {
    pub kind: ObjectKind,
    pub id: String,
    pub new_id: Option<String>,
    pub result: VerifyResult,
    /// The number of messages or items that are equal, from the start.
    pub equal: u64,
    /// The number that the restore sends in all.
    pub expected: u64,
    /// The number that the target has.
    pub present: u64,
}

/// The verification of the objects that were restored at one backend.
pub struct Verifier<'a> {
    app: &'a App,
    session: &'a Session,
    archive: &'a ArchiveReader,
    map: RefCell<RestoreMap>,
}

impl<'a> Verifier<'a> {
    /// Prepares a verification.
    ///
    /// # Errors
    /// Returns an error if the backend cannot be used, if it is the one from which the archive was exported, or if
    /// another process restores the archive at the same backend.
    pub async fn open(app: &'a App, archive: &'a ArchiveReader) -> Result<Self> {
        let session = app.session().await?;
        check_origin(archive, &session.origin)?;
        let map = RefCell::new(RestoreMap::open(archive, &session.origin)?);
        Ok(Self { app, session, archive, map })
    }

    /// Returns the number of objects to compare at once.
    pub fn concurrency(&self) -> usize {
        self.session.concurrency
    }

    /// Compares a restored object with the archive, and adds the result to the map.
    ///
    /// # Errors
    /// Returns an error if the archive is damaged, if the object cannot be listed, or if the map cannot be written.
    pub async fn object(&self, kind: ObjectKind, id: &str) -> Result<VerifiedObject> {
        let state = self.map.borrow().object(kind, id);
        let verified = self.compare(kind, id, &state).await?;
        if verified.result != VerifyResult::NotRestored {
            let now = time_text(clock::now()).unwrap_or_default();
            self.map.borrow_mut().add_verified(kind, id, &now, verified.result)?;
        }
        Ok(verified)
    }

    /// Flushes the map to disk.
    ///
    /// # Errors
    /// Returns an error if the disk does not accept it.
    pub fn sync(&self) -> Result<()> {
        Ok(self.map.borrow().sync()?)
    }

    async fn compare(&self, kind: ObjectKind, id: &str, state: &ObjectState) -> Result<VerifiedObject> {
        let verified = |new_id: Option<&str>, result| VerifiedObject {
            kind,
            id: id.to_owned(),
            new_id: new_id.map(str::to_owned),
            result,
            equal: 0,
            expected: 0,
            present: 0,
        };
        // The files of an object that was never restored are not read.
        let Some(created) = &state.created else { return Ok(verified(None, VerifyResult::NotRestored)) };
        let Some(source) = SourceObject::read(self.archive, kind, id)? else {
            return Ok(verified(None, VerifyResult::NotRestored));
        };
        let new_id = Some(created.new_id.as_str());
        let target = Target::of(&created.conversion);
        let present = match compare::present(self.app, target, &created.new_id).await {
            Err(error) if target.is_gone(&error, &created.new_id) => return Ok(verified(new_id, VerifyResult::Gone)),
            present => present?,
        };
        let found = compare::compare(&present, source.additions(&created.conversion, &state.files)?)?;
        let is_complete = state.complete == Some(source.digest(&created.conversion));
        let result = match (found.equal == found.expected, found.is_prefix()) {
            (true, true) if is_complete => VerifyResult::Same,
            (_, true) => VerifyResult::Incomplete,
            (true, false) => VerifyResult::Continued,
            (false, false) => VerifyResult::Different,
        };
        let [equal, expected, present] = [found.equal, found.expected, found.present].map(|number| number as u64);
        Ok(VerifiedObject { equal, expected, present, ..verified(new_id, result) })
    }
}
