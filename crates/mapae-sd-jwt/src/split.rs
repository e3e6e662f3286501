//! The outer form: `<JWT>~<disclosure>~…~`, then a key-binding JWT or nothing (RFC 9901 §4).

use memchr::{memchr, memchr_iter};

use crate::{HolderFault, MAX_DISCLOSURES, MAX_LEN};

/// An SD-JWT cut at its tildes; nothing inside has been read.
pub(crate) struct Split<'a> {
    pub(crate) jwt: &'a str,
    pub(crate) disclosures: Vec<&'a str>,
    /// Up to and with the last `~`: what `sd_hash` covers (RFC 9901 §4.3.1).
    pub(crate) bound: &'a str,
    /// After the last `~`; may be empty.
    pub(crate) key_binding: &'a str,
}

pub(crate) fn split(text: &str) -> Result<Split<'_>, HolderFault> {
    if text.len() > MAX_LEN {
        return Err(HolderFault::TooLong { len: text.len(), limit: MAX_LEN });
    }
    let first = memchr(b'~', text.as_bytes()).ok_or(HolderFault::NotSdJwt)?;
    let (jwt, rest) = (&text[..first], &text[first + 1..]);
    let (middle, key_binding) = rest.rsplit_once('~').unwrap_or(("", rest));
    let disclosures = disclosures(middle, rest.len() > key_binding.len())?;
    let bound = &text[..text.len() - key_binding.len()];
    Ok(Split { jwt, disclosures, bound, key_binding })
}

fn disclosures(middle: &str, any: bool) -> Result<Vec<&str>, HolderFault> {
    if !any {
        return Ok(Vec::new());
    }
    let disclosures: Vec<_> = pieces(middle).take(MAX_DISCLOSURES + 1).collect();
    if disclosures.len() > MAX_DISCLOSURES {
        let found = middle.bytes().filter(|b| *b == b'~').count() + 1;
        return Err(HolderFault::TooManyDisclosures { found, limit: MAX_DISCLOSURES });
    }
    if disclosures.contains(&"") {
        return Err(HolderFault::NotSdJwt);
    }
    Ok(disclosures)
}

/// Between tildes. Portraits are long, and `str::split` looks at few characters at a time.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr_iter(b'~', text.as_bytes()).chain([text.len()]);
    ends.scan(0, |start, end| {
        let piece = &text[*start..end];
        *start = end + 1;
        Some(piece)
    })
}
