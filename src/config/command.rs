//! Execution of the shell commands in the configuration that print a credential.

use std::io::Read;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::ConfigError;
use crate::env::credentials::ChildPurpose;
use crate::env::process_groups;
use crate::env::spawn;

/// The maximum size of a command's output in bytes.
pub(super) const MAX_OUTPUT: u64 = 1 << 20;

/// The time in which output is still read after the command has ended. The pipe stays open longer only if a descendant
/// process holds it.
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// The shortest and the longest interval between checks for the end of the command.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// Runs a shell command and returns its output, which is never displayed. Its stderr goes to the terminal. `key` is the
/// configuration key of the command, for errors. `limit` covers the whole command, from start to end.
pub(super) fn run(
    command: &str,
    key: &str,
    purpose: ChildPurpose,
    limit: Duration,
) -> Result<SecretString, ConfigError> {
    let deadline = Instant::now() + limit;
    let failed = |what: String| ConfigError::no_credential(format!("{key} {what}"));
    let mut shell = spawn::command("sh", purpose);
    shell.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::piped());
    let (mut child, group) =
        process_groups::start(&mut shell).map_err(|error| failed(format!("could not be started: {error}")))?;
    let ended =
        wait_with_output(&mut child, deadline).map_err(|error| failed(format!("could not be awaited: {error}")))?;
    let Some((status, output)) = ended else {
        drop(group);
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed(format!("did not end within {} seconds", limit.as_secs()))
            .with_hint("run it by hand to see what it waits for"));
    };
    // Processes that the command leaves behind keep running, such as an agent that stores a password.
    group.into_iter().for_each(process_groups::ProcessGroup::release);
    if !status.success() {
        return Err(failed(format!("failed ({status})")).with_hint("its error output is above"));
    }
    let text = String::from_utf8(output).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(failed("printed nothing, or no UTF-8 text".to_owned()));
    }
    Ok(SecretString::from(text))
}

/// Waits for a command and its output. Returns `None` if the command has not ended at the deadline.
///
/// The end and the output are awaited separately. A command can close its output and continue, or end while a
/// descendant holds the output open.
fn wait_with_output(child: &mut Child, deadline: Instant) -> std::io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let pieces = read_output(child);
    let (mut output, mut closed) = (Vec::new(), false);
    let (mut ended, mut pause) = (None, PAUSES.0);
    loop {
        match pieces.recv_timeout(if closed { Duration::ZERO } else { pause }) {
            Ok(piece) => output.extend_from_slice(&piece),
            Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(PAUSES.1),
            Err(RecvTimeoutError::Disconnected) if closed => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(PAUSES.1);
            }
            Err(RecvTimeoutError::Disconnected) => (closed, pause) = (true, PAUSES.0),
        }
        if ended.is_none() {
            ended = child.try_wait()?.map(|status| (status, Instant::now()));
        }
        let late = Instant::now() >= deadline;
        match ended {
            Some((status, since)) if closed || late || since.elapsed() >= DRAIN_TIME => {
                return Ok(Some((status, output)));
            }
            None if late => return Ok(None),
            _ => {}
        }
    }
}

/// Reads the output of a command in a separate thread, because reads from a pipe have no timeout.
fn read_output(child: &mut Child) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        let read = move || {
            let mut stdout = stdout.take(MAX_OUTPUT);
            let mut piece = vec![0; 8 << 10];
            while let Ok(length @ 1..) = stdout.read(&mut piece) {
                if send.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        };
        // If no thread can be started, the channel closes, and the output counts as empty.
        let _ = std::thread::Builder::new().spawn(read);
    }
    receive
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn timed(command: &str, limit: u64) -> (Result<String, String>, Duration) {
        let start = Instant::now();
        let result = run(command, "api_key_command", ChildPurpose::KeyCommand, Duration::from_millis(limit));
        let text = |secret: SecretString| secret.expose_secret().trim().to_owned();
        (result.map(text).map_err(|error| error.to_string()), start.elapsed())
    }

    #[test]
    fn a_command_that_does_not_end_is_killed_at_the_limit() {
        for command in [
            "exec sleep 30",
            "sleep 30; true",
            "exec >&-; sleep 30",
            "echo key; exec >&-; sleep 30",
            "echo key; exec >/dev/null; sleep 30",
            "trap '' TERM; while :; do sleep 30; done",
            "exec >&-; while :; do sleep 1; done",
        ] {
            let (result, took) = timed(command, 300);
            assert!(result.unwrap_err().contains("did not end within"), "{command}");
            assert!(took < Duration::from_secs(10), "{command}: {took:?}");
        }
    }

    #[test]
    fn a_process_that_holds_the_output_open_is_not_waited_for() {
        let (result, took) = timed("sleep 20 & echo key", 30_000);
        assert_eq!(result.unwrap(), "key");
        assert!(took < Duration::from_secs(10), "{took:?}");
    }

    #[test]
    fn late_and_long_output_is_read_completely() {
        assert_eq!(timed("printf a; sleep 0.2; printf b", 30_000).0.unwrap(), "ab");
        assert_eq!(timed("exec 3>&1 >&-; sleep 0.2; printf c >&3", 30_000).0.unwrap(), "c");
        assert_eq!(timed("head -c 500000 /dev/zero | tr '\\0' x", 30_000).0.unwrap().len(), 500_000);
    }
}
