//! What people read: names of documents and elements in the catalogue's words, and values as a page can show them.
//!
//! What the catalogue does not know has its own identifier for a name, in both languages.

use mapae_document::{Attribute, Catalogue, DocumentType, Label};
use mapae_jose::base64url;
use mapae_oid4vci::Fields;
use mapae_trust::Names;
use serde::Serialize;
use serde_json::Value;

/// A text in both languages that people read (design D19).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Words {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// A picture, for a page to show.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    /// What it is by its first bytes: `image/jpeg` or `image/png`.
    pub media_type: &'static str,
    /// The bytes.
    pub base64url: String,
}

impl Words {
    pub(crate) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self { ko: fields.text("ko"), en: fields.text("en") };
        fields.nothing_else(read)
    }

    /// A text in each.
    pub(crate) fn both(ko: &str, en: &str) -> Self {
        Self { ko: ko.to_owned(), en: en.to_owned() }
    }

    /// One text for both languages: a name that has no other.
    pub(crate) fn same(text: &str) -> Self {
        Self::both(text, text)
    }
}

impl From<&Label> for Words {
    fn from(label: &Label) -> Self {
        Self { ko: label.ko.clone(), en: label.en.clone() }
    }
}

impl From<&Names> for Words {
    fn from(names: &Names) -> Self {
        Self { ko: names.ko().to_owned(), en: names.en().to_owned() }
    }
}

/// The document of that `docType` or `vct`, and where two share a document type, the one that is named so as well.
pub(crate) fn document<'c>(catalogue: Option<&'c Catalogue>, kind: &str, name: &str) -> Option<&'c DocumentType> {
    let known = || catalogue.into_iter().flat_map(Catalogue::documents);
    let is = |document: &&DocumentType| [document.doctype(), document.vct()].contains(&kind);
    known().filter(is).find(|document| document.name().as_str() == name).or_else(|| known().find(is))
}

/// The attribute at a path: namespace and element of an mdoc, or names of members of an SD-JWT VC.
pub(crate) fn attribute<'c>(document: Option<&'c DocumentType>, path: &[String]) -> Option<&'c Attribute> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let element = match names.as_slice() {
        [namespace, element] => document?.attribute_of_element(namespace, element),
        _ => None,
    };
    element.or_else(|| document?.attribute_of_claim(&names))
}

/// What an element is called.
pub(crate) fn label(document: Option<&DocumentType>, path: &[String]) -> Words {
    let own = || Words::same(path.last().map_or("?", String::as_str));
    attribute(document, path).map_or_else(own, |attribute| attribute.label().into())
}

/// ISO/IEC TS 23220-2: a birth date is a map that holds the date beside its uncertain parts.
pub(crate) fn plain(value: Value) -> Value {
    match value.get("birth_date") {
        Some(date) if value.as_object().is_some_and(|map| map.len() == 1) => date.clone(),
        _ => value,
    }
}

/// The picture that a claim of an SD-JWT VC is, if it is one.
pub(crate) fn picture(value: &Value) -> Option<Image> {
    let (_, data) = value.as_str()?.strip_prefix("data:image/")?.split_once(";base64,")?;
    image(&base64url::decode_standard(data).ok()?)
}

/// What a browser shows, by the first bytes: a type that the document states is only a claim.
pub(crate) fn image(bytes: &[u8]) -> Option<Image> {
    let media_type = match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        _ => return None,
    };
    Some(Image { media_type, base64url: base64url::encode(bytes) })
}
