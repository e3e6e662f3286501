//! The authorization code flow.

use mapae_oid4vci::{
    AuthorizationRequest,
    wallet::{Grant, Issuer, IssuerFault, OurFault, PendingSignIn, SignIn, UserFault, WalletError},
};

use super::{
    peer::Peer,
    phone::{Phone, keys},
};
use crate::scene::{CLIENT, ISSUER};

const BACK: &str = "http://127.0.0.1:7/callback";

fn pushed(phone: &mut Phone) -> (Issuer, PendingSignIn) {
    let issuer = phone.discover().unwrap();
    let configurations = ["licence-mdoc".to_owned()];
    let sign_in = SignIn { configurations: &configurations, redirect_uri: BACK, issuer_state: Some("context") };
    let pending = phone.run(|context| issuer.push(&sign_in, context)).unwrap();
    (issuer, pending)
}

fn come_back(phone: &mut Phone, query: &str) -> Result<Grant, WalletError> {
    let (issuer, pending) = pushed(phone);
    let state = phone.peer.pushed.as_ref().unwrap().state.clone().unwrap();
    let address = format!("{BACK}?{}", query.replace("STATE", &state));
    phone.run(|context| issuer.redirected(&pending, &address, context))
}

fn good() -> String {
    format!("code=code&state=STATE&iss={}", ISSUER.replace(':', "%3A").replace('/', "%2F"))
}

#[test]
fn a_person_signs_in_and_gets_copies() {
    let mut phone = Phone::attested(Peer::new());
    let (issuer, pending) = pushed(&mut phone);
    let request = phone.peer.pushed.clone().unwrap();
    assert_eq!(request.client_id, CLIENT);
    assert_eq!(request.issuer_state.as_deref(), Some("context"));
    assert_eq!(request.asked.scopes.as_deref(), Some(&["licence".to_owned()][..]));
    let query = pending.authorization_url().strip_prefix("https://issuer.example/kr/authorize?").unwrap();
    assert_eq!(AuthorizationRequest::parse(query).unwrap().client_id, CLIENT);
    // The wallet may be closed while the person signs in.
    let pending = PendingSignIn::from_object(&pending.to_object()).unwrap();
    let address = format!("{BACK}?{}", good().replace("STATE", &request.state.unwrap()));
    let grant = phone.run(|context| issuer.redirected(&pending, &address, context)).unwrap();
    phone.request(&(issuer, grant), "licence-mdoc", &keys(2)).unwrap();
}

#[test]
fn an_answer_to_another_request_is_refused() {
    for query in [
        good().replace("STATE", "another"),
        good().replace("&state=STATE", ""),
        good().replace("issuer.example", "other.example"),
        good().split("&iss").next().unwrap().to_owned(),
        good().replace("code=code&", ""),
        format!("{}&code=second", good()),
    ] {
        let mut phone = Phone::attested(Peer::new());
        let error = come_back(&mut phone, &query).unwrap_err();
        assert_eq!(error, WalletError::Issuer(IssuerFault::RedirectForeign), "{query}");
        assert!(!phone.peer.seen.iter().any(|seen| seen.ends_with("/token")));
    }
}

#[test]
fn who_declines_is_told_from_a_server_that_refuses() {
    let mut phone = Phone::attested(Peer::new());
    let error = come_back(&mut phone, &good().replace("code=code", "error=access_denied")).unwrap_err();
    assert_eq!(error, WalletError::User(UserFault::Declined));
    let error = come_back(&mut phone, &good().replace("code=code", "error=server_error")).unwrap_err();
    assert!(matches!(error, WalletError::Issuer(IssuerFault::Refused(refusal)) if refusal.is("server_error")));
}

#[test]
fn nobody_signs_in_for_a_wallet_that_nobody_knows() {
    let mut phone = Phone::new(Peer::new());
    let issuer = phone.discover().unwrap();
    let configurations = ["licence-mdoc".to_owned()];
    let sign_in = SignIn { configurations: &configurations, redirect_uri: BACK, issuer_state: None };
    let error = phone.run(|context| issuer.push(&sign_in, context)).map(drop).unwrap_err();
    assert_eq!(error, WalletError::Us(OurFault::ClientAttestationMissing));
}

#[test]
fn a_pending_sign_in_does_not_print_its_secrets() {
    let mut phone = Phone::attested(Peer::new());
    let (_, pending) = pushed(&mut phone);
    let state = phone.peer.pushed.unwrap().state.unwrap();
    assert!(!format!("{pending:?}").contains(&state));
}
