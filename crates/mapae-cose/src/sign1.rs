//! `COSE_Sign1` (RFC 9052 §4.2).

use mapae_crypto::{Algorithm, PublicKey, Signature};

use crate::{
    CoseError, Headers,
    cbor::{CborError, Kind, Reader, Writer},
    headers::Buckets,
};

const TAG_SIGN1: u64 = 18;

/// A parsed signature structure. Its payload is given out by [`Sign1::verify`] only.
#[derive(Debug, Clone)]
pub struct Sign1<'b> {
    protected_raw: &'b [u8],
    protected: Headers<'b>,
    unprotected: Headers<'b>,
    payload: Option<&'b [u8]>,
    signature: &'b [u8],
}

impl<'b> Sign1<'b> {
    /// Reads a structure that stands alone, with or without its tag 18.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, CoseError> {
        Reader::read_all(bytes, Self::read)
    }

    /// Reads a structure inside another, with or without its tag 18.
    pub fn read(reader: &mut Reader<'b>) -> Result<Self, CoseError> {
        if reader.kind()? == Kind::Tag { reader.tagged(TAG_SIGN1, Self::read_array) } else { Self::read_array(reader) }
    }

    fn read_array(reader: &mut Reader<'b>) -> Result<Self, CoseError> {
        let at = reader.position();
        reader.array(|reader, count| {
            if count != 4 {
                return Err(CborError::Unexpected(at).into());
            }
            let Buckets { raw: protected_raw, protected, unprotected } = Buckets::read(reader)?;
            let payload = if reader.null()? { None } else { Some(reader.bytes()?) };
            Ok(Self { protected_raw, protected, unprotected, payload, signature: reader.bytes()? })
        })
    }

    /// The protected header.
    pub const fn protected(&self) -> &Headers<'b> {
        &self.protected
    }

    /// The unprotected header. Nothing in it is covered by the signature.
    pub const fn unprotected(&self) -> &Headers<'b> {
        &self.unprotected
    }

    /// Checks the signature over the included payload and gives that out.
    pub fn verify(&self, key: &PublicKey) -> Result<&'b [u8], CoseError> {
        let payload = self.payload.ok_or(CoseError::PayloadPlace)?;
        self.verify_over(key, payload)?;
        Ok(payload)
    }

    /// Checks the signature over a payload that travels apart (RFC 9052 §4.1: `nil` in its place).
    pub fn verify_detached(&self, key: &PublicKey, payload: &[u8]) -> Result<(), CoseError> {
        if self.payload.is_some() {
            return Err(CoseError::PayloadPlace);
        }
        self.verify_over(key, payload)
    }

    fn verify_over(&self, key: &PublicKey, payload: &[u8]) -> Result<(), CoseError> {
        // RFC 9052 §3.1: alg is read from the protected bucket only, lest it be changed under way.
        let number = self.protected.algorithm;
        let algorithm = number.and_then(Algorithm::from_cose).ok_or(CoseError::AlgorithmUnsupported(number))?;
        let (message, _) = signature1(self.protected_raw, payload);
        key.verify(algorithm, &message, self.signature).map_err(|_| CoseError::SignatureInvalid)
    }

    /// The signature as received, for who carries it apart from what it signs.
    pub const fn signature(&self) -> &'b [u8] {
        self.signature
    }

    /// The payload before any check, for tools that show bytes and decide nothing.
    pub const fn unverified_payload(&self) -> Option<&'b [u8]> {
        self.payload
    }
}

/// `Sig_structure` for `Signature1` (RFC 9052 §4.4) without external data, and where its payload starts.
fn signature1(protected: &[u8], payload: &[u8]) -> (Vec<u8>, usize) {
    let mut writer = Writer::with_capacity(payload.len() + protected.len() + 32);
    writer.array(4).text("Signature1").bytes(protected).bytes(b"").bytes(payload);
    let start = writer.len() - payload.len();
    (writer.into_bytes(), start)
}

/// A structure that waits for its signature (design D5).
#[derive(Debug, Clone)]
pub struct UnsignedSign1 {
    /// The `Sig_structure`; its end is the payload.
    message: Vec<u8>,
    payload_start: usize,
    /// `protected` and `unprotected` as they will stand in the structure.
    headers: Vec<u8>,
    detached: bool,
    tagged: bool,
}

impl UnsignedSign1 {
    /// A structure that includes its payload.
    pub fn new(protected: &Headers<'_>, unprotected: &Headers<'_>, payload: &[u8]) -> Self {
        let mut encoded = Writer::new();
        protected.write(&mut encoded);
        let mut headers = Writer::new();
        headers.bytes(encoded.as_bytes());
        unprotected.write(&mut headers);
        let (message, payload_start) = signature1(encoded.as_bytes(), payload);
        Self { message, payload_start, headers: headers.into_bytes(), detached: false, tagged: false }
    }

    /// The same with `nil` in the payload's place.
    pub fn detached(self) -> Self {
        Self { detached: true, ..self }
    }

    /// The same under tag 18, as CWTs are.
    pub fn tagged(self) -> Self {
        Self { tagged: true, ..self }
    }

    /// What the key's holder signs.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.message
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        &self.message[self.payload_start..]
    }

    /// The finished structure.
    pub fn attach(self, signature: &Signature) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.message.len() + self.headers.len() + 80);
        self.attach_to(&mut writer, signature);
        writer.into_bytes()
    }

    /// Writes the finished structure into another.
    pub fn attach_to(self, writer: &mut Writer, signature: &Signature) {
        if self.tagged {
            writer.tag(TAG_SIGN1);
        }
        writer.array(4).raw(&self.headers);
        if self.detached {
            writer.null();
        } else {
            writer.bytes(self.payload());
        }
        writer.bytes(signature.as_bytes());
    }
}
