//! The short number beside a QR code. A wallet that shows numbers finds the same in the request: the person compares the
//! two screens. That is friction and no proof, since an accomplice who relays the code relays the number with it.

use mapae_crypto::sha256_of;

/// Two digits that follow from the request's nonce.
pub(crate) fn number(nonce: &str) -> String {
    let [first, second, ..] = sha256_of(&[b"mapae session number\0", nonce.as_bytes()]);
    format!("{:02}", u16::from_be_bytes([first, second]) % 100)
}
