//! JWTs: status list tokens, and SD-JWTs with their disclosures (RFC 7519, RFC 9901 §4).

use core::ops::Range;

use mapae_jose::{Object, base64url, json};
use mapae_status_list::{DEFAULT_MAX_LIST_BYTES, EncodedList};

use crate::{
    InspectError, Node,
    json::embedded,
    list,
    place::Encoding,
    text::quoted,
    view::{Budget, View},
};

const DISCLOSURE: &str = "Disclosure";

/// An SD-JWT, issued or presented: everything between the tildes.
pub(crate) fn sd_jwt(text: &str, view: &View<'_>, budget: &mut Budget) -> Result<Node, InspectError> {
    let mut parts = ranges(text, '~');
    let issuer_signed = parts.next().unwrap_or_default();
    let mut disclosures: Vec<_> = parts.collect();
    let key_binding = disclosures.pop().filter(|last| !last.is_empty());
    let mut children = vec![
        signed("Issuer-signed JWT", "issuer-signed JWT", text, issuer_signed, view, budget)?,
        all_disclosures(&disclosures, view, budget),
    ];
    let Some(key_binding) = key_binding else {
        return Ok(Node::branch("SD-JWT", "credential (SD-JWT VC)", children).at(view.whole()));
    };
    children.push(key_binding_jwt(text, key_binding, view, budget));
    Ok(Node::branch("SD-JWT+KB", "presentation (SD-JWT with key binding)", children).at(view.whole()))
}

/// A compact JWT.
pub(crate) fn jwt(text: &str, view: &View<'_>, budget: &mut Budget) -> Result<Node, InspectError> {
    signed("JWT", "JWT", text, 0..text.len(), view, budget)
}

/// The pieces of `text` between separators.
fn ranges(text: &str, separator: char) -> impl Iterator<Item = Range<usize>> {
    text.split(separator).scan(0, move |at, part| {
        let start = *at;
        *at += part.len() + separator.len_utf8();
        Some(start..start + part.len())
    })
}

/// What cannot be read in a key binding is shown as it stands: it came from the holder, and the rest is readable.
fn key_binding_jwt(text: &str, range: Range<usize>, view: &View<'_>, budget: &mut Budget) -> Node {
    const LABEL: &str = "key-binding JWT";
    signed("KB-JWT", LABEL, text, range.clone(), view, budget)
        .unwrap_or_else(|_| raw("KB-JWT", LABEL, &view.part(range)))
}

fn raw(kind: &'static str, label: &str, view: &View<'_>) -> Node {
    Node::leaf(kind, label, quoted(&String::from_utf8_lossy(view.bytes))).at(view.whole())
}

/// `range` of `text` as header, payload and signature. By its header it is known as a JWT.
fn signed(
    kind: &'static str,
    label: &str,
    text: &str,
    range: Range<usize>,
    view: &View<'_>,
    budget: &mut Budget,
) -> Result<Node, InspectError> {
    let all = view.part(range.clone());
    let parts: Vec<_> = ranges(text.get(range).unwrap_or_default(), '.').collect();
    let [header, payload, signature] = parts.as_slice() else { return Err(InspectError::JwtParts) };
    let mut children = vec![
        part("JOSE Header", "header", header, &all, budget).ok_or(InspectError::JwtHeader)?,
        part("JWT Claims Set", "payload", payload, &all, budget)
            .unwrap_or_else(|| raw("JWT Claims Set", "payload", &all.part(payload.clone()))),
        signature_node(signature, &all),
    ];
    children.extend(status_list(all.part(payload.clone()).bytes));
    Ok(Node::branch(kind, label, children).at(all.whole()))
}

/// A JSON object in base64url.
fn part(kind: &'static str, label: &str, text: &Range<usize>, view: &View<'_>, budget: &mut Budget) -> Option<Node> {
    let decoded = view.decoded(text.clone(), Encoding::Base64Url)?;
    json::parse_object(decoded.view().bytes).ok()?;
    embedded(kind, label, &decoded.view(), budget)
}

fn signature_node(text: &Range<usize>, view: &View<'_>) -> Node {
    let node = match view.decoded(text.clone(), Encoding::Base64Url) {
        Some(decoded) => {
            let view = decoded.view();
            Node::leaf("JWS Signature", "signature", crate::text::bytes(view.bytes)).at(view.whole())
        }
        None => raw("JWS Signature", "signature", &view.part(text.clone())),
    };
    node.into_detail()
}

fn all_disclosures(ranges: &[Range<usize>], view: &View<'_>, budget: &mut Budget) -> Node {
    let mut nodes = Vec::new();
    for range in ranges {
        if !budget.take(1) {
            nodes.push(Node::cut_off());
            break;
        }
        nodes.push(disclosure(range, view, budget));
    }
    let node = Node::branch("Disclosures", format!("disclosures ({})", ranges.len()), nodes);
    match (ranges.first(), ranges.last()) {
        (Some(first), Some(last)) => node.at(view.part(first.start..last.end).whole()),
        _ => node,
    }
}

/// RFC 9901 §4.2.1 and §4.2.2: salt, name and value of a member, or salt and value of an array's element. It stands
/// under its name.
fn disclosure(text: &Range<usize>, view: &View<'_>, budget: &mut Budget) -> Node {
    let decoded = view.decoded(text.clone(), Encoding::Base64Url);
    let found = decoded.as_ref().and_then(|decoded| {
        let name = name(&json::parse(decoded.view().bytes).ok()?);
        let array = embedded(DISCLOSURE, "disclosure of an unknown form", &decoded.view(), budget)?;
        Some(opened(array, name).at(decoded.view().whole()))
    });
    found.unwrap_or_else(|| raw(DISCLOSURE, "disclosure that cannot be read", &view.part(text.clone())))
}

/// The name in a disclosure.
fn name(array: &json::Value) -> Option<String> {
    match array.as_array()?.as_slice() {
        [_, json::Value::String(name), _] => Some(name.clone()),
        _ => None,
    }
}

/// An array as the disclosure that it is. What is inside an object or array stands in the disclosure at once.
fn opened(array: Node, name: Option<String>) -> Node {
    let expected = 2 + usize::from(name.is_some());
    if array.children().len() != expected {
        return array;
    }
    let mut parts = array.into_children();
    let Some(value) = parts.pop() else { return Node::branch(DISCLOSURE, "", parts) };
    let names = [("salt", "salt"), ("claim name", "name")];
    let parts = parts.into_iter().zip(names).map(|(part, (kind, label))| part.renamed(kind, label).into_detail());
    let mut children: Vec<_> = parts.collect();
    let label = name.unwrap_or_else(|| "array element".to_owned());
    let Some(text) = value.value().map(str::to_owned) else {
        children.extend(value.into_children());
        return Node::branch(DISCLOSURE, label, children);
    };
    children.push(value.renamed("claim value", "value").into_detail());
    Node::branch(DISCLOSURE, label, children).with_value(text)
}

/// The list inside a status list token.
fn status_list(payload: &[u8]) -> Option<Node> {
    let claims: Object = json::parse_object(&base64url::decode(payload).ok()?).ok()?;
    let encoded = EncodedList::from_json(claims.get("status_list")?.as_object()?).ok()?;
    Some(list::node(&encoded.inflate(DEFAULT_MAX_LIST_BYTES).ok()?))
}
