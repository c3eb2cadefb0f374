//! Verification of a server certificate that is itself in the list of trusted certificates.
//!
//! webpki does not accept the certificate of an authority as a server certificate, but plain `openssl req -x509`
//! creates one. curl, Python and Node accept such a certificate if it is among the trusted ones.

use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};
use x509_cert::der::Decode;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::ExtendedKeyUsage;

const SERVER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const ANY_USE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// Checks the validity period, the usage, and the names of a certificate that equals a trusted one byte for byte. Its
/// signature needs no check, and the handshake proves that the server holds its key.
pub(super) fn verify(certificate: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), Error> {
    let garbled = |_| Error::InvalidCertificate(CertificateError::BadEncoding);
    let read = x509_cert::Certificate::from_der(certificate).map_err(garbled)?.tbs_certificate;
    let (from, to) = (read.validity.not_before.to_unix_duration(), read.validity.not_after.to_unix_duration());
    if now.as_secs() < from.as_secs() {
        return Err(CertificateError::NotValidYet.into());
    }
    if now.as_secs() > to.as_secs() {
        return Err(CertificateError::Expired.into());
    }
    if let Some((_, ExtendedKeyUsage(uses))) = read.get().map_err(garbled)?
        && !uses.iter().any(|one| [SERVER, ANY_USE].contains(one))
    {
        return Err(CertificateError::InvalidPurpose.into());
    }
    verify_server_name(&ParsedCertificate::try_from(certificate)?, name)
}
