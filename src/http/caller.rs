//! Who may call a listener of this program: one who names it by a name that is its own, is no web page, and shows the key.

use reqwest::header::{AUTHORIZATION, HOST, HeaderMap, ORIGIN};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};

/// Whom a request is addressed to. A page of another site that has its name point here (DNS rebinding) still sends that
/// name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    Own,
    Missing,
    Foreign,
}

/// Returns whom a request is addressed to, by its headers and the authority of its target, if it has one. `address` is
/// where the listener is bound, `names` are its own beside those of loopback.
pub fn host(headers: &HeaderMap, authority: Option<&str>, address: SocketAddr, names: &[String]) -> Host {
    let named = headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
    let hosts: Vec<&str> = named.chain(authority).collect();
    match hosts.iter().all(|host| is_own(host, address, names)) {
        _ if hosts.is_empty() => Host::Missing,
        true => Host::Own,
        false => Host::Foreign,
    }
}

fn is_own(host: &str, address: SocketAddr, names: &[String]) -> bool {
    let name = match (host.strip_prefix('['), host.rsplit_once(':')) {
        (Some(v6), _) => v6.split(']').next().unwrap_or_default(),
        (None, Some((name, port))) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let named = |own: &str| own.eq_ignore_ascii_case(name) || own.eq_ignore_ascii_case(host);
    match name.parse::<IpAddr>() {
        // Behind an address that stands for all of them, only a name could be another's.
        Ok(ip) => ip.is_loopback() || ip == address.ip() || address.ip().is_unspecified(),
        Err(_) => named("localhost") || names.iter().any(|own| named(own)),
    }
}

/// Tells whether a web page makes the request.
pub fn is_page(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN)
}

/// Returns the key that a request shows as a bearer.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// Tells whether two keys are the same, in a time that says nothing about where they differ.
pub fn same_key(given: &str, wanted: &str) -> bool {
    // Digests take the same time to compare whatever was sent.
    let (given, wanted) = (Sha256::digest(given), Sha256::digest(wanted));
    given.iter().zip(wanted.iter()).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}
