//! Manifests with an error: each is refused before any request, with the file, the line and the column.

mod files;
mod notation;
mod objects;
mod values;

use crate::support::mock_server::MockServer;
use crate::support::test_env::Asst;

const HEAD: &str = "asst: 1\nproject: hr\n";

/// Returns a user of a backend that must not get a request.
fn user() -> (MockServer, Asst) {
    let server = MockServer::minting();
    let asst = Asst::with_backend(&server.url());
    (server, asst)
}

/// Runs the commands that read a manifest, and checks that each is refused with this text and sends no request.
#[track_caller]
fn refused(server: &MockServer, asst: &Asst, flags: &[&str], expected: &str, case: &str) {
    for command in [&["manifest", "lint"][..], &["plan"], &["apply"], &["destroy", "--yes"]] {
        let ran = asst.run([command, flags].concat());
        assert_eq!(ran.code, Some(2), "{case}: {command:?}: {}", ran.text());
        assert!(ran.stderr.contains(expected), "{case}: {command:?}: expected `{expected}`:\n{}", ran.text());
    }
    assert_eq!(server.lines(), Vec::<String>::new(), "{case}");
}

/// Checks manifests that follow the head, one after the other: a case, the text from line 3 on, and the error.
#[track_caller]
fn all_refused(cases: &[(&str, &str, &str)]) {
    let (server, asst) = user();
    for (case, text, expected) in cases {
        asst.file("asst.yaml", format!("{HEAD}{text}"));
        refused(&server, &asst, &[], expected, case);
    }
}
