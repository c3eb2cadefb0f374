//! HTTP proxies (docs/design/client.md#transport): the requests that go through one, and the data that it can read.

use crate::client::tls::Secure;
use crate::support::mock_server::{MockServer, Response};
use crate::support::tcp_server::{TcpServer, free_port, read_head};
use crate::support::test_env::{Asst, shows};
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

const KEY: &str = "sk-test-0123456789";

/// A host that does not resolve, so only a proxy can reach it.
const NOWHERE: &str = "api.backend.invalid";

/// A CONNECT proxy that tunnels everything to one local port, or refuses.
struct Tunnel {
    server: TcpServer,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    fn to(port: u16) -> Self {
        Self::new(Ok(port))
    }

    fn refusing(answer: &'static str) -> Self {
        Self::new(Err(answer))
    }

    fn new(way: Result<u16, &'static str>) -> Self {
        let heads = Arc::default();
        let log = Arc::clone(&heads);
        let server = TcpServer::new(move |stream| drop(tunnel(stream, way, &log)));
        Self { server, heads }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

/// Reads the head up to its last byte and no further, then copies bytes in both directions.
fn tunnel(mut near: TcpStream, way: Result<u16, &'static str>, heads: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(near.try_clone()?);
    let Some(head) = read_head(&mut reader)? else { return Ok(()) };
    heads.lock().unwrap().push(head);
    let port = match way {
        Ok(port) => port,
        Err(answer) => return near.write_all(answer.as_bytes()),
    };
    let mut far = TcpStream::connect(("127.0.0.1", port))?;
    near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut back, mut forth) = (far.try_clone()?, near.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut back, &mut forth);
        let _ = forth.shutdown(std::net::Shutdown::Write);
    });
    std::io::copy(&mut reader, &mut far)?;
    far.shutdown(std::net::Shutdown::Write)
}

/// Returns a user whose profile has this base URL and these additional lines.
fn user(base: &str, lines: &str) -> Asst {
    let asst = Asst::new().env("WORK_KEY", KEY);
    asst.config(&format!(
        "default_profile = \"work\"\n[profiles.work]\nbackend = \"openai\"\nbase_url = \"{base}\"\n\
         api_key_env = \"WORK_KEY\"\n{lines}\n"
    ));
    asst
}

fn origin(listener: &MockServer) -> String {
    listener.url().trim_end_matches("/v1").to_owned()
}

/// Returns a proxy that answers every request as the backend.
fn behind() -> MockServer {
    MockServer::new(|_, _| Response::json(200, &serde_json::json!({ "object": "list", "data": [], "has_more": false })))
}

#[test]
fn a_request_through_a_proxy_has_an_absolute_url() {
    let base = format!("http://{NOWHERE}/v1");
    let request = format!("GET {base}/assistants?limit=100");
    let proxy = behind();
    user(&base, &format!("proxy = \"{}\"", origin(&proxy))).run(["assistants", "list"]).ok();
    assert_eq!(proxy.lines(), [request.as_str()]);
    assert_eq!(proxy.requests()[0].header("host"), Some(NOWHERE));
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        let proxy = behind();
        user(&base, "").env(name, origin(&proxy)).run(["assistants", "list"]).ok();
        assert_eq!(proxy.lines(), [request.as_str()], "{name}");
    }
}

#[test]
fn the_proxy_of_the_profile_takes_precedence_over_the_environment() {
    let (own, other) = (behind(), behind());
    let asst = user(&format!("http://{NOWHERE}/v1"), &format!("proxy = \"{}\"", origin(&own)));
    asst.env("HTTP_PROXY", origin(&other)).run(["assistants", "list"]).ok();
    assert_eq!((own.lines().len(), other.lines().len()), (1, 0));
}

#[test]
fn a_proxy_password_is_sent_and_never_printed() {
    let proxy = behind();
    let with_password = origin(&proxy).replace("http://", "http://me:hush@");
    let asst = user(&format!("http://{NOWHERE}/v1"), &format!("proxy = \"{with_password}\""));
    for args in [&["assistants", "list", "--trace=full"][..], &["profiles", "show", "work", "-o", "json"]] {
        let ran = asst.run(args).ok();
        // `bWU6aHVzaA` is `me:hush` in base64.
        assert!(!ran.text().contains("hush") && !ran.text().contains("bWU6aHVzaA"), "{}", ran.text());
    }
    assert_eq!(proxy.requests()[0].header("proxy-authorization"), Some("Basic bWU6aHVzaA=="));
    let asst = user(&format!("http://{NOWHERE}/v1"), "proxy = \"http://me:hush@127.0.0.1:1\"");
    let ran = asst.run(["assistants", "list", "--trace=full"]).code(7);
    assert!(!ran.text().contains("hush"), "{}", ran.text());
    for wrong in ["socks5://me:hush@h", "me:hush@h:1", "http://me:hush@:1"] {
        let ran = user("http://h.invalid", &format!("proxy = \"{wrong}\"")).run(["assistants", "list"]).code(2);
        assert!(!ran.text().contains("hush"), "{}", ran.text());
    }
}

#[test]
fn a_proxy_cannot_read_an_encrypted_request() {
    let server = Secure::named(NOWHERE);
    let base = format!("https://{NOWHERE}/v1");
    let way = Tunnel::to(server.port());
    let asst = user(&base, &format!("proxy = \"{}\"", way.url()));
    let file = server.authority(&asst);
    asst.env("SSL_CERT_FILE", file).run(["assistants", "list"]).ok();
    let proxied = |name: &str| {
        let way = Tunnel::to(server.port());
        let asst = user(&base, "");
        let file = server.authority(&asst);
        asst.env("SSL_CERT_FILE", file).env(name, way.url()).run(["assistants", "list"]).ok();
        way.heads()
    };
    for heads in [way.heads(), proxied("HTTPS_PROXY"), proxied("https_proxy"), proxied("ALL_PROXY")] {
        assert_eq!(heads.len(), 1, "{heads:?}");
        assert!(heads[0].starts_with(&format!("CONNECT {NOWHERE}:443 HTTP/1.1\r\n")), "{heads:?}");
        let head = heads[0].to_lowercase();
        assert!(!head.contains(KEY) && !head.contains("authorization") && !head.contains("assistants"), "{heads:?}");
    }
    assert_eq!(server.heads().len(), 4);
    assert!(server.heads()[0].contains(&format!("Bearer {KEY}")));
}

#[test]
fn a_refusal_of_the_proxy_is_reported() {
    let answers = [
        ("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n", "proxy"),
        ("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", "proxy"),
        ("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", "proxy"),
        ("", "proxy"),
    ];
    for (answer, says) in answers {
        let way = Tunnel::refusing(answer);
        let asst = user(&format!("https://{NOWHERE}/v1"), &format!("proxy = \"{}\"", way.url()));
        asst.run(["assistants", "list", "--retries", "1"]).code(7).says(says);
        assert_eq!(way.heads().len(), 2, "{answer:?}");
        // No intent stays open, because the request did not reach the backend.
        asst.run(["threads", "create", "--retries", "0"]).code(7);
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
    }
    let way = Tunnel::refusing(answers[0].0);
    shows!(user(&format!("https://{NOWHERE}/v1"), "").env("HTTPS_PROXY", way.url()).run(["assistants", "list"]), @r"
    --- stderr ---
    error: could not list assistants: unreachable
      caused by: the proxy failed: tunnel error: proxy authorization required
      hint: check HTTPS_PROXY and NO_PROXY, or `proxy` in the profile
    exit 7
    ");
}

#[test]
fn an_unreachable_proxy_is_reported() {
    let port = free_port();
    let proxy = format!("proxy = \"http://127.0.0.1:{port}\"");
    shows!(user(&format!("http://{NOWHERE}/v1"), &proxy).run(["assistants", "list"]), @r"
    --- stderr ---
    warning: profile `work` sends its key unencrypted to api.backend.invalid: the base URL is not https
    error: could not list assistants: unreachable
      caused by: cannot connect to api.backend.invalid, or to the proxy in between: Connection refused
      hint: check HTTPS_PROXY and NO_PROXY, or `proxy` in the profile
    exit 7
    ");
    shows!(user(&format!("https://{NOWHERE}/v1"), &proxy).run(["assistants", "list"]), @r"
    --- stderr ---
    error: could not list assistants: unreachable
      caused by: the proxy failed: Connection refused
      hint: check HTTPS_PROXY and NO_PROXY, or `proxy` in the profile
    exit 7
    ");
}

#[test]
fn hosts_in_no_proxy_are_reached_directly() {
    for exception in [NOWHERE, "backend.invalid", ".backend.invalid", "other.example,api.backend.invalid", "*"] {
        let proxy = behind();
        let own = format!("proxy = \"{}\"", origin(&proxy));
        let base = format!("http://{NOWHERE}/v1");
        // Without the proxy, the name does not resolve.
        let asst = user(&base, "").env("HTTP_PROXY", origin(&proxy)).env("NO_PROXY", exception);
        asst.run(["assistants", "list", "--retries", "0"]).code(7);
        let asst = user(&base, &own).env("NO_PROXY", exception);
        asst.run(["assistants", "list", "--retries", "0"]).code(7);
        assert_eq!(proxy.lines(), Vec::<String>::new(), "{exception}");
    }
    let proxy = behind();
    let asst = user(&format!("http://{NOWHERE}/v1"), "").env("HTTP_PROXY", origin(&proxy));
    asst.env("NO_PROXY", "kend.invalid,backend").run(["assistants", "list"]).ok();
    assert_eq!(proxy.lines().len(), 1);
}

#[test]
fn loopback_never_uses_a_proxy_from_the_environment() {
    for host in ["127.0.0.1", "localhost", "127.1.2.3"] {
        let (backend, proxy) = (behind(), behind());
        let base = backend.url().replace("127.0.0.1", host);
        let mut asst = user(&base, "");
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            asst = asst.env(name, origin(&proxy));
        }
        let ran = asst.run(["assistants", "list", "--retries", "0"]);
        assert_eq!(proxy.lines(), Vec::<String>::new(), "{host}");
        // The listener is bound to 127.0.0.1 only, so 127.1.2.3 refuses the connection.
        ran.code(if host == "127.1.2.3" { 7 } else { 0 });
        asst.local(&["threads", "create"]).ok();
        assert_eq!(proxy.lines(), Vec::<String>::new(), "--local");
    }
}

#[test]
fn loopback_uses_the_proxy_of_the_profile() {
    let proxy = behind();
    let asst = user("http://127.0.0.1:1/v1", &format!("proxy = \"{}\"", origin(&proxy)));
    asst.run(["assistants", "list"]).ok();
    assert_eq!(proxy.lines(), ["GET http://127.0.0.1:1/v1/assistants?limit=100"]);
}
