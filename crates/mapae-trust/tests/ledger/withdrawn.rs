//! Registrations that were withdrawn: what the next bundle says of their access certificates.

use mapae_trust::ledger::{Change, Fingerprint, ReaderDevice, Statement};
use mapae_trust::{Classes, MAX_WITHDRAWN, Withdrawn};
use mapae_types::{Duration, Timestamp};
use mapae_x509::Certificate;
use testkit::{Pki, now};

use super::scene::{ONE, Scene, reader, shop};

/// A ledger with a registrar, from which bundles follow.
fn scene() -> Scene {
    let mut scene = Scene::with_registrar();
    scene.enter(&Statement::Freshness(Classes::standard().unwrap()), ONE);
    scene
}

fn later(hours: i64) -> Timestamp {
    now() + Duration::hours(hours)
}

fn registered(id: &str, certificate: &Certificate) -> Statement {
    Statement::RelyingParty(Change::Enter(Box::new(shop(id, certificate.clone()))))
}

fn gone(id: &str) -> Statement {
    Statement::RelyingParty(Change::Withdraw(id.parse().unwrap()))
}

fn of(id: &str, certificate: &Certificate, since: Timestamp) -> Withdrawn {
    Withdrawn { relying_party: id.parse().unwrap(), certificate: certificate.fingerprint(), since }
}

/// What the bundle of that time says, ordered by certificate.
fn said_at(scene: &Scene, as_of: Timestamp) -> Vec<Withdrawn> {
    let mut withdrawn = scene.state.contents(as_of, vec![]).unwrap().withdrawn;
    withdrawn.sort_by_key(|one| one.certificate);
    withdrawn
}

fn said(scene: &Scene) -> Vec<Withdrawn> {
    said_at(scene, later(24))
}

#[test]
fn a_registration_that_is_withdrawn_is_said_to_be_since_its_entry() {
    let mut scene = scene();
    let certificate = scene.access(1);
    scene.enter(&registered("shop", &certificate), ONE);
    assert_eq!(said(&scene), []);
    scene.enter_at(&gone("shop"), later(1), ONE);
    assert_eq!(said(&scene), [of("shop", &certificate, later(1))]);
}

#[test]
fn who_registers_again_is_no_longer_withdrawn() {
    let mut scene = scene();
    let certificate = scene.access(1);
    scene.enter(&registered("shop", &certificate), ONE);
    scene.enter_at(&gone("shop"), later(1), ONE);
    scene.enter_at(&registered("shop", &certificate), later(2), ONE);
    assert_eq!(said(&scene), []);
    scene.enter_at(&gone("shop"), later(3), ONE);
    assert_eq!(said(&scene), [of("shop", &certificate, later(3))], "since it was withdrawn last");
}

#[test]
fn who_registers_again_by_another_certificate_leaves_the_old_one_withdrawn() {
    let mut scene = scene();
    let (old, new) = (scene.access(1), scene.access(2));
    scene.enter(&registered("shop", &old), ONE);
    scene.enter_at(&gone("shop"), later(1), ONE);
    scene.enter_at(&registered("shop", &new), later(2), ONE);
    assert_eq!(said(&scene), [of("shop", &old, later(1))]);
}

#[test]
fn a_registration_that_changes_leaves_its_old_certificate_withdrawn_if_it_is_another() {
    let mut scene = scene();
    let (old, new) = (scene.access(1), scene.access(2));
    scene.enter(&registered("shop", &old), ONE);
    scene.enter_at(&registered("shop", &old), later(1), ONE);
    assert_eq!(said(&scene), []);
    scene.enter_at(&registered("shop", &new), later(2), ONE);
    assert_eq!(said(&scene), [of("shop", &old, later(2))]);
}

#[test]
fn all_below_a_registrar_are_withdrawn_with_it() {
    let mut scene = scene();
    let (certificate, other) = (scene.access(1), Pki::new(5, "KR"));
    let stays = reader(&other, 1).certificate;
    scene.enter(&Statement::Registrar(Change::Enter(other.root.clone())), ONE);
    scene.enter(&registered("shop", &certificate), ONE);
    scene.enter(&registered("other", &stays), ONE);
    let root = Fingerprint::from(scene.registrar.root.certificate());
    scene.enter_at(&Statement::Registrar(Change::Withdraw(root)), later(1), ONE);
    assert_eq!(said(&scene), [of("shop", &certificate, later(1))]);
}

/// It stands for somebody again: another party, or a reader of one.
#[test]
fn a_certificate_that_is_taken_up_is_no_longer_withdrawn() {
    for as_reader in [false, true] {
        let mut scene = scene();
        let certificate = scene.access(1);
        scene.enter(&registered("shop", &certificate), ONE);
        scene.enter(&gone("shop"), ONE);
        scene.enter(&scene.shop("other", 2), ONE);
        assert_eq!(said(&scene).len(), 1);
        let device = ReaderDevice { relying_party: "other".parse().unwrap(), certificate: certificate.clone() };
        let taken =
            if as_reader { Statement::Reader(Change::Enter(device)) } else { registered("third", &certificate) };
        scene.enter(&taken, ONE);
        assert_eq!(said(&scene), []);
    }
}

/// No bundle has them, so that nobody would miss them.
#[test]
fn a_reader_that_is_withdrawn_is_not_said() {
    let mut scene = scene();
    let (access, device) = (scene.access(1), scene.access(2));
    scene.enter(&registered("shop", &access), ONE);
    let reader = ReaderDevice { relying_party: "shop".parse().unwrap(), certificate: device };
    scene.enter(&Statement::Reader(Change::Enter(reader)), ONE);
    scene.enter(&gone("shop"), ONE);
    assert_eq!(said(&scene), [of("shop", &access, now())]);
}

#[test]
fn a_certificate_that_has_expired_is_not_said() {
    let mut scene = scene();
    let certificate = scene.access(1);
    scene.enter(&registered("shop", &certificate), ONE);
    scene.enter(&gone("shop"), ONE);
    let end = certificate.not_after();
    assert_eq!(said_at(&scene, end).len(), 1);
    assert_eq!(said_at(&scene, end + Duration::seconds(1)), []);
}

/// One party after the other: the first withdrawal is the one that is left out.
#[test]
fn a_bundle_says_the_newest_withdrawals_if_they_are_too_many() {
    let mut scene = scene();
    let mut certificates = Vec::new();
    for nth in 0..=MAX_WITHDRAWN + 1 {
        let certificate = scene.access(1);
        let at = now() + Duration::seconds(i64::try_from(nth).unwrap());
        scene.enter_at(&registered("shop", &certificate), at, ONE);
        certificates.push(certificate.fingerprint());
    }
    assert_eq!(scene.state.withdrawn().len(), MAX_WITHDRAWN + 1);
    let said: Vec<[u8; 32]> = said(&scene).iter().map(|one| one.certificate).collect();
    let mut newest = certificates[1..=MAX_WITHDRAWN].to_vec();
    newest.sort_unstable();
    assert_eq!(said, newest);
}
