//! Writing: shortest lengths, definite everywhere.

use super::{TAG_ENCODED_CBOR, Value, float};

/// Major types (RFC 8949 §3.1).
const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
/// Whole items of major type 7 (RFC 8949 §3.3), and the first bytes of floats.
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;
const SINGLE: u8 = 0xfa;
const DOUBLE: u8 = 0xfb;

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

    /// The head of an item, its argument in the shortest form (RFC 8949 §4.2.1).
    fn head(&mut self, major: u8, argument: u64) -> &mut Self {
        let (major, bytes) = (major << 5, argument.to_be_bytes());
        match head_len(argument) {
            1 => self.raw(&[major | bytes[7]]),
            2 => self.raw(&[major | 0x18, bytes[7]]),
            3 => self.raw(&[major | 0x19, bytes[6], bytes[7]]),
            5 => self.raw(&[major | 0x1a]).raw(&bytes[4..]),
            _ => self.raw(&[major | 0x1b]).raw(&bytes),
        }
    }

    /// An integer.
    pub fn int(&mut self, number: i64) -> &mut Self {
        if number < 0 {
            self.head(NEGATIVE, !number.cast_unsigned())
        } else {
            self.head(UNSIGNED, number.cast_unsigned())
        }
    }

    /// An integer that is not negative.
    pub fn unsigned(&mut self, number: u64) -> &mut Self {
        self.head(UNSIGNED, number)
    }

    /// A byte string.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.head(BYTES, bytes.len() as u64).raw(bytes)
    }

    /// A text string.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.head(TEXT, text.len() as u64).raw(text.as_bytes())
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.raw(&[if value { TRUE } else { FALSE }])
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.raw(&[NULL])
    }

    /// The head of an array of `count` items, which follow.
    pub fn array(&mut self, count: usize) -> &mut Self {
        self.head(ARRAY, count as u64)
    }

    /// The head of a map of `count` entries, which follow as key and value in turn.
    pub fn map(&mut self, count: usize) -> &mut Self {
        self.head(MAP, count as u64)
    }

    /// The head of a tag, whose item follows.
    pub fn tag(&mut self, number: u64) -> &mut Self {
        self.head(TAG, number)
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
        self.head(BYTES, length as u64)
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
        match (u64::try_from(number), u64::try_from(-1 - number)) {
            (Ok(number), _) => self.head(UNSIGNED, number),
            (_, Ok(argument)) => self.head(NEGATIVE, argument),
            _ => self.null(),
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
            self.raw(&[SINGLE]).raw(&short.to_be_bytes())
        } else {
            self.raw(&[DOUBLE]).raw(&number.to_be_bytes())
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

/// The bytes of an item's head by its argument: an integer, or the length of a string, array or map.
pub const fn head_len(argument: u64) -> usize {
    match argument {
        0..=23 => 1,
        24..=0xff => 2,
        0x100..=0xffff => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => 9,
    }
}
