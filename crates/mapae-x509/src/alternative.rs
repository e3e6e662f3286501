//! Alternative names: of a subject, of an issuer, and of the place of a revocation list.

use der::asn1::Ia5String;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};

use crate::X509Error;

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

    pub(crate) fn read(name: &GeneralName) -> Option<Self> {
        match name {
            GeneralName::UniformResourceIdentifier(text) => Some(Self::Uri(text.to_string())),
            GeneralName::Rfc822Name(text) => Some(Self::Email(text.to_string())),
            GeneralName::DnsName(text) => Some(Self::Dns(text.to_string())),
            _ => None,
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

/// The first URI of a distribution point's full name. ISO/IEC 18013-5's own example has a host name instead.
pub(crate) fn uri_of(place: &DistributionPointName) -> Option<String> {
    let DistributionPointName::FullName(names) = place else { return None };
    names.iter().find_map(|name| match AlternativeName::read(name) {
        Some(AlternativeName::Uri(uri)) => Some(uri),
        _ => None,
    })
}
