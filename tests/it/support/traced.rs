//! A command that is watched until one of its requests, and then killed or continued.

use super::test_env::{Asst, Ran};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Stdio};

/// A command with `--trace` that has sent the request for which the test waited.
pub(crate) struct Traced {
    child: Child,
    trace: BufReader<ChildStderr>,
    /// The lines that the command printed on stderr, up to the request.
    stderr: String,
}

impl Traced {
    /// Starts a command, and returns when it has sent a request whose line of the trace `is_it` accepts.
    pub(crate) fn until(asst: &Asst, args: &[&str], is_it: impl Fn(&str) -> bool) -> Self {
        let args = [args, &["--trace"]].concat();
        let mut child = asst.command(args).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut trace = BufReader::new(child.stderr.take().unwrap());
        let (mut line, mut stderr) = (String::new(), String::new());
        while !is_it(&line) {
            line.clear();
            assert_ne!(trace.read_line(&mut line).unwrap(), 0, "the command ended before the request: {stderr}");
            stderr.push_str(&line);
        }
        Self { child, trace, stderr }
    }

    /// Returns `true` if the command has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end of the command.
    pub(crate) fn end(mut self, asst: &Asst) -> Ran {
        self.trace.read_to_string(&mut self.stderr).unwrap();
        let mut ran = asst.ran(self.child.wait_with_output().unwrap());
        ran.stderr = self.stderr;
        ran
    }
}
