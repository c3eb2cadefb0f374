//! Pages whose console blocks are one session of a shell: a test runs the commands and compares the output.
//! `ASST_BLESS=1` writes the output into the page.

use super::transcript::{private, without_ids};
use std::io::Write;
use std::process::Stdio;

const OPEN: &str = "```console\n";
const CLOSE: &str = "```\n";

/// Printed by the shell after each command.
const END: &str = "---- end of the command ----";

/// A command and the output that the page shows.
type Shown = (String, String);

fn path(page: &str) -> String {
    format!("{}/{page}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs the commands of a page in a new home, and compares their output.
pub(crate) fn check(page: &str) {
    let text = std::fs::read_to_string(path(page)).unwrap();
    let blocks: Vec<Vec<Shown>> = blocks(&text).into_iter().map(commands).collect();
    let all: Vec<&Shown> = blocks.iter().flatten().collect();
    assert!(!all.is_empty(), "{page} has a console block");
    let home = tempfile::tempdir().unwrap();
    let script: String = all.iter().map(|(command, _)| format!("{command}\necho '{END}'\n")).collect();
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
    let printed = String::from_utf8(done.stdout).unwrap().replace(&*home.path().to_string_lossy(), "~");
    let outputs: Vec<String> = printed.split(&format!("{END}\n")).map(normalised).collect();
    assert!(done.status.success() && outputs.len() == all.len() + 1, "{page}: {printed}");
    if std::env::var_os("ASST_BLESS").is_some() {
        return bless(page, &text, &blocks, &outputs);
    }
    for ((command, shown), output) in all.into_iter().zip(&outputs) {
        assert_eq!(output, shown, "{page}: the output of `{command}`");
    }
}

/// Returns the console blocks of a page.
fn blocks(text: &str) -> Vec<&str> {
    text.split(OPEN).skip(1).map(|part| part.split_once(CLOSE).expect("the block ends").0).collect()
}

/// Returns the commands of a console block, each with its output.
fn commands(block: &str) -> Vec<Shown> {
    let mut commands: Vec<Shown> = Vec::new();
    for line in block.lines() {
        let more = line.strip_prefix("> ").or((line == ">").then_some(""));
        match (line.strip_prefix("$ "), more, commands.last_mut()) {
            (Some(command), ..) => commands.push((command.to_owned(), String::new())),
            (_, Some(more), Some((command, shown))) if shown.is_empty() => *command = format!("{command}\n{more}"),
            (_, _, Some((_, shown))) => *shown += &format!("{line}\n"),
            _ => panic!("the block does not begin with a command: {line}"),
        }
    }
    commands
}

/// Returns the output without IDs, ages, and the times in the names of folders.
fn normalised(output: &str) -> String {
    let times = regex_lite::Regex::new(r"\d{8}T\d{6}Z(-\d+)?").unwrap();
    times.replace_all(&without_ids(output), "…").into_owned()
}

/// Writes the outputs into the page.
fn bless(page: &str, text: &str, blocks: &[Vec<Shown>], outputs: &[String]) {
    let mut outputs = outputs.iter();
    let mut parts = text.split(OPEN);
    let mut new = parts.next().unwrap_or_default().to_owned();
    for (part, commands) in parts.zip(blocks) {
        new.push_str(OPEN);
        for (command, _) in commands {
            let command = command.replace('\n', "\n> ").replace("\n> \n", "\n>\n");
            new.push_str(&format!("$ {command}\n{}", outputs.next().unwrap()));
        }
        new.push_str(CLOSE);
        new.push_str(part.split_once(CLOSE).expect("the block ends").1);
    }
    std::fs::write(path(page), new).unwrap();
}

#[test]
fn commands_of_several_lines_and_outputs_are_told_apart() {
    let block = "$ cat <<E\n> one\n>\n> E\none\n\n$ true\n$ echo\n> > x\n";
    let expected = [("cat <<E\none\n\nE", "one\n\n"), ("true", ""), ("echo\n> x", "")];
    assert_eq!(commands(block), expected.map(|(command, shown)| (command.to_owned(), shown.to_owned())));
}
