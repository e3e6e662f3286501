//! `DeviceResponse` (ISO 18013-5 §8.3.2.1.2.2), as a verifier receives it.

use mapae_cose::{
    Mac0, Sign1,
    cbor::{Key, Reader},
};

use crate::{MdocError, issuer_signed::IssuerSigned};

/// A parsed response. It shows what kind of documents it claims to hold and nothing about the person.
#[derive(Debug, Clone)]
pub struct DeviceResponse<'b> {
    documents: Vec<Document<'b>>,
}

/// One document of a response, not verified yet.
#[derive(Debug, Clone)]
pub struct Document<'b> {
    pub(crate) doc_type: &'b str,
    pub(crate) issuer_signed: IssuerSigned<'b>,
    pub(crate) device_signed: DeviceSigned<'b>,
}

/// `DeviceSigned`: what the device adds, and its proof.
#[derive(Debug, Clone)]
pub(crate) struct DeviceSigned<'b> {
    /// `DeviceNameSpacesBytes` as received, tag and all.
    pub(crate) name_spaces_tagged: &'b [u8],
    pub(crate) name_spaces: &'b [u8],
    pub(crate) auth: DeviceAuth<'b>,
}

#[derive(Debug, Clone)]
pub(crate) enum DeviceAuth<'b> {
    Signature(Sign1<'b>),
    Mac(Mac0<'b>),
}

impl<'b> DeviceResponse<'b> {
    /// Reads a response that holds at least one document and reports success.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, MdocError> {
        let response = Reader::read_all(bytes, Self::read)?;
        if response.documents.is_empty() { Err(MdocError::NoDocument) } else { Ok(response) }
    }

    fn read(reader: &mut Reader<'b>) -> Result<Self, MdocError> {
        let (mut version, mut documents, mut status) = (None, Vec::new(), None);
        reader.map(|reader, key| {
            match key {
                Key::Text("version") => version = Some(reader.text()?),
                Key::Text("documents") => documents = reader.list(Document::read)?,
                Key::Text("status") => status = Some(reader.unsigned()?),
                _ => drop(reader.skip()?),
            }
            Ok::<_, MdocError>(())
        })?;
        // §8.1 lets a reader take any version 1.x. We take 1.0, the one of the edition that we read: nothing signs
        // the version, and no byte of a presentation shall be free to change.
        if version.ok_or_else(|| MdocError::missing(reader, "version"))? != "1.0" {
            return Err(MdocError::VersionUnsupported("DeviceResponse"));
        }
        // §8.3.2.1.2.3, Table 8: 0 is OK.
        match status.ok_or_else(|| MdocError::missing(reader, "status"))? {
            0 => Ok(Self { documents }),
            other => Err(MdocError::ResponseStatus(other)),
        }
    }

    /// The documents. A verifier verifies every one of them.
    pub fn documents(&self) -> &[Document<'b>] {
        &self.documents
    }
}

impl<'b> Document<'b> {
    fn read(reader: &mut Reader<'b>) -> Result<Self, MdocError> {
        let (mut doc_type, mut issuer_signed, mut device_signed) = (None, None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("docType") => doc_type = Some(reader.text()?),
                Key::Text("issuerSigned") => issuer_signed = Some(IssuerSigned::read(reader)?),
                Key::Text("deviceSigned") => device_signed = Some(DeviceSigned::read(reader)?),
                _ => drop(reader.skip()?),
            }
            Ok::<_, MdocError>(())
        })?;
        let missing = |member| MdocError::missing(reader, member);
        Ok(Self {
            doc_type: doc_type.ok_or_else(|| missing("docType"))?,
            issuer_signed: issuer_signed.ok_or_else(|| missing("issuerSigned"))?,
            device_signed: device_signed.ok_or_else(|| missing("deviceSigned"))?,
        })
    }

    /// The document type that the holder claims; [`Document::verify_issuer`] compares it with the signed one.
    pub const fn doc_type(&self) -> &'b str {
        self.doc_type
    }

    /// The issuer's certificates in DER, signer first, root absent.
    pub fn x5chain(&self) -> Result<&[&'b [u8]], MdocError> {
        self.issuer_signed.x5chain()
    }
}

impl<'b> DeviceSigned<'b> {
    fn read(reader: &mut Reader<'b>) -> Result<Self, MdocError> {
        let (mut name_spaces, mut auth) = (None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("nameSpaces") => name_spaces = Some(reader.encoded_cbor()?),
                Key::Text("deviceAuth") => auth = Some(DeviceAuth::read(reader)?),
                _ => drop(reader.skip()?),
            }
            Ok::<_, MdocError>(())
        })?;
        let (name_spaces_tagged, name_spaces) = name_spaces.ok_or_else(|| MdocError::missing(reader, "nameSpaces"))?;
        Ok(Self {
            name_spaces_tagged,
            name_spaces,
            auth: auth.ok_or_else(|| MdocError::missing(reader, "deviceAuth"))?,
        })
    }
}

impl<'b> DeviceAuth<'b> {
    fn read(reader: &mut Reader<'b>) -> Result<Self, MdocError> {
        let (mut signature, mut mac) = (None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("deviceSignature") => signature = Some(Sign1::read(reader)?),
                Key::Text("deviceMac") => mac = Some(Mac0::read(reader)?),
                _ => drop(reader.skip()?),
            }
            Ok::<_, MdocError>(())
        })?;
        match (signature, mac) {
            (Some(signature), None) => Ok(Self::Signature(signature)),
            (None, Some(mac)) => Ok(Self::Mac(mac)),
            _ => Err(MdocError::DeviceAuthChoice),
        }
    }
}
