//! CBOR: documents, presentations, status list tokens, bundles. COSE structures and encoded CBOR are opened.

use anyhow::Context as _;
use mapae_cose::cbor::{Reader, TAG_ENCODED_CBOR, Value};
use mapae_status_list::{DEFAULT_MAX_LIST_BYTES, EncodedList, Status, StatusList};
use mapae_x509::Certificate;

use super::{
    Node,
    node::{bytes_text, quoted},
    x509::certificate,
};

const TAG_SIGN1: u64 = 18;

/// A CBOR document, read strictly.
pub(crate) fn document(bytes: &[u8]) -> anyhow::Result<Node> {
    let value = Value::from_cbor(bytes).context("not a kind of file that is known here")?;
    let mut root = node(kind(&value), &value);
    if let Some(list) = status_list(&value) {
        root = Node::branch("status list token (CWT)", vec![root, list]);
    }
    Ok(root)
}

fn kind(value: &Value) -> &'static str {
    let has = |key: &str| matches!(value, Value::Map(entries) if entries.iter().any(|(k, _)| *k == Value::from(key)));
    if has("documents") {
        "presentation (DeviceResponse)"
    } else if has("docRequests") {
        "request (DeviceRequest)"
    } else if has("issuerAuth") {
        "credential (IssuerSigned)"
    } else if matches!(value, Value::Tag(TAG_SIGN1, _)) {
        "signed message (COSE_Sign1)"
    } else {
        "CBOR"
    }
}

/// A value under a name.
fn node(name: &str, value: &Value) -> Node {
    match value {
        Value::Array(items) if is_sign1(items) => sign1(name, items),
        Value::Array(items) => {
            let item = |(i, item): (usize, &Value)| node(&format!("[{i}]"), item);
            Node::branch(name, items.iter().enumerate().map(item).collect())
        }
        Value::Map(entries) => map(name, entries, key_text),
        Value::Tag(TAG_ENCODED_CBOR, inner) => encoded(name, inner),
        Value::Tag(number, inner) => node(&format!("{name} (tag {number})"), inner),
        Value::Text(text) => Node::leaf(name, quoted(text)),
        Value::Bytes(bytes) => bytes_node(name, bytes),
        Value::Int(number) => Node::leaf(name, number.to_string()),
        Value::Bool(value) => Node::leaf(name, value.to_string()),
        Value::Float(number) => Node::leaf(name, number.to_string()),
        Value::Null => Node::leaf(name, "null"),
    }
}

fn map(name: &str, entries: &[(Value, Value)], name_of: fn(&Value) -> String) -> Node {
    Node::branch(name, entries.iter().map(|(key, value)| node(&name_of(key), value)).collect())
}

fn key_text(key: &Value) -> String {
    match key {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// `#6.24(bstr .cbor T)`: a signed item with its salt, an MSO, or another structure.
fn encoded(name: &str, inner: &Value) -> Node {
    let decoded = match inner {
        Value::Bytes(bytes) => Value::from_cbor(bytes).ok(),
        _ => None,
    };
    decoded.map_or_else(|| node(name, inner), |value| node(&element_name(&value).unwrap_or(name.to_owned()), &value))
}

/// An `IssuerSignedItem` is known by its element.
fn element_name(value: &Value) -> Option<String> {
    let Value::Map(entries) = value else { return None };
    entries.iter().find(|(key, _)| *key == Value::from("elementIdentifier")).map(|(_, name)| key_text(name))
}

fn bytes_node(name: &str, bytes: &[u8]) -> Node {
    match Certificate::from_der(bytes) {
        Ok(found) => Node::branch(name, vec![certificate(&found)]),
        Err(_) => Node::leaf(name, bytes_text(bytes)),
    }
}

/// RFC 9052 §4.2: protected, unprotected, payload, signature.
fn is_sign1(items: &[Value]) -> bool {
    matches!(items, [Value::Bytes(_), Value::Map(_), Value::Bytes(_) | Value::Null, Value::Bytes(_)])
}

fn sign1(name: &str, items: &[Value]) -> Node {
    let [Value::Bytes(protected), Value::Map(unprotected), payload, signature] = items else {
        return Node::branch(name, Vec::new());
    };
    let protected = match Value::from_cbor(protected) {
        Ok(Value::Map(entries)) => map("protected", &entries, header_name),
        _ => bytes_node("protected", protected),
    };
    let children = vec![
        protected,
        map("unprotected", unprotected, header_name),
        payload_node(payload),
        node("signature", signature),
    ];
    Node::branch(name, children).with_value("COSE_Sign1")
}

fn payload_node(payload: &Value) -> Node {
    match payload {
        Value::Null => Node::leaf("payload", "detached"),
        Value::Bytes(bytes) => match Value::from_cbor(bytes) {
            Ok(Value::Map(entries)) => map("payload", &entries, claim_name),
            Ok(value) => node("payload", &value),
            Err(_) => bytes_node("payload", bytes),
        },
        other => node("payload", other),
    }
}

/// Names of the COSE header parameters in use here.
fn header_name(label: &Value) -> String {
    named(label, &[(1, "alg"), (2, "crit"), (3, "content type"), (4, "kid"), (16, "typ"), (33, "x5chain")])
}

/// Names of the CWT claims in use here.
fn claim_name(label: &Value) -> String {
    named(label, &[(2, "sub"), (4, "exp"), (5, "nbf"), (6, "iat"), (65_533, "status_list"), (65_534, "ttl")])
}

fn named(label: &Value, names: &[(i128, &str)]) -> String {
    let name = |number: &i128| names.iter().find(|(known, _)| known == number).map(|(_, name)| (*name).to_owned());
    match label {
        Value::Int(number) => name(number).unwrap_or_else(|| number.to_string()),
        other => key_text(other),
    }
}

/// The list inside a status list token.
fn status_list(value: &Value) -> Option<Node> {
    let Value::Tag(TAG_SIGN1, inner) = value else { return None };
    let Value::Array(items) = &**inner else { return None };
    let Value::Bytes(payload) = items.get(2)? else { return None };
    let Ok(Value::Map(claims)) = Value::from_cbor(payload) else { return None };
    let list = claims.iter().find(|(label, _)| *label == Value::Int(65_533)).map(|(_, list)| list.to_cbor())?;
    let encoded = EncodedList::read_cbor(&mut Reader::new(&list)).ok()?;
    Some(list_node(&encoded.inflate(DEFAULT_MAX_LIST_BYTES).ok()?))
}

/// How many entries a list has, and how many are not valid.
pub(crate) fn list_node(list: &StatusList) -> Node {
    let other = (0..list.len()).filter(|index| list.get(*index) != Ok(Status::Valid));
    let other: Vec<u64> = other.collect();
    let mut text: Vec<String> = other.iter().take(20).map(u64::to_string).collect();
    if other.len() > text.len() {
        text.push("…".to_owned());
    }
    Node::branch(
        "entries",
        vec![
            Node::leaf("bits", list.bits().count().to_string()),
            Node::leaf("length", list.len().to_string()),
            Node::leaf("not valid", format!("{} ({})", other.len(), text.join(", "))),
        ],
    )
}
