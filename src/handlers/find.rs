//! Selection of the program for each function. Programs are resolved once, before any call, and matched by exact name.

use super::unusable;
use crate::exit::Usage;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The maximum length of a function name, in bytes (docs/protocol/objects.md#limits-and-defaults).
const LONGEST_NAME: usize = 64;

/// Returns `true` if the text is a valid function name: `[A-Za-z0-9_-]{1,64}`.
pub fn is_function_name(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(letter)
}

/// A function and its program, as given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedHandler {
    pub function: String,
    pub program: PathBuf,
}

impl NamedHandler {
    /// Parses `NAME=PROGRAM`, split at the first equals sign. The program is a path or a bare name, never a command
    /// line.
    ///
    /// # Errors
    /// Returns an error if a part is missing, or if NAME is not a valid function name.
    pub fn parse(text: &OsStr) -> Result<Self, String> {
        let bytes = text.as_encoded_bytes();
        let at = bytes.iter().position(|byte| *byte == b'=');
        let function = std::str::from_utf8(&bytes[..at.unwrap_or(bytes.len())]).unwrap_or_default();
        match at {
            None | Some(0) => Err("write NAME=PROGRAM, NAME being that of the function".to_owned()),
            Some(_) if !is_function_name(function) => {
                Err("the name of a function has up to 64 letters, digits, _ and -".to_owned())
            }
            Some(at) if at + 1 == bytes.len() => Err(format!("which program answers `{function}` is missing")),
            Some(at) => Ok(Self { function: function.to_owned(), program: after(text, at).into() }),
        }
    }
}

/// Returns the text after the ASCII character at byte `at`.
#[cfg(unix)]
fn after(text: &OsStr, at: usize) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(&text.as_bytes()[at + 1..]).to_owned()
}

/// Returns the text after the ASCII character at byte `at`.
#[cfg(not(unix))]
fn after(text: &OsStr, at: usize) -> OsString {
    text.to_string_lossy()[at + 1..].into()
}

/// The programs, by the names of their functions.
#[derive(Debug, Default)]
pub(super) struct Programs(BTreeMap<String, PathBuf>);

impl Programs {
    /// Resolves the individually named programs and those in a folder. An individually named program takes precedence.
    pub(super) fn find(named: Vec<NamedHandler>, folder: Option<&Path>) -> Result<Self, Usage> {
        let mut programs = BTreeMap::new();
        for NamedHandler { function, program } in named {
            let found = usable(&program, std::env::var_os("PATH"))
                .map_err(|why| unusable(&program, &format!("the handler of `{function}`,"), why))?;
            if programs.insert(function.clone(), found).is_some() {
                return Err(Usage::new(format!("`{function}` has two handlers")));
            }
        }
        for (function, program) in folder.map(entries).transpose()?.unwrap_or_default() {
            programs.entry(function).or_insert(program);
        }
        Ok(Self(programs))
    }

    /// Returns the program for a function.
    pub(super) fn of(&self, function: &str) -> Option<&Path> {
        self.0.get(function).map(PathBuf::as_path)
    }
}

/// Lists the executable files in a folder whose names are valid function names.
fn entries(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Usage> {
    let what = "the handlers in";
    let wrong = |error: std::io::Error| unusable(folder, what, error);
    let here = std::path::absolute(folder).map_err(wrong)?;
    let mut programs = BTreeMap::new();
    for entry in std::fs::read_dir(&here).map_err(wrong)? {
        let name = entry.map_err(wrong)?.file_name();
        let path = here.join(&name);
        if let Some(name) = name.to_str().filter(|name| is_function_name(name))
            && executable(&path).is_ok()
        {
            programs.insert(name.to_owned(), path);
        }
    }
    if programs.is_empty() {
        let hint = "each is an executable file that is named as its function, without an ending";
        return Err(Usage { hint: Some(hint.to_owned()), ..unusable(folder, what, "there are none") });
    }
    Ok(programs)
}

/// Resolves a program to an absolute path. A name without a slash is searched in PATH, and a path is relative to the
/// working directory.
fn usable(program: &Path, path: Option<OsString>) -> Result<PathBuf, String> {
    if program.as_os_str().as_encoded_bytes().contains(&b'/') || cfg!(windows) && program.components().count() > 1 {
        executable(program)?;
        return std::path::absolute(program).map_err(|error| error.to_string());
    }
    let folders = path.unwrap_or_default();
    let places = std::env::split_paths(&folders).map(|folder| folder.join(program));
    let found = places.into_iter().find(|place| executable(place).is_ok());
    let found = found.ok_or_else(|| "it is not in PATH; write ./NAME for one that is here".to_owned())?;
    std::path::absolute(found).map_err(|error| error.to_string())
}

/// Checks that a file can be executed.
///
/// # Errors
/// Returns the reason if it cannot.
fn executable(path: &Path) -> Result<(), String> {
    let facts = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    })?;
    if facts.is_dir() {
        return Err("it is a directory".to_owned());
    }
    if !facts.is_file() {
        return Err("it is no regular file".to_owned());
    }
    #[cfg(unix)]
    if rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_err() {
        return Err("it is not executable; `chmod +x` makes it so".to_owned());
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_is_a_function_and_a_program() {
        let parse = |text: &str| NamedHandler::parse(OsStr::new(text)).map(|named| (named.function, named.program));
        assert_eq!(parse("a-1=./x y=z").unwrap(), ("a-1".into(), "./x y=z".into()));
        for bad in ["", "=./x", "./x", "a", "a=", "a b=./x", "../a=./x", "ä=./x", &format!("{}=x", "a".repeat(65))] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_bare_word_is_looked_up_in_path_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, mode: u32| {
            use std::os::unix::fs::PermissionsExt;
            std::fs::write(folder.path().join(name), "").unwrap();
            std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        };
        make("run", 0o755);
        make("text", 0o644);
        let path = || Some(OsString::from(format!("/nowhere:{}", folder.path().display())));
        assert_eq!(usable(Path::new("run"), path()).unwrap(), folder.path().join("run"));
        assert!(usable(Path::new("text"), path()).unwrap_err().contains("not in PATH"));
        assert!(usable(Path::new("run"), None).is_err());
        assert!(usable(Path::new("./run"), path()).unwrap_err().contains("no such file"));
        assert!(usable(&folder.path().join("text"), path()).unwrap_err().contains("not executable"));
        assert!(usable(&folder.path().join(""), path()).unwrap_err().contains("directory"));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_offers_its_executable_files_by_their_names() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(entries(folder.path()).unwrap_err().message.contains("there are none"));
        for (name, mode) in [("a", 0o755), ("b", 0o644), ("c.sh", 0o755), (".d", 0o755)] {
            std::fs::write(at(name), "").unwrap();
            std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        std::fs::create_dir(at("e")).unwrap();
        symlink(at("a"), at("f")).unwrap();
        symlink("/dev/null", at("g")).unwrap();
        symlink(at("gone"), at("h")).unwrap();
        assert_eq!(entries(folder.path()).unwrap().into_keys().collect::<Vec<_>>(), ["a", "f"]);
        assert!(entries(&at("a")).is_err() && entries(&at("none")).is_err());
    }
}
