//! Making revocation lists (RFC 5280 §5, ISO/IEC 18013-5 B.1.5).

use const_oid::db::rfc5280;
use der::{
    Decode as _, Encode as _,
    asn1::{AnyRef, IntRef},
};
use mapae_crypto::{PublicKey, Signature};
use mapae_types::{Duration, Timestamp};
use x509_cert::{
    certificate::Version,
    ext::{Extension, pkix::CrlNumber},
};

use super::{
    encode,
    profile::root_key_id,
    wire::{RevokedCertificate, TbsCertList},
};
use crate::{Certificate, Crl, RevocationReason, TrustAnchor, X509Error, signed::algorithm_identifier, time};

/// ISO/IEC 18013-5 B.1.5: a new list at least every 90 days.
const LIST_LIMIT: Duration = Duration::days(90);

/// A certificate to be listed.
#[derive(Debug, Clone, Copy)]
pub struct RevokedEntry<'a> {
    /// Its serial number, as [`Certificate::serial`] gives it.
    pub serial: &'a [u8],
    /// From when on it is revoked.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// A revocation list that waits for its root's signature.
#[derive(Debug, Clone)]
pub struct UnsignedCrl {
    to_be_signed: Vec<u8>,
    issuer_key: PublicKey,
}

impl UnsignedCrl {
    /// What the root's key signs, with ECDSA and the hash of its curve.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// Adds the signature, which must verify.
    pub fn attach(self, signature: &Signature) -> Result<Crl, X509Error> {
        Crl::from_der(&encode::assemble(&self.to_be_signed, &self.issuer_key, signature)?)
    }
}

/// A full list of what `root` has revoked. `number` must be greater than in every list before; `next_update`
/// is when the next one will exist, at most 90 days later.
pub fn crl(
    root: &TrustAnchor,
    number: u64,
    this_update: Timestamp,
    next_update: Timestamp,
    revoked: &[RevokedEntry<'_>],
) -> Result<UnsignedCrl, X509Error> {
    check_period(this_update, next_update)?;
    let root = root.certificate();
    let serials: Vec<Vec<u8>> = revoked.iter().map(|entry| integer(entry.serial)).collect::<Result<_, _>>()?;
    let entries: Vec<RevokedCertificate<'_>> =
        revoked.iter().zip(&serials).map(|(entry, serial)| listed(entry, serial)).collect::<Result<_, _>>()?;
    let list = TbsCertList {
        version: Version::V2,
        algorithm: algorithm_identifier(root.public_key().curve().algorithm()),
        issuer: AnyRef::from_der(root.subject_der()).map_err(|_| X509Error::IssuingUnencodable)?,
        this_update: time::write(this_update)?,
        next_update: Some(time::write(next_update)?),
        // RFC 5280 §5.1.2.6: absent when there is nothing to list.
        revoked: Some(entries).filter(|entries| !entries.is_empty()),
        extensions: Some(list_extensions(root, number)?),
    };
    let to_be_signed = list.to_der().map_err(|_| X509Error::IssuingUnencodable)?;
    Ok(UnsignedCrl { to_be_signed, issuer_key: root.public_key().clone() })
}

fn check_period(this_update: Timestamp, next_update: Timestamp) -> Result<(), X509Error> {
    let asked = this_update.age_at(next_update);
    if asked <= Duration::default() {
        return Err(X509Error::IssuingValidityInvalid);
    }
    if asked > LIST_LIMIT {
        return Err(X509Error::IssuingValidityTooLong { asked, limit: LIST_LIMIT });
    }
    Ok(())
}

/// Magnitude to two's complement.
fn integer(serial: &[u8]) -> Result<Vec<u8>, X509Error> {
    match serial {
        [0, ..] | [] => Err(X509Error::SerialInvalid),
        _ if serial.len() > 20 => Err(X509Error::SerialInvalid),
        [first, ..] if *first >= 0x80 => Ok([&[0], serial].concat()),
        _ => Ok(serial.to_vec()),
    }
}

fn listed<'a>(entry: &RevokedEntry<'_>, serial: &'a [u8]) -> Result<RevokedCertificate<'a>, X509Error> {
    let reason = entry.reason.code().map(|code| encode::extension(rfc5280::ID_CE_CRL_REASONS, false, &code));
    Ok(RevokedCertificate {
        serial: IntRef::new(serial).map_err(|_| X509Error::SerialInvalid)?,
        at: time::write(entry.at)?,
        extensions: reason.transpose()?.map(|extension| vec![extension]),
    })
}

fn list_extensions(root: &Certificate, number: u64) -> Result<Vec<Extension>, X509Error> {
    let key_id = root_key_id(root)?;
    let number = CrlNumber::try_from(number).map_err(|_| X509Error::IssuingUnencodable)?;
    Ok(vec![encode::authority_key_id(&key_id)?, encode::extension(rfc5280::ID_CE_CRL_NUMBER, false, &number)?])
}
