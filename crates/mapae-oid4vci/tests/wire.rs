//! What a refusal looks like: one code for each fault, by the text that defines it.

use mapae_oid4vci::{
    ClientFault, CredentialFault, DpopFault, EncryptionFault, Endpoint, ErrorCode, ErrorResponse, JwtFault,
    MessageFault, NotificationFault, OAuthFault, ProofFault, WireError,
};
use serde_json::{Value, json};

use crate::scene::now;

fn code(wire: impl Into<WireError>) -> (u16, &'static str) {
    let wire = wire.into();
    (wire.status(), wire.code().unwrap().as_str())
}

const MISSING: MessageFault = MessageFault::Missing { name: "a" };

#[test]
fn oauth_requests_are_refused_by_rfc_6749_and_its_extensions() {
    let too_long = MessageFault::TooLong { len: 2, limit: 1 };
    for (fault, expected) in [
        (OAuthFault::Message(MISSING), (400, "invalid_request")),
        (OAuthFault::Message(too_long), (413, "invalid_request")),
        (OAuthFault::GrantUnsupported, (400, "unsupported_grant_type")),
        (OAuthFault::ResponseTypeUnsupported, (400, "unsupported_response_type")),
        (OAuthFault::ChallengeMethod, (400, "invalid_request")),
        (OAuthFault::AuthorizationDetails, (400, "invalid_authorization_details")),
        (OAuthFault::NothingAsked, (400, "invalid_scope")),
        (OAuthFault::VerifierMismatch, (400, "invalid_grant")),
        (OAuthFault::DpopKeyDiffers, (400, "invalid_dpop_proof")),
    ] {
        assert_eq!(code(fault.clone()), expected, "{fault:?}");
    }
}

#[test]
fn clients_are_refused_by_the_draft() {
    let jwt = JwtFault::ChainMissing;
    let expired = JwtFault::Expired { expired: now() };
    for (fault, expected) in [
        (ClientFault::Missing, "invalid_client"),
        (ClientFault::Incomplete, "invalid_client"),
        (ClientFault::ClientIdDiffers, "invalid_client"),
        (ClientFault::Attestation(jwt.clone()), "invalid_client_attestation"),
        (ClientFault::Pop(jwt), "invalid_client_attestation"),
        (ClientFault::Pop(expired.clone()), "invalid_client_attestation"),
        (ClientFault::Replayed, "invalid_client_attestation"),
        (ClientFault::Attestation(expired), "use_fresh_attestation"),
        (ClientFault::NotFresh, "use_fresh_attestation"),
        (ClientFault::ChallengeMissing, "use_attestation_challenge"),
        (ClientFault::ChallengeStale, "use_attestation_challenge"),
    ] {
        let wire = WireError::from(fault.clone());
        assert_eq!(wire.wants_challenge(), expected == "use_attestation_challenge");
        assert_eq!(code(wire), (400, expected), "{fault:?}");
    }
}

#[test]
fn dpop_is_refused_in_the_body_by_a_server_and_in_a_header_by_a_resource() {
    let jwt = DpopFault::Jwt(JwtFault::Algorithm);
    for (fault, server, resource) in [
        (DpopFault::Missing, "invalid_dpop_proof", "invalid_dpop_proof"),
        (DpopFault::Repeated, "invalid_dpop_proof", "invalid_dpop_proof"),
        (jwt, "invalid_dpop_proof", "invalid_dpop_proof"),
        (DpopFault::Replayed, "invalid_dpop_proof", "invalid_dpop_proof"),
        (DpopFault::NonceMissing, "use_dpop_nonce", "use_dpop_nonce"),
        (DpopFault::NonceStale, "use_dpop_nonce", "use_dpop_nonce"),
        (DpopFault::KeyDiffers, "invalid_grant", "invalid_token"),
        (DpopFault::TokenUnknown, "invalid_grant", "invalid_token"),
    ] {
        let at_server = WireError::dpop(&fault, Endpoint::Authorization);
        assert_eq!(at_server.www_authenticate(), None);
        assert_eq!(at_server.wants_dpop_nonce(), server == "use_dpop_nonce");
        assert_eq!(code(at_server), (400, server), "{fault:?}");
        let at_resource = WireError::dpop(&fault, Endpoint::Resource);
        let challenge = at_resource.www_authenticate().unwrap();
        assert!(challenge.starts_with(&format!("DPoP algs=\"ES256\", error=\"{resource}\", ")), "{challenge}");
        assert_eq!(at_resource.wants_dpop_nonce(), resource == "use_dpop_nonce");
        assert_eq!(code(at_resource), (401, resource), "{fault:?}");
    }
}

#[test]
fn who_brings_no_token_is_told_what_to_bring_and_nothing_else() {
    let wire = WireError::dpop(&DpopFault::TokenMissing, Endpoint::Resource);
    assert_eq!((wire.status(), wire.code()), (401, None));
    assert_eq!(wire.www_authenticate().unwrap(), "DPoP algs=\"ES256\"");
    assert_eq!(wire.to_json(), b"{}");
}

#[test]
fn a_token_that_is_not_presented_as_one_bound_to_a_key_is_no_token() {
    assert_eq!(code(WireError::dpop(&DpopFault::TokenScheme, Endpoint::Resource)), (401, "invalid_token"));
}

#[test]
fn a_token_for_something_else_is_insufficient() {
    let wire = WireError::insufficient_scope();
    assert_eq!(wire.www_authenticate().unwrap(), "DPoP algs=\"ES256\", error=\"insufficient_scope\"");
    assert_eq!(code(wire), (403, "insufficient_scope"));
}

#[test]
fn credential_requests_are_refused_by_openid4vci() {
    for (fault, expected) in [
        (CredentialFault::Message(MISSING), "invalid_credential_request"),
        (CredentialFault::Proof(ProofFault::Missing), "invalid_proof"),
        (CredentialFault::Proof(ProofFault::NonceMissing), "invalid_proof"),
        (CredentialFault::Proof(ProofFault::KeyRepeated), "invalid_proof"),
        (CredentialFault::Proof(ProofFault::AttestationMissing), "invalid_proof"),
        (CredentialFault::Proof(ProofFault::Proof(JwtFault::Algorithm)), "invalid_proof"),
        (CredentialFault::Proof(ProofFault::NonceInvalid), "invalid_nonce"),
        (CredentialFault::Proof(ProofFault::NonceDiffers), "invalid_nonce"),
        (CredentialFault::Encryption(EncryptionFault::Undecryptable), "invalid_encryption_parameters"),
        (CredentialFault::ConfigurationUnknown, "unknown_credential_configuration"),
        (CredentialFault::IdentifierUnknown, "unknown_credential_identifier"),
        (CredentialFault::Denied, "credential_request_denied"),
        (CredentialFault::TransactionUnknown, "invalid_transaction_id"),
    ] {
        assert_eq!(code(fault.clone()), (400, expected), "{fault:?}");
    }
    assert_eq!(code(ProofFault::Missing), (400, "invalid_proof"));
}

#[test]
fn notifications_are_refused_by_openid4vci() {
    assert_eq!(code(NotificationFault::Message(MISSING)), (400, "invalid_notification_request"));
    assert_eq!(code(NotificationFault::IdUnknown), (400, "invalid_notification_id"));
}

#[test]
fn a_refusal_is_json_of_printable_ascii() {
    let wire = WireError::new(ErrorCode::InvalidGrant).because("a \"b\" \\ 가\n");
    let body: Value = serde_json::from_slice(&wire.to_json()).unwrap();
    assert_eq!(body, json!({"error": "invalid_grant", "error_description": "a 'b' ' ??"}));
    assert_eq!(WireError::new(ErrorCode::InvalidGrant).to_json(), br#"{"error":"invalid_grant"}"#);
}

#[test]
fn no_description_can_end_its_quotes() {
    let wire = WireError::dpop(&DpopFault::Missing, Endpoint::Resource).because("\", realm=\"x");
    let challenge = wire.www_authenticate().unwrap();
    assert_eq!(challenge.matches('"').count(), 6, "{challenge}");
}

#[test]
fn failures_of_ours_have_their_status() {
    assert_eq!(code(WireError::new(ErrorCode::ServerError)), (500, "server_error"));
    assert_eq!(code(WireError::new(ErrorCode::TemporarilyUnavailable)), (503, "temporarily_unavailable"));
}

#[test]
fn a_wallet_reads_what_we_write() {
    let wire = WireError::from(OAuthFault::GrantUnsupported);
    let read = ErrorResponse::parse(&wire.to_json()).unwrap();
    assert_eq!(read.error, "unsupported_grant_type");
    assert_eq!(read.description.as_deref(), Some("this grant_type is not supported"));
    let wire = WireError::dpop(&DpopFault::NonceMissing, Endpoint::Resource);
    let read = ErrorResponse::from_www_authenticate(&wire.www_authenticate().unwrap()).unwrap();
    assert_eq!(read.error, "use_dpop_nonce");
    assert_eq!(read.description.as_deref(), Some("a nonce is required in the DPoP proof"));
    assert_eq!(ErrorResponse::from_www_authenticate("DPoP algs=\"ES256\""), None);
    assert_eq!(ErrorResponse::parse(b"{}"), Err(MessageFault::Missing { name: "error" }));
}
