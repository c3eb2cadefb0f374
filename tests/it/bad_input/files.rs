//! Unusual files from real systems: YAML tags of other programs, byte order marks, links to devices.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::Value;

const CREATE: [&str; 5] = ["assistants", "create", "--model", "m", "--dry-run"];

fn somewhere() -> Asst {
    Asst::with_backend("http://127.0.0.1:9/v1")
}

#[test]
fn yaml_tags_of_other_programs_are_refused_with_file_line_and_column() {
    let asst = somewhere();
    for tag in ["!include", "!secret", "!Sub", "!ENV", "!!python/name:os.system"] {
        asst.file("a.yaml", format!("name: bot\ninstructions: {tag} prompt.md\n"));
        let place = "(line 2, column 15)";
        let says = format!("a.yaml is not valid YAML: unknown tag `{tag}`: only !!str");
        asst.run([&CREATE[..], &["--body", "@a.yaml"]].concat()).code(2).says(&says).says(place);
        asst.run([&CREATE[..], &["--tool-resources", "@a.yaml"]].concat()).code(2).says(&says).says(place);
        asst.fed(format!("- {tag} a\n"), &[&CREATE[..], &["--body", "@-"]].concat())
            .code(2)
            .says(&format!("standard input is not valid YAML: unknown tag `{tag}`"));
        asst.file("s.yaml", format!("default: {tag} answer.txt\n"));
        asst.run(["serve", "--listen", "127.0.0.1:0", "--model", "script:s.yaml"])
            .code(2)
            .says(&format!("s.yaml is not valid YAML: unknown tag `{tag}`"));
    }
}

#[test]
fn yaml_numbers_keep_their_digits_on_the_wire() {
    let asst = somewhere();
    asst.file(
        "a.yaml",
        "tools:\n- type: function\n  function:\n    name: f\n    parameters:\n      a: 01234\n      \
         b: 12345678901234567890123\n      c: 1.50\n      d: 0x1F\n      e: yes\n      f: 2024-01-01\n",
    );
    let shown = asst.run([&CREATE[..], &["--body", "@a.yaml"]].concat()).ok().stdout;
    for member in [
        "\"a\": 1234,",
        "\"b\": 12345678901234567890123,",
        "\"c\": 1.50,",
        "\"d\": 31,",
        "\"e\": \"yes\"",
        "\"f\": \"2024-01-01\"",
    ] {
        assert!(shown.contains(member), "{member}\n{shown}");
    }
    for (text, says) in [
        ("metadata: {a: .inf}\n", "JSON cannot represent the number `.inf`"),
        ("name: a\n---\nname: b\n", "expected one YAML document, found a second one"),
    ] {
        asst.file("b.yaml", text);
        asst.run([&CREATE[..], &["--body", "@b.yaml"]].concat()).code(2).says(says).says("b.yaml");
    }
}

#[test]
fn a_byte_order_mark_at_the_beginning_is_removed() {
    let listener = MockServer::new(|_, _| Response::text(200, r#"{"id":"x_1","object":"thread.message"}"#));
    let asst = Asst::with_backend(&listener.url());
    asst.file("a.txt", "\u{feff}hello\u{feff}");
    asst.file("a.json", "\u{feff}{\"name\": \"bot\"}");
    asst.file("a.yaml", "\u{feff}name: bot\n");
    let body = |args: &[&str]| -> Value {
        asst.run([args, &["--dry-run"]].concat()).ok().stdout.split_once("\n\n").unwrap().1.parse().unwrap()
    };
    let instructions = body(&["assistants", "create", "--model", "m", "--instructions-file", "a.txt"]);
    assert_eq!(instructions["instructions"], "hello\u{feff}");
    let content = body(&["messages", "create", "thread_1", "--role", "user", "--content-file", "a.txt"]);
    assert_eq!(content["content"], "hello\u{feff}");
    for file in ["@a.json", "@a.yaml"] {
        assert_eq!(body(&["assistants", "create", "--model", "m", "--body", file])["name"], "bot", "{file}");
    }
    asst.config("\u{feff}[profiles.p]\nbackend = \"openai\"\napi_key_file = \"key\"\n");
    let folder = asst.home().join("config/asst");
    std::fs::write(folder.join("key"), "\u{feff}sk-from-a-file\n").unwrap();
    asst.run(["profiles", "show", "p"]).ok();
    asst.file("asst.toml", "\u{feff}profile = \"p\"\n");
    asst.run(["profiles", "show"]).ok();
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::process::Stdio;

    /// A command that wrongly waits for input is killed by the test runner and exits with another code.
    #[test]
    fn files_that_are_devices_or_pipes_are_refused() {
        let asst = somewhere();
        let pipe = asst.named_pipe("pipe");
        for target in [Path::new("/dev/zero"), Path::new("/dev/stdin"), &pipe] {
            let says = format!(
                "expected a regular file, found a {}",
                if target == Path::new("/dev/zero") { "device" } else { "pipe" }
            );
            let run = |args: &[&str]| {
                let mut command = asst.command(args);
                // The pipe stays open, and nothing is ever written to it.
                let child = command.stdin(Stdio::piped()).spawn().unwrap();
                asst.ran(wait(child))
            };
            let linked = |path: &Path| {
                let _ = std::fs::remove_file(path);
                symlink(target, path).unwrap();
            };
            let project = asst.work().join("asst.toml");
            linked(&project);
            run(&["threads", "list"]).code(2).says("asst.toml").says(&says);
            std::fs::remove_file(&project).unwrap();
            let policy = asst.work().join("policy.toml");
            linked(&policy);
            run(&["threads", "prune", "--policy", "policy.toml", "--dry-run"]).code(2).says("policy.toml").says(&says);
            std::fs::create_dir_all(asst.home().join("config/asst")).unwrap();
            let config = asst.home().join("config/asst/config.toml");
            linked(&config);
            run(&["threads", "list"]).code(2).says("config.toml").says(&says);
            std::fs::remove_file(&config).unwrap();
        }
        let replay =
            ["runs", "create", "thread_1", "--assistant-id", "asst_1", "--wait", "--handler-replay", "/dev/zero"];
        asst.run(replay).code(2);
        asst.run(["serve", "--listen", "127.0.0.1:0", "--key-file", "/dev/zero"]).code(2).says("found a device");
    }

    /// Waits and keeps standard input open, unlike `wait_with_output`.
    fn wait(mut child: std::process::Child) -> std::process::Output {
        let input = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(input);
        output
    }
}
