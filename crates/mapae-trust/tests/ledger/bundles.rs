//! Bundles follow from the entries to the byte, or they are not admitted.

use mapae_trust::ledger::{
    BundleStatement, Change, Distrusted, Fingerprint, Judged, Kind, LedgerState, Release, RuleError, SignerStatement,
    Statement,
};
use mapae_trust::{
    BundleContents, BundleError, Classes, Distrust, DraftBundle, OrderSigners, SignerRule, Software, StatusEntry,
    StatusRule, Withdrawn,
};
use mapae_types::{Duration, Timestamp};
use mapae_x509::Certificate;
use testkit::{List, Pki, now};

use super::scene::{ALL, ONE, ORIGIN, PREFIX, Scene, TWO, entry, id, issuer, key};

type Slip = fn(&mut BundleContents, &Pki);

/// A ledger from which a bundle with one status list follows.
fn publishing() -> Scene {
    let mut scene = Scene::with_issuer();
    for certificate in [&scene.pki.document.certificate.clone(), &scene.pki.status.certificate.clone()] {
        scene.enter(&Statement::Signer(SignerStatement { certificate: certificate.clone() }), ONE);
    }
    scene.enter(&scene.status(), ONE);
    scene.enter(&Statement::Freshness(Classes::standard().unwrap()), ONE);
    scene
}

fn list(scene: &Scene, uri: &str) -> StatusEntry {
    List::new(uri, now() - Duration::hours(1)).signed_by(&scene.pki.status)
}

fn lists(scene: &Scene) -> Vec<StatusEntry> {
    vec![list(scene, &format!("{PREFIX}0"))]
}

fn drafted(contents: BundleContents) -> DraftBundle {
    contents.draft(&ORIGIN.parse().unwrap())
}

fn draft(scene: &Scene) -> DraftBundle {
    drafted(scene.state.contents(now(), lists(scene)).unwrap())
}

fn statement(draft: &DraftBundle) -> Statement {
    Statement::Bundle(BundleStatement::new(draft.manifest_hash(), draft.as_of()))
}

/// What the ledger says of a draft whose manifest `interior` states.
fn answer(state: &LedgerState, draft: &DraftBundle) -> Result<(), RuleError> {
    match state.judge(&entry(&statement(draft), now(), ONE), now())? {
        Judged::NeedsBundle(pending) => {
            assert_eq!(*pending.manifest(), draft.manifest_hash());
            pending.with_draft(draft).map(drop)
        }
        Judged::Admitted(_) => panic!("a bundle is admitted with its draft only"),
    }
}

fn enter(scene: &mut Scene, draft: &DraftBundle, at: Timestamp) {
    let Ok(Judged::NeedsBundle(pending)) = scene.state.judge(&entry(&statement(draft), at, ONE), at) else {
        panic!("not pending")
    };
    let admission = pending.with_draft(draft).unwrap();
    scene.state.enter(admission).unwrap();
}

#[test]
fn a_bundle_that_follows_from_the_entries_is_admitted() {
    let mut scene = publishing();
    let draft = draft(&scene);
    enter(&mut scene, &draft, now());
    let entered = scene.state.bundle().unwrap();
    assert_eq!((*entered.manifest(), entered.as_of()), (draft.manifest_hash(), now()));
}

#[test]
fn a_bundle_says_all_that_was_entered() {
    let mut scene = publishing();
    let signer = Fingerprint([7; 32]);
    scene.enter(&Statement::Distrust(Distrusted { signer, distrust: Distrust::Compromised }), ONE);
    scene.enter(&scene.registrar(), ONE);
    scene.enter(&scene.shop("shop", 1), ONE);
    let keys = ALL.map(|agency| (id(agency), key(&format!("{agency} order")).public().clone())).to_vec();
    scene.enter(&Statement::OrderSigners(OrderSigners::new(2, keys.clone()).unwrap()), TWO);
    let contents = scene.state.contents(now(), lists(&scene)).unwrap();
    assert_eq!((contents.as_of, contents.classes), (now(), Classes::standard().unwrap()));
    let signers = [&scene.pki.document.certificate, &scene.pki.status.certificate].map(Certificate::fingerprint);
    let [issuer] = contents.issuers.as_slice() else { panic!("{:?}", contents.issuers) };
    assert_eq!((&issuer.root, issuer.status), (&scene.pki.root, StatusRule::Required));
    assert_eq!(issuer.signers, SignerRule::Listed(signers.into()));
    assert_eq!(contents.distrusted, [(signer.0, Distrust::Compromised)]);
    assert_eq!(contents.registrars, [scene.registrar.root.clone()]);
    assert_eq!(contents.registrations[0].id().as_str(), "shop");
    assert_eq!(contents.order_signers, OrderSigners::new(2, keys).ok());
    assert_eq!(contents.status_lists[0].uri, format!("{PREFIX}0"));
}

#[test]
fn an_issuer_whose_signers_are_not_listed_is_so_in_the_bundle() {
    let mut scene = publishing();
    scene.enter(&issuer(&scene.pki, mapae_trust::ledger::SignerListing::Any), ONE);
    assert_eq!(scene.state.contents(now(), vec![]).unwrap().issuers[0].signers, SignerRule::Any);
}

#[test]
fn one_state_and_the_same_lists_make_one_manifest() {
    let scene = publishing();
    let mut lists = [lists(&scene), vec![list(&scene, &format!("{PREFIX}1"))]].concat();
    let one = drafted(scene.state.contents(now(), lists.clone()).unwrap());
    lists.reverse();
    assert_eq!(drafted(scene.state.contents(now(), lists).unwrap()).manifest_hash(), one.manifest_hash());
    assert_eq!(answer(&scene.state, &one), Ok(()));
}

/// An operator who slips something into a bundle, or leaves something out.
#[test]
fn a_bundle_that_says_more_or_less_than_the_entries_is_refused() {
    let mut scene = publishing();
    scene.enter(&scene.registrar(), ONE);
    scene.enter(&scene.shop("shop", 1), ONE);
    scene.enter(&Statement::RelyingParty(Change::Withdraw("shop".parse().unwrap())), ONE);
    let release = Release::new("wallet-web".parse().unwrap(), Fingerprint([7; 32]), "1.0").unwrap();
    scene.enter(&Statement::Release(Change::Enter(release)), ONE);
    let rogue = Pki::new(9, "KR");
    let changes: [(&str, Slip); 12] = [
        ("a rogue issuer", |contents, rogue| {
            contents.issuers.push(mapae_trust::IssuerEntry {
                root: rogue.root.clone(),
                status: StatusRule::NotPublished,
                signers: SignerRule::Any,
            });
        }),
        ("a rogue signer", |contents, rogue| {
            contents.issuers[0].signers = SignerRule::Listed([rogue.document.certificate.fingerprint()].into());
        }),
        ("all signers", |contents, _| contents.issuers[0].signers = SignerRule::Any),
        ("no issuer", |contents, _| contents.issuers.clear()),
        ("a rogue registrar", |contents, rogue| contents.registrars.push(rogue.root.clone())),
        ("a withdrawal that is hidden", |contents, _| contents.withdrawn.clear()),
        ("a withdrawal that nobody stated", |contents, rogue| {
            let certificate = rogue.document.certificate.fingerprint();
            let relying_party = "other".parse().unwrap();
            contents.withdrawn.push(Withdrawn { relying_party, certificate, since: now() });
        }),
        ("a withdrawal of another time", |contents, _| contents.withdrawn[0].since = now() - Duration::days(1)),
        ("a release that nobody stated", |contents, _| {
            contents.software.push(Software { name: "wallet-web".parse().unwrap(), sha256: [9; 32] });
        }),
        ("another release than was stated", |contents, _| contents.software[0].sha256 = [9; 32]),
        ("a release that is hidden", |contents, _| contents.software.clear()),
        ("a distrust that nobody stated", |contents, _| contents.distrusted.push(([1; 32], Distrust::Compromised))),
    ];
    for (name, change) in changes {
        let mut contents = scene.state.contents(now(), lists(&scene)).unwrap();
        change(&mut contents, &rogue);
        assert_eq!(answer(&scene.state, &drafted(contents)), Err(RuleError::ManifestDiffers), "{name}");
    }
}

#[test]
fn a_bundle_of_another_log_is_refused() {
    let scene = publishing();
    let contents = scene.state.contents(now(), lists(&scene)).unwrap();
    let other = contents.draft(&"other.example".parse().unwrap());
    assert_eq!(answer(&scene.state, &other), Err(RuleError::ManifestDiffers));
}

#[test]
fn a_draft_other_than_the_one_stated_is_refused() {
    let scene = publishing();
    let stated = draft(&scene);
    let mut rogue = scene.state.contents(now(), stated.status_lists()).unwrap();
    rogue.issuers[0].signers = SignerRule::Any;
    let without_lists = scene.state.contents(now(), vec![]).unwrap();
    for other in [rogue, without_lists] {
        let Ok(Judged::NeedsBundle(pending)) = scene.state.judge(&entry(&statement(&stated), now(), ONE), now()) else {
            panic!("not pending")
        };
        assert_eq!(pending.with_draft(&drafted(other)).map(drop), Err(RuleError::ManifestDiffers));
    }
}

#[test]
fn the_time_stated_is_the_drafts() {
    let scene = publishing();
    let draft = draft(&scene);
    let earlier = BundleStatement::new(draft.manifest_hash(), now() - Duration::hours(1));
    let entry = entry(&Statement::Bundle(earlier), now(), ONE);
    let Ok(Judged::NeedsBundle(pending)) = scene.state.judge(&entry, now()) else { panic!("not pending") };
    assert_eq!(pending.with_draft(&draft).map(drop), Err(RuleError::ManifestDiffers));
}

#[test]
fn a_status_list_stands_where_its_issuer_said() {
    let scene = publishing();
    let uri = "https://id.example/elsewhere/0";
    let outside = RuleError::StatusListOutside { uri: uri.into() };
    assert_eq!(scene.state.contents(now(), vec![list(&scene, uri)]).map(drop), Err(outside.clone()));
    let slipped =
        BundleContents { status_lists: vec![list(&scene, uri)], ..scene.state.contents(now(), vec![]).unwrap() };
    assert_eq!(answer(&scene.state, &drafted(slipped)), Err(outside));
}

#[test]
fn a_status_list_is_signed_by_its_issuer() {
    let mut scene = publishing();
    let other = Pki::new(9, "KR");
    scene.enter(&issuer(&other, mapae_trust::ledger::SignerListing::Any), ONE);
    // A sound issuer of the ledger, but not the one whose place that is.
    let uri = format!("{PREFIX}0");
    let foreign = List::new(&uri, now() - Duration::hours(1)).signed_by(&other.status);
    let rubbish = StatusEntry { uri: uri.clone(), token: vec![0] };
    for list in [foreign, rubbish] {
        let refused = scene.state.contents(now(), vec![list.clone()]).map(drop).unwrap_err();
        assert_eq!(refused.code(), "status_list_foreign");
        let slipped = BundleContents { status_lists: vec![list], ..scene.state.contents(now(), vec![]).unwrap() };
        assert_eq!(super::code(answer(&scene.state, &drafted(slipped))), "status_list_foreign");
    }
}

/// After roll-over the lists stay where they are: the link leads from their new signer to the root that has the place.
#[test]
fn a_status_list_below_a_renewed_root_keeps_its_place_by_the_link() {
    let mut scene = publishing();
    let mut renewed = scene.pki.renewed(5);
    scene.enter(&issuer(&renewed, mapae_trust::ledger::SignerListing::Listed), ONE);
    let list =
        |signer: &testkit::Signer| vec![List::new(&format!("{PREFIX}0"), now() - Duration::hours(1)).signed_by(signer)];
    let by_link = list(&renewed.status);
    let unlisted = drafted(scene.state.contents(now(), by_link.clone()).unwrap());
    assert_eq!(super::code(answer(&scene.state, &unlisted)), "draft", "the new signer is to be entered first");
    scene.enter(&Statement::Signer(SignerStatement { certificate: renewed.status.certificate.clone() }), ONE);
    let draft = drafted(scene.state.contents(now(), by_link).unwrap());
    assert_eq!(answer(&scene.state, &draft), Ok(()));
    renewed.status.links.clear();
    assert_eq!(super::code(scene.state.contents(now(), list(&renewed.status))), "status_list_foreign");
}

#[test]
fn a_status_list_whose_signature_does_not_hold_is_refused() {
    let scene = publishing();
    let mut forged = lists(&scene);
    *forged[0].token.last_mut().unwrap() ^= 1;
    let draft = drafted(scene.state.contents(now(), forged).unwrap());
    let refused = answer(&scene.state, &draft).unwrap_err();
    assert!(matches!(refused, RuleError::Draft(BundleError::StatusList(_))), "{refused}");
}

#[test]
fn a_bundle_is_later_than_the_last_one_and_not_from_the_future() {
    let mut scene = publishing();
    let first = draft(&scene);
    enter(&mut scene, &first, now());
    let at = |scene: &Scene, as_of| drafted(scene.state.contents(as_of, lists(scene)).unwrap());
    let seconds = |time: Timestamp| time.unix().unsigned_abs();
    for as_of in [now() - Duration::hours(1), now()] {
        // Of the same time another bundle would follow, too.
        scene.enter(&Statement::Agency(Change::Enter(super::scene::agency(&format!("a{}", as_of.unix()), &[]))), &ALL);
        let draft = at(&scene, as_of);
        let entry = entry(&statement(&draft), now() + Duration::seconds(1), ONE);
        let refused = RuleError::NotLater { kind: Kind::Bundle, last: seconds(now()), stated: seconds(as_of) };
        assert_eq!(scene.state.judge(&entry, now() + Duration::hours(1)).map(drop), Err(refused));
    }
    let ahead = at(&scene, now() + Duration::seconds(1));
    assert_eq!(super::code(answer(&scene.state, &ahead)), "from_future");
    enter(&mut scene, &ahead, now() + Duration::seconds(1));
}

#[test]
fn no_bundle_follows_before_ages_are_stated() {
    let scene = Scene::with_issuer();
    assert_eq!(scene.state.contents(now(), vec![]).map(drop), Err(RuleError::FreshnessMissing));
    let draft = drafted(BundleContents::new(now(), Classes::standard().unwrap()));
    assert_eq!(answer(&scene.state, &draft), Err(RuleError::FreshnessMissing));
}

#[test]
fn a_monitor_that_no_longer_finds_a_draft_goes_on() {
    let mut scene = publishing();
    let stated = entry(&statement(&draft(&scene)), now(), ONE);
    let Ok(Judged::NeedsBundle(pending)) = scene.state.judge(&stated, now()) else { panic!("not pending") };
    scene.state.enter(pending.unseen()).unwrap();
    assert!(scene.state.bundle().is_some());
}
