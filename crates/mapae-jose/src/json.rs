//! JSON that has one reading (RFC 8259, with the choices that RFC 7493 recommends).
//!
//! A member named twice is refused at any depth, since two readers might take different ones; nesting is at most
//! [`MAX_DEPTH`]; nothing may follow the value; the text is UTF-8 without a byte-order mark and of limited length.
//! Numbers are as `serde_json` reads them: 64-bit integers, else a finite double.

use core::{cell::Cell, fmt};

use memchr::{memchr2, memchr2_iter};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
pub use serde_json::Value;
use serde_json::map::Entry;

/// A JSON object.
pub type Object = serde_json::Map<String, Value>;

/// How deep arrays and objects may nest. Credentials here need five.
pub const MAX_DEPTH: usize = 32;

/// Bytes that [`parse`] reads at most.
pub const MAX_LEN: usize = 1 << 20;

/// The input is not JSON that we accept. No text of the input is kept: it may be about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is longer than the limit.
    #[error("{len} bytes of JSON, over the limit of {limit}")]
    TooLong {
        /// Bytes given.
        len: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("not UTF-8 at byte {offset}")]
    NotUtf8 {
        /// The first byte that does not fit.
        offset: usize,
    },
    /// Not JSON, cut short, or a number that no double can hold.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Arrays and objects nest too deeply.
    #[error("JSON nested more than {limit} deep")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
    /// An object names a member twice (RFC 8259 §4 leaves the meaning open).
    #[error("a member named twice at line {line}, column {column}")]
    DuplicateName {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Something follows the value.
    #[error("bytes after the JSON value at line {line}, column {column}")]
    Trailing {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Another value where an object is required.
    #[error("JSON, but not an object")]
    NotAnObject,
}

/// Reads one JSON value of at most [`MAX_LEN`] bytes.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    parse_within(bytes, MAX_LEN)
}

/// Reads one JSON value that must be an object.
pub fn parse_object(bytes: &[u8]) -> Result<Object, JsonError> {
    match parse(bytes)? {
        Value::Object(object) => Ok(object),
        _ => Err(JsonError::NotAnObject),
    }
}

/// An object of these members. To collect them would be to sort them first, and each kind of iterator would bring a sort
/// of its own, which is more code than the rest of what makes an object.
pub fn object<'n>(members: impl IntoIterator<Item = (&'n str, Value)>) -> Object {
    let mut object = Object::new();
    for (name, value) in members {
        object.insert(name.to_owned(), value);
    }
    object
}

/// Reads one JSON value of at most `limit` bytes.
pub fn parse_within(bytes: &[u8], limit: usize) -> Result<Value, JsonError> {
    if bytes.len() > limit {
        return Err(JsonError::TooLong { len: bytes.len(), limit });
    }
    // Checked once here, so that the reader need not check each string again.
    let text = simdutf8::basic::from_utf8(bytes).map_err(|_| JsonError::NotUtf8 { offset: valid_up_to(bytes) })?;
    let fault = Cell::new(Fault::Syntax);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, fault: &fault }.deserialize(&mut reader).map_err(|e| fault.get().at(&e))?;
    reader.end().map_err(|e| Fault::Trailing.at(&e))?;
    Ok(value)
}

/// Reads an array of `N` texts without escapes, written without white space. That is how most disclosures are written,
/// and this sees many bytes at a time, which tells for a portrait. `None` says nothing: [`parse`] reads whatever it is.
pub fn parse_plain_texts<const N: usize>(bytes: &[u8]) -> Option<[&str; N]> {
    const { assert!(N > 0) };
    let text = simdutf8::basic::from_utf8(bytes).ok()?;
    // An escape is met before the quote that would end its text, and is none.
    let mut marks = memchr2_iter(b'"', b'\\', bytes);
    let mut quote = || marks.next().filter(|at| bytes[*at] == b'"');
    let (mut texts, mut end) = ([""; N], 0);
    for (i, place) in texts.iter_mut().enumerate() {
        let start = quote()?;
        let before: &[u8] = if i == 0 { b"[" } else { b"\"," };
        if bytes[end..start] != *before {
            return None;
        }
        end = quote()?;
        *place = &text[start + 1..end];
    }
    (bytes[end..] == *b"\"]" && !has_control(bytes)).then_some(texts)
}

/// Whether there is a control character, which JSON only has in escapes.
fn has_control(bytes: &[u8]) -> bool {
    bytes.iter().fold(u8::MAX, |least, b| least.min(*b)) < b' '
}

/// The fast check tells no place.
fn valid_up_to(bytes: &[u8]) -> usize {
    core::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len)
}

/// Appends a value as JSON without white space.
pub fn append(value: &(impl serde::Serialize + ?Sized), out: &mut Vec<u8>) {
    let written = serde_json::to_writer(out, value);
    debug_assert!(written.is_ok(), "strings, numbers and string-keyed maps always have a form in JSON");
}

/// Appends a text as a JSON string. `serde_json` looks at its bytes one by one; here the common case, nothing to
/// escape, is seen many bytes at a time, which tells for a portrait of ten thousand characters.
pub fn append_text(text: &str, out: &mut Vec<u8>) {
    if has_control(text.as_bytes()) || memchr2(b'"', b'\\', text.as_bytes()).is_some() {
        return append(text, out);
    }
    // The quotes, and the comma or bracket that follows: growing for it would move the text.
    out.reserve(text.len() + 4);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Appends texts as a JSON array without white space.
pub fn append_texts<T: AsRef<str>>(texts: &[T], out: &mut Vec<u8>) {
    list(*b"[]", texts, out, |text, out| append_text(text.as_ref(), out));
}

/// Appends a value as JSON without white space, its texts by [`append_text`].
pub fn append_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => append_text(text, out),
        Value::Object(object) => append_object(object, out),
        Value::Array(elements) => list(*b"[]", elements, out, append_value),
        other => append(other, out),
    }
}

/// Appends an object as JSON without white space, its texts by [`append_text`].
pub fn append_object(object: &Object, out: &mut Vec<u8>) {
    list(*b"{}", object, out, |(name, value), out| {
        append_text(name, out);
        out.push(b':');
        append_value(value, out);
    });
}

fn list<T>(brackets: [u8; 2], items: impl IntoIterator<Item = T>, out: &mut Vec<u8>, each: impl Fn(T, &mut Vec<u8>)) {
    out.push(brackets[0]);
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        each(item, out);
    }
    out.push(brackets[1]);
}

/// A value as JSON without white space.
pub fn to_vec(value: &(impl serde::Serialize + ?Sized)) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    append(value, &mut out);
    out
}

/// What went wrong, noted beside serde's error, which can only carry a sentence.
#[derive(Clone, Copy)]
enum Fault {
    Syntax,
    TooDeep,
    DuplicateName,
    Trailing,
}

impl Fault {
    fn at(self, error: &serde_json::Error) -> JsonError {
        let (line, column) = (error.line(), error.column());
        match self {
            Self::Syntax => JsonError::Syntax { line, column },
            Self::TooDeep => JsonError::TooDeep { limit: MAX_DEPTH },
            Self::DuplicateName => JsonError::DuplicateName { line, column },
            Self::Trailing => JsonError::Trailing { line, column },
        }
    }
}

/// Reads a value below `depth` open arrays and objects.
#[derive(Clone, Copy)]
struct Strict<'f> {
    depth: usize,
    fault: &'f Cell<Fault>,
}

impl Strict<'_> {
    fn fail<E: serde::de::Error>(self, fault: Fault) -> E {
        self.fault.set(fault);
        E::custom("refused")
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fail(Fault::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Object::new();
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Vacant(place) => place.insert(members.next_value_seed(inner)?),
                Entry::Occupied(_) => return Err(self.fail(Fault::DuplicateName)),
            };
        }
        Ok(Value::Object(object))
    }
}
