//! The outer shape of certificates and revocation lists: what is signed, how, and the signature.

use const_oid::{ObjectIdentifier, db::rfc5912};
use der::{Reader as _, SliceReader, asn1::BitStringRef};
use mapae_crypto::{Algorithm, PublicKey, Signature};
use spki::AlgorithmIdentifierRef;

use crate::X509Error;

/// `SIGNED{…}` of RFC 5280 §4.1.1 and §5.1.1, with the signed bytes as they were received (design D4).
#[derive(Clone)]
pub(crate) struct Signed {
    content: Box<[u8]>,
    algorithm: Algorithm,
    signature: Signature,
}

impl Signed {
    /// Takes the three parts apart; bytes after them are refused.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        let (content, algorithm, signature) = split(der).map_err(|_| X509Error::Unreadable)?;
        let algorithm = algorithm_from_identifier(&algorithm)?;
        let signature = signature.as_bytes().ok_or(X509Error::Unreadable)?;
        let signature = Signature::from_der(algorithm.curve(), signature).map_err(|_| X509Error::Unreadable)?;
        Ok(Self { content: content.into(), algorithm, signature })
    }

    pub(crate) fn to_be_signed(&self) -> &[u8] {
        &self.content
    }

    /// The inner algorithm must be the outer one (RFC 5280 §4.1.1.2, §5.1.1.2).
    pub(crate) fn check_inner_algorithm(&self, inner: &AlgorithmIdentifierRef<'_>) -> Result<(), X509Error> {
        let outer = algorithm_oid(self.algorithm);
        if inner.oid != outer {
            return Err(X509Error::AlgorithmMismatch { inner: inner.oid, outer });
        }
        algorithm_from_identifier(inner).map(|_| ())
    }

    /// Whether `key` made the signature.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify(self.algorithm, &self.content, self.signature.as_bytes()).is_ok()
    }
}

/// How `algorithm` is named in a certificate.
pub(crate) fn algorithm_identifier(algorithm: Algorithm) -> AlgorithmIdentifierRef<'static> {
    // RFC 5758 §3.2: the parameters are omitted, not NULL.
    AlgorithmIdentifierRef { oid: algorithm_oid(algorithm), parameters: None }
}

fn split(der: &[u8]) -> der::Result<(&[u8], AlgorithmIdentifierRef<'_>, BitStringRef<'_>)> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader.sequence(|r| Ok::<_, der::Error>((r.tlv_bytes()?, r.decode()?, r.decode()?)))?;
    reader.finish()?;
    Ok(parts)
}

fn algorithm_from_identifier(identifier: &AlgorithmIdentifierRef<'_>) -> Result<Algorithm, X509Error> {
    let known = [Algorithm::Es256, Algorithm::Es384].into_iter().find(|a| algorithm_oid(*a) == identifier.oid);
    known.filter(|_| identifier.parameters.is_none()).ok_or(X509Error::AlgorithmUnsupported { oid: identifier.oid })
}

const fn algorithm_oid(algorithm: Algorithm) -> ObjectIdentifier {
    match algorithm {
        Algorithm::Es384 => rfc5912::ECDSA_WITH_SHA_384,
        _ => rfc5912::ECDSA_WITH_SHA_256,
    }
}
