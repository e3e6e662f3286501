//! Key attestations: each rule of OpenID4VCI §D.1 on its own.

use mapae_jose::{JwkError, JwsError, base64url};
use mapae_oid4vci::{
    AttackResistance, JwtFault, KeyAttestation, KeyAttestationContents, KeyAttestationExpected, VerifiedKeyAttestation,
};
use mapae_types::Duration;
use serde_json::json;

use crate::scene::{Bent, KNOWN_BUT_REFUSED, NONCE, OTHER_ALGORITHMS, SigningKeySeed, chain, jwk, now, providers};

/// An attestation of the keys of these seeds.
pub(crate) fn attesting(seeds: &[u8]) -> Bent {
    let (keys, chain): (Vec<_>, _) = (seeds.iter().map(|seed| jwk(*seed)).collect(), chain());
    let contents = KeyAttestationContents {
        provider: "https://provider.example",
        issued_at: now(),
        expires_at: Some(now() + Duration::days(1)),
        keys: &keys,
        key_storage: &[AttackResistance::Basic],
        user_authentication: &[AttackResistance::EnhancedBasic],
        certification: None,
        nonce: Some(NONCE),
        chain: &chain,
    };
    Bent::of(&contents.unsigned(), SigningKeySeed::Provider)
}

fn verify(text: &str) -> Result<VerifiedKeyAttestation, JwtFault> {
    let providers = providers();
    let expected = KeyAttestationExpected { now: now(), providers: &providers, max_keys: 3, expiry_required: true };
    KeyAttestation::verify(text, &expected)
}

fn refused(bent: &Bent) -> JwtFault {
    verify(&bent.text()).unwrap_err()
}

#[test]
fn a_trusted_provider_says_where_keys_are() {
    let attested = verify(&attesting(&[1, 2, 3]).text()).unwrap();
    assert_eq!(attested.keys(), [jwk(1), jwk(2), jwk(3)]);
    assert_eq!(attested.key_storage(), [AttackResistance::Basic]);
    assert_eq!(attested.user_authentication(), [AttackResistance::EnhancedBasic]);
    assert_eq!(attested.nonce(), Some(NONCE));
}

#[test]
fn the_type_is_that_of_a_key_attestation() {
    assert_eq!(refused(&attesting(&[1]).header("typ", "JWT")), JwtFault::Type { expected: "key-attestation+jwt" });
}

#[test]
fn the_algorithm_is_asymmetric_and_ours() {
    for alg in OTHER_ALGORITHMS {
        let fault = refused(&attesting(&[1]).header("alg", alg));
        assert!(matches!(fault, JwtFault::Jws(JwsError::AlgorithmUnsupported { .. })), "{alg}");
    }
    assert_eq!(refused(&attesting(&[1]).header("alg", KNOWN_BUT_REFUSED)), JwtFault::Algorithm);
}

#[test]
fn the_signer_is_certified_by_a_trusted_root() {
    assert_eq!(refused(&attesting(&[1]).without_header("x5c")), JwtFault::ChainMissing);
    let stranger = attesting(&[1]).signed_by(SigningKeySeed::Wallet(1));
    assert_eq!(refused(&stranger), JwtFault::Jws(JwsError::SignatureInvalid));
}

#[test]
fn it_has_a_time() {
    assert_eq!(refused(&attesting(&[1]).without("iat")), JwtFault::Claim { name: "iat" });
    let (early, expired) = (now() + Duration::seconds(61), now() - Duration::seconds(60));
    let fault = refused(&attesting(&[1]).claim("iat", early.unix()));
    assert_eq!(fault, JwtFault::FromFuture { issued_at: early, now: now() });
    assert_eq!(refused(&attesting(&[1]).claim("exp", expired.unix())), JwtFault::Expired { expired });
}

#[test]
fn it_expires_where_that_is_demanded() {
    let text = attesting(&[1]).without("exp").text();
    assert_eq!(verify(&text), Err(JwtFault::Claim { name: "exp" }));
    let providers = providers();
    let lax = KeyAttestationExpected { now: now(), providers: &providers, max_keys: 3, expiry_required: false };
    KeyAttestation::verify(&text, &lax).unwrap();
}

#[test]
fn it_attests_some_keys_and_not_too_many() {
    let fault = JwtFault::Claim { name: "attested_keys" };
    assert_eq!(refused(&attesting(&[1]).without("attested_keys")), fault);
    assert_eq!(refused(&attesting(&[])), fault);
    assert_eq!(refused(&attesting(&[1, 2, 3, 4])), fault);
}

#[test]
fn attested_keys_are_public_ones() {
    let mut private = jwk(1).to_object();
    private.insert("d".to_owned(), base64url::encode([1; 32]).into());
    let fault = refused(&attesting(&[1]).claim("attested_keys", json!([private])));
    assert_eq!(fault, JwtFault::Key(JwkError::PrivateKey));
}

#[test]
fn levels_are_not_empty_lists() {
    for name in ["key_storage", "user_authentication"] {
        assert_eq!(refused(&attesting(&[1]).claim(name, json!([]))), JwtFault::Claim { name });
        assert_eq!(refused(&attesting(&[1]).claim(name, json!([1]))), JwtFault::Claim { name });
        verify(&attesting(&[1]).without(name).text()).unwrap();
    }
}

#[test]
fn levels_have_their_names() {
    use AttackResistance::{Basic, EnhancedBasic, High, Moderate, Other};
    for (level, name) in [
        (High, "iso_18045_high"),
        (Moderate, "iso_18045_moderate"),
        (EnhancedBasic, "iso_18045_enhanced-basic"),
        (Basic, "iso_18045_basic"),
        (Other("https://level.example".to_owned()), "https://level.example"),
    ] {
        assert_eq!(level.as_str(), name);
        assert_eq!(AttackResistance::from(name.to_owned()), level);
    }
}
