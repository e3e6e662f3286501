//! Nonces without memory.

use mapae_oid4vci::{ChallengeResponse, MessageFault, NonceKind, NonceMint, NonceResponse, NonceState};
use mapae_types::Duration;

use crate::scene::now;

fn mint(kind: NonceKind) -> NonceMint {
    NonceMint::new([9; 32], kind, Duration::seconds(300))
}

#[test]
fn a_nonce_is_current_for_its_lifetime() {
    let mint = mint(NonceKind::Credential);
    let nonce = mint.mint(now(), [1; 16]);
    let at = |seconds| mint.check(&nonce, now() + Duration::seconds(seconds));
    assert_eq!([at(0), at(300), at(301)], [NonceState::Current, NonceState::Current, NonceState::Expired]);
    assert_eq!(mint.lifetime(), Duration::seconds(300));
}

#[test]
fn a_replica_whose_clock_is_a_little_ahead_makes_good_nonces() {
    let mint = mint(NonceKind::Dpop);
    let at = |seconds| mint.check(&mint.mint(now() + Duration::seconds(seconds), [1; 16]), now());
    assert_eq!([at(60), at(61)], [NonceState::Current, NonceState::Unknown]);
}

#[test]
fn a_used_nonce_is_remembered_for_longer_than_it_is_good_and_by_its_own_time() {
    let mint = mint(NonceKind::Credential);
    let nonce = mint.mint(now(), [1; 16]);
    let until = mint.remembered_until(&nonce).unwrap();
    assert!(until > now() + mint.lifetime());
    assert_eq!(mint.check(&nonce, until), NonceState::Expired);
    assert_eq!(mint.remembered_until("bm9uY2U"), None);
}

#[test]
fn a_nonce_for_one_purpose_is_none_for_another() {
    let kinds = [NonceKind::Credential, NonceKind::Dpop, NonceKind::Challenge];
    for made in kinds {
        for read in kinds {
            let state = mint(read).check(&mint(made).mint(now(), [1; 16]), now());
            assert_eq!(state == NonceState::Current, made == read, "{made:?} as {read:?}");
        }
    }
}

#[test]
fn a_nonce_of_another_server_is_unknown() {
    let other = NonceMint::new([8; 32], NonceKind::Credential, Duration::seconds(300));
    assert_eq!(mint(NonceKind::Credential).check(&other.mint(now(), [1; 16]), now()), NonceState::Unknown);
}

#[test]
fn no_changed_character_of_a_nonce_goes_unnoticed() {
    let mint = mint(NonceKind::Credential);
    let nonce = mint.mint(now(), [1; 16]);
    for at in 0..nonce.len() {
        let mut changed = nonce.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(mint.check(&changed, now()), NonceState::Unknown, "{at}");
    }
    for other in ["", "A", &nonce[1..], &format!("{nonce}A")] {
        assert_eq!(mint.check(other, now()), NonceState::Unknown);
    }
}

#[test]
fn nonces_differ_by_their_random_part() {
    let mint = mint(NonceKind::Credential);
    assert_ne!(mint.mint(now(), [1; 16]), mint.mint(now(), [2; 16]));
}

#[test]
fn the_answers_with_nonces_are_read_as_they_are_written() {
    let nonce = NonceResponse { c_nonce: "a".into() };
    assert_eq!(nonce.to_json(), br#"{"c_nonce":"a"}"#);
    assert_eq!(NonceResponse::parse(&nonce.to_json()), Ok(nonce));
    assert_eq!(NonceResponse::parse(b"{}"), Err(MessageFault::Missing { name: "c_nonce" }));
    let challenge = ChallengeResponse { attestation_challenge: "b".into() };
    assert_eq!(challenge.to_json(), br#"{"attestation_challenge":"b"}"#);
    assert_eq!(ChallengeResponse::parse(&challenge.to_json()), Ok(challenge));
    assert_eq!(ChallengeResponse::parse(b"{}"), Err(MessageFault::Missing { name: "attestation_challenge" }));
}
