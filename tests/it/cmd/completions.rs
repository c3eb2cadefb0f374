//! Dynamic completions, which a shell requests while a command is typed.

use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, served};

impl Asst {
    /// Requests completions as the fish script does: the word at the cursor comes last.
    fn asks(&self, words: &[&str]) -> Vec<String> {
        let mut command = self.command(["--", "asst"].iter().chain(words));
        let ran = self.ran(command.env("ASST_COMPLETE", "fish").output().unwrap()).ok();
        assert_eq!(ran.stderr, "", "a person who types is not interrupted");
        ran.stdout.lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    }
}

#[test]
fn ids_of_the_ledger_are_offered_newest_first() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let other = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let bot = asst.run(["assistants", "create", "--model", "m", "--name", "B\u{1b}[2J\tot", "-o", "id"]).ok().id();
    let run = asst.run(["runs", "create", &thread, "--assistant-id", &bot, "-o", "id"]).ok().id();
    let requests = listener.lines().len();
    assert_eq!(asst.asks(&["threads", "get", ""]), [other.clone(), thread.clone()]);
    assert_eq!(asst.asks(&["threads", "delete", &thread]), *std::slice::from_ref(&thread));
    assert_eq!(asst.asks(&["export", "archive", "thread_"]), [other.clone(), thread.clone()]);
    assert_eq!(asst.asks(&["runs", "create", "--assistant-id", ""]), *std::slice::from_ref(&bot));
    assert_eq!(asst.asks(&["runs", "get", ""]), [other.clone(), thread.clone()]);
    assert_eq!(asst.asks(&["runs", "get", &thread, ""]), *std::slice::from_ref(&run));
    assert_eq!(asst.asks(&["runs", "cancel", &thread, ""]), [run]);
    assert_ne!(asst.asks(&["runs", "get", &other, ""]), [bot]);
    // An ID is valid in its origin only.
    assert!(!asst.asks(&["--local", "threads", "get", ""]).contains(&thread));
    assert_eq!(listener.lines().len(), requests, "no backend is asked");
}

#[test]
fn ids_of_batches_are_offered_for_their_vector_store() {
    let (_server, asst) = served(&[]);
    asst.file("a.txt", "text");
    let file = asst.run(["files", "upload", "a.txt", "-o", "id"]).ok().id();
    let stores: Vec<String> = (0..2).map(|_| asst.run(["vector-stores", "create", "-o", "id"]).ok().id()).collect();
    let batch = |store: &String| {
        asst.run(["vector-stores", "batches", "create", store, "--file-ids", &file, "-o", "id"]).ok().id()
    };
    let batches: Vec<String> = stores.iter().map(batch).collect();
    for (store, batch) in stores.iter().zip(&batches) {
        for verb in [&["get"][..], &["cancel"], &["files"]] {
            let words = [&["vector-stores", "batches"], verb, &[store.as_str(), ""]].concat();
            assert_eq!(asst.asks(&words), *std::slice::from_ref(batch), "{verb:?}");
        }
    }
}

#[test]
fn profiles_are_offered_for_profile_arguments() {
    let asst = Asst::new();
    asst.config("[profiles.prod]\nbackend = 'openai'\n[profiles.test]\nbackend = 'openai'\napi_key = 'sk-secret'\n");
    assert_eq!(asst.asks(&["-p", ""]), ["prod", "test", "local"]);
    assert_eq!(asst.asks(&["threads", "get", "--profile", "p"]), ["prod"]);
    assert_eq!(asst.asks(&["profiles", "use", "t"]), ["test"]);
    assert!(!asst.asks(&["profiles", "add", ""]).contains(&"test".to_owned()));
}

/// With a broken configuration, no ledger, or no home folder, completion offers nothing, prints no error, and creates
/// no file.
#[test]
fn broken_setup_offers_no_candidates() {
    let asst = Asst::new();
    assert!(!asst.asks(&["threads", "get", "thread_"]).iter().any(|word| word.starts_with("thread_")));
    assert!(!asst.ledger().exists());
    asst.config("[profiles.prod\n");
    assert_eq!(asst.asks(&["-p", "p"]), [""; 0]);
    asst.asks(&["threads", "get", "thread_"]);
    let ran = asst.command(["--", "asst", ""]).env("ASST_COMPLETE", "no-shell").output().unwrap();
    asst.ran(ran).code(2);
}

#[test]
fn commands_and_flags_are_completed_by_prefix() {
    let asst = Asst::new();
    assert_eq!(asst.asks(&["prof"]), ["profiles"]);
    assert_eq!(asst.asks(&["files", "upload", "--purp"]), ["--purpose"]);
    assert_eq!(asst.asks(&["-o", "js"]), ["json", "jsonl"]);
    assert_eq!(asst.asks(&["thread", "cr"]), ["create", "create-and-run"]);
    assert!(asst.asks(&["threads", ""]).contains(&"create-and-run".to_owned()));
}

#[test]
fn each_shell_has_a_dynamic_completion_script() {
    let asst = Asst::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = asst.run(["completions", shell, "--dynamic"]).ok().stdout;
        assert!(script.contains("ASST_COMPLETE") && script.contains("asst"), "{shell}: {script}");
    }
}
