//! Authentication of requests to a listener of this program. A valid request names a host of the listener, does not
//! come from a web page, and carries the key.

use reqwest::header::{AUTHORIZATION, HOST, HeaderMap, ORIGIN};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};
use subtle::ConstantTimeEq;

/// The result of checking the host name in a request. The check protects against DNS rebinding: a web page whose name
/// resolves to this address still sends its own host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostCheck {
    Own,
    Missing,
    Foreign,
}

/// Checks the host that a request names in its headers and in the authority of its target. `address` is the bound
/// address of the listener. `names` are its host names other than the loopback ones.
pub fn check_host(headers: &HeaderMap, authority: Option<&str>, address: SocketAddr, names: &[String]) -> HostCheck {
    let named = headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
    let hosts: Vec<&str> = named.chain(authority).collect();
    match hosts.iter().all(|host| is_own(host, address, names)) {
        _ if hosts.is_empty() => HostCheck::Missing,
        true => HostCheck::Own,
        false => HostCheck::Foreign,
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
        // With a bound address of 0.0.0.0 or `::`, every IP address is accepted. DNS rebinding needs a name.
        Ok(ip) => ip.is_loopback() || ip == address.ip() || address.ip().is_unspecified(),
        Err(_) => named("localhost") || names.iter().any(|own| named(own)),
    }
}

/// Returns `true` if the request has an `Origin` header, which browsers add to requests of web pages.
pub fn is_from_web_page(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN)
}

/// Returns the bearer token of a request.
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// Returns `true` if two keys are equal. The time taken does not depend on the position of the first difference.
pub fn keys_are_equal(given: &str, wanted: &str) -> bool {
    // Digests have a fixed length, so the comparison takes the same time for every input.
    let (given, wanted) = (Sha256::digest(given), Sha256::digest(wanted));
    given.as_slice().ct_eq(wanted.as_slice()).into()
}
