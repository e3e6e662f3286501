//! What the wallet takes as a copy, and what it refuses.

use mapae_jose::base64url;
use mapae_oid4vci::{
    CredentialResponse,
    wallet::{CredentialFault, IssuerFault, Outcome, ReceivedCopy, WalletError},
};

use super::{
    peer::{DOCTYPE, Peer, VCT, content_type, encrypted, mdoc, sd_jwt},
    phone::{Phone, keys},
};
use crate::scene::key;

/// What becomes of copies that an issuer sends instead of the right ones.
fn sent(configuration: &str, credentials: &[String]) -> Result<Outcome, WalletError> {
    let answer = CredentialResponse::Issued { credentials: credentials.to_vec(), notification_id: None }.to_json();
    let peer = Peer { dpop_nonce: false, ..Peer::new() }.bending("/credential", move |mut response| {
        response.body.clone_from(&answer);
        response
    });
    let mut phone = Phone::new(peer);
    let granted = phone.granted();
    phone.request(&granted, configuration, &keys(2))
}

fn fault(configuration: &str, credentials: &[String]) -> (usize, CredentialFault) {
    match sent(configuration, credentials).unwrap_err() {
        WalletError::Issuer(IssuerFault::Credential { place, fault }) => (place, fault),
        other => panic!("{other}"),
    }
}

fn mdocs(doctype: &str, seeds: &[u8]) -> Vec<String> {
    let pki = Peer::new().pki;
    seeds.iter().map(|seed| base64url::encode(mdoc(&pki, doctype, key(*seed).public()))).collect()
}

fn sd_jwts(vct: &str, seeds: &[u8]) -> Vec<String> {
    let pki = Peer::new().pki;
    seeds.iter().map(|seed| sd_jwt(&pki, vct, key(*seed).public())).collect()
}

#[test]
fn copies_may_come_in_any_order_and_fewer() {
    let Outcome::Issued(issued) = sent("licence-mdoc", &mdocs(DOCTYPE, &[21, 20])).unwrap() else { panic!() };
    assert_eq!(issued.copies.iter().map(ReceivedCopy::key).collect::<Vec<_>>(), [1, 0]);
    let Outcome::Issued(issued) = sent("licence-sd-jwt", &sd_jwts(VCT, &[21])).unwrap() else { panic!() };
    assert_eq!(issued.copies[0].key(), 1);
}

#[test]
fn more_copies_than_keys_are_refused() {
    let error = sent("licence-mdoc", &mdocs(DOCTYPE, &[20, 21, 22])).unwrap_err();
    assert_eq!(error, WalletError::Issuer(IssuerFault::Count { keys: 2, issued: 3 }));
}

#[test]
fn a_copy_for_a_key_that_is_not_ours_is_refused() {
    assert_eq!(fault("licence-mdoc", &mdocs(DOCTYPE, &[20, 66])), (2, CredentialFault::KeyForeign));
    assert_eq!(fault("licence-sd-jwt", &sd_jwts(VCT, &[66])), (1, CredentialFault::KeyForeign));
}

#[test]
fn two_copies_for_one_key_are_refused() {
    assert_eq!(fault("licence-mdoc", &mdocs(DOCTYPE, &[20, 20])), (2, CredentialFault::KeyTwice));
    assert_eq!(fault("licence-sd-jwt", &sd_jwts(VCT, &[21, 21])), (2, CredentialFault::KeyTwice));
}

#[test]
fn a_copy_of_another_type_is_refused() {
    assert_eq!(fault("licence-mdoc", &mdocs("org.iso.23220.photoid.1", &[20])), (1, CredentialFault::OtherType));
    let other = sd_jwts("https://id.example/resident", &[20]);
    assert_eq!(fault("licence-sd-jwt", &other), (1, CredentialFault::OtherType));
}

#[test]
fn a_copy_in_another_format_is_refused() {
    assert_eq!(fault("licence-mdoc", &sd_jwts(VCT, &[20])), (1, CredentialFault::Encoding));
    assert!(matches!(fault("licence-sd-jwt", &mdocs(DOCTYPE, &[20])), (1, CredentialFault::SdJwt(_))));
    assert!(matches!(fault("licence-mdoc", &["AAAA".to_owned()]), (1, CredentialFault::Mdoc(_))));
}

/// An answer to an encrypted request, bent.
fn encrypted_answer(bend: impl Fn(Vec<u8>) -> (Vec<u8>, &'static str) + 'static) -> WalletError {
    let peer = Peer { dpop_nonce: false, ..Peer::new() }.encrypting(true);
    let mut phone = Phone::new(peer.bending("/credential", move |mut response| {
        let (body, kind) = bend(std::mem::take(&mut response.body));
        (response.body, response.headers) = (body, vec![content_type(kind)]);
        response
    }));
    let granted = phone.granted();
    phone.request(&granted, "licence-mdoc", &keys(2)).unwrap_err()
}

#[test]
fn an_answer_that_had_to_be_encrypted_and_is_not_is_refused() {
    let plain = CredentialResponse::Issued { credentials: mdocs(DOCTYPE, &[20]), notification_id: None }.to_json();
    let error = encrypted_answer(move |_| (plain.clone(), "application/json"));
    assert!(matches!(error, WalletError::Issuer(IssuerFault::NotEncrypted { .. })), "{error}");
}

#[test]
fn an_answer_that_is_encrypted_to_another_is_refused() {
    let body = CredentialResponse::Issued { credentials: mdocs(DOCTYPE, &[20]), notification_id: None }.to_json();
    let error = encrypted_answer(move |_| (encrypted(&key(50), &body), "application/jwt"));
    assert!(matches!(error, WalletError::Issuer(IssuerFault::Undecryptable(_))), "{error}");
}

#[test]
fn an_answer_about_another_transaction_is_refused() {
    let peer = Peer { not_ready: 5, ..Peer::new() };
    let mut phone = Phone::new(peer.saying("/deferred", "transaction_id", "another".into()));
    phone.peer.dpop_nonce = false;
    let granted = phone.granted();
    let mine = keys(1);
    let Outcome::Deferred(waiting) = phone.request(&granted, "licence-mdoc", &mine).unwrap() else { panic!() };
    let (issuer, grant) = &granted;
    let public = vec![mine[0].public().clone()];
    let wanted = mapae_oid4vci::wallet::Wanted::Encrypted;
    let error = phone.run(|context| issuer.poll(grant, "licence-mdoc", &waiting, public, wanted, context)).unwrap_err();
    assert_eq!(error, WalletError::Issuer(IssuerFault::OtherTransaction));
}

#[test]
fn a_copy_is_not_printed() {
    let Outcome::Issued(issued) = sent("licence-sd-jwt", &sd_jwts(VCT, &[20])).unwrap() else { panic!() };
    assert!(!format!("{issued:?}").contains("eyJ"));
}
