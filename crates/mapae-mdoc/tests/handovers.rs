//! Session transcripts: the two handovers of OpenID4VP 1.0 Annex B.2.6, with the examples printed there, and
//! transcripts that come from elsewhere.

use mapae_crypto::sha256;
use mapae_mdoc::{MdocError, SessionTranscript};

use crate::vectors::hex;

const EXAMPLE_NONCE: &str = "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA";
const THUMBPRINT: &str = "4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047";

fn thumbprint() -> [u8; 32] {
    hex(THUMBPRINT).try_into().unwrap()
}

/// B.2.6.1.
#[test]
fn the_redirect_handover_is_that_of_the_specification() {
    let info =
        hex("847818783530395f73616e5f646e733a6578616d706c652e636f6d782b6578633767426b786a7831726463397564527276654b
        7653734a4971383061766c58654c4868477771744158204283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047
        781c68747470733a2f2f6578616d706c652e636f6d2f726573706f6e7365");
    let expected =
        hex("83f6f682714f70656e494434565048616e646f7665725820048bc053c00442af9b8eed494cefdd9d95240d254b046b11
        b68013722aad38ac");
    assert_eq!(sha256(&info)[..], expected[expected.len() - 32..]);
    let transcript = SessionTranscript::openid4vp(
        "x509_san_dns:example.com",
        EXAMPLE_NONCE,
        Some(&thumbprint()),
        "https://example.com/response",
    );
    assert_eq!(transcript.as_bytes(), expected);
}

/// B.2.6.2.
#[test]
fn the_digital_credentials_handover_is_that_of_the_specification() {
    let info =
        hex("837368747470733a2f2f6578616d706c652e636f6d782b6578633767426b786a7831726463397564527276654b7653734a4971
        383061766c58654c4868477771744158204283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047");
    let expected =
        hex("83f6f682764f70656e4944345650444341504948616e646f7665725820fbece366f4212f9762c74cfdbf83b8c69e371d5d
        68cea09cb4c48ca6daab761a");
    assert_eq!(sha256(&info)[..], expected[expected.len() - 32..]);
    let transcript = SessionTranscript::openid4vp_dc_api("https://example.com", EXAMPLE_NONCE, Some(&thumbprint()));
    assert_eq!(transcript.as_bytes(), expected);
}

/// A response that is not encrypted has `null` in the thumbprint's place.
#[test]
fn a_missing_thumbprint_is_null() {
    let transcript = SessionTranscript::openid4vp("c", "n", None, "u");
    let info = hex("84 6163 616e f6 6175");
    assert!(transcript.as_bytes().ends_with(&sha256(&info)));
    let transcript = SessionTranscript::openid4vp_dc_api("o", "n", None);
    assert!(transcript.as_bytes().ends_with(&sha256(&hex("83 616f 616e f6"))));
}

#[test]
fn a_transcript_is_wrapped_for_key_derivation_only() {
    let transcript = SessionTranscript::from_cbor(&hex("83f6f6f6")).unwrap();
    assert_eq!(transcript.as_bytes(), hex("83f6f6f6"));
    assert_eq!(transcript.to_tagged(), hex("d8184483f6f6f6"));
}

/// Hole 21 of the peers: a transcript in the wrong wrapping binds to nothing, silently.
#[test]
fn peer_hole_21_a_transcript_in_the_wrong_wrapping_is_refused() {
    let wrapped = SessionTranscript::openid4vp("c", "n", None, "u").to_tagged();
    assert_eq!(SessionTranscript::from_cbor(&wrapped), Err(MdocError::TranscriptShape));
    // A byte string without its tag, and hexadecimal text.
    assert_eq!(SessionTranscript::from_cbor(&wrapped[2..]), Err(MdocError::TranscriptShape));
    assert_eq!(SessionTranscript::from_cbor(&hex("68 3833663666366636")), Err(MdocError::TranscriptShape));
}

#[test]
fn a_transcript_is_an_array_of_three_and_nothing_after_it() {
    for other in ["", "80", "82f6f6", "84f6f6f6f6", "83f6f6", "83f6f6f6f6", "a0", "f6", "9ff6f6f6ff"] {
        assert_eq!(SessionTranscript::from_cbor(&hex(other)), Err(MdocError::TranscriptShape), "{other}");
    }
    let openid4vp = SessionTranscript::openid4vp("c", "n", None, "u");
    assert_eq!(SessionTranscript::from_cbor(openid4vp.as_bytes()), Ok(openid4vp));
}
