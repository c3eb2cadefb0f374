//! The integration tests, one binary (one link) with a module per subject.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod client;
mod contract;
mod demo;
mod drift;
mod facts;
mod flags;
mod layers;
mod ledger;
mod listener;
mod operations;
mod operations_table;
mod readme;
mod rough;
mod server_crash;
mod transcript;
mod world;

#[test]
fn every_file_of_tests_is_listed() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let listed = include_str!("main.rs");
    for entry in std::fs::read_dir(here).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_module = path.extension().is_some_and(|end| end == "rs") && name != "main";
        assert!(!is_module || listed.contains(&format!("\nmod {name};\n")), "tests/it/{name}.rs is not listed");
    }
}
