//! Alterations worth trying on a presentation: one byte each, by its place in the tree of [`mapae_inspect`].

use mapae_inspect::Node;
use serde_json::{Value, json};

/// Where to look, by what the nodes on the way are called, and which byte of the value to change.
struct Try {
    id: &'static str,
    /// Labels, kinds, or both, on the way down in this order, with others between them.
    way: &'static [&'static str],
    at: At,
}

enum At {
    /// The last byte.
    Last,
    /// The middle byte.
    Middle,
    /// The byte at an index.
    Index(usize),
}

const fn at(id: &'static str, at: At, way: &'static [&'static str]) -> Try {
    Try { id, way, at }
}

/// For an mdoc first, then for an SD-JWT.
const TRIES: [Try; 20] = [
    at("name", At::Last, &["family_name", "elementValue"]),
    at("name", At::Last, &["family_name", "claim value"]),
    at("birth_date", At::Last, &["birth_date", "elementValue"]),
    at("birth_date", At::Last, &["birthdate", "claim value"]),
    at("portrait", At::Middle, &["portrait", "elementValue"]),
    at("portrait", At::Middle, &["picture", "claim value"]),
    at("digest", At::Last, &["ValueDigests", "Digest"]),
    at("digest", At::Last, &["_sd", "Digest"]),
    // The decade.
    at("expiry", At::Index(2), &["ValidityInfo", "validUntil (tag 0)"]),
    at("expiry", At::Index(1), &["JWT Claims Set", "exp"]),
    at("status", At::Last, &["status_list", "idx"]),
    at("status", At::Last, &["StatusListInfo", "idx"]),
    at("issuer_signature", At::Last, &["IssuerAuth", "signature bstr"]),
    at("issuer_signature", At::Last, &["Issuer-signed JWT", "JWS Signature"]),
    at("certificate", At::Last, &["x5chain", "subject"]),
    at("certificate", At::Last, &["x5c", "subject"]),
    at("nonce", At::Last, &["KB-JWT", "nonce"]),
    at("holder", At::Last, &["DeviceSignature", "signature bstr"]),
    at("holder", At::Last, &["KB-JWT", "JWS Signature"]),
    at("device_key", At::Last, &["DeviceKeyInfo", "x"]),
];

/// `[{id, path, index, byte}]`: at most one for each id, with the byte that makes it another.
pub fn tries(presentation: &[u8], tree: &Node) -> Value {
    let mut found: Vec<(&str, Value)> = Vec::new();
    for one in &TRIES {
        if found.iter().any(|(id, _)| *id == one.id) {
            continue;
        }
        if let Some(alteration) = alteration(one, presentation, tree) {
            found.push((one.id, alteration));
        }
    }
    found.into_iter().map(|(_, alteration)| alteration).collect()
}

fn alteration(one: &Try, presentation: &[u8], tree: &Node) -> Option<Value> {
    let mut path = Vec::new();
    let node = find(tree, one.way, &mut path)?;
    let bytes = node.place()?.bytes(presentation)?;
    let index = match one.at {
        At::Last => bytes.len().checked_sub(1)?,
        At::Middle => bytes.len() / 2,
        At::Index(index) => index,
    };
    // The lowest bit: another digit, another letter, another number.
    Some(json!({ "id": one.id, "path": path, "index": index, "byte": bytes.get(index)? ^ 1 }))
}

/// The first leaf whose way down has these names.
fn find<'n>(node: &'n Node, way: &[&str], path: &mut Vec<usize>) -> Option<&'n Node> {
    let way = match way {
        [first, rest @ ..] if is_called(node, first) => rest,
        all => all,
    };
    if way.is_empty() && node.is_editable() {
        return Some(node);
    }
    for (index, child) in node.children().iter().enumerate() {
        path.push(index);
        if let Some(found) = find(child, way, path) {
            return Some(found);
        }
        path.pop();
    }
    None
}

fn is_called(node: &Node, name: &str) -> bool {
    let both = || name.strip_prefix(node.label()).and_then(|rest| rest.strip_prefix(' ')) == Some(node.kind());
    name == node.label() || name == node.kind() || both()
}
