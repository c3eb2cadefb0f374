//! Selection of the program for each function. The programs are resolved to absolute paths before the first tool call,
//! and a function gets the program with exactly its name.

use super::unusable_file::unusable;
use crate::exit::Usage;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The maximum length of a function name, in bytes (docs/protocol/objects.md#limits-and-defaults).
const MAX_NAME: usize = 64;

/// Returns `true` if the text is a valid function name: `[A-Za-z0-9_-]{1,64}`.
pub fn is_function_name(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(letter)
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
    /// Returns the reason if a part is missing, or if NAME is not a valid function name.
    pub fn parse(text: &OsStr) -> Result<Self, String> {
        let Some(at) = text.as_encoded_bytes().iter().position(|byte| *byte == b'=') else {
            return Err("expected NAME=PROGRAM, got no `=`".to_owned());
        };
        let (function, program) = split(text, at);
        if !is_function_name(&function) {
            return Err(format!(
                "expected a function name of 1 to {MAX_NAME} letters, digits, `_` and `-` before `=`, got `{function}`"
            ));
        }
        if program.is_empty() {
            return Err(format!("expected a program after `{function}=`"));
        }
        Ok(Self { function, program: program.into() })
    }
}

/// Splits a text at the ASCII character at byte `at`. Invalid UTF-8 before it is replaced.
#[cfg(unix)]
fn split(text: &OsStr, at: usize) -> (String, OsString) {
    use std::os::unix::ffi::OsStrExt;
    let bytes = text.as_bytes();
    let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default()).into_owned();
    (before, OsStr::from_bytes(bytes.get(at + 1..).unwrap_or_default()).to_owned())
}

/// Splits a text at the first equals sign. Invalid Unicode is replaced.
#[cfg(not(unix))]
fn split(text: &OsStr, _: usize) -> (String, OsString) {
    let text = text.to_string_lossy();
    let (before, after) = text.split_once('=').unwrap_or((&text, ""));
    (before.to_owned(), after.into())
}

/// The programs of the handlers, by the names of their functions.
#[derive(Debug, Default)]
pub(super) struct HandlerPrograms(BTreeMap<String, PathBuf>);

impl HandlerPrograms {
    /// Resolves the programs in `named` and those in `folder`. If both have a program for a function, the one in
    /// `named` is used.
    ///
    /// # Errors
    /// Returns an error if a program cannot be executed, or if the folder has none.
    pub(super) fn resolve(named: Vec<NamedHandler>, folder: Option<&Path>) -> Result<Self, Usage> {
        let mut programs = BTreeMap::new();
        for NamedHandler { function, program } in named {
            let path = resolve_program(&program, std::env::var_os("PATH"))
                .map_err(|reason| unusable(&program, &format!("the handler of `{function}`"), reason))?;
            if programs.insert(function.clone(), path).is_some() {
                return Err(Usage::new(format!("expected one handler for `{function}`, got two")));
            }
        }
        for (function, program) in folder.map(programs_in).transpose()?.unwrap_or_default() {
            programs.entry(function).or_insert(program);
        }
        Ok(Self(programs))
    }

    /// Returns the program for a function.
    pub(super) fn of(&self, function: &str) -> Option<&Path> {
        self.0.get(function).map(PathBuf::as_path)
    }
}

/// Returns the executable files in a folder whose names are valid function names, as absolute paths.
fn programs_in(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Usage> {
    let role = "a folder of handlers";
    let unreadable = |error: std::io::Error| unusable(folder, role, error);
    let folder_path = std::path::absolute(folder).map_err(unreadable)?;
    let mut programs = BTreeMap::new();
    for entry in std::fs::read_dir(&folder_path).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let path = folder_path.join(&name);
        if let Some(name) = name.to_str().filter(|name| is_function_name(name))
            && check_executable(&path).is_ok()
        {
            programs.insert(name.to_owned(), path);
        }
    }
    if programs.is_empty() {
        let hint = "a handler is an executable file with the name of its function and no extension";
        return Err(Usage { hint: Some(hint.to_owned()), ..unusable(folder, role, "it has no handlers") });
    }
    Ok(programs)
}

/// Resolves a program to an absolute path. A name without a slash is searched in PATH, and a path is relative to the
/// working directory.
///
/// # Errors
/// Returns the reason if the program does not exist or cannot be executed.
fn resolve_program(program: &Path, path_variable: Option<OsString>) -> Result<PathBuf, String> {
    if program.as_os_str().as_encoded_bytes().contains(&b'/') || cfg!(windows) && program.components().count() > 1 {
        check_executable(program)?;
        return std::path::absolute(program).map_err(|error| error.to_string());
    }
    let folders = path_variable.unwrap_or_default();
    let found =
        std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| check_executable(path).is_ok());
    let found = found.ok_or_else(|| {
        let name = program.display();
        format!("it is not in PATH; write ./{name} for a program in the current folder")
    })?;
    std::path::absolute(found).map_err(|error| error.to_string())
}

/// Checks that a file can be executed.
///
/// # Errors
/// Returns the reason if it cannot.
fn check_executable(path: &Path) -> Result<(), String> {
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        _ => error.to_string(),
    })?;
    if metadata.is_dir() {
        return Err("it is a directory".to_owned());
    }
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    #[cfg(unix)]
    if rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_err() {
        return Err("it is not executable; run `chmod +x` on it".to_owned());
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn named_handler_has_a_function_and_a_program() {
        let parse = |text: &str| NamedHandler::parse(OsStr::new(text)).map(|named| (named.function, named.program));
        assert_eq!(parse("a-1=./x y=z").unwrap(), ("a-1".into(), "./x y=z".into()));
        for bad in ["", "=./x", "./x", "a", "a=", "a b=./x", "../a=./x", "ä=./x", &format!("{}=x", "a".repeat(65))] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_names_without_a_slash_are_searched_in_path() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, mode: u32| {
            use std::os::unix::fs::PermissionsExt;
            std::fs::write(folder.path().join(name), "").unwrap();
            std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        };
        make("run", 0o755);
        make("text", 0o644);
        let path = || Some(OsString::from(format!("/nowhere:{}", folder.path().display())));
        assert_eq!(resolve_program(Path::new("run"), path()).unwrap(), folder.path().join("run"));
        assert!(resolve_program(Path::new("text"), path()).unwrap_err().contains("not in PATH"));
        assert!(resolve_program(Path::new("run"), None).is_err());
        assert!(resolve_program(Path::new("./run"), path()).unwrap_err().contains("no such file"));
        assert!(resolve_program(&folder.path().join("text"), path()).unwrap_err().contains("not executable"));
        assert!(resolve_program(&folder.path().join(""), path()).unwrap_err().contains("directory"));
    }

    #[cfg(unix)]
    #[test]
    fn folder_contributes_its_executable_files() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(programs_in(folder.path()).unwrap_err().message.contains("no handlers"));
        for (name, mode) in [("a", 0o755), ("b", 0o644), ("c.sh", 0o755), (".d", 0o755)] {
            std::fs::write(at(name), "").unwrap();
            std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        std::fs::create_dir(at("e")).unwrap();
        symlink(at("a"), at("f")).unwrap();
        symlink("/dev/null", at("g")).unwrap();
        symlink(at("gone"), at("h")).unwrap();
        assert_eq!(programs_in(folder.path()).unwrap().into_keys().collect::<Vec<_>>(), ["a", "f"]);
        assert!(programs_in(&at("a")).is_err() && programs_in(&at("none")).is_err());
    }
}
