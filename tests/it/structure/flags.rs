//! Every request member has a flag, and every flag a member (docs/design/command_line.md#input). `fixtures/flags.toml`
//! lists the names that differ.

use crate::support::operations::{OPERATIONS, command, flags, members};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

// The sizes of the table. A larger one needs its reason here.
// `filters` has a readable form besides JSON.
const MOST_RENAMES: usize = 11;
// Waiting and handlers belong to asst itself. No request has a member for them
// (docs/design/declarations.md#flags-that-are-no-members).
// An upload in parts consists of several requests, and these flags are about all of them.
// A cascading deletion reads objects that a backend may not have; one flag names them.
const MOST_OWN: usize = 25;
// The bytes of a file and of an upload part are positional arguments.
const MOST_MISSING: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    renames: BTreeMap<String, Vec<String>>,
    own: BTreeMap<String, String>,
    missing: BTreeMap<String, String>,
}

fn table() -> Table {
    toml::from_str(include_str!("../fixtures/flags.toml")).unwrap()
}

/// Returns the members of an operation's query and body.
fn members_of(operation: &Value) -> Vec<String> {
    let names =
        |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    [names(&operation["query"]), names(&operation["body"]["members"])].concat()
}

#[test]
fn every_member_has_a_flag_and_every_flag_a_member() {
    let (table, document) = (table(), members());
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (name, noun, verb) in OPERATIONS {
        let command = command(noun, verb);
        let found: BTreeSet<String> = flags(&command).into_iter().collect();
        let mut explained = BTreeSet::new();
        for member in members_of(&document[name]) {
            let plain = member.replace('_', "-");
            let expected = match table.renames.get(&member) {
                Some(flags) => {
                    used.insert(format!("renames.{member}"));
                    flags.clone()
                }
                None if table.missing.contains_key(&member) => {
                    used.insert(format!("missing.{member}"));
                    if found.contains(&plain) {
                        wrong.push(format!("`{member}` has a flag in `{noun} {verb}`: take it out of [missing]"));
                    }
                    continue;
                }
                None => vec![plain],
            };
            for flag in expected {
                if !found.contains(&flag) {
                    wrong.push(format!("{name}: member `{member}` has no flag --{flag} in `{noun} {verb}`"));
                }
                explained.insert(flag);
            }
        }
        for flag in found.difference(&explained) {
            match table.own.contains_key(flag) {
                true => drop(used.insert(format!("own.{flag}"))),
                false => wrong.push(format!("`{noun} {verb}` has a flag --{flag} without a member")),
            }
        }
    }
    let entries = (table.renames.keys().map(|key| format!("renames.{key}")))
        .chain(table.own.keys().map(|key| format!("own.{key}")))
        .chain(table.missing.keys().map(|key| format!("missing.{key}")));
    wrong.extend(entries.filter(|entry| !used.contains(entry)).map(|entry| format!("{entry} is no longer needed")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_of_exceptions_only_shrinks() {
    let table = table();
    assert!(table.renames.len() <= MOST_RENAMES, "a new rename: name the flag as its member instead");
    assert!(table.own.len() <= MOST_OWN, "a new flag that is no member: does it belong to this command?");
    assert!(table.missing.len() <= MOST_MISSING, "a member without a flag");
    for (member, flags) in &table.renames {
        assert!(flags.as_slice() != [member.replace('_', "-")], "{member} needs no rename");
    }
}

#[test]
fn the_ids_of_a_path_are_positional_in_its_order() {
    let document = members();
    for (name, noun, verb) in OPERATIONS {
        let expected: Vec<String> = document[name]["path_params"].as_array().into_iter().flatten().map(text).collect();
        let command = command(noun, verb);
        let found: Vec<String> = (command.get_positionals())
            .flat_map(|arg| {
                arg.get_value_names()
                    .unwrap_or_default()
                    .iter()
                    .flat_map(|name| name.split("> <"))
                    .map(str::to_lowercase)
            })
            .filter(|name| name.ends_with("_id"))
            .collect();
        assert_eq!(found, expected, "{name}: `{noun} {verb}`");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn declared_endpoints_match_the_document() {
    let document = members();
    // Backends list threads and conversations by Azure's documents. OpenAI's document has no such operations.
    let foreign = ["listThreads", "listConversations"];
    for row in asst::api::table().filter(|row| !foreign.contains(&row.operation)) {
        let operation = &document[row.operation];
        assert_eq!(operation["path"], row.path, "{}", row.operation);
        assert_eq!(operation["method"], row.method.name(), "{}", row.operation);
    }
    let declared: BTreeSet<&str> = asst::api::table().map(|row| row.operation).collect();
    for (name, ..) in OPERATIONS {
        assert!(declared.contains(name), "{name} is not declared");
    }
}

#[test]
fn help_of_a_flag_shows_the_profile_default() {
    let tree = asst::cli::Cli::tree();
    for (flag, default) in [
        ("request-timeout", format!("{}s", asst::config::DEFAULT_REQUEST_TIMEOUT.as_secs())),
        ("retries", asst::config::DEFAULT_RETRIES.to_string()),
        ("max-wait", format!("{}s", asst::config::DEFAULT_MAX_WAIT.as_secs())),
        ("concurrency", asst::config::DEFAULT_CONCURRENCY.to_string()),
    ] {
        let found = tree.get_arguments().find(|arg| arg.get_long() == Some(flag)).unwrap();
        let help = found.get_help().unwrap().to_string();
        assert!(help.ends_with(&format!(" [default: {default}]")), "{flag}: {help}");
    }
}
