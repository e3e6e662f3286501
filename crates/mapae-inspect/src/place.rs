//! Where a thing stands in the input, also through base64, and the input with one of its bytes changed.

use core::ops::Range;
use std::{borrow::Cow, sync::Arc};

use mapae_jose::base64url;

/// The place of a thing: the whole of it, as its length and tag say, and the bytes of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    layer: Option<Arc<Layer>>,
    item: Range<usize>,
    value: Range<usize>,
}

/// Text that stands for bytes, inside the input or inside another layer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layer {
    pub(crate) outer: Option<Arc<Layer>>,
    pub(crate) encoding: Encoding,
    pub(crate) text: Range<usize>,
}

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// RFC 7515 §2.
    Base64Url,
    /// The padded one of `x5c` (RFC 7515 §4.1.6).
    Base64,
}

impl Place {
    pub(crate) const fn new(layer: Option<Arc<Layer>>, item: Range<usize>, value: Range<usize>) -> Self {
        Self { layer, item, value }
    }

    /// The whole thing in the input. Inside base64url: all characters that touch it.
    pub fn item(&self) -> Range<usize> {
        in_input(self.layer.as_deref(), self.item.clone())
    }

    /// Its value in the input, without what announces it: length, tag, quotes.
    pub fn value(&self) -> Range<usize> {
        in_input(self.layer.as_deref(), self.value.clone())
    }

    /// `base64url` or `base64` if the input holds its bytes only in that form.
    pub fn encoding(&self) -> Option<&'static str> {
        self.layer.as_deref().map(|layer| layer.encoding.name())
    }

    /// Whether its value has no bytes.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// The bytes of its value, decoded; `None` if `input` has nothing here.
    pub fn bytes(&self, input: &[u8]) -> Option<Vec<u8>> {
        open(self.layer.as_deref(), input)?.get(self.value.clone()).map(<[u8]>::to_vec)
    }

    /// The input with the byte `index` of the value changed, and nothing else. Lengths stay, so the places of a tree
    /// hold for the result as well.
    pub fn change(&self, input: &[u8], index: usize, byte: u8) -> Option<Vec<u8>> {
        let at = self.value.clone().nth(index)?;
        let mut inside = open(self.layer.as_deref(), input)?.into_owned();
        *inside.get_mut(at)? = byte;
        close(self.layer.as_deref(), input, inside)
    }
}

/// From the bytes of a layer out to the input.
fn in_input(layer: Option<&Layer>, range: Range<usize>) -> Range<usize> {
    let Some(layer) = layer else { return range };
    // Four characters for three bytes, in both encodings.
    let first = layer.text.start + range.start * 4 / 3;
    let end = layer.text.start + (range.end * 4).div_ceil(3);
    in_input(layer.outer.as_deref(), first..end.max(first))
}

/// The bytes of a layer.
fn open<'i>(layer: Option<&Layer>, input: &'i [u8]) -> Option<Cow<'i, [u8]>> {
    let Some(layer) = layer else { return Some(input.into()) };
    let outer = open(layer.outer.as_deref(), input)?;
    layer.encoding.decode(outer.get(layer.text.clone())?).map(Cow::Owned)
}

/// The input with other bytes in a layer, as many as before.
fn close(layer: Option<&Layer>, input: &[u8], inside: Vec<u8>) -> Option<Vec<u8>> {
    let Some(layer) = layer else { return Some(inside) };
    let mut outer = open(layer.outer.as_deref(), input)?.into_owned();
    let (text, place) = (layer.encoding.encode(&inside), outer.get_mut(layer.text.clone())?);
    if text.len() != place.len() {
        return None;
    }
    place.copy_from_slice(text.as_bytes());
    close(layer.outer.as_deref(), input, outer)
}

impl Encoding {
    const fn name(self) -> &'static str {
        match self {
            Self::Base64Url => "base64url",
            Self::Base64 => "base64",
        }
    }

    pub(crate) fn decode(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Base64Url => base64url::decode(text).ok(),
            Self::Base64 => base64url::decode_standard(text).ok(),
        }
    }

    fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Base64Url => base64url::encode(bytes),
            Self::Base64 => base64url::encode_standard(bytes),
        }
    }
}
