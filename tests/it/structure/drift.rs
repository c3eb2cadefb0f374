//! Files that are generated from the program. The tests compare them byte for byte, and `ASST_BLESS=1 cargo test drift`
//! writes them again.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file with its expected content, or writes it.
fn hold(path: &str, expected: &str) {
    let file = root().join(path);
    let mut found = std::fs::read_to_string(&file).unwrap_or_default();
    if found != expected && std::env::var_os("ASST_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).unwrap();
        std::fs::write(&file, expected).unwrap();
        expected.clone_into(&mut found);
    }
    let differ = found.lines().zip(expected.lines()).position(|(one, other)| one != other);
    let at = differ.unwrap_or(found.lines().count().min(expected.lines().count())) + 1;
    assert!(found == expected, "{path} is not what the program says, from line {at}: ASST_BLESS=1 cargo test drift");
}

/// Compares or writes the text between `<!-- NAME -->` and `<!-- end of NAME -->` in a file.
fn hold_section(path: &str, name: &str, expected: &str) {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&begin).expect("the section begins");
    let (_, after) = rest.split_once(&end).expect("the section ends");
    hold(path, &format!("{before}{begin}{expected}{end}{after}"));
}

#[test]
fn completion_scripts_match_the_commands() {
    use clap_complete::Shell::{Bash, Elvish, Fish, PowerShell, Zsh};
    for (shell, file) in
        [(Bash, "asst.bash"), (Elvish, "asst.elv"), (Fish, "asst.fish"), (PowerShell, "_asst.ps1"), (Zsh, "_asst")]
    {
        hold(&format!("completions/{file}"), &asst::generate::completions(shell));
    }
}

#[test]
fn exit_codes_in_the_readme_match_the_program() {
    let mut table = String::from("| code | kind | meaning |\n|---|---|---|\n");
    for (code, kind, meaning) in asst::exit::CODES {
        let _ = writeln!(table, "| {code} | `{kind}` | {meaning} |");
    }
    hold_section("README.md", "exit codes", &table);
}

#[test]
fn every_variable_is_in_the_docs() {
    let mut page = String::from(
        "# Environment variables\n\nEvery variable by which `asst` can be set up, generated from `src/env/vars.rs`. An empty \
         variable counts as\nunset. A flag overrides its variable, and a variable overrides the configuration.\n\n\
         | variable | what it does |\n|---|---|\n",
    );
    for var in asst::env::vars::ALL {
        let _ = writeln!(page, "| `{}` | {} |", var.name, var.doc);
    }
    page += "\nTo note in the ledger who made an object, `asst` also reads `USER` and its like, and the variables by which GitHub,\n\
             GitLab, Jenkins, Buildkite, Azure Pipelines and CircleCI name a job. A profile with `provenance = \"none\"` notes\n\
             nothing of that. `HOME` is where the folders above are by default.\n";
    hold("docs/environment.md", &page);
}

#[test]
fn command_reference_matches_the_help() {
    let root = asst::cli::Cli::tree_with_help().term_width(100);
    let mut page = String::from(
        "# Commands\n\nThe help of every command, generated from the tree of commands. The global options stand once, \
         with `asst` itself.\n",
    );
    reference(&root, "asst", &mut page);
    hold("docs/cli.md", &page);
}

fn reference(command: &clap::Command, name: &str, page: &mut String) {
    let mut shown = command.clone().term_width(100);
    if name != "asst" {
        shown = shown.mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
    }
    let help = shown.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## `{name}`\n\n```text\n{}\n```\n", help.join("\n").trim_end());
    for child in command.get_subcommands().filter(|child| child.get_name() != "help" && !child.is_hide_set()) {
        reference(child, &format!("{name} {}", child.get_name()), page);
    }
}
