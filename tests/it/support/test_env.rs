//! The environment of a test: a temporary home, an empty environment, the binary, and a server.

use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
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
    #[cfg_attr(not(unix), expect(dead_code, reason = "users are told by a number on Unix only"))]
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

    /// Returns a user who is subject to file permissions. If the tests run as root, commands run as `nobody`, who gets
    /// the whole home. Returns `None` and reports the test as skipped if that is impossible.
    #[cfg(unix)]
    pub(crate) fn unprivileged(mut self, test: &str) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        const NOBODY: u32 = 65_534;
        if std::fs::metadata(self.home()).unwrap().uid() != 0 {
            return Some(self);
        }
        let given = give(self.home(), NOBODY);
        self.uid = Some(NOBODY);
        let starts = |asst: &Self| asst.command(["--version"]).status().is_ok_and(|status| status.success());
        if given.is_ok() && !starts(&self) {
            // The build folder may not be accessible to other users.
            let copy = self.home().join("asst");
            if std::fs::copy(&self.binary, &copy).is_ok() {
                self.binary = copy;
            }
        }
        if given.is_ok() && starts(&self) {
            return Some(self);
        }
        skipped(test, "root is held back by no mode, and the binary cannot be run as nobody");
        None
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
        Self::standing(self.command([&["serve", "--listen", "127.0.0.1:0"], args].concat()))
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
        Self::standing(shell)
    }

    fn standing(mut serve: Command) -> Server {
        let mut child = serve.stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().expect("the server said nothing").unwrap();
        let url = first.strip_prefix("listening on ").unwrap_or_else(|| panic!("the server said: {first}")).to_owned();
        // The server must not block on a full pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Server { child, url }
    }
}

/// Changes the owner of a folder and of everything in it.
#[cfg(unix)]
fn give(folder: &Path, uid: u32) -> std::io::Result<()> {
    std::os::unix::fs::chown(folder, Some(uid), Some(uid))?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            give(&path, uid)?;
        } else {
            std::os::unix::fs::chown(path, Some(uid), Some(uid))?;
        }
    }
    Ok(())
}

/// A running server. It is killed on drop.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
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

/// The result of a command.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) code: Option<i32>,
    home: String,
}

impl Ran {
    /// Returns the result. Panics if the command failed.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.code(0)
    }

    /// Returns the result. Panics if the exit code is another one.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert!(self.code == Some(code), "expected exit {code}:\n{}", self.text());
        self
    }

    /// Returns the result. Panics if standard error does not contain this text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "expected `{text}` on stderr:\n{}", self.text());
        self
    }

    /// Returns output and exit code as one text, for snapshots.
    pub(crate) fn text(&self) -> String {
        let mut text = self.stdout.clone();
        if !self.stderr.is_empty() {
            text.push_str(&format!("--- stderr ---\n{}", self.stderr));
        }
        let code = self.code.map_or_else(|| "by a signal".to_owned(), |code| code.to_string());
        format!("{text}exit {code}").replace(&self.home, "[home]")
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        asst::json::read(&self.stdout).unwrap_or_else(|error| panic!("{error} in:\n{}", self.text()))
    }

    /// Returns the first column of the first line.
    pub(crate) fn id(&self) -> String {
        self.ids().into_iter().next().unwrap_or_else(|| panic!("no id in:\n{}", self.text()))
    }

    /// Returns the first column of each line.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.stdout.lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    }
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
        std::thread::yield_now();
    }
}

/// Reports a skipped test. Writes to standard error directly, because the harness hides what a passing test prints.
pub(crate) fn skipped(test: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
}

/// Patterns of values that differ between runs, with their replacements in snapshots.
pub(crate) const FILTERS: &[(&str, &str)] = &[
    (r"\b(thread|msg|run|asst|step|call|intent|req)_[A-Za-z0-9]{12,}\b", "[$1]"),
    (r"\bfile-[A-Za-z0-9]{12,}\b", "[file]"),
    (r"\brec_[A-Za-z0-9]{16}\b", "[session]"),
    (r"127\.0\.0\.1:\d+", "[host]"),
    (r#""created_at": ?\d+"#, "\"created_at\": [time]"),
    (r"created_at: \d+", "created_at: [time]"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
    (r"url:http://[^ ,)\n]+", "[origin]"),
    (r"asst:[0-9a-f-]{36}", "[origin]"),
    (r"last checked \d+s ago", "last checked [age] ago"),
    (r"asst-spill/[0-9a-f-]+\.jsonl", "asst-spill/[spill]"),
];

/// Compares a result with an inline snapshot.
macro_rules! shows {
    ($ran:expr, @$text:literal) => {
        insta::with_settings!({ filters => $crate::support::test_env::FILTERS.to_vec() }, {
            insta::assert_snapshot!($ran.text(), @$text);
        })
    };
}
pub(crate) use shows;

/// Sends one raw request that the binary would not send. Returns the status and the body.
pub(crate) fn call(base: &str, method: &str, path: &str, body: Option<&Value>) -> std::io::Result<(u16, Vec<u8>)> {
    use std::io::Read;
    let rest = base.strip_prefix("http://").unwrap();
    let (host, prefix) = rest.split_once('/').unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = std::net::TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let typed = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    let head = format!(
        "{method} /{prefix}{path} HTTP/1.1\r\nhost: {host}\r\nopenai-beta: assistants=v2\r\n{typed}\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(cut)?;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
    let body = answer.split_off(end + 4);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    if length.is_some_and(|length: usize| length != body.len()) {
        return Err(cut());
    }
    Ok((status, body))
}
