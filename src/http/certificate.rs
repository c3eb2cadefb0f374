//! The issuer of a rejected certificate. rustls reports an unknown issuer without its name, but the name shows the user
//! that a company proxy intercepts the connection.

use std::fmt;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::name::Name;

/// A certificate that the verifier rejected.
#[derive(Debug)]
pub(super) struct RejectedCertificate {
    pub(super) reason: String,
    pub(super) issuer: Option<String>,
    /// A hint for the user.
    pub(super) advice: Option<&'static str>,
}

impl fmt::Display for RejectedCertificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.reason)
    }
}

impl std::error::Error for RejectedCertificate {}

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");

/// Returns the common name of the issuer, or its organisation, from a certificate in DER.
pub(super) fn issuer(certificate: &[u8]) -> Option<String> {
    let issuer = Certificate::from_der(certificate).ok()?.tbs_certificate.issuer;
    attribute(&issuer, COMMON_NAME).or_else(|| attribute(&issuer, ORGANISATION))
}

/// Returns the text of an attribute of a name.
fn attribute(name: &Name, wanted: ObjectIdentifier) -> Option<String> {
    let attribute = name.0.iter().flat_map(|set| set.0.iter()).find(|attribute| attribute.oid == wanted)?;
    let text = super::escape_controls(&String::from_utf8_lossy(attribute.value.value()));
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    /// Returns a self-signed certificate, whose issuer is its subject.
    fn certificate(names: &[(DnType, &str)]) -> Vec<u8> {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        names.iter().for_each(|(kind, text)| params.distinguished_name.push(kind.clone(), *text));
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn the_issuer_is_the_common_name_or_else_the_organisation() {
        let both = [(DnType::OrganizationName, "Corp"), (DnType::CommonName, "Corp TLS Inspection")];
        assert_eq!(issuer(&certificate(&both)).as_deref(), Some("Corp TLS Inspection"));
        assert_eq!(issuer(&certificate(&both[..1])).as_deref(), Some("Corp"));
        assert_eq!(issuer(&certificate(&[(DnType::CommonName, "a\u{1b}[2Jb")])).as_deref(), Some(r"a\u{1b}[2Jb"));
        assert_eq!(issuer(&certificate(&[])), None);
    }

    #[test]
    fn a_damaged_certificate_has_no_issuer() {
        let whole = certificate(&[(DnType::CommonName, "Corp")]);
        for end in 0..whole.len() {
            assert_eq!(issuer(&whole[..end]), None, "{end} bytes");
        }
        assert_eq!(issuer(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
