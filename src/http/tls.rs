//! TLS: the system's roots and those of `ca_file`. Built only for `https://`, since loading the roots takes 2 ms
//! (PERFORMANCE.md 1).

use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::error::TransportError;
use super::issuer::{self, Refused};
use crate::env::{text, vars};

/// Returns a configuration that trusts nobody, for connections that are not encrypted.
pub(super) fn none() -> Result<ClientConfig, TransportError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(broken)?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// Returns a configuration that trusts the system's roots and those of the file.
pub(super) fn trusting(ca_file: Option<&Path>) -> Result<ClientConfig, TransportError> {
    let mut extra = match ca_file {
        Some(path) => certificates(path, "ca_file")?,
        None => Vec::new(),
    };
    // Elsewhere the platform's own loader reads the variable.
    if cfg!(any(target_vendor = "apple", windows))
        && let Some(path) = vars::get(vars::SSL_CERT_FILE)
    {
        extra.extend(certificates(Path::new(&path), vars::SSL_CERT_FILE)?);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra, provider.clone()).map_err(broken)?;
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(broken)?;
    let mut config =
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Naming(verifier))).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn broken(error: rustls::Error) -> TransportError {
    TransportError::Settings {
        reason: format!("TLS cannot be set up: {error}; SSL_CERT_FILE or `ca_file` can name roots"),
    }
}

fn certificates(path: &Path, setting: &str) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let refused = |why: String| TransportError::Settings { reason: format!("{setting} {}: {why}", path.display()) };
    let unread = |error: pem::Error| match error {
        pem::Error::Io(error) => refused(super::error::words(&error)),
        error => refused(error.to_string()),
    };
    let file = text::open_file_or_pipe(path).map_err(pem::Error::Io).map_err(unread)?;
    let found = CertificateDer::pem_reader_iter(BufReader::new(file)).collect::<Result<Vec<_>, _>>().map_err(unread)?;
    if found.is_empty() { Err(refused("holds no PEM certificate".to_owned())) } else { Ok(found) }
}

/// The platform's verifier, which keeps the issuer's name when it refuses.
#[derive(Debug)]
struct Naming(Verifier);

impl ServerCertVerifier for Naming {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(|error| {
            let rustls::Error::InvalidCertificate(why) = &error else { return error };
            let refused = Refused {
                reason: match why {
                    CertificateError::UnknownIssuer => {
                        "its certificate comes from nobody who is trusted here".to_owned()
                    }
                    _ => why.to_string(),
                },
                issuer: issuer::of(end_entity),
                // A self-signed authority in the place of a server comes out as the second.
                unknown_issuer: matches!(why, CertificateError::UnknownIssuer | CertificateError::Other(_)),
            };
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
