//! Examples for the help of each command (docs/style.md#rules).
//!
//! All examples are in one table, sorted like the tree of commands. They cannot be declared at the commands, because an
//! example needs the whole path of a command, such as `threads list`, and a command contains only its own name.

use clap::Command;

/// The examples of each command, in the order of the tree. The key is the path of the command.
#[rustfmt::skip]
const EXAMPLES: &[(&str, &[&str])] = &[
    ("assistants list", &["asst assistants list --limit 20 --columns id,name,model"]),
    ("assistants create", &[
        "asst assistants create --model gpt-4o --name Helper --instructions 'Answer briefly.'",
        "asst assistants create --model gpt-4o --tool file_search --metadata team=hr",
    ]),
    ("assistants get", &["asst assistants get asst_abc123 -o json"]),
    ("assistants update", &["asst assistants update asst_abc123 --name 'New name' --unset description"]),
    ("assistants delete", &[
        "asst assistants delete asst_abc123 --ignore-not-found",
        "asst assistants delete asst_abc123 --cascade --dry-run",
    ]),
    ("threads list", &[
        "asst threads list --older-than 30d",
        "asst threads list --orphaned -o id",
    ]),
    ("threads create", &["asst threads create --message 'Hello' --metadata team=hr"]),
    ("threads get", &["asst threads get thread_abc123 -o json"]),
    ("threads update", &["asst threads update thread_abc123 --metadata team=hr"]),
    ("threads delete", &[
        "asst threads delete thread_abc123",
        "asst threads list --older-than 90d -o id | asst threads delete -",
        "asst threads delete thread_abc123 --cascade --dry-run",
    ]),
    ("threads prune", &[
        "asst threads prune --orphaned --dry-run",
        "asst threads prune --orphaned --older-than 90d --yes",
    ]),
    ("threads create-and-run", &[
        "asst threads create-and-run --assistant-id asst_abc123 --thread-message 'Hello' --stream",
    ]),
    ("messages list", &["asst messages list thread_abc123 --order asc"]),
    ("messages create", &[
        "asst messages create thread_abc123 --content 'Sum it up.' --attachment file-abc123=file_search",
    ]),
    ("messages get", &["asst messages get thread_abc123 msg_abc123 -o json"]),
    ("messages update", &["asst messages update thread_abc123 msg_abc123 --metadata reviewed=yes"]),
    ("messages delete", &["asst messages delete thread_abc123 msg_abc123"]),
    ("runs list", &["asst runs list thread_abc123 --limit 5"]),
    ("runs create", &[
        "asst runs create thread_abc123 --assistant-id asst_abc123 --wait",
        "asst runs create thread_abc123 --assistant-id asst_abc123 --handler get_weather=./weather.sh",
    ]),
    ("runs get", &["asst runs get thread_abc123 run_abc123 -o json"]),
    ("runs update", &["asst runs update thread_abc123 run_abc123 --metadata ticket=42"]),
    ("runs cancel", &["asst runs cancel thread_abc123 run_abc123"]),
    ("runs prune", &[
        "asst runs prune --stuck --dry-run",
        "asst runs prune --stuck --yes",
    ]),
    ("runs submit-tool-outputs", &[
        "asst runs submit-tool-outputs thread_abc123 run_abc123 --tool-output call_abc123=21 --wait",
    ]),
    ("runs wait", &["asst runs wait thread_abc123 run_abc123 --timeout 90s"]),
    ("steps list", &["asst steps list thread_abc123 run_abc123"]),
    ("steps get", &["asst steps get thread_abc123 run_abc123 step_abc123 -o json"]),
    ("files list", &["asst files list --purpose assistants"]),
    ("files upload", &[
        "asst files upload report.pdf notes.md",
        "asst files upload - --filename log.txt --expires-after 7d",
        "asst files upload dump.jsonl --parts",
        "asst files upload dump.jsonl --parts --resume",
    ]),
    ("files get", &["asst files get file-abc123 -o json"]),
    ("files delete", &["asst files delete file-abc123"]),
    ("files prune", &[
        "asst files prune --unreferenced --dry-run",
        "asst files prune --unreferenced --older-than 90d --yes",
    ]),
    ("files content", &["asst files content file-abc123 --to report.pdf"]),
    ("vector-stores list", &["asst vector-stores list --limit 20", "asst vector-stores list --storage-price 0.11"]),
    ("vector-stores create", &[
        "asst vector-stores create --name handbook --file-ids file-abc123,file-def456 --wait",
        "asst vector-stores create --name drafts --expires-after 7d",
    ]),
    ("vector-stores get", &[
        "asst vector-stores get vs_abc123 -o json",
        "asst vector-stores get vs_abc123 --wait --timeout 5m",
    ]),
    ("vector-stores update", &["asst vector-stores update vs_abc123 --name 'Handbook 2026'"]),
    ("vector-stores delete", &[
        "asst vector-stores delete vs_abc123",
        "asst vector-stores delete vs_abc123 --cascade --dry-run",
    ]),
    ("vector-stores prune", &[
        "asst vector-stores prune --expired --dry-run",
        "asst vector-stores prune --idle 90d --max 10",
        "asst vector-stores prune --empty --grace 1d --yes",
    ]),
    ("vector-stores search", &[
        "asst vector-stores search vs_abc123 --query 'How many days of holiday?'",
        "asst vector-stores search vs_abc123 --query parking --filter 'team = \"hr\" and year >= 2024'",
        "asst vector-stores search vs_abc123 --query parking -o json --jq '.[].content[0].text'",
    ]),
    ("vector-stores sync", &[
        "asst vector-stores sync handbook --to vs_abc123 --dry-run",
        "asst vector-stores sync docs --to vs_abc123 --include '*.md' --verify",
    ]),
    ("vector-stores files list", &["asst vector-stores files list vs_abc123"]),
    ("vector-stores files create", &[
        "asst vector-stores files create vs_abc123 --file-id file-abc123 --wait",
        "asst vector-stores files create vs_abc123 --file-id file-abc123 --attributes team=hr",
    ]),
    ("vector-stores files get", &[
        "asst vector-stores files get vs_abc123 file-abc123 --wait",
        "asst vector-stores files list vs_abc123 -o id | asst vector-stores files get vs_abc123 -",
    ]),
    ("vector-stores files update", &["asst vector-stores files update vs_abc123 file-abc123 --attributes team=hr"]),
    ("vector-stores files delete", &["asst vector-stores files delete vs_abc123 file-abc123"]),
    ("vector-stores files content", &["asst vector-stores files content vs_abc123 file-abc123"]),
    ("vector-stores batches create", &[
        "asst vector-stores batches create vs_abc123 --file-ids file-abc123,file-def456 --wait",
        "asst vector-stores batches create vs_abc123 --file-ids file-abc123 --attributes team=hr",
    ]),
    ("vector-stores batches get", &[
        "asst vector-stores batches get vs_abc123 vsfb_abc123",
        "asst vector-stores batches get vs_abc123 vsfb_abc123 --wait --timeout 5m",
    ]),
    ("vector-stores batches cancel", &["asst vector-stores batches cancel vs_abc123 vsfb_abc123"]),
    ("vector-stores batches files", &["asst vector-stores batches files vs_abc123 vsfb_abc123 --filter failed"]),
    ("uploads create", &["asst uploads create --filename video.mp4 --bytes 90000000 --mime-type video/mp4"]),
    ("uploads add-part", &["asst uploads add-part upload_abc123 part1.bin"]),
    ("uploads complete", &["asst uploads complete upload_abc123 --part-ids part_abc123,part_def456"]),
    ("uploads cancel", &["asst uploads cancel upload_abc123"]),
    ("conversations list", &[
        "asst conversations list --idle 90d",
        "asst conversations list --metadata team=hr -o id | asst conversations get -",
        "asst conversations list --remote",
    ]),
    ("conversations create", &[
        "asst conversations create --metadata team=hr",
        "asst conversations create --items '{\"role\":\"user\",\"content\":\"Hello\"}'",
    ]),
    ("conversations get", &["asst conversations get conv_abc123"]),
    ("conversations update", &["asst conversations update conv_abc123 --metadata team=sales"]),
    ("conversations delete", &["asst conversations delete conv_abc123"]),
    ("conversations items list", &["asst conversations items list conv_abc123 --order asc"]),
    ("conversations items create", &[
        "asst conversations items create conv_abc123 --items '{\"role\":\"user\",\"content\":\"Hello\"}'",
    ]),
    ("conversations items get", &["asst conversations items get conv_abc123 msg_abc123"]),
    ("conversations items delete", &["asst conversations items delete conv_abc123 msg_abc123"]),
    ("graph", &[
        "asst graph",
        "asst graph --form dot | dot -Tsvg > graph.svg",
        "asst graph -o json --jq '.nodes[] | select(.candidate) | .id'",
    ]),
    ("ledger list", &["asst ledger list --kind file --older-than 30d"]),
    ("ledger import", &[
        "asst ledger import threads.csv --kind thread",
        "grep -o 'thread_[A-Za-z0-9]*' app.log | asst ledger import -",
    ]),
    ("ledger scan", &["asst ledger scan logs/ dump.sql.gz"]),
    ("ledger sync", &["asst ledger sync --kind assistant --kind file"]),
    ("ledger verify", &["asst ledger verify --kind thread --older-than 30d"]),
    ("ledger events", &["asst ledger events thread_abc123"]),
    ("ledger copy", &["asst ledger copy ledger.db postgres://ada@db.example/ledger"]),
    ("ledger forget", &[
        "asst ledger forget thread_abc123",
        "asst ledger forget --matching --state deleted --older-than 365d",
    ]),
    ("ledger stats", &["asst ledger stats --ages"]),
    ("ledger doctor", &["asst ledger doctor --exit-code"]),
    ("ledger settle", &[
        "asst ledger settle intent_abc123 thread_abc123",
        "asst ledger settle intent_abc123 --none",
    ]),
    ("record", &[
        "asst record --cleanup -- pytest tests/",
        "asst record --cleanup-session rec_abc123",
    ]),
    ("export", &[
        "asst export archive/",
        "asst export archive/ thread_abc123 thread_def456",
        "asst export archive/ --kind conversations,vector-stores,files",
    ]),
    ("export verify", &["asst export verify archive/ --remote"]),
    ("restore", &[
        "asst restore archive/ --to new --dry-run -o table",
        "asst restore archive/ thread_abc123 --to new",
        "asst restore archive/ --to openai --as conversations",
    ]),
    ("restore verify", &["asst restore verify archive/ --to new"]),
    ("manifest lint", &["asst manifest lint --env prod"]),
    ("manifest init", &["asst manifest init"]),
    ("manifest schema", &["asst manifest schema > asst.schema.json"]),
    ("plan", &[
        "asst plan --env prod --exit-code",
        "asst plan --env prod --out plan.json --markdown",
    ]),
    ("diff", &[
        "asst diff helper@staging helper@prod",
        "asst diff helper --env prod --exit-code",
        "asst diff asst_abc123 saved.json",
    ]),
    ("apply", &[
        "asst apply --env prod --output-env ids.env",
        "asst apply --env prod --plan plan.json",
        "asst apply --env prod --after staging",
    ]),
    ("pull", &[
        "asst pull --project hr --all --into infra/",
        "asst pull --project hr --id asst_abc123",
        "asst pull --drift --env prod --exit-code",
    ]),
    ("destroy", &["asst destroy --env staging"]),
    ("api", &[
        "asst api GET '/threads/thread_abc123/runs?limit=5'",
        "asst api POST /threads --body '{\"metadata\":{\"team\":\"hr\"}}'",
    ]),
    ("serve", &[
        "asst serve --store data/ --model openai:http://127.0.0.1:11434/v1",
        "asst serve --embed openai:http://127.0.0.1:11434/v1 --embed-model bge-m3",
        "asst serve --fault 429,retry-after=2,rate=0.1",
    ]),
    ("profiles list", &["asst profiles list"]),
    ("profiles show", &["asst profiles show prod -o json"]),
    ("profiles add", &[
        "asst profiles add prod --backend openai --api-key-env OPENAI_API_KEY --default",
        "asst profiles add gate --base-url https://gate.example/v1 --api-key-command 'pass show gate'",
    ]),
    ("profiles use", &["asst profiles use prod"]),
    ("profiles check", &["asst profiles check prod"]),
    ("demo", &["asst demo"]),
    ("completions", &[
        "asst completions bash",
        "asst completions zsh --dynamic",
    ]),
    ("man", &["asst man ~/.local/share/man/man1"]),
];

/// Returns the examples of a command. `path` consists of its words without `asst`, such as `threads list`.
fn examples_of(path: &str) -> &'static [&'static str] {
    EXAMPLES.iter().find(|(known, _)| *known == path).map_or(&[], |(_, examples)| examples)
}

/// Adds the examples to the long help of a built command and of all commands below it.
pub(super) fn add(command: Command) -> Command {
    add_below(command, "")
}

fn add_below(command: Command, path: &str) -> Command {
    let examples = examples_of(path);
    let command = if examples.is_empty() {
        command
    } else {
        command.after_long_help(format!("Examples:\n  {}", examples.join("\n  ")))
    };
    let path = if path.is_empty() { String::new() } else { format!("{path} ") };
    command.mut_subcommands(|child| {
        let path = format!("{path}{}", child.get_name());
        add_below(child, &path)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::FromArgMatches;

    /// Returns the paths of all commands that run something.
    fn leaves(command: &Command, path: &str, found: &mut Vec<String>) {
        for child in command.get_subcommands().filter(|child| child.get_name() != "help") {
            let path = format!("{path} {}", child.get_name()).trim().to_owned();
            if !child.is_subcommand_required_set() {
                found.push(path.clone());
            }
            leaves(child, &path, found);
        }
    }

    /// Splits a line into words at spaces, with single quotes as in a shell.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
        for c in line.chars() {
            match c {
                '\'' => quoted = !quoted,
                ' ' if !quoted => words.push(std::mem::take(&mut word)),
                c => word.push(c),
            }
        }
        assert!(!quoted, "{line}");
        words.push(word);
        words
    }

    #[test]
    fn every_command_has_an_example_in_its_help() {
        let tree = Cli::tree_with_examples();
        let mut commands = Vec::new();
        leaves(&tree, "", &mut commands);
        assert!(commands.len() > 80, "{commands:?}");
        let examples: Vec<&str> = EXAMPLES.iter().map(|(path, _)| *path).collect();
        assert_eq!(commands, examples, "add an example for a new command, in the order of the tree");
        for path in &commands {
            let mut command = tree.clone();
            for word in path.split(' ') {
                command = command.find_subcommand(word).unwrap().clone();
            }
            let help = command.render_long_help().to_string();
            for example in examples_of(path) {
                assert!(help.contains(&format!("\n  {example}\n")), "{path}: {help}");
            }
        }
    }

    #[test]
    fn every_example_is_a_valid_command_line() {
        let mut wrong = Vec::new();
        for (path, examples) in EXAMPLES {
            for example in *examples {
                // The programs of a pipeline, each without the redirection of its output.
                let words = words(example);
                let programs = words.split(|word| word == "|").map(|words| words.split(|word| word == ">").next());
                let own: Vec<&[String]> = programs.flatten().filter(|words| words[0] == "asst").collect();
                assert!(own.iter().any(|words| words[1..].join(" ").starts_with(path)), "{path}: {example}");
                for words in own {
                    let parsed = Cli::tree().try_get_matches_from(words);
                    let parsed = parsed.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
                    wrong.extend(parsed.err().map(|error| format!("{example}: {error}")));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
