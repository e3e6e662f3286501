//! Bytes that are looked at, where they stand, and how much may still be shown.

use core::ops::Range;
use std::sync::Arc;

use crate::{
    MAX_EMBEDDED, MAX_NODES,
    place::{Encoding, Layer, Place},
};

/// A piece of the input, or of what a layer of base64 stands for.
#[derive(Clone)]
pub(crate) struct View<'b> {
    pub(crate) bytes: &'b [u8],
    layer: Option<Arc<Layer>>,
    start: usize,
    embedded: u8,
}

impl<'b> View<'b> {
    /// All of the input.
    pub(crate) const fn of(input: &'b [u8]) -> Self {
        Self { bytes: input, layer: None, start: 0, embedded: 0 }
    }

    /// A part of it; nothing if `range` is not inside.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let start = self.start + range.start;
        Self { bytes: self.bytes.get(range).unwrap_or_default(), start, ..self.clone() }
    }

    /// A part that is an encoding of its own.
    pub(crate) fn inside(&self, range: Range<usize>) -> Option<Self> {
        let embedded = self.embedded + 1;
        (embedded <= MAX_EMBEDDED).then(|| Self { embedded, ..self.part(range) })
    }

    /// The layer that `text`, a part of this, becomes, and the bytes in it.
    pub(crate) fn decoded(&self, text: Range<usize>, encoding: Encoding) -> Option<Decoded> {
        let bytes = encoding.decode(self.bytes.get(text.clone())?)?;
        let embedded = self.embedded + 1;
        let text = self.start + text.start..self.start + text.end;
        let layer = Arc::new(Layer { outer: self.layer.clone(), encoding, text });
        (embedded <= MAX_EMBEDDED).then_some(Decoded { bytes, layer, embedded })
    }

    /// The place of `item` with `value` inside it, both counted from the start of this.
    pub(crate) fn place(&self, item: Range<usize>, value: Range<usize>) -> Place {
        let moved = |range: Range<usize>| self.start + range.start..self.start + range.end;
        Place::new(self.layer.clone(), moved(item), moved(value))
    }

    /// The place of all of it.
    pub(crate) fn whole(&self) -> Place {
        self.place(0..self.bytes.len(), 0..self.bytes.len())
    }
}

/// Bytes that the input holds as text only.
pub(crate) struct Decoded {
    bytes: Vec<u8>,
    layer: Arc<Layer>,
    embedded: u8,
}

impl Decoded {
    pub(crate) fn view(&self) -> View<'_> {
        View { bytes: &self.bytes, layer: Some(self.layer.clone()), start: 0, embedded: self.embedded }
    }
}

/// How many nodes a tree may still get.
pub(crate) struct Budget(usize);

impl Budget {
    pub(crate) const fn new() -> Self {
        Self(MAX_NODES)
    }

    /// Whether there is room for `nodes` more, which are taken then.
    pub(crate) const fn take(&mut self, nodes: usize) -> bool {
        let enough = self.0 >= nodes;
        if enough {
            self.0 -= nodes;
        }
        enough
    }
}
