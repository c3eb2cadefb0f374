//! The environment of a test: a user with a temporary home and an empty environment, who runs the program.

mod ran;
mod server;
#[cfg(unix)]
mod unprivileged;

pub(crate) use ran::{FILTERS, Ran, shows};
pub(crate) use server::Server;

use super::mock_server::MockServer;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The maximum wait for anything in a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A user with an empty home.
pub(crate) struct Asst {
    home: TempDir,
    vars: Vec<(OsString, OsString)>,
    binary: PathBuf,
    /// The user ID of the commands, if it differs from that of the tests.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix identifies users by number"))]
    uid: Option<u32>,
}

impl Asst {
    pub(crate) fn new() -> Self {
        let home = tempfile::Builder::new().prefix("asst-it-").tempdir().unwrap();
        for folder in ["state", "config", "cache", "run", "tmp", "desk"] {
            std::fs::create_dir(home.path().join(folder)).unwrap();
        }
        let binary = assert_cmd::cargo::cargo_bin!("asst").to_owned();
        Self { home, vars: Vec::new(), binary, uid: None }
    }

    /// Returns a user whose environment names a backend.
    pub(crate) fn with_backend(url: &str) -> Self {
        Self::new().env("OPENAI_BASE_URL", url).env("OPENAI_API_KEY", "sk-test-0123456789")
    }

    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.vars.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns the working folder of the commands.
    pub(crate) fn work(&self) -> PathBuf {
        self.home().join("desk")
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.home().join("state/asst/ledger.db")
    }

    /// Writes a file into the working folder and returns its path.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.work().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Writes the configuration file.
    pub(crate) fn config(&self, toml: &str) {
        let folder = self.home().join("config/asst");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), toml).unwrap();
    }

    /// Returns the configuration file, or an empty text.
    pub(crate) fn configuration(&self) -> String {
        std::fs::read_to_string(self.home().join("config/asst/config.toml")).unwrap_or_default()
    }

    /// Creates a named pipe in the working folder and returns its path.
    #[cfg(unix)]
    pub(crate) fn named_pipe(&self, name: &str) -> PathBuf {
        let path = self.work().join(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    /// Returns a command with its environment, before it is started.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(&self.binary);
        #[cfg(unix)]
        if let Some(uid) = self.uid {
            use std::os::unix::process::CommandExt;
            command.uid(uid).gid(uid);
        }
        command.env_clear().current_dir(self.work()).args(args);
        for name in ["PATH", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let home = self.home();
        command.env("HOME", home).env("COLUMNS", "100").env("ASST_NO_RETRY_DELAY", "1").env("TZ", "UTC");
        for (name, folder) in [
            ("XDG_STATE_HOME", "state"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
        ] {
            command.env(name, home.join(folder));
        }
        command.envs(self.vars.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        let child = self.command(args).spawn().unwrap();
        // Kills a command that does not end, so that the test fails and does not hang.
        let pid = child.id().to_string();
        let (done, ended) = std::sync::mpsc::channel::<()>();
        let watch = std::thread::spawn(move || {
            if ended.recv_timeout(2 * PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-KILL", &pid]).status();
            }
        });
        let output = child.wait_with_output().unwrap();
        drop(done);
        watch.join().unwrap();
        self.ran(output)
    }

    /// Runs a command with `--local`.
    pub(crate) fn local(&self, args: &[&str]) -> Ran {
        self.run([&["--local"], args].concat())
    }

    /// Runs a command with a text on standard input.
    pub(crate) fn fed(&self, input: impl AsRef<[u8]>, args: &[&str]) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A command may fail before it reads the input, so a closed pipe is ignored.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        self.ran(child.wait_with_output().unwrap())
    }

    pub(crate) fn ran(&self, output: Output) -> Ran {
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            bytes: output.stdout,
            code: output.status.code(),
            home: self.home().to_string_lossy().into_owned(),
        }
    }

    /// Starts `asst serve` on a free port and waits until it listens.
    pub(crate) fn serve(&self, args: &[&str]) -> Server {
        Server::start(self.command([&["serve", "--listen", "127.0.0.1:0"], args].concat()))
    }

    /// Starts `asst serve` with resource limits, in the syntax of the shell's `ulimit`.
    #[cfg(unix)]
    pub(crate) fn serve_within(&self, limits: &str) -> Server {
        let serve = self.command(["serve", "--listen", "127.0.0.1:0"]);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit {limits} && exec \"$0\" \"$@\"")]).arg(serve.get_program());
        shell.args(serve.get_args()).env_clear().current_dir(self.work());
        shell.envs(serve.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.stdin(Stdio::null()).stderr(Stdio::piped());
        Server::start(shell)
    }
}

/// Returns a mock server that creates every posted object, and a user of it.
pub(crate) fn minting() -> (MockServer, Asst) {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

/// Starts an embedded server with these arguments, and returns it with a user of it.
pub(crate) fn served(args: &[&str]) -> (Server, Asst) {
    let asst = Asst::new();
    let server = asst.serve(args);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    (server, asst)
}

/// The time between two calls of a condition.
const INTERVAL: Duration = Duration::from_millis(1);

/// Sends a signal, such as `-INT`, to a process.
#[cfg(unix)]
pub(crate) fn signalled(child: &std::process::Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Calls a function until it returns a value. Panics after a timeout.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::sleep(INTERVAL);
    }
}
