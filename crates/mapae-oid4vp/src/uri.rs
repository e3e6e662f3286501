//! Addresses, as far as a wallet must be able to say where something goes.

/// Characters of an address at most.
pub(crate) const MAX_URL: usize = 2048;

/// What follows `https://`, or `http://` of this machine alone, where somebody develops; `None` for every other address,
/// for one that names a user, and for one with characters that a URI may not have (RFC 3986 §2).
fn after_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = authority(rest);
    let allowed = |b: u8| b.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&b);
    let plain = url.len() <= MAX_URL && url.bytes().all(allowed);
    let fits = match scheme {
        "https" => true,
        "http" => is_loopback(authority),
        _ => false,
    };
    (plain && fits && !authority.is_empty() && !authority.contains('@')).then_some(rest)
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether requests may go there: no fragment, which no request carries (RFC 6749 §3.1.2).
pub(crate) fn is_endpoint(url: &str) -> bool {
    after_scheme(url).is_some() && !url.contains('#')
}

/// Whether a browser may be sent there; a fragment may carry the response code (OpenID4VP §8.2).
pub(crate) fn is_page(url: &str) -> bool {
    after_scheme(url).is_some()
}

/// Whether browsers write an origin so (RFC 6454 §6.2): scheme, host and a port that is not the scheme's own, no more.
pub(crate) fn is_origin(text: &str) -> bool {
    let (scheme, default) = if text.starts_with("https:") { ("https://", ":443") } else { ("http://", ":80") };
    let is_plain = |rest: &str| rest == authority(rest) && !rest.ends_with(default);
    after_scheme(text).is_some_and(is_plain)
        && text.starts_with(scheme)
        && !text.bytes().any(|b| b.is_ascii_uppercase())
}

/// The host of an address, without its port.
pub(crate) fn host(url: &str) -> Option<&str> {
    let authority = authority(after_scheme(url)?);
    match authority.strip_prefix('[') {
        Some(literal) => literal.split(']').next(),
        None => authority.split(':').next(),
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = authority.split(':').next().unwrap_or_default();
    ["localhost", "127.0.0.1"].contains(&host) || authority == "[::1]" || authority.starts_with("[::1]:")
}
