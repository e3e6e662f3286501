//! Issuers, their signers, distrust, status lists and journals.

use mapae_ledger::TreeHash;
use mapae_trust::Distrust;
use mapae_trust::ledger::{
    Change, Distrusted, Fingerprint, Journal, Kind, RuleError, SignerListing, SignerStatement, Statement,
    StatusLocation,
};
use mapae_types::{Duration, Timestamp};
use mapae_x509::{Certificate, Role, X509Error};
use testkit::{Pki, now};

use super::scene::{ONE, PREFIX, Scene, TWO, agency, entry, id, issuer};

const SIGNER: Fingerprint = Fingerprint([7; 32]);

fn signer(certificate: &Certificate) -> Statement {
    Statement::Signer(SignerStatement { certificate: certificate.clone() })
}

fn compromised(signer: Fingerprint) -> Statement {
    Statement::Distrust(Distrusted { signer, distrust: Distrust::Compromised })
}

fn ceased(signer: Fingerprint, at: Timestamp) -> Statement {
    Statement::Distrust(Distrusted { signer, distrust: Distrust::CeasedAt(at) })
}

fn withdrawn(root: Fingerprint) -> Statement {
    Statement::Issuer(Change::Withdraw(root))
}

fn place(prefix: &str, root: Fingerprint) -> Statement {
    Statement::Status(Change::Enter(StatusLocation::new(prefix, root).unwrap()))
}

fn today() -> u64 {
    u64::try_from(now().unix() / 86_400).unwrap()
}

fn journal(issuer: Fingerprint, day: u64, count: u64) -> Statement {
    Statement::Journal(Journal { issuer, day, count, root: TreeHash::EMPTY })
}

#[test]
fn an_issuer_is_entered_and_withdrawn_with_what_hangs_on_it() {
    let mut scene = Scene::with_issuer();
    let root = scene.root();
    assert_eq!(scene.state.issuers()[&root].by, id("interior"));
    scene.enter(&signer(&scene.pki.document.certificate), ONE);
    scene.enter(&scene.status(), ONE);
    scene.enter(&withdrawn(root), ONE);
    assert!(scene.state.issuers().is_empty() && scene.state.status_locations().is_empty());
    scene.enter_at(&scene.issuer(), now() + Duration::hours(1), ONE);
    assert!(scene.state.issuers()[&root].signers.is_empty(), "a withdrawn issuer's signers do not come back");
}

#[test]
fn an_issuer_that_changes_keeps_its_signers() {
    let mut scene = Scene::with_issuer();
    scene.enter(&signer(&scene.pki.document.certificate), ONE);
    scene.enter(&issuer(&scene.pki, SignerListing::Any), ONE);
    let entered = &scene.state.issuers()[&scene.root()];
    assert_eq!((entered.issuer.signers, entered.signers.len()), (SignerListing::Any, 1));
}

#[test]
fn an_issuer_is_changed_and_withdrawn_by_who_entered_it() {
    let scene = Scene::with_issuer();
    let refused = RuleError::NotOwner { agency: id("police"), owner: id("interior") };
    for statement in [issuer(&scene.pki, SignerListing::Any), withdrawn(scene.root())] {
        assert_eq!(scene.refusal(&statement, &["police"]), refused);
        assert_eq!(scene.code(&statement, ONE), "admitted");
    }
}

/// A link would lead from the one to the other: a name is whose root has it first.
#[test]
fn a_renewed_root_is_entered_by_the_agency_that_has_the_name() {
    let mut scene = Scene::with_issuer();
    let (renewed, abroad) = (Pki::new(5, "KR"), Pki::new(5, "FR"));
    let refused = RuleError::NotOwner { agency: id("police"), owner: id("interior") };
    assert_eq!(scene.refusal(&issuer(&renewed, SignerListing::Listed), &["police"]), refused);
    assert_eq!(scene.code(&issuer(&abroad, SignerListing::Listed), &["police"]), "admitted", "a name of its own");
    scene.enter(&issuer(&renewed, SignerListing::Listed), ONE);
    assert_eq!(scene.state.issuers().len(), 2);
    scene.enter(&withdrawn(scene.root()), ONE);
    assert_eq!(scene.refusal(&issuer(&scene.pki, SignerListing::Any), &["police"]), refused, "one of them is enough");
}

#[test]
fn an_issuer_that_is_not_there_is_not_withdrawn() {
    let scene = Scene::founded();
    assert_eq!(scene.code(&withdrawn(scene.root()), ONE), "not_entered");
}

#[test]
fn signers_of_every_role_are_entered_below_their_root() {
    let mut scene = Scene::with_issuer();
    let Pki { document, sd_jwt, status, .. } = Pki::new(1, "KR");
    for leaf in [document, sd_jwt, status] {
        scene.enter(&signer(&leaf.certificate), ONE);
        assert!(scene.state.issuers()[&scene.root()].signers.contains(&Fingerprint::from(&leaf.certificate)));
    }
}

#[test]
fn a_signer_below_no_root_of_the_ledger_is_refused() {
    let scene = Scene::with_issuer();
    let stranger = Pki::new(5, "KR").document;
    assert_eq!(scene.code(&signer(&stranger.certificate), ONE), "certificate");
    assert_eq!(scene.code(&signer(&scene.pki.document.certificate), ONE), "admitted");
    assert_eq!(Scene::founded().code(&signer(&scene.pki.document.certificate), ONE), "certificate");
}

#[test]
fn a_reader_is_no_signer() {
    let scene = Scene::with_issuer();
    let reader = scene.pki.signer(Role::MdocReader, 3, now(), now() + Duration::days(1));
    let refused = scene.refusal(&signer(&reader.certificate), ONE);
    assert!(matches!(refused, RuleError::Certificate(X509Error::PurposeForbids { .. })), "{refused}");
}

#[test]
fn a_signer_may_be_entered_before_it_is_valid_and_not_after() {
    let scene = Scene::with_issuer();
    for role in [Role::DocumentSigner, Role::SdJwtSigner, Role::StatusSigner] {
        let of = |from, until| signer(&scene.pki.signer(role, 3, from, until).certificate);
        let later = of(now() + Duration::days(30), now() + Duration::days(60));
        assert_eq!(scene.code(&later, ONE), "admitted");
        let over = of(now() - Duration::days(30), now() - Duration::days(1));
        let refused = scene.refusal(&over, ONE);
        assert!(matches!(refused, RuleError::Certificate(X509Error::Expired { .. })), "{refused}");
    }
}

#[test]
fn a_signer_is_entered_once() {
    let mut scene = Scene::with_issuer();
    let statement = signer(&scene.pki.document.certificate);
    scene.enter_at(&statement, now() - Duration::hours(1), ONE);
    assert_eq!(scene.code(&statement, ONE), "entered_before");
}

#[test]
fn a_compromise_is_final() {
    let mut scene = Scene::founded();
    scene.enter(&compromised(SIGNER), ONE);
    let refused = RuleError::CompromiseIsFinal { signer: SIGNER };
    assert_eq!(scene.judge_again(&compromised(SIGNER)).unwrap_err(), refused);
    assert_eq!(scene.refusal(&ceased(SIGNER, now()), ONE), refused);
    assert_eq!(scene.state.distrusted()[&SIGNER], Distrust::Compromised);
}

#[test]
fn a_compromised_signer_is_not_entered_but_one_that_ceased_is() {
    let mut scene = Scene::with_issuer();
    let (document, sd_jwt) = (scene.pki.document.certificate.clone(), scene.pki.sd_jwt.certificate.clone());
    scene.enter(&compromised(Fingerprint::from(&document)), ONE);
    scene.enter(&ceased(Fingerprint::from(&sd_jwt), now()), ONE);
    assert_eq!(scene.code(&signer(&document), ONE), "compromise_is_final");
    assert_eq!(scene.code(&signer(&sd_jwt), ONE), "admitted");
}

#[test]
fn the_end_of_a_signer_moves_to_earlier_times_only_and_may_become_a_compromise() {
    let mut scene = Scene::founded();
    let (early, late) = (now() - Duration::days(2), now() - Duration::days(1));
    scene.enter(&ceased(SIGNER, late), ONE);
    scene.enter(&ceased(SIGNER, early), ONE);
    assert_eq!(scene.state.distrusted()[&SIGNER], Distrust::CeasedAt(early));
    for time in [early + Duration::seconds(1), now()] {
        assert_eq!(
            scene.refusal(&ceased(SIGNER, time), ONE),
            RuleError::CeasedBefore { signer: SIGNER, before: early }
        );
    }
    assert_eq!(super::code(scene.judge_again(&ceased(SIGNER, early))), "ceased_before");
    scene.enter(&compromised(SIGNER), ONE);
    assert_eq!(scene.state.distrusted()[&SIGNER], Distrust::Compromised);
}

#[test]
fn the_place_of_status_lists_is_an_issuers() {
    let mut scene = Scene::with_issuer();
    let nobody = Fingerprint([1; 32]);
    assert_eq!(scene.code(&place(PREFIX, nobody), ONE), "not_entered");
    scene.enter_at(&scene.status(), now() - Duration::hours(1), ONE);
    assert_eq!(scene.state.status_locations()[PREFIX], scene.root());
    assert_eq!(scene.code(&scene.status(), ONE), "entered_before");
}

#[test]
fn places_of_two_issuers_do_not_overlap() {
    let mut scene = Scene::with_issuer();
    let other = Pki::new(3, "KR");
    let other_root = Fingerprint::from(other.root.certificate());
    scene.enter(&issuer(&other, SignerListing::Any), ONE);
    scene.enter(&scene.status(), ONE);
    for prefix in ["https://id.example/", "https://id.example/status/b/"] {
        let refused = RuleError::PrefixOverlaps { prefix: prefix.into(), other: PREFIX.into() };
        assert_eq!(scene.refusal(&place(prefix, other_root), ONE), refused);
        assert_eq!(scene.code(&place(prefix, scene.root()), ONE), "admitted", "its own it may divide");
    }
    assert_eq!(scene.code(&place("https://id.example/other/", other_root), ONE), "admitted");
}

#[test]
fn the_place_of_status_lists_is_a_folder_of_the_web() {
    for prefix in ["", "https://", "https:///", "http://id.example/", "https://id.example", "https://id.example/a"] {
        assert!(StatusLocation::new(prefix, SIGNER).is_err(), "{prefix}");
    }
    for prefix in ["https://id.example/", "https://id.example/a/"] {
        assert_eq!(StatusLocation::new(prefix, SIGNER).unwrap().prefix(), prefix);
    }
}

#[test]
fn the_place_of_status_lists_may_be_this_machine() {
    for prefix in ["http://127.0.0.1/", "http://127.0.0.1:8615/status/", "http://[::1]:1/", "http://localhost:80/a/"] {
        assert_eq!(StatusLocation::new(prefix, SIGNER).unwrap().prefix(), prefix);
    }
    let elsewhere =
        ["http://127.0.0.1.example/", "http://localhost@id.example/", "http://127.0.0.1:65536/", "ftp://localhost/"];
    for prefix in elsewhere.into_iter().chain(["http://localhost", "http://localhost:80/a"]) {
        assert!(StatusLocation::new(prefix, SIGNER).is_err(), "{prefix}");
    }
}

#[test]
fn a_place_is_withdrawn_once() {
    let mut scene = Scene::with_issuer();
    let withdrawn = Statement::Status(Change::Withdraw(PREFIX.into()));
    assert_eq!(scene.code(&withdrawn, ONE), "not_entered");
    scene.enter(&scene.status(), ONE);
    scene.enter(&withdrawn, ONE);
    assert!(scene.state.status_locations().is_empty());
}

#[test]
fn a_journal_goes_on_from_day_to_day() {
    let mut scene = Scene::with_issuer();
    let root = scene.root();
    scene.enter(&journal(root, today() - 2, 10), ONE);
    scene.enter(&journal(root, today() - 1, 10), ONE);
    scene.enter(&journal(root, today(), 12), ONE);
    assert_eq!(scene.state.journals()[&root].count, 12);
    let stated = |day| RuleError::NotLater { kind: Kind::Journal, last: today(), stated: day };
    assert_eq!(scene.refusal(&journal(root, today(), 13), ONE), stated(today()));
    assert_eq!(scene.refusal(&journal(root, today() - 1, 13), ONE), stated(today() - 1));
}

#[test]
fn nothing_that_was_issued_leaves_the_journal() {
    let mut scene = Scene::with_issuer();
    let root = scene.root();
    scene.enter(&journal(root, today() - 1, 10), ONE);
    let refused = RuleError::CountFell { issuer: root, before: 10, count: 9 };
    assert_eq!(scene.refusal(&journal(root, today(), 9), ONE), refused);
    // Nor by withdrawing the issuer in between.
    scene.enter(&withdrawn(root), ONE);
    scene.enter_at(&scene.issuer(), now() - Duration::hours(1), ONE);
    assert_eq!(scene.refusal(&journal(root, today(), 9), ONE), refused);
}

#[test]
fn a_day_that_has_not_begun_has_no_journal() {
    let scene = Scene::with_issuer();
    let midnight = (now() + Duration::days(1)).start_of_day();
    let tomorrow = entry(&journal(scene.root(), today() + 1, 1), now(), ONE);
    let refused = RuleError::FromFuture { time: midnight, latest: midnight - Duration::seconds(1) };
    assert_eq!(scene.state.judge(&tomorrow, midnight - Duration::seconds(1)).unwrap_err(), refused);
    assert_eq!(super::code(scene.state.judge(&tomorrow, midnight)), "admitted");
    for day in [u64::from(u32::MAX) * 1000, i64::MAX.unsigned_abs()] {
        assert_eq!(scene.code(&journal(scene.root(), day, 1), ONE), "not_entered", "no calendar has it");
    }
}

#[test]
fn a_journal_is_stated_by_the_agency_of_its_issuer() {
    let mut scene = Scene::with_issuer();
    let refused = RuleError::NotOwner { agency: id("police"), owner: id("interior") };
    assert_eq!(scene.refusal(&journal(scene.root(), today(), 1), &["police"]), refused);
    assert_eq!(scene.code(&journal(SIGNER, today(), 1), ONE), "not_entered");
    scene.enter(&Statement::Agency(Change::Enter(agency("interior", &[]))), TWO);
    assert_eq!(scene.code(&journal(scene.root(), today(), 1), &["police"]), "admitted");
}
