//! Distinguished names: read, compared by their bytes, and built.
//!
//! Left out: the string preparation of RFC 5280 §7.1. ISO/IEC 18013-5 Annex B wants issuer and subject equal
//! as bytes, which also leaves nothing to interpretation.

use const_oid::{
    ObjectIdentifier,
    db::rfc4519::{COMMON_NAME, COUNTRY_NAME, ORGANIZATION_NAME, ST},
};
use der::{
    Encode as _, Tag,
    asn1::{Any, SetOfVec},
};
use mapae_crypto::elements::{Element, Elements, only, tag};
use x509_cert::{
    attr::AttributeTypeAndValue,
    name::{RdnSequence, RelativeDistinguishedName},
};

use crate::{X509Error, name_text};

/// A distinguished name as it was received, with the attributes that profiles look at.
#[derive(Clone)]
pub(crate) struct DistinguishedName {
    pub(crate) der: Box<[u8]>,
    /// RFC 4514.
    pub(crate) text: String,
    pub(crate) country: Option<String>,
    pub(crate) state_or_province: Option<String>,
    pub(crate) organization: Option<String>,
    pub(crate) common_name: Option<String>,
}

/// `AttributeTypeAndValue`.
pub(crate) struct Attribute<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) value: Element<'a>,
    whole: &'a [u8],
}

impl DistinguishedName {
    pub(crate) fn read(der: &[u8]) -> Result<Self, X509Error> {
        let parts = only(der, tag::SEQUENCE).and_then(parts).ok_or(X509Error::Unreadable)?;
        Ok(Self {
            text: name_text::of(&parts),
            country: attribute(&parts, COUNTRY_NAME),
            state_or_province: attribute(&parts, ST),
            organization: attribute(&parts, ORGANIZATION_NAME),
            common_name: attribute(&parts, COMMON_NAME),
            der: der.into(),
        })
    }
}

/// `RDNSequence`, from its content.
pub(crate) fn parts(sequence: &[u8]) -> Option<Vec<Vec<Attribute<'_>>>> {
    let (mut elements, mut parts) = (Elements::new(sequence), Vec::new());
    while !elements.is_empty() {
        parts.push(part(elements.next(tag::SET)?)?);
    }
    Some(parts)
}

/// `RelativeDistinguishedName`, from its content: in the order of DER (X.690 §11.6), in whichever it was received.
pub(crate) fn part(set: &[u8]) -> Option<Vec<Attribute<'_>>> {
    let (mut elements, mut attributes) = (Elements::new(set), Vec::new());
    while !elements.is_empty() {
        let attribute = Attribute::read(elements.any()?)?;
        let place = attributes.partition_point(|other: &Attribute<'_>| other.whole <= attribute.whole);
        attributes.insert(place, attribute);
    }
    Some(attributes)
}

impl<'a> Attribute<'a> {
    fn read(element: Element<'a>) -> Option<Self> {
        let mut parts = Elements::inside(element.whole, tag::SEQUENCE)?;
        let oid = ObjectIdentifier::from_bytes(parts.next(tag::OBJECT_IDENTIFIER)?).ok()?;
        let value = parts.any()?;
        parts.end().map(|()| Self { oid, value, whole: element.whole })
    }
}

/// The first attribute of that type, if its string type can be read.
fn attribute(parts: &[Vec<Attribute<'_>>], oid: ObjectIdentifier) -> Option<String> {
    parts.iter().flatten().find(|attribute| attribute.oid == oid).and_then(|found| directory_string(found.value))
}

/// `DirectoryString` of RFC 5280 §4.1.2.4, but for `UniversalString`, which nobody uses. Of Teletex what is ASCII.
pub(crate) fn directory_string(string: Element<'_>) -> Option<String> {
    let fits: fn(u8) -> bool = match string.tag {
        tag::PRINTABLE_STRING => |byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte),
        tag::TELETEX_STRING => |byte| byte.is_ascii(),
        tag::UTF8_STRING => |_| true,
        tag::BMP_STRING => return bmp_string(string.content),
        _ => return None,
    };
    let text = core::str::from_utf8(string.content).ok()?;
    text.bytes().all(fits).then(|| text.to_owned())
}

/// Characters of two bytes each.
fn bmp_string(content: &[u8]) -> Option<String> {
    let (pairs, []) = content.as_chunks::<2>() else { return None };
    let mut text = String::new();
    for pair in pairs {
        text.push(char::from_u32(u16::from_be_bytes(*pair).into()).filter(|character| *character != '\u{ffff}')?);
    }
    Some(text)
}

impl PartialEq for DistinguishedName {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

/// Builds the name of somebody whom we certify: C, ST, O, CN, in that order.
pub(crate) fn write(
    country: &str,
    state_or_province: Option<&str>,
    organization: Option<&str>,
    common_name: &str,
) -> Result<Vec<u8>, X509Error> {
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(X509Error::IssuingCountryInvalid);
    }
    let mut name = RdnSequence::default();
    name.push(new_part(COUNTRY_NAME, Tag::PrintableString, country)?);
    for (oid, value) in [(ST, state_or_province), (ORGANIZATION_NAME, organization), (COMMON_NAME, Some(common_name))] {
        if let Some(text) = value {
            name.push(new_part(oid, Tag::Utf8String, text)?);
        }
    }
    name.to_der().map_err(|_| X509Error::IssuingUnencodable)
}

fn new_part(oid: ObjectIdentifier, tag: Tag, text: &str) -> Result<RelativeDistinguishedName, X509Error> {
    let fits = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if !fits {
        return Err(X509Error::IssuingNameInvalid);
    }
    let value = Any::new(tag, text.as_bytes()).map_err(|_| X509Error::IssuingUnencodable)?;
    SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])
        .map(RelativeDistinguishedName::from)
        .map_err(|_| X509Error::IssuingUnencodable)
}
