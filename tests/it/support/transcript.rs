//! Normalises the output of commands, so that runs of the same commands can be compared.

use std::path::Path;
use std::process::Command;

const PREFIXES: [&str; 9] = ["req_", "asst_", "thread_", "msg_", "run_", "step_", "call_", "file-", "vs_"];

/// Returns the text with `thread_…` in place of each ID, and `…` in place of a UUID and of an age.
pub(crate) fn without_ids(text: &str) -> String {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let prefix = PREFIXES.iter().find(|prefix| word.starts_with(**prefix) && word.len() >= prefix.len() + 16);
        match prefix {
            Some(prefix) => out.extend([prefix, "…"]),
            None if after.starts_with(" ago") => out.push('…'),
            None if word.len() == 36 && word.matches('-').count() == 4 => out.push('…'),
            None => out.push_str(word),
        }
        let next = after.chars().next().map_or(0, char::len_utf8);
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}

/// Returns a command without the user's environment and with the binary first in its PATH.
pub(crate) fn private(program: impl AsRef<std::ffi::OsStr>, home: &Path) -> Command {
    let folder = Path::new(assert_cmd::cargo::cargo_bin!("asst")).parent().unwrap().to_owned();
    let path = std::env::join_paths(
        std::iter::once(folder).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let mut command = Command::new(program);
    command.env_clear().env("PATH", path.unwrap()).env("HOME", home).env("TMPDIR", home).current_dir(home);
    command
}

#[test]
fn only_ids_and_ages_are_hidden() {
    let text = "thread_0123456789abcdef\t(asst:0b9e1c3e-53a1-4f6e-9a77-0c1d2e3f4a5b) run_time file-system, 12s ago\n";
    assert_eq!(without_ids(text), "thread_…\t(asst:…) run_time file-system, … ago\n");
}
