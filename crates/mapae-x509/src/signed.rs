//! The outer shape of certificates and revocation lists: what is signed, how, and the signature.

use const_oid::{ObjectIdentifier, db::rfc5912};
use mapae_crypto::{
    Algorithm, PublicKey, Signature,
    elements::{Elements, bits, octets_in_bits, tag},
};
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
        let (content, algorithm, signature) = split(der).ok_or(X509Error::Unreadable)?;
        let algorithm = algorithm.known()?;
        let signature = octets_in_bits(signature).ok_or(X509Error::Unreadable)?;
        let signature = Signature::from_der(algorithm.curve(), signature).map_err(|_| X509Error::Unreadable)?;
        Ok(Self { content: content.into(), algorithm, signature })
    }

    pub(crate) fn to_be_signed(&self) -> &[u8] {
        &self.content
    }

    /// The inner algorithm must be the outer one (RFC 5280 §4.1.1.2, §5.1.1.2).
    pub(crate) fn check_inner_algorithm(&self, inner: &AlgorithmName) -> Result<(), X509Error> {
        let outer = algorithm_oid(self.algorithm);
        if inner.oid != outer {
            return Err(X509Error::AlgorithmMismatch { inner: inner.oid, outer });
        }
        inner.known().map(|_| ())
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

fn split(der: &[u8]) -> Option<(&[u8], AlgorithmName, &[u8])> {
    let mut parts = Elements::inside(der, tag::SEQUENCE)?;
    let (content, algorithm) = (parts.any()?.whole, AlgorithmName::read(&mut parts)?);
    let signature = parts.next(tag::BIT_STRING)?;
    bits(signature)?;
    parts.end().map(|()| (content, algorithm, signature))
}

/// `AlgorithmIdentifier` of RFC 5280 §4.1.1.2.
pub(crate) struct AlgorithmName {
    oid: ObjectIdentifier,
    has_parameters: bool,
}

impl AlgorithmName {
    pub(crate) fn read(elements: &mut Elements<'_>) -> Option<Self> {
        let mut elements = elements.enter(tag::SEQUENCE)?;
        let oid = ObjectIdentifier::from_bytes(elements.next(tag::OBJECT_IDENTIFIER)?).ok()?;
        let has_parameters = !elements.is_empty();
        if has_parameters {
            elements.any()?;
        }
        elements.end().map(|()| Self { oid, has_parameters })
    }

    fn known(&self) -> Result<Algorithm, X509Error> {
        let known = [Algorithm::Es256, Algorithm::Es384].into_iter().find(|a| algorithm_oid(*a) == self.oid);
        known.filter(|_| !self.has_parameters).ok_or(X509Error::AlgorithmUnsupported { oid: self.oid })
    }
}

const fn algorithm_oid(algorithm: Algorithm) -> ObjectIdentifier {
    match algorithm {
        Algorithm::Es384 => rfc5912::ECDSA_WITH_SHA_384,
        _ => rfc5912::ECDSA_WITH_SHA_256,
    }
}
