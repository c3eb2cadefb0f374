//! Rough surroundings: readers that leave, pipes for files, servers that answer oddly. Each was a bug once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const KEY: &str = "sk-a-key-that-nobody-may-see";

/// A user of one server that says to every request what a function says; it notes their first lines.
struct Stranger {
    home: TempDir,
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stranger {
    /// Serves with what the function makes of a request's first line and head.
    fn new(answer: impl Fn(&str, &str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (first, head) = read(&stream);
                notes.lock().unwrap().push(first.clone());
                let _ = (&stream).write_all(answer(&first, &head).as_bytes());
            }
        });
        Self { home: tempfile::tempdir().unwrap(), base, asked }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("asst"));
        command.env_clear().args(args).current_dir(&self.home).stdin(Stdio::null());
        command.env("HOME", self.home.path()).env("TMPDIR", self.home.path());
        command.env("OPENAI_BASE_URL", &self.base).env("OPENAI_API_KEY", KEY).env("ASST_NO_RETRY_DELAY", "1");
        command
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        told(self.command(args).output().unwrap())
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// Reads a request to the end of its head, and of its body where that has a length.
fn read(stream: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).unwrap_or(0) > 2 {}
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let _ = std::io::copy(&mut reader.take(length.unwrap_or(0)), &mut std::io::sink());
    (head.lines().next().unwrap_or_default().to_owned(), head)
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn ok(body: &str) -> String {
    http("200 OK", "", body)
}

#[test]
fn a_missing_assistant_is_not_a_missing_endpoint() {
    let body = r#"{"error":{"message":"No assistant found with id 'asst_1'."}}"#;
    let stranger = Stranger::new(move |_, _| http("404 Not Found", "", body));
    let (code, _, err) = stranger.run(&["threads", "create-and-run", "--assistant-id", "asst_1"]);
    assert_eq!(code, 3, "{err}");
}

#[test]
fn a_server_that_repeats_the_key_does_not_make_it_known() {
    let stranger = Stranger::new(|_, head| {
        let key = head.lines().find_map(|line| line.split_once("Bearer ")).map_or("", |(_, key)| key);
        http("401 Unauthorized", "", &format!(r#"{{"error":{{"message":"Wrong key: {key}","code":"{key}"}}}}"#))
    });
    for args in [&["assistants", "list"][..], &["files", "content", "file-1"], &["assistants", "list", "-o", "json"]] {
        let (code, out, err) = stranger.run(args);
        assert_eq!(code, 4, "{err}");
        assert!(!format!("{out}{err}").contains(KEY), "{err}");
        assert!(err.contains("Wrong key: [redacted]"), "{err}");
    }
}

#[test]
fn deletions_go_on_when_the_reader_of_their_outcomes_leaves() {
    let stranger = Stranger::new(|first, _| {
        let id = first.split(' ').nth(1).and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        ok(&format!(r#"{{"id":"{id}","object":"thread.deleted","deleted":true}}"#))
    });
    let ids: Vec<String> = (0..60).map(|number| format!("thread_{number}")).collect();
    let args: Vec<&str> = ["threads", "delete"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let mut child = stranger.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(stranger.asked(), 60);
}

#[test]
fn answers_that_cannot_become_better_are_asked_for_once() {
    let stranger = Stranger::new(|_, _| http("302 Found", "location: ftp://x/\r\n", ""));
    assert_eq!((stranger.run(&["assistants", "list"]).0, stranger.asked()), (7, 1));
    let stranger = Stranger::new(|_, _| http("303 See Other", "location: ftp://x/\r\n", ""));
    assert_eq!((stranger.run(&["assistants", "list"]).0, stranger.asked()), (7, 1));
}

#[test]
fn a_list_that_breaks_off_says_so() {
    for (body, shown) in
        [(r#"{"data":[{"name":"a"}],"has_more":true}"#, r#"[{"name":"a"}]"#), (r#"{"data":[],"has_more":true}"#, "[]")]
    {
        let stranger = Stranger::new(move |_, _| ok(body));
        let (code, out, err) = stranger.run(&["assistants", "list", "-o", "json"]);
        let value: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, value.to_string().as_str()), (0, shown));
        assert!(err.contains("the list is incomplete"), "{err}");
    }
}

#[test]
fn standard_input_that_was_not_sent_is_no_unknown_outcome() {
    let stranger = Stranger::new(|_, _| http("429 Too Many Requests", "", "{}"));
    let upload = ["files", "upload", "-", "--filename", "a.txt", "--purpose", "assistants"];
    let sent = |base: &str| {
        let mut command = stranger.command(&upload);
        let mut child = command
            .env("OPENAI_BASE_URL", base)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(b"hello");
        told(child.wait_with_output().unwrap())
    };
    // Nobody listens on the first port; one that was given back is soon another test's.
    let (code, _, err) = sent("http://127.0.0.1:1/v1");
    assert_eq!(code, 7, "{err}");
    let (code, _, err) = sent(&stranger.base);
    assert_eq!((code, stranger.asked()), (6, 1), "{err}");
}

#[test]
fn a_dash_stands_alone_and_a_misunderstood_quiet_is_explained() {
    let stranger = Stranger::new(|_, _| ok("{}"));
    for args in [["threads", "get", "thread_1", "-"], ["threads", "get", "-", "-"], ["messages", "get", "-", "msg_1"]] {
        let (code, _, err) = stranger.run(&args);
        assert_eq!((code, stranger.asked()), (2, 0), "{err}");
    }
    let (code, _, err) = stranger.run(&["threads", "get", "thread_1", "-q", ".id"]);
    assert_eq!(code, 2);
    assert!(err.contains("hint: -q silences stderr; for a filter use --jq '.id'"), "{err}");
}

#[test]
fn a_curl_command_has_the_key_in_one_header_only() {
    let stranger = Stranger::new(|_, _| ok("{}"));
    let output =
        stranger.command(&["assistants", "list", "--dry-run=curl"]).env("OPENAI_ORG_ID", "org-1").output().unwrap();
    let (code, out, err) = told(output);
    assert_eq!(code, 0, "{err}");
    assert_eq!(out.matches("$ASST_KEY").count(), 1, "{out}");
    assert!(out.contains("$ASST_OPENAI_ORGANIZATION"), "{out}");
}

#[test]
fn a_raw_path_stays_behind_the_base() {
    let stranger = Stranger::new(|_, _| ok("{}"));
    for path in ["/../x", "/%2e%2e/x", "/a/.%2E/x", "/..\\x", "http://elsewhere/x"] {
        let (code, _, err) = stranger.run(&["api", "GET", path]);
        assert_eq!((code, stranger.asked()), (2, 0), "{path}: {err}");
    }
}

#[test]
fn a_curl_command_uploads_the_file() {
    let stranger = Stranger::new(|_, _| ok("{}"));
    std::fs::write(stranger.home.path().join("a 'b\".txt"), "hello").unwrap();
    let upload = ["files", "upload", "a 'b\".txt", "--purpose", "assistants", "--dry-run=curl"];
    let (code, out, err) = stranger.run(&upload);
    assert_eq!(code, 0, "{err}");
    let expected = r#" -F 'file=@"a '\''b\".txt";filename="a '\''b\".txt"'"#;
    assert!(out.contains(" --form-string 'purpose=assistants' ") && out.trim_end().ends_with(expected), "{out}");
}

#[test]
fn an_empty_variable_is_none_and_a_wrong_one_is_named() {
    let stranger = Stranger::new(|_, _| ok(r#"{"data":[],"has_more":false}"#));
    let with = |name: &str, value: &str| told(stranger.command(&["files", "list"]).env(name, value).output().unwrap());
    for name in
        ["OUTPUT", "JQ", "COLUMNS", "HEADER", "QUIET", "COLOR", "TRACE", "NO_LEDGER", "REQUIRE_LEDGER", "RETRIES"]
            .into_iter()
            .chain(["REQUEST_TIMEOUT", "CONCURRENCY", "MAX_WAIT", "YES", "DRY_RUN", "LOCAL", "LEDGER", "PROFILE"])
            .chain(["LOCAL_MODEL"])
    {
        let (code, _, err) = with(&format!("ASST_{name}"), "");
        assert_eq!(code, 0, "{name}: {err}");
    }
    for name in ["OUTPUT", "JQ", "HEADER", "QUIET", "COLOR", "TRACE", "NO_LEDGER", "REQUIRE_LEDGER", "RETRIES", "YES"]
        .into_iter()
        .chain(["REQUEST_TIMEOUT", "CONCURRENCY", "MAX_WAIT", "DRY_RUN", "LOCAL"])
    {
        let name = format!("ASST_{name}");
        let (code, _, err) = with(&name, "[nonsense");
        assert!(code == 2 && err.contains(&name), "{name}: {code} {err}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};

    fn signalled(child: &std::process::Child, signal: &str) {
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    #[test]
    fn a_download_is_as_open_as_the_mask_says_and_spares_what_is_no_file() {
        let stranger = Stranger::new(|_, _| ok("hello"));
        let home = stranger.home.path();
        let (code, _, err) = stranger.run(&["files", "content", "file-1", "--to", "a.txt"]);
        assert_eq!(code, 0, "{err}");
        let made = std::fs::metadata(home.join("a.txt")).unwrap().permissions().mode();
        std::fs::write(home.join("b.txt"), "").unwrap();
        let usual = std::fs::metadata(home.join("b.txt")).unwrap().permissions().mode();
        assert_eq!(made, usual);

        assert!(Command::new("mkfifo").arg(home.join("pipe")).status().unwrap().success());
        let pipe = home.join("pipe");
        let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap());
        let (code, _, err) = stranger.run(&["files", "content", "file-1", "--to", "pipe", "--force"]);
        assert_eq!((code, reader.join().unwrap().as_str()), (0, "hello"), "{err}");
        assert!(std::fs::metadata(home.join("pipe")).unwrap().file_type().is_fifo());
    }

    #[test]
    fn a_named_pipe_is_uploaded_once_opened() {
        let stranger = Stranger::new(|_, _| http("500 Oops", "", "{}"));
        let pipe = stranger.home.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let writer = std::thread::spawn(move || std::fs::write(pipe, "hello"));
        let (code, _, err) = stranger.run(&["files", "upload", "pipe", "--purpose", "assistants"]);
        writer.join().unwrap().unwrap();
        assert_eq!((code, stranger.asked()), (10, 1), "{err}");
    }

    #[test]
    fn a_command_that_fetches_a_key_can_be_stopped() {
        let stranger = Stranger::new(|_, _| ok("{}"));
        let config = stranger.home.path().join(".config/asst");
        std::fs::create_dir_all(&config).unwrap();
        let text = "[profiles.slow]\nbackend = \"openai\"\napi_key_command = \"echo begun >&2; exec sleep 30\"\n";
        std::fs::write(config.join("config.toml"), text).unwrap();
        let mut child = stranger.command(&["-p", "slow", "files", "list"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        err.read_line(&mut line).unwrap();
        assert_eq!(line, "begun\n");
        signalled(&child, "-TERM");
        assert_eq!(child.wait().unwrap().code(), Some(143));
    }

    #[test]
    fn a_token_that_was_revoked_is_fetched_again_for_downloads_too() {
        let stranger = Stranger::new(|_, head| match head.contains("Bearer new") {
            true => ok("hello"),
            false => http("401 Unauthorized", "", "{}"),
        });
        let home = stranger.home.path();
        std::fs::create_dir_all(home.join(".config/asst")).unwrap();
        let text = format!("[profiles.p]\nbase_url = \"{}\"\ntoken_command = \"cat token\"\n", stranger.base);
        std::fs::write(home.join(".config/asst/config.toml"), text).unwrap();
        for (token, expected) in [("old", 4), ("new", 0)] {
            let json = format!(r#"{{"access_token":"{token}","expires_in":3600}}"#);
            std::fs::write(home.join("token"), json).unwrap();
            let (code, _, err) = stranger.run(&["-p", "p", "files", "content", "file-1"]);
            assert_eq!(code, expected, "{err}");
        }
    }

    #[test]
    fn a_doctor_who_waits_for_a_backend_can_be_stopped() {
        let stranger = Stranger::new(|first, _| match first.starts_with("POST") {
            true => http("500 Oops", "", "{}"),
            false => loop {
                std::thread::park();
            },
        });
        assert_eq!(stranger.run(&["assistants", "create", "--model", "m"]).0, 10);
        let mut child = stranger.command(&["ledger", "doctor"]).stdout(Stdio::piped()).spawn().unwrap();
        while stranger.asked() < 2 {
            std::thread::yield_now();
        }
        signalled(&child, "-INT");
        assert_eq!(child.wait().unwrap().code(), Some(130));
    }

    #[test]
    fn a_command_whose_output_nobody_reads_can_be_stopped() {
        let stranger = Stranger::new(|_, _| ok(&format!(r#"{{"id":"asst_1","name":"{}"}}"#, "x".repeat(1 << 20))));
        let mut child =
            stranger.command(&["assistants", "get", "asst_1", "-o", "json"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        // The first byte is there, so the rest is on its way into a pipe that is too short for it.
        out.read_exact(&mut [0]).unwrap();
        signalled(&child, "-TERM");
        assert_eq!(child.wait().unwrap().code(), Some(143));
    }
}
