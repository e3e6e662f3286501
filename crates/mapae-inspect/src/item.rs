//! CBOR items with their places: what `mapae_cose::cbor::Value` is, borrowed and with offsets.

use core::ops::Range;

use mapae_cose::cbor::{CborError, Key, Kind, Reader, Value};

use crate::view::Budget;

/// An item and where it starts and ends in the bytes that were read.
pub(crate) struct Item<'b> {
    pub(crate) range: Range<usize>,
    pub(crate) data: Data<'b>,
}

/// What an item is.
pub(crate) enum Data<'b> {
    Bytes(&'b [u8]),
    Text(&'b str),
    Array(Vec<Item<'b>>),
    Map(Vec<(Key<'b>, Item<'b>)>),
    Tag(u64, Box<Item<'b>>),
    /// Integers, floats, `true`, `false`, `null`.
    Scalar(Value),
    /// Left out, since the tree is large enough.
    CutOff,
}

impl<'b> Item<'b> {
    /// Reads the one item that `bytes` consist of.
    pub(crate) fn read_all(bytes: &'b [u8], budget: &mut Budget) -> Result<Self, CborError> {
        Reader::read_all(bytes, |reader| read(bytes, reader, budget))
    }

    /// The content: what its head and tags announce.
    pub(crate) fn content(&self) -> Range<usize> {
        match &self.data {
            Data::Bytes(bytes) => self.range.end - bytes.len()..self.range.end,
            Data::Text(text) => self.range.end - text.len()..self.range.end,
            Data::Tag(_, inner) => inner.content(),
            Data::Array(items) => items.first().map_or(self.range.end, |item| item.range.start)..self.range.end,
            Data::Map(_) | Data::Scalar(_) | Data::CutOff => self.range.clone(),
        }
    }
}

fn read<'b>(bytes: &'b [u8], reader: &mut Reader<'b>, budget: &mut Budget) -> Result<Item<'b>, CborError> {
    let start = reader.position();
    if !budget.take(1) {
        reader.skip()?;
        return Ok(Item { range: start..reader.position(), data: Data::CutOff });
    }
    let data = match reader.kind()? {
        Kind::Bytes => Data::Bytes(reader.bytes()?),
        Kind::Text => Data::Text(reader.text()?),
        Kind::Array => Data::Array(read_array(bytes, reader, budget)?),
        Kind::Map => Data::Map(read_map(bytes, reader, budget)?),
        Kind::Tag => {
            let number = tag_number(bytes.get(start..).unwrap_or_default());
            Data::Tag(number, reader.tagged(number, |reader| read(bytes, reader, budget).map(Box::new))?)
        }
        _ => Data::Scalar(Value::from_cbor(reader.skip()?)?),
    };
    Ok(Item { range: start..reader.position(), data })
}

/// Items are kept up to the first that is cut off.
fn read_array<'b>(bytes: &'b [u8], reader: &mut Reader<'b>, budget: &mut Budget) -> Result<Vec<Item<'b>>, CborError> {
    let mut items = Vec::new();
    reader.array(|reader, count| {
        for _ in 0..count {
            let item = read(bytes, reader, budget)?;
            if !items.last().is_some_and(Item::is_cut_off) {
                items.push(item);
            }
        }
        Ok::<_, CborError>(())
    })?;
    Ok(items)
}

fn read_map<'b>(
    bytes: &'b [u8],
    reader: &mut Reader<'b>,
    budget: &mut Budget,
) -> Result<Vec<(Key<'b>, Item<'b>)>, CborError> {
    let mut entries: Vec<(Key<'b>, Item<'b>)> = Vec::new();
    reader.map(|reader, key| {
        let item = read(bytes, reader, budget)?;
        if !entries.last().is_some_and(|(_, last)| last.is_cut_off()) {
            entries.push((key, item));
        }
        Ok::<_, CborError>(())
    })?;
    Ok(entries)
}

impl Item<'_> {
    const fn is_cut_off(&self) -> bool {
        matches!(self.data, Data::CutOff)
    }
}

/// RFC 8949 §3: the argument of the head with which `bytes` start. The reader refuses a head that is cut short.
fn tag_number(bytes: &[u8]) -> u64 {
    let Some((first, rest)) = bytes.split_first() else { return 0 };
    let long = match first & 0x1f {
        short @ ..24 => return short.into(),
        24 => 1,
        25 => 2,
        26 => 4,
        _ => 8,
    };
    rest.iter().take(long).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
