//! Releases of programs.

use mapae_trust::ledger::{Change, EntryError, Fingerprint, Kind, Release, Right, RuleError, Statement};
use mapae_trust::{MAX_SOFTWARE, Software};
use mapae_types::Duration;
use testkit::now;

use super::scene::{ALL, ONE, Scene, agency, id};

fn release(name: &str, hash: u8) -> Statement {
    of(name, Fingerprint([hash; 32]))
}

fn of(name: &str, sha256: Fingerprint) -> Statement {
    Statement::Release(Change::Enter(Release::new(name.parse().unwrap(), sha256, "1.0.0").unwrap()))
}

fn gone(hash: u8) -> Statement {
    Statement::Release(Change::Withdraw(Fingerprint([hash; 32])))
}

/// A ledger in which `police` may enter releases as well.
fn scene() -> Scene {
    let mut scene = Scene::founded();
    scene.enter(&Statement::Agency(Change::Enter(agency("police", &[Right::Release]))), &ALL);
    scene
}

fn in_force(scene: &Scene) -> Vec<u8> {
    scene.state.releases().keys().map(|sha256| sha256.0[0]).collect()
}

#[test]
fn releases_stand_side_by_side_until_they_are_withdrawn() {
    let mut scene = scene();
    for hash in [2, 1, 3] {
        scene.enter(&release("wallet-web", hash), ONE);
    }
    scene.enter(&gone(2), ONE);
    assert_eq!(in_force(&scene), [1, 3]);
    assert_eq!(scene.refusal(&gone(4), ONE), not_entered(4));
    assert_eq!(super::code(scene.judge_again(&gone(2))), "not_entered");
    assert_eq!(
        super::code(scene.judge_again(&release("wallet-web", 2))),
        "admitted",
        "what was withdrawn may come again"
    );
}

fn not_entered(hash: u8) -> RuleError {
    RuleError::NotEntered { kind: Kind::Release, key: Fingerprint([hash; 32]).to_string() }
}

#[test]
fn a_release_is_stated_by_an_agency_with_the_right() {
    let scene = scene();
    for statement in [release("wallet-web", 1), gone(1)] {
        let refused = RuleError::NoRight { agency: id("court"), right: Right::Release };
        assert_eq!(scene.refusal(&statement, &["court"]), refused);
    }
    assert_eq!(scene.code(&release("wallet-web", 1), &["police"]), "admitted");
}

/// What a page is about to run has one name, whatever else the ledger says.
#[test]
fn a_hash_stands_for_one_release() {
    let mut scene = scene();
    scene.enter(&release("wallet-web", 1), ONE);
    let refused = RuleError::EnteredBefore { kind: Kind::Release, key: Fingerprint([1; 32]).to_string() };
    assert_eq!(scene.refusal(&release("reader-web", 1), ONE), refused);
    assert_eq!(scene.judge_again(&release("wallet-web", 1)).unwrap_err(), refused);
    assert_eq!(scene.code(&release("reader-web", 2), ONE), "admitted");
}

/// Another agency with the right cannot slip an update under the wallet of the first.
#[test]
fn a_program_is_one_agencys_as_long_as_a_release_of_it_is_in_force() {
    let mut scene = scene();
    scene.enter(&release("wallet-web", 1), ONE);
    let refused = RuleError::NotOwner { agency: id("police"), owner: id("interior") };
    for statement in [release("wallet-web", 2), gone(1)] {
        assert_eq!(scene.refusal(&statement, &["police"]), refused);
    }
    assert_eq!(scene.code(&release("police-wallet", 2), &["police"]), "admitted");
    scene.enter(&gone(1), ONE);
    assert_eq!(scene.code(&release("wallet-web", 2), &["police"]), "admitted");
}

#[test]
fn who_takes_over_from_an_agency_that_left_may_release_what_it_released() {
    let mut scene = scene();
    scene.enter(&release("police-wallet", 1), &["police"]);
    assert_eq!(scene.code(&gone(1), ONE), "not_owner");
    scene.enter(&Statement::Agency(Change::Withdraw(id("police"))), &ALL);
    assert_eq!(scene.code(&gone(1), ONE), "admitted");
    assert_eq!(scene.code(&release("police-wallet", 2), ONE), "admitted");
}

#[test]
fn no_more_releases_are_in_force_than_a_bundle_has() {
    let mut scene = scene();
    for nth in 0..u16::try_from(MAX_SOFTWARE).unwrap() {
        let [high, low] = nth.to_be_bytes();
        let mut hash = [high; 32];
        hash[0] = low;
        scene.enter(&of("wallet-web", Fingerprint(hash)), ONE);
    }
    let one_more = of("wallet-web", Fingerprint([0xee; 32]));
    assert_eq!(scene.refusal(&one_more, ONE), RuleError::ReleasesFull { limit: MAX_SOFTWARE });
    scene.enter(&Statement::Release(Change::Withdraw(Fingerprint([0; 32]))), ONE);
    assert_eq!(scene.code(&one_more, ONE), "admitted");
}

#[test]
fn a_bundle_names_the_releases_that_are_in_force() {
    let mut scene = scene();
    scene.enter(&Statement::Freshness(mapae_trust::Classes::standard().unwrap()), ONE);
    let software = |scene: &Scene| scene.state.contents(now(), vec![]).unwrap().software;
    assert_eq!(software(&scene), []);
    scene.enter(&release("wallet-web", 1), ONE);
    scene.enter(&release("wallet-web", 2), ONE);
    scene.enter_at(&gone(1), now() + Duration::seconds(1), ONE);
    assert_eq!(software(&scene), [Software { name: "wallet-web".parse().unwrap(), sha256: [2; 32] }]);
}

#[test]
fn a_version_can_be_read_out() {
    let version = |text: &str| Release::new("wallet-web".parse().unwrap(), Fingerprint([1; 32]), text).map(drop);
    for fine in ["1", "2026.11.22-rc.1+g4a1f", &"9".repeat(64)] {
        assert_eq!(version(fine), Ok(()), "{fine}");
    }
    for unfit in ["", "1.0 beta", "1.0\n", "일", &"9".repeat(65)] {
        assert_eq!(version(unfit), Err(EntryError::VersionUnfit), "{unfit}");
    }
}
