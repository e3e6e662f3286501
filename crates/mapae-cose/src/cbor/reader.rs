//! Reading: a cursor over borrowed bytes that refuses whatever could be understood in two ways.

use core::cmp::Ordering;

use minicbor::decode::{Decoder, Error};

use super::{CborError, MAX_DEPTH, TAG_ENCODED_CBOR, Value, float};

const NULL: u8 = 0xf6;
/// Room for the keys of a map before any is read. What the head of a map promises is not allocated: maps that
/// promise much could stand inside one another.
const USUAL_KEYS: usize = 32;

/// A cursor over one CBOR item and the items inside it.
pub struct Reader<'b> {
    decoder: Decoder<'b>,
    depth: u8,
}

/// The kind of the next item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Major types 0 and 1.
    Int,
    /// Major type 2.
    Bytes,
    /// Major type 3.
    Text,
    /// Major type 4.
    Array,
    /// Major type 5.
    Map,
    /// Major type 6.
    Tag,
    /// `true` or `false`.
    Bool,
    /// `null` or `undefined`.
    Null,
    /// A float of 16, 32 or 64 bits.
    Float,
}

/// A map key, ordered as its deterministic encoding is (RFC 8949 §4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'b> {
    /// An integer label.
    Int(i64),
    /// A text label.
    Text(&'b str),
}

impl Key<'_> {
    /// Integers before text, those that are not negative first, shorter text first.
    fn rank(&self) -> (u8, u64, &str) {
        match *self {
            Self::Int(number) if number >= 0 => (0, number.unsigned_abs(), ""),
            Self::Int(number) => (1, number.unsigned_abs(), ""),
            Self::Text(text) => (2, text.len() as u64, text),
        }
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Reads the value of a map's entry.
type Entry<'f, 'b, E> = dyn FnMut(&mut Reader<'b>, Key<'b>) -> Result<(), E> + 'f;

/// The keys of a map that is being read.
struct Keys<'b> {
    left: usize,
    read: Vec<Key<'b>>,
}

impl<'b> Reader<'b> {
    /// Starts at the first byte of `bytes`.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { decoder: Decoder::new(bytes), depth: 0 }
    }

    /// Reads the one item that `bytes` consist of: `read` consumes it, nothing may follow.
    pub fn read_all<T, E: From<CborError>>(
        bytes: &'b [u8],
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reader = Self::new(bytes);
        let value = read(&mut reader)?;
        reader.end()?;
        Ok(value)
    }

    /// The offset of the next item.
    pub fn position(&self) -> usize {
        self.decoder.position()
    }

    /// Succeeds if everything was read.
    pub fn end(&self) -> Result<(), CborError> {
        let at = self.position();
        if at == self.decoder.input().len() { Ok(()) } else { Err(CborError::Trailing(at)) }
    }

    /// The kind of the next item, which must have a definite length.
    pub fn kind(&self) -> Result<Kind, CborError> {
        let at = self.position();
        let first = *self.decoder.input().get(at).ok_or(CborError::Truncated(at))?;
        match (first >> 5, first & 0x1f) {
            (2..=5, 31) => Err(CborError::Indefinite(at)),
            (0..=6, 28..) => Err(CborError::Malformed(at)),
            (0 | 1, _) => Ok(Kind::Int),
            (2, _) => Ok(Kind::Bytes),
            (3, _) => Ok(Kind::Text),
            (4, _) => Ok(Kind::Array),
            (5, _) => Ok(Kind::Map),
            (6, _) => Ok(Kind::Tag),
            (_, 20 | 21) => Ok(Kind::Bool),
            (_, 22 | 23) => Ok(Kind::Null),
            (_, 25..=27) => Ok(Kind::Float),
            _ => Err(CborError::Malformed(at)),
        }
    }

    fn expect(&self, kind: Kind) -> Result<usize, CborError> {
        let at = self.position();
        if self.kind()? == kind { Ok(at) } else { Err(CborError::Unexpected(at)) }
    }

    /// An integer of 64 bits with sign.
    pub fn int(&mut self) -> Result<i64, CborError> {
        let at = self.expect(Kind::Int)?;
        self.decoder
            .i64()
            .map_err(|e| if e.is_end_of_input() { CborError::Truncated(at) } else { CborError::Range(at) })
    }

    /// An integer that is not negative.
    pub fn unsigned(&mut self) -> Result<u64, CborError> {
        let at = self.position();
        u64::try_from(self.int()?).map_err(|_| CborError::Range(at))
    }

    /// A byte string.
    pub fn bytes(&mut self) -> Result<&'b [u8], CborError> {
        let at = self.expect(Kind::Bytes)?;
        self.decoder.bytes().map_err(|_| CborError::Truncated(at))
    }

    /// A text string.
    pub fn text(&mut self) -> Result<&'b str, CborError> {
        let at = self.expect(Kind::Text)?;
        self.decoder.str().map_err(|e| if e.is_end_of_input() { CborError::Truncated(at) } else { CborError::Utf8(at) })
    }

    /// `true` or `false`.
    pub fn bool(&mut self) -> Result<bool, CborError> {
        let at = self.expect(Kind::Bool)?;
        self.decoder.bool().map_err(|_| CborError::Malformed(at))
    }

    /// Consumes the next item if it is `null` and says whether it was. `undefined` is another item: were it
    /// taken for `null`, two encodings would be one COSE structure.
    pub fn null(&mut self) -> Result<bool, CborError> {
        let is_null = self.kind()? == Kind::Null && self.decoder.input()[self.position()] == NULL;
        if is_null {
            self.pass_simple();
        }
        Ok(is_null)
    }

    /// Passes over an item of one byte.
    fn pass_simple(&mut self) {
        self.decoder.set_position(self.position() + 1);
    }

    fn float(&mut self) -> Result<f64, CborError> {
        let at = self.expect(Kind::Float)?;
        if self.decoder.input()[at] != float::HALF {
            return self.decoder.f64().map_err(|e| truncated_or(&e, at, CborError::Malformed));
        }
        let bits = self.decoder.input().get(at + 1..at + 3).and_then(|bytes| bytes.try_into().ok());
        let bits = bits.map(u16::from_be_bytes).ok_or(CborError::Truncated(at))?;
        self.decoder.set_position(at + 3);
        Ok(float::from_half(bits))
    }

    fn tag_number(&mut self) -> Result<u64, CborError> {
        let at = self.expect(Kind::Tag)?;
        self.decoder.tag().map(Into::into).map_err(|e| truncated_or(&e, at, CborError::Malformed))
    }

    /// Reads what stands under tag `number`.
    pub fn tagged<T, E: From<CborError>>(
        &mut self,
        number: u64,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let at = self.position();
        if self.tag_number()? != number {
            return Err(CborError::Unexpected(at).into());
        }
        self.nested(at, read)
    }

    /// `#6.24(bstr .cbor T)`: the item as received, tag and all, and the bytes inside.
    pub fn encoded_cbor(&mut self) -> Result<(&'b [u8], &'b [u8]), CborError> {
        let start = self.position();
        let inner = self.tagged(TAG_ENCODED_CBOR, Self::bytes)?;
        Ok((self.since(start), inner))
    }

    /// An array: `read` consumes exactly as many items as it is told there are.
    pub fn array<T, E: From<CborError>>(
        &mut self,
        read: impl FnOnce(&mut Self, usize) -> Result<T, E>,
    ) -> Result<T, E> {
        let count = self.open_array()?;
        let value = read(self, count)?;
        self.depth -= 1;
        Ok(value)
    }

    fn open_array(&mut self) -> Result<usize, CborError> {
        let at = self.expect(Kind::Array)?;
        let length = self.decoder.array();
        let count = self.plausible(length, at, 1)?;
        self.enter(at)?;
        Ok(count)
    }

    /// An array whose items are all read alike.
    pub fn list<T, E: From<CborError>>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let mut items = Vec::new();
        self.items::<E>(&mut |reader| {
            items.push(read(reader)?);
            Ok(())
        })?;
        Ok(items)
    }

    /// One loop for all arrays, not one for each: it is there once in a page.
    fn items<E: From<CborError>>(&mut self, item: &mut dyn FnMut(&mut Self) -> Result<(), E>) -> Result<(), E> {
        for _ in 0..self.open_array()? {
            item(self)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// A map: `entry` is called with each key and consumes its value. A key that occurs twice is refused.
    pub fn map<E: From<CborError>>(
        &mut self,
        mut entry: impl FnMut(&mut Self, Key<'b>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.entries(&mut entry)
    }

    /// One loop for all maps, as for arrays.
    fn entries<E: From<CborError>>(&mut self, entry: &mut Entry<'_, 'b, E>) -> Result<(), E> {
        let mut keys = self.open_map()?;
        while let Some(key) = self.next_key(&mut keys)? {
            entry(self, key)?;
        }
        Ok(())
    }

    fn open_map(&mut self) -> Result<Keys<'b>, CborError> {
        let at = self.expect(Kind::Map)?;
        let length = self.decoder.map();
        let left = self.plausible(length, at, 2)?;
        self.enter(at)?;
        Ok(Keys { left, read: Vec::with_capacity(left.min(USUAL_KEYS)) })
    }

    /// The next key of a map; after the last, the map is left.
    fn next_key(&mut self, keys: &mut Keys<'b>) -> Result<Option<Key<'b>>, CborError> {
        if keys.left == 0 {
            self.depth -= 1;
            return self.refuse_duplicates(&mut keys.read).map(|()| None);
        }
        keys.left -= 1;
        let key = self.key()?;
        keys.read.push(key);
        Ok(Some(key))
    }

    fn refuse_duplicates(&self, keys: &mut [Key<'b>]) -> Result<(), CborError> {
        // Most writers sort as we do, so the sort below rarely runs.
        if !keys.is_sorted_by(|a, b| a < b) {
            keys.sort_unstable();
            if keys.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(CborError::DuplicateKey(self.position()));
            }
        }
        Ok(())
    }

    fn key(&mut self) -> Result<Key<'b>, CborError> {
        match self.kind()? {
            Kind::Int => self.int().map(Key::Int),
            Kind::Text => self.text().map(Key::Text),
            _ => Err(CborError::KeyKind(self.position())),
        }
    }

    /// A length is believed only if the rest of the input could hold it.
    fn plausible(&self, length: Result<Option<u64>, Error>, at: usize, bytes_each: usize) -> Result<usize, CborError> {
        let length =
            length.map_err(|e| truncated_or(&e, at, CborError::Malformed))?.ok_or(CborError::Indefinite(at))?;
        let rest = self.decoder.input().len() - self.position();
        let count = usize::try_from(length).map_err(|_| CborError::Truncated(at))?;
        if count > rest / bytes_each { Err(CborError::Truncated(at)) } else { Ok(count) }
    }

    fn nested<T, E: From<CborError>>(
        &mut self,
        at: usize,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.enter(at)?;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn enter(&mut self, at: usize) -> Result<(), CborError> {
        if self.depth == MAX_DEPTH {
            return Err(CborError::TooDeep(at));
        }
        self.depth += 1;
        Ok(())
    }

    /// Passes over one item, holding it to the same rules as everything that is read, and gives its bytes.
    pub fn skip(&mut self) -> Result<&'b [u8], CborError> {
        let start = self.position();
        match self.kind()? {
            Kind::Int => drop(self.any_int()?),
            Kind::Bytes => drop(self.bytes()?),
            Kind::Text => drop(self.text()?),
            Kind::Bool => drop(self.bool()?),
            Kind::Null => self.pass_simple(),
            Kind::Float => drop(self.float()?),
            Kind::Array => self.array(|r, count| (0..count).try_for_each(|_| r.skip().map(drop)))?,
            Kind::Map => self.map(|r, _| r.skip().map(drop))?,
            Kind::Tag => {
                self.tag_number()?;
                self.nested(start, |r| r.skip().map(drop))?;
            }
        }
        Ok(self.since(start))
    }

    /// The bytes from `start` up to the next item.
    pub fn since(&self, start: usize) -> &'b [u8] {
        &self.decoder.input()[start..self.position()]
    }

    fn any_int(&mut self) -> Result<i128, CborError> {
        let at = self.position();
        self.decoder.int().map(Into::into).map_err(|e| truncated_or(&e, at, CborError::Range))
    }

    /// One item of any kind, copied.
    pub fn value(&mut self) -> Result<Value, CborError> {
        let at = self.position();
        Ok(match self.kind()? {
            Kind::Int => Value::Int(self.any_int()?),
            Kind::Bytes => Value::Bytes(self.bytes()?.to_vec()),
            Kind::Text => Value::Text(self.text()?.to_owned()),
            Kind::Bool => Value::Bool(self.bool()?),
            Kind::Float => Value::Float(self.float()?),
            Kind::Array => Value::Array(self.list(Self::value)?),
            Kind::Map => Value::Map(self.value_map()?),
            Kind::Null => {
                self.pass_simple();
                Value::Null
            }
            Kind::Tag => {
                let number = self.tag_number()?;
                Value::Tag(number, Box::new(self.nested(at, Self::value)?))
            }
        })
    }

    fn value_map(&mut self) -> Result<Vec<(Value, Value)>, CborError> {
        let mut entries = Vec::new();
        self.map(|reader, key| {
            let key = match key {
                Key::Int(number) => Value::Int(number.into()),
                Key::Text(text) => Value::Text(text.to_owned()),
            };
            entries.push((key, reader.value()?));
            Ok::<_, CborError>(())
        })?;
        Ok(entries)
    }
}

fn truncated_or(error: &Error, at: usize, other: fn(usize) -> CborError) -> CborError {
    if error.is_end_of_input() { CborError::Truncated(at) } else { other(at) }
}
