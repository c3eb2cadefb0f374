//! The modules import downward only (docs/architecture.md). Move code that breaks this rule: there is no list of
//! exceptions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The layers, highest first. Modules of one layer may import each other, but not in a cycle.
const LAYERS: &[&[&str]] = &[
    &["lib"],
    &["generate", "complete"],
    &["cli"],
    &["cmd"],
    &["prune", "handlers"],
    &["export", "runs"],
    &["app"],
    &["view", "exit"],
    &["serve", "proxy", "archive"],
    &["client", "ledger", "config", "jq", "extract"],
    &["api", "http", "db", "ui", "env"],
    &["json"],
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Returns the modules that a text names with `crate::MODULE`, also in groups as `crate::{a, b::c}`. Comments do not
/// count.
fn named(text: &str) -> BTreeSet<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let first = |text: &str| text.trim_start().split(|letter| !is_name(letter)).next().unwrap_or_default().to_owned();
    let mut rooms = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            rooms.insert(first(rest));
            continue;
        };
        let mut depth = 1;
        let mut start = 0;
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || (depth == 1 && letter == ',') {
                rooms.insert(first(&group[start..at]));
                start = at + 1;
            }
            if depth == 0 {
                break;
            }
        }
    }
    rooms.remove("");
    rooms
}

/// Returns the imports of each module, with the first file that contains each.
fn imports() -> BTreeMap<String, BTreeMap<String, String>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut imports: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let room = first.trim_end_matches(".rs").to_owned();
        let known = imports.entry(room.clone()).or_default();
        for other in named(&std::fs::read_to_string(&file).unwrap()) {
            if other != room && LAYERS.iter().any(|layer| layer.contains(&other.as_str())) {
                known.entry(other).or_insert_with(|| inside.display().to_string());
            }
        }
    }
    imports
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&room))
}

#[test]
fn modules_import_no_higher_layer() {
    let mut upward = Vec::new();
    for (room, known) in imports() {
        if room == "main" {
            continue;
        }
        let Some(own) = layer(&room) else {
            upward.push(format!("`{room}` is in no layer"));
            continue;
        };
        for (other, file) in known {
            if layer(&other).is_some_and(|layer| layer < own) {
                upward.push(format!("`{room}` knows `{other}`, which is above it (src/{file})"));
            }
        }
    }
    assert!(upward.is_empty(), "\n{}\n", upward.join("\n"));
}

#[test]
fn modules_import_without_a_cycle() {
    let imports = imports();
    let mut left: BTreeMap<_, BTreeSet<_>> =
        imports.iter().map(|(room, known)| (room.as_str(), known.keys().map(String::as_str).collect())).collect();
    // A module that imports none of the remaining modules is not in a cycle with them.
    while let Some(room) = left.iter().find(|(_, known)| known.is_empty()).map(|(room, _)| *room) {
        left.remove(room);
        left.values_mut().for_each(|known| {
            known.remove(room);
        });
    }
    assert!(left.is_empty(), "these import each other: {left:?}");
}

#[test]
fn single_and_grouped_imports_are_found() {
    let text = "use crate::api::Kind;\nuse crate::{\n    db::{Db, x::Y},\n    ledger,\n};\nfn f() { crate::env::now() }\n\
                //! see crate::cmd\n";
    assert_eq!(named(text).into_iter().collect::<Vec<_>>(), ["api", "db", "env", "ledger"]);
}

/// A single module decides which environment a child process receives.
#[test]
fn child_processes_are_prepared_in_one_place() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let starts = text.contains("Command::new(") && text.contains("process::") && !text.contains("clap::Command");
        let inside = file.strip_prefix(&src).unwrap().display().to_string();
        // The process of a filter receives no environment at all.
        let empty = inside == "jq/worker.rs" && text.contains(".env_clear()");
        if starts && !empty && !["env/spawn.rs", "env/handover.rs"].contains(&inside.as_str()) {
            found.push(inside);
        }
    }
    assert!(found.is_empty(), "use env::spawn::command in {}", found.join(", "));
}
