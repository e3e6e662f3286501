//! From an offer to copies, in every way that an issuer may go.

use mapae_crypto::PublicKey;
use mapae_oid4vci::{
    NotificationEvent, OfferSource,
    wallet::{
        AwaitingOffer, CopyFormat, Deferred, Grant, Issued, Issuer, KeyProofs, OfferFault, OurFault, Outcome,
        ProofKind, WalletError, WalletKey, Wanted,
    },
};
use mapae_types::Duration;

use super::{
    peer::{Peer, ok},
    phone::{Phone, attest, keys, offer},
};
use crate::scene::key;

fn issued(outcome: Outcome) -> Issued {
    match outcome {
        Outcome::Issued(issued) => issued,
        other => panic!("{other:?}"),
    }
}

fn deferred(outcome: Outcome) -> Deferred {
    match outcome {
        Outcome::Deferred(deferred) => deferred,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_offer_by_value_becomes_copies_in_both_formats() {
    let OfferSource::Value(offer) = OfferSource::parse(&offer().to_uri()).unwrap() else { panic!("by reference") };
    let mut phone = Phone::new(Peer::new());
    let granted = phone.granted();
    let offered: Vec<&str> = granted.0.offered(&offer).unwrap().iter().map(|(id, _)| *id).collect();
    assert_eq!(offered, ["licence-mdoc", "licence-sd-jwt"]);
    for (configuration, format) in [("licence-mdoc", CopyFormat::Mdoc), ("licence-sd-jwt", CopyFormat::SdJwt)] {
        let copies = issued(phone.request(&granted, configuration, &keys(10)).unwrap()).copies;
        assert_eq!(
            copies.iter().map(mapae_oid4vci::wallet::ReceivedCopy::key).collect::<Vec<_>>(),
            (0..10).collect::<Vec<_>>()
        );
        assert!(copies.iter().all(|copy| copy.format() == format));
    }
}

#[test]
fn an_offer_by_reference_is_fetched_first() {
    let mut phone = Phone::new(Peer::new());
    phone.peer.bend = Some(Box::new(|_, _| ok(offer().to_json())));
    let fetch = |phone: &mut Phone, url: &str| phone.run(|context| AwaitingOffer::begin(url, context));
    // The peer has no such path, and panics before it is bent; the metadata's path stands for it.
    let url = "https://issuer.example/.well-known/openid-credential-issuer/kr";
    assert_eq!(fetch(&mut phone, url).unwrap(), offer());
    let insecure = fetch(&mut phone, "http://issuer.example/offers/1").unwrap_err();
    assert_eq!(insecure, WalletError::Offer(OfferFault::Insecure));
}

#[test]
fn both_servers_may_want_nonces_and_get_them_once() {
    let mut phone = Phone::new(Peer::new());
    let granted = phone.granted();
    phone.request(&granted, "licence-mdoc", &keys(1)).unwrap();
    let tokens = phone.peer.seen.iter().filter(|seen| seen.ends_with("/token")).count();
    let credentials = phone.peer.seen.iter().filter(|seen| seen.ends_with("/credential")).count();
    // Both are one server here: what the token endpoint gave, the credential endpoint takes.
    assert_eq!((tokens, credentials), (2, 1));
}

#[test]
fn a_wallet_shows_its_attestation_over_a_challenge() {
    let mut phone = Phone::attested(Peer::new());
    let (issuer, grant) = phone.granted();
    assert_eq!(grant.client_id(), Some(crate::scene::CLIENT));
    assert!(phone.peer.seen.contains(&"POST /kr/challenge".to_owned()));
    // Proofs name the same client, or the issuer's half would refuse them.
    issued(phone.request(&(issuer, grant), "licence-mdoc", &keys(2)).unwrap());
}

#[test]
fn a_wallet_that_nobody_attests_is_told_before_anything_is_sent() {
    let mut phone = Phone::new(Peer { attested: true, ..Peer::new() });
    let issuer = phone.discover().unwrap();
    let error = phone.redeem(&issuer, Some(super::peer::TX_CODE)).unwrap_err();
    assert_eq!(error, WalletError::Us(OurFault::ClientAttestationMissing));
    assert!(!phone.peer.seen.iter().any(|seen| seen.ends_with("/token")));
}

#[test]
fn proofs_of_the_type_attestation_stand_for_a_batch() {
    let mut phone = Phone::attested(Peer::new().demanding_attestations("attestation"));
    let granted = phone.granted();
    assert_eq!(granted.0.proof_kind("licence-mdoc", true).unwrap(), ProofKind::Attestation);
    let copies = attested(&mut phone, &granted, ProofKind::Attestation);
    assert_eq!(copies.copies.len(), 3);
}

#[test]
fn proofs_of_the_type_jwt_carry_an_attestation_of_all_keys() {
    let mut phone = Phone::attested(Peer::new().demanding_attestations("jwt"));
    let granted = phone.granted();
    assert_eq!(granted.0.proof_kind("licence-mdoc", true).unwrap(), ProofKind::AttestedJwt);
    let missing = granted.0.proof_kind("licence-mdoc", false).unwrap_err();
    assert_eq!(missing, WalletError::Us(OurFault::KeyAttestationMissing));
    let copies = attested(&mut phone, &granted, ProofKind::AttestedJwt);
    assert_eq!(copies.copies.len(), 3);
}

fn attested(phone: &mut Phone, (issuer, grant): &(Issuer, Grant), kind: ProofKind) -> Issued {
    let nonce = phone.nonce(issuer);
    let own = keys(3);
    let public: Vec<PublicKey> = own.iter().map(|key| key.public().clone()).collect();
    let signing: Vec<&dyn WalletKey> = own.iter().map(|key| key as &dyn WalletKey).collect();
    let attestation = attest(&public, &nonce);
    let proofs = match kind {
        ProofKind::Attestation => KeyProofs::Attestation { keys: &public, attestation: &attestation },
        _ => KeyProofs::Jwt { keys: &signing, nonce: Some(&nonce), attestation: Some(&attestation) },
    };
    let asked = phone.run(|context| issuer.request(grant, "licence-mdoc", proofs, Wanted::Encrypted, context));
    issued(asked.unwrap())
}

#[test]
fn requests_and_answers_are_encrypted_where_the_issuer_can() {
    for (required, wanted, encrypted) in
        [(false, Wanted::Encrypted, true), (true, Wanted::Plain, true), (false, Wanted::Plain, false)]
    {
        let mut phone = Phone::new(Peer::new().encrypting(required));
        let (issuer, grant) = phone.granted();
        let nonce = phone.nonce(&issuer);
        let own = key(30);
        let proofs = KeyProofs::Jwt { keys: &[&own], nonce: Some(&nonce), attestation: None };
        let sent = std::cell::Cell::new(None);
        let outcome = phone.run(|context| {
            let waiting = issuer.request(&grant, "licence-mdoc", proofs, wanted, context)?;
            sent.set(mapae_oid4vci::wallet::Exchange::request(&waiting).header("content-type").map(str::to_owned));
            Ok(waiting)
        });
        assert_eq!(issued(outcome.unwrap()).copies.len(), 1);
        let expected = if encrypted { "application/jwt" } else { "application/json" };
        assert_eq!(sent.take().as_deref(), Some(expected), "{required} {wanted:?}");
    }
}

#[test]
fn copies_that_are_not_ready_are_asked_for_again() {
    let mut phone = Phone::new(Peer { not_ready: 2, ..Peer::new() }.encrypting(true));
    let granted = phone.granted();
    let mine = keys(2);
    let mut waiting = deferred(phone.request(&granted, "licence-sd-jwt", &mine).unwrap());
    assert_eq!(waiting.not_before, phone.now + Duration::seconds(5));
    let (issuer, grant) = &granted;
    let public: Vec<PublicKey> = mine.iter().map(|key| key.public().clone()).collect();
    let mut poll = |waiting: &Deferred| {
        let (name, keys) = ("licence-sd-jwt", public.clone());
        phone.run(|context| issuer.poll(grant, name, waiting, keys, Wanted::Encrypted, context)).unwrap()
    };
    waiting = deferred(poll(&waiting));
    assert_eq!(issued(poll(&waiting)).copies.len(), 2);
}

#[test]
fn a_stale_nonce_is_no_failure() {
    let mut phone = Phone::new(Peer { stale_nonces: 1, ..Peer::new() });
    let granted = phone.granted();
    assert!(matches!(phone.request(&granted, "licence-mdoc", &keys(1)).unwrap(), Outcome::NonceStale));
    issued(phone.request(&granted, "licence-mdoc", &keys(1)).unwrap());
}

#[test]
fn a_server_that_names_credentials_is_asked_for_those_names() {
    let mut phone = Phone::new(Peer { identifiers: true, ..Peer::new() });
    let granted = phone.granted();
    assert_eq!(issued(phone.request(&granted, "licence-sd-jwt", &keys(1)).unwrap()).copies.len(), 1);
}

#[test]
fn the_issuer_hears_what_became_of_copies() {
    let mut phone = Phone::new(Peer::new());
    let (issuer, grant) = phone.granted();
    for event in [NotificationEvent::Accepted, NotificationEvent::Failure, NotificationEvent::Deleted] {
        phone.run(|context| issuer.notify(&grant, "notify-me", event, context).map(Option::unwrap)).unwrap();
    }
    assert_eq!(phone.peer.notified, ["credential_accepted", "credential_failure", "credential_deleted"]);
}

#[test]
fn a_refill_takes_a_new_token_and_new_keys() {
    let mut phone = Phone::new(Peer::new());
    let (issuer, grant) = phone.granted();
    let kept = Grant::from_object(&grant.to_object()).unwrap();
    assert_eq!(kept, grant);
    let renewed = phone.run(|context| issuer.refresh(&kept, context)).unwrap();
    // The server gave no other refresh token, so the first one stays (RFC 6749 §6).
    assert!(renewed.is_refillable() && renewed != grant);
    issued(phone.request(&(issuer, renewed), "licence-mdoc", &keys(4)).unwrap());
}

#[test]
fn more_keys_than_a_batch_are_not_sent() {
    let mut phone = Phone::new(Peer { batch: None, ..Peer::new() });
    let granted = phone.granted();
    let error = phone.request(&granted, "licence-mdoc", &keys(2)).unwrap_err();
    assert_eq!(error, WalletError::Us(OurFault::BatchSize { keys: 2, limit: 1 }));
    let error = phone.request(&granted, "licence-mdoc", &[]).unwrap_err();
    assert_eq!(error, WalletError::Us(OurFault::BatchSize { keys: 0, limit: 1 }));
}
