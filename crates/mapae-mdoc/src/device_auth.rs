//! `DeviceAuthentication` (ISO 18013-5 §9.1.3.4) and the key of the device MAC (§9.1.3.5).

use mapae_cose::cbor::Writer;
use mapae_crypto::{CryptoError, PublicKey, SigningKey, hkdf_sha256, sha256};

use crate::SessionTranscript;

/// `DeviceAuthenticationBytes`: the detached payload of device signature and device MAC.
/// `name_spaces_tagged` is `DeviceNameSpacesBytes` as it stands in the response.
pub(crate) fn device_authentication(
    transcript: &SessionTranscript,
    doc_type: &str,
    name_spaces_tagged: &[u8],
) -> Vec<u8> {
    let mut inner = Writer::with_capacity(transcript.as_bytes().len() + doc_type.len() + name_spaces_tagged.len() + 32);
    inner.array(4).text("DeviceAuthentication").raw(transcript.as_bytes());
    inner.text(doc_type).raw(name_spaces_tagged);
    let mut tagged = Writer::with_capacity(inner.len() + 8);
    tagged.encoded_cbor(inner.as_bytes());
    tagged.into_bytes()
}

/// `EMacKey`: from the holder's device key and the reader's ephemeral key, or the other way round.
pub fn device_mac_key(
    own: &SigningKey,
    peer: &PublicKey,
    transcript: &SessionTranscript,
) -> Result<[u8; 32], CryptoError> {
    let shared = own.agree(peer)?;
    Ok(hkdf_sha256(shared.as_bytes(), &sha256(&transcript.to_tagged()), b"EMacKey"))
}
