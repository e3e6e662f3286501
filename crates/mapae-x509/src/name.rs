//! Distinguished names: read, compared by their bytes, and built.
//!
//! Left out: the string preparation of RFC 5280 §7.1. ISO/IEC 18013-5 Annex B wants issuer and subject equal
//! as bytes, which also leaves nothing to interpretation.

use const_oid::{
    ObjectIdentifier,
    db::rfc4519::{COMMON_NAME, COUNTRY_NAME, ORGANIZATION_NAME, ST},
};
use der::{
    Decode as _, Encode as _, Tag,
    asn1::{Any, AnyRef, SetOfVec},
};
use x509_cert::{
    attr::AttributeTypeAndValue,
    ext::pkix::name::DirectoryString,
    name::{Name, RdnSequence, RelativeDistinguishedName},
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

impl DistinguishedName {
    pub(crate) fn read(raw: AnyRef<'_>) -> Result<Self, X509Error> {
        let der = raw.to_der().map_err(|_| X509Error::Unreadable)?;
        let name = Name::from_der(&der).map_err(|_| X509Error::Unreadable)?;
        Ok(Self {
            text: name_text::of(name.as_ref()),
            country: attribute(&name, COUNTRY_NAME),
            state_or_province: attribute(&name, ST),
            organization: attribute(&name, ORGANIZATION_NAME),
            common_name: attribute(&name, COMMON_NAME),
            der: der.into(),
        })
    }
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
    name.push(part(COUNTRY_NAME, Tag::PrintableString, country)?);
    for (oid, value) in [(ST, state_or_province), (ORGANIZATION_NAME, organization), (COMMON_NAME, Some(common_name))] {
        if let Some(text) = value {
            name.push(part(oid, Tag::Utf8String, text)?);
        }
    }
    name.to_der().map_err(|_| X509Error::IssuingUnencodable)
}

/// The first attribute of that type, if its string type can be read.
fn attribute(name: &Name, oid: ObjectIdentifier) -> Option<String> {
    name.by_oid::<DirectoryString>(oid).ok().flatten().map(|text| text.value().into_owned())
}

fn part(oid: ObjectIdentifier, tag: Tag, text: &str) -> Result<RelativeDistinguishedName, X509Error> {
    let fits = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if !fits {
        return Err(X509Error::IssuingNameInvalid);
    }
    let value = Any::new(tag, text.as_bytes()).map_err(|_| X509Error::IssuingUnencodable)?;
    SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])
        .map(RelativeDistinguishedName::from)
        .map_err(|_| X509Error::IssuingUnencodable)
}
