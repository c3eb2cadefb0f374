//! Programs that answer the tool calls of a run (docs/handlers.md).

mod called;
mod ended;
mod failing;
mod logged;
mod refused;
mod withheld;

use crate::support::test_env::{Asst, Ran};
use serde_json::{Value, json};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A user with an assistant that has functions, on the embedded server.
struct Desk {
    asst: Asst,
    assistant: String,
}

impl Desk {
    fn new(functions: &[&str]) -> Self {
        Self::of(Asst::new(), functions)
    }

    fn of(asst: Asst, functions: &[&str]) -> Self {
        let tools = functions.iter().map(|name| json!({"type": "function", "function": {"name": name}}).to_string());
        let tools: Vec<String> = tools.flat_map(|tool| ["--tool".to_owned(), tool]).collect();
        let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
        let create = [&["assistants", "create", "--model", "m"], tools.as_slice()].concat();
        let assistant = asst.local(&create).ok().id();
        Self { asst, assistant }
    }

    /// Writes a handler: a shell script with the name of its function.
    fn handler(&self, name: &str, script: &str) -> PathBuf {
        handler(&self.asst, name, script)
    }

    fn arguments<'a>(&'a self, text: &'a str, flags: &[&'a str]) -> Vec<&'a str> {
        let run = ["threads", "create-and-run", "--assistant-id", &self.assistant, "--thread-message", text];
        [&["--local"], &run[..], flags].concat()
    }

    /// Runs the assistant on a new thread with a message. The handlers in the working folder answer its calls.
    fn say(&self, text: &str, flags: &[&str]) -> Ran {
        self.asst.run(self.arguments(text, &[&["--handlers", "."], flags].concat()))
    }
}

fn handler(asst: &Asst, name: &str, script: &str) -> PathBuf {
    let path = asst.file(name, format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    path
}

/// Returns a run of a fake server that waits for the output of one call.
fn waiting(call: &str) -> Value {
    let mut run = crate::streams::waiting_run();
    run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"] = json!(call);
    run["tools"] = json!([{"type": "function", "function": {"name": "get_weather"}}]);
    run
}
