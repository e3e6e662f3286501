//! The status lists of a sandbox: one for everybody, and one for each thing that can be wrong with a status.

use mapae_cose::{Headers, UnsignedSign1, cbor::Writer};
use mapae_crypto::Algorithm;
use mapae_status_list::{NewStatusToken, RevocationList, TokenTimes};
use mapae_trust::StatusEntry;
use mapae_types::{Duration, StatusReference, Timestamp};

use crate::{SandboxError, pki::Signer};

/// Entries of a list: as many copies of all people share them, none of which is ever revoked.
const ENTRIES: u32 = 1 << 16;
/// The entry that is revoked.
const REVOKED: u32 = 0;
/// Older than any class of use accepts, and longer over than a continuity order could stretch it.
const STALE: Duration = Duration::days(400);

/// What becomes of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It holds. The number of the copy chooses its entry.
    Valid(u64),
    /// It was revoked.
    Revoked,
    /// It is suspended.
    Suspended,
    /// Nothing recent is known of it.
    Stale,
}

impl Fate {
    /// Where it stands.
    pub(crate) fn reference(self, base_url: &str) -> StatusReference {
        let (list, idx) = match self {
            Self::Valid(number) => (0, 1 + number % u64::from(ENTRIES - 1)),
            Self::Revoked => (0, REVOKED.into()),
            Self::Suspended => (1, 0),
            Self::Stale => (2, 0),
        };
        StatusReference { uri: uri(base_url, list), idx }
    }
}

fn uri(base_url: &str, list: u8) -> String {
    format!("{base_url}/status/{list}")
}

/// All lists, as of a time.
pub(crate) fn lists(base_url: &str, signer: &Signer, as_of: Timestamp) -> Result<Vec<StatusEntry>, SandboxError> {
    let mut list = RevocationList::new(ENTRIES);
    list.revoke(REVOKED)?;
    Ok(vec![
        token(&uri(base_url, 0), &list, as_of, signer)?,
        suspended(&uri(base_url, 1), as_of, signer)?,
        token(&uri(base_url, 2), &RevocationList::new(ENTRIES), as_of - STALE, signer)?,
    ])
}

fn token(uri: &str, list: &RevocationList, as_of: Timestamp, signer: &Signer) -> Result<StatusEntry, SandboxError> {
    let unsigned = NewStatusToken::new(uri, list, TokenTimes::published(as_of))?
        .unsigned_cwt(Algorithm::Es256, &signer.chain())?;
    let signature = signer.sign(unsigned.to_be_signed())?;
    Ok(StatusEntry { uri: uri.to_owned(), token: unsigned.attach(&signature) })
}

/// Token Status List §4.1 with 2 bits, of which the first entry is SUSPENDED. By hand, since our issuers revoke and never
/// suspend (design D6), so that `mapae-status-list` writes no such list.
fn suspended(uri: &str, as_of: Timestamp, signer: &Signer) -> Result<StatusEntry, SandboxError> {
    let mut claims = Writer::new();
    claims.map(4).int(2).text(uri);
    claims.int(4).int(TokenTimes::published(as_of).expires_at.unix()).int(6).int(as_of.unix());
    claims.int(65_533).map(2).text("lst").bytes(&ONE_BYTE_TWO).text("bits").int(2);
    let headers = Headers::algorithm(Algorithm::Es256).with_typ("application/statuslist+cwt");
    let chain = signer.chain();
    let headers = headers.with_x5chain(chain.iter().map(Vec::as_slice).collect());
    let unsigned = UnsignedSign1::new(&headers, &Headers::default(), &claims.into_bytes()).tagged();
    let signature = signer.sign(unsigned.to_be_signed())?;
    Ok(StatusEntry { uri: uri.to_owned(), token: unsigned.attach(&signature) })
}

/// RFC 1950 around a stored block (RFC 1951 §3.2.4) of the one byte 0x02: entries 2, 0, 0, 0.
const ONE_BYTE_TWO: [u8; 12] = [0x78, 0x01, 0x01, 0x01, 0x00, 0xfe, 0xff, 0x02, 0x00, 0x03, 0x00, 0x03];
