//! `DeviceRequest` and reader authentication (ISO 18013-5 §8.3.2.1.2.1 and §9.1.4), as a holder receives them.

use mapae_cose::{
    CoseError, Sign1,
    cbor::{Key, Reader, Writer},
};
use mapae_crypto::PublicKey;

use crate::{MdocError, SessionTranscript};

/// A parsed request of a reader.
#[derive(Debug, Clone)]
pub struct DeviceRequest<'b> {
    doc_requests: Vec<DocRequest<'b>>,
}

/// What a reader asks of one document.
#[derive(Debug, Clone)]
pub struct DocRequest<'b> {
    items_request_tagged: &'b [u8],
    doc_type: &'b str,
    /// Namespace, element identifier, and whether the reader means to keep the value.
    elements: Vec<(&'b str, &'b str, bool)>,
    reader_auth: Option<Sign1<'b>>,
}

impl<'b> DeviceRequest<'b> {
    /// Reads a request.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, MdocError> {
        Reader::read_all(bytes, |reader| {
            let (mut version, mut doc_requests) = (None, Vec::new());
            reader.map(|reader, key| {
                match key {
                    Key::Text("version") => version = Some(reader.text()?),
                    Key::Text("docRequests") => doc_requests = reader.list(DocRequest::read)?,
                    _ => drop(reader.skip()?),
                }
                Ok::<_, MdocError>(())
            })?;
            if !version.ok_or_else(|| MdocError::missing(reader, "version"))?.starts_with("1.") {
                return Err(MdocError::VersionUnsupported("DeviceRequest"));
            }
            Ok(Self { doc_requests })
        })
    }

    /// One entry per document asked for.
    pub fn doc_requests(&self) -> &[DocRequest<'b>] {
        &self.doc_requests
    }
}

impl<'b> DocRequest<'b> {
    fn read(reader: &mut Reader<'b>) -> Result<Self, MdocError> {
        let (mut items, mut reader_auth) = (None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("itemsRequest") => items = Some(reader.encoded_cbor()?),
                Key::Text("readerAuth") => reader_auth = Some(Sign1::read(reader)?),
                _ => drop(reader.skip()?),
            }
            Ok::<_, MdocError>(())
        })?;
        let (items_request_tagged, inner) = items.ok_or_else(|| MdocError::missing(reader, "itemsRequest"))?;
        let (doc_type, elements) = Reader::read_all(inner, read_items_request)?;
        Ok(Self { items_request_tagged, doc_type, elements, reader_auth })
    }

    /// The document type asked for.
    pub const fn doc_type(&self) -> &'b str {
        self.doc_type
    }

    /// Namespace, element identifier, and whether the reader means to keep the value.
    pub fn elements(&self) -> &[(&'b str, &'b str, bool)] {
        &self.elements
    }

    /// The reader's certificates in DER, if it authenticates itself.
    pub fn reader_x5chain(&self) -> &[&'b [u8]] {
        self.reader_auth.as_ref().map_or(&[], |auth| &auth.unprotected().x5chain)
    }

    /// Checks the reader's signature over `ReaderAuthenticationBytes` (§9.1.4.4) with the key of a
    /// certificate that the caller trusts.
    pub fn verify_reader(&self, reader: &PublicKey, transcript: &SessionTranscript) -> Result<(), MdocError> {
        let auth = self.reader_auth.as_ref().ok_or(MdocError::ReaderSignatureInvalid)?;
        let mut inner = Writer::new();
        inner.array(3).text("ReaderAuthentication").raw(transcript.as_bytes()).raw(self.items_request_tagged);
        let mut tagged = Writer::new();
        tagged.encoded_cbor(inner.as_bytes());
        auth.verify_detached(reader, tagged.as_bytes()).map_err(|error| match error {
            CoseError::SignatureInvalid => MdocError::ReaderSignatureInvalid,
            other => other.into(),
        })
    }
}

type ItemsRequest<'b> = (&'b str, Vec<(&'b str, &'b str, bool)>);

fn read_items_request<'b>(reader: &mut Reader<'b>) -> Result<ItemsRequest<'b>, MdocError> {
    let (mut doc_type, mut elements) = (None, Vec::new());
    reader.map(|reader, key| {
        match key {
            Key::Text("docType") => doc_type = Some(reader.text()?),
            Key::Text("nameSpaces") => read_requested(reader, &mut elements)?,
            _ => drop(reader.skip()?),
        }
        Ok::<_, MdocError>(())
    })?;
    Ok((doc_type.ok_or_else(|| MdocError::missing(reader, "docType"))?, elements))
}

fn read_requested<'b>(reader: &mut Reader<'b>, elements: &mut Vec<(&'b str, &'b str, bool)>) -> Result<(), MdocError> {
    reader.map(|reader, key| {
        let Key::Text(namespace) = key else { return reader.skip().map(drop).map_err(Into::into) };
        reader.map(|reader, key| {
            let Key::Text(identifier) = key else { return reader.skip().map(drop).map_err(Into::into) };
            elements.push((namespace, identifier, reader.bool()?));
            Ok::<_, MdocError>(())
        })
    })
}
