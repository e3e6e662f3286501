//! COSE structures (RFC 9052 §4.1, §4.2, §6.2) inside a tree: headers by name, the payload opened, each signer.

use mapae_cose::cbor::{Key, Value};

use crate::{
    Node,
    item::{Data, Item},
    kind::{self, kind},
    message::Tree,
};

/// The four parts of a `COSE_Sign1` or a `COSE_Mac0`, which look alike, or of a `COSE_Sign`.
pub(crate) struct Cose<'i, 'b> {
    pub(crate) protected: &'i Item<'b>,
    unprotected: Bucket<'i, 'b>,
    pub(crate) payload: &'i Item<'b>,
    /// The signature, the tag, or the list of signatures.
    last: &'i Item<'b>,
    several: bool,
}

/// An unprotected header.
struct Bucket<'i, 'b> {
    item: &'i Item<'b>,
    entries: &'i [(Key<'b>, Item<'b>)],
}

/// A `COSE_Signature` (RFC 9052 §4.1).
struct Signer<'i, 'b> {
    protected: &'i Item<'b>,
    unprotected: Bucket<'i, 'b>,
    signature: &'i Item<'b>,
}

impl<'i, 'b> Cose<'i, 'b> {
    pub(crate) fn of(items: &'i [Item<'b>]) -> Option<Self> {
        let [protected, unprotected, payload, last] = items else { return None };
        let several = match &last.data {
            Data::Bytes(_) => false,
            Data::Array(signers) if !signers.is_empty() && signers.iter().all(Signer::is_one) => true,
            _ => return None,
        };
        let has_payload = is_bytes(payload) || matches!(payload.data, Data::Scalar(Value::Null));
        let unprotected = Bucket::of(unprotected)?;
        (is_bytes(protected) && has_payload).then_some(Self { protected, unprotected, payload, last, several })
    }

    /// Whether it is a `COSE_Sign`.
    pub(crate) const fn is_by_several(&self) -> bool {
        self.several
    }
}

impl<'i, 'b> Bucket<'i, 'b> {
    fn of(item: &'i Item<'b>) -> Option<Self> {
        let Data::Map(entries) = &item.data else { return None };
        Some(Self { item, entries })
    }
}

impl<'i, 'b> Signer<'i, 'b> {
    fn of(item: &'i Item<'b>) -> Option<Self> {
        let Data::Array(items) = &item.data else { return None };
        let [protected, unprotected, signature] = items.as_slice() else { return None };
        let unprotected = Bucket::of(unprotected)?;
        (is_bytes(protected) && is_bytes(signature)).then_some(Self { protected, unprotected, signature })
    }

    /// What was cut off does not make it something else.
    fn is_one(item: &Item<'_>) -> bool {
        matches!(item.data, Data::CutOff) || Signer::of(item).is_some()
    }
}

const fn is_bytes(item: &Item<'_>) -> bool {
    matches!(item.data, Data::Bytes(_))
}

impl<'b> Tree<'_, 'b> {
    /// A COSE structure under a label.
    pub(crate) fn cose(&mut self, kind: &'static str, label: &str, cose: &Cose<'_, 'b>) -> Node {
        let name = match (cose.several, kind) {
            (true, _) => "COSE_Sign",
            (false, "DeviceMac") => "COSE_Mac0",
            (false, _) => "COSE_Sign1",
        };
        let children = vec![
            self.protected(cose.protected),
            self.unprotected(&cose.unprotected),
            self.payload(cose.payload),
            match name {
                "COSE_Sign" => self.signers(cose.last),
                "COSE_Mac0" => self.node(name, "tag", cose.last),
                _ => self.node(name, "signature", cose.last),
            },
        ];
        Node::branch(if kind == "array" { name } else { kind }, label, children).with_value(name)
    }

    fn protected(&mut self, item: &Item<'b>) -> Node {
        const KIND: &str = "protected header";
        let show = |tree: &mut Tree<'_, 'b>, decoded: &Item<'b>| match &decoded.data {
            Data::Map(entries) => Node::branch(KIND, "protected", tree.entries(KIND, entries, kind::header_parameter)),
            _ => tree.node("", "protected", decoded),
        };
        let node = self.inside(item, show).unwrap_or_else(|| self.node("COSE_Sign1", "protected", item));
        node.at(self.place(item))
    }

    fn unprotected(&mut self, bucket: &Bucket<'_, 'b>) -> Node {
        const KIND: &str = "unprotected header";
        let entries = self.entries(KIND, bucket.entries, kind::header_parameter);
        Node::branch(KIND, "unprotected", entries).at(self.place(bucket.item))
    }

    fn payload(&mut self, item: &Item<'b>) -> Node {
        if matches!(item.data, Data::Scalar(_)) {
            return Node::leaf("nil", "payload", "detached").at(self.place(item));
        }
        let show = |tree: &mut Tree<'_, 'b>, decoded: &Item<'b>| match &decoded.data {
            Data::Map(entries) => {
                let kind = kind("COSE_Sign1", "payload", decoded);
                Node::branch(kind, "payload", tree.entries(kind, entries, kind::claim))
            }
            _ => tree.node("COSE_Sign1", "payload", decoded),
        };
        let node = self.inside(item, show).unwrap_or_else(|| self.node("COSE_Sign1", "payload", item));
        node.at(self.place(item))
    }

    fn signers(&mut self, list: &Item<'b>) -> Node {
        let Data::Array(items) = &list.data else { return self.node("COSE_Sign", "signatures", list) };
        let signer = |(i, item): (usize, &Item<'b>)| self.signer(&format!("[{i}]"), item);
        let signers = items.iter().enumerate().map(signer).collect();
        Node::branch("array", "signatures", signers).at(self.place(list))
    }

    /// One signer, with the `kid` beside it.
    fn signer(&mut self, label: &str, item: &Item<'b>) -> Node {
        let Some(signer) = Signer::of(item) else { return self.node("COSE_Sign", label, item) };
        let children = vec![
            self.protected(signer.protected),
            self.unprotected(&signer.unprotected),
            self.node("COSE_Signature", "signature", signer.signature),
        ];
        let parameters = children.iter().flat_map(Node::children);
        let name = parameters.filter(|node| node.kind() == "kid").find_map(Node::value).map(str::to_owned);
        let node = Node::branch("COSE_Signature", label, children).at(self.place(item));
        match name {
            Some(name) => node.with_value(name),
            None => node,
        }
    }
}
