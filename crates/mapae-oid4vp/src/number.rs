//! The short number of a session, on both screens where a request crosses from one device to another.
//!
//! The verifier shows it beside the QR code, and a wallet beside the question: the person compares the two. That is friction
//! and no proof, since an accomplice who relays the code relays the number with it. Ours: no specification has it.

use mapae_crypto::sha256_of;

/// Two digits that follow from the request's nonce.
///
/// ```
/// use mapae_oid4vp::session_number;
///
/// assert_eq!(session_number("n-0S6_WzA2Mj").len(), 2);
/// assert_eq!(session_number("n-0S6_WzA2Mj"), session_number("n-0S6_WzA2Mj"));
/// ```
pub fn session_number(nonce: &str) -> String {
    let [first, second, ..] = sha256_of(&[b"mapae session number\0", nonce.as_bytes()]);
    format!("{:02}", u16::from_be_bytes([first, second]) % 100)
}
