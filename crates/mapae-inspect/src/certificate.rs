//! Certificates and revocation lists (RFC 5280), with the places of a certificate's fields.

use core::ops::Range;

use mapae_x509::{Certificate, Crl};

use crate::{
    InspectError, Node,
    text::{bytes, hex},
    view::{Budget, View},
};

/// Nodes that a certificate may take.
pub(crate) const NODES: usize = 11;

/// DER: a certificate, or a revocation list.
pub(crate) fn document(view: &View<'_>, budget: &mut Budget) -> Result<Node, InspectError> {
    match Certificate::from_der(view.bytes) {
        Ok(found) if budget.take(NODES) => Ok(node(&found, Some(view))),
        Ok(_) => Ok(Node::cut_off()),
        Err(error) => Ok(list(&Crl::from_der(view.bytes).map_err(|_| error)?).at(view.whole())),
    }
}

/// A certificate; its fields have places if it stands in the input as DER.
pub(crate) fn node(certificate: &Certificate, view: Option<&View<'_>>) -> Node {
    let fields = view.and_then(|view| Some((view, Fields::of(view.bytes)?)));
    let placed = |node: Node, field: fn(&Fields) -> &Field| match &fields {
        Some((view, fields)) => {
            let field = field(fields);
            node.at(view.place(field.item.clone(), field.content.clone()))
        }
        None => node,
    };
    let leaf = |label: &str, value: &str| Node::leaf("X.509 field", label, value);
    let mut children = vec![
        placed(leaf("subject", certificate.subject()), |fields| &fields.subject),
        placed(leaf("issuer", certificate.issuer()), |fields| &fields.issuer),
        placed(leaf("serial", &hex(certificate.serial())), |fields| &fields.serial),
        placed(leaf("not before", &certificate.not_before().to_string()), |fields| &fields.not_before),
        placed(leaf("not after", &certificate.not_after().to_string()), |fields| &fields.not_after),
        placed(leaf("key", &certificate.public_key().curve().to_string()), |fields| &fields.key),
        leaf("may issue certificates", if certificate.is_ca() { "yes" } else { "no" }),
        leaf("SHA-256", &hex(&certificate.fingerprint())),
    ];
    children.extend(certificate.crl_distribution_point().map(|url| leaf("revocation list", url)));
    if let Some((view, fields)) = &fields {
        let signature = view.bytes.get(fields.signature.content.clone()).unwrap_or_default();
        let signature = leaf("signature", &bytes(signature)).into_detail();
        children.push(placed(signature, |fields| &fields.signature));
    }
    let node = Node::branch("X.509 certificate", "certificate", children);
    match view {
        Some(view) => node.at(view.whole()),
        None => node,
    }
}

/// A revocation list.
pub(crate) fn list(list: &Crl) -> Node {
    let children = vec![
        Node::leaf("X.509 field", "issuer", list.issuer()),
        Node::leaf("X.509 field", "bytes", list.der().len().to_string()),
    ];
    Node::branch("X.509 CRL", "certificate revocation list", children)
}

/// Where the fields of a certificate stand (RFC 5280 §4.1).
struct Fields {
    serial: Field,
    issuer: Field,
    not_before: Field,
    not_after: Field,
    subject: Field,
    key: Field,
    signature: Field,
}

/// A value of DER with its tag and length, and without them.
#[derive(Clone)]
struct Field {
    item: Range<usize>,
    content: Range<usize>,
}

impl Fields {
    fn of(der: &[u8]) -> Option<Self> {
        let all = fields(der, &Field::at(der, 0)?)?;
        let [tbs, _algorithm, signature] = all.as_slice() else { return None };
        let tbs = fields(der, tbs)?;
        let [_version, serial, _algorithm, issuer, validity, subject, key, ..] = tbs.as_slice() else { return None };
        let validity = fields(der, validity)?;
        let [not_before, not_after] = validity.as_slice() else { return None };
        Some(Self {
            serial: serial.clone(),
            issuer: issuer.clone(),
            not_before: not_before.clone(),
            not_after: not_after.clone(),
            subject: subject.clone(),
            key: key.clone(),
            signature: signature.clone(),
        })
    }
}

impl Field {
    /// X.690 §8.1: one octet of tag, then the length, short or long.
    fn at(der: &[u8], start: usize) -> Option<Self> {
        let first = usize::from(*der.get(start + 1)?);
        let digits = if first < 0x80 { 0 } else { first & 0x7f };
        let head = start + 2..start + 2 + digits.min(4);
        let long = der.get(head.clone())?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        let end = head.end.checked_add(if digits == 0 { first } else { long })?;
        (digits <= 4 && end <= der.len()).then_some(Self { item: start..end, content: head.end..end })
    }
}

/// What stands in a constructed value, one after the other.
fn fields(der: &[u8], inside: &Field) -> Option<Vec<Field>> {
    let mut found = Vec::new();
    let mut at = inside.content.start;
    while at < inside.content.end {
        let field = Field::at(der, at)?;
        at = field.item.end;
        found.push(field);
    }
    Some(found)
}
