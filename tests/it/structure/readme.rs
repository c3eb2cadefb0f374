//! Runs the commands in the README and in the tutorial. `ASST_BLESS=1 cargo test readme` writes their output into the
//! pages.

use crate::support::console;
use crate::support::transcript::private;

/// Returns the only block of a language.
fn block(language: &str) -> String {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let fence = format!("```{language}\n");
    let mut parts = readme.split(&fence).skip(1);
    let (block, _) = parts.next().expect("the block is there").split_once("```").expect("the block ends");
    assert!(parts.next().is_none(), "one block of {language} is expected");
    block.to_owned()
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
    console::check("README.md");
}

#[test]
fn the_commands_of_the_provisioning_tutorial_print_the_shown_output() {
    console::check("docs/provisioning.md");
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
