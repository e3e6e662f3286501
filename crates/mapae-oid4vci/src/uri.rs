//! Addresses, as far as two parties must agree on them.

use crate::MessageFault;

/// The address without query and fragment.
pub(crate) fn target(uri: &str) -> &str {
    uri.split(['?', '#']).next().unwrap_or_default()
}

/// RFC 9449 §4.3 step 9: equal without query and fragment, after the normalisation of RFC 3986 §6.2.2 and §6.2.3.
pub(crate) fn same_target(a: &str, b: &str) -> bool {
    let (a, b) = (target(a), target(b));
    a == b || normal(a).is_some_and(|a| Some(a) == normal(b))
}

/// Scheme and host in lower case, no default port, a path, unreserved characters not encoded.
fn normal(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (scheme, authority) = (scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
    let port = if scheme == "http" { ":80" } else { ":443" };
    let authority = authority.strip_suffix(port).unwrap_or(&authority);
    let path = if path.is_empty() { "/".to_owned() } else { normal_path(path)? };
    Some(format!("{scheme}://{authority}{path}"))
}

fn normal_path(path: &str) -> Option<String> {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let byte = u8::from_str_radix(rest.get(at + 1..at + 3)?, 16).ok()?;
        out.push_str(&rest[..at]);
        match char::from(byte) {
            c if c.is_ascii_alphanumeric() || "-._~".contains(c) => out.push(c),
            // RFC 3986 §6.2.2.1: the digits of an escape in upper case.
            _ => out.push_str(&rest[at..at + 3].to_ascii_uppercase()),
        }
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    Some(out)
}

/// Whether a host and what follows it lead to this machine.
pub(crate) fn is_loopback(rest: &str) -> bool {
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
    ["localhost", "127.0.0.1"].contains(&host) || rest.starts_with("[::1]")
}

/// An address that somebody may be sent to or that is fetched: `https`, or `http` of this machine alone, where
/// somebody develops; no user, no fragment.
pub(crate) fn check_url(text: &str, name: &'static str) -> Result<(), MessageFault> {
    let fits = text.split_once("://").is_some_and(|(scheme, rest)| {
        let scheme_fits = scheme == "https" || (scheme == "http" && is_loopback(rest));
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        scheme_fits && !authority.is_empty() && !authority.contains('@')
    });
    if fits && is_plain(text) { Ok(()) } else { Err(MessageFault::Malformed { name }) }
}

/// RFC 3986 §2: no character that a URI may not have; none has a fragment (RFC 6749 §3.1.2). At most 2048.
pub(crate) fn is_plain(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_graphic() && !b"#\\\"<>^`{|}".contains(&b);
    text.len() <= 2048 && text.bytes().all(allowed)
}

/// Where a browser goes back to: `https`, this machine, or an app's own scheme (RFC 8252 §7), but none that a browser
/// would run.
pub(crate) fn check_redirect(text: &str) -> Result<(), MessageFault> {
    const NAME: &str = "redirect_uri";
    const RUN: [&str; 9] = ["javascript", "vbscript", "data", "file", "blob", "about", "ftp", "ws", "wss"];
    let malformed = MessageFault::Malformed { name: NAME };
    let (scheme, _) = text.split_once(':').ok_or(malformed.clone())?;
    let lower = scheme.to_ascii_lowercase();
    if ["http", "https"].contains(&lower.as_str()) {
        return check_url(text, NAME);
    }
    let own = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if own && !RUN.contains(&lower.as_str()) && is_plain(text) { Ok(()) } else { Err(malformed) }
}
