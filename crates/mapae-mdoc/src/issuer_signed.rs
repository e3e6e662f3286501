//! `IssuerSigned` (ISO 18013-5 §8.3.2.1.2.2): the elements with their salts, and the issuer's signature.

use mapae_cose::{
    Sign1,
    cbor::{CborError, Key, Reader},
};

use crate::MdocError;

/// The structure as received; every part borrows from it.
#[derive(Debug, Clone)]
pub(crate) struct IssuerSigned<'b> {
    pub(crate) name_spaces: Vec<(&'b str, Vec<Item<'b>>)>,
    pub(crate) issuer_auth: Sign1<'b>,
    pub(crate) issuer_auth_raw: &'b [u8],
}

/// `IssuerSignedItem`, and the bytes over which its digest is taken.
#[derive(Clone)]
pub(crate) struct Item<'b> {
    /// `#6.24(bstr .cbor IssuerSignedItem)` as received (hole 3 of the peers).
    pub(crate) tagged: &'b [u8],
    pub(crate) digest_id: u64,
    pub(crate) identifier: &'b str,
    /// The encoded `elementValue`.
    pub(crate) value: &'b [u8],
}

impl core::fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Item({}, [redacted])", self.identifier)
    }
}

impl<'b> IssuerSigned<'b> {
    pub(crate) fn read(reader: &mut Reader<'b>) -> Result<Self, MdocError> {
        let (mut name_spaces, mut issuer_auth) = (Vec::new(), None);
        reader.map(|reader, key| {
            match key {
                Key::Text("nameSpaces") => name_spaces = read_name_spaces(reader)?,
                Key::Text("issuerAuth") => {
                    let start = reader.position();
                    issuer_auth = Some((Sign1::read(reader)?, reader.since(start)));
                }
                // §8.3.2.1.2.2 names no other member. Nothing signs the names of these, so an unknown one may be
                // `nameSpaces` with a byte changed, which would make the elements vanish without a trace.
                _ => return Err(CborError::Unexpected(reader.position()).into()),
            }
            Ok::<_, MdocError>(())
        })?;
        let (issuer_auth, issuer_auth_raw) = issuer_auth.ok_or_else(|| MdocError::missing(reader, "issuerAuth"))?;
        Ok(Self { name_spaces, issuer_auth, issuer_auth_raw })
    }

    /// The issuer's certificates: `x5chain` in the unprotected header (ISO 18013-5 §9.1.2.4).
    pub(crate) fn x5chain(&self) -> Result<&[&'b [u8]], MdocError> {
        let unprotected = &self.issuer_auth.unprotected().x5chain;
        let chain = if unprotected.is_empty() { &self.issuer_auth.protected().x5chain } else { unprotected };
        if chain.is_empty() { Err(MdocError::X5chainMissing) } else { Ok(chain) }
    }
}

fn read_name_spaces<'b>(reader: &mut Reader<'b>) -> Result<Vec<(&'b str, Vec<Item<'b>>)>, MdocError> {
    let mut name_spaces = Vec::new();
    reader.map(|reader, key| {
        let Key::Text(name) = key else {
            return Err(CborError::Unexpected(reader.position()).into());
        };
        name_spaces.push((name, reader.list(Item::read)?));
        Ok::<_, MdocError>(())
    })?;
    Ok(name_spaces)
}

impl<'b> Item<'b> {
    fn read(reader: &mut Reader<'b>) -> Result<Self, MdocError> {
        let (tagged, inner) = reader.encoded_cbor()?;
        Reader::read_all(inner, |reader| Self::read_inner(reader, tagged))
    }

    fn read_inner(reader: &mut Reader<'b>, tagged: &'b [u8]) -> Result<Self, MdocError> {
        let (mut digest_id, mut random, mut identifier, mut value) = (None, None, None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("digestID") => digest_id = Some(reader.unsigned()?),
                Key::Text("random") => random = Some(reader.bytes()?),
                Key::Text("elementIdentifier") => identifier = Some(reader.text()?),
                Key::Text("elementValue") => value = Some(reader.skip()?),
                _ => drop(reader.skip()?),
            }
            Ok::<_, MdocError>(())
        })?;
        let missing = |member| MdocError::missing(reader, member);
        random.ok_or_else(|| missing("random"))?;
        Ok(Self {
            tagged,
            digest_id: digest_id.ok_or_else(|| missing("digestID"))?,
            identifier: identifier.ok_or_else(|| missing("elementIdentifier"))?,
            value: value.ok_or_else(|| missing("elementValue"))?,
        })
    }
}
