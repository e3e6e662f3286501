//! What a copy says, whatever its format, in the catalogue's words: one fact for each element.

use mapae_cose::cbor;
use mapae_document::{Catalogue, DocumentType};
use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;
use serde_json::Value;

use crate::{Format, HeldCopy, Image, Words, words};

/// Claims of an SD-JWT VC that are about the copy, not about the holder (RFC 7519 §4.1, SD-JWT VC §3.2.2).
const TECHNICAL: [&str; 11] =
    ["iss", "iat", "nbf", "exp", "jti", "cnf", "vct", "vct#integrity", "status", "_sd_alg", "aud"];

/// One thing that a copy says.
pub(crate) struct Fact {
    /// The catalogue's name for it, or its own.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) label: Words,
    /// What it is; of a picture nothing.
    pub(crate) value: Value,
    /// The picture that it is.
    pub(crate) image: Option<Image>,
    /// Whether it is sensitive, or a number of which people are the keepers.
    pub(crate) is_sensitive: bool,
}

/// What a copy of the document called `name` says; nothing if it cannot be read.
pub(crate) fn of(copy: &HeldCopy, name: &str, catalogue: Option<&Catalogue>) -> Vec<Fact> {
    match copy.format {
        Format::Mdoc => of_mdoc(&copy.bytes(), name, catalogue),
        Format::SdJwt => of_sd_jwt(&copy.credential, name, catalogue),
    }
}

fn of_mdoc(bytes: &[u8], name: &str, catalogue: Option<&Catalogue>) -> Vec<Fact> {
    let Ok(held) = HeldMdoc::parse(bytes) else { return Vec::new() };
    let document = words::document(catalogue, held.doc_type(), name);
    let fact = |path: &[String], value: cbor::Value| match value {
        cbor::Value::Bytes(bytes) => Fact::new(document, path, Value::Null).showing(words::image(&bytes)),
        value => Fact::new(document, path, words::plain(value.to_json())),
    };
    let elements = held.elements();
    elements.map(|one| fact(&[one.namespace.to_owned(), one.identifier().to_owned()], one.value())).collect()
}

fn of_sd_jwt(text: &str, name: &str, catalogue: Option<&Catalogue>) -> Vec<Fact> {
    let Ok(held) = SdJwt::parse(text) else { return Vec::new() };
    let document = words::document(catalogue, held.vct(), name);
    let mut facts = Vec::new();
    for (name, value) in held.claims().iter().filter(|(name, _)| !TECHNICAL.contains(&name.as_str())) {
        claims(&mut vec![name.clone()], value, document, &mut facts);
    }
    facts
}

/// An object is a claim if the catalogue says so, else its members are.
fn claims(path: &mut Vec<String>, value: &Value, document: Option<&DocumentType>, facts: &mut Vec<Fact>) {
    match value {
        Value::Object(members) if words::attribute(document, path).is_none() => {
            for (name, member) in members {
                path.push(name.clone());
                claims(path, member, document, facts);
                path.pop();
            }
        }
        value => facts.push(match words::picture(value) {
            Some(image) => Fact::new(document, path, Value::Null).showing(Some(image)),
            None => Fact::new(document, path, value.clone()),
        }),
    }
}

impl Fact {
    fn new(document: Option<&DocumentType>, path: &[String], value: Value) -> Self {
        let attribute = words::attribute(document, path);
        let own = || path.last().cloned().unwrap_or_default();
        Self {
            id: attribute.map_or_else(own, |attribute| attribute.id().to_owned()),
            label: words::label(document, path),
            value,
            image: None,
            is_sensitive: attribute.is_some_and(|known| known.is_sensitive() || known.requires_legal_basis()),
        }
    }

    fn showing(self, image: Option<Image>) -> Self {
        Self { image, ..self }
    }
}
