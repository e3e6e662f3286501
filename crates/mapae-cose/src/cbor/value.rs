//! A CBOR item of any shape, for element values that the standards leave open.

use core::fmt;

use super::{CborError, Reader, TAG_DATE_TIME, TAG_FULL_DATE, Writer};

/// A CBOR item. It is mostly a claim about a person, so `Debug` shows its kind and not its content.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// An integer of major type 0 or 1.
    Int(i128),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text string.
    Text(String),
    /// An array.
    Array(Vec<Value>),
    /// A map, in the order received.
    Map(Vec<(Value, Value)>),
    /// A tagged item.
    Tag(u64, Box<Value>),
    /// `true` or `false`.
    Bool(bool),
    /// `null` or `undefined`.
    Null,
    /// A floating-point number.
    Float(f64),
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// `full-date = #6.1004(tstr)`.
    pub fn full_date(date: mapae_types::Date) -> Self {
        Self::Tag(TAG_FULL_DATE, Box::new(Self::Text(date.to_string())))
    }

    /// `tdate = #6.0(tstr)`.
    pub fn date_time(time: mapae_types::Timestamp) -> Self {
        Self::Tag(TAG_DATE_TIME, Box::new(Self::Text(time.to_string())))
    }

    /// Reads the one item that `bytes` consist of.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, CborError> {
        Reader::read_all(bytes, Reader::value)
    }

    /// The deterministic encoding.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.value(self);
        writer.into_bytes()
    }

    /// The JSON that stands for it (RFC 8949 §6.1): byte strings as unpadded base64url, tags dropped,
    /// keys as text, an integer beyond 64 bits and a number that JSON lacks as `null`.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Int(number) => i64::try_from(*number)
                .map(Json::from)
                .or_else(|_| u64::try_from(*number).map(Json::from))
                .unwrap_or(Json::Null),
            Self::Bytes(bytes) => Json::String(base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)),
            Self::Text(text) => Json::String(text.clone()),
            Self::Array(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => {
                let mut object = serde_json::Map::new();
                object.extend(entries.iter().map(|(k, v)| (k.key_text(), v.to_json())));
                Json::Object(object)
            }
            Self::Tag(_, item) => item.to_json(),
            Self::Bool(value) => Json::Bool(*value),
            Self::Null => Json::Null,
            Self::Float(number) => Json::from(*number),
        }
    }

    fn key_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => other.to_json().to_string(),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int(_) => "Int(…)",
            Self::Bytes(_) => "Bytes(…)",
            Self::Text(_) => "Text(…)",
            Self::Array(_) => "Array(…)",
            Self::Map(_) => "Map(…)",
            Self::Tag(..) => "Tag(…)",
            Self::Bool(_) => "Bool(…)",
            Self::Null => "Null",
            Self::Float(_) => "Float(…)",
        })
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
