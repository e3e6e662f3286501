//! A walk over DER (X.690 §8 and §10), element by element: what certificates, keys and signatures are read with.
//!
//! It knows tags, lengths and the few contents that several readers share, and gives back slices of what it was given.
//! A reader that knows a type for everything (the crate `der`) takes ten times the room in a page's module. `None` always
//! means bytes that are not what was asked for; the caller knows whom to blame.
//!
//! Left out: writing, which the services do with that crate, and indefinite lengths, which DER has not.

/// Tags as they stand in the first byte.
pub mod tag {
    /// `BOOLEAN`.
    pub const BOOLEAN: u8 = 0x01;
    /// `INTEGER`.
    pub const INTEGER: u8 = 0x02;
    /// `BIT STRING`.
    pub const BIT_STRING: u8 = 0x03;
    /// `OCTET STRING`.
    pub const OCTET_STRING: u8 = 0x04;
    /// `NULL`.
    pub const NULL: u8 = 0x05;
    /// `OBJECT IDENTIFIER`.
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    /// `ENUMERATED`.
    pub const ENUMERATED: u8 = 0x0a;
    /// `UTF8String`.
    pub const UTF8_STRING: u8 = 0x0c;
    /// `PrintableString`.
    pub const PRINTABLE_STRING: u8 = 0x13;
    /// `TeletexString`.
    pub const TELETEX_STRING: u8 = 0x14;
    /// `IA5String`.
    pub const IA5_STRING: u8 = 0x16;
    /// `UTCTime`.
    pub const UTC_TIME: u8 = 0x17;
    /// `GeneralizedTime`.
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// `BMPString`.
    pub const BMP_STRING: u8 = 0x1e;
    /// `SEQUENCE` and `SEQUENCE OF`.
    pub const SEQUENCE: u8 = 0x30;
    /// `SET` and `SET OF`.
    pub const SET: u8 = 0x31;

    /// `[number]`, of an implicit type that is not constructed.
    pub const fn primitive(number: u8) -> u8 {
        0x80 | number
    }

    /// `[number]`, explicit or of an implicit type that is constructed.
    pub const fn constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its tag: the first byte, which says all for numbers below 31.
    pub tag: u8,
    /// What is in it.
    pub content: &'a [u8],
    /// All of it.
    pub whole: &'a [u8],
}

/// Elements that follow each other.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    /// The elements in `der`, such as the content of a `SEQUENCE`.
    pub const fn new(der: &'a [u8]) -> Self {
        Self { rest: der }
    }

    /// The elements in the one element, tagged `tag`, of which `der` consists.
    pub fn inside(der: &'a [u8], tag: u8) -> Option<Self> {
        only(der, tag).map(Self::new)
    }

    /// Whether nothing follows.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, of any kind.
    pub fn any(&mut self) -> Option<Element<'a>> {
        let whole = self.rest;
        let tag = *whole.first()?;
        let (length, header) = length(whole, end_of_tag(whole)?)?;
        let content = whole[header..].get(..length)?;
        let (whole, rest) = whole.split_at(header + length);
        self.rest = rest;
        Some(Element { tag, content, whole })
    }

    /// The content of the next element, which has to be tagged `tag`.
    pub fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().filter(|element| element.tag == tag).map(|element| element.content)
    }

    /// The same of an element that may be missing.
    pub fn optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        if self.peek() == Some(tag) { self.next(tag).map(Some) } else { Some(None) }
    }

    /// The elements inside the next one, which has to be tagged `tag`.
    pub fn enter(&mut self, tag: u8) -> Option<Self> {
        self.next(tag).map(Self::new)
    }

    /// Says that nothing follows.
    pub fn end(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

/// The content of the one element, tagged `tag`, of which `der` consists.
pub fn only(der: &[u8], tag: u8) -> Option<&[u8]> {
    let mut elements = Elements::new(der);
    let content = elements.next(tag)?;
    elements.end()?;
    Some(content)
}

/// A `BOOLEAN`: all bits or none (X.690 §11.1).
pub fn boolean(content: &[u8]) -> Option<bool> {
    match content {
        [0x00] => Some(false),
        [0xff] => Some(true),
        _ => None,
    }
}

/// An `INTEGER` in its shortest form (X.690 §8.3.2), in two's complement.
pub fn integer(content: &[u8]) -> Option<&[u8]> {
    match content {
        [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => None,
        shortest => Some(shortest),
    }
}

/// An `INTEGER` that is not negative, without a leading zero; 0 is one zero.
pub fn unsigned(content: &[u8]) -> Option<&[u8]> {
    match integer(content)? {
        [0x80..=0xff, ..] => None,
        [0x00, digits @ ..] if !digits.is_empty() => Some(digits),
        digits => Some(digits),
    }
}

/// A `BIT STRING`: how many bits of the last byte are not used, and the bytes.
pub fn bits(content: &[u8]) -> Option<(u8, &[u8])> {
    let (unused, bytes) = content.split_first()?;
    let fits = *unused == 0 || *unused < 8 && !bytes.is_empty();
    fits.then_some((*unused, bytes))
}

/// A `BIT STRING` of whole bytes.
pub fn octets_in_bits(content: &[u8]) -> Option<&[u8]> {
    bits(content).filter(|(unused, _)| *unused == 0).map(|(_, bytes)| bytes)
}

/// The universal tags that are in use and not constructed, by their bits.
const PRIMITIVES: u32 = 0b0100_1101_1111_1100_0011_0110_0111_1110;

/// Where the length begins.
fn end_of_tag(der: &[u8]) -> Option<usize> {
    match *der.first()? {
        tag::SEQUENCE | tag::SET => Some(1),
        universal @ 0x00..=0x3f => (universal < 0x20 && PRIMITIVES >> universal & 1 == 1).then_some(1),
        other if other & 0x1f != 0x1f => Some(1),
        _ => end_of_long_tag(der),
    }
}

/// X.690 §8.1.2.4: numbers from 31, in up to 32 bits.
fn end_of_long_tag(der: &[u8]) -> Option<usize> {
    let digits = der[1..].iter().position(|byte| byte & 0x80 == 0)? + 1;
    let shortest = !matches!(der[1..], [0x00..=0x1e | 0x80, ..]);
    let fits = digits < 5 || digits == 5 && der[1] <= 0x8f;
    (shortest && fits).then_some(1 + digits)
}

/// The length that begins at `start`, in its shortest form (X.690 §10.1), and where the content begins.
fn length(der: &[u8], start: usize) -> Option<(usize, usize)> {
    let first = *der.get(start)?;
    if first < 0x80 {
        return Some((first.into(), start + 1));
    }
    let end = start + 1 + usize::from(first & 0x7f);
    let digits = der.get(start + 1..end).filter(|digits| (1..=4).contains(&digits.len()))?;
    let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
    (digits[0] != 0 && length >= 0x80).then_some((length, end))
}
