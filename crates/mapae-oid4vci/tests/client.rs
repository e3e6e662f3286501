//! Client attestations: each rule of Attestation-Based Client Authentication §9 and HAIP 1.0 §4.4.1 on its own.

use mapae_jose::{JwkError, JwsError, Value, base64url};
use mapae_oid4vci::{
    AttestedClient, ClientAttestation, ClientAttestationContents, ClientExpected, ClientFault, JwtFault, Nonces,
    PopContents, TrustedProviders,
};
use mapae_types::{Duration, Timestamp};
use mapae_x509::{Role, X509Error};
use serde_json::json;
use testkit::Pki;

use crate::scene::{
    Bent, CLIENT, ISSUER, KNOWN_BUT_REFUSED, NONCE, OTHER_ALGORITHMS, SigningKeySeed, chain, jwk, nonces, now,
    provider_root, providers, x5c,
};

fn attestation() -> Bent {
    let (key, chain) = (jwk(5), chain());
    let contents = ClientAttestationContents {
        provider: "https://provider.example",
        client_id: CLIENT,
        issued_at: now() - Duration::hours(1),
        expires_at: now() + Duration::hours(1),
        key: &key,
        wallet_name: Some("Sample wallet"),
        wallet_link: None,
        chain: &chain,
    };
    Bent::of(&contents.unsigned(), SigningKeySeed::Provider)
}

fn pop() -> Bent {
    let contents =
        PopContents { client_id: CLIENT, audience: ISSUER, issued_at: now(), random: [4; 16], challenge: Some(NONCE) };
    Bent::of(&contents.unsigned(), SigningKeySeed::Wallet(5))
}

fn at(time: Timestamp, attestation: &str, pop: &str) -> Result<AttestedClient, ClientFault> {
    let providers = providers();
    let expected = ClientExpected {
        issuer: ISSUER,
        client_id: Some(CLIENT),
        now: time,
        providers: &providers,
        challenge: nonces(),
        max_age: Some(Duration::hours(24)),
    };
    ClientAttestation::verify([attestation], [pop], &expected).map(Option::unwrap)
}

fn refused_attestation(bent: &Bent) -> JwtFault {
    match at(now(), &bent.text(), &pop().text()) {
        Err(ClientFault::Attestation(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

fn refused_pop(bent: &Bent) -> JwtFault {
    match at(now(), &attestation().text(), &bent.text()) {
        Err(ClientFault::Pop(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wallet_of_a_trusted_provider_is_known_by_its_client_id_and_key() {
    let client = at(now(), &attestation().text(), &pop().text()).unwrap();
    assert_eq!(client.client_id(), CLIENT);
    assert_eq!(client.provider(), "https://provider.example");
    assert_eq!(*client.jkt(), jwk(5).thumbprint());
}

#[test]
fn both_headers_are_there_once_or_not_at_all() {
    let providers = providers();
    let expected = ClientExpected {
        issuer: ISSUER,
        client_id: None,
        now: now(),
        providers: &providers,
        challenge: nonces(),
        max_age: None,
    };
    let (attestation, pop) = (attestation().text(), pop().text());
    let (a, p) = (attestation.as_str(), pop.as_str());
    let verify = |a: &[&str], p: &[&str]| {
        ClientAttestation::verify(a.iter().copied(), p.iter().copied(), &expected).map(|client| client.is_some())
    };
    assert_eq!(verify(&[a], &[p]), Ok(true));
    assert_eq!(verify(&[], &[]), Ok(false));
    for (attestations, pops) in [(&[a][..], &[][..]), (&[], &[p]), (&[a, a], &[p]), (&[a], &[p, p])] {
        assert_eq!(verify(attestations, pops), Err(ClientFault::Incomplete));
    }
}

#[test]
fn the_types_are_those_of_the_draft() {
    assert_eq!(
        refused_attestation(&attestation().header("typ", "JWT")),
        JwtFault::Type { expected: "oauth-client-attestation+jwt" }
    );
    assert_eq!(
        refused_pop(&pop().header("typ", "oauth-client-attestation+jwt")),
        JwtFault::Type { expected: "oauth-client-attestation-pop+jwt" }
    );
}

#[test]
fn the_algorithms_are_asymmetric_and_ours() {
    for alg in OTHER_ALGORITHMS {
        let unsupported = |fault| matches!(fault, JwtFault::Jws(JwsError::AlgorithmUnsupported { .. }));
        assert!(unsupported(refused_attestation(&attestation().header("alg", alg))));
        assert!(unsupported(refused_pop(&pop().header("alg", alg))));
    }
    assert_eq!(refused_attestation(&attestation().header("alg", KNOWN_BUT_REFUSED)), JwtFault::Algorithm);
    assert_eq!(refused_pop(&pop().header("alg", KNOWN_BUT_REFUSED)), JwtFault::Algorithm);
}

#[test]
fn every_required_claim_is_there() {
    for name in ["iss", "sub", "exp", "cnf"] {
        assert_eq!(refused_attestation(&attestation().without(name)), JwtFault::Claim { name });
    }
    for name in ["iss", "aud", "iat", "jti"] {
        assert_eq!(refused_pop(&pop().without(name)), JwtFault::Claim { name });
    }
}

#[test]
fn the_provider_signed_the_attestation_and_the_instance_the_proof() {
    let signature = JwtFault::Jws(JwsError::SignatureInvalid);
    assert_eq!(refused_attestation(&attestation().signed_by(SigningKeySeed::Wallet(5))), signature);
    assert_eq!(refused_pop(&pop().signed_by(SigningKeySeed::Wallet(6))), signature);
}

#[test]
fn the_attestation_carries_the_chain_of_its_signer() {
    assert_eq!(refused_attestation(&attestation().without_header("x5c")), JwtFault::ChainMissing);
}

#[test]
fn the_root_is_not_sent() {
    let root = provider_root();
    let with_root = [chain()[0], root.certificate().der()];
    let fault = refused_attestation(&attestation().header("x5c", x5c(&with_root)));
    assert!(matches!(fault, JwtFault::Chain(X509Error::RootInChain { .. })), "{fault:?}");
}

#[test]
fn a_self_signed_certificate_attests_nothing() {
    let root = provider_root();
    let fault = refused_attestation(&attestation().header("x5c", x5c(&[root.certificate().der()])));
    assert!(matches!(fault, JwtFault::Chain(X509Error::LeafSelfSigned { .. })), "{fault:?}");
}

#[test]
fn a_provider_that_nobody_trusts_attests_nothing() {
    let stranger = Pki::new(90, "KR");
    let day = Duration::days(1);
    let signer = stranger.signer(Role::AttestationSigner, 91, now() - day, now() + day);
    let fault = refused_attestation(&attestation().header("x5c", x5c(&[signer.certificate.der()])));
    assert!(matches!(fault, JwtFault::Chain(_)), "{fault:?}");
}

#[test]
fn a_signer_of_documents_attests_no_wallet() {
    let pki = Pki::new(77, "KR");
    let trusted = TrustedProviders::new(vec![pki.root.clone()]);
    let expected = ClientExpected {
        issuer: ISSUER,
        client_id: None,
        now: now(),
        providers: &trusted,
        challenge: Nonces::Unused,
        max_age: None,
    };
    let text = attestation().header("x5c", x5c(&[pki.sd_jwt.certificate.der()])).text();
    let fault = ClientAttestation::verify([text.as_str()], [pop().text().as_str()], &expected).unwrap_err();
    assert!(matches!(fault, ClientFault::Attestation(JwtFault::Chain(X509Error::PurposeForbids { .. }))), "{fault:?}");
}

#[test]
fn a_chain_is_remembered_only_as_long_as_it_is_valid() {
    let providers = providers();
    let verify = |time: Timestamp| {
        let expected = ClientExpected {
            issuer: ISSUER,
            client_id: None,
            now: time,
            providers: &providers,
            challenge: Nonces::Unused,
            max_age: None,
        };
        let attestation = attestation().claim("exp", (now() + Duration::days(90)).unix()).text();
        let pop = pop().claim("iat", time.unix()).text();
        ClientAttestation::verify([attestation.as_str()], [pop.as_str()], &expected).map(|_| ())
    };
    assert_eq!(verify(now()), Ok(()));
    assert_eq!(verify(now()), Ok(()));
    let later = verify(now() + Duration::days(31)).unwrap_err();
    assert!(matches!(later, ClientFault::Attestation(JwtFault::Chain(X509Error::Expired { .. }))), "{later:?}");
}

#[test]
fn an_attestation_has_its_time() {
    let exp = |seconds| attestation().claim("exp", (now() + Duration::seconds(seconds)).unix());
    at(now(), &exp(-59).text(), &pop().text()).unwrap();
    let expired = now() - Duration::seconds(60);
    assert_eq!(refused_attestation(&exp(-60)), JwtFault::Expired { expired });
    let early = now() + Duration::seconds(61);
    let from_future = JwtFault::FromFuture { issued_at: early, now: now() };
    assert_eq!(refused_attestation(&attestation().claim("nbf", early.unix())), from_future);
    assert_eq!(refused_attestation(&attestation().claim("iat", early.unix())), from_future);
}

#[test]
fn an_attestation_may_be_too_old_for_us() {
    let issued = |hours| attestation().claim("iat", (now() - Duration::hours(hours)).unix()).text();
    at(now(), &issued(24), &pop().text()).unwrap();
    assert_eq!(at(now(), &issued(25), &pop().text()), Err(ClientFault::NotFresh));
    at(now(), &attestation().without("iat").text(), &pop().text()).unwrap();
}

#[test]
fn the_key_of_the_instance_is_no_private_one() {
    let mut private = jwk(5).to_object();
    private.insert("d".to_owned(), base64url::encode([5; 32]).into());
    let fault = refused_attestation(&attestation().claim("cnf", json!({"jwk": private})));
    assert_eq!(fault, JwtFault::Key(JwkError::PrivateKey));
    assert_eq!(refused_attestation(&attestation().claim("cnf", json!({"kid": "1"}))), JwtFault::Claim { name: "cnf" });
}

#[test]
fn the_proof_is_by_the_attested_client_for_this_server() {
    assert_eq!(refused_pop(&pop().claim("iss", "https://other.example")), JwtFault::Differs { name: "iss" });
    assert_eq!(refused_pop(&pop().claim("aud", "https://other.example")), JwtFault::Differs { name: "aud" });
    assert_eq!(refused_pop(&pop().claim("aud", json!(["https://other.example"]))), JwtFault::Differs { name: "aud" });
    let among = pop().claim("aud", json!(["https://other.example", ISSUER])).text();
    at(now(), &attestation().text(), &among).unwrap();
}

#[test]
fn the_proof_is_fresh() {
    let (old, early) = (now() - Duration::seconds(301), now() + Duration::seconds(61));
    assert_eq!(refused_pop(&pop().claim("iat", old.unix())), JwtFault::TooOld { issued_at: old, now: now() });
    assert_eq!(refused_pop(&pop().claim("iat", early.unix())), JwtFault::FromFuture { issued_at: early, now: now() });
    assert_eq!(refused_pop(&pop().claim("nbf", early.unix())), JwtFault::FromFuture { issued_at: early, now: now() });
}

#[test]
fn the_challenge_is_a_current_one() {
    let refused = |bent: Bent| at(now(), &attestation().text(), &bent.text()).unwrap_err();
    assert_eq!(refused(pop().without("challenge")), ClientFault::ChallengeMissing);
    assert_eq!(refused(pop().claim("challenge", "old")), ClientFault::ChallengeStale);
    assert_eq!(refused(pop().claim("challenge", "unknown")), ClientFault::ChallengeStale);
    assert_eq!(refused(pop().claim("challenge", 1)), ClientFault::Pop(JwtFault::Claim { name: "challenge" }));
}

#[test]
fn the_client_id_of_the_request_is_the_attested_one() {
    let other = attestation().claim("sub", "https://other.example").text();
    let pop = pop().claim("iss", "https://other.example").text();
    assert_eq!(at(now(), &other, &pop), Err(ClientFault::ClientIdDiffers));
}

#[test]
fn a_second_use_has_the_name_of_the_first() {
    let verify = |pop: Bent| *at(now(), &attestation().text(), &pop.text()).unwrap().replay_key();
    assert_eq!(verify(pop()), verify(pop()));
    assert_ne!(verify(pop()), verify(pop().claim("jti", "another")));
}

#[test]
fn what_is_not_understood_is_ignored() {
    let attestation = attestation().claim("status", json!({})).header("other", Value::Null).text();
    at(now(), &attestation, &pop().claim("other", 1).text()).unwrap();
}
