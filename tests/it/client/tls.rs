//! A backend behind TLS (docs/design/client.md#transport): the certificates that the client trusts, and the errors for
//! other ones.

use crate::support::tcp_server::{TcpServer, read_head};
use crate::support::test_env::{Asst, Ran, shows};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

const KEY: &str = "sk-test-0123456789";

/// A backend with an empty list of assistants. Its certificate is for one name, from its own authority.
pub(crate) struct Secure {
    server: TcpServer,
    /// The authority's certificate.
    pub(crate) pem: String,
    heads: Arc<Mutex<Vec<String>>>,
}

/// An empty list.
const NOTHING: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 44\r\nconnection: close\r\n\r\n\
                       {\"object\":\"list\",\"data\":[],\"has_more\":false}";

impl Secure {
    pub(crate) fn named(name: &str) -> Self {
        Self::answering(name, NOTHING.to_owned())
    }

    /// Returns a backend that answers every request with this text.
    fn answering(name: &str, answer: String) -> Self {
        Self::with(certified(name), answer)
    }

    /// Returns a backend whose certificate is its own authority, like the output of plain `openssl req -x509`.
    fn of_itself(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut own = CertificateParams::new(names).unwrap();
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        own.distinguished_name.push(DnType::CommonName, "My Own");
        change(&mut own);
        let key = KeyPair::generate().unwrap();
        let own = own.self_signed(&key).unwrap();
        Self::with((own.pem(), config(own.der().clone(), &key)), NOTHING.to_owned())
    }

    fn with((pem, config): (String, Arc<ServerConfig>), answer: String) -> Self {
        let heads = Arc::default();
        let log = Arc::clone(&heads);
        // The client closes the connection during the handshake if it does not trust the certificate, so an error is
        // ignored.
        let server = TcpServer::new(move |stream| drop(serve(stream, Arc::clone(&config), &log, &answer)));
        Self { server, pem, heads }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// Returns the number of connections.
    pub(crate) fn tried(&self) -> usize {
        self.server.connections()
    }

    /// Returns the request line and the headers of each request.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Writes the certificate of the authority into the working folder of the commands.
    pub(crate) fn authority(&self, asst: &Asst) -> String {
        asst.file("authority.pem", &self.pem).to_string_lossy().into_owned()
    }
}

/// Returns the certificate of a new authority, and a server configuration with a certificate for this name.
fn certified(name: &str) -> (String, Arc<ServerConfig>) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Corp TLS Inspection");
    let key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new([name.to_owned()]).unwrap();
    leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    (root.pem(), config(leaf.der().clone(), &key))
}

fn config(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    Arc::new(config)
}

fn serve(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    heads: &Mutex<Vec<String>>,
    answer: &str,
) -> std::io::Result<()> {
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
    let Some(head) = read_head(&mut reader)? else { return Ok(()) };
    heads.lock().unwrap().push(head);
    let stream = reader.get_mut();
    stream.write_all(answer.as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// Returns a user whose profile has the server as this host, and additional lines.
fn user(server: &Secure, host: &str, lines: &str) -> Asst {
    let asst = Asst::new().env("WORK_KEY", KEY);
    let port = server.port();
    asst.config(&format!(
        "default_profile = \"work\"\n[profiles.work]\nbackend = \"openai\"\nbase_url = \"https://{host}:{port}/v1\"\n\
         api_key_env = \"WORK_KEY\"\n{lines}\n"
    ));
    asst
}

fn list(asst: &Asst) -> Ran {
    asst.run(["assistants", "list"])
}

/// Checks that the client tried one handshake and sent no request.
#[track_caller]
fn refused(server: &Secure) {
    assert_eq!((server.tried(), server.heads()), (1, vec![]), "what cannot pass was tried again");
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused_with_its_issuer() {
    let server = Secure::named("127.0.0.1");
    shows!(list(&user(&server, "127.0.0.1", "")), @r"
    --- stderr ---
    error: could not list assistants: unreachable
      caused by: cannot establish a secure connection to [host]: its certificate has an issuer that is not trusted (the certificate was issued by Corp TLS Inspection)
      hint: if a company proxy or a private authority issued it, name its certificate (PEM) in `ca_file` of the profile or in SSL_CERT_FILE
    exit 7
    ");
    refused(&server);
}

#[test]
fn a_create_with_an_untrusted_server_leaves_no_intent() {
    let server = Secure::named("127.0.0.1");
    let asst = user(&server, "127.0.0.1", "");
    asst.run(["threads", "create"]).code(7);
    refused(&server);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn an_authority_in_the_profile_is_trusted() {
    let server = Secure::named("127.0.0.1");
    let asst = user(&server, "127.0.0.1", "ca_file = \"authority.pem\"");
    // A relative path starts at the folder of the configuration.
    std::fs::write(asst.home().join("config/asst/authority.pem"), &server.pem).unwrap();
    list(&asst).ok();
    assert_eq!(server.heads().len(), 1);
    assert!(server.heads()[0].contains(&format!("Bearer {KEY}")), "{:?}", server.heads());
}

#[test]
fn an_authority_in_the_environment_is_trusted() {
    let server = Secure::named("127.0.0.1");
    let asst = user(&server, "127.0.0.1", "");
    let file = server.authority(&asst);
    list(&asst.env("SSL_CERT_FILE", file)).ok();
    assert_eq!(server.heads().len(), 1);
}

#[test]
fn a_certificate_of_another_authority_is_refused() {
    let (server, other) = (Secure::named("127.0.0.1"), Secure::named("127.0.0.1"));
    let asst = user(&server, "127.0.0.1", "");
    let file = other.authority(&asst);
    list(&asst.env("SSL_CERT_FILE", file)).code(7);
    refused(&server);
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let server = Secure::named("other.example");
    let asst = user(&server, "localhost", "");
    let file = server.authority(&asst);
    let ran = list(&asst.env("SSL_CERT_FILE", file)).code(7);
    for text in
        ["cannot establish a secure connection to localhost:", "not valid for name \"localhost\"", "other.example"]
    {
        assert!(ran.stderr.contains(text), "no `{text}` in:\n{}", ran.text());
    }
    refused(&server);
    let server = Secure::named("localhost");
    let asst = user(&server, "localhost", "");
    let file = server.authority(&asst);
    list(&asst.env("SSL_CERT_FILE", file)).ok();
}

#[test]
fn a_self_signed_ca_certificate_is_trusted_if_it_is_named() {
    let server = Secure::of_itself(&["127.0.0.1"], |_| {});
    shows!(list(&user(&server, "127.0.0.1", "")), @r"
    --- stderr ---
    error: could not list assistants: unreachable
      caused by: cannot establish a secure connection to [host]: its certificate is that of a certificate authority (CA:TRUE, as `openssl req -x509` makes it), and is not trusted (the certificate was issued by My Own)
      hint: if it is the right server, name this certificate (PEM) in `ca_file` of the profile or in SSL_CERT_FILE
    exit 7
    ");
    refused(&server);
    let asst = user(&server, "127.0.0.1", "ca_file = \"authority.pem\"");
    std::fs::write(asst.home().join("config/asst/authority.pem"), &server.pem).unwrap();
    list(&asst).ok();
    let asst = user(&server, "127.0.0.1", "");
    let file = server.authority(&asst);
    list(&asst.env("SSL_CERT_FILE", file)).ok();
    assert_eq!(server.heads().len(), 2);
}

#[test]
fn a_named_certificate_must_have_the_right_host_dates_and_usage() {
    use rcgen::ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
    type Change = fn(&mut CertificateParams);
    let table: [(&[&str], Change, &str); 6] = [
        (&["other.example"], |_| {}, "not valid for name"),
        (&[], |_| {}, "names no host (it has no subjectAltName)"),
        (&["127.0.0.1"], |own| own.not_after = rcgen::date_time_ymd(2020, 1, 1), "expired"),
        (&["127.0.0.1"], |own| own.not_before = rcgen::date_time_ymd(2999, 1, 1), "not valid yet"),
        (&["127.0.0.1"], |own| own.extended_key_usages = vec![ClientAuth], ""),
        (&["127.0.0.1"], |own| own.extended_key_usages = vec![ClientAuth, ServerAuth], "ok"),
    ];
    for (names, change, expected) in table {
        let server = Secure::of_itself(names, change);
        let asst = user(&server, "127.0.0.1", "");
        let file = server.authority(&asst);
        let ran = list(&asst.env("SSL_CERT_FILE", file));
        if expected == "ok" {
            ran.ok();
        } else {
            ran.code(7).says("cannot establish a secure connection").says(expected);
            refused(&server);
        }
    }
}

#[test]
fn another_self_signed_certificate_for_the_same_name_is_refused() {
    let (server, other) = (Secure::of_itself(&["127.0.0.1"], |_| {}), Secure::of_itself(&["127.0.0.1"], |_| {}));
    let asst = user(&server, "127.0.0.1", "");
    let file = other.authority(&asst);
    list(&asst.env("SSL_CERT_FILE", file)).code(7);
    refused(&server);
}

#[test]
fn an_authority_file_without_a_certificate_exits_2() {
    let server = Secure::named("127.0.0.1");
    let asst = user(&server, "127.0.0.1", "ca_file = \"~/desk/roots.pem\"");
    shows!(list(&asst), @r"
    --- stderr ---
    error: could not list assistants: usage
      caused by: ca_file [home]/desk/roots.pem: No such file or directory
    exit 2
    ");
    asst.file("roots.pem", "no certificate\n");
    shows!(list(&asst), @r"
    --- stderr ---
    error: could not list assistants: usage
      caused by: ca_file [home]/desk/roots.pem: contains no PEM certificate
    exit 2
    ");
    // The file is not read by a command that needs no connection.
    asst.run(["ledger", "list"]).ok();
    assert_eq!(server.tried(), 0);
}

#[test]
fn a_server_without_tls_is_reported() {
    let asst = Asst::new();
    let server = asst.serve(&["--store", "memory"]);
    let asst = asst.env("OPENAI_API_KEY", KEY).env("OPENAI_BASE_URL", server.url.replace("http://", "https://"));
    shows!(list(&asst), @r"
    --- stderr ---
    error: could not list assistants: unreachable
      caused by: cannot establish a secure connection to [host]: the server does not use TLS
      hint: the server may use plain HTTP, or may not be a web server: check the base URL
    exit 7
    ");
}

#[test]
fn a_redirect_from_https_to_http_is_refused() {
    let open = crate::support::mock_server::MockServer::scripted([]);
    let away = format!("HTTP/1.1 302 Found\r\nlocation: {}/assistants\r\ncontent-length: 0\r\n\r\n", open.url());
    let server = Secure::answering("127.0.0.1", away);
    let asst = user(&server, "127.0.0.1", "");
    let authority = server.authority(&asst);
    list(&asst.env("SSL_CERT_FILE", authority)).code(7).says("from https to unencrypted http");
    assert_eq!(open.lines().len(), 0);
}
