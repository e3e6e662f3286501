//! A root and its signers after ISO/IEC 18013-5 Annex B (IACA B.1.2, document signer B.1.4), and signers that miss one rule.

use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::DerSignature;
use p256::elliptic_curve::rand_core::{OsRng, RngCore};
use p256::pkcs8::EncodePublicKey;
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::builder::{Builder, CertificateBuilder, Profile};
use x509_cert::der::asn1::{Ia5String, ObjectIdentifier, OctetString};
use x509_cert::der::pem::LineEnding;
use x509_cert::der::referenced::OwnedToRef;
use x509_cert::der::{DateTime, Decode, DecodePem, Encode, EncodePem};
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, IssuerAltName, KeyUsage,
    KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

use crate::key::Key;
use crate::times::days;

/// `mdlDS`, ISO/IEC 18013-5 Annex B.1.4.
pub const MDL_DOCUMENT_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.2");

/// Server authentication (RFC 5280 §4.2.1.12): an extended key usage that no document signer has.
pub const SERVER_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

const ISSUER_CONTACT: &str = "https://interop.example";
const CRL: &str = "https://interop.example/iaca.crl";

/// A trust anchor with its key.
#[derive(Clone)]
pub struct Root {
    key: Key,
    certificate: Certificate,
}

/// A certificate under a root with its key.
#[derive(Clone)]
pub struct Signer {
    /// The key that signs documents.
    pub key: Key,
    certificate: Certificate,
}

/// What a signer's certificate says.
#[derive(Clone)]
pub struct SignerProfile {
    /// Start of validity.
    pub not_before: OffsetDateTime,
    /// End of validity.
    pub not_after: OffsetDateTime,
    /// Extended key usage; none leaves the extension out.
    pub usage: Option<ObjectIdentifier>,
}

impl Root {
    /// A root for 3,000 days, valid since 500 days ago.
    pub fn new() -> Result<Self> {
        let key = Key::generate();
        let name = name("Interop IACA")?;
        let validity = validity(days(-500), days(3000))?;
        let mut builder = builder(Profile::Manual { issuer: None }, validity, name, &key, &key)?;
        builder.add_extension(&BasicConstraints { ca: true, path_len_constraint: Some(0) })?;
        builder.add_extension(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))?;
        let certificate = builder.build::<DerSignature>()?;
        Ok(Self { key, certificate })
    }

    /// A root that exists: its certificate and its PKCS#8 key, as PEM files.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self> {
        let Signer { key, certificate } = Signer::from_pem(certificate, key)?;
        Ok(Self { key, certificate })
    }

    /// A signer for the profile, with a new key.
    pub fn signer(&self, profile: &SignerProfile) -> Result<Signer> {
        self.certify(Key::generate(), profile)
    }

    /// A signer for the profile with this key.
    pub fn certify(&self, key: Key, profile: &SignerProfile) -> Result<Signer> {
        let issuer = Profile::Manual { issuer: Some(self.certificate.tbs_certificate.subject.clone()) };
        let validity = validity(profile.not_before, profile.not_after)?;
        let mut builder = builder(issuer, validity, name("Interop document signer")?, &key, &self.key)?;
        builder.add_extension(&authority_key_id(&self.key)?)?;
        builder.add_extension(&KeyUsage(KeyUsages::DigitalSignature.into()))?;
        if let Some(usage) = profile.usage {
            builder.add_extension(&Critical(ExtendedKeyUsage(vec![usage])))?;
        }
        let certificate = builder.build::<DerSignature>()?;
        Ok(Signer { key, certificate })
    }

    /// The certificate as a PEM file.
    pub fn pem(&self) -> Result<String> {
        Ok(self.certificate.to_pem(LineEnding::LF)?)
    }
}

impl Signer {
    /// A signer that exists: its certificate and its PKCS#8 key, as PEM files.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self> {
        let (key, certificate) = (Key::from_pkcs8_pem(key)?, Certificate::from_pem(certificate)?);
        let certified = &certificate.tbs_certificate.subject_public_key_info;
        ensure!(*certified == public_key_info(&key)?, "the certificate is for another key");
        Ok(Self { key, certificate })
    }

    /// The certificate as a PEM file.
    pub fn pem(&self) -> Result<String> {
        Ok(self.certificate.to_pem(LineEnding::LF)?)
    }

    /// The certificate as an `x5chain` has it.
    pub fn der(&self) -> Result<Vec<u8>> {
        Ok(self.certificate.to_der()?)
    }

    /// The certificate as an `x5c` value: base64 of DER, not base64url (RFC 7515 §4.1.6).
    pub fn x5c(&self) -> Result<String> {
        Ok(STANDARD.encode(self.der()?))
    }
}

impl Default for SignerProfile {
    /// A document signer of 100 days ago with a year before it: the longest that 18013-5 allows is 457 days.
    fn default() -> Self {
        Self { not_before: days(-100), not_after: days(300), usage: Some(MDL_DOCUMENT_SIGNER) }
    }
}

/// ISO/IEC 18013-5 Table B.3 wants the extended key usage of a document signer critical; RFC 5280 leaves it open.
struct Critical<E>(E);

impl<E: x509_cert::der::oid::AssociatedOid> x509_cert::der::oid::AssociatedOid for Critical<E> {
    const OID: ObjectIdentifier = E::OID;
}

impl<E: Encode> Encode for Critical<E> {
    fn encoded_len(&self) -> x509_cert::der::Result<x509_cert::der::Length> {
        self.0.encoded_len()
    }

    fn encode(&self, encoder: &mut impl x509_cert::der::Writer) -> x509_cert::der::Result<()> {
        self.0.encode(encoder)
    }
}

impl<E: AsExtension> AsExtension for Critical<E> {
    fn critical(&self, _subject: &Name, _extensions: &[Extension]) -> bool {
        true
    }
}

fn builder<'s>(
    profile: Profile,
    validity: Validity,
    subject: Name,
    key: &Key,
    signer: &'s Key,
) -> Result<CertificateBuilder<'s, p256::ecdsa::SigningKey>> {
    let spki = public_key_info(key)?;
    let mut builder = CertificateBuilder::new(profile, serial()?, validity, subject, spki, signer.signing())?;
    builder.add_extension(&SubjectKeyIdentifier::try_from(public_key_info(key)?.owned_to_ref())?)?;
    builder.add_extension(&IssuerAltName(vec![uri(ISSUER_CONTACT)?]))?;
    builder.add_extension(&CrlDistributionPoints(vec![DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![uri(CRL)?])),
        reasons: None,
        crl_issuer: None,
    }]))?;
    Ok(builder)
}

/// The key identifier alone: B.1.4 has no use for the issuer's name and serial beside it.
fn authority_key_id(key: &Key) -> Result<AuthorityKeyIdentifier> {
    let subject = SubjectKeyIdentifier::try_from(public_key_info(key)?.owned_to_ref())?;
    let key_identifier = Some(OctetString::new(subject.0.as_bytes())?);
    Ok(AuthorityKeyIdentifier { key_identifier, authority_cert_issuer: None, authority_cert_serial_number: None })
}

fn public_key_info(key: &Key) -> Result<SubjectPublicKeyInfoOwned> {
    let der = key.signing().verifying_key().to_public_key_der()?;
    Ok(SubjectPublicKeyInfoOwned::from_der(der.as_bytes())?)
}

fn name(common_name: &str) -> Result<Name> {
    Ok(format!("CN={common_name},C=KR").parse()?)
}

fn uri(text: &str) -> Result<GeneralName> {
    Ok(GeneralName::UniformResourceIdentifier(Ia5String::new(text)?))
}

fn serial() -> Result<SerialNumber> {
    let mut bytes = [0; 16];
    OsRng.fill_bytes(&mut bytes);
    bytes[0] = bytes[0] & 0x7f | 0x40; // positive and 16 octets long
    Ok(SerialNumber::new(&bytes)?)
}

fn validity(not_before: OffsetDateTime, not_after: OffsetDateTime) -> Result<Validity> {
    Ok(Validity { not_before: certificate_time(not_before)?, not_after: certificate_time(not_after)? })
}

fn certificate_time(time: OffsetDateTime) -> Result<Time> {
    let seconds = u64::try_from(time.unix_timestamp())?;
    Ok(Time::GeneralTime(DateTime::from_unix_duration(std::time::Duration::from_secs(seconds))?.into()))
}
