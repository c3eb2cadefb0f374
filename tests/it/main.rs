//! The integration tests, one binary (one link) with a module per subject.
// Tests read files that the program itself wrote.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod backends;
mod bad_input;
mod client;
mod cmd;
mod contract;
mod credentials;
mod extract;
mod faults;
#[cfg(unix)]
mod handlers;
mod hostile_json;
mod indexing;
mod interrupts;
mod ledger;
#[cfg(unix)]
mod mocks;
mod models;
mod operations;
#[cfg(unix)]
mod pipelines;
#[cfg(unix)]
mod record;
mod serve;
mod server_compat;
mod shell;
mod streams;
mod structure;
mod support;
#[cfg(unix)]
mod third_party;

#[test]
fn every_file_of_tests_is_listed() {
    // A folder is a module, and its `mod.rs` lists its files.
    fn look(folder: &std::path::Path, list: &str) {
        let listed = std::fs::read_to_string(folder.join(list)).unwrap();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let is_folder = path.join("mod.rs").exists();
            let is_module = is_folder || path.extension().is_some_and(|end| end == "rs") && !path.ends_with(list);
            let stated = [format!("\nmod {name};\n"), format!("\npub(crate) mod {name};\n")];
            let stated = stated.iter().any(|line| format!("\n{listed}").contains(line));
            assert!(!is_module || stated, "{} is not listed", path.display());
            if is_folder {
                look(&path, "mod.rs");
            }
        }
    }
    look(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"), "main.rs");
}
