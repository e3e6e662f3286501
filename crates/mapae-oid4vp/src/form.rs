//! `application/x-www-form-urlencoded`, read so that it has one reading: no parameter twice (RFC 6749 §3.1).

use crate::RequestFault;

/// Bytes of a form that is read at most: an answer with portraits, encrypted or not.
pub(crate) const MAX_LEN: usize = 2 << 20;
/// Parameters of a form at most.
const MAX_PARAMETERS: usize = 64;

/// The parameters of a form, or of the query of an address.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn parse(text: &str) -> Result<Self, RequestFault> {
        if text.len() > MAX_LEN {
            return Err(RequestFault::TooLong { len: text.len(), limit: MAX_LEN });
        }
        let mut form = Self(Vec::with_capacity(8));
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = decode(name).zip(decode(value)).ok_or(RequestFault::FormMalformed)?;
            form.add(name, value)?;
        }
        Ok(form)
    }

    fn add(&mut self, name: String, value: String) -> Result<(), RequestFault> {
        if self.get(&name).is_some() {
            return Err(RequestFault::ParameterTwice);
        }
        if self.0.len() == MAX_PARAMETERS {
            return Err(RequestFault::FormMalformed);
        }
        self.0.push((name, value));
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}

/// Undoes the encoding of a form.
fn decode(text: &str) -> Option<String> {
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
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Writes the parameters of a form or of a query.
pub(crate) struct FormWriter(String);

impl FormWriter {
    pub(crate) fn new() -> Self {
        Self(String::with_capacity(256))
    }

    /// Parameters after an address.
    pub(crate) fn after(address: &str) -> Self {
        Self(format!("{address}?"))
    }

    pub(crate) fn add(mut self, name: &str, value: &str) -> Self {
        if !(self.0.is_empty() || self.0.ends_with('?')) {
            self.0.push('&');
        }
        encode_into(name, &mut self.0);
        self.0.push('=');
        encode_into(value, &mut self.0);
        self
    }

    pub(crate) fn finish(self) -> String {
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
