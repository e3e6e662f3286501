//! A tree of labels and values.

use core::fmt;

use serde_json::{Value, json};

use crate::place::Place;

/// A thing under a label, with what is inside it.
pub struct Node {
    label: String,
    kind: &'static str,
    value: Option<String>,
    place: Option<Place>,
    detail: bool,
    children: Vec<Node>,
}

impl Node {
    /// A thing with a value and nothing inside.
    pub(crate) fn leaf(kind: &'static str, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { value: Some(value.into()), ..Self::branch(kind, label, Vec::new()) }
    }

    /// A thing with others inside.
    pub(crate) fn branch(kind: &'static str, label: impl Into<String>, children: Vec<Self>) -> Self {
        Self { label: label.into(), kind, value: None, place: None, detail: false, children }
    }

    /// What stands for all that is left out.
    pub(crate) fn cut_off() -> Self {
        Self::leaf("cut off", "…", "more than is shown")
    }

    /// The same with a value beside its children.
    pub(crate) fn with_value(self, value: impl Into<String>) -> Self {
        Self { value: Some(value.into()), ..self }
    }

    /// The same with its place in the input.
    pub(crate) fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same as another kind of thing under another label.
    pub(crate) fn renamed(self, kind: &'static str, label: &str) -> Self {
        Self { label: label.to_owned(), kind, ..self }
    }

    /// What is inside, without the node.
    pub(crate) fn into_children(self) -> Vec<Self> {
        self.children
    }

    /// The same as a part that only matters to who looks at the bytes.
    pub(crate) fn into_detail(self) -> Self {
        Self { detail: true, ..self }
    }

    /// The name under which it stands: a member, an element, an index in brackets.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What it is, in the words of its standard: `IssuerSignedItem`, `Disclosure`, `bstr`.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// Its value for people: texts in quotes, bytes in hexadecimal, what is long cut off. It may be personal data.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Where it stands, unless it was computed and stands nowhere.
    pub const fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Whether a short view leaves it out: salts, signatures of JWTs.
    pub const fn is_detail(&self) -> bool {
        self.detail
    }

    /// Whether it is a leaf with bytes of its own that can be changed.
    pub fn is_editable(&self) -> bool {
        self.children.is_empty() && self.place.as_ref().is_some_and(|place| !place.is_empty())
    }

    /// What is inside.
    pub fn children(&self) -> &[Self] {
        &self.children
    }

    /// The node at the end of a path of child indices; the node itself for an empty one.
    pub fn find(&self, path: &[usize]) -> Option<&Self> {
        path.iter().try_fold(self, |node, index| node.children.get(*index))
    }

    /// `{label, kind, value, offset, length, valueOffset, valueLength, encoding, editable, detail, children}`; what
    /// does not apply is `null`. Offsets count bytes of the input; inside base64url, to the characters that touch the
    /// bytes.
    pub fn to_json(&self) -> Value {
        let item = self.place.as_ref().map(Place::item);
        let value = self.place.as_ref().map(Place::value);
        json!({
            "label": self.label,
            "kind": self.kind,
            "value": self.value,
            "offset": item.as_ref().map(|range| range.start),
            "length": item.as_ref().map(ExactSizeIterator::len),
            "valueOffset": value.as_ref().map(|range| range.start),
            "valueLength": value.as_ref().map(ExactSizeIterator::len),
            "encoding": self.place.as_ref().and_then(Place::encoding),
            "editable": self.is_editable(),
            "detail": self.detail,
            "children": self.children.iter().map(Self::to_json).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Debug for Node {
    /// Without label and value, which may be about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({}, {} children)", self.kind, self.children.len())
    }
}
