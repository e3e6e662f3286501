//! Members of a JSON object, each of its type and within its bounds.

use mapae_jose::{Object, Value, json};

use crate::MessageFault;

/// Characters of an identifier, a code or a nonce at most.
pub(crate) const MAX_ID: usize = 1024;

/// Reads an object of at most `limit` bytes.
pub(crate) fn object(json: &[u8], limit: usize) -> Result<Object, MessageFault> {
    if json.len() > limit {
        return Err(MessageFault::TooLong { len: json.len(), limit });
    }
    Ok(json::parse_object(json)?)
}

/// A text that is not empty, of at most `max` bytes.
pub(crate) fn optional<'o>(
    object: &'o Object,
    name: &'static str,
    max: usize,
) -> Result<Option<&'o str>, MessageFault> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() && text.len() <= max => Ok(Some(text)),
        Some(_) => Err(MessageFault::Malformed { name }),
    }
}

/// As [`optional`], but it must be there.
pub(crate) fn required<'o>(object: &'o Object, name: &'static str, max: usize) -> Result<&'o str, MessageFault> {
    optional(object, name, max)?.ok_or(MessageFault::Missing { name })
}

/// Takes the text out of the object.
pub(crate) fn take(object: &mut Object, name: &'static str, max: usize) -> Result<Option<String>, MessageFault> {
    optional(object, name, max)?;
    Ok(object.remove(name).and_then(into_text))
}

/// An object within the object.
pub(crate) fn inner<'o>(object: &'o Object, name: &'static str) -> Result<Option<&'o Object>, MessageFault> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::Object(inner)) => Ok(Some(inner)),
        Some(_) => Err(MessageFault::Malformed { name }),
    }
}

/// A number of seconds.
pub(crate) fn seconds(object: &Object, name: &'static str) -> Result<Option<u64>, MessageFault> {
    match object.get(name) {
        None => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or(MessageFault::Malformed { name }),
    }
}

/// A text, if the value is one.
pub(crate) fn into_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Texts of an array that has at least one, each once.
pub(crate) fn texts(object: &Object, name: &'static str, max: usize) -> Result<Option<Vec<String>>, MessageFault> {
    let Some(value) = object.get(name) else { return Ok(None) };
    let malformed = || MessageFault::Malformed { name };
    let values = value.as_array().filter(|values| (1..=max).contains(&values.len())).ok_or_else(malformed)?;
    let text =
        |value: &Value| value.as_str().filter(|text| !text.is_empty() && text.len() <= MAX_ID).map(str::to_owned);
    let texts: Vec<String> = values.iter().map(text).collect::<Option<_>>().ok_or_else(malformed)?;
    let repeated = texts.iter().enumerate().any(|(place, text)| texts[..place].contains(text));
    if repeated { Err(malformed()) } else { Ok(Some(texts)) }
}
