//! The modules import downward only (docs/architecture.md). Move code that breaks this rule: there is no list of
//! exceptions.

use super::imports::{self, Tests};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Returns the layers as docs/architecture.md#architecture draws them, highest first.
fn layers() -> Vec<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/architecture.md")).unwrap();
    let drawing =
        page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the page has a drawing");
    drawing.lines().map(modules).filter(|layer| !layer.is_empty()).collect()
}

/// Returns the modules in a line of the drawing. Three spaces separate them from their description.
fn modules(line: &str) -> Vec<String> {
    let names = line.trim().split("   ").next().unwrap_or_default();
    names.split(|c: char| !c.is_ascii_lowercase()).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

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

#[test]
fn the_drawing_has_every_module() {
    assert_eq!(modules("     view ┴ exit          values to text · failures to codes"), ["view", "exit"]);
    assert_eq!(modules("main ──► lib                  starts the program"), ["main", "lib"]);
    assert_eq!(modules("          │"), Vec::<String>::new());
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = std::fs::read_dir(src).unwrap();
    let existing: BTreeSet<String> =
        entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(layers().concat().into_iter().collect::<BTreeSet<_>>(), existing);
}

/// Code of tests counts as well.
#[test]
fn modules_import_no_higher_layer() {
    let layers = layers();
    let layer = |module: &str| layers.iter().position(|layer| layer.iter().any(|name| name == module));
    let mut wrong = BTreeSet::new();
    for import in imports::of_src(Tests::With) {
        let [from, to] = [&import.from, &import.to].map(|module| module.first().map_or("lib", String::as_str));
        match (layer(from), layer(to)) {
            (None, _) => drop(wrong.insert(format!("`{from}` is in no layer"))),
            (Some(own), Some(other)) if other < own => {
                wrong.insert(format!("`{from}` imports `{to}`, which is above it (src/{})", import.example));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

/// A command that used the client, the ledger or the database itself could send a request that is not recorded. So it
/// can neither import them nor obtain a session or a ledger from `app`.
#[test]
fn commands_send_and_record_through_app_only() {
    const MODULES: [&str; 3] = ["client", "ledger", "db"];
    const METHODS: [&str; 4] = [".session()", ".ledger()", ".ledger_if_any()", ".ledger_at("];
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![src.join("complete.rs"), src.join("generate.rs")];
    ["cmd", "cli"].iter().for_each(|folder| sources(&src.join(folder), &mut files));
    assert!(files.len() > 30, "the commands were not found");
    let mut found: Vec<String> = imports::of_src(Tests::With)
        .iter()
        .filter(|import| {
            import.from.first().is_some_and(|own| ["cmd", "cli", "complete", "generate"].contains(&&**own))
        })
        // Plain data types that `app` re-exports are allowed, so the path counts as it is written.
        .filter(|import| MODULES.iter().any(|module| import.example.contains(&format!(": crate::{module}::"))))
        .map(|import| format!("src/{}", import.example))
        .collect();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let inside = file.strip_prefix(&src).unwrap().display();
        let methods = METHODS.into_iter().filter(|method| text.contains(method));
        found.extend(methods.map(|method| format!("src/{inside}: {method}")));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn siblings_import_each_other_without_a_circle() {
    let imports = imports::of_src(Tests::Without);
    let found = imports::circles(&imports);
    let details =
        found.iter().map(|circle| [vec![circle.clone()], imports::edges_of(circle, &imports)].concat().join("\n"));
    assert!(found.is_empty(), "\n{}\n", details.collect::<Vec<_>>().join("\n"));
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
