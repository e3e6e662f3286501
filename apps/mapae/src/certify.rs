//! What everybody who certifies others needs: signatures, files of a pair, revocation lists.

use mapae_crypto::SigningKey;
use mapae_types::{Duration, Timestamp};
use mapae_x509::{Certificate, Crl, RevocationReason, RevokedEntry, TrustAnchor, UnsignedCertificate, crl};

use crate::{authority::DistrustLine, draft::Draft};

/// A root lives longer than every signer below it, and a signer longer than what it signs (design D8).
pub(crate) const ROOT_DAYS: i64 = 3650;
/// ISO 18013-5 B.1.5 wants a new list at least every 90 days.
const CRL_DAYS: i64 = 90;

/// The finished certificate.
pub(crate) fn sign(unsigned: UnsignedCertificate, key: &SigningKey) -> anyhow::Result<Certificate> {
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature)?)
}

/// A certificate with its key, for a directory.
pub(crate) fn pair(draft: &mut Draft, name: &str, certificate: &Certificate, key: &SigningKey) {
    draft.secret(&format!("{name}.key"), key.to_pkcs8_pem().as_bytes());
    draft.public(&format!("{name}.pem"), certificate.to_pem());
}

/// The revocation list of a root, numbered by its time.
pub(crate) fn signed_crl(
    root: &TrustAnchor,
    key: &SigningKey,
    revoked: &[DistrustLine],
    at: Timestamp,
) -> anyhow::Result<Crl> {
    let serials = revoked.iter().map(DistrustLine::serial_bytes).collect::<anyhow::Result<Vec<_>>>()?;
    let pairs = revoked.iter().zip(&serials);
    let entries = pairs.map(|(line, serial)| revoked_entry(line, serial)).collect::<anyhow::Result<Vec<_>>>()?;
    let number = u64::try_from(at.unix())?;
    let unsigned = crl(root, number, at, at + Duration::days(CRL_DAYS), &entries)?;
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature)?)
}

fn revoked_entry<'a>(line: &DistrustLine, serial: &'a [u8]) -> anyhow::Result<RevokedEntry<'a>> {
    let (at, reason) = match &line.ceased_at {
        Some(ceased_at) => (ceased_at.parse()?, RevocationReason::CessationOfOperation),
        None => (line.recorded_at.parse()?, RevocationReason::KeyCompromise),
    };
    Ok(RevokedEntry { serial, at, reason })
}
