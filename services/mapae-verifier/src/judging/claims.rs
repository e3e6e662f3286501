//! The claims of a credential in one shape, whatever its format: the catalogue's attributes with their values.

use mapae_cose::cbor;
use mapae_dcql::{ClaimPath, CredentialQuery, PathSegment};
use mapae_document::{Catalogue, DocumentType};
use mapae_jose::base64url;
use mapae_verify::{Claims, VerifiedCredential};
use serde_json::{Map, Value, json};

/// One claim: where it stands, what the catalogue calls it, and its value.
pub(super) struct Leaf {
    pub(super) path: ClaimPath,
    pub(super) id: String,
    pub(super) value: Value,
}

/// The documents of the catalogue of that type. The mdocs of the resident card and its overseas sister share one.
pub(super) fn documents<'c>(catalogue: &'c Catalogue, kind: &str) -> Vec<&'c DocumentType> {
    catalogue.documents().iter().filter(|known| [known.doctype(), known.vct()].contains(&kind)).collect()
}

/// The claims of a credential by the catalogue's names.
pub(crate) fn by_attribute(credential: &VerifiedCredential, catalogue: &Catalogue) -> Map<String, Value> {
    leaves(credential, catalogue).into_iter().map(|leaf| (leaf.id, leaf.value)).collect()
}

/// Every claim of a credential.
pub(super) fn leaves(credential: &VerifiedCredential, catalogue: &Catalogue) -> Vec<Leaf> {
    let documents = documents(catalogue, credential.document_type());
    match credential.claims() {
        Claims::Mdoc(elements) => elements.iter().map(|element| of_element(element, &documents)).collect(),
        Claims::SdJwt(members) => {
            let mut leaves = Vec::new();
            for (name, value) in members {
                of_claim(&mut vec![name], value, &documents, &mut leaves);
            }
            leaves
        }
        _ => Vec::new(),
    }
}

fn of_element((namespace, element, value): &(String, String, cbor::Value), documents: &[&DocumentType]) -> Leaf {
    let attribute = documents.iter().find_map(|document| document.attribute_of_element(namespace, element));
    let id = attribute.map_or_else(|| format!("{namespace}/{element}"), |attribute| attribute.id().to_owned());
    let value = match value {
        cbor::Value::Bytes(bytes) => image(bytes).unwrap_or_else(|| value.to_json()),
        value => plain(value.to_json()),
    };
    Leaf { path: ClaimPath::element(namespace, element), id, value }
}

/// ISO/IEC TS 23220-2: a birth date is a map that holds the date beside its uncertain parts.
fn plain(value: Value) -> Value {
    match value.get("birth_date") {
        Some(date) if value.as_object().is_some_and(|map| map.len() == 1) => date.clone(),
        _ => value,
    }
}

/// An object is a claim if the catalogue says so, else its members are.
fn of_claim<'c>(path: &mut Vec<&'c str>, value: &'c Value, documents: &[&DocumentType], leaves: &mut Vec<Leaf>) {
    let attribute = documents.iter().find_map(|document| document.attribute_of_claim(path));
    if let (Value::Object(members), None) = (value, attribute) {
        for (name, member) in members {
            path.push(name);
            of_claim(path, member, documents, leaves);
            path.pop();
        }
        return;
    }
    let segments = path.iter().map(|name| PathSegment::Key((*name).to_owned())).collect();
    // A path that was walked has a segment.
    let Ok(place) = ClaimPath::new(segments) else { return };
    let id = attribute.map_or_else(|| path.join("."), |attribute| attribute.id().to_owned());
    let picture = value.as_str().and_then(data_url).and_then(|bytes| image(&bytes));
    leaves.push(Leaf { path: place, id, value: picture.unwrap_or_else(|| value.clone()) });
}

fn data_url(text: &str) -> Option<Vec<u8>> {
    let (kind, data) = text.split_once(";base64,")?;
    kind.starts_with("data:image/").then(|| base64url::decode_standard(data).ok())?
}

/// A picture by its first bytes: the type that a document states is only a claim.
fn image(bytes: &[u8]) -> Option<Value> {
    let media_type = match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        _ => return None,
    };
    Some(json!({ "media_type": media_type, "base64url": base64url::encode(bytes) }))
}

/// What was asked for; `Err` with the path of what was disclosed beside it. What an SD-JWT always tells the holder cannot
/// hold back: that is left out, and no more is made of it (OpenID4VP 1.0 §6.4.1).
pub(super) fn asked_only(
    leaves: Vec<Leaf>,
    query: &CredentialQuery,
    disclosed: Option<&[String]>,
) -> Result<Vec<Leaf>, ClaimPath> {
    let (asked, unasked): (Vec<Leaf>, Vec<Leaf>) = leaves.into_iter().partition(|leaf| query.asks_for(&leaf.path));
    let named =
        |segment: &PathSegment, names: &[String]| matches!(segment, PathSegment::Key(name) if names.contains(name));
    let chosen =
        |leaf: &Leaf| disclosed.is_none_or(|names| leaf.path.segments().iter().any(|segment| named(segment, names)));
    unasked.into_iter().find(chosen).map_or(Ok(asked), |leaf| Err(leaf.path))
}

/// The names in the disclosures of an SD-JWT that has been verified (RFC 9901 §4.2.1).
pub(super) fn disclosed_names(sd_jwt: &[u8]) -> Vec<String> {
    let name = |part: &[u8]| {
        let disclosure: Vec<Value> = serde_json::from_slice(&base64url::decode(part).ok()?).ok()?;
        disclosure.get(1).filter(|_| disclosure.len() == 3)?.as_str().map(str::to_owned)
    };
    sd_jwt.split(|byte| *byte == b'~').skip(1).filter_map(name).collect()
}
