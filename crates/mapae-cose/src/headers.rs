//! Header parameters of RFC 9052 §3.1 and RFC 9360, those that the structures here use.

use crate::{
    CoseError,
    cbor::{CborError, Key, Kind, Reader, Writer},
};

const ALG: i64 = 1;
const CRIT: i64 = 2;
const CONTENT_TYPE: i64 = 3;
const KID: i64 = 4;
const TYP: i64 = 16;
const X5CHAIN: i64 = 33;

/// One bucket of header parameters, protected or unprotected. Unknown parameters are passed over, unless
/// `crit` names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Headers<'b> {
    /// `alg` (1), as a number of the COSE registry.
    pub algorithm: Option<i64>,
    /// `content type` (3), as text.
    pub content_type: Option<&'b str>,
    /// `kid` (4).
    pub key_id: Option<&'b [u8]>,
    /// `typ` (16, RFC 9596), as text.
    pub typ: Option<&'b str>,
    /// `x5chain` (33, RFC 9360 §2): certificates in DER, the signer's first.
    pub x5chain: Vec<&'b [u8]>,
}

impl<'b> Headers<'b> {
    /// The bucket that names an algorithm and nothing else.
    pub fn algorithm(algorithm: mapae_crypto::Algorithm) -> Self {
        Self { algorithm: Some(algorithm.cose()), ..Self::default() }
    }

    /// The bucket that carries a chain of certificates and nothing else.
    pub fn x5chain(chain: Vec<&'b [u8]>) -> Self {
        Self { x5chain: chain, ..Self::default() }
    }

    /// The same bucket with a `typ`.
    pub fn with_typ(self, typ: &'b str) -> Self {
        Self { typ: Some(typ), ..self }
    }

    /// The same bucket with a chain of certificates.
    pub fn with_x5chain(self, chain: Vec<&'b [u8]>) -> Self {
        Self { x5chain: chain, ..self }
    }

    /// Reads the map of a bucket.
    fn read(reader: &mut Reader<'b>) -> Result<Self, CoseError> {
        let mut headers = Self::default();
        reader.map(|reader, key| headers.read_parameter(reader, key))?;
        Ok(headers)
    }

    /// Reads a protected bucket: empty, or an encoded map (RFC 9052 §3).
    fn read_protected(encoded: &'b [u8]) -> Result<Self, CoseError> {
        if encoded.is_empty() { Ok(Self::default()) } else { Reader::read_all(encoded, Self::read) }
    }

    fn read_parameter(&mut self, reader: &mut Reader<'b>, key: Key<'b>) -> Result<(), CoseError> {
        match key {
            Key::Int(ALG) if reader.kind()? == Kind::Int => self.algorithm = Some(reader.int()?),
            // A registered or private name as text is an algorithm that we do not know.
            Key::Int(ALG) => return Err(CoseError::AlgorithmUnsupported(None)),
            // Every parameter that we would understand is understood anyway; others must not be critical.
            Key::Int(CRIT) => return Err(CoseError::CriticalHeader),
            Key::Int(CONTENT_TYPE) if reader.kind()? == Kind::Text => self.content_type = Some(reader.text()?),
            Key::Int(TYP) if reader.kind()? == Kind::Text => self.typ = Some(reader.text()?),
            // Some writers put `undefined` here; nothing is decided by a key id, so such a one is passed over.
            Key::Int(KID) if reader.kind()? == Kind::Bytes => self.key_id = Some(reader.bytes()?),
            Key::Int(X5CHAIN) => self.x5chain = read_chain(reader)?,
            _ => drop(reader.skip()?),
        }
        Ok(())
    }

    /// RFC 9052 §3: a parameter must not occur in both buckets.
    fn refuse_overlap(&self, other: &Self) -> Result<(), CoseError> {
        let twice = [
            (ALG, self.algorithm.is_some() && other.algorithm.is_some()),
            (CONTENT_TYPE, self.content_type.is_some() && other.content_type.is_some()),
            (KID, self.key_id.is_some() && other.key_id.is_some()),
            (TYP, self.typ.is_some() && other.typ.is_some()),
            (X5CHAIN, !self.x5chain.is_empty() && !other.x5chain.is_empty()),
        ];
        match twice.iter().find(|(_, both)| *both) {
            Some((label, _)) => Err(CoseError::HeaderTwice(*label)),
            None => Ok(()),
        }
    }

    /// Writes the map of the bucket; labels ascend, which is the deterministic order.
    pub(crate) fn write(&self, writer: &mut Writer) {
        let count = usize::from(self.algorithm.is_some())
            + usize::from(self.content_type.is_some())
            + usize::from(self.key_id.is_some())
            + usize::from(self.typ.is_some())
            + usize::from(!self.x5chain.is_empty());
        writer.map(count);
        if let Some(number) = self.algorithm {
            writer.int(ALG).int(number);
        }
        if let Some(text) = self.content_type {
            writer.int(CONTENT_TYPE).text(text);
        }
        if let Some(bytes) = self.key_id {
            writer.int(KID).bytes(bytes);
        }
        if let Some(text) = self.typ {
            writer.int(TYP).text(text);
        }
        write_chain(writer, &self.x5chain);
    }
}

/// The two buckets with which each structure begins (RFC 9052 §2).
pub(crate) struct Buckets<'b> {
    /// The protected bucket as received, which signatures and tags cover.
    pub(crate) raw: &'b [u8],
    pub(crate) protected: Headers<'b>,
    pub(crate) unprotected: Headers<'b>,
}

impl<'b> Buckets<'b> {
    pub(crate) fn read(reader: &mut Reader<'b>) -> Result<Self, CoseError> {
        let raw = reader.bytes()?;
        let protected = Headers::read_protected(raw)?;
        let unprotected = Headers::read(reader)?;
        protected.refuse_overlap(&unprotected)?;
        Ok(Self { raw, protected, unprotected })
    }
}

/// RFC 9360 §2: one certificate is a byte string, several are an array of them.
fn read_chain<'b>(reader: &mut Reader<'b>) -> Result<Vec<&'b [u8]>, CborError> {
    match reader.kind()? {
        Kind::Bytes => Ok(vec![reader.bytes()?]),
        _ => reader.list(Reader::bytes),
    }
}

fn write_chain(writer: &mut Writer, chain: &[&[u8]]) {
    match chain {
        [] => {}
        [one] => {
            writer.int(X5CHAIN).bytes(one);
        }
        many => {
            writer.int(X5CHAIN).array(many.len());
            for certificate in many {
                writer.bytes(certificate);
            }
        }
    }
}
