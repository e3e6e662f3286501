//! What refusals look like.

use mapae_oidc::{ClientFault, ErrorCode, MessageFault, Refusal, RequestFault, TokenFault};
use mapae_types::EntropyError;

use crate::scene::object;

fn answer(refusal: &Refusal) -> (u16, &'static str, Option<String>) {
    (refusal.status(), refusal.code().unwrap().as_str(), refusal.www_authenticate())
}

#[test]
fn a_client_that_is_not_known_is_told_the_scheme() {
    let refusal = ClientFault::SecretWrong.into();
    assert_eq!(answer(&refusal), (401, "invalid_client", Some("Basic realm=\"openid\"".to_owned())));
    let within = TokenFault::from(ClientFault::Replayed).into();
    assert_eq!(answer(&within), (401, "invalid_client", Some("Basic realm=\"openid\"".to_owned())));
    assert_eq!(answer(&ClientFault::from(MessageFault::NotForm).into()), (400, "invalid_request", None));
}

#[test]
fn a_description_is_printable_ascii() {
    let fault = RequestFault::ClaimBeyond { claim: "\"이름\\\n".to_owned() };
    let refusal = mapae_oidc::AuthorizationRefusal::from(mapae_oidc::PageFault::ClientUnknown);
    let json = object(Refusal::from(refusal).to_json());
    assert_eq!(json["error_description"], serde_json::json!("the client is not registered"));
    assert_eq!(ErrorCode::from(&fault), ErrorCode::InvalidRequest);
    let claims = serde_json::json!({ "userinfo": { "address": null } }).to_string();
    let refused =
        crate::scene::authorize(&crate::scene::provider(), "web", &[("claims", &claims)]).map(drop).unwrap_err();
    let description = Refusal::from(refused).to_json();
    assert!(description.iter().all(|byte| (b' '..=b'~').contains(byte)));
}

#[test]
fn nobody_is_blamed_for_our_randomness() {
    assert_eq!(answer(&TokenFault::Entropy(EntropyError).into()), (500, "server_error", None));
    assert_eq!(answer(&Refusal::new(ErrorCode::TemporarilyUnavailable)), (503, "temporarily_unavailable", None));
}
