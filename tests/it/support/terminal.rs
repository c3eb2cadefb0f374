//! Commands at a pseudo-terminal.

use crate::support::test_env::{Asst, PATIENCE, Ran};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

/// A terminal and the output that it received so far.
pub(crate) struct Terminal {
    name: String,
    shown: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// An end that stays open, so that reading does not fail between two commands.
    _open: File,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let open = OpenOptions::new().read(true).write(true).open(&name).unwrap();
        let (send, shown) = channel();
        let mut master = File::from(master);
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length) = master.read(&mut piece) {
                if send.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { name, shown, seen: Vec::new(), _open: open }
    }

    /// Returns an end for one stream of a command.
    pub(crate) fn end(&self) -> File {
        OpenOptions::new().read(true).write(true).open(&self.name).unwrap()
    }

    /// Starts a command with standard error at the terminal, and standard output as well if `with_output` is set.
    pub(crate) fn start(&self, mut command: Command, with_output: bool) -> Child {
        command.stderr(self.end());
        if with_output {
            command.stdout(self.end());
        }
        command.spawn().unwrap()
    }

    /// Waits for a text and returns all output so far.
    pub(crate) fn until(&mut self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let seen = String::from_utf8_lossy(&self.seen).into_owned();
            if seen.contains(text) {
                return seen;
            }
            let left = PATIENCE.saturating_sub(start.elapsed());
            match self.shown.recv_timeout(left) {
                Ok(piece) => self.seen.extend(piece),
                Err(_) => {
                    let end: String = seen.chars().rev().take(500).collect::<Vec<_>>().into_iter().rev().collect();
                    panic!("`{text}` was not shown; the output ended with: {end:?}");
                }
            }
        }
    }

    /// Returns all output. The commands must have ended.
    pub(crate) fn all(mut self) -> String {
        use std::io::Write as _;
        self.end().write_all(b"END-OF-TEST").unwrap();
        let seen = self.until("END-OF-TEST");
        seen.replace("END-OF-TEST", "")
    }
}

/// Runs a command at a terminal and answers its prompt. Returns the output before the answer, and the result.
pub(crate) fn answered(asst: &Asst, args: &[&str], answer: &str, meanwhile: impl FnOnce()) -> (String, Ran) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = || OpenOptions::new().read(true).write(true).open(&name).unwrap();
    let mut command = asst.command(args);
    let child = command.stdin(terminal()).stderr(terminal()).spawn().unwrap();
    drop(command);
    let mut master = File::from(master);
    let mut output = Vec::new();
    while !output.ends_with(b"[y/N] ") {
        let mut byte = [0];
        if master.read(&mut byte).unwrap_or(0) == 0 {
            break;
        }
        output.extend(byte);
    }
    meanwhile();
    master.write_all(answer.as_bytes()).unwrap();
    // Reads later output, because the buffer of the terminal is limited.
    let rest = std::thread::spawn(move || {
        let mut rest = Vec::new();
        let _ = master.read_to_end(&mut rest);
    });
    let ran = asst.ran(child.wait_with_output().unwrap());
    rest.join().unwrap();
    (String::from_utf8_lossy(&output).into_owned(), ran)
}
