//! Starts third-party programs for tests.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// The maximum time for the start of such a program.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running program with all its child processes. They are killed on drop.
pub(crate) struct Started {
    child: Child,
    /// The address after the mark.
    pub(crate) url: String,
}

impl Started {
    /// Starts a program and waits for a line on standard output with the mark and an address after it. If the program
    /// ends before, the error contains its output.
    pub(crate) fn new(command: &mut Command, mark: &'static str) -> Result<Self, String> {
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let (said, heard) = channel();
        let (out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let complaint = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = err.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        std::thread::spawn(move || {
            // Standard output is read to its end, so that the program never blocks on a full pipe.
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = said.send(line);
            }
        });
        let mut started = Self { child, url: String::new() };
        let mut lines = Vec::new();
        while let Ok(line) = heard.recv_timeout(PATIENCE) {
            if let Some((_, rest)) = line.split_once(mark) {
                started.url = rest.split_whitespace().next().unwrap_or_default().trim_end_matches('/').to_owned();
                return Ok(started);
            }
            lines.push(line);
        }
        drop(started);
        Err(format!("{command:?}:\n{}\n{}", lines.join("\n"), complaint.join().unwrap()))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}
