//! `ogx` implements only the files of this protocol. Its files have additional members, and its lists have equal times
//! in any order (docs/protocol/servers.md#observed-deviations).

use super::visiting;
use serde_json::json;
use std::collections::BTreeSet;

#[test]
#[ignore = "needs servers of other projects: tests/foreign/run"]
fn files_of_ogx_can_be_uploaded_listed_and_downloaded() {
    let (_server, asst) = visiting("ogx");
    let run = |args: &[&str]| asst.run(args.iter().copied());
    assert_eq!(run(&["files", "list"]).ok().text(), "exit 0");
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    asst.file("odd näme.bin", &bytes);
    asst.file("empty.txt", "");
    let made = run(&["files", "upload", "odd näme.bin", "-o", "json"]).ok().json();
    // The server keeps letters and digits of a name. One underscore per other character shows that it decoded the name
    // correctly.
    assert_eq!((&made["filename"], &made["bytes"]), (&json!("odd_n_me.bin"), &json!(300_000)));
    assert!(made["expires_at"].is_i64(), "it sets a life of its own: {made}");
    let first = made["id"].as_str().unwrap().to_owned();
    let made = run(&["files", "upload", "empty.txt", "--purpose", "vision", "--expires-after", "1h", "-o", "json"]);
    let made = made.ok().json();
    assert_eq!((&made["bytes"], &made["status_details"]), (&json!(0), &json!("")));
    assert_eq!(made["expires_at"].as_i64().unwrap() - made["created_at"].as_i64().unwrap(), 3600);
    let second = made["id"].as_str().unwrap().to_owned();
    let piped = asst.fed(&bytes, &["files", "upload", "-", "--filename", "piped"]).ok().id();

    let all = BTreeSet::from([first.clone(), second.clone(), piped.clone()]);
    let set = |args: &[&str]| run(args).ok().ids().into_iter().collect::<BTreeSet<_>>();
    assert_eq!(set(&["files", "list"]), all);
    assert_eq!(set(&["files", "list", "--page-size", "1", "--order", "asc"]), all);
    assert_eq!(run(&["files", "list", "--limit", "2"]).ok().ids().len(), 2);
    assert_eq!(run(&["files", "list", "--purpose", "vision"]).ok().ids(), [second.as_str()]);
    assert_eq!(run(&["files", "get", &first, &second, "-o", "id"]).ok().ids(), [first.as_str(), &second]);
    assert_eq!(run(&["files", "content", &piped]).ok().bytes, bytes);
    run(&["files", "content", &first, "--to", "back.bin"]).ok();
    assert_eq!(std::fs::read(asst.work().join("back.bin")).unwrap(), bytes);
    assert_eq!(run(&["files", "content", &second]).ok().stdout, "");

    assert_eq!(run(&["files", "delete", &first]).ok().stdout, format!("{first}\tfile\ttrue\n"));
    for args in [&["files", "get"][..], &["files", "delete"], &["files", "content"]] {
        assert_eq!(run(&[args, &[first.as_str()]].concat()).code(3).says("not found").stdout, "", "{args:?}");
    }
    run(&["files", "delete", &first, "--ignore-not-found"]).ok();
    run(&["files", "delete", &first, &second]).code(8);
    assert_eq!(run(&["files", "list"]).ok().ids(), [piped.as_str()]);
    run(&["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
#[ignore = "needs servers of other projects: tests/foreign/run"]
fn operations_that_ogx_lacks_exit_11() {
    let (_server, asst) = visiting("ogx");
    let run = |args: &[&str]| asst.run(args.iter().copied());
    for args in [
        &["assistants", "list"][..],
        &["assistants", "create", "--model", "m"],
        &["threads", "create"],
        &["threads", "create-and-run", "--assistant-id", "asst_1"],
        &["threads", "list", "--remote"],
    ] {
        assert_eq!(run(args).code(11).says("not offered (404)").stdout, "", "{args:?}");
    }
    // A 404 for one ID means not found (3). Only a 404 for a collection means not offered (11).
    run(&["threads", "get", "thread_1"]).code(3);
    run(&["ledger", "doctor", "--exit-code"]).ok();
}
