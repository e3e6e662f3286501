//! Key proofs: each rule of OpenID4VCI §F on its own, for both types.

use mapae_jose::{JwkError, JwsError, Value, base64url};
use mapae_oid4vci::{
    AttackResistance, JwtFault, KeyAttestationRule, KeyAttestationsRequired, ProofContents, ProofExpected, ProofFault,
    Proofs, ProvenKeys,
};
use mapae_types::Duration;
use serde_json::json;

use crate::{
    key_attestation::attesting,
    scene::{
        Bent, CLIENT, ISSUER, KNOWN_BUT_REFUSED, NONCE, OTHER_ALGORITHMS, SigningKeySeed, chain, check, jwk, now,
        provider, providers, x5c,
    },
};

fn proof(seed: u8) -> Bent {
    let key = jwk(seed);
    let contents = ProofContents {
        key: &key,
        client_id: Some(CLIENT),
        audience: ISSUER,
        issued_at: now(),
        nonce: Some(NONCE),
        key_attestation: None,
    };
    Bent::of(&contents.unsigned(), SigningKeySeed::Wallet(seed))
}

/// A proof with an attestation in its header.
fn attested(seed: u8, attestation: &Bent) -> Bent {
    proof(seed).header("key_attestation", attestation.text())
}

fn jwts(proofs: &[Bent]) -> Proofs {
    Proofs::Jwt(proofs.iter().map(Bent::text).collect())
}

fn verify_by(proofs: &Proofs, rule: KeyAttestationRule<'_>, client_id: Option<&str>) -> Result<ProvenKeys, ProofFault> {
    let providers = providers();
    proofs.verify(&ProofExpected {
        issuer: ISSUER,
        client_id,
        now: now(),
        key_attestation: rule,
        providers: &providers,
        max: 3,
    })
}

fn verify(proofs: &Proofs) -> Result<ProvenKeys, ProofFault> {
    verify_by(proofs, KeyAttestationRule::Accepted, Some(CLIENT))
}

fn refused(bent: &Bent) -> JwtFault {
    match verify(&jwts(std::slice::from_ref(bent))) {
        Err(ProofFault::Proof(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_key_proves_itself_and_gets_a_copy() {
    let proven = verify(&jwts(&[proof(1), proof(2), proof(3)])).unwrap();
    assert_eq!(proven.keys(), [jwk(1), jwk(2), jwk(3)]);
    assert_eq!(proven.thumbprints(), [jwk(1).thumbprint(), jwk(2).thumbprint(), jwk(3).thumbprint()]);
    assert_eq!(proven.key_storage(), []);
    let verified = proven.with_nonce(check).unwrap();
    assert_eq!(verified.nonces(), [NONCE]);
    assert_eq!(verified.keys().keys().len(), 3);
}

#[test]
fn a_set_of_keys_has_one_hash_whatever_its_order() {
    let hash = |proofs: &[Bent]| verify(&jwts(proofs)).unwrap().keys_hash();
    assert_eq!(hash(&[proof(1), proof(2)]), hash(&[proof(2), proof(1)]));
    assert_ne!(hash(&[proof(1), proof(2)]), hash(&[proof(1), proof(3)]));
    assert_ne!(hash(&[proof(1), proof(2)]), hash(&[proof(1)]));
}

#[test]
fn the_type_is_that_of_a_key_proof() {
    for typ in ["JWT", "dpop+jwt", "openid4vci-proof"] {
        assert_eq!(refused(&proof(1).header("typ", typ)), JwtFault::Type { expected: "openid4vci-proof+jwt" });
    }
    assert_eq!(refused(&proof(1).without_header("typ")), JwtFault::Type { expected: "openid4vci-proof+jwt" });
}

#[test]
fn the_algorithm_is_asymmetric_and_ours() {
    for alg in OTHER_ALGORITHMS {
        let fault = refused(&proof(1).header("alg", alg));
        assert!(matches!(fault, JwtFault::Jws(JwsError::AlgorithmUnsupported { .. })), "{alg}");
    }
    assert_eq!(refused(&proof(1).header("alg", KNOWN_BUT_REFUSED)), JwtFault::Algorithm);
}

#[test]
fn an_extension_that_is_critical_is_refused() {
    let fault = refused(&proof(1).header("crit", json!(["exp"])));
    assert_eq!(fault, JwtFault::Jws(JwsError::CriticalExtension));
}

#[test]
fn the_key_signed() {
    let fault = refused(&proof(1).signed_by(SigningKeySeed::Wallet(2)));
    assert_eq!(fault, JwtFault::Jws(JwsError::SignatureInvalid));
}

#[test]
fn the_key_is_given_in_exactly_one_way() {
    let chain = x5c(&chain());
    assert_eq!(refused(&proof(1).without_header("jwk")), JwtFault::Member { name: "jwk" });
    assert_eq!(refused(&proof(1).header("kid", "1")), JwtFault::Member { name: "jwk" });
    assert_eq!(refused(&proof(1).header("x5c", chain.clone())), JwtFault::Member { name: "jwk" });
    let neither = proof(1).without_header("jwk").header("x5c", chain).header("kid", "1");
    assert_eq!(refused(&neither), JwtFault::Member { name: "jwk" });
}

#[test]
fn a_key_that_only_a_did_names_is_refused() {
    let bent = proof(1).without_header("jwk").header("kid", "did:example:1#1");
    assert_eq!(refused(&bent), JwtFault::Member { name: "kid" });
}

#[test]
fn a_certificate_may_carry_the_key() {
    let bent = proof(1).without_header("jwk").header("x5c", x5c(&chain())).signed_by(SigningKeySeed::Provider);
    let proven = verify(&jwts(&[bent])).unwrap();
    assert_eq!(proven.keys(), [provider().key.public().clone().into()]);
}

#[test]
fn the_key_is_a_public_one_on_p_256() {
    let mut private = jwk(1).to_object();
    private.insert("d".to_owned(), base64url::encode([1; 32]).into());
    assert_eq!(refused(&proof(1).header("jwk", private)), JwtFault::Key(JwkError::PrivateKey));
    let rsa = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
    assert_eq!(refused(&proof(1).header("jwk", rsa)), JwtFault::Key(JwkError::KeyTypeUnsupported));
}

#[test]
fn the_client_signs_as_itself_or_says_nothing() {
    verify(&jwts(&[proof(1).without("iss")])).unwrap();
    assert_eq!(refused(&proof(1).claim("iss", "https://other.example")), JwtFault::Differs { name: "iss" });
}

#[test]
fn a_wallet_without_a_client_id_says_nothing() {
    let anonymous = |bent| verify_by(&jwts(&[bent]), KeyAttestationRule::Accepted, None);
    anonymous(proof(1).without("iss")).unwrap();
    assert_eq!(anonymous(proof(1)), Err(ProofFault::Proof(JwtFault::Differs { name: "iss" })));
}

#[test]
fn the_proof_is_for_this_issuer() {
    for other in [json!("https://other.example"), json!(format!("{ISSUER}/"))] {
        assert_eq!(refused(&proof(1).claim("aud", other)), JwtFault::Differs { name: "aud" });
    }
    assert_eq!(refused(&proof(1).without("aud")), JwtFault::Claim { name: "aud" });
    // §F.1: a string.
    assert_eq!(refused(&proof(1).claim("aud", json!([ISSUER]))), JwtFault::Claim { name: "aud" });
}

#[test]
fn the_proof_is_fresh() {
    let at = |seconds| now() + Duration::seconds(seconds);
    for seconds in [-300, 60] {
        verify(&jwts(&[proof(1).claim("iat", at(seconds).unix())])).unwrap();
    }
    let too_old = JwtFault::TooOld { issued_at: at(-301), now: now() };
    assert_eq!(refused(&proof(1).claim("iat", at(-301).unix())), too_old);
    let from_future = JwtFault::FromFuture { issued_at: at(61), now: now() };
    assert_eq!(refused(&proof(1).claim("iat", at(61).unix())), from_future);
    assert_eq!(refused(&proof(1).without("iat")), JwtFault::Claim { name: "iat" });
    assert_eq!(refused(&proof(1).claim("exp", at(-60).unix())), JwtFault::Expired { expired: at(-60) });
}

#[test]
fn every_proof_carries_the_same_nonce() {
    assert_eq!(verify(&jwts(&[proof(1), proof(2).without("nonce")])), Err(ProofFault::NonceMissing));
    assert_eq!(verify(&jwts(&[proof(1).without("nonce")])), Err(ProofFault::NonceMissing));
    assert_eq!(verify(&jwts(&[proof(1), proof(2).claim("nonce", "other")])), Err(ProofFault::NonceDiffers));
    assert_eq!(refused(&proof(1).claim("nonce", 1)), JwtFault::Claim { name: "nonce" });
}

#[test]
fn the_nonce_is_a_current_one() {
    for nonce in ["old", "unknown"] {
        let proven = verify(&jwts(&[proof(1).claim("nonce", nonce)])).unwrap();
        assert_eq!(proven.with_nonce(check).unwrap_err(), ProofFault::NonceInvalid);
    }
}

#[test]
fn a_batch_has_its_size() {
    assert_eq!(verify(&Proofs::Jwt(Vec::new())), Err(ProofFault::Count { count: 0, max: 3 }));
    let four = jwts(&[proof(1), proof(2), proof(3), proof(4)]);
    assert_eq!(verify(&four), Err(ProofFault::Count { count: 4, max: 3 }));
}

#[test]
fn no_key_occurs_twice() {
    assert_eq!(verify(&jwts(&[proof(1), proof(2), proof(1)])), Err(ProofFault::KeyRepeated));
    let twice = attesting(&[1, 1]).text();
    assert_eq!(verify(&Proofs::Attestation(twice)), Err(ProofFault::KeyRepeated));
}

#[test]
fn one_wrong_proof_spoils_the_batch() {
    let wrong = proof(2).claim("aud", "https://other.example");
    let fault = ProofFault::Proof(JwtFault::Differs { name: "aud" });
    assert_eq!(verify(&jwts(&[proof(1), wrong, proof(3)])), Err(fault));
}

#[test]
fn the_provider_speaks_for_all_keys() {
    let proven = verify(&Proofs::Attestation(attesting(&[1, 2]).text())).unwrap();
    assert_eq!(proven.keys(), [jwk(1), jwk(2)]);
    assert_eq!(proven.key_storage(), [AttackResistance::Basic]);
    assert_eq!(proven.with_nonce(check).unwrap().nonces(), [NONCE]);
}

#[test]
fn an_attestation_for_a_request_carries_its_nonce() {
    let alone = |bent: Bent| verify(&Proofs::Attestation(bent.text()));
    assert_eq!(alone(attesting(&[1]).without("nonce")), Err(ProofFault::NonceMissing));
    let old = alone(attesting(&[1]).claim("nonce", "old")).unwrap();
    assert_eq!(old.with_nonce(check).unwrap_err(), ProofFault::NonceInvalid);
    let in_header = verify(&jwts(&[attested(1, &attesting(&[1]).without("nonce"))]));
    assert_eq!(in_header, Err(ProofFault::NonceMissing));
    let old = verify(&jwts(&[attested(1, &attesting(&[1]).claim("nonce", "old"))])).unwrap();
    assert_eq!(old.with_nonce(check).unwrap_err(), ProofFault::NonceInvalid);
}

#[test]
fn an_attestation_that_is_refused_is_not_passed_over() {
    let fault = ProofFault::Attestation(JwtFault::Type { expected: "key-attestation+jwt" });
    let wrong = attesting(&[1]).header("typ", "JWT");
    assert_eq!(verify(&Proofs::Attestation(wrong.text())), Err(fault.clone()));
    assert_eq!(verify(&jwts(&[attested(1, &wrong)])), Err(fault));
    let no_text = ProofFault::Proof(JwtFault::Member { name: "key_attestation" });
    assert_eq!(verify(&jwts(&[proof(1).header("key_attestation", Value::Null)])), Err(no_text));
}

#[test]
fn one_proof_with_an_attestation_gets_a_copy_for_each_attested_key() {
    let proven = verify(&jwts(&[attested(2, &attesting(&[1, 2, 3]))])).unwrap();
    assert_eq!(proven.keys(), [jwk(1), jwk(2), jwk(3)]);
    assert_eq!(proven.key_storage(), [AttackResistance::Basic]);
}

#[test]
fn several_proofs_with_an_attestation_speak_for_themselves() {
    let attestation = attesting(&[1, 2, 3]);
    let proven = verify(&jwts(&[attested(1, &attestation), attested(3, &attestation)])).unwrap();
    assert_eq!(proven.keys(), [jwk(1), jwk(3)]);
}

#[test]
fn the_key_of_a_proof_is_an_attested_one() {
    let fault = verify(&jwts(&[attested(4, &attesting(&[1, 2, 3]))]));
    assert_eq!(fault, Err(ProofFault::KeyNotAttested));
}

#[test]
fn an_attested_key_may_be_named() {
    let keys: Vec<Value> = [(1, "a"), (2, "b")]
        .map(|(seed, kid)| {
            let mut jwk = jwk(seed).to_object();
            jwk.insert("kid".to_owned(), kid.into());
            jwk.into()
        })
        .to_vec();
    let attestation = attesting(&[1]).claim("attested_keys", keys);
    let named = |seed, kid: &str| attested(seed, &attestation).without_header("jwk").header("kid", kid);
    assert_eq!(verify(&jwts(&[named(2, "b")])).unwrap().keys(), [jwk(1), jwk(2)]);
    assert_eq!(verify(&jwts(&[named(2, "1")])).unwrap().keys(), [jwk(1), jwk(2)], "by its place");
    assert_eq!(refused(&named(1, "b")), JwtFault::Jws(JwsError::SignatureInvalid));
    assert_eq!(refused(&named(1, "c")), JwtFault::Member { name: "kid" });
}

#[test]
fn where_an_attestation_is_required_each_proof_has_one() {
    let levels = KeyAttestationsRequired::default();
    let required = |proofs: &[Bent]| verify_by(&jwts(proofs), KeyAttestationRule::Required(&levels), Some(CLIENT));
    let attestation = attesting(&[1, 2]);
    required(&[attested(1, &attestation), attested(2, &attestation)]).unwrap();
    assert_eq!(required(&[proof(1)]), Err(ProofFault::AttestationMissing));
    assert_eq!(required(&[attested(1, &attestation), proof(2)]), Err(ProofFault::AttestationMissing));
}

#[test]
fn the_attested_level_is_one_of_those_accepted() {
    use AttackResistance::{Basic, EnhancedBasic, High};
    let accepting = |key_storage: &[AttackResistance], user_authentication: &[AttackResistance]| {
        let levels = KeyAttestationsRequired {
            key_storage: key_storage.to_vec(),
            user_authentication: user_authentication.to_vec(),
        };
        let proofs = Proofs::Attestation(attesting(&[1]).text());
        verify_by(&proofs, KeyAttestationRule::Required(&levels), Some(CLIENT)).map(|_| ())
    };
    assert_eq!(accepting(&[], &[]), Ok(()));
    assert_eq!(accepting(&[High, Basic], &[EnhancedBasic]), Ok(()));
    assert_eq!(accepting(&[High], &[]), Err(ProofFault::Level { claim: "key_storage" }));
    assert_eq!(accepting(&[], &[High]), Err(ProofFault::Level { claim: "user_authentication" }));
}

#[test]
fn a_level_counts_only_if_all_keys_have_it() {
    let (one, other) = (attesting(&[1]), attesting(&[2]).claim("key_storage", json!(["iso_18045_high"])));
    let storage = |proofs: &[Bent]| verify(&jwts(proofs)).unwrap().key_storage().to_vec();
    assert_eq!(storage(&[attested(1, &one)]), [AttackResistance::Basic]);
    assert_eq!(storage(&[attested(1, &one), attested(2, &other)]), []);
    assert_eq!(storage(&[proof(2), attested(1, &one)]), []);
}

#[test]
fn proofs_of_a_key_attestation_and_of_possession_are_told_apart() {
    let jwt_as_attestation = verify(&Proofs::Attestation(proof(1).text()));
    assert!(matches!(jwt_as_attestation, Err(ProofFault::Attestation(JwtFault::Type { .. }))));
    let attestation_as_jwt = verify(&Proofs::Jwt(vec![attesting(&[1]).text()]));
    assert!(matches!(attestation_as_jwt, Err(ProofFault::Proof(JwtFault::Type { .. }))));
}
