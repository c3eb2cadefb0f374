//! TLS configurations with the root certificates of the system and of `ca_file`. They are built only for `https://`,
//! because loading the roots takes 2 ms
//! (docs/decisions/tls_on_demand.md).

use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::certificate::{self, RejectedCertificate};
use super::error::TransportError;
use super::pinned;
use crate::env::{text, vars};

/// Returns a configuration that trusts no certificate, for connections without encryption.
pub(super) fn without_roots() -> Result<ClientConfig, TransportError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(setup_error)?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// Returns a configuration that trusts the system's roots and the certificates in `ca_file`.
pub(super) fn with_roots(ca_file: Option<&Path>) -> Result<ClientConfig, TransportError> {
    let mut extra = match ca_file {
        Some(path) => certificates(path, "ca_file")?,
        None => Vec::new(),
    };
    // On other systems, the loader of the system's certificates reads the variable.
    if cfg!(any(target_vendor = "apple", windows))
        && let Some(path) = vars::get(vars::SSL_CERT_FILE)
    {
        extra.extend(certificates(Path::new(&path), vars::SSL_CERT_FILE)?);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra.iter().cloned(), provider.clone()).map_err(setup_error)?;
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(setup_error)?;
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(CertificateVerifier { verifier, trusted: extra }))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn setup_error(error: rustls::Error) -> TransportError {
    TransportError::Settings {
        reason: format!("TLS cannot be set up: {error}; name root certificates in SSL_CERT_FILE or `ca_file`"),
    }
}

fn certificates(path: &Path, setting: &str) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let refused = |why: String| TransportError::Settings { reason: format!("{setting} {}: {why}", path.display()) };
    let unread = |error: pem::Error| match error {
        pem::Error::Io(error) => refused(super::error::os_error_text(&error)),
        error => refused(error.to_string()),
    };
    let file = text::open_file_or_pipe(path).map_err(pem::Error::Io).map_err(unread)?;
    let found = CertificateDer::pem_reader_iter(BufReader::new(file)).collect::<Result<Vec<_>, _>>().map_err(unread)?;
    if found.is_empty() { Err(refused("contains no PEM certificate".to_owned())) } else { Ok(found) }
}

const TRUST_ITS_ISSUER: &str = "if a company proxy or a private authority issued it, name its certificate (PEM) in `ca_file` \
                                of the profile or in SSL_CERT_FILE";
const TRUST_IT: &str =
    "if it is the right server, name this certificate (PEM) in `ca_file` of the profile or in SSL_CERT_FILE";
const NAME_THE_HOST: &str = "make a certificate that names the host: `openssl req -x509 -newkey rsa:2048 -nodes -days 365 \
                             -keyout key.pem -out cert.pem -subj /CN=HOST -addext subjectAltName=DNS:HOST` (or IP:ADDRESS)";

/// The platform's certificate verifier with two additions. It accepts a server certificate that the user trusts
/// directly, and it reports the name of the issuer when it rejects a certificate.
#[derive(Debug)]
struct CertificateVerifier {
    verifier: Verifier,
    /// The certificates that the user configured.
    trusted: Vec<CertificateDer<'static>>,
}

impl CertificateVerifier {
    fn is_pinned(&self, certificate: &CertificateDer<'_>) -> bool {
        self.trusted.contains(certificate)
            // On systems whose loader reads the variable, the certificates are not in `trusted`.
            || vars::get(vars::SSL_CERT_FILE)
                .and_then(|path| certificates(Path::new(&path), vars::SSL_CERT_FILE).ok())
                .is_some_and(|named| named.contains(certificate))
    }
}

/// Returns `true` if the only problem is that a server certificate is marked as the certificate of an authority.
fn is_ca_certificate(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::Other(why)) if why.to_string() == "CaUsedAsEndEntity")
}

/// Returns the reason why a certificate is rejected, and a hint for the user.
fn reason_and_hint(why: &CertificateError) -> (String, Option<&'static str>) {
    match why {
        CertificateError::UnknownIssuer => {
            ("its certificate has an issuer that is not trusted".to_owned(), Some(TRUST_ITS_ISSUER))
        }
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            ("its certificate names no host (it has no subjectAltName)".to_owned(), Some(NAME_THE_HOST))
        }
        CertificateError::Other(other) => match other.to_string().as_str() {
            "CaUsedAsEndEntity" => {
                let reason = "its certificate is that of a certificate authority (CA:TRUE, as `openssl req -x509` \
                makes it), and is not trusted";
                (reason.to_owned(), Some(TRUST_IT))
            }
            "UnsupportedCertVersion" => {
                ("its certificate has an old version, which cannot name a host".to_owned(), Some(NAME_THE_HOST))
            }
            other => (format!("its certificate cannot be used: {other}"), None),
        },
        why => (why.to_string(), None),
    }
}

impl ServerCertVerifier for CertificateVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let verified = match verified {
            Err(error) if is_ca_certificate(&error) && self.is_pinned(end_entity) => {
                pinned::verify(end_entity, server_name, now).map(|()| ServerCertVerified::assertion())
            }
            verified => verified,
        };
        verified.map_err(|error| {
            let rustls::Error::InvalidCertificate(why) = &error else { return error };
            let (reason, advice) = reason_and_hint(why);
            let refused = RejectedCertificate { reason, issuer: certificate::issuer(end_entity), advice };
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
