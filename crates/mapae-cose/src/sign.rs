//! `COSE_Sign` (RFC 9052 §4.1): one payload, several signers.
//!
//! Narrower than the specification, so that one set of signatures has one encoding: every signer is named by a `kid`,
//! they stand in the order of their `kid`s, and nobody stands there twice. Left out: detached payloads.

use mapae_crypto::{Algorithm, PublicKey, Signature};

use crate::{
    CoseError, Headers,
    cbor::{CborError, Kind, Reader, Writer},
    headers::Buckets,
};

const TAG_SIGN: u64 = 98;
const EMPTY_MAP: u8 = 0xa0;

/// A parsed structure with its signers. Its payload is vouched for by those whose [`Sign::verify_by`] succeeded.
#[derive(Debug, Clone)]
pub struct Sign<'b> {
    protected_raw: &'b [u8],
    protected: Headers<'b>,
    payload: &'b [u8],
    signatures: Vec<SignerInfo<'b>>,
}

/// `COSE_Signature`: one signer, and its signature.
#[derive(Debug, Clone)]
pub struct SignerInfo<'b> {
    protected_raw: &'b [u8],
    algorithm: Option<i64>,
    key_id: &'b [u8],
    signature: &'b [u8],
}

impl<'b> Sign<'b> {
    /// Reads a structure that stands alone, with or without its tag 98.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, CoseError> {
        Reader::read_all(bytes, |reader| {
            if reader.kind()? == Kind::Tag {
                reader.tagged(TAG_SIGN, Self::read_array)
            } else {
                Self::read_array(reader)
            }
        })
    }

    fn read_array(reader: &mut Reader<'b>) -> Result<Self, CoseError> {
        let at = reader.position();
        reader.array(|reader, count| {
            if count != 4 {
                return Err(CborError::Unexpected(at).into());
            }
            let Buckets { raw: protected_raw, protected, .. } = Buckets::read(reader)?;
            if reader.null()? {
                return Err(CoseError::PayloadPlace);
            }
            let payload = reader.bytes()?;
            let signatures = reader.list(SignerInfo::read)?;
            refuse_disorder(&signatures)?;
            Ok(Self { protected_raw, protected, payload, signatures })
        })
    }

    /// The protected header of the body, which every signature covers.
    pub const fn protected(&self) -> &Headers<'b> {
        &self.protected
    }

    /// The payload before any check.
    pub const fn unverified_payload(&self) -> &'b [u8] {
        self.payload
    }

    /// Who claims to have signed, in the order of their `kid`s; at least one.
    pub fn signatures(&self) -> &[SignerInfo<'b>] {
        &self.signatures
    }

    /// Checks the signature at `index` and gives out the payload, for which that one signer vouches. A signer who is
    /// not there has not signed.
    pub fn verify_by(&self, index: usize, key: &PublicKey) -> Result<&'b [u8], CoseError> {
        let signer = self.signatures.get(index).ok_or(CoseError::SignatureInvalid)?;
        // RFC 9052 §3.1: alg is read from the signer's protected bucket only, lest it be changed under way.
        let number = signer.algorithm;
        let algorithm = number.and_then(Algorithm::from_cose).ok_or(CoseError::AlgorithmUnsupported(number))?;
        let message = sig_structure(self.protected_raw, signer.protected_raw, self.payload);
        key.verify(algorithm, &message, signer.signature).map_err(|_| CoseError::SignatureInvalid)?;
        Ok(self.payload)
    }
}

impl<'b> SignerInfo<'b> {
    fn read(reader: &mut Reader<'b>) -> Result<Self, CoseError> {
        let at = reader.position();
        reader.array(|reader, count| {
            if count != 3 {
                return Err(CborError::Unexpected(at).into());
            }
            let Buckets { raw: protected_raw, protected, unprotected } = Buckets::read(reader)?;
            let key_id = protected.key_id.or(unprotected.key_id).ok_or(CoseError::SignerUnnamed)?;
            Ok(Self { protected_raw, algorithm: protected.algorithm, key_id, signature: reader.bytes()? })
        })
    }

    /// The `kid`. Others may have written it into the unprotected header: it says which key to try, and no more.
    pub const fn key_id(&self) -> &'b [u8] {
        self.key_id
    }

    /// `alg`, if it is one that we know.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm.and_then(Algorithm::from_cose)
    }

    /// The signature as received.
    pub const fn signature(&self) -> &'b [u8] {
        self.signature
    }
}

fn refuse_disorder(signatures: &[SignerInfo<'_>]) -> Result<(), CoseError> {
    // RFC 9052 §4.1: `signatures : [+ COSE_Signature]`.
    if !signatures.is_empty() && signatures.is_sorted_by(|a, b| a.key_id < b.key_id) {
        Ok(())
    } else {
        Err(CoseError::SignerOrder)
    }
}

/// `Sig_structure` for `Signature` (RFC 9052 §4.4) without external data.
fn sig_structure(body: &[u8], signer: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(payload.len() + body.len() + signer.len() + 32);
    writer.array(5).text("Signature").bytes(covered(body)).bytes(covered(signer)).bytes(b"").bytes(payload);
    writer.into_bytes()
}

/// RFC 9052 §4.4: "If there are no protected attributes, a zero-length byte string is used", also where an empty map
/// was sent.
const fn covered(protected: &[u8]) -> &[u8] {
    if matches!(protected, [EMPTY_MAP]) { &[] } else { protected }
}

/// A structure that waits for its signatures (design D5).
#[derive(Debug, Clone)]
pub struct UnsignedSign {
    protected: Vec<u8>,
    payload: Vec<u8>,
}

impl UnsignedSign {
    /// A structure over `payload`; `protected` are the headers that all signers sign.
    pub fn new(protected: &Headers<'_>, payload: &[u8]) -> Self {
        Self { protected: encoded(protected), payload: payload.to_vec() }
    }

    /// What the signer of that name signs.
    pub fn to_be_signed(&self, algorithm: Algorithm, key_id: &[u8]) -> Vec<u8> {
        sig_structure(&self.protected, &signer_header(algorithm, key_id), &self.payload)
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The finished structure under tag 98, its signers in order. Of two signatures by one name the first counts.
    pub fn attach<K: AsRef<[u8]>>(&self, mut signatures: Vec<(K, Algorithm, Signature)>) -> Vec<u8> {
        signatures.sort_by(|a, b| a.0.as_ref().cmp(b.0.as_ref()));
        signatures.dedup_by(|b, a| a.0.as_ref() == b.0.as_ref());
        let mut writer = Writer::with_capacity(self.payload.len() + self.protected.len() + 128 * signatures.len());
        writer.tag(TAG_SIGN).array(4).bytes(&self.protected).map(0).bytes(&self.payload).array(signatures.len());
        for (key_id, algorithm, signature) in &signatures {
            let protected = signer_header(*algorithm, key_id.as_ref());
            writer.array(3).bytes(&protected).map(0).bytes(signature.as_bytes());
        }
        writer.into_bytes()
    }
}

fn signer_header(algorithm: Algorithm, key_id: &[u8]) -> Vec<u8> {
    encoded(&Headers { key_id: Some(key_id), ..Headers::algorithm(algorithm) })
}

fn encoded(headers: &Headers<'_>) -> Vec<u8> {
    let mut writer = Writer::new();
    headers.write(&mut writer);
    writer.into_bytes()
}
