//! `asst profiles add`: the file that it writes, and the input that it refuses.

use crate::support::test_env::{Asst, shows};

#[test]
fn first_profile_creates_the_file() {
    let asst = Asst::new();
    let server = asst.serve(&[]);
    shows!(asst.run(["profiles", "add", "mine", "--base-url", &server.url, "--default"]), @r"
    mine	compatible	http://[host]/v1	none	true
    --- stderr ---
    note: wrote profile mine into [home]/config/asst/config.toml
    hint: run `asst profiles check mine` to test it
    exit 0
    ");
    asst.run(["assistants", "list"]).ok();
    let expected = format!("default_profile = \"mine\"\n\n[profiles.mine]\nbase_url = \"{}\"\n", server.url);
    assert_eq!(asst.configuration(), expected);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| std::fs::metadata(asst.home().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("config/asst/config.toml"), 0o600);
        assert_eq!(mode("config/asst"), 0o700);
    }
}

#[test]
fn every_flag_is_written_as_a_key_of_the_profile() {
    let asst = Asst::new();
    asst.config("# of mine\n[profiles.old] # stays\nbackend = 'openai'\n");
    let all = [
        "profiles add all --backend compatible --base-url https://h.example/v1 --api-version v1 --organization org",
        "--project proj --origin here --api-key-file key --send-header x-team=docs --beta false --ca-file ca.pem",
        "--proxy http://proxy:1 --rate 600/m --provenance ci --mark-intents --keep-deleted --request-timeout 250ms",
        "--max-wait 60 --retries 2 --concurrency 3",
    ];
    let words: Vec<String> = all.iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect();
    asst.run(&words).ok();
    let written = asst.configuration().replace(&*asst.home().to_string_lossy(), "[home]");
    insta::assert_snapshot!(written, @r#"
    # of mine
    [profiles.old] # stays
    backend = 'openai'

    [profiles.all]
    backend = "compatible"
    base_url = "https://h.example/v1"
    api_version = "v1"
    organization = "org"
    project = "proj"
    origin = "here"
    api_key_file = "[home]/desk/key"
    headers = { x-team = "docs" }
    beta = false
    ca_file = "[home]/desk/ca.pem"
    proxy = "http://proxy:1"
    rate = "600/m"
    provenance = "ci"
    mark_intents = true
    keep_deleted = true
    request_timeout = "250ms"
    max_wait = 60
    retries = 2
    concurrency = 3
    "#);
}

#[test]
fn existing_profile_is_overwritten_only_on_request() {
    let asst = Asst::new();
    let before = "[profiles.a]\nbackend = 'openai' # the old\napi_key_env = 'K'\n";
    asst.config(before);
    shows!(asst.run(["profiles", "add", "a", "--base-url", "https://h.example/v1"]), @r"
    --- stderr ---
    error: profile `a` already exists in [home]/config/asst/config.toml
      hint: pass --force to overwrite it
    exit 2
    ");
    assert_eq!(asst.configuration(), before);
    asst.run(["profiles", "add", "a", "--base-url", "https://h.example/v1", "--force"]).ok();
    assert_eq!(asst.configuration(), "[profiles.a]\nbase_url = \"https://h.example/v1\"\n");
}

/// A key in place of a variable name would be printed in the error "… is not set".
#[test]
fn a_key_in_the_wrong_place_is_neither_written_nor_printed() {
    let asst = Asst::new();
    let keys = ["sk-proj-0123456789", "0123456789abcdef0123456789abcdef", "abcdef0123456789abcdef0123456789"];
    for key in keys {
        for args in [["--api-key-env", key], ["--api-key", key], ["--send-header", &format!("authorization={key}")]] {
            let ran = asst.run(["profiles", "add", "a", "--backend", "openai"].iter().chain(&args)).code(2);
            assert!(!ran.text().contains(key), "{}", ran.text());
        }
        asst.config(&format!("[profiles.a]\napi_key_env = '{key}'\n"));
        let ran = asst.run(["files", "list", "-p", "a"]).code(2);
        assert!(!ran.text().contains(key) && ran.stderr.contains("api_key_env"), "{}", ran.text());
        std::fs::remove_file(asst.home().join("config/asst/config.toml")).unwrap();
    }
    let proxy = ["--proxy", "http://me:sk-proj-0123456789@proxy:1"];
    let ran = asst.run(["profiles", "add", "a", "--backend", "openai"].iter().chain(&proxy)).code(2);
    assert!(!ran.text().contains("sk-proj"), "{}", ran.text());
    assert_eq!(asst.configuration(), "");
}

#[test]
fn invalid_profile_is_not_written() {
    let asst = Asst::new();
    let cases: [&[&str]; 8] = [
        &["a", "--backend", "foundry"],
        &["a", "--base-url", "ftp://h"],
        &["a", "--api-key-env", "K", "--token-command", "x"],
        &["a", "--backend", "foundry", "--base-url", "https://h/api/projects/p", "--beta", "true"],
        &["a", "--rate", "often"],
        &["a b"],
        &["local"],
        &["a", "--backend", "local", "--api-key-env", "K"],
    ];
    for case in cases {
        asst.run(["profiles", "add"].iter().chain(case)).code(2);
    }
    assert_eq!(asst.configuration(), "");
    asst.config("[profiles.a\n");
    asst.run(["profiles", "add", "b"]).code(2).says("line 1");
    assert_eq!(asst.configuration(), "[profiles.a\n");
}

#[test]
fn a_dry_run_writes_nothing_and_shows_no_other_profile() {
    let asst = Asst::new();
    shows!(asst.run(["profiles", "add", "a", "--backend", "openai", "--api-key-env", "K", "--default", "--dry-run"]), @r#"
    default_profile = "a"

    [profiles.a]
    backend = "openai"
    api_key_env = "K"
    --- stderr ---
    note: nothing was written; a real run would write this into [home]/config/asst/config.toml
    exit 0
    "#);
    assert!(!asst.home().join("config/asst").exists());
    let before = "[profiles.b]\napi_key = 'sk-other'\n";
    asst.config(before);
    let ran = asst.run(["profiles", "add", "a", "--dry-run"]).ok();
    assert!(!ran.text().contains("sk-other"), "{}", ran.text());
    shows!(asst.run(["profiles", "use", "b", "--dry-run"]), @r#"
    default_profile = "b"
    --- stderr ---
    note: nothing was written; a real run would write this into [home]/config/asst/config.toml
    exit 0
    "#);
    assert_eq!(asst.configuration(), before);
}

/// The file may be a link into a repository of settings. A rename onto the link would replace the link.
#[cfg(unix)]
#[test]
fn symlinked_configuration_file_is_written_in_place() {
    let asst = Asst::new();
    let real = asst.file("dotfiles.toml", "# mine\n");
    std::fs::create_dir_all(asst.home().join("config/asst")).unwrap();
    std::os::unix::fs::symlink(&real, asst.home().join("config/asst/config.toml")).unwrap();
    asst.run(["profiles", "add", "a"]).ok();
    assert!(std::fs::read_to_string(&real).unwrap().starts_with("# mine\n"));
    assert!(std::fs::read_to_string(&real).unwrap().contains("[profiles.a]"));
    assert!(std::fs::symlink_metadata(asst.home().join("config/asst/config.toml")).unwrap().is_symlink());
}

#[test]
fn concurrent_profile_writes_are_all_kept() {
    let asst = Asst::new();
    let children: Vec<_> =
        (0..12).map(|number| asst.command(["profiles", "add", &format!("p{number}")]).spawn().unwrap()).collect();
    for child in children {
        asst.ran(child.wait_with_output().unwrap()).ok();
    }
    assert_eq!(asst.run(["profiles", "list"]).ok().ids().len(), 12, "{}", asst.configuration());
}

#[test]
fn unwritable_configuration_folder_is_an_error() {
    let asst = Asst::new();
    let asst = asst.env("XDG_CONFIG_HOME", "/dev/null");
    asst.run(["profiles", "add", "a"]).says("error: cannot ");
}
