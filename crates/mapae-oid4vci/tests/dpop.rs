//! DPoP proofs: each rule of RFC 9449 §4.3 broken on its own.

use mapae_jose::{JwkError, JwsError, Value, base64url};
use mapae_oid4vci::{AccessToken, DpopContents, DpopExpected, DpopFault, DpopProof, JwtFault, Nonces, VerifiedDpop};
use mapae_types::Duration;

use crate::scene::{Bent, KNOWN_BUT_REFUSED, NONCE, OTHER_ALGORITHMS, SigningKeySeed, jwk, nonces, now};

const TARGET: &str = "https://issuer.example/kr/credential";
const TOKEN: &str = "token-1";

fn expected() -> DpopExpected<'static> {
    DpopExpected { method: "POST", uri: TARGET, now: now(), access_token: Some(TOKEN), nonce: nonces() }
}

fn proof() -> Bent {
    let key = jwk(1);
    let contents = DpopContents {
        key: &key,
        method: "POST",
        uri: TARGET,
        issued_at: now(),
        random: [3; 16],
        access_token: Some(TOKEN),
        nonce: Some(NONCE),
    };
    Bent::of(&contents.unsigned(), SigningKeySeed::Wallet(1))
}

fn verify(text: &str) -> Result<VerifiedDpop, DpopFault> {
    DpopProof::verify([text], &expected())
}

fn refused(bent: &Bent) -> DpopFault {
    verify(&bent.text()).unwrap_err()
}

fn differs(name: &'static str) -> DpopFault {
    JwtFault::Differs { name }.into()
}

fn claim(name: &'static str) -> DpopFault {
    JwtFault::Claim { name }.into()
}

#[test]
fn a_proof_for_this_request_is_accepted_and_names_its_key() {
    let verified = verify(&proof().text()).unwrap();
    assert_eq!(*verified.jkt(), jwk(1).thumbprint());
    assert_eq!(verified.issued_at(), now());
    assert_eq!(verified.bound_to(&jwk(1).thumbprint()), Ok(()));
}

#[test]
fn a_token_of_another_key_is_refused() {
    let verified = verify(&proof().text()).unwrap();
    assert_eq!(verified.bound_to(&jwk(2).thumbprint()), Err(DpopFault::KeyDiffers));
}

#[test]
fn there_is_exactly_one_proof() {
    let text = proof().text();
    assert_eq!(DpopProof::verify([], &expected()), Err(DpopFault::Missing));
    assert_eq!(DpopProof::verify([text.as_str(), text.as_str()], &expected()), Err(DpopFault::Repeated));
}

#[test]
fn the_proof_is_one_jwt() {
    let text = proof().text();
    let not_compact = DpopFault::Jwt(JwtFault::Jws(JwsError::NotCompact));
    assert_eq!(verify(""), Err(not_compact.clone()));
    assert_eq!(verify(&format!("{text},{text}")), Err(not_compact));
    let long = "a".repeat(4097);
    assert_eq!(verify(&long), Err(JwtFault::TooLong { len: 4097, limit: 4096 }.into()));
}

#[test]
fn a_proof_without_a_nonce_costs_no_check_of_its_signature() {
    let text = proof().with_payload(br#"{"htm":"POST"}"#);
    let (signed, signature) = text.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(signature.len()));
    assert_eq!(verify(&forged), Err(DpopFault::NonceMissing));
}

#[test]
fn a_claim_that_is_named_twice_is_refused() {
    let twice = proof().with_payload(br#"{"nonce":"n","htm":"POST","htm":"POST"}"#);
    assert!(matches!(verify(&twice), Err(DpopFault::Jwt(JwtFault::Payload(_)))));
}

#[test]
fn every_claim_must_be_there() {
    for name in ["htm", "htu", "iat", "jti", "ath"] {
        assert_eq!(refused(&proof().without(name)), claim(name));
        assert_eq!(refused(&proof().claim(name, true)), claim(name), "{name} of another type");
    }
}

#[test]
fn the_type_is_that_of_a_dpop_proof() {
    let fault = DpopFault::Jwt(JwtFault::Type { expected: "dpop+jwt" });
    assert_eq!(refused(&proof().header("typ", "JWT")), fault);
    assert_eq!(refused(&proof().without_header("typ")), fault);
}

#[test]
fn the_algorithm_is_asymmetric_and_one_of_ours() {
    for alg in OTHER_ALGORITHMS {
        let fault = refused(&proof().header("alg", alg));
        assert!(matches!(fault, DpopFault::Jwt(JwtFault::Jws(JwsError::AlgorithmUnsupported { .. }))), "{alg}");
    }
    assert_eq!(refused(&proof().header("alg", KNOWN_BUT_REFUSED)), JwtFault::Algorithm.into());
}

#[test]
fn an_extension_that_is_critical_is_refused() {
    let fault = refused(&proof().header("crit", Value::Array(vec!["exp".into()])));
    assert_eq!(fault, JwtFault::Jws(JwsError::CriticalExtension).into());
}

#[test]
fn the_key_in_the_header_signed() {
    let fault = refused(&proof().signed_by(SigningKeySeed::Wallet(2)));
    assert_eq!(fault, JwtFault::Jws(JwsError::SignatureInvalid).into());
    assert_eq!(refused(&proof().without_header("jwk")), JwtFault::Member { name: "jwk" }.into());
}

#[test]
fn the_key_in_the_header_is_a_public_one() {
    let mut private = jwk(1).to_object();
    private.insert("d".to_owned(), base64url::encode([1; 32]).into());
    assert_eq!(refused(&proof().header("jwk", private)), JwtFault::Key(JwkError::PrivateKey).into());
}

#[test]
fn the_method_is_that_of_the_request() {
    assert_eq!(refused(&proof().claim("htm", "GET")), differs("htm"));
    assert_eq!(refused(&proof().claim("htm", "post")), differs("htm"));
}

#[test]
fn the_address_is_that_of_the_request() {
    for other in [
        "https://issuer.example/kr/token",
        "https://issuer.example/kr/credential/",
        "https://issuer.example:8443/kr/credential",
        "https://other.example/kr/credential",
        "http://issuer.example/kr/credential",
        "https://issuer.example/KR/credential",
        "credential",
    ] {
        assert_eq!(refused(&proof().claim("htu", other)), differs("htu"), "{other}");
    }
}

#[test]
fn the_address_counts_without_query_and_fragment_and_in_any_spelling() {
    for same in [
        "https://issuer.example/kr/credential?x=1",
        "https://issuer.example/kr/credential#x",
        "HTTPS://ISSUER.example:443/kr/%63redential",
    ] {
        verify(&proof().claim("htu", same).text()).unwrap();
    }
}

#[test]
fn a_client_leaves_out_query_and_fragment() {
    let key = jwk(1);
    let contents = DpopContents {
        key: &key,
        method: "GET",
        uri: "https://a.example/b?c#d",
        issued_at: now(),
        random: [0; 16],
        access_token: None,
        nonce: None,
    };
    let bent = Bent::of(&contents.unsigned(), SigningKeySeed::Wallet(1));
    assert_eq!(bent.claims["htu"], "https://a.example/b");
    assert!(!bent.claims.contains_key("ath") && !bent.claims.contains_key("nonce"));
}

#[test]
fn the_nonce_is_a_current_one() {
    assert_eq!(refused(&proof().without("nonce")), DpopFault::NonceMissing);
    for nonce in ["old", "unknown"] {
        assert_eq!(refused(&proof().claim("nonce", nonce)), DpopFault::NonceStale);
    }
    let unused = DpopExpected { nonce: Nonces::Unused, ..expected() };
    DpopProof::verify([proof().without("nonce").text().as_str()], &unused).unwrap();
}

#[test]
fn the_proof_is_fresh() {
    let at = |seconds| proof().claim("iat", (now() + Duration::seconds(seconds)).unix());
    for seconds in [-300, 60] {
        verify(&at(seconds).text()).unwrap();
    }
    let issued_at = |seconds| now() + Duration::seconds(seconds);
    assert_eq!(refused(&at(-301)), JwtFault::TooOld { issued_at: issued_at(-301), now: now() }.into());
    assert_eq!(refused(&at(61)), JwtFault::FromFuture { issued_at: issued_at(61), now: now() }.into());
}

#[test]
fn the_proof_is_for_this_token() {
    let other = base64url::encode(mapae_crypto::sha256(b"token-2"));
    assert_eq!(refused(&proof().claim("ath", other)), differs("ath"));
}

#[test]
fn without_a_token_there_is_no_hash_to_check() {
    let expected = DpopExpected { access_token: None, ..expected() };
    DpopProof::verify([proof().without("ath").text().as_str()], &expected).unwrap();
}

#[test]
fn a_second_use_has_the_name_of_the_first() {
    let first = verify(&proof().text()).unwrap();
    assert_eq!(verify(&proof().text()).unwrap().replay_key(), first.replay_key());
    let another = verify(&proof().claim("jti", "another").text()).unwrap();
    assert_ne!(another.replay_key(), first.replay_key());
    let of_another = proof().header("jwk", jwk(2).to_object()).signed_by(SigningKeySeed::Wallet(2));
    assert_ne!(verify(&of_another.text()).unwrap().replay_key(), first.replay_key());
}

#[test]
fn a_token_is_presented_as_one_bound_to_a_key() {
    let token = AccessToken::parse(Some("DPoP token-1")).unwrap();
    assert_eq!(token.expose(), TOKEN);
    assert_eq!(token.sha256(), mapae_crypto::sha256(TOKEN.as_bytes()));
    AccessToken::parse(Some("dpop token-1")).unwrap();
    assert_eq!(AccessToken::parse(None), Err(DpopFault::TokenMissing));
    let long = format!("DPoP {}", "a".repeat(513));
    for header in ["Bearer token-1", "DPoP", "DPoP ", "DPoP a b", "DPoP \"a\"", "token-1", &long] {
        assert_eq!(AccessToken::parse(Some(header)), Err(DpopFault::TokenScheme), "{header}");
    }
}

#[test]
fn a_token_is_never_printed() {
    let token = AccessToken::parse(Some("DPoP hidden-thing")).unwrap();
    assert!(!format!("{token:?}").contains("hidden"));
}
