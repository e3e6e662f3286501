//! Registrations that were withdrawn, so that a wallet says of an access certificate that it is no longer good, and not
//! only that nobody knows it.
//!
//! Left out: readers' certificates, which no bundle has; certificates that expired, which no wallet accepts; and beyond
//! [`MAX_WITHDRAWN`] the oldest withdrawals.

use mapae_cose::cbor::{CborError, Key, Reader, Writer};
use mapae_types::{RelyingPartyId, Timestamp};

use crate::{
    BundleError,
    format::{read_hash, read_time, write_time},
};

/// As many as a bundle says; some 400 KB of it.
pub const MAX_WITHDRAWN: usize = 4096;

/// An access certificate that was registered, and stands for nobody any more: its relying party was withdrawn, or has
/// registered another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Whose it was.
    pub relying_party: RelyingPartyId,
    /// SHA-256 of the certificate in DER.
    pub certificate: [u8; 32],
    /// The time of the entry that withdrew it.
    pub since: Timestamp,
}

impl Withdrawn {
    pub(crate) fn write(&self, writer: &mut Writer) {
        write_time(writer.map(3).text("since"), self.since);
        writer.text("certificate").bytes(&self.certificate);
        writer.text("relying_party").text(self.relying_party.as_str());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, BundleError> {
        let (mut relying_party, mut certificate, mut since) = (None, None, None);
        reader.map(|reader, key| {
            let at = reader.position();
            match key {
                Key::Text("since") => since = Some(read_time(reader)?),
                Key::Text("certificate") => certificate = Some(read_hash(reader)?),
                Key::Text("relying_party") => {
                    relying_party = Some(reader.text()?.parse().map_err(|_| CborError::Unexpected(at))?);
                }
                _ => return Err(BundleError::VersionUnsupported),
            }
            Ok(())
        })?;
        let missing = |member| CborError::Missing(reader.position(), member);
        Ok(Self {
            relying_party: relying_party.ok_or_else(|| missing("relying_party"))?,
            certificate: certificate.ok_or_else(|| missing("certificate"))?,
            since: since.ok_or_else(|| missing("since"))?,
        })
    }
}

/// Reads the list of a manifest: ordered by certificate, none twice. One that is empty would have been left out: there
/// is one encoding.
pub(crate) fn read_list(reader: &mut Reader<'_>) -> Result<Vec<Withdrawn>, BundleError> {
    let list = reader.list(Withdrawn::read)?;
    let in_order = list.is_sorted_by(|a, b| a.certificate < b.certificate);
    let fits = (1..=MAX_WITHDRAWN).contains(&list.len()) && in_order;
    if fits { Ok(list) } else { Err(BundleError::Withdrawn) }
}
