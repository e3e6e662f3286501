//! The bytes of certificates and lists.

use const_oid::{ObjectIdentifier, db::rfc5280};
use der::{
    Decode as _, Encode, Sequence,
    asn1::{AnyRef, BitStringRef, OctetString},
    flagset::FlagSet,
};
use mapae_crypto::{PublicKey, Signature};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::ext::{
    Extension,
    pkix::{
        AuthorityKeyIdentifier, CrlDistributionPoints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
        crl::dp::DistributionPoint,
        name::{DistributionPointName, GeneralName},
    },
};

use crate::{AlternativeName, X509Error, signed::algorithm_identifier};

/// `SIGNED{…}`: what was signed, how, and the signature.
#[derive(Sequence)]
struct Assembled<'a> {
    to_be_signed: AnyRef<'a>,
    algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

/// Puts a signature to what was signed, after checking that it belongs there: a signing device that answers
/// with another key or another request's signature must not go unnoticed.
pub(super) fn assemble(to_be_signed: &[u8], issuer: &PublicKey, signature: &Signature) -> Result<Vec<u8>, X509Error> {
    let algorithm = issuer.curve().algorithm();
    issuer.verify(algorithm, to_be_signed, signature.as_bytes()).map_err(|_| X509Error::IssuingSignatureInvalid)?;
    let encode = || {
        Assembled {
            to_be_signed: AnyRef::from_der(to_be_signed)?,
            algorithm: algorithm_identifier(algorithm),
            signature: BitStringRef::from_bytes(&signature.to_der())?,
        }
        .to_der()
    };
    encode().map_err(|_: der::Error| X509Error::IssuingUnencodable)
}

/// An `INTEGER` from 16 random bytes: positive, always 16 octets, 126 of its 128 bits random. Annex B asks
/// for at least 63, better 71, and at most 20 octets.
pub(super) fn serial(mut random: [u8; 16]) -> [u8; 16] {
    random[0] = random[0] & 0x3f | 0x40;
    random
}

/// An extension with that content.
pub(super) fn extension(oid: ObjectIdentifier, critical: bool, content: &impl Encode) -> Result<Extension, X509Error> {
    let encode = || Ok(Extension { extn_id: oid, critical, extn_value: OctetString::new(content.to_der()?)? });
    encode().map_err(|_: der::Error| X509Error::IssuingUnencodable)
}

/// Critical, as Annex B wants it.
pub(super) fn key_usage(usages: impl Into<FlagSet<KeyUsages>>) -> Result<Extension, X509Error> {
    extension(rfc5280::ID_CE_KEY_USAGE, true, &KeyUsage(usages.into()))
}

/// SHA-1 of the key's bits (RFC 5280 §4.2.1.2 method 1): Annex B prescribes it; nothing relies on its strength.
pub(super) fn key_id(spki: &[u8]) -> Result<Vec<u8>, X509Error> {
    let encode = || SubjectKeyIdentifier::try_from(SubjectPublicKeyInfoRef::from_der(spki)?);
    encode().map(|id| id.0.into_bytes().into()).map_err(|_: der::Error| X509Error::IssuingUnencodable)
}

pub(super) fn subject_key_id(id: &[u8]) -> Result<Extension, X509Error> {
    let id = OctetString::new(id).map_err(|_| X509Error::IssuingUnencodable)?;
    extension(rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER, false, &SubjectKeyIdentifier(id))
}

pub(super) fn authority_key_id(id: &[u8]) -> Result<Extension, X509Error> {
    let id = OctetString::new(id).map_err(|_| X509Error::IssuingUnencodable)?;
    let content = AuthorityKeyIdentifier { key_identifier: Some(id), ..Default::default() };
    extension(rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &content)
}

pub(super) fn alternative_names(oid: ObjectIdentifier, names: &[AlternativeName]) -> Result<Extension, X509Error> {
    let names: Vec<GeneralName> = names.iter().map(AlternativeName::write).collect::<Result<_, _>>()?;
    extension(oid, false, &names)
}

/// One URI, without `reasons` and `cRLIssuer`, which Annex B excludes.
pub(super) fn crl_distribution_point(url: &str) -> Result<Extension, X509Error> {
    let name = AlternativeName::Uri(url.to_owned()).write()?;
    let place = Some(DistributionPointName::FullName(vec![name]));
    let point = DistributionPoint { distribution_point: place, reasons: None, crl_issuer: None };
    extension(rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS, false, &CrlDistributionPoints(vec![point]))
}
