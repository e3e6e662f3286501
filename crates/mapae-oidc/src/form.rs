//! Parameters, read so that they have one reading: none twice (RFC 6749 §3.1, §3.2).

use std::borrow::Cow;

pub(crate) use mapae_types::form::FormWriter;
use mapae_types::form::decode;

use crate::MessageFault;

/// Bytes of a query or form that we read at most.
const MAX_LEN: usize = 32 << 10;
/// Parameters at most.
const MAX_PARAMETERS: usize = 64;
/// Bytes of an identifier, a code or a nonce at most.
pub(crate) const MAX_ID: usize = 1024;

/// The parameters of a query or form.
pub(crate) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, MessageFault> {
        if text.len() > MAX_LEN {
            return Err(MessageFault::TooLong { limit: MAX_LEN });
        }
        let text = core::str::from_utf8(text).map_err(|_| MessageFault::NotForm)?;
        let mut form = Self(Vec::with_capacity(16));
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = decode(name).zip(decode(value)).ok_or(MessageFault::NotForm)?;
            form.add(name, value)?;
        }
        Ok(form)
    }

    fn add(&mut self, name: Cow<'a, str>, value: Cow<'a, str>) -> Result<(), MessageFault> {
        // RFC 8707 §2: `resource` alone may occur more than once; we read none of them.
        if name != "resource" && self.0.iter().any(|(found, _)| *found == name) {
            return Err(MessageFault::Repeated);
        }
        if self.0.len() == MAX_PARAMETERS {
            return Err(MessageFault::NotForm);
        }
        self.0.push((name, value));
        Ok(())
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
