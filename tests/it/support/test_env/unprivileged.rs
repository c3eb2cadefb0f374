//! A user who is subject to file permissions.

use super::Asst;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

/// The user ID of `nobody`.
const NOBODY: u32 = 65_534;

impl Asst {
    /// Returns a user who is subject to file permissions. If the tests run as root, commands run as `nobody`, who gets
    /// the whole home. Panics if that is impossible.
    pub(crate) fn unprivileged(mut self) -> Self {
        if std::fs::metadata(self.home()).unwrap().uid() != 0 {
            return self;
        }
        give(self.home(), NOBODY).expect("root cannot give files to `nobody`: run the tests as another user");
        self.uid = Some(NOBODY);
        if !self.starts() {
            // The build folder may not be accessible to other users.
            let copy = self.home().join("asst");
            std::fs::copy(&self.binary, &copy).unwrap();
            self.binary = copy;
        }
        assert!(self.starts(), "root cannot run the program as `nobody`: run the tests as another user");
        self
    }

    fn starts(&self) -> bool {
        self.command(["--version"]).status().is_ok_and(|status| status.success())
    }
}

/// Changes the owner of a folder and of everything in it.
fn give(folder: &Path, uid: u32) -> std::io::Result<()> {
    chown(folder, Some(uid), Some(uid))?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            give(&path, uid)?;
        } else {
            chown(path, Some(uid), Some(uid))?;
        }
    }
    Ok(())
}
