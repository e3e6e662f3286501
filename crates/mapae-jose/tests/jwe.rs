//! Compact JWE: one key management, one reading of the header, nothing opened that was changed.

use mapae_crypto::{
    SigningKey,
    aead::{AeadAlgorithm, AeadKey},
};
use mapae_jose::{JsonError, Jwe, JweEncrypter, JweError, Jwk, JwkError, Value, base64url};
use mapae_types::{Entropy, EntropyError};
use proptest::prelude::*;
use serde_json::json;

/// Every draw another value, the same in every run; nothing once it is exhausted.
struct Draws(u8);

impl Entropy for Draws {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0 = self.0.checked_add(1).ok_or(EntropyError)?;
        bytes.fill(self.0);
        Ok(())
    }
}

/// The recipient of RFC 7518 Appendix C.
fn bob() -> SigningKey {
    let scalar = base64url::decode("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw").unwrap();
    SigningKey::from_scalar(&scalar.try_into().unwrap()).unwrap()
}

fn to_bob(enc: AeadAlgorithm) -> JweEncrypter {
    JweEncrypter::new(&Jwk::from(bob().public().clone()), enc).unwrap()
}

/// The header of RFC 7518 Appendix C, with Alice's ephemeral key.
fn header() -> Value {
    json!({"alg": "ECDH-ES", "enc": "A128GCM", "apu": "QWxpY2U", "apv": "Qm9i", "epk": {
        "kty": "EC", "crv": "P-256",
        "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}})
}

/// A JWE with any header, sealed with the key that RFC 7518 Appendix C derives.
fn sealed(header: &Value) -> String {
    let aad = base64url::encode(header.to_string());
    let key = base64url::decode("VqqN6vgjbSBcIijNcacQGg").unwrap();
    let key = AeadKey::new(AeadAlgorithm::A128Gcm, &key).unwrap();
    let sealed = key.seal(&[5; 12], aad.as_bytes(), b"text").unwrap();
    let (text, tag) = sealed.split_at(4);
    [aad, String::new(), base64url::encode([5; 12]), base64url::encode(text), base64url::encode(tag)].join(".")
}

fn with(member: &str, value: Value) -> String {
    let mut header = header();
    header[member] = value;
    sealed(&header)
}

fn refused(text: &str) -> JweError {
    Jwe::parse(text).unwrap_err()
}

fn opened(text: &str) -> Result<Vec<u8>, JweError> {
    Jwe::parse(text).unwrap().decrypt(&bob())
}

/// `text` with its part of that number replaced.
fn replaced(text: &str, part: usize, by: &str) -> String {
    let mut parts: Vec<&str> = text.split('.').collect();
    parts[part] = by;
    parts.join(".")
}

#[test]
fn the_key_of_rfc_7518_appendix_c_is_derived() {
    let text = sealed(&header());
    let jwe = Jwe::parse(&text).unwrap();
    assert_eq!((jwe.header().apu(), jwe.header().apv()), (&b"Alice"[..], &b"Bob"[..]));
    assert_eq!(jwe.decrypt(&bob()).unwrap(), b"text");
}

/// Written by npm `jose` 6 for Bob's key: with `kid`, and with `apu` and `apv`.
#[test]
fn what_another_library_wrote_is_read() {
    let first = "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImtpZCI6ImJvYiIsImVwayI6eyJ4IjoiV3h1LWVkeTJSejNBci13QW1CTTdnNFRrcn\
        NtWUlqak5ZWDNjZVNVN1VtTSIsImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ5IjoicHFZTXFnemh3eS0tdWVsX3RjY3cyVXN4ZVRWalFrMG1pQjJyRGwy\
        LUZvMCJ9fQ..cD2ZfcUR7-fhiHrj.8_h_fHOL1Iock5Z1291Z_kQ.gUPxf-VGCqW1QTlN06WpEw";
    let second = "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImtpZCI6ImJvYiIsImVwayI6eyJ4IjoiZTFTWjRROEdqSnRGcWYzN0RWWWpBQk5jSF\
        NyTFE1a1R4dUk3Ym5LZVAtYyIsImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ5IjoiMGttOU1NY0xGWXplR0xOQnJWSEhyb2FCOTdxeXdwM2lQSk9YX2oy\
        eUVGcyJ9LCJhcHUiOiJRV3hwWTJVIiwiYXB2IjoiUW05aSJ9..Igr2eISMex7Rli4F.Cq_-NZMd7Gy6p_myXmF0vEI.JNAvabj6KhbM1eAOXrnmaQ";
    for (text, enc, apu) in [(first, AeadAlgorithm::A128Gcm, &b""[..]), (second, AeadAlgorithm::A256Gcm, b"Alice")] {
        let jwe = Jwe::parse(text).unwrap();
        assert_eq!((jwe.header().enc(), jwe.header().kid(), jwe.header().apu()), (enc, Some("bob"), apu));
        assert_eq!(jwe.decrypt(&bob()).unwrap(), br#"{"hidden":"text"}"#);
    }
}

#[test]
fn what_is_written_is_read_with_all_that_its_header_says() {
    for enc in [AeadAlgorithm::A128Gcm, AeadAlgorithm::A256Gcm] {
        let writer = to_bob(enc).kid("k").typ("t").cty("c").parties(b"mdoc nonce", b"nonce").unwrap();
        let text = writer.encrypt(b"hidden", &mut Draws(0)).unwrap();
        let jwe = Jwe::parse(&text).unwrap();
        let header = jwe.header();
        assert_eq!((header.enc(), header.kid(), header.typ(), header.cty()), (enc, Some("k"), Some("t"), Some("c")));
        assert_eq!((header.apu(), header.apv()), (&b"mdoc nonce"[..], &b"nonce"[..]));
        assert_eq!(header.raw().len(), 8);
        assert_eq!(jwe.decrypt(&bob()).unwrap(), b"hidden");
    }
}

#[test]
fn a_party_with_nothing_to_say_is_not_named() {
    let text = to_bob(AeadAlgorithm::A256Gcm).parties(b"", b"").unwrap().encrypt(b"", &mut Draws(0)).unwrap();
    assert_eq!(Jwe::parse(&text).unwrap().header().raw().len(), 3);
    assert_eq!(opened(&text).unwrap(), b"");
}

#[test]
fn each_message_has_its_own_ephemeral_key() {
    let (writer, mut entropy) = (to_bob(AeadAlgorithm::A256Gcm), Draws(0));
    let [one, two] = [(); 2].map(|()| writer.encrypt(b"same", &mut entropy).unwrap());
    for (a, b) in one.split('.').zip(two.split('.')).filter(|(a, _)| !a.is_empty()) {
        assert_ne!(a, b);
    }
}

#[test]
fn without_randomness_nothing_is_written() {
    let writer = to_bob(AeadAlgorithm::A256Gcm);
    assert_eq!(writer.encrypt(b"x", &mut Draws(254)).unwrap_err(), JweError::Entropy(EntropyError));
    assert_eq!(writer.encrypt(b"x", &mut Draws(255)).unwrap_err(), JweError::Entropy(EntropyError));
    assert!(writer.encrypt(b"x", &mut Draws(253)).is_ok());
}

#[test]
fn another_key_opens_nothing() {
    let other = SigningKey::from_scalar(&[9; 32]).unwrap();
    let text = sealed(&header());
    assert_eq!(Jwe::parse(&text).unwrap().decrypt(&other), Err(JweError::NotForThisKey));
}

#[test]
fn any_changed_part_opens_nothing() {
    let text = sealed(&header());
    // The header means the same with a space, and the derived key is the same: it is covered as it arrived.
    let spaced = base64url::encode(format!(" {}", header()));
    assert_eq!(opened(&replaced(&text, 0, &spaced)), Err(JweError::NotForThisKey));
    assert_eq!(opened(&replaced(&text, 2, &base64url::encode([6; 12]))), Err(JweError::NotForThisKey));
    assert_eq!(opened(&replaced(&text, 3, &base64url::encode("next"))), Err(JweError::NotForThisKey));
    assert_eq!(opened(&replaced(&text, 4, &base64url::encode([0; 16]))), Err(JweError::NotForThisKey));
}

/// The key derivation names `enc` and the parties, so that a header which names others opens nothing.
#[test]
fn another_algorithm_or_party_in_the_header_opens_nothing() {
    for (member, value) in [("enc", "A256GCM"), ("apu", "Qm9i"), ("apv", "QWxpY2U"), ("apu", "")] {
        assert_eq!(opened(&with(member, value.into())), Err(JweError::NotForThisKey), "{member}");
    }
}

#[test]
fn other_algorithms_are_refused_by_name() {
    for alg in ["none", "dir", "ECDH-ES+A128KW", "RSA-OAEP", "A128KW", "PBES2-HS256+A128KW", "ecdh-es", "ES256", ""] {
        assert_eq!(refused(&with("alg", alg.into())), JweError::AlgorithmUnsupported { name: alg.to_owned() });
    }
    for enc in ["A128CBC-HS256", "A192GCM", "none", "a128gcm", "ECDH-ES"] {
        assert_eq!(refused(&with("enc", enc.into())), JweError::AlgorithmUnsupported { name: enc.to_owned() });
    }
    let long = JweError::AlgorithmUnsupported { name: "x".repeat(32) };
    assert_eq!(refused(&with("alg", "x".repeat(999).into())), long);
}

#[test]
fn extensions_and_compression_are_refused() {
    assert_eq!(refused(&with("crit", json!(["exp"]))), JweError::CriticalExtension);
    assert_eq!(refused(&with("crit", json!([]))), JweError::CriticalExtension);
    assert_eq!(refused(&with("zip", "DEF".into())), JweError::Compressed);
    assert_eq!(refused(&with("zip", Value::Null)), JweError::Compressed);
    assert!(opened(&with("exp", 1.into())).is_ok(), "an unknown member that is not critical is ignored");
}

#[test]
fn the_ephemeral_key_is_a_point_of_p_256() {
    let epk = |member: &str, value: &str| {
        let mut epk = header()["epk"].clone();
        epk[member] = value.into();
        refused(&with("epk", epk))
    };
    let off = "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFppo";
    assert_eq!(epk("y", off), JweError::EpkInvalid(JwkError::NotOnCurve { curve: mapae_crypto::Curve::P256 }));
    assert_eq!(epk("crv", "P-521"), JweError::EpkInvalid(JwkError::CurveUnsupported));
    assert_eq!(epk("kty", "OKP"), JweError::EpkInvalid(JwkError::KeyTypeUnsupported));
    assert_eq!(epk("d", off), JweError::EpkInvalid(JwkError::PrivateKey));
    assert_eq!(refused(&with("epk", "text".into())), JweError::EpkInvalid(JwkError::NotAnObject));
    let p384 = p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap().verifying_key().to_sec1_point(false);
    let (x, y) = p384.as_bytes()[1..].split_at(48);
    let other = json!({"kty": "EC", "crv": "P-384", "x": base64url::encode(x), "y": base64url::encode(y)});
    assert_eq!(refused(&with("epk", other.clone())), JweError::EpkUnsuitable);
    let recipient = Jwk::from_value(&other).unwrap();
    assert_eq!(JweEncrypter::new(&recipient, AeadAlgorithm::A256Gcm).unwrap_err(), JweError::RecipientKeyUnsuitable);
}

#[test]
fn members_are_there_and_of_their_type() {
    for name in ["alg", "enc", "epk"] {
        let mut header = header();
        header.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&sealed(&header)), JweError::MemberMalformed { name });
    }
    for name in ["alg", "enc", "kid", "typ", "cty", "apu", "apv"] {
        assert_eq!(refused(&with(name, 1.into())), JweError::MemberMalformed { name });
    }
    for name in ["apu", "apv"] {
        assert_eq!(refused(&with(name, "QQ==".into())), JweError::MemberMalformed { name });
        assert_eq!(refused(&with(name, base64url::encode([1; 513]).into())), JweError::MemberMalformed { name });
        assert!(Jwe::parse(&with(name, base64url::encode([1; 512]).into())).is_ok());
    }
    let writer = to_bob(AeadAlgorithm::A256Gcm);
    assert_eq!(writer.clone().parties(&[1; 513], b"").unwrap_err(), JweError::MemberMalformed { name: "apu" });
    assert_eq!(writer.parties(b"", &[1; 513]).unwrap_err(), JweError::MemberMalformed { name: "apv" });
}

#[test]
fn five_parts_each_as_long_as_it_must_be() {
    let text = sealed(&header());
    assert_eq!(refused(""), JweError::NotCompact);
    assert_eq!(refused(text.rsplit_once('.').unwrap().0), JweError::NotCompact);
    assert_eq!(refused(&format!("{text}.")), JweError::NotCompact);
    assert_eq!(refused(&replaced(&text, 1, "QQ")), JweError::EncryptedKeyPresent);
    for (part, name, len) in [(2, "initialization vector", 12), (4, "tag", 16)] {
        for wrong in [0, len - 1, len + 1] {
            let changed = replaced(&text, part, &base64url::encode(vec![1; wrong]));
            assert_eq!(refused(&changed), JweError::EncodingInvalid { part: name });
        }
    }
    for (part, name) in [(0, "header"), (2, "initialization vector"), (3, "ciphertext"), (4, "tag")] {
        assert_eq!(refused(&replaced(&text, part, "QQ==")), JweError::EncodingInvalid { part: name });
    }
    let twice = base64url::encode(r#"{"alg":"ECDH-ES","alg":"ECDH-ES"}"#);
    let duplicate = refused(&replaced(&text, 0, &twice));
    assert!(matches!(duplicate, JweError::HeaderUnreadable(JsonError::DuplicateName { .. })));
}

#[test]
fn sizes_are_bounded() {
    let text = to_bob(AeadAlgorithm::A256Gcm).encrypt(&vec![b'x'; 1 << 20], &mut Draws(0)).unwrap();
    assert_eq!(opened(&text).unwrap().len(), 1 << 20, "as long as any JSON that is read");
    let long = format!("{text}{}", "A".repeat(16 << 10));
    assert!(matches!(refused(&long), JweError::TooLong { .. }));
    let header = with("padding", "x".repeat(8 << 10).into());
    assert!(matches!(refused(&header), JweError::TooLong { limit: 8192, .. }));
}

#[test]
fn nothing_is_shown_but_the_kind() {
    let writer = to_bob(AeadAlgorithm::A256Gcm).kid("a-kid").parties(b"secret-apu", b"v").unwrap();
    let text = writer.encrypt(b"hidden", &mut Draws(0)).unwrap();
    let shown = format!("{:?} {writer:?}", Jwe::parse(&text).unwrap());
    assert!(shown.contains("A256Gcm"), "{shown}");
    for secret in ["a-kid", "hidden", "secret", "115, 101"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused_or_read_without_a_panic(text in "[A-Za-z0-9_.-]{0,200}") {
        drop(Jwe::parse(&text).map(|jwe| jwe.decrypt(&bob())));
    }
}
