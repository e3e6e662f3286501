//! Status lists with any width, dates and signer.

use mapae_cose::{Headers, UnsignedSign1, cbor::Writer};
use mapae_crypto::Algorithm;
use mapae_status_list::Bits;
use mapae_trust::StatusEntry;
use mapae_types::{Duration, Timestamp};

use crate::Signer;

/// A status list before it is signed.
#[derive(Debug, Clone)]
pub struct List {
    /// `sub`.
    pub uri: String,
    /// The width of an entry.
    pub bits: Bits,
    /// One status an entry.
    pub entries: Vec<u8>,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
}

impl List {
    /// Entries of a list unless a test says otherwise.
    pub const ENTRIES: usize = 1024;

    /// Entries of 1 bit, all valid, for 70 days.
    pub fn new(uri: &str, issued_at: Timestamp) -> Self {
        let expires_at = issued_at + Duration::days(70);
        Self { uri: uri.to_owned(), bits: Bits::One, entries: vec![0; Self::ENTRIES], issued_at, expires_at }
    }

    /// The token as a CWT. Written by hand, since ours writes 1 bit and sound dates only.
    pub fn signed_by(&self, signer: &Signer) -> StatusEntry {
        let headers = Headers::algorithm(Algorithm::Es256).with_typ("application/statuslist+cwt");
        let headers = headers.with_x5chain(signer.chain());
        let unsigned = UnsignedSign1::new(&headers, &Headers::default(), &self.claims()).tagged();
        let signature = signer.sign(unsigned.to_be_signed());
        StatusEntry { uri: self.uri.clone(), token: unsigned.attach(&signature) }
    }

    fn claims(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.map(4).int(2).text(&self.uri).int(4).int(self.expires_at.unix()).int(6).int(self.issued_at.unix());
        writer.int(65_533).map(2).text("lst").bytes(&zlib_stored(&self.packed()));
        writer.text("bits").int(self.bits.count().into());
        writer.into_bytes()
    }

    /// From the least significant bit up (Token Status List §4.1).
    fn packed(&self) -> Vec<u8> {
        let bits = self.bits.count();
        let pack = |entries: &[u8]| entries.iter().rev().fold(0, |byte: u16, entry| byte << bits | u16::from(*entry));
        self.entries.chunks(usize::from(8 / bits)).map(|entries| pack(entries).to_le_bytes()[0]).collect()
    }
}

/// RFC 1950 around one stored block of RFC 1951.
fn zlib_stored(bytes: &[u8]) -> Vec<u8> {
    let len = u16::try_from(bytes.len()).unwrap();
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let head = [&[0x78, 0x01, 0x01][..], &len.to_le_bytes(), &(!len).to_le_bytes()].concat();
    [&head, bytes, &(b << 16 | a).to_be_bytes()].concat()
}
