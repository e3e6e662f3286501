//! JSON, base64url, JWS, JWE and JWK.
#![expect(clippy::expect_used, reason = "encryption to a constant key cannot fail")]

use mapae_jose::{JsonError, Jwe, JweEncrypter, Jwk, Jws, Value, base64url, json};
use mapae_types::{Entropy, EntropyError};

use crate::parties::parties;

/// The payload of every JWS among the seeds.
pub const PAYLOAD: &[u8] = br#"{"answer":42}"#;

/// Strict JSON beside `serde_json`: it accepts nothing more, reads the same, and what it refuses beyond is refused
/// for a rule of its own.
pub fn json(data: &[u8]) -> bool {
    let theirs = serde_json::from_slice::<Value>(data);
    text_as_json(data);
    match (json::parse(data), theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(ours, theirs);
            assert_eq!(json::parse(&json::to_vec(&ours)).map(shape), Ok(shape(ours)));
            true
        }
        (Ok(_), Err(error)) => panic!("accepted, although {error}"),
        (Err(error), Ok(_)) => {
            let own_rule = |error| {
                matches!(error, JsonError::TooDeep { .. } | JsonError::DuplicateName { .. } | JsonError::TooLong { .. })
            };
            assert!(own_rule(error), "refused, although sound: {error}");
            false
        }
        (Err(_), Err(_)) => false,
    }
}

/// The value without its fractions: `serde_json` reads the last digit of a double to within one.
fn shape(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::Null,
        Value::Array(elements) => elements.into_iter().map(shape).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, shape(value))).collect(),
        other => other,
    }
}

/// The quick way to write a text writes what `serde_json` writes.
fn text_as_json(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data) {
        let mut written = Vec::new();
        json::append_text(text, &mut written);
        assert_eq!(written, json::to_vec(text));
    }
}

/// Both alphabets: one spelling for each value, and a value for whatever was written.
pub fn base64url(data: &[u8]) -> bool {
    let written = base64url::encode(data);
    assert_eq!(written.len(), base64url::encoded_len(data.len()));
    assert_eq!(base64url::decode(&written).as_deref(), Ok(data));
    assert_eq!(base64url::decode_standard(base64url::encode_standard(data)).as_deref(), Ok(data));
    if let Ok(bytes) = base64url::decode_standard(data) {
        assert_eq!(base64url::encode_standard(bytes).as_bytes(), data);
    }
    let Ok(bytes) = base64url::decode(data) else { return false };
    assert_eq!(base64url::encode(bytes).as_bytes(), data);
    true
}

/// A compact JWS: it verifies only over what was signed.
pub fn jws(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else { return false };
    let Ok(jws) = Jws::parse(text) else { return false };
    assert!(text.starts_with(jws.signing_input()));
    let _header = (jws.header().algorithm(), jws.header().kid(), jws.header().x5c(), format!("{jws:?}"));
    let Ok(verified) = jws.verify(parties().document_signer.key.public()) else { return false };
    assert_eq!(verified.payload(), PAYLOAD);
    verified.payload_object().is_ok()
}

/// A compact JWE: what is for the device's key is opened, and goes to it again.
pub fn jwe(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else { return false };
    let Ok(jwe) = Jwe::parse(text) else { return false };
    let _header = (jwe.header().kid(), jwe.header().apu(), jwe.header().apv(), format!("{jwe:?}"));
    let key = &parties().device_key;
    let Ok(plain) = jwe.decrypt(key) else { return false };
    let encrypter = JweEncrypter::new(&key.public().clone().into(), jwe.header().enc()).expect("P-256");
    let again = encrypter.encrypt(&plain, &mut Constant).expect("a software key agrees");
    assert_eq!(Jwe::parse(&again).and_then(|jwe| jwe.decrypt(key)), Ok(plain));
    true
}

/// One ephemeral key for all, which the seeds need not differ in.
pub struct Constant;

impl Entropy for Constant {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(11);
        Ok(())
    }
}

/// A public key: what is written is read as the same, and has the same thumbprint.
pub fn jwk(data: &[u8]) -> bool {
    let Ok(value) = json::parse(data) else { return false };
    let Ok(key) = Jwk::from_value(&value) else { return false };
    let again = Jwk::from_object(&key.to_object());
    assert_eq!(again.as_ref().map(Jwk::thumbprint), Ok(key.thumbprint()));
    assert_eq!(again, Ok(key));
    true
}
