//! A running embedded server.

use super::eventually;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A running server. It is killed on drop.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    /// The lines that the server printed to stderr after its address.
    messages: Arc<Mutex<String>>,
}

impl Server {
    /// Starts a server and waits until it listens.
    pub(super) fn start(mut serve: Command) -> Self {
        let mut child = serve.stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().expect("the server printed nothing").unwrap();
        let url =
            first.strip_prefix("listening on ").unwrap_or_else(|| panic!("the server printed: {first}")).to_owned();
        let messages = Arc::<Mutex<String>>::default();
        let kept = Arc::clone(&messages);
        // The server must not block on a full pipe, so every line is read.
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| *kept.lock().unwrap() += &(line + "\n"));
        });
        Self { child, url, messages }
    }

    /// Waits until the server has printed a text to stderr.
    pub(crate) fn says(&self, text: &str) {
        eventually(text, || self.messages.lock().unwrap().contains(text).then_some(()));
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills the server, like a crash.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM to the server, and waits until it ends.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> std::process::ExitStatus {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
