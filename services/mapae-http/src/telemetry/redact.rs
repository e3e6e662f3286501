//! The last net before a line is written: what looks like a token, a key or a resident's number is taken out.

use std::borrow::Cow;

/// Letters from which a run of mixed letters and digits cannot be a word: a token of 96 bits has 16 in base64url. Ids of
/// documents, which operators need, are of lower case only.
const MIXED: usize = 16;

/// Letters from which a run cannot be an id of ours: a hash in hex has 64, in base32 52.
const LONG: usize = 40;

/// Stands for what was taken out.
const GONE: &str = "[redacted]";

/// The line without what looks like a secret.
pub fn redact(line: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    for run in runs(line) {
        if is_secret(&line[run.clone()]) {
            out.push_str(&line[kept..run.start]);
            out.push_str(GONE);
            kept = run.end;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(line);
    }
    out.push_str(&line[kept..]);
    Cow::Owned(out)
}

/// Runs of the letters of base64url, which are those of hex, base32 and numbers, too.
fn runs(line: &str) -> impl Iterator<Item = core::ops::Range<usize>> {
    let bytes = line.as_bytes();
    let mut at = 0;
    core::iter::from_fn(move || {
        let start = at + bytes.get(at..)?.iter().position(|byte| in_run(*byte))?;
        at = bytes.get(start..)?.iter().position(|byte| !in_run(*byte)).map_or(bytes.len(), |length| start + length);
        Some(start..at)
    })
}

const fn in_run(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_secret(run: &str) -> bool {
    is_resident_number(run) || is_token(run)
}

fn is_token(run: &str) -> bool {
    if run.len() < MIXED {
        return false;
    }
    let has = |kind: fn(&u8) -> bool| run.bytes().any(|byte| kind(&byte));
    let digits = has(u8::is_ascii_digit);
    let mixed = digits && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    mixed || (run.len() >= LONG && (digits || has(u8::is_ascii_uppercase)))
}

/// Six digits, perhaps a hyphen, seven digits.
fn is_resident_number(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    digits == 13 && (run.len() == 13 || (run.len() == 14 && run.as_bytes().get(6) == Some(&b'-')))
}
