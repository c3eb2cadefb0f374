//! Atomic writes of `config.toml`. The file is readable by its owner only, and a lock allows one writer at a time.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ConfigError;
use super::edit::{self, Edit, MakeDefault, Setting};
use super::file::{ConfigFile, LOCAL};
use super::profile::{Overrides, ResolveContext, ResolvedProfile};
use super::resolve::resolve;
use crate::env::text;

/// The treatment of an existing profile with the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfExists {
    Fail,
    Replace,
}

/// A profile for the configuration file.
#[derive(Debug, Clone)]
pub struct NewProfile {
    pub name: String,
    /// The keys and values as written in the file.
    pub settings: Vec<(&'static str, Setting)>,
    pub if_exists: IfExists,
    pub make_default: MakeDefault,
}

impl NewProfile {
    /// Returns the lines that would be written, for a dry run.
    ///
    /// # Errors
    /// As for [`NewProfile::write`], except errors of the write itself.
    pub fn preview(&self, context: &ResolveContext<'_>) -> Result<String, ConfigError> {
        self.checked(&text_of(&context.file.path)?, context)?;
        edit::profile_text(&self.name, &self.settings, self.make_default)
    }

    /// Writes the profile and returns it in resolved form.
    ///
    /// # Errors
    /// Returns an error if the name is taken or invalid, the resulting profile would be invalid, or the file cannot be
    /// written.
    pub fn write(&self, context: &ResolveContext<'_>) -> Result<ResolvedProfile, ConfigError> {
        change(&context.file.path, |text| self.checked(text, context))
    }

    /// Returns the new text of the file. Parses it as every later command will, to prove that it is valid.
    fn checked(&self, text: &str, context: &ResolveContext<'_>) -> Result<(String, ResolvedProfile), ConfigError> {
        let path = &context.file.path;
        check_name(&self.name)?;
        let before = ConfigFile::parse(path, text)?;
        if before.profiles.contains_key(&self.name) && self.if_exists == IfExists::Fail {
            let error = ConfigError::usage(format!("profile `{}` already exists in {}", self.name, path.display()));
            return Err(error.with_hint("pass --force to overwrite it"));
        }
        let mut edit = Edit::of(path, text)?;
        edit.put(path, &self.name, &self.settings)?;
        if self.make_default == MakeDefault::Yes {
            edit.set_default(&self.name);
        }
        let text = edit.text();
        let file = ConfigFile::parse(path, &text)?;
        let overrides = Overrides { profile: Some(self.name.clone()), ..Overrides::default() };
        let resolved = resolve(&overrides, &ResolveContext { file: &file, ..*context })?;
        Ok((text, resolved))
    }
}

/// Sets the default profile.
///
/// # Errors
/// Returns an error if there is no such profile, or the file cannot be written.
pub fn set_default_profile(name: &str, context: &ResolveContext<'_>) -> Result<(), ConfigError> {
    change(&context.file.path, |text| {
        let path = &context.file.path;
        check_profile_exists(name, &ConfigFile::parse(path, text)?)?;
        let mut edit = Edit::of(path, text)?;
        edit.set_default(name);
        Ok((edit.text(), ()))
    })
}

/// Returns the line that [`set_default_profile`] would write.
///
/// # Errors
/// Returns an error if there is no such profile.
pub fn preview_default(name: &str, context: &ResolveContext<'_>) -> Result<String, ConfigError> {
    check_profile_exists(name, context.file)?;
    Ok(edit::default_profile_text(name))
}

fn check_profile_exists(name: &str, file: &ConfigFile) -> Result<(), ConfigError> {
    if name == LOCAL { Ok(()) } else { file.profile(name).map(drop) }
}

/// Checks that a name is one word for a shell and does not look like a flag.
fn check_name(name: &str) -> Result<(), ConfigError> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if name.is_empty() || name.starts_with('-') || !name.bytes().all(word) || name.len() > 64 {
        let rule = "up to 64 letters, digits, `.`, `_` and `-`, not beginning with `-`";
        return Err(ConfigError::usage(format!("expected the name of a profile ({rule}), got {name:?}")));
    }
    if name == LOCAL {
        return Err(ConfigError::usage("the profile name `local` is reserved for the embedded server"));
    }
    Ok(())
}

fn text_of(path: &Path) -> Result<String, ConfigError> {
    match text::read_regular(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(ConfigError::usage(format!("cannot read {}: {error}", path.display()))),
    }
}

/// Reads the file, applies `edit`, and writes the result, under a lock.
fn change<T>(path: &Path, edit: impl FnOnce(&str) -> Result<(String, T), ConfigError>) -> Result<T, ConfigError> {
    let failed = |error: io::Error| ConfigError::failed(format!("cannot write {}: {error}", path.display()));
    // If the file is a symbolic link, the link is kept and its target replaced.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().map_or_else(PathBuf::new, Path::to_owned);
    make_folder(&folder).map_err(failed)?;
    let _lock = locked(&folder).map_err(failed)?;
    let (text, result) = edit(&text_of(&target)?)?;
    replace(&target, &folder, &text).map_err(failed)?;
    Ok(result)
}

/// Writes a temporary file in the same folder and renames it, so that a crash leaves either the old or the new file.
fn replace(target: &Path, folder: &Path, text: &str) -> io::Result<()> {
    // Temporary files are readable by their owner only, and the rename keeps this mode.
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(target)?;
    Ok(())
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Locks the folder until the result is dropped. Locking the folder avoids a separate lock file.
#[cfg(unix)]
fn locked(folder: &Path) -> io::Result<Option<File>> {
    let folder = File::open(folder)?;
    match folder.lock() {
        // Some network file systems have no locks. The change is then written without one, because concurrent writers
        // are rare.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        result => result.map(|()| Some(folder)),
    }
}

/// Returns no lock: this platform cannot open a folder as a file.
#[cfg(not(unix))]
fn locked(_folder: &Path) -> io::Result<Option<File>> {
    Ok(None)
}
