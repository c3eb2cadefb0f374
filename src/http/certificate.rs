//! The issuer of a rejected certificate. rustls reports an unknown issuer without its name, but the name shows the user
//! that a company proxy intercepts the connection.

use std::fmt;

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

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OID: u8 = 0x06;
const VERSION: u8 = 0xa0;
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANISATION: &[u8] = &[0x55, 4, 10];

/// Returns the common name of the issuer, or its organisation, from a certificate in DER.
pub(super) fn issuer(certificate: &[u8]) -> Option<String> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut rest, _) = element(certificate)?;
    let (tag, _, after_version) = element(rest)?;
    if tag == VERSION {
        rest = after_version;
    }
    let (_, _, rest) = element(rest)?; // the serial number
    let (_, _, rest) = element(rest)?; // the signature algorithm
    let (_, names, _) = element(rest)?;
    attribute(names, COMMON_NAME).or_else(|| attribute(names, ORGANISATION))
}

fn attribute(mut names: &[u8], wanted: &[u8]) -> Option<String> {
    while let Some((tag, set, rest)) = element(names) {
        names = rest;
        let Some((SEQUENCE, pair, _)) = element(set).filter(|_| tag == SET) else { continue };
        if let Some((OID, oid, value)) = element(pair)
            && oid == wanted
        {
            let (_, text, _) = element(value)?;
            let text = super::escape_controls(&String::from_utf8_lossy(text));
            return Some(text).filter(|text| !text.is_empty());
        }
    }
    None
}

/// Splits off the first DER element. Returns its tag, its content, and the remaining bytes.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, mut rest) = rest.split_first()?;
    let mut length = usize::from(*first);
    if length > 0x7f {
        let count = length & 0x7f;
        if count == 0 || count > 4 {
            return None;
        }
        let (digits, after) = rest.split_at_checked(count)?;
        length = digits.iter().fold(0, |length, digit| (length << 8) | usize::from(*digit));
        rest = after;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag, 0x82];
        bytes.extend(u16::try_from(content.len()).expect("short").to_be_bytes());
        bytes.extend(content);
        bytes
    }

    fn name(oid: &[u8], text: &str) -> Vec<u8> {
        der(SET, &der(SEQUENCE, &[der(OID, oid), der(0x0c, text.as_bytes())].concat()))
    }

    #[test]
    fn the_issuer_is_found_and_garbage_is_survived() {
        let names = der(SEQUENCE, &[name(ORGANISATION, "Corp"), name(COMMON_NAME, "Corp TLS Inspection")].concat());
        let inner = [der(VERSION, &der(2, &[2])), der(2, &[1]), der(SEQUENCE, &[]), names].concat();
        let certificate = der(SEQUENCE, &der(SEQUENCE, &inner));
        assert_eq!(issuer(&certificate).as_deref(), Some("Corp TLS Inspection"));
        for end in 0..certificate.len() {
            assert_eq!(issuer(&certificate[..end]), None);
        }
        assert_eq!(issuer(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
