//! Reads the entries under `files` in a manifest. A pattern becomes one file for each match (docs/manifest.md#files).

use super::content::Content;
use super::kinds::{FILES, ResourceKind};
use super::members::{leaves_its_folder, path_in_tree};
use super::pattern::{MAX_FILES, Pattern, is_pattern};
use super::source::Source;
use crate::api::Dialect;
use crate::api::check::{self, InvalidRequest, Rules};
use crate::env::yaml::Position;
use serde_json::{Map, Value, json};
use std::path::Path;

/// The members of an entry under `files`.
pub(super) const MEMBERS: &[&str] = &["path", "purpose", "expires_after", "lifecycle"];

/// The purpose of a file whose entry sets no purpose.
pub const DEFAULT_PURPOSE: &str = "assistants";

/// The maximum size of a file (docs/protocol/objects.md#limits-and-defaults).
const MAX_BYTES: u64 = 512 << 20;

/// A file to upload.
pub(super) struct FoundFile {
    /// The name in the manifest. A match of a pattern has the name of the pattern, `/`, and its path.
    pub(super) name: String,
    pub(super) members: Map<String, Value>,
    pub(super) content: Content,
}

/// Returns the files of one entry. `members` are the members of the entry, with their variables replaced.
pub(super) fn found(source: &mut Source, name: &str, members: &Map<String, Value>, at: Position) -> Vec<FoundFile> {
    let Some(path) = members.get("path").and_then(Value::as_str).filter(|path| !path.is_empty()) else {
        source.hinted(at, format!("the file `{name}` has no path"), Some(format!("write `{name}: {{path: PATH}}`")));
        return Vec::new();
    };
    let folder = source.folder(at);
    // A path such as `a[1].txt` is taken literally if a file with exactly this name exists.
    let matches = match is_pattern(path) && !folder.join(path).is_file() {
        true => matches(&folder, path).map(|(fixed_part, paths)| (Some(fixed_part), paths)),
        false => Ok((None, vec![path.to_owned()])),
    };
    let (fixed_part, paths) = matches.unwrap_or_else(|message| {
        source.problem(at, message);
        Default::default()
    });
    let mut found = Vec::new();
    for given in paths {
        match content(&folder, &given) {
            Ok(content) => {
                let name = match &fixed_part {
                    Some(fixed_part) => format!("{name}/{}", given.strip_prefix(fixed_part).unwrap_or(&given)),
                    None => name.to_owned(),
                };
                let mut members = members.clone();
                members.shift_remove("path");
                members.entry("purpose").or_insert_with(|| DEFAULT_PURPOSE.into());
                members.insert("filename".to_owned(), content.filename().into());
                found.push(FoundFile { name, members, content });
            }
            Err(message) => source.problem(at, message),
        }
    }
    found
}

/// Returns the folder before the first wildcard of a pattern, and the files that match the pattern.
fn matches(folder: &Path, text: &str) -> Result<(String, Vec<String>), String> {
    if leaves_its_folder(Path::new(text)) {
        return Err(format!("the pattern `{text}` leaves the folder of the manifest"));
    }
    let pattern = Pattern::parse(text)?;
    let found = pattern.files(folder).map_err(|error| format!("cannot read `{text}`: {error}"))?;
    match found.len() {
        0 => Err(format!("no file matches `{text}`")),
        count if count > MAX_FILES => Err(format!("more than {MAX_FILES} files match `{text}`")),
        _ => Ok((pattern.fixed_part(), found.into_iter().collect())),
    }
}

fn content(folder: &Path, given: &str) -> Result<Content, String> {
    let path = path_in_tree(folder, given)?;
    let failed = |error: std::io::Error| format!("cannot read the file `{given}`: {error}");
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(format!("expected a file, found something else: `{given}`"));
    }
    let content = Content::read(&path).map_err(failed)?;
    match content.bytes {
        0 => Err(format!("the file `{given}` is empty; the API accepts no empty file")),
        bytes if bytes > MAX_BYTES => {
            Err(format!("the file `{given}` has {bytes} bytes; at most {MAX_BYTES} are possible"))
        }
        _ => Ok(content),
    }
}

/// Checks the members that the request for an upload contains besides the bytes of the file.
pub(super) fn check(members: &Map<String, Value>) -> Result<(), InvalidRequest> {
    let mut body = members.clone();
    body.retain(|name, _| name == "purpose" || name == "expires_after");
    body.entry("purpose").or_insert_with(|| DEFAULT_PURPOSE.into());
    body.insert("file".to_owned(), json!(""));
    check::body_of(FILES.create, &body, Rules::incoming(Dialect::OpenAi))
}

/// Returns `true` if the objects of a kind are files.
pub(super) fn are_files(kind: &ResourceKind) -> bool {
    *kind == FILES
}
