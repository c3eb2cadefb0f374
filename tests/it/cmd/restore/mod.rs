//! `asst restore`: the threads and conversations of an archive at another backend.

mod conversations;
mod interrupted;
mod refused;
mod threads;

use crate::support::test_env::{Asst, Server, served};
use serde_json::Value;

/// Two servers: the user's default backend, from which archives are exported, and the profile `new`.
struct Move {
    asst: Asst,
    _old: Server,
    new: Server,
}

/// Starts both servers. `faults` are arguments of the new one.
fn moved(faults: &[&str]) -> Move {
    let (old, asst) = served(&[]);
    let new = asst.serve(faults);
    asst.config(&format!(
        "[profiles.new]\nbackend = \"compatible\"\nbase_url = \"{}\"\napi_key_env = \"OPENAI_API_KEY\"\n",
        new.url
    ));
    Move { asst, _old: old, new }
}

impl Move {
    /// Runs a command at the old backend, and returns the ID that it prints.
    #[track_caller]
    fn make(&self, args: &[&str]) -> String {
        self.asst.run(args.iter().copied()).ok().id()
    }

    /// Creates a thread with this many messages of both roles.
    #[track_caller]
    fn thread(&self, messages: usize) -> String {
        let thread = self.make(&["threads", "create", "--metadata", "team=docs"]);
        for n in 0..messages {
            let role = if n % 2 == 0 { "user" } else { "assistant" };
            self.make(&["messages", "create", &thread, "--role", role, "--content", &format!("message {n}\n\"x\"")]);
        }
        thread
    }

    #[track_caller]
    fn export(&self, args: &[&str]) {
        self.asst.run([&["export", "out"], args].concat()).ok();
    }

    /// Runs a restore at the new backend and returns the objects that it prints.
    #[track_caller]
    fn restore(&self, args: &[&str]) -> Vec<Value> {
        self.asst.run([&["restore", "out", "--to", "new", "-o", "json"], args].concat()).ok().items()
    }

    /// Lists objects at the new backend, oldest first.
    #[track_caller]
    fn listed(&self, args: &[&str]) -> Vec<Value> {
        let all = [args, &["--order", "asc", "-o", "json", "--profile", "new"]].concat();
        self.asst.run(all).ok().items()
    }

    /// Lists the threads or the conversations that the new backend has.
    #[track_caller]
    fn made(&self, noun: &str) -> Vec<Value> {
        self.asst.run([noun, "list", "--remote", "-o", "json", "--profile", "new"]).ok().items()
    }

    /// Lists the texts of a thread at the new backend.
    #[track_caller]
    fn texts(&self, thread: &str) -> Vec<String> {
        let text = |message: &Value| {
            let parts = message["content"].as_array().unwrap();
            parts.iter().filter_map(|part| part["text"]["value"].as_str()).collect::<Vec<_>>().join("|")
        };
        self.listed(&["messages", "list", thread]).iter().map(text).collect()
    }
}

trait Items {
    fn items(&self) -> Vec<Value>;
}

impl Items for crate::support::test_env::Ran {
    fn items(&self) -> Vec<Value> {
        self.json().as_array().unwrap().clone()
    }
}
