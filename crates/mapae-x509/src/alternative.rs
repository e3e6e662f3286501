//! Alternative names: of a subject, of an issuer, and of the place of a revocation list.

use const_oid::ObjectIdentifier;
use der::asn1::Ia5String;
use mapae_crypto::elements::{Element, Elements, only, tag};
use x509_cert::ext::pkix::name::GeneralName;

use crate::{X509Error, name};

/// A name beside the distinguished name (RFC 5280 §4.2.1.6). Other kinds are skipped when read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlternativeName {
    /// A URI.
    Uri(String),
    /// An e-mail address.
    Email(String),
    /// A host name.
    Dns(String),
}

impl AlternativeName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Uri(text) | Self::Email(text) | Self::Dns(text) => text,
        }
    }

    pub(crate) fn write(&self) -> Result<GeneralName, X509Error> {
        if !self.is_plausible() {
            return Err(X509Error::IssuingAddressInvalid);
        }
        let text = Ia5String::new(self.as_str()).map_err(|_| X509Error::IssuingAddressInvalid)?;
        Ok(match self {
            Self::Uri(_) => GeneralName::UniformResourceIdentifier(text),
            Self::Email(_) => GeneralName::Rfc822Name(text),
            Self::Dns(_) => GeneralName::DnsName(text),
        })
    }

    /// Catches swapped arguments; whether the address answers is not this crate's to know.
    fn is_plausible(&self) -> bool {
        let text = self.as_str();
        let printable = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        printable
            && match self {
                Self::Uri(uri) => uri.contains(':'),
                Self::Email(address) => address.contains('@'),
                Self::Dns(host) => !host.contains(['/', '@', ':']),
            }
    }
}

/// `GeneralNames` (RFC 5280 §4.2.1.6), from the content of their sequence. Those of other kinds are read and left aside.
pub(crate) fn general_names(sequence: &[u8], names: &mut Vec<AlternativeName>) -> Option<()> {
    let mut elements = Elements::new(sequence);
    while !elements.is_empty() {
        names.extend(general_name(elements.any()?)?);
    }
    Some(())
}

#[expect(clippy::option_option, reason = "unreadable, of another kind, or a name")]
fn general_name(name: Element<'_>) -> Option<Option<AlternativeName>> {
    const OTHER_NAME: u8 = tag::constructed(0);
    const RFC822_NAME: u8 = tag::primitive(1);
    const DNS_NAME: u8 = tag::primitive(2);
    const DIRECTORY_NAME: u8 = tag::constructed(4);
    const EDI_PARTY_NAME: u8 = tag::constructed(5);
    const URI: u8 = tag::primitive(6);
    const IP_ADDRESS: u8 = tag::primitive(7);
    const REGISTERED_ID: u8 = tag::primitive(8);
    let content = name.content;
    match name.tag {
        RFC822_NAME => return ia5(content).map(AlternativeName::Email).map(Some),
        DNS_NAME => return ia5(content).map(AlternativeName::Dns).map(Some),
        URI => return ia5(content).map(AlternativeName::Uri).map(Some),
        OTHER_NAME => other_name(content)?,
        DIRECTORY_NAME => name::parts(only(content, tag::SEQUENCE)?).map(|_| ())?,
        EDI_PARTY_NAME => edi_party_name(content)?,
        REGISTERED_ID => ObjectIdentifier::from_bytes(content).ok().map(|_| ())?,
        IP_ADDRESS => {}
        _ => return None,
    }
    Some(None)
}

fn ia5(content: &[u8]) -> Option<String> {
    core::str::from_utf8(content).ok().filter(|text| text.is_ascii()).map(str::to_owned)
}

fn other_name(content: &[u8]) -> Option<()> {
    let mut name = Elements::new(content);
    ObjectIdentifier::from_bytes(name.next(tag::OBJECT_IDENTIFIER)?).ok()?;
    let mut value = name.enter(tag::constructed(0))?;
    value.any()?;
    value.end()?;
    name.end()
}

fn edi_party_name(content: &[u8]) -> Option<()> {
    let mut name = Elements::new(content);
    let assigner = name.optional(tag::constructed(0))?;
    for text in assigner.into_iter().chain([name.next(tag::constructed(1))?]) {
        let mut text = Elements::new(text);
        name::directory_string(text.any()?)?;
        text.end()?;
    }
    name.end()
}

/// The first URI of a distribution point's full name, unless one was found before. ISO/IEC 18013-5's own example has a
/// host name instead.
pub(crate) fn uri_of(place: &[u8], uri: &mut Option<String>) -> Option<()> {
    const FULL_NAME: u8 = tag::constructed(0);
    const RELATIVE_NAME: u8 = tag::constructed(1);
    let (mut elements, mut names) = (Elements::new(place), Vec::new());
    let place = elements.any()?;
    match place.tag {
        FULL_NAME => general_names(place.content, &mut names)?,
        RELATIVE_NAME => name::part(place.content).map(|_| ())?,
        _ => return None,
    }
    for name in names {
        if let (None, AlternativeName::Uri(text)) = (&uri, name) {
            *uri = Some(text);
        }
    }
    elements.end()
}
