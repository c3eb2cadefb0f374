//! `asst export`: the objects of a backend in a folder, and the verification that the folder is complete.

mod contents;
mod conversations;
mod fake;
mod gone;
mod incremental;
mod interrupted;
mod large;
#[cfg(unix)]
mod private;
mod refused;
mod shared_files;
mod vector_stores;
mod verify;
mod whole_backend;

use crate::support::test_env::{Asst, Server, served};
use serde_json::Value;

/// Starts a server that behaves like OpenAI after the shutdown of the Assistants endpoints. It is the profile `openai` of
/// the user.
fn openai_after_the_shutdown() -> (Server, Asst) {
    let (server, asst) = served(&["--openai-sunset"]);
    asst.config(&format!(
        "[profiles.openai]\nbackend = \"openai\"\nbase_url = \"{}\"\napi_key_env = \"OPENAI_API_KEY\"\n",
        server.url
    ));
    (server, asst)
}

/// Reads a file below the export folder.
#[track_caller]
fn read(asst: &Asst, path: &str) -> String {
    let path = asst.work().join("out").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn manifest(asst: &Asst) -> Value {
    serde_json::from_str(&read(asst, "manifest.json")).unwrap()
}

/// Returns the sorted paths of all files in the export folder.
fn tree(asst: &Asst) -> Vec<String> {
    fn walk(folder: &std::path::Path, root: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, root, found),
                false => found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned()),
            }
        }
    }
    let (root, mut found) = (asst.work().join("out"), Vec::new());
    walk(&root, &root, &mut found);
    found.sort();
    found
}
