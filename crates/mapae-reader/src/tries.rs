//! Alterations worth trying on a presentation: one byte each, by its place in the tree of [`mapae_inspect`].

use mapae_inspect::Node;
use serde_json::{Value, json};

/// Where to look, by what the nodes on the way are called, and which byte of the value to change.
struct Try {
    id: &'static str,
    /// Labels or kinds on the way down, in this order, with others between them.
    way: &'static [&'static str],
    at: At,
}

enum At {
    /// The last byte.
    Last,
    /// The middle byte.
    Middle,
}

const TRIES: [Try; 10] = [
    Try { id: "birth_date", way: &["birth_date", "elementValue", "birth_date"], at: At::Last },
    Try { id: "birth_date", way: &["birthdate", "value"], at: At::Last },
    Try { id: "portrait", way: &["portrait", "elementValue"], at: At::Middle },
    Try { id: "portrait", way: &["picture", "value"], at: At::Middle },
    Try { id: "digest", way: &["valueDigests"], at: At::Last },
    Try { id: "digest", way: &["_sd"], at: At::Last },
    Try { id: "issuer_signature", way: &["issuerAuth", "signature"], at: At::Last },
    Try { id: "certificate", way: &["x5chain"], at: At::Last },
    Try { id: "holder", way: &["deviceSignature", "signature"], at: At::Last },
    Try { id: "status", way: &["status_list", "idx"], at: At::Last },
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
    };
    // The lowest bit: another digit, another letter, another number.
    Some(json!({ "id": one.id, "path": path, "index": index, "byte": bytes.get(index)? ^ 1 }))
}

/// The first leaf whose way down has these names.
fn find<'n>(node: &'n Node, way: &[&str], path: &mut Vec<usize>) -> Option<&'n Node> {
    let way = match way {
        [first, rest @ ..] if [node.label(), node.kind()].contains(first) => rest,
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
