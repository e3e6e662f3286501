//! Who may sign continuity orders, and how many of them must (design D14).

use mapae_cose::cbor::{CborError, Key, Reader, Writer};
use mapae_crypto::PublicKey;
use mapae_types::AgencyId;

/// More signers than a country has agencies.
const LIMIT: usize = 64;

/// The keys of k of n agencies, with 2k > n. They are keys of their own: those that sign entries stay at their desks,
/// these wait for a disaster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSigners {
    threshold: usize,
    keys: Vec<(AgencyId, PublicKey)>,
}

/// A threshold that is no majority, an agency or a key twice, or too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{threshold} of {keys} keys do not make a majority of different agencies, each with a key of its own")]
pub struct OrderSignersError {
    /// How many would have to sign.
    pub threshold: usize,
    /// How many could.
    pub keys: usize,
}

impl OrderSigners {
    /// Takes the keys, in any order.
    pub fn new(threshold: usize, mut keys: Vec<(AgencyId, PublicKey)>) -> Result<Self, OrderSignersError> {
        keys.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let majority = threshold <= keys.len() && 2 * threshold > keys.len() && keys.len() <= LIMIT;
        let twice = keys.iter().enumerate().any(|(at, a)| keys[..at].iter().any(|b| a.0 == b.0 || a.1 == b.1));
        if majority && !twice {
            Ok(Self { threshold, keys })
        } else {
            Err(OrderSignersError { threshold, keys: keys.len() })
        }
    }

    /// How many must sign: k.
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// Who can, ordered by agency.
    pub fn keys(&self) -> &[(AgencyId, PublicKey)] {
        &self.keys
    }

    /// The key of an agency.
    pub fn key(&self, agency: &AgencyId) -> Option<&PublicKey> {
        self.keys.iter().find(|(known, _)| known == agency).map(|(_, key)| key)
    }

    /// Writes `{"keys": [+ {"agency": tstr, "key": bstr}], "threshold": uint}`.
    pub fn write(&self, writer: &mut Writer) {
        writer.map(2).text("keys").array(self.keys.len());
        for (agency, key) in &self.keys {
            writer.map(2).text("key").bytes(&key.to_spki_der());
            writer.text("agency").text(agency.as_str());
        }
        writer.text("threshold").unsigned(self.threshold as u64);
    }

    /// Reads what [`OrderSigners::write`] wrote.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let at = reader.position();
        let (mut threshold, mut keys) = (None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("keys") => keys = Some(reader.list(read_key)?),
                Key::Text("threshold") => threshold = usize::try_from(reader.unsigned()?).ok(),
                _ => return Err(CborError::Unexpected(at)),
            }
            Ok(())
        })?;
        let missing = |member| CborError::Missing(at, member);
        let keys = keys.ok_or_else(|| missing("keys"))?;
        let signers = Self::new(threshold.ok_or_else(|| missing("threshold"))?, keys);
        signers.map_err(|_| CborError::Unexpected(at))
    }
}

fn read_key(reader: &mut Reader<'_>) -> Result<(AgencyId, PublicKey), CborError> {
    let at = reader.position();
    let (mut agency, mut public) = (None, None);
    reader.map(|reader, key| {
        match key {
            Key::Text("agency") => agency = reader.text()?.parse().ok(),
            Key::Text("key") => public = PublicKey::from_spki_der(reader.bytes()?).ok(),
            _ => return Err(CborError::Unexpected(at)),
        }
        Ok(())
    })?;
    agency.zip(public).ok_or(CborError::Unexpected(at))
}
