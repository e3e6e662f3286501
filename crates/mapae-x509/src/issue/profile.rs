//! What each kind of certificate contains (ISO/IEC 18013-5 tables B.1, B.3, B.7, B.9).
//!
//! Lengths of validity: a root 20 years, a document, SD-JWT or attestation signer 457 days, a reader or status
//! signer 1,187 days. Names, keys and contacts are checked; who may have a certificate is the caller's affair.

use const_oid::{ObjectIdentifier, db::rfc5280};
use der::{
    Decode as _, Encode as _,
    asn1::{AnyRef, IntRef},
};
use mapae_crypto::{PublicKey, Signature};
use mapae_types::{Duration, Timestamp};
use x509_cert::{
    certificate::Version,
    ext::{
        Extension,
        pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsages},
    },
    time::Validity,
};

use super::{encode, wire::TbsCertificate};
use crate::{AlternativeName, Certificate, TrustAnchor, X509Error, name, purpose, signed::algorithm_identifier, time};

/// Table B.1, counted in years of 366 days.
const ROOT_LIMIT: Duration = Duration::days(20 * 366);
/// Table B.3. Signers of SD-JWTs and attestations, which ISO does not know, follow it.
const SIGNER_LIMIT: Duration = Duration::days(457);
/// Tables B.7 and B.9.
const LONG_LIMIT: Duration = Duration::days(1187);

/// What goes into a root.
#[derive(Debug, Clone)]
pub struct RootParams<'a> {
    /// Two capital letters (ISO 3166-1 alpha-2); its document signers get the same.
    pub country: &'a str,
    /// If given, its document signers get the same.
    pub state_or_province: Option<&'a str>,
    /// The issuing authority.
    pub organization: Option<&'a str>,
    /// The root's own name.
    pub common_name: &'a str,
    /// Its key.
    pub public_key: &'a PublicKey,
    /// Random bytes.
    pub serial: [u8; 16],
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last second of its validity, at most 20 years later.
    pub not_after: Timestamp,
    /// Where its revocation list will be.
    pub crl_url: &'a str,
    /// How to reach the authority: a URI or an e-mail address.
    pub contact: AlternativeName,
}

/// What goes into a leaf; country, state, contact and place of the revocation list are its root's.
#[derive(Debug, Clone)]
pub struct SignerParams<'a> {
    /// Whose it is.
    pub organization: Option<&'a str>,
    /// Its own name.
    pub common_name: &'a str,
    /// Its key.
    pub public_key: &'a PublicKey,
    /// Random bytes.
    pub serial: [u8; 16],
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last second of its validity: as far as its profile allows, and not after its root's.
    pub not_after: Timestamp,
    /// Other names, such as the host of a reader (client id prefix `x509_san_dns`) or an issuer's URI.
    pub alternative_names: &'a [AlternativeName],
}

/// A certificate that waits for its issuer's signature.
#[derive(Debug, Clone)]
pub struct UnsignedCertificate {
    to_be_signed: Vec<u8>,
    issuer_key: PublicKey,
}

impl UnsignedCertificate {
    /// What the issuer's key signs, with ECDSA and the hash of its curve.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// Adds the signature, which must verify.
    pub fn attach(self, signature: &Signature) -> Result<Certificate, X509Error> {
        Certificate::from_der(&encode::assemble(&self.to_be_signed, &self.issuer_key, signature)?)
    }
}

/// A root: an issuing authority's certification authority (table B.1). It signs leaves and revocation lists,
/// and no other authority.
pub fn iaca_root(params: &RootParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    let subject = name::write(params.country, params.state_or_province, params.organization, params.common_name)?;
    let spki = params.public_key.to_spki_der();
    let key_id = encode::key_id(&spki)?;
    let constraints = BasicConstraints { ca: true, path_len_constraint: Some(0) };
    let extensions = vec![
        encode::authority_key_id(&key_id)?,
        encode::subject_key_id(&key_id)?,
        encode::key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?,
        encode::alternative_names(rfc5280::ID_CE_ISSUER_ALT_NAME, core::slice::from_ref(&params.contact))?,
        encode::extension(rfc5280::ID_CE_BASIC_CONSTRAINTS, true, &constraints)?,
        encode::crl_distribution_point(params.crl_url)?,
    ];
    let validity = validity(params.not_before, params.not_after, ROOT_LIMIT)?;
    unsigned(&subject, &subject, params.public_key, &spki, params.serial, validity, extensions)
}

/// A signer of driving licences (table B.3), for `mdlDS` and nothing beside it: readers made for licences alone,
/// such as `isomdl`'s, refuse a signer with a second purpose.
pub fn mdl_signer(root: &TrustAnchor, params: &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    leaf(root, params, SIGNER_LIMIT, &[purpose::MDL_DOCUMENT_SIGNER])
}

/// A document signer (table B.3), for driving licences (`mdlDS`) and other mobile documents (`mdocDS`).
pub fn document_signer(root: &TrustAnchor, params: &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    leaf(root, params, SIGNER_LIMIT, &[purpose::MDL_DOCUMENT_SIGNER, purpose::MDOC_DOCUMENT_SIGNER])
}

/// A signer of SD-JWT VCs: like a document signer, for `id-kp-jwt`.
pub fn sd_jwt_signer(root: &TrustAnchor, params: &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    leaf(root, params, SIGNER_LIMIT, &[purpose::JWT])
}

/// A signer of status lists (table B.9).
pub fn status_signer(root: &TrustAnchor, params: &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    leaf(root, params, LONG_LIMIT, &[purpose::STATUS_SIGNER])
}

/// A root of readers: it certifies those who ask, as [`iaca_root`] does those who issue. ISO/IEC 18013-5 leaves its
/// profile open; ours is that of table B.1.
pub fn reader_root(params: &RootParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    iaca_root(params)
}

/// A link: the old root's word that the key of the new root is the same authority's (ISO/IEC 18013-5 Annex B, "IACA
/// link certificate"; `NewWithOld` of RFC 4210 §4.4). The name stays, so that path length 0 of the old root holds
/// (RFC 5280 §4.2.1.9). It is valid from the new root's first second as long as both roots are.
pub fn iaca_link(old: &TrustAnchor, new: &TrustAnchor, serial: [u8; 16]) -> Result<UnsignedCertificate, X509Error> {
    let (old, new) = (old.certificate(), new.certificate());
    if old.subject_der() != new.subject_der() {
        return Err(X509Error::IssuingLinkRenames);
    }
    if old.public_key() == new.public_key() {
        return Err(X509Error::IssuingKeyReused);
    }
    let spki = new.public_key().to_spki_der();
    let validity = validity(new.not_before(), new.not_after().min(old.not_after()), ROOT_LIMIT)?;
    let extensions = link_extensions(old, new, &spki)?;
    unsigned(old.subject_der(), new.subject_der(), old.public_key(), &spki, serial, validity, extensions)
}

fn link_extensions(old: &Certificate, new: &Certificate, spki: &[u8]) -> Result<Vec<Extension>, X509Error> {
    // The old root revokes it.
    let crl_url = old.crl_distribution_point().ok_or(X509Error::IssuingRootIncomplete)?;
    let constraints = BasicConstraints { ca: true, path_len_constraint: Some(0) };
    let mut extensions = vec![
        encode::authority_key_id(&root_key_id(old)?)?,
        encode::subject_key_id(&encode::key_id(spki)?)?,
        encode::key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?,
        encode::extension(rfc5280::ID_CE_BASIC_CONSTRAINTS, true, &constraints)?,
        encode::crl_distribution_point(crl_url)?,
    ];
    let contacts = new.issuer_alternative_names();
    if !contacts.is_empty() {
        extensions.push(encode::alternative_names(rfc5280::ID_CE_ISSUER_ALT_NAME, contacts)?);
    }
    Ok(extensions)
}

/// The signer of a list of issuers' roots (C.1.7).
pub fn vical_signer(root: &TrustAnchor, params: &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    leaf(root, params, LONG_LIMIT, &[purpose::VICAL_SIGNER])
}

/// A root of a wallet provider, which the ledger names. No standard has a profile for it; ours is that of table B.1.
pub fn wallet_provider_root(params: &RootParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    iaca_root(params)
}

/// The signer of a wallet provider's attestations: HAIP 1.0 §4.4.1 and §4.5.1 want its certificate in `x5c`, not
/// self-signed and without the root.
pub fn attestation_signer(root: &TrustAnchor, params: &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    leaf(root, params, SIGNER_LIMIT, &[purpose::ATTESTATION_SIGNER])
}

/// A reader (table B.7), and whoever signs requests of `OpenID4VP` ([`crate::x509_hash_client_id`]).
pub fn mdoc_reader(root: &TrustAnchor, params: &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error> {
    leaf(root, params, LONG_LIMIT, &[purpose::MDL_READER])
}

fn leaf(
    root: &TrustAnchor,
    params: &SignerParams<'_>,
    limit: Duration,
    purposes: &[ObjectIdentifier],
) -> Result<UnsignedCertificate, X509Error> {
    let root = root.certificate();
    if params.public_key == root.public_key() {
        return Err(X509Error::IssuingKeyReused);
    }
    check_within_root(params, root)?;
    let country = root.subject_country().ok_or(X509Error::IssuingRootIncomplete)?;
    let subject = name::write(country, root.subject_state_or_province(), params.organization, params.common_name)?;
    let spki = params.public_key.to_spki_der();
    let extensions = leaf_extensions(root, params, &spki, purposes)?;
    let validity = validity(params.not_before, params.not_after, limit)?;
    unsigned(root.subject_der(), &subject, root.public_key(), &spki, params.serial, validity, extensions)
}

fn leaf_extensions(
    root: &Certificate,
    params: &SignerParams<'_>,
    spki: &[u8],
    purposes: &[ObjectIdentifier],
) -> Result<Vec<Extension>, X509Error> {
    let crl_url = root.crl_distribution_point().ok_or(X509Error::IssuingRootIncomplete)?;
    let mut extensions = vec![
        encode::authority_key_id(&root_key_id(root)?)?,
        encode::subject_key_id(&encode::key_id(spki)?)?,
        encode::key_usage(KeyUsages::DigitalSignature)?,
        // Critical by tables B.3 and B.7.
        encode::extension(rfc5280::ID_CE_EXT_KEY_USAGE, true, &ExtendedKeyUsage(purposes.to_vec()))?,
        encode::crl_distribution_point(crl_url)?,
    ];
    let names = [
        (rfc5280::ID_CE_SUBJECT_ALT_NAME, params.alternative_names),
        // Table B.3: the same value as in the root.
        (rfc5280::ID_CE_ISSUER_ALT_NAME, root.issuer_alternative_names()),
    ];
    for (oid, names) in names.into_iter().filter(|(_, names)| !names.is_empty()) {
        extensions.push(encode::alternative_names(oid, names)?);
    }
    Ok(extensions)
}

/// The identifier that those below the root name it by.
pub(super) fn root_key_id(root: &Certificate) -> Result<Vec<u8>, X509Error> {
    match root.subject_key_id() {
        Some(id) => Ok(id.to_vec()),
        None => encode::key_id(&root.public_key().to_spki_der()),
    }
}

fn check_within_root(params: &SignerParams<'_>, root: &Certificate) -> Result<(), X509Error> {
    let (not_before, not_after) = (root.not_before(), root.not_after());
    if params.not_before < not_before || params.not_after > not_after {
        return Err(X509Error::IssuingOutsideRoot { not_before, not_after });
    }
    Ok(())
}

fn validity(not_before: Timestamp, not_after: Timestamp, limit: Duration) -> Result<Validity, X509Error> {
    let asked = not_before.age_at(not_after);
    if asked <= Duration::default() {
        return Err(X509Error::IssuingValidityInvalid);
    }
    if asked > limit {
        return Err(X509Error::IssuingValidityTooLong { asked, limit });
    }
    Ok(Validity::new(time::write(not_before)?, time::write(not_after)?))
}

fn unsigned(
    issuer: &[u8],
    subject: &[u8],
    issuer_key: &PublicKey,
    spki: &[u8],
    serial: [u8; 16],
    validity: Validity,
    extensions: Vec<Extension>,
) -> Result<UnsignedCertificate, X509Error> {
    let encode = || {
        TbsCertificate {
            version: Version::V3,
            serial: IntRef::new(&encode::serial(serial))?,
            algorithm: algorithm_identifier(issuer_key.curve().algorithm()),
            issuer: AnyRef::from_der(issuer)?,
            validity,
            subject: AnyRef::from_der(subject)?,
            public_key: AnyRef::from_der(spki)?,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(extensions),
        }
        .to_der()
    };
    let to_be_signed = encode().map_err(|_: der::Error| X509Error::IssuingUnencodable)?;
    Ok(UnsignedCertificate { to_be_signed, issuer_key: issuer_key.clone() })
}
