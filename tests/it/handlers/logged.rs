//! The log of tool calls, and its replay.

use super::*;

fn entries(desk: &Desk) -> Vec<Value> {
    let text = std::fs::read_to_string(desk.asst.work().join("log")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn handler_log_has_a_line_per_call_and_is_private() {
    let desk = Desk::new(&["f", "g"]);
    desk.handler("f", "cat; echo; exit $(cat code 2>/dev/null || echo 0)");
    let flags = ["--handler-log", "log"];
    desk.say("call f {\"a\": 1}", &flags).ok();
    desk.asst.file("code", "9");
    desk.say("call f {\"a\": 2}\ncall g", &flags).ok();
    let mut seen = entries(&desk);
    let mode = std::fs::metadata(desk.asst.work().join("log")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for entry in &mut seen {
        let entry = entry.as_object_mut().unwrap();
        for (member, begin) in [("time", "20"), ("thread_id", "thread_"), ("run_id", "run_"), ("call_id", "call_")] {
            let value = entry.remove(member).unwrap();
            assert!(value.as_str().unwrap().starts_with(begin), "{member}: {value}");
        }
        assert!(entry.remove("duration_ms").unwrap().is_u64());
    }
    seen[1..].sort_by_key(|entry| entry["name"].to_string());
    let expected = json!([
        {"name": "f", "arguments": "{\"a\": 1}", "output": "{\"a\": 1}", "exit_code": 0},
        {"name": "f", "arguments": "{\"a\": 2}", "error": "its handler ended with exit code 9", "exit_code": 9},
        {"name": "g", "arguments": "{}", "error": "there is no handler for it", "exit_code": null},
    ]);
    assert_eq!(Value::from(seen), expected);
}

#[test]
fn replay_of_a_log_runs_no_handler() {
    let desk = Desk::new(&["f"]);
    desk.handler("f", "echo $ASST_CALL_ID >> calls; wc -l < calls | tr -d ' '");
    let text = "call f 1\ncall f 1\ncall f 2";
    let rounds = ["--parallel-tool-calls=false"];
    let first = desk.say(text, &[&rounds[..], &["--handler-log", "log"]].concat()).ok().stdout;
    assert_eq!(first, "f: 1\nf: 2\nf: 3\n");
    let replay = |text: &str, flags: &[&str]| {
        desk.asst.run(desk.arguments(text, &[&["--handler-replay", "log"], &rounds[..], flags].concat()))
    };
    assert_eq!(replay(text, &[]).ok().stdout, first);
    assert_eq!(replay(text, &["--stream"]).ok().stdout, first);
    assert_eq!(std::fs::read_to_string(desk.asst.work().join("calls")).unwrap().lines().count(), 3, "nothing was run");
    let unknown = replay("call f 3", &["--on-handler-error", "fail"]).code(24);
    unknown.says("`f` gave no output: the log has no call with these arguments");
}

#[test]
fn replay_repeats_a_failed_call() {
    let desk = Desk::new(&["f"]);
    desk.handler("f", "exit 4");
    let first = desk.say("call f", &["--handler-log", "log"]).ok().stdout;
    let replay =
        |flags: &[&str]| desk.asst.run(desk.arguments("call f", &[&["--handler-replay", "log"], flags].concat()));
    assert_eq!(replay(&[]).ok().stdout, first);
    replay(&["--on-handler-error", "cancel"]).code(23).says("its handler ended with exit code 4");
}

#[cfg(target_os = "linux")]
#[test]
fn unwritable_handler_log_warns_once_and_the_run_continues() {
    let desk = Desk::new(&["f"]);
    desk.handler("f", "echo x");
    let ran = desk.say("call f 1\ncall f 2", &["--handler-log", "/dev/full", "-q"]).ok();
    assert_eq!(ran.stdout, "f: x\nf: x\n");
    assert_eq!(ran.stderr.matches("could not write to the log /dev/full").count(), 1, "{}", ran.text());
}
