//! Tokens: the code that a person types, what a server refuses, what must be bound to the device.

use mapae_oid4vci::wallet::{IssuerFault, Party, Refusal, UserFault, WalletError};
use serde_json::json;

use super::{
    peer::{Peer, TX_CODE, content_type},
    phone::Phone,
};

#[test]
fn a_code_of_another_form_costs_no_try() {
    let mut phone = Phone::new(Peer::new());
    let issuer = phone.discover().unwrap();
    for (typed, fault) in [
        (None, UserFault::TxCodeMissing { description: Some("by text message".to_owned()) }),
        (Some(""), UserFault::TxCodeMissing { description: Some("by text message".to_owned()) }),
        (Some("12345"), UserFault::TxCodeForm { length: Some(6), digits: true }),
        (Some("12345a"), UserFault::TxCodeForm { length: Some(6), digits: true }),
    ] {
        assert_eq!(phone.redeem(&issuer, typed).unwrap_err(), WalletError::User(fault));
    }
    assert!(!phone.peer.seen.iter().any(|seen| seen.ends_with("/token")));
}

#[test]
fn a_wrong_code_is_the_persons_to_mend_while_tries_are_left() {
    let mut phone = Phone::new(Peer { tries_left: 3, ..Peer::new() });
    let issuer = phone.discover().unwrap();
    for left in [2, 1, 0] {
        let error = phone.redeem(&issuer, Some("000000")).unwrap_err();
        assert_eq!(error, WalletError::User(UserFault::TxCodeWrong { tries_left: Some(left) }));
        assert_eq!(error.party(), Party::User);
    }
}

#[test]
fn a_code_that_is_void_is_not_the_persons_fault() {
    for said in ["the code was used before", "the offer is void"] {
        let body = serde_json::json!({ "error": "invalid_grant", "error_description": said }).to_string();
        let mut phone = Phone::new(Peer { dpop_nonce: false, ..Peer::new() }.bending("/token", move |mut response| {
            (response.status, response.body) = (400, body.clone().into_bytes());
            response
        }));
        let issuer = phone.discover().unwrap();
        let error = phone.redeem(&issuer, Some(TX_CODE)).unwrap_err();
        let WalletError::Issuer(IssuerFault::Refused(Refusal { status: 400, code, .. })) = &error else {
            panic!("{error}")
        };
        assert_eq!(code.as_deref(), Some("invalid_grant"));
        assert!(!error.is_passing());
    }
}

#[test]
fn a_busy_server_is_told_from_one_that_refuses() {
    let mut phone = Phone::new(Peer::new().bending("/token", |mut response| {
        (response.status, response.body) = (503, Vec::new());
        response
    }));
    let issuer = phone.discover().unwrap();
    assert!(phone.redeem(&issuer, Some(TX_CODE)).unwrap_err().is_passing());
}

#[test]
fn a_token_that_serves_whoever_finds_it_is_refused() {
    let peer = Peer { dpop_nonce: false, ..Peer::new() }.saying("/token", "token_type", json!("Bearer"));
    let mut phone = Phone::new(peer);
    let issuer = phone.discover().unwrap();
    let error = phone.redeem(&issuer, Some(TX_CODE)).unwrap_err();
    assert_eq!(error, WalletError::Issuer(IssuerFault::NotSenderConstrained));
}

#[test]
fn a_server_that_is_never_content_with_a_nonce_is_left() {
    let body = br#"{"error":"use_dpop_nonce"}"#;
    let mut phone = Phone::new(Peer::new().bending("/token", |mut response| {
        (response.status, response.body) = (400, body.to_vec());
        response.headers = vec![content_type("application/json"), ("DPoP-Nonce".to_owned(), "another".to_owned())];
        response
    }));
    let issuer = phone.discover().unwrap();
    let error = phone.redeem(&issuer, Some(TX_CODE)).unwrap_err();
    assert!(matches!(error, WalletError::Issuer(IssuerFault::NonceLoop { .. })), "{error}");
    assert_eq!(phone.peer.seen.iter().filter(|seen| seen.ends_with("/token")).count(), 3);
}

#[test]
fn what_others_write_reaches_a_terminal_as_printable_text() {
    let body = "{\"error\":\"invalid_grant\",\"error_description\":\"\\u001b[2Jgone\"}".as_bytes();
    let mut phone = Phone::new(Peer { dpop_nonce: false, ..Peer::new() }.bending("/token", move |mut response| {
        (response.status, response.body) = (400, body.to_vec());
        response
    }));
    let issuer = phone.discover().unwrap();
    let told = phone.redeem(&issuer, Some(TX_CODE)).unwrap_err().to_string();
    assert!(told.contains("[2Jgone") && !told.contains('\u{1b}'), "{told:?}");
}

#[test]
fn nothing_that_is_printed_shows_a_token_or_a_code() {
    let mut phone = Phone::new(Peer::new());
    let (issuer, grant) = phone.granted();
    let printed = format!("{grant:?}");
    assert!(!printed.contains("access-1") && !printed.contains("\"refresh\""), "{printed}");
    let seen = std::cell::RefCell::new(String::new());
    phone
        .run(|context| {
            let waiting = issuer.refresh(&grant, context)?;
            *seen.borrow_mut() = format!("{:?}", mapae_oid4vci::wallet::Exchange::request(&waiting));
            Ok(waiting)
        })
        .unwrap();
    let seen = seen.into_inner();
    assert!(seen.contains("/kr/token") && !seen.contains("refresh"), "{seen}");
}
