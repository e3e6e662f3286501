//! How a certificate names its holder to a wallet.

use base64_simd::URL_SAFE_NO_PAD;

use crate::Certificate;

/// The client identifier `x509_hash` of `OpenID4VP` 1.0 §5.9.3: the unpadded base64url of the SHA-256 of the certificate
/// by whose key requests are signed. HAIP 1.0 wants its chain in `x5c`, without the root, and this certificate
/// not self-signed: [`crate::verify_chain`] refuses both.
pub fn x509_hash_client_id(certificate: &Certificate) -> String {
    format!("x509_hash:{}", URL_SAFE_NO_PAD.encode_to_string(certificate.fingerprint()))
}
