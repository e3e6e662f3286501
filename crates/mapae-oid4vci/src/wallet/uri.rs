//! The little of URIs that the wallet needs: which may be asked, their queries, forms.

use core::fmt::Write as _;

/// Whether an address may be asked: HTTPS, or plain HTTP on this very machine for development (OpenID4VCI §13.8).
pub(super) fn is_secure(url: &str) -> bool {
    let Some(authority) = authority(url) else { return false };
    let plain = authority.trim_start_matches('[');
    match url.split_once("://") {
        Some(("https", _)) => !plain.is_empty() && !authority.contains('@'),
        Some(("http", _)) => is_loopback(authority),
        _ => false,
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    matches!(host, "127.0.0.1" | "localhost" | "::1")
}

/// Host and port.
fn authority(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split(['/', '?', '#']).next()
}

/// Scheme, host and port: what a server's DPoP nonces belong to (RFC 9449 §8).
pub(super) fn origin(url: &str) -> &str {
    let end = authority(url).map_or(0, |authority| url.find("://").unwrap_or(0) + 3 + authority.len());
    &url[..end]
}

/// The well-known address of an identifier: inserted between host and path (OpenID4VCI §12.2.2, RFC 8414 §3).
pub(super) fn well_known(identifier: &str, name: &str) -> String {
    let origin = origin(identifier);
    let path = identifier[origin.len()..].trim_end_matches('/');
    format!("{origin}/.well-known/{name}{path}")
}

/// Without query and fragment (RFC 9449 §4.2: `htu`).
pub(super) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// The pairs of a query. `None` if an escape is broken or a name stands twice.
pub(super) fn query(uri: &str) -> Option<Vec<(String, String)>> {
    let text = uri.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default())?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        // RFC 6749 §3.1: parameters must not be included more than once.
        if pairs.iter().any(|(known, _)| *known == name) {
            return None;
        }
        pairs.push((name, decode(value)?));
    }
    Some(pairs)
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// `application/x-www-form-urlencoded`.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _written = write!(out, "%{byte:02X}");
        }
        out
    })
}
