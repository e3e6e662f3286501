//! A verified credential for people: its title, the holder's name and portrait, and one row for each claim, in the
//! catalogue's words. What the catalogue does not know is shown under its own identifier.

use mapae_cose::cbor;
use mapae_dcql::{ClaimPath, CredentialQuery, PathSegment, Wanted};
use mapae_document::{Attribute, Catalogue, DocumentType, Label};
use mapae_jose::base64url;
use mapae_verify::{Claims, VerifiedCredential};
use serde_json::{Value, json};

use crate::Request;

/// The organisation that `mapae authority init` writes into its certificates unless it is told another.
const SAMPLE_AUTHORITY: &str = "Mapae Sample Authority";

/// The credential as the page shows it.
pub fn view(credential: &VerifiedCredential, catalogue: &Catalogue) -> Value {
    let kind = credential.document_type();
    let document = document(catalogue, kind);
    let rows = rows(credential.claims(), document);
    let find = |id: &str| rows.iter().find(|row| row.id == id).map(|row| row.value.clone());
    json!({
        "title": document.map_or_else(|| own_name(kind), |document| label(document.title())),
        "authority": document.map(|document| label(document.authority())),
        "name": { "family": find("family_name"), "given": find("given_name") },
        "hangul": { "family": find("family_name_hangul"), "given": find("given_name_hangul") },
        "portrait": rows.iter().find_map(Row::image),
        "rows": rows.iter().filter(|row| row.image.is_none()).map(Row::to_json).collect::<Vec<_>>(),
        "sample": credential.issuer().root().contains(SAMPLE_AUTHORITY),
    })
}

/// What a request asks for, each thing once, whatever the formats: labels.
pub fn asked(request: &Request, catalogue: &Catalogue) -> Value {
    let mut labels = Vec::new();
    for credential in request.query().credentials() {
        let document = kinds(credential).iter().find_map(|kind| document(catalogue, kind));
        for claim in credential.claims() {
            let label = asked_label(claim.path(), document);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    }
    labels.into()
}

fn kinds(credential: &CredentialQuery) -> Vec<&str> {
    match credential.wanted() {
        Wanted::Mdoc { doctype } => vec![doctype],
        Wanted::SdJwtVc { vct_values } => vct_values.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

fn asked_label(path: &ClaimPath, document: Option<&DocumentType>) -> Value {
    let names = path.segments().iter().filter_map(|segment| match segment {
        PathSegment::Key(name) => Some(name.as_str()),
        _ => None,
    });
    let names: Vec<&str> = names.collect();
    let attribute = document.and_then(|document| match (path.as_element(), names.as_slice()) {
        (Some((namespace, element)), _) if document.attribute_of_element(namespace, element).is_some() => {
            document.attribute_of_element(namespace, element)
        }
        _ => document.attribute_of_claim(&names),
    });
    attribute.map_or_else(|| own_name(names.last().unwrap_or(&"")), |attribute| label(attribute.label()))
}

fn document<'c>(catalogue: &'c Catalogue, kind: &str) -> Option<&'c DocumentType> {
    catalogue.documents().iter().find(|known| [known.doctype(), known.vct()].contains(&kind))
}

/// What the catalogue does not know has one name.
fn own_name(identifier: &str) -> Value {
    json!({ "ko": identifier, "en": identifier })
}

/// One claim.
struct Row {
    id: String,
    label: Value,
    value: Value,
    image: Option<Vec<u8>>,
}

fn rows(claims: &Claims, document: Option<&DocumentType>) -> Vec<Row> {
    match claims {
        Claims::Mdoc(elements) => elements.iter().map(|element| element_row(element, document)).collect(),
        Claims::SdJwt(members) => {
            let mut rows = Vec::new();
            members.iter().for_each(|(name, value)| claim_rows(&mut vec![name], value, document, &mut rows));
            rows
        }
        _ => Vec::new(),
    }
}

fn element_row((namespace, element, value): &(String, String, cbor::Value), document: Option<&DocumentType>) -> Row {
    let attribute = document.and_then(|document| document.attribute_of_element(namespace, element));
    match value {
        cbor::Value::Bytes(bytes) => Row::new(attribute, element, value.to_json()).showing(bytes.clone()),
        value => Row::new(attribute, element, plain(value.to_json())),
    }
}

/// ISO/IEC TS 23220-2: a birth date is a map that holds the date beside its uncertain parts.
fn plain(value: Value) -> Value {
    match value.get("birth_date") {
        Some(date) if value.as_object().is_some_and(|map| map.len() == 1) => date.clone(),
        _ => value,
    }
}

/// An object is a claim if the catalogue says so, else its members are.
fn claim_rows<'c>(path: &mut Vec<&'c str>, value: &'c Value, document: Option<&DocumentType>, rows: &mut Vec<Row>) {
    let attribute = document.and_then(|document| document.attribute_of_claim(path));
    match value {
        Value::Object(members) if attribute.is_none() => {
            for (name, member) in members {
                path.push(name);
                claim_rows(path, member, document, rows);
                path.pop();
            }
        }
        Value::String(url) if url.starts_with("data:image/") => {
            let bytes = url.split_once(";base64,").and_then(|(_, data)| base64url::decode_standard(data).ok());
            rows.push(Row::new(attribute, &path.join("."), Value::Null).showing(bytes.unwrap_or_default()));
        }
        value => rows.push(Row::new(attribute, &path.join("."), value.clone())),
    }
}

impl Row {
    fn new(attribute: Option<&Attribute>, identifier: &str, value: Value) -> Self {
        Self {
            id: attribute.map_or(identifier, Attribute::id).to_owned(),
            label: attribute.map_or_else(|| own_name(identifier), |attribute| label(attribute.label())),
            value,
            image: None,
        }
    }

    /// The same with a picture, if that is what the bytes are.
    fn showing(mut self, bytes: Vec<u8>) -> Self {
        self.image = media_type(&bytes).map(|_| bytes);
        self
    }

    fn image(&self) -> Option<Value> {
        let bytes = self.image.as_ref()?;
        Some(json!({ "media_type": media_type(bytes)?, "base64url": base64url::encode(bytes), "label": self.label }))
    }

    fn to_json(&self) -> Value {
        json!({ "id": self.id, "label": self.label, "value": self.value })
    }
}

/// What a browser shows, by the first bytes: a type that the document states is only a claim, and none of these runs
/// anything.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        _ => None,
    }
}

fn label(label: &Label) -> Value {
    json!({ "ko": label.ko, "en": label.en })
}
