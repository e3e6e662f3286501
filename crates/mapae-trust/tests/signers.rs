//! Who may sign what, and until when.

use mapae_trust::{Distrust, SignerRule, StatusRule, TrustError, TrustStore, TrustedSigner};
use mapae_types::{Duration, Timestamp};
use mapae_x509::{Role, X509Error};
use testkit::{Signer, World, now};

fn document_signer(store: &TrustStore, signer: &Signer, at: Timestamp) -> Result<TrustedSigner, TrustError> {
    store.signer(&signer.chain(), Role::DocumentSigner, at)
}

fn subject(signer: &Signer) -> String {
    signer.certificate.subject().to_owned()
}

#[test]
fn a_signer_below_a_root_of_the_bundle_is_trusted() {
    let world = World::new();
    let signer = document_signer(&world.store(), &world.pki.document, now()).unwrap();
    assert_eq!(*signer.certificate(), world.pki.document.certificate);
    assert_eq!(*signer.anchor(), world.pki.root);
    assert_eq!(signer.status_rule(), StatusRule::Required);
    assert_eq!(signer.check_signed_at(None), Ok(()));
}

#[test]
fn a_signer_below_another_root_is_not() {
    let (world, abroad) = (World::new(), World::of(2, "FR"));
    let refused = document_signer(&world.store(), &abroad.pki.document, now()).unwrap_err();
    assert!(matches!(refused, TrustError::Certificate(X509Error::IssuerUnknown { .. })));
    // The same name and another key.
    let namesake = World::of(2, "KR");
    let refused = document_signer(&world.store(), &namesake.pki.document, now()).unwrap_err();
    assert!(matches!(refused, TrustError::Certificate(X509Error::IssuerUnknown { .. })), "{refused:?}");
}

#[test]
fn each_signer_keeps_the_rule_of_its_own_root() {
    let (mut world, abroad) = (World::new(), World::of(2, "FR"));
    world.trust(&abroad, StatusRule::NotPublished);
    let store = world.store();
    let rule = |signer| document_signer(&store, signer, now()).unwrap().status_rule();
    assert_eq!(rule(&world.pki.document), StatusRule::Required);
    assert_eq!(rule(&abroad.pki.document), StatusRule::NotPublished);
}

#[test]
fn a_certificate_for_one_role_serves_no_other() {
    let world = World::new();
    let store = world.store();
    let pki = &world.pki;
    let roles =
        [(&pki.document, Role::DocumentSigner), (&pki.sd_jwt, Role::SdJwtSigner), (&pki.status, Role::StatusSigner)];
    // Twice: what is remembered for one role is not remembered for another.
    for _ in 0..2 {
        for (signer, own) in roles {
            for (_, role) in roles {
                let purpose = X509Error::PurposeForbids { subject: subject(signer), role };
                let expected = if role == own { Ok(()) } else { Err(TrustError::Certificate(purpose)) };
                assert_eq!(store.signer(&signer.chain(), role, now()).map(drop), expected);
            }
        }
    }
}

#[test]
fn no_chain_and_too_long_a_chain_are_refused() {
    let world = World::new();
    let (store, leaf) = (world.store(), world.pki.document.certificate.der());
    let refused = |chain: &[&[u8]]| store.signer(chain, Role::DocumentSigner, now()).unwrap_err();
    assert_eq!(refused(&[]), X509Error::ChainEmpty.into());
    assert_eq!(refused(&[leaf; 5]), X509Error::ChainTooLong { intermediates: 4, limit: 3 }.into());
    assert_eq!(refused(&[leaf; 1000]), X509Error::ChainTooLong { intermediates: 999, limit: 3 }.into());
    assert_eq!(refused(&[b"not a certificate"]), X509Error::Unreadable.into());
    let root = world.pki.root.certificate();
    let in_chain = X509Error::RootInChain { subject: root.subject().to_owned() };
    assert_eq!(refused(&[leaf, root.der()]), in_chain.into());
}

/// Else a presentation would hold or not according to what was presented before.
#[test]
fn a_known_signer_is_known_by_its_whole_chain() {
    let world = World::new();
    let (store, leaf) = (world.store(), world.pki.document.certificate.der());
    let ask = |chain: &[&[u8]]| store.signer(chain, Role::DocumentSigner, now());
    let other_leaf = world.pki.sd_jwt.certificate.der();
    for _ in 0..2 {
        assert!(ask(&[leaf]).is_ok());
        assert_eq!(ask(&[leaf, b"something"]).unwrap_err(), X509Error::Unreadable.into());
        assert!(ask(&[leaf, other_leaf]).is_err());
    }
}

#[test]
fn a_known_signer_does_not_outlive_its_certificate() {
    let world = World::new();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(1));
    let signer = world.pki.signer(Role::DocumentSigner, 7, from, until);
    let store = world.store();
    let expired = X509Error::Expired { subject: subject(&signer), not_after: until };
    let early = X509Error::NotYetValid { subject: subject(&signer), not_before: from };
    for _ in 0..2 {
        assert!(document_signer(&store, &signer, now()).is_ok());
        assert!(document_signer(&store, &signer, from).is_ok());
        assert!(document_signer(&store, &signer, until).is_ok());
        let second = Duration::seconds(1);
        assert_eq!(document_signer(&store, &signer, until + second).unwrap_err(), expired.clone().into());
        assert_eq!(document_signer(&store, &signer, from - second).unwrap_err(), early.clone().into());
    }
}

#[test]
fn peer_hole_15_nothing_is_remembered_when_a_check_fails() {
    let mut world = World::new();
    let signer = world.pki.document.certificate.fingerprint();
    world.distrusted.push((signer, Distrust::Compromised));
    let store = world.store();
    let late = world.pki.sd_jwt.certificate.not_after() + Duration::seconds(1);
    for _ in 0..2 {
        let compromised = TrustError::Compromised { subject: subject(&world.pki.document) };
        assert_eq!(document_signer(&store, &world.pki.document, now()).unwrap_err(), compromised);
        assert!(store.signer(&world.pki.sd_jwt.chain(), Role::SdJwtSigner, late).is_err());
    }
    // Nor does a refusal stick to one that is sound.
    assert!(store.signer(&world.pki.sd_jwt.chain(), Role::SdJwtSigner, now()).is_ok());
}

#[test]
fn a_signer_that_ceased_signed_up_to_that_moment() {
    let mut world = World::new();
    let ceased_at = now() - Duration::days(5);
    world.distrusted.push((world.pki.document.certificate.fingerprint(), Distrust::CeasedAt(ceased_at)));
    let store = world.store();
    let ceased = Err(TrustError::Ceased { subject: subject(&world.pki.document), ceased_at });
    // Whether it was asked for before makes no difference.
    for _ in 0..2 {
        let signer = document_signer(&store, &world.pki.document, now()).unwrap();
        assert_eq!(signer.check_signed_at(Some(ceased_at - Duration::seconds(1))), Ok(()));
        assert_eq!(signer.check_signed_at(Some(ceased_at)), Ok(()));
        assert_eq!(signer.check_signed_at(Some(ceased_at + Duration::seconds(1))), ceased);
        assert_eq!(signer.check_signed_at(None), ceased, "without a date nobody knows");
    }
    let other = store.signer(&world.pki.sd_jwt.chain(), Role::SdJwtSigner, now()).unwrap();
    assert_eq!(other.check_signed_at(None), Ok(()));
}

#[test]
fn of_two_words_about_a_signer_the_stricter_counts() {
    let (earlier, later) = (now() - Duration::days(9), now() - Duration::days(5));
    let merged = |words: &[Distrust]| {
        let mut world = World::new();
        let signer = world.pki.document.certificate.fingerprint();
        world.distrusted.extend(words.iter().map(|word| (signer, *word)));
        let store = world.store();
        let only = store.distrusted().map(|(_, word)| *word).collect::<Vec<_>>();
        assert_eq!(only.len(), 1);
        only[0]
    };
    let (early, late, compromised) = (Distrust::CeasedAt(earlier), Distrust::CeasedAt(later), Distrust::Compromised);
    assert_eq!(merged(&[early, late]), early);
    assert_eq!(merged(&[late, early]), early);
    assert_eq!(merged(&[early, early]), early);
    assert_eq!(merged(&[early, compromised]), compromised);
    assert_eq!(merged(&[compromised, early]), compromised);
    assert_eq!(merged(&[compromised, late, compromised]), compromised);
}

/// Design §6: an insider who makes a signer quietly gets no document accepted, though the root vouches for it.
#[test]
fn a_signer_that_the_ledger_does_not_list_is_refused() {
    let mut world = World::new();
    let listed = |signers: &[&Signer]| {
        SignerRule::Listed(signers.iter().map(|signer| signer.certificate.fingerprint()).collect())
    };
    world.issuers[0].signers = listed(&[&world.pki.document]);
    assert!(document_signer(&world.store(), &world.pki.document, now()).is_ok());
    world.issuers[0].signers = listed(&[&world.pki.sd_jwt, &world.pki.status]);
    let subject = subject(&world.pki.document);
    assert_eq!(
        document_signer(&world.store(), &world.pki.document, now()).unwrap_err(),
        TrustError::SignerNotListed { subject }
    );
    world.issuers[0].signers = listed(&[]);
    assert!(document_signer(&world.store(), &world.pki.document, now()).is_err());
}

/// The list of one country says nothing about another's signers.
#[test]
fn a_list_binds_the_signers_of_its_own_root_alone() {
    let (mut world, abroad) = (World::new(), World::of(2, "FR"));
    world.trust(&abroad, StatusRule::NotPublished);
    world.issuers[0].signers = SignerRule::Listed(std::collections::BTreeSet::new());
    let store = world.store();
    assert!(document_signer(&store, &abroad.pki.document, now()).is_ok());
    assert!(document_signer(&store, &world.pki.document, now()).is_err());
}
