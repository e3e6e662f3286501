//! `application/x-www-form-urlencoded`, read so that it has one reading: no parameter twice (RFC 6749 §3.1, §3.2).

use std::borrow::Cow;

use crate::MessageFault;

/// Bytes of a form that we read at most.
const MAX_LEN: usize = 16 << 10;
/// Parameters of a form at most.
const MAX_PARAMETERS: usize = 32;

/// The parameters of a form.
pub(crate) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, MessageFault> {
        if body.len() > MAX_LEN {
            return Err(MessageFault::TooLong { len: body.len(), limit: MAX_LEN });
        }
        let text = core::str::from_utf8(body).map_err(|_| MessageFault::NotForm)?;
        let mut parameters = Vec::with_capacity(8);
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = decode(name).zip(decode(value)).ok_or(MessageFault::NotForm)?;
            add(&mut parameters, name, value)?;
        }
        Ok(Self(parameters))
    }

    /// A parameter of at most `max` bytes. RFC 6749 §3.1: one without a value counts as left out.
    pub(crate) fn optional(&self, name: &'static str, max: usize) -> Result<Option<&str>, MessageFault> {
        let value = self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_ref());
        match value.filter(|value| !value.is_empty()) {
            Some(value) if value.len() > max => Err(MessageFault::Malformed { name }),
            value => Ok(value),
        }
    }

    pub(crate) fn required(&self, name: &'static str, max: usize) -> Result<&str, MessageFault> {
        self.optional(name, max)?.ok_or(MessageFault::Missing { name })
    }

    /// As [`Form::optional`], as a text of its own.
    pub(crate) fn owned(&self, name: &'static str, max: usize) -> Result<Option<String>, MessageFault> {
        Ok(self.optional(name, max)?.map(str::to_owned))
    }
}

fn add<'a>(
    to: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>,
    name: Cow<'a, str>,
    value: Cow<'a, str>,
) -> Result<(), MessageFault> {
    // RFC 8707 §2: `resource` alone may occur more than once; we read none of them.
    if name != "resource" && to.iter().any(|(found, _)| *found == name) {
        return Err(MessageFault::Repeated { name: "a parameter" });
    }
    if to.len() == MAX_PARAMETERS {
        return Err(MessageFault::NotForm);
    }
    to.push((name, value));
    Ok(())
}

/// Undoes the encoding of a form; borrowed where nothing was encoded.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
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
pub(crate) struct FormWriter(String);

impl FormWriter {
    pub(crate) fn new() -> Self {
        Self(String::with_capacity(256))
    }

    /// Parameters after an address, which may have some already.
    pub(crate) fn after(address: &str) -> Self {
        let separator = match address.find('?') {
            None => "?",
            Some(at) if at + 1 == address.len() => "",
            Some(_) => "&",
        };
        Self(format!("{address}{separator}"))
    }

    pub(crate) fn add(mut self, name: &str, value: &str) -> Self {
        if !(self.0.is_empty() || self.0.ends_with(['?', '&'])) {
            self.0.push('&');
        }
        encode_into(name, &mut self.0);
        self.0.push('=');
        encode_into(value, &mut self.0);
        self
    }

    pub(crate) fn add_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.add(name, value),
            None => self,
        }
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
