//! The status list that a document refers to.

use mapae_status_list::{Status, TokenError};
use mapae_trust::{Distrust, StatusEntry, StatusRule, TrustError, TrustStore, TrustedSigner};
use mapae_types::{Duration, StatusReference, Timestamp};
use mapae_x509::{Role, X509Error};
use testkit::{List, Pki, Signer, World, now};

/// What the store says of entry 0, asked twice: the answer may not depend on what it remembers.
fn status(world: &World, at: Timestamp) -> Result<Status, TrustError> {
    let store = world.store();
    let reference = StatusReference { uri: world.list.uri.clone(), idx: 0 };
    let document = document_signer(&store, &world.pki);
    let ask = || store.status(&reference, &document, at).map(|token| token.status(0).unwrap());
    let first = ask();
    assert_eq!(first, ask());
    first
}

/// Who signed the document whose status is asked for.
fn document_signer(store: &TrustStore, pki: &Pki) -> TrustedSigner {
    store.signer(&pki.document.chain(), Role::DocumentSigner, now()).unwrap()
}

fn with_token(token: impl FnOnce(&World) -> StatusEntry) -> World {
    let mut world = World::new();
    world.tokens = Some(vec![token(&world)]);
    world
}

fn uri() -> String {
    World::new().list.uri
}

#[test]
fn a_list_in_the_bundle_answers() {
    let mut world = World::new();
    assert_eq!(status(&world, now()), Ok(Status::Valid));
    world.list.entries[0] = 1;
    assert_eq!(status(&world, now()), Ok(Status::Invalid));
}

#[test]
fn a_list_that_the_bundle_lacks_is_missing() {
    let world = with_token(|world| List::new("https://kr.example/status/1", now()).signed_by(&world.pki.status));
    assert_eq!(status(&world, now()), Err(TrustError::StatusListMissing { uri: uri() }));
    let mut none = World::new();
    none.tokens = Some(Vec::new());
    assert_eq!(status(&none, now()), Err(TrustError::StatusListMissing { uri: uri() }));
}

#[test]
fn among_many_lists_the_right_one_answers() {
    let mut world = World::new();
    let list = |n: u8| List { entries: vec![n % 2; 8], ..List::new(&format!("https://kr.example/status/{n}"), now()) };
    world.tokens = Some([3, 0, 4, 1, 2].map(|n| list(n).signed_by(&world.pki.status)).to_vec());
    let store = world.store();
    for n in 0..5 {
        let reference = StatusReference { uri: list(n).uri, idx: 7 };
        let token = store.status(&reference, &document_signer(&store, &world.pki), now()).unwrap();
        assert_eq!(token.status(7), Ok(Status::from(n % 2)));
    }
}

#[test]
fn a_list_is_good_until_the_second_before_it_expires() {
    let world = World::new();
    let expires_at = world.list.expires_at;
    assert!(status(&world, expires_at - Duration::seconds(1)).is_ok());
    let expired = Err(TrustError::StatusListExpired { uri: uri(), expires_at });
    assert_eq!(status(&world, expires_at), expired);
    // Asked in time and again too late: what is remembered expires, too.
    let store = world.store();
    let reference = StatusReference { uri: uri(), idx: 0 };
    let document = document_signer(&store, &world.pki);
    assert!(store.status(&reference, &document, now()).is_ok());
    assert_eq!(store.status(&reference, &document, expires_at).map(drop), expired.map(drop));
    assert!(store.status(&reference, &document, now()).is_ok());
}

#[test]
fn a_list_from_the_future_is_refused_however_near() {
    for ahead in [1, 60, 61, 86_400] {
        let mut world = World::new();
        world.list.issued_at = now() + Duration::seconds(ahead);
        let issued_at = world.list.issued_at;
        assert_eq!(status(&world, now()), Err(TrustError::StatusListFromFuture { uri: uri(), issued_at }));
        assert_eq!(status(&world, issued_at), Ok(Status::Valid));
    }
}

#[test]
fn a_list_below_another_root_says_nothing_about_a_document() {
    let mut world = World::new();
    let abroad = World::of(2, "FR");
    world.trust(&abroad, StatusRule::Required);
    world.tokens = Some(vec![world.list.signed_by(&abroad.pki.status)]);
    assert_eq!(status(&world, now()), Err(TrustError::StatusListForeign { uri: uri() }));
    let of_abroad = StatusReference { uri: uri(), idx: 0 };
    let (store, abroad) = (world.store(), abroad.pki);
    assert!(store.status(&of_abroad, &document_signer(&store, &abroad), now()).is_ok(), "that root's own document");
}

/// A roll-over: what a store that trusts `roots` says to a document of one of these signers, whose list the other signed.
fn linked(
    roots: &[&Pki],
    document: &Signer,
    list: &Signer,
    distrusted: &[([u8; 32], Distrust)],
) -> Result<(), TrustError> {
    let mut world = World::new();
    let (entry, known) = (world.issuers.remove(0), distrusted.to_vec());
    let issuer = |pki: &&Pki| mapae_trust::IssuerEntry { root: pki.root.clone(), ..entry.clone() };
    (world.issuers, world.distrusted) = (roots.iter().map(issuer).collect(), known);
    world.tokens = Some(vec![world.list.signed_by(list)]);
    let (store, reference) = (world.store(), StatusReference { uri: uri(), idx: 0 });
    let ask = || {
        let document = store.signer(&document.chain(), Role::DocumentSigner, now())?;
        store.status(&reference, &document, now()).map(drop)
    };
    let first = ask();
    assert_eq!(first, ask(), "whatever the store remembers");
    first
}

fn foreign() -> Result<(), TrustError> {
    Err(TrustError::StatusListForeign { uri: uri() })
}

#[test]
fn a_list_and_a_document_below_two_roots_that_a_link_joins_belong_together() {
    let old = World::new().pki;
    let new = old.renewed(3);
    let pairs = [(&old, &old), (&old, &new), (&new, &old), (&new, &new)];
    for (document, list) in pairs {
        for roots in [&[&old][..], &[&old, &new], &[&new, &old]] {
            assert_eq!(linked(roots, &document.document, &list.status, &[]), Ok(()));
        }
    }
    assert_eq!(linked(&[&new], &new.document, &new.status, &[]), Ok(()));
}

/// A name is no proof: only the link is, in the chain of whichever is below the newer root.
#[test]
fn two_roots_of_one_name_without_a_link_are_two_authorities() {
    let old = World::new().pki;
    let mut new = old.renewed(3);
    let namesake = Pki::new(3, "KR");
    let both = [&old, &namesake];
    assert_eq!(linked(&both, &old.document, &namesake.status, &[]), foreign());
    assert_eq!(linked(&both, &namesake.document, &old.status, &[]), foreign());
    new.status.links.clear();
    assert_eq!(linked(&[&old, &new], &old.document, &new.status, &[]), foreign());
    assert_eq!(linked(&[&old, &new], &new.document, &new.status, &[]), Ok(()), "one root needs no link");
    assert_eq!(linked(&[&old, &new], &new.document, &old.status, &[]), Ok(()), "the document's own link is enough");
    new.document.links.clear();
    assert_eq!(linked(&[&old, &new], &new.document, &old.status, &[]), foreign());
}

/// A holder adds to the chain of an old document whatever he likes; what joins roots must lead from the signer upwards.
#[test]
fn a_link_for_another_root_joins_nothing() {
    let old = World::new().pki;
    let (new, other) = (old.renewed(3), Pki::new(4, "KR"));
    let mut slipped = other.status;
    slipped.links.clone_from(&new.status.links);
    let roots = [&old, &new, &Pki::new(4, "KR")];
    let refused = linked(&roots, &old.document, &slipped, &[]);
    assert_eq!(refused, foreign());
    let mut document = World::new().pki.document;
    document.links.clone_from(&new.document.links);
    assert_eq!(linked(&roots, &document, &Pki::new(4, "KR").status, &[]), foreign());
    assert_eq!(linked(&roots, &document, &old.status, &[]), Ok(()));
}

#[test]
fn a_root_renewed_twice_is_joined_to_the_first() {
    let first = World::new().pki;
    let second = first.renewed(3);
    let third = second.renewed(4);
    let all = [&first, &second, &third];
    for (document, list) in [(&first, &third), (&third, &first), (&second, &third), (&third, &second)] {
        assert_eq!(linked(&all, &document.document, &list.status, &[]), Ok(()));
        assert_eq!(linked(&[&first], &document.document, &list.status, &[]), Ok(()));
    }
    let gap = [&first, &third];
    assert_eq!(linked(&gap, &first.document, &third.status, &[]), Ok(()), "though nobody knows the root between");
}

#[test]
fn a_distrusted_link_joins_nothing_more_and_takes_nothing_from_the_new_root() {
    let old = World::new().pki;
    let new = old.renewed(3);
    let link = new.document.links[0].fingerprint();
    for distrust in [Distrust::Compromised, Distrust::CeasedAt(now() - Duration::days(1))] {
        let linked =
            |document: &Pki, list: &Pki| linked(&[&old, &new], &document.document, &list.status, &[(link, distrust)]);
        assert_eq!(linked(&old, &new), foreign());
        assert_eq!(linked(&new, &old), foreign());
        assert_eq!(linked(&new, &new), Ok(()));
        assert_eq!(linked(&old, &old), Ok(()));
    }
    let by_link = linked(&[&old], &new.document, &old.status, &[(link, Distrust::Compromised)]);
    assert!(matches!(by_link, Err(TrustError::Compromised { .. })), "who knows the old root alone rests on the link");
}

#[test]
fn a_list_whose_signer_nobody_trusts_is_refused_with_that_reason() {
    let (world, abroad) = (World::new(), World::of(2, "FR"));
    let world = with_token(|_| world.list.signed_by(&abroad.pki.status));
    let Err(TrustError::StatusListSigner { uri: of, error }) = status(&world, now()) else { panic!("accepted") };
    assert_eq!(of, uri());
    assert!(matches!(*error, TrustError::Certificate(X509Error::IssuerUnknown { .. })));
}

#[test]
fn a_document_signer_signs_no_status_list() {
    let world = with_token(|world| world.list.signed_by(&world.pki.document));
    let subject = world.pki.document.certificate.subject().to_owned();
    let error = Box::new(X509Error::PurposeForbids { subject, role: Role::StatusSigner }.into());
    assert_eq!(status(&world, now()), Err(TrustError::StatusListSigner { uri: uri(), error }));
}

#[test]
fn a_list_is_good_no_longer_than_its_signer() {
    let (from, until) = (now() - Duration::days(9), now() + Duration::days(1));
    let signer = World::new().pki.signer(Role::StatusSigner, 7, from, until);
    let world = with_token(|world| world.list.signed_by(&signer));
    assert_eq!(status(&world, until), Ok(Status::Valid));
    let store = world.store();
    let reference = StatusReference { uri: uri(), idx: 0 };
    let document = document_signer(&store, &world.pki);
    assert!(store.status(&reference, &document, until).is_ok());
    let subject = signer.certificate.subject().to_owned();
    let error = Box::new(X509Error::Expired { subject, not_after: until }.into());
    let refused = store.status(&reference, &document, until + Duration::seconds(1)).map(drop);
    assert_eq!(refused, Err(TrustError::StatusListSigner { uri: uri(), error }));
}

#[test]
fn distrust_of_a_status_signer_counts_for_its_lists() {
    let mut world = World::new();
    let signer = world.pki.status.certificate.fingerprint();
    world.distrusted = vec![(signer, Distrust::CeasedAt(world.list.issued_at))];
    assert_eq!(status(&world, now()), Ok(Status::Valid));
    world.distrusted = vec![(signer, Distrust::CeasedAt(world.list.issued_at - Duration::seconds(1)))];
    assert!(matches!(status(&world, now()), Err(TrustError::StatusListSigner { .. })));
    world.distrusted = vec![(signer, Distrust::Compromised)];
    assert!(matches!(status(&world, now()), Err(TrustError::StatusListSigner { .. })));
}

#[test]
fn an_altered_list_is_refused_wherever_it_is_altered() {
    let mut world = World::new();
    world.list.entries.truncate(8);
    let good = world.list.signed_by(&world.pki.status);
    for at in 0..good.token.len() {
        let mut entry = good.clone();
        entry.token[at] ^= 1;
        world.tokens = Some(vec![entry]);
        assert!(status(&world, now()).is_err(), "byte {at}");
    }
}

#[test]
fn a_token_for_another_uri_is_refused() {
    let elsewhere = "https://kr.example/status/1";
    let world =
        with_token(|world| StatusEntry { uri: uri(), ..List::new(elsewhere, now()).signed_by(&world.pki.status) });
    let error = TokenError::WrongSubject { found: elsewhere.to_owned() };
    assert_eq!(status(&world, now()), Err(TrustError::StatusListInvalid { uri: uri(), error }));
}
