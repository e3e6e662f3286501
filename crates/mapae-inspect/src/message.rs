//! CBOR: documents, presentations, status list tokens, bundles. COSE structures and encoded CBOR are opened.

use core::ops::Range;

use mapae_cose::cbor::{Key, Reader, TAG_ENCODED_CBOR, Value};
use mapae_status_list::{DEFAULT_MAX_LIST_BYTES, EncodedList};
use mapae_x509::Certificate;

use crate::{
    InspectError, Node, certificate,
    item::{Data, Item},
    kind::{self, kind},
    list,
    text::{bytes, quoted},
    view::{Budget, View},
};

const TAG_SIGN1: u64 = 18;
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

fn title(item: &Item<'_>) -> &'static str {
    let has =
        |name: &str| matches!(&item.data, Data::Map(entries) if entries.iter().any(|(key, _)| *key == Key::Text(name)));
    if has("documents") {
        "presentation (DeviceResponse)"
    } else if has("docRequests") {
        "request (DeviceRequest)"
    } else if has("issuerAuth") {
        "credential (IssuerSigned)"
    } else if matches!(item.data, Data::Tag(TAG_SIGN1, _)) {
        "signed message (COSE_Sign1)"
    } else {
        "CBOR"
    }
}

/// Makes nodes of items that were read from `view`.
struct Tree<'v, 'b> {
    view: &'v View<'b>,
    budget: &'v mut Budget,
}

impl<'b> Tree<'_, 'b> {
    /// The node of an item under a label, inside a thing of kind `holder`.
    fn node(&mut self, holder: &str, label: &str, item: &Item<'b>) -> Node {
        let kind = kind(holder, label, item);
        let node = match &item.data {
            Data::Array(items) => self.array(kind, label, items),
            Data::Map(entries) => Node::branch(kind, label, self.entries(kind, entries, kind::key)),
            Data::Tag(TAG_ENCODED_CBOR, inner) => self.encoded(holder, label, inner),
            Data::Tag(number, inner) => self.node(holder, &format!("{label} (tag {number})"), inner),
            Data::Bytes(bytes) => self.bytes(kind, label, bytes, item.content()),
            Data::Text(text) => Node::leaf(kind, label, quoted(text)),
            Data::Scalar(value) => Node::leaf(kind, label, scalar(value)),
            Data::CutOff => Node::cut_off(),
        };
        node.at(self.view.place(item.range.clone(), item.content()))
    }

    fn array(&mut self, kind: &'static str, label: &str, items: &[Item<'b>]) -> Node {
        if let Some(parts) = Cose::of(items) {
            return self.cose(kind, label, &parts);
        }
        let item = |(i, item): (usize, &Item<'b>)| self.node(kind, &format!("[{i}]"), item);
        Node::branch(kind, label, items.iter().enumerate().map(item).collect())
    }

    fn entries(
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
    fn inside(&mut self, item: &Item<'b>, show: impl FnOnce(&mut Tree<'_, 'b>, &Item<'b>) -> Node) -> Option<Node> {
        let view = matches!(item.data, Data::Bytes(_)).then(|| self.view.inside(item.content()))??;
        // Whether it can be read is found out first, so that what cannot be takes nothing of the budget.
        Reader::read_all(view.bytes, |reader| reader.skip().map(drop)).ok()?;
        let decoded = Item::read_all(view.bytes, self.budget).ok()?;
        Some(show(&mut Tree { view: &view, budget: self.budget }, &decoded))
    }

    fn bytes(&mut self, kind: &'static str, label: &str, content: &[u8], range: Range<usize>) -> Node {
        let found = Certificate::from_der(content).ok().filter(|_| self.budget.take(certificate::NODES));
        match (found, self.view.inside(range)) {
            (Some(found), Some(view)) => Node::branch(kind, label, vec![certificate::node(&found, Some(&view))]),
            _ => Node::leaf(kind, label, bytes(content)),
        }
    }

    fn cose(&mut self, kind: &'static str, label: &str, cose: &Cose<'_, 'b>) -> Node {
        let mac = kind == "DeviceMac";
        let unprotected = Node::branch(
            "unprotected header",
            "unprotected",
            self.entries("unprotected header", cose.unprotected, kind::header_parameter),
        );
        let children = vec![
            self.protected(cose.protected),
            unprotected.at(self.view.place(cose.unprotected_item.range.clone(), cose.unprotected_item.content())),
            self.payload(cose.payload),
            self.node(
                if mac { "COSE_Mac0" } else { "COSE_Sign1" },
                if mac { "tag" } else { "signature" },
                cose.signature,
            ),
        ];
        let kind = if kind == "array" { "COSE_Sign1" } else { kind };
        Node::branch(kind, label, children).with_value(if mac { "COSE_Mac0" } else { "COSE_Sign1" })
    }

    fn protected(&mut self, item: &Item<'b>) -> Node {
        let show = |tree: &mut Tree<'_, 'b>, decoded: &Item<'b>| match &decoded.data {
            Data::Map(entries) => Node::branch(
                "protected header",
                "protected",
                tree.entries("protected header", entries, kind::header_parameter),
            ),
            _ => tree.node("", "protected", decoded),
        };
        let node = self.inside(item, show).unwrap_or_else(|| self.node("COSE_Sign1", "protected", item));
        node.at(self.view.place(item.range.clone(), item.content()))
    }

    fn payload(&mut self, item: &Item<'b>) -> Node {
        if matches!(item.data, Data::Scalar(_)) {
            let detached = Node::leaf("nil", "payload", "detached");
            return detached.at(self.view.place(item.range.clone(), item.content()));
        }
        let show = |tree: &mut Tree<'_, 'b>, decoded: &Item<'b>| match &decoded.data {
            Data::Map(entries) => Node::branch(
                kind("COSE_Sign1", "payload", decoded),
                "payload",
                tree.entries("payload", entries, kind::claim),
            ),
            _ => tree.node("COSE_Sign1", "payload", decoded),
        };
        let node = self.inside(item, show).unwrap_or_else(|| self.node("COSE_Sign1", "payload", item));
        node.at(self.view.place(item.range.clone(), item.content()))
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Float(number) => number.to_string(),
        _ => "null".to_owned(),
    }
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

/// The four parts of a `COSE_Sign1` or a `COSE_Mac0` (RFC 9052 §4.2, §6.2), which look alike.
struct Cose<'i, 'b> {
    protected: &'i Item<'b>,
    unprotected_item: &'i Item<'b>,
    unprotected: &'i [(Key<'b>, Item<'b>)],
    payload: &'i Item<'b>,
    signature: &'i Item<'b>,
}

impl<'i, 'b> Cose<'i, 'b> {
    fn of(items: &'i [Item<'b>]) -> Option<Self> {
        let [protected, unprotected_item, payload, signature] = items else { return None };
        let Data::Map(unprotected) = &unprotected_item.data else { return None };
        let bytes = |item: &Item<'_>| matches!(item.data, Data::Bytes(_));
        let has_payload = bytes(payload) || matches!(payload.data, Data::Scalar(Value::Null));
        (bytes(protected) && has_payload && bytes(signature)).then_some(Self {
            protected,
            unprotected_item,
            unprotected,
            payload,
            signature,
        })
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
