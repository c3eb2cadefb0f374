//! The models of the embedded server: a script, and a chat completions endpoint.

mod chat;
mod endpoint;
mod errors;
mod script;
mod settings;

use crate::support::test_env::{Asst, Server, eventually};
use serde_json::{Value, json};

/// A user whose server has a model.
struct Setup {
    asst: Asst,
    _server: Server,
}

impl Setup {
    fn new(asst: Asst, args: &[&str]) -> Self {
        let server = asst.serve(args);
        let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
        Self { asst, _server: server }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.asst.run(["api", "POST", path, "--body", &body.to_string()]).ok().json()
    }

    /// Creates an assistant with these members, and returns its ID.
    fn assistant(&self, members: Value) -> String {
        let mut body = json!({ "model": "gpt" });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        text(&self.post("/assistants", &body)["id"])
    }

    /// Starts a run on a new thread.
    fn start(&self, assistant: &str, messages: &Value, options: Value) -> Value {
        let mut body = json!({ "assistant_id": assistant, "thread": { "messages": messages } });
        body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        self.post("/threads/runs", &body)
    }

    /// Starts a run with a message of the user, and waits until it ends or requires action.
    fn run(&self, assistant: &str, message: &str) -> Value {
        let run = self.start(assistant, &json!([{ "role": "user", "content": message }]), json!({}));
        self.rested(&run)
    }

    /// Waits until a run ends or requires action.
    fn rested(&self, run: &Value) -> Value {
        eventually("the run", || {
            let run = self.get(&path(run));
            (!["queued", "in_progress", "cancelling"].contains(&run["status"].as_str().unwrap())).then_some(run)
        })
    }

    fn get(&self, path: &str) -> Value {
        self.asst.run(["api", "GET", path]).ok().json()
    }

    /// Submits outputs for the calls that a run waits for, in order.
    fn submit(&self, run: &Value, outputs: &[&str]) -> Value {
        let calls = run["required_action"]["submit_tool_outputs"]["tool_calls"].as_array().unwrap();
        let outputs =
            calls.iter().zip(outputs).map(|(call, output)| json!({ "tool_call_id": call["id"], "output": output }));
        let body = json!({ "tool_outputs": outputs.collect::<Vec<_>>() });
        self.rested(&self.post(&format!("{}/submit_tool_outputs", path(run)), &body))
    }

    /// Returns the newest message of a run's thread.
    fn last(&self, run: &Value) -> Value {
        self.get(&format!("/threads/{}/messages?limit=1", text(&run["thread_id"])))["data"][0].clone()
    }

    fn said(&self, run: &Value) -> String {
        text(&self.last(run)["content"][0]["text"]["value"])
    }
}

fn path(run: &Value) -> String {
    format!("/threads/{}/runs/{}", text(&run["thread_id"]), text(&run["id"]))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Returns the calls that a run waits for, each as name and arguments.
fn calls(run: &Value) -> Vec<(String, String)> {
    let calls = run["required_action"]["submit_tool_outputs"]["tool_calls"].as_array();
    let call = |call: &Value| (text(&call["function"]["name"]), text(&call["function"]["arguments"]));
    calls.unwrap_or_else(|| panic!("no calls: {run}")).iter().map(call).collect()
}

fn function(name: &str) -> Value {
    json!({ "type": "function", "function": { "name": name, "parameters": { "type": "object", "properties": {} } } })
}
