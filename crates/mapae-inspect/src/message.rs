//! CBOR: documents, presentations, status list tokens, bundles, entries, orders. COSE structures ([`crate::cose`]) and
//! what byte strings encode are opened.

use mapae_cose::cbor::{Key, Reader, TAG_ENCODED_CBOR, Value};
use mapae_crypto::Algorithm;
use mapae_status_list::{DEFAULT_MAX_LIST_BYTES, EncodedList};
use mapae_x509::Certificate;

use crate::{
    InspectError, Node, Place, certificate,
    cose::Cose,
    item::{Data, Item},
    kind::{self, Inside, kind},
    list,
    text::{bytes, quoted},
    title::{TAG_SIGN1, title},
    tlog,
    view::{Budget, View},
};

const STATUS_LIST: Key<'_> = Key::Int(65_533);

/// A CBOR document, read strictly.
pub(crate) fn document(view: &View<'_>, budget: &mut Budget) -> Result<Node, InspectError> {
    let item = Item::read_all(view.bytes, budget).map_err(InspectError::Unknown)?;
    let root = Tree { view, budget }.node("", title(&item), &item);
    Ok(match status_list(view.bytes, &item) {
        Some(list) => Node::branch("CWT", "status list token (CWT)", vec![root, list]).at(view.whole()),
        None => root,
    })
}

/// Makes nodes of items that were read from `view`.
pub(crate) struct Tree<'v, 'b> {
    pub(crate) view: &'v View<'b>,
    budget: &'v mut Budget,
}

impl<'b> Tree<'_, 'b> {
    /// The node of an item under a label, inside a thing of kind `holder`.
    pub(crate) fn node(&mut self, holder: &str, label: &str, item: &Item<'b>) -> Node {
        self.of_kind(kind(holder, label, item), holder, label, item)
    }

    fn of_kind(&mut self, kind: &'static str, holder: &str, label: &str, item: &Item<'b>) -> Node {
        let node = match &item.data {
            Data::Array(items) => self.array(kind, label, items),
            Data::Map(entries) => Node::branch(kind, label, self.entries(kind, entries, kind::key)),
            Data::Tag(TAG_ENCODED_CBOR, inner) => self.encoded(holder, label, inner),
            Data::Tag(number, inner) => self.of_kind(kind, holder, &format!("{label} (tag {number})"), inner),
            Data::Bytes(bytes) => self.bytes(kind, holder, label, bytes, item),
            Data::Text(text) => self.text(kind, label, text, item),
            Data::Scalar(value) => Node::leaf(kind, label, scalar(kind, value)),
            Data::CutOff => Node::cut_off(),
        };
        node.at(self.place(item))
    }

    /// Where an item stands.
    pub(crate) fn place(&self, item: &Item<'_>) -> Place {
        self.view.place(item.range.clone(), item.content())
    }

    fn array(&mut self, kind: &'static str, label: &str, items: &[Item<'b>]) -> Node {
        if let Some(parts) = Cose::of(items) {
            return self.cose(kind, label, &parts);
        }
        let item = |(i, item): (usize, &Item<'b>)| self.node(kind, &kind::element(kind, items.len(), i), item);
        Node::branch(kind, label, items.iter().enumerate().map(item).collect())
    }

    pub(crate) fn entries(
        &mut self,
        kind: &'static str,
        entries: &[(Key<'b>, Item<'b>)],
        name: fn(&Key<'_>) -> String,
    ) -> Vec<Node> {
        entries.iter().map(|(key, item)| self.node(kind, &name(key), item)).collect()
    }

    /// `#6.24(bstr .cbor T)`: a signed item with its salt, an MSO, or another structure.
    fn encoded(&mut self, holder: &str, label: &str, inner: &Item<'b>) -> Node {
        self.inside(inner, |tree, decoded| {
            tree.node(holder, &element_name(decoded).unwrap_or(label.to_owned()), decoded)
        })
        .unwrap_or_else(|| self.node(holder, label, inner))
    }

    /// What `show` makes of the item that a byte string encodes, if it does and may be opened.
    pub(crate) fn inside(
        &mut self,
        item: &Item<'b>,
        show: impl FnOnce(&mut Tree<'_, 'b>, &Item<'b>) -> Node,
    ) -> Option<Node> {
        let view = matches!(item.data, Data::Bytes(_)).then(|| self.view.inside(item.content()))??;
        // Whether it can be read is found out first, so that what cannot be takes nothing of the budget.
        Reader::read_all(view.bytes, |reader| reader.skip().map(drop)).ok()?;
        let decoded = Item::read_all(view.bytes, self.budget).ok()?;
        Some(show(&mut Tree { view: &view, budget: self.budget }, &decoded))
    }

    /// What stands as a byte string: something encoded, a certificate, a name, or bytes.
    fn bytes(&mut self, kind: &'static str, holder: &str, label: &str, content: &[u8], item: &Item<'b>) -> Node {
        let opened = match kind::inside(kind) {
            Inside::Cbor => self.inside(item, |tree, decoded| tree.node(holder, label, decoded)),
            Inside::Log => self.log_text(kind, label, item),
            Inside::Name => core::str::from_utf8(content).ok().map(|name| Node::leaf(kind, label, quoted(name))),
            Inside::Unknown => self.certificate(kind, label, content, item),
        };
        opened.unwrap_or_else(|| Node::leaf(kind, label, bytes(content)))
    }

    fn certificate(&mut self, kind: &'static str, label: &str, content: &[u8], item: &Item<'b>) -> Option<Node> {
        let found = Certificate::from_der(content).ok().filter(|_| self.budget.take(certificate::NODES))?;
        let view = self.view.inside(item.content())?;
        Some(Node::branch(kind, label, vec![certificate::node(&found, Some(&view))]))
    }

    fn text(&mut self, kind: &'static str, label: &str, text: &str, item: &Item<'b>) -> Node {
        let opened = matches!(kind::inside(kind), Inside::Log).then(|| self.log_text(kind, label, item));
        opened.flatten().unwrap_or_else(|| Node::leaf(kind, label, quoted(text)))
    }

    /// A text of a log inside a string.
    fn log_text(&mut self, kind: &'static str, label: &str, item: &Item<'b>) -> Option<Node> {
        tlog::embedded(kind, label, &self.view.inside(item.content())?, self.budget)
    }
}

fn scalar(kind: &str, value: &Value) -> String {
    match value {
        Value::Int(number) if kind == "alg" => algorithm(*number),
        Value::Int(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Float(number) => number.to_string(),
        _ => "null".to_owned(),
    }
}

/// The number, and what JOSE calls it.
fn algorithm(number: i128) -> String {
    let known = i64::try_from(number).ok().and_then(Algorithm::from_cose);
    known.map_or_else(|| number.to_string(), |known| format!("{number} ({})", known.jose()))
}

/// An `IssuerSignedItem` is known by its element.
fn element_name(item: &Item<'_>) -> Option<String> {
    let Data::Map(entries) = &item.data else { return None };
    let (_, name) = entries.iter().find(|(key, _)| *key == Key::Text("elementIdentifier"))?;
    match &name.data {
        Data::Text(text) => Some((*text).to_owned()),
        _ => None,
    }
}

/// The list inside a status list token.
fn status_list(bytes: &[u8], item: &Item<'_>) -> Option<Node> {
    let Data::Tag(TAG_SIGN1, inner) = &item.data else { return None };
    let Data::Array(items) = &inner.data else { return None };
    let payload = bytes.get(items.get(2)?.content())?;
    let mut found = None;
    Reader::read_all(payload, |reader| {
        reader.map(|reader, key| {
            let value = reader.skip()?;
            found = found.or((key == STATUS_LIST).then_some(value));
            Ok::<_, mapae_cose::cbor::CborError>(())
        })
    })
    .ok()?;
    let encoded = EncodedList::read_cbor(&mut Reader::new(found?)).ok()?;
    Some(list::node(&encoded.inflate(DEFAULT_MAX_LIST_BYTES).ok()?))
}
