//! `SessionTranscript` (ISO 18013-5 §9.1.5.1): what binds an answer to one session with one verifier.
//!
//! It exists here in one form only, the bare array; the two wrappings that the standard uses around it
//! (inside `DeviceAuthentication`, and as tag 24 for key derivation) are made where they are needed. A
//! transcript passed in the wrong wrapping binds to nothing, silently (hole 21 of the peers), so none can
//! be passed.

use mapae_cose::cbor::{Reader, Writer};
use mapae_crypto::sha256;

use crate::MdocError;

/// The encoded transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTranscript(Vec<u8>);

impl SessionTranscript {
    /// `OpenID4VPHandover` (OpenID4VP 1.0 Annex B.2.6.1). `jwk_thumbprint` is the SHA-256 thumbprint
    /// (RFC 7638) of the key that the response is encrypted to, if it is; `response_uri` is the
    /// `redirect_uri` where the response mode uses that.
    pub fn openid4vp(client_id: &str, nonce: &str, jwk_thumbprint: Option<&[u8; 32]>, response_uri: &str) -> Self {
        let mut info = Writer::new();
        info.array(4).text(client_id).text(nonce);
        write_thumbprint(&mut info, jwk_thumbprint).text(response_uri);
        Self::with_handover("OpenID4VPHandover", &info)
    }

    /// `OpenID4VPDCAPIHandover` (OpenID4VP 1.0 Annex B.2.6.2). `origin` comes without the prefix `origin:`.
    pub fn openid4vp_dc_api(origin: &str, nonce: &str, jwk_thumbprint: Option<&[u8; 32]>) -> Self {
        let mut info = Writer::new();
        info.array(3).text(origin).text(nonce);
        write_thumbprint(&mut info, jwk_thumbprint);
        Self::with_handover("OpenID4VPDCAPIHandover", &info)
    }

    fn with_handover(name: &str, info: &Writer) -> Self {
        let mut writer = Writer::with_capacity(64);
        writer.array(3).null().null();
        writer.array(2).text(name).bytes(&sha256(info.as_bytes()));
        Self(writer.into_bytes())
    }

    /// A transcript of proximity: the array `[DeviceEngagementBytes, EReaderKeyBytes, Handover]`, without
    /// tag 24 around it.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, MdocError> {
        let three = |reader: &mut Reader<'_>, count| {
            (0..count).try_for_each(|_| reader.skip().map(drop))?;
            if count == 3 { Ok(()) } else { Err(MdocError::TranscriptShape) }
        };
        Reader::read_all(bytes, |reader| reader.array(three)).map_err(|_| MdocError::TranscriptShape)?;
        Ok(Self(bytes.to_vec()))
    }

    /// The array, to stand inside another structure.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// `SessionTranscriptBytes = #6.24(bstr .cbor SessionTranscript)`.
    pub fn to_tagged(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.0.len() + 8);
        writer.encoded_cbor(&self.0);
        writer.into_bytes()
    }
}

fn write_thumbprint<'w>(writer: &'w mut Writer, thumbprint: Option<&[u8; 32]>) -> &'w mut Writer {
    match thumbprint {
        Some(bytes) => writer.bytes(bytes),
        None => writer.null(),
    }
}
