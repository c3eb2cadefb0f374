//! Commands in shell loops.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, Ran};
use serde_json::json;
use std::collections::BTreeSet;

/// Runs a POSIX shell script in which `asst` is the tested program.
fn shell(asst: &Asst, script: &str) -> Ran {
    let mut direct = asst.command([""; 0]);
    let program = direct.get_program().to_owned();
    let mut command = std::process::Command::new("sh");
    command.env_clear().current_dir(asst.work());
    for (name, value) in direct.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        command.env(name, value);
    }
    drop(direct.output());
    let folder = std::path::Path::new(&program).parent().unwrap().to_owned();
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", folder.display())).args(["-c", script]);
    asst.ran(command.output().unwrap())
}

fn ids(count: usize) -> String {
    (0..count).map(|number| format!("thread_{number}\n")).collect()
}

/// A command must not read standard input without a flag for it. Otherwise it consumes the rest of the list: the loop
/// ends after one round, with exit code 0.
#[test]
fn a_command_in_a_while_read_loop_does_not_consume_the_list() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.file("ids", ids(5));
    for (verb, seen) in [
        ("threads delete $id", "DELETE /v1/threads/"),
        ("threads get $id", "GET /v1/threads/"),
        ("messages create $id --content hello", "POST /v1/threads/"),
        ("runs list $id", "GET /v1/threads/"),
        ("api GET /threads/$id", "GET /v1/threads/"),
        ("threads list", ""),
    ] {
        let before = listener.lines().len();
        let ran = shell(&asst, &format!("while read id; do echo round >&2; asst {verb}; done < ids")).ok();
        assert_eq!(ran.stderr.lines().filter(|line| *line == "round").count(), 5, "{verb}:\n{}", ran.text());
        let requests = listener.lines().split_off(before);
        assert!(requests.iter().all(|line| line.starts_with(seen)), "{verb}: {requests:?}");
        let named: BTreeSet<String> = requests.into_iter().collect();
        assert_eq!(named.len(), if verb == "threads list" { 0 } else { 5 }, "{verb}: {named:?}");
    }
}

#[test]
fn a_create_in_a_while_read_loop_runs_once_per_line() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.file("ids", ids(3));
    let ran = shell(&asst, "while read id; do asst threads create -o id >/dev/null; echo $id; done < ids").ok();
    assert_eq!(ran.stdout, ids(3));
}

#[test]
fn parallel_processes_of_xargs_share_a_list() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.file("ids", ids(40));
    let ran = shell(&asst, "xargs -P 4 -n 5 asst threads delete < ids").ok();
    assert_eq!(ran.stdout.lines().count(), 40, "{}", ran.text());
    assert!(ran.stdout.lines().all(|line| line.split('\t').count() == 3), "{}", ran.text());
    assert_eq!(listener.lines().into_iter().collect::<BTreeSet<_>>().len(), 40);
}

#[test]
fn a_loop_can_wait_for_a_status() {
    let listener = MockServer::new(|_, before| {
        let status = if before < 3 { "in_progress" } else { "completed" };
        Response::json(200, &json!({ "id": "run_1", "object": "thread.run", "status": status }))
    });
    let asst = Asst::with_backend(&listener.url());
    let get = "asst runs get thread_1 run_1 --jq .status";
    shell(&asst, &format!("until [ \"$({get})\" = completed ]; do :; done")).ok();
    assert_eq!(listener.lines().len(), 4);
    shell(&asst, "until asst runs get thread_1 run_1 --jq .status | grep -q completed; do :; done").ok();
}

/// A page of a list is printed when it arrives, so that a reader can begin early and can stop early.
#[test]
fn the_first_page_is_printed_before_the_second_is_requested() {
    use std::io::{BufRead, BufReader};
    let listener = MockServer::new(|request, _| match request.target.contains("after=") {
        false => Response::json(200, &json!({ "data": [{ "id": "asst_1" }], "has_more": true, "last_id": "asst_1" })),
        true => Response::Stall,
    });
    let asst = Asst::with_backend(&listener.url());
    for form in ["table", "jsonl", "csv", "id"] {
        let mut child = asst.command(["assistants", "list", "--columns", "id", "-o", form]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("asst_1")), "{form}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
