//! Writing `application/x-www-form-urlencoded` and queries, and undoing their encoding. What may stand in a form, and how
//! often, is each protocol's.

use std::borrow::Cow;

/// Undoes the encoding of a form; borrowed where nothing was encoded.
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|b| b == b'%' || b == b'+') {
        return Some(text.into());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let (byte, after) = match first {
            b'%' => (hex(*after.first()?)? << 4 | hex(*after.get(1)?)?, &after[2..]),
            b'+' => (b' ', after),
            other => (*other, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok().map(Into::into)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Writes the parameters of a form or of a query.
#[derive(Default)]
pub struct FormWriter(String);

impl FormWriter {
    /// No parameters yet: a form of its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Parameters after an address, which may have some already.
    pub fn after(address: &str) -> Self {
        let separator = match address.find('?') {
            None => "?",
            Some(at) if at + 1 == address.len() => "",
            Some(_) => "&",
        };
        Self(format!("{address}{separator}"))
    }

    /// Adds a parameter.
    #[must_use]
    pub fn add(mut self, name: &str, value: &str) -> Self {
        if !(self.0.is_empty() || self.0.ends_with(['?', '&'])) {
            self.0.push('&');
        }
        encode_into(name, &mut self.0);
        self.0.push('=');
        encode_into(value, &mut self.0);
        self
    }

    /// Adds a parameter that there may be.
    #[must_use]
    pub fn add_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.add(name, value),
            None => self,
        }
    }

    /// The text.
    pub fn finish(self) -> String {
        self.0
    }
}

/// Percent-encodes all but unreserved characters (RFC 3986 §2.3), which fits forms and queries alike.
fn encode_into(text: &str, out: &mut String) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }
}
