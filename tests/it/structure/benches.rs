//! The scripts of the benches.

use std::io::Write;
use std::process::{Command, Stdio};

/// Returns the output of the script for these cargo messages, or what it prints if it fails.
fn executable(messages: &str, name: &str) -> Result<String, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/executable.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(name).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(messages.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[test]
#[ignore = "needs Python 3: .ci/run"]
fn bench_executable_is_selected_by_name_and_kind() {
    let messages = r#"
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"backend"},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"backend"},"executable":"/target/backend-program"}
{"reason":"compiler-artifact","target":{"kind":["bench"],"name":"backend"},"executable":"/target/backend-1"}
{"reason":"compiler-artifact","target":{"kind":["bench"],"name":"figures"},"executable":"/target/figures-1"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"asst"},"executable":"/target/asst"}
{"reason":"build-finished","success":true}
a line of somebody else
"#;
    for (name, expected) in [
        ("backend", Ok("/target/backend-1".to_owned())),
        ("figures", Ok("/target/figures-1".to_owned())),
        ("asst", Err("cargo reported no executable of the bench asst".to_owned())),
    ] {
        assert_eq!(executable(messages, name), expected, "{name}");
    }
}
