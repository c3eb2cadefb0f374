//! Runs the commands in the README. `ASST_BLESS=1 cargo test readme` writes their output into the tour.

use crate::support::transcript::{private, without_ids};
use std::io::Write;
use std::process::Stdio;

/// Returns the only block of a language.
fn block(language: &str) -> String {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let fence = format!("```{language}\n");
    let mut parts = readme.split(&fence).skip(1);
    let (block, _) = parts.next().expect("the block is there").split_once("```").expect("the block ends");
    assert!(parts.next().is_none(), "one block of {language} is expected");
    block.to_owned()
}

/// Returns the commands of a console block, each with its output.
fn commands(block: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), line.strip_prefix("> "), commands.last_mut()) {
            (Some(command), ..) => commands.push((command.to_owned(), String::new())),
            (_, Some(more), Some((command, _))) => *command = format!("{command}\n{more}"),
            (_, _, Some((_, shown))) => *shown += &format!("{line}\n"),
            _ => panic!("the block does not begin with a command: {line}"),
        }
    }
    commands
}

#[test]
fn the_profiles_add_command_of_the_readme_works() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let line = readme.lines().find(|line| line.starts_with("asst profiles add ")).expect("it is there");
    let asst = crate::support::test_env::Asst::new();
    asst.run(line.split(' ').skip(1)).ok();
    assert_eq!(asst.run(["profiles", "list", "-o", "id"]).ok().ids(), ["gateway"]);
}

#[test]
fn the_commands_of_the_tour_print_the_shown_output() {
    const MARK: &str = "---- the next one ----";
    let home = tempfile::tempdir().unwrap();
    let commands = commands(&block("console"));
    let script: String = commands.iter().map(|(command, _)| format!("{command}\necho '{MARK}'\n")).collect();
    let mut shell = private("sh", home.path())
        .args(["-e", "-c", "exec 2>&1; . /dev/stdin"])
        .env("COLUMNS", "100")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The shell reads the whole script first, so that no command can read it from standard input.
    shell.stdin.take().unwrap().write_all(format!("{{\n{script}}} < /dev/null\n").as_bytes()).unwrap();
    let done = shell.wait_with_output().unwrap();
    let printed = String::from_utf8(done.stdout).unwrap();
    let outputs: Vec<&str> = printed.split(&format!("{MARK}\n")).collect();
    assert!(done.status.success() && outputs.len() == commands.len() + 1, "{printed}");
    if std::env::var_os("ASST_BLESS").is_some() {
        return bless(&commands, &outputs);
    }
    for ((command, shown), output) in commands.iter().zip(&outputs) {
        assert_eq!(without_ids(output), *shown, "the output of `{command}`");
    }
}

fn bless(commands: &[(String, String)], outputs: &[&str]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let lines = commands.iter().zip(outputs);
    let lines =
        lines.map(|((command, _), output)| format!("$ {}\n{}", command.replace('\n', "\n> "), without_ids(output)));
    let readme = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, readme.replace(&block("console"), &lines.collect::<String>())).unwrap();
}

#[test]
fn the_profiles_of_the_readme_are_valid() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/asst");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), block("toml")).unwrap();
    let asst = |args: &[&str]| {
        let done = private(assert_cmd::cargo::cargo_bin!("asst"), home.path()).args(args).output().unwrap();
        assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    let names = asst(&["profiles", "list", "-o", "id"]);
    assert_eq!(names, "agents\nazure\ngateway\nopenai\n");
    let credentials =
        ["token command", "file /run/secrets/azure-openai", "command", "environment variable OPENAI_API_KEY"];
    for (name, credential) in names.lines().zip(credentials) {
        assert_eq!(asst(&["profiles", "show", name, "--jq", ".credential"]), format!("{credential}\n"), "{name:?}");
    }
}
