//! The extensions that profiles look at. Others are skipped, or refused where marked critical.

use const_oid::ObjectIdentifier;
use mapae_crypto::elements::{Elements, bits, boolean, integer, only, tag, unsigned};

use crate::{
    AlternativeName, X509Error,
    alternative::{general_names, uri_of},
};

/// The last number of the identifiers under `id-ce`, 2.5.29 (RFC 5280 §4.2.1 and §5.2).
pub(crate) mod id_ce {
    pub(crate) const SUBJECT_KEY_IDENTIFIER: Option<u8> = Some(14);
    pub(crate) const KEY_USAGE: Option<u8> = Some(15);
    pub(crate) const SUBJECT_ALT_NAME: Option<u8> = Some(17);
    pub(crate) const ISSUER_ALT_NAME: Option<u8> = Some(18);
    pub(crate) const BASIC_CONSTRAINTS: Option<u8> = Some(19);
    pub(crate) const CRL_NUMBER: Option<u8> = Some(20);
    pub(crate) const CRL_REASONS: Option<u8> = Some(21);
    pub(crate) const CRL_DISTRIBUTION_POINTS: Option<u8> = Some(31);
    pub(crate) const AUTHORITY_KEY_IDENTIFIER: Option<u8> = Some(35);
    pub(crate) const EXT_KEY_USAGE: Option<u8> = Some(37);
}

/// `Extension` of RFC 5280 §4.1.
pub(crate) struct Extension<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) critical: bool,
    pub(crate) content: &'a [u8],
}

impl<'a> Extension<'a> {
    /// `Extensions`, from the content of their sequence.
    pub(crate) fn read_all(sequence: &'a [u8]) -> Option<Vec<Self>> {
        let (mut elements, mut extensions) = (Elements::new(sequence), Vec::new());
        while !elements.is_empty() {
            extensions.push(Self::read(elements.enter(tag::SEQUENCE)?)?);
        }
        Some(extensions)
    }

    fn read(mut elements: Elements<'a>) -> Option<Self> {
        let oid = ObjectIdentifier::from_bytes(elements.next(tag::OBJECT_IDENTIFIER)?).ok()?;
        let critical = elements.optional(tag::BOOLEAN)?.map_or(Some(false), boolean)?;
        let content = elements.next(tag::OCTET_STRING)?;
        elements.end().map(|()| Self { oid, critical, content })
    }

    /// Which one of [`id_ce`] it is.
    pub(crate) fn id_ce(&self) -> Option<u8> {
        match self.oid.as_bytes() {
            [0x55, 0x1d, number] => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn unreadable(&self) -> X509Error {
        X509Error::ExtensionUnreadable { oid: self.oid }
    }
}

/// What the extensions of a certificate say.
#[derive(Clone, Default)]
pub(crate) struct Extensions {
    pub(crate) is_ca: bool,
    pub(crate) path_len: Option<u8>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) purposes: Option<Vec<ObjectIdentifier>>,
    pub(crate) subject_key_id: Option<Vec<u8>>,
    pub(crate) authority_key_id: Option<Vec<u8>>,
    pub(crate) subject_alternatives: Vec<AlternativeName>,
    pub(crate) issuer_alternatives: Vec<AlternativeName>,
    pub(crate) crl_distribution_point: Option<String>,
}

impl Extensions {
    pub(crate) fn read(extensions: &[Extension<'_>]) -> Result<Self, X509Error> {
        check_unique(extensions)?;
        let mut known = Self::default();
        for extension in extensions {
            known.take(extension)?;
        }
        Ok(known)
    }

    fn take(&mut self, extension: &Extension<'_>) -> Result<(), X509Error> {
        let content = extension.content;
        let read = match extension.id_ce() {
            id_ce::BASIC_CONSTRAINTS => {
                basic_constraints(content).map(|(is_ca, path_len)| (self.is_ca, self.path_len) = (is_ca, path_len))
            }
            id_ce::KEY_USAGE => KeyUsage::read(content).map(|usage| self.key_usage = Some(usage)),
            id_ce::EXT_KEY_USAGE => purposes(content).map(|purposes| self.purposes = Some(purposes)),
            id_ce::SUBJECT_KEY_IDENTIFIER => {
                only(content, tag::OCTET_STRING).map(|id| self.subject_key_id = Some(id.to_vec()))
            }
            id_ce::AUTHORITY_KEY_IDENTIFIER => authority_key_id(content, &mut self.authority_key_id),
            id_ce::SUBJECT_ALT_NAME => alternatives(content, &mut self.subject_alternatives),
            id_ce::ISSUER_ALT_NAME => alternatives(content, &mut self.issuer_alternatives),
            id_ce::CRL_DISTRIBUTION_POINTS => distribution_point(content, &mut self.crl_distribution_point),
            _ => return refuse_if_critical(extension),
        };
        read.ok_or_else(|| extension.unreadable())
    }
}

/// RFC 5280 §4.2: "A certificate MUST NOT include more than one instance of a particular extension."
pub(crate) fn check_unique(extensions: &[Extension<'_>]) -> Result<(), X509Error> {
    let mut seen: Vec<&[u8]> = Vec::new();
    for extension in extensions {
        match seen.binary_search(&extension.oid.as_bytes()) {
            Ok(_) => return Err(X509Error::ExtensionRepeated { oid: extension.oid }),
            Err(place) => seen.insert(place, extension.oid.as_bytes()),
        }
    }
    Ok(())
}

/// RFC 5280 §4.2: a critical extension that is not recognised refuses the whole.
pub(crate) fn refuse_if_critical(extension: &Extension<'_>) -> Result<(), X509Error> {
    if extension.critical { Err(X509Error::ExtensionUnknown { oid: extension.oid }) } else { Ok(()) }
}

/// Which uses of a key are allowed (RFC 5280 §4.2.1.3); bit 0 is the highest one.
#[derive(Clone, Copy)]
pub(crate) struct KeyUsage(u16);

impl KeyUsage {
    fn read(content: &[u8]) -> Option<Self> {
        flags(only(content, tag::BIT_STRING)?).map(Self)
    }

    pub(crate) const fn digital_signature(self) -> bool {
        self.0 & 0x8000 != 0
    }

    pub(crate) const fn non_repudiation(self) -> bool {
        self.0 & 0x4000 != 0
    }

    pub(crate) const fn key_cert_sign(self) -> bool {
        self.0 & 0x0400 != 0
    }

    pub(crate) const fn crl_sign(self) -> bool {
        self.0 & 0x0200 != 0
    }
}

/// Up to 16 named bits, the first one the highest.
fn flags(content: &[u8]) -> Option<u16> {
    let (unused, bytes) = bits(content)?;
    let flags = match *bytes {
        [] => 0,
        [high] => u16::from(high) << 8 >> (8 + unused) << (8 + unused),
        [high, low] => u16::from_be_bytes([high, low]) >> unused << unused,
        _ => return None,
    };
    Some(flags)
}

/// RFC 5280 §4.2.1.9.
fn basic_constraints(content: &[u8]) -> Option<(bool, Option<u8>)> {
    let mut constraints = Elements::inside(content, tag::SEQUENCE)?;
    let is_ca = constraints.optional(tag::BOOLEAN)?.map_or(Some(false), boolean)?;
    let path_len = match constraints.optional(tag::INTEGER)?.map(unsigned) {
        Some(number) => Some(u8::from_be_bytes(number?.try_into().ok()?)),
        None => None,
    };
    constraints.end().map(|()| (is_ca, path_len))
}

/// RFC 5280 §4.2.1.12.
fn purposes(content: &[u8]) -> Option<Vec<ObjectIdentifier>> {
    let (mut elements, mut purposes) = (Elements::inside(content, tag::SEQUENCE)?, Vec::new());
    while !elements.is_empty() {
        purposes.push(ObjectIdentifier::from_bytes(elements.next(tag::OBJECT_IDENTIFIER)?).ok()?);
    }
    Some(purposes)
}

/// The `keyIdentifier` of an authority key identifier (RFC 5280 §4.2.1.1), if it has one.
pub(crate) fn authority_key_id(content: &[u8], id: &mut Option<Vec<u8>>) -> Option<()> {
    let mut elements = Elements::inside(content, tag::SEQUENCE)?;
    *id = elements.optional(tag::primitive(0))?.map(<[u8]>::to_vec);
    if let Some(issuer) = elements.optional(tag::constructed(1))? {
        general_names(issuer, &mut Vec::new())?;
    }
    if let Some(serial) = elements.optional(tag::primitive(2))? {
        integer(serial).filter(|number| number.len() <= 21)?;
    }
    elements.end()
}

fn alternatives(content: &[u8], names: &mut Vec<AlternativeName>) -> Option<()> {
    general_names(only(content, tag::SEQUENCE)?, names)
}

/// The first URI of the list's places (RFC 5280 §4.2.1.13).
fn distribution_point(content: &[u8], uri: &mut Option<String>) -> Option<()> {
    let mut points = Elements::inside(content, tag::SEQUENCE)?;
    while !points.is_empty() {
        let mut point = points.enter(tag::SEQUENCE)?;
        if let Some(place) = point.optional(tag::constructed(0))? {
            uri_of(place, uri)?;
        }
        if let Some(reasons) = point.optional(tag::primitive(1))? {
            flags(reasons)?;
        }
        if let Some(issuer) = point.optional(tag::constructed(2))? {
            general_names(issuer, &mut Vec::new())?;
        }
        point.end()?;
    }
    Some(())
}
