//! Members of a JSON object, each of its type and within its bounds.

use mapae_jose::{Object, Value};
use mapae_types::Timestamp;

use crate::RequestFault;

/// Characters of a nonce, a state, a name at most.
pub(crate) const MAX_ID: usize = 512;

/// A text that is not empty, of at most `max` bytes.
pub(crate) fn optional<'o>(
    object: &'o Object,
    parameter: &'static str,
    max: usize,
) -> Result<Option<&'o str>, RequestFault> {
    match object.get(parameter) {
        None => Ok(None),
        Some(Value::String(text)) if (1..=max).contains(&text.len()) => Ok(Some(text)),
        Some(_) => Err(RequestFault::Malformed { parameter }),
    }
}

/// As [`optional`], but it must be there.
pub(crate) fn required<'o>(object: &'o Object, parameter: &'static str, max: usize) -> Result<&'o str, RequestFault> {
    optional(object, parameter, max)?.ok_or(RequestFault::Missing { parameter })
}

/// §5.2: a text of characters that a URL may have as they are.
pub(crate) fn url_safe<'o>(object: &'o Object, parameter: &'static str) -> Result<Option<&'o str>, RequestFault> {
    let text = optional(object, parameter, MAX_ID)?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    match text {
        Some(text) if !text.bytes().all(allowed) => Err(RequestFault::Malformed { parameter }),
        text => Ok(text),
    }
}

/// An array of one to `max` values.
pub(crate) fn list<'o>(
    object: &'o Object,
    parameter: &'static str,
    max: usize,
) -> Result<Option<&'o [Value]>, RequestFault> {
    match object.get(parameter) {
        None => Ok(None),
        Some(Value::Array(values)) if (1..=max).contains(&values.len()) => Ok(Some(values)),
        Some(_) => Err(RequestFault::Malformed { parameter }),
    }
}

/// An object within the object.
pub(crate) fn inner<'o>(object: &'o Object, parameter: &'static str) -> Result<Option<&'o Object>, RequestFault> {
    match object.get(parameter) {
        None => Ok(None),
        Some(Value::Object(inner)) => Ok(Some(inner)),
        Some(_) => Err(RequestFault::Malformed { parameter }),
    }
}

/// Seconds since 1970.
pub(crate) fn time(object: &Object, parameter: &'static str) -> Result<Option<Timestamp>, RequestFault> {
    let Some(value) = object.get(parameter) else { return Ok(None) };
    let read = value.as_i64().and_then(|seconds| Timestamp::from_unix(seconds).ok());
    read.map(Some).ok_or(RequestFault::Malformed { parameter })
}
