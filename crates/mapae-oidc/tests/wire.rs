//! What refusals look like.

use mapae_oidc::{ClientFault, ErrorCode, MessageFault, Refusal, TokenFault};
use mapae_types::EntropyError;
use serde_json::json;

use crate::scene::{WEB, authorize, changed, object};

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
    let odd = "\"이름\\";
    let provider = changed(|new| {
        let paths = new.sources[0].claims["age_over_19"].clone();
        new.sources[0].claims.insert(odd.to_owned(), paths);
    });
    let claims = json!({ "userinfo": { odd: null } }).to_string();
    let refused = authorize(&provider.unwrap(), WEB, &[("claims", &claims)]).map(drop).unwrap_err();
    let json = object(Refusal::from(refused).to_json());
    assert_eq!(json["error"], json!("invalid_request"));
    assert_eq!(json["error_description"], json!("the client is not registered for the claim '??'"));
}

#[test]
fn nobody_is_blamed_for_our_randomness() {
    assert_eq!(answer(&TokenFault::Entropy(EntropyError).into()), (500, "server_error", None));
    assert_eq!(answer(&Refusal::new(ErrorCode::TemporarilyUnavailable)), (503, "temporarily_unavailable", None));
}
