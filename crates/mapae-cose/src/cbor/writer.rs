//! Writing: shortest lengths, definite everywhere.

use core::convert::Infallible;

use minicbor::encode::{Encoder, Error};

use super::{TAG_ENCODED_CBOR, Value, float};

/// Builds CBOR in memory. Whoever writes a map gives its keys in the order of RFC 8949 §4.2.1 (bytewise
/// order of the encoded keys: shorter text first); [`Writer::value`] sorts by itself.
///
/// ```
/// let mut writer = mapae_cose::cbor::Writer::new();
/// writer.map(1).text("docType").text("org.iso.18013.5.1.mDL");
/// assert_eq!(writer.into_bytes()[..2], [0xa1, 0x67]);
/// ```
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty output.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// An empty output with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    fn put(&mut self, write: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Result<(), Error<Infallible>>) -> &mut Self {
        // Writing to memory cannot fail: the error type has no value.
        let _infallible = write(&mut Encoder::new(&mut self.0));
        self
    }

    /// An integer.
    pub fn int(&mut self, number: i64) -> &mut Self {
        self.put(|e| e.i64(number)?.ok())
    }

    /// An integer that is not negative.
    pub fn unsigned(&mut self, number: u64) -> &mut Self {
        self.put(|e| e.u64(number)?.ok())
    }

    /// A byte string.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.put(|e| e.bytes(bytes)?.ok())
    }

    /// A text string.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.put(|e| e.str(text)?.ok())
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.put(|e| e.bool(value)?.ok())
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.put(|e| e.null()?.ok())
    }

    /// The head of an array of `count` items, which follow.
    pub fn array(&mut self, count: usize) -> &mut Self {
        self.put(|e| e.array(count as u64)?.ok())
    }

    /// The head of a map of `count` entries, which follow as key and value in turn.
    pub fn map(&mut self, count: usize) -> &mut Self {
        self.put(|e| e.map(count as u64)?.ok())
    }

    /// The head of a tag, whose item follows.
    pub fn tag(&mut self, number: u64) -> &mut Self {
        self.put(|e| e.tag(minicbor::data::Tag::new(number))?.ok())
    }

    /// An item that is encoded already.
    pub fn raw(&mut self, item: &[u8]) -> &mut Self {
        self.0.extend_from_slice(item);
        self
    }

    /// `#6.24(bstr .cbor T)` around an encoded item.
    pub fn encoded_cbor(&mut self, item: &[u8]) -> &mut Self {
        self.tag(TAG_ENCODED_CBOR).bytes(item)
    }

    /// The head of a byte string of `length` bytes, which follow by [`Writer::raw`].
    pub fn bytes_head(&mut self, length: usize) -> &mut Self {
        self.put(|e| e.bytes_len(length as u64)?.ok())
    }

    /// A value of any kind; the entries of its maps are sorted.
    pub fn value(&mut self, value: &Value) -> &mut Self {
        match value {
            Value::Int(number) => self.big_int(*number),
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::Text(text) => self.text(text),
            Value::Bool(value) => self.bool(*value),
            Value::Null => self.null(),
            Value::Float(number) => self.float(*number),
            Value::Tag(number, item) => self.tag(*number).value(item),
            Value::Array(items) => {
                self.array(items.len());
                items.iter().fold(self, |writer, item| writer.value(item))
            }
            Value::Map(entries) => self.sorted_map(entries),
        }
    }

    fn big_int(&mut self, number: i128) -> &mut Self {
        // `Value::Int` comes from CBOR or from an i64, so it fits the 65 bits of major types 0 and 1.
        match minicbor::data::Int::try_from(number) {
            Ok(int) => self.put(|e| e.int(int)?.ok()),
            Err(_) => self.null(),
        }
    }

    /// The shortest form that keeps the value (RFC 8949 §4.1).
    fn float(&mut self, number: f64) -> &mut Self {
        if let Some(half) = float::to_half(number) {
            let [high, low] = half.to_be_bytes();
            return self.raw(&[float::HALF, high, low]);
        }
        #[expect(clippy::cast_possible_truncation, reason = "tried, and used only if nothing is lost")]
        let short = number as f32;
        if f64::from(short).to_bits() == number.to_bits() {
            self.put(|e| e.f32(short)?.ok())
        } else {
            self.put(|e| e.f64(number)?.ok())
        }
    }

    fn sorted_map(&mut self, entries: &[(Value, Value)]) -> &mut Self {
        let mut encoded: Vec<(Vec<u8>, &Value)> = entries.iter().map(|(key, value)| (key.to_cbor(), value)).collect();
        encoded.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        self.map(encoded.len());
        encoded.iter().fold(self, |writer, (key, value)| writer.raw(key).value(value))
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// What was written so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes were written so far.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was written yet.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
