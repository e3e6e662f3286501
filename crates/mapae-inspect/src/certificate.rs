//! Certificates and revocation lists (RFC 5280), with the places of a certificate's fields.

use core::ops::Range;

use mapae_x509::{Certificate, Crl};

use crate::{
    InspectError, Node, Place,
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
    let child = |(label, value, field): Shown| match (&fields, field) {
        (Some((view, fields)), Some(field)) => leaf(label, &value).at(field(fields).place(view)),
        _ => leaf(label, &value),
    };
    let mut children: Vec<Node> = shown(certificate).map(child).into();
    children.extend(certificate.crl_distribution_point().map(|url| leaf("revocation list", url)));
    children.extend(fields.as_ref().map(|(view, fields)| signature(&fields.signature, view)));
    let node = Node::branch("X.509 certificate", "certificate", children);
    match view {
        Some(view) => node.at(view.whole()),
        None => node,
    }
}

fn leaf(label: &str, value: &str) -> Node {
    Node::leaf("X.509 field", label, value)
}

/// Label, value, and where it stands unless it is computed.
type Shown = (&'static str, String, Option<fn(&Fields) -> &Field>);

fn shown(certificate: &Certificate) -> [Shown; 8] {
    [
        ("subject", certificate.subject().to_owned(), Some(|fields| &fields.subject)),
        ("issuer", certificate.issuer().to_owned(), Some(|fields| &fields.issuer)),
        ("serial", hex(certificate.serial()), Some(|fields| &fields.serial)),
        ("not before", certificate.not_before().to_string(), Some(|fields| &fields.not_before)),
        ("not after", certificate.not_after().to_string(), Some(|fields| &fields.not_after)),
        ("key", certificate.public_key().curve().to_string(), Some(|fields| &fields.key)),
        ("may issue certificates", if certificate.is_ca() { "yes" } else { "no" }.to_owned(), None),
        ("SHA-256", hex(&certificate.fingerprint()), None),
    ]
}

fn signature(field: &Field, view: &View<'_>) -> Node {
    let value = view.bytes.get(field.content.clone()).unwrap_or_default();
    leaf("signature", &bytes(value)).at(field.place(view)).into_detail()
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
    fn place(&self, view: &View<'_>) -> Place {
        view.place(self.item.clone(), self.content.clone())
    }

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
