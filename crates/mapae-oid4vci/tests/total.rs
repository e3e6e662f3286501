//! Whatever comes, every reader returns.

use mapae_oid4vci::{
    AccessToken, AuthorizationRequest, ClientAttestation, ClientExpected, CredentialOffer, CredentialRequest,
    CredentialResponse, DpopExpected, DpopProof, Encryption, ErrorResponse, IssuerMetadata, IssuerUrl, KeyAttestation,
    KeyAttestationExpected, MediaType, NonceKind, NonceMint, NotificationRequest, OfferSource,
    PushedAuthorizationRequest, RequestKey, ServerMetadata, SignedMetadata, TokenRequest, TokenResponse,
};
use mapae_types::Duration;
use proptest::prelude::*;

use crate::scene::{ISSUER, issuer, key, nonces, now, providers};

/// Bytes that look like forms, JSON and JWTs now and then.
fn input() -> impl Strategy<Value = String> {
    let words = r#"[a-z%&=+{}":\[\],. ~/?#0-9\\é-]{0,80}"#;
    let jwt =
        "(eyJhbGciOiJFUzI1NiIsInR5cCI6ImRwb3Arand0In0|[A-Za-z0-9_-]{0,40})[.][A-Za-z0-9_-]{0,40}[.][A-Za-z0-9_-]{0,88}";
    prop_oneof![words, jwt, ".*"]
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in input()) {
        let bytes = text.as_bytes();
        let _ = (TokenRequest::parse(bytes), PushedAuthorizationRequest::parse(bytes), AuthorizationRequest::parse(&text));
        let _ = (CredentialRequest::parse(bytes), NotificationRequest::parse(bytes), CredentialResponse::parse(bytes));
        let _ = (TokenResponse::parse(bytes), CredentialOffer::parse(bytes), OfferSource::parse(&text));
        let _ = (IssuerMetadata::parse(bytes, &issuer()), ServerMetadata::parse(bytes, &issuer()));
        let _ = (ErrorResponse::parse(bytes), ErrorResponse::from_www_authenticate(&text), IssuerUrl::parse(&text));
        let _ = (AccessToken::parse(Some(&text)), MediaType::parse(Some(&text)));
        let _ = NonceMint::new([0; 32], NonceKind::Dpop, Duration::hours(1)).check(&text, now());
    }

    #[test]
    fn no_text_makes_a_verifier_panic(text in input(), other in input()) {
        let dpop = DpopExpected { method: "POST", uri: &other, now: now(), access_token: None, nonce: nonces() };
        let _ = DpopProof::verify([text.as_str()], &dpop);
        let providers = providers();
        let client = ClientExpected {
            issuer: ISSUER, client_id: None, now: now(), providers: &providers, challenge: nonces(), max_age: None,
        };
        let _ = ClientAttestation::verify([text.as_str()], [other.as_str()], &client);
        let keys = KeyAttestationExpected { now: now(), providers: &providers, max_keys: 9, expiry_required: true };
        let _ = KeyAttestation::verify(&text, &keys);
        let _ = SignedMetadata::verify(&text, &issuer(), &[], now());
        let encryption = Encryption::new(vec![RequestKey::new("1".to_owned(), key(1))], false, false);
        let _ = CredentialRequest::receive(MediaType::Jwt, text.as_bytes(), &encryption);
    }
}
