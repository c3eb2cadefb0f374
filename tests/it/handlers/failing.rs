//! Handlers that fail, and the effect on the run.

use super::*;

const THIS: &str = "error: the function `f` gave no output: ";

/// Answers one call with a script, and returns the output that the model received.
fn got(script: &str, flags: &[&str]) -> String {
    let desk = Desk::new(&["f"]);
    desk.handler("f", script);
    let ran = desk.say("call f {\"x\":1}", flags).ok();
    ran.stdout.strip_prefix("f: ").unwrap_or_else(|| panic!("{}", ran.text())).to_owned()
}

#[test]
fn the_model_receives_the_reason_of_a_failure_but_no_output_of_the_handler() {
    let flood = "head -c 100000000 /dev/zero | tr '\\0' x";
    for (script, why) in [
        ("echo secret; echo secret >&2; exit 3", "its handler ended with exit code 3"),
        ("echo secret; kill -KILL $$", "its handler was ended by signal 9"),
        ("echo secret; kill -SEGV $$", "its handler was ended by signal 11"),
        ("printf 'ab\\377'", "its handler printed invalid UTF-8 at byte 2"),
        (flood, "its handler printed more than 1 MiB"),
        ("exec yes", "its handler printed more than 1 MiB"),
    ] {
        assert_eq!(got(script, &[]), format!("{THIS}{why}\n"), "{script}");
    }
}

#[test]
fn an_output_is_limited_to_one_mebibyte() {
    let exact = got("head -c 1048576 /dev/zero | tr '\\0' x", &[]);
    assert_eq!(exact.len(), 1_048_576 + 1);
    assert_eq!(
        got("head -c 1048577 /dev/zero | tr '\\0' x", &[]),
        format!("{THIS}its handler printed more than 1 MiB\n")
    );
}

#[test]
fn a_handler_that_exceeds_its_timeout_is_killed() {
    for script in ["sleep 300", "trap '' TERM INT HUP; while :; do sleep 1; done", "exec sleep 300 >&- 2>&-"] {
        let why = "its handler did not end within 0.2 s";
        assert_eq!(got(script, &["--handler-timeout", "200ms"]), format!("{THIS}{why}\n"), "{script}");
    }
}

#[test]
fn a_handler_may_ignore_its_input_close_its_output_and_leave_children() {
    // The arguments are longer than the buffer of a pipe, and the first handler does not read them.
    let desk = Desk::new(&["f"]);
    let long = format!("call f {}", "x".repeat(200_000));
    let body = json!({"thread": {"messages": [{"role": "user", "content": long}]}}).to_string();
    desk.asst.file("body.json", body);
    for (script, output) in [
        ("echo unread", "unread"),
        ("exec 0<&-; sleep 0.05; echo closed", "closed"),
        ("echo early; exec 1>&-; sleep 0.05", "early"),
        ("cat >/dev/null; printf ''", ""),
        ("(sleep 300; echo late) & echo left; exit 0", "left"),
    ] {
        desk.handler("f", script);
        let run = ["threads", "create-and-run", "--assistant-id", &desk.assistant, "--body", "@body.json"];
        let ran = desk.asst.local(&[&run[..], &["--handlers", "."]].concat()).ok();
        assert_eq!(ran.stdout, format!("f: {output}\n"), "{script}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_outside_the_process_group_does_not_delay_the_run() {
    assert_eq!(got("setsid sleep 90 & echo done", &[]), "done\n");
}

#[test]
fn the_model_receives_an_error_for_a_missing_or_broken_handler() {
    let desk = Desk::new(&["f", "g", "h"]);
    desk.handler("g", "echo from g");
    let broken = desk.asst.file("h", "no program at all");
    std::fs::set_permissions(&broken, Permissions::from_mode(0o755)).unwrap();
    // Neither a file that is not named as a function nor a folder is a handler.
    desk.handler("f.sh", "echo never");
    std::fs::create_dir(desk.asst.work().join("f")).unwrap();
    let ran =
        desk.say("call f\ncall g\ncall h", &[]).ok().says("warning: `f` gave no output: there is no handler for it");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[..2], [format!("f: {THIS}there is no handler for it").as_str(), "g: from g"]);
    assert!(lines[2].starts_with("h: error: the function `h` gave no output: its handler could not be started ("));
}

#[test]
fn on_handler_error_cancels_or_keeps_the_run() {
    let desk = Desk::new(&["f", "g"]);
    desk.handler("f", "exit 7");
    for way in ["--wait", "--stream"] {
        let cancelled = desk.say("call f", &["--on-handler-error", "cancel", way]).code(23);
        cancelled.says("was cancelled\n  caused by: `f` gave no output: its handler ended with exit code 7\n");
        let left = desk.say("call f", &["--on-handler-error", "fail", way, "-o", "json"]).code(24);
        assert_eq!(left.json()["status"], "requires_action", "{way:?}");
        let report: Value = serde_json::from_str(left.stderr.lines().last().unwrap()).unwrap();
        assert_eq!(report["error"]["exit_code"], 24, "{way:?}");
        let message = report["error"]["message"].as_str().unwrap();
        assert!(message.contains("its handler ended with exit code 7"), "{message}");
        assert!(report["error"]["hint"].as_str().unwrap().contains("submit-tool-outputs"), "{way:?}");
    }
}

#[test]
fn no_handler_starts_if_one_is_missing_and_the_run_will_not_continue() {
    let desk = Desk::new(&["f", "g"]);
    desk.handler("f", "touch begun; echo x");
    desk.say("call f\ncall g", &["--on-handler-error", "fail"])
        .code(24)
        .says("`g` gave no output: there is no handler");
    assert!(!desk.asst.work().join("begun").exists());
    desk.say("call f\ncall g", &["--on-handler-error", "submit"]).ok();
    assert!(desk.asst.work().join("begun").exists());
}

#[test]
fn the_first_failure_kills_the_other_handlers() {
    let desk = Desk::new(&["f", "g"]);
    desk.handler("f", "exec sleep 300");
    desk.handler("g", "exit 1");
    desk.say("call f\ncall g", &["--on-handler-error", "cancel"]).code(23);
}
