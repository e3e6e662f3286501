//! Agencies that read along: no quorum for a log that breaks the rules, whoever runs it.

use std::time::Duration;

use mapae_http::Clock;
use mapae_ledger::Entry;
use mapae_ledger_server::{ServeError, witness::AuditConfig};
use mapae_trust::{
    BundleContents, Classes, DraftBundle,
    ledger::{BundleStatement, Judged, LedgerState, SignedEntry, Statement},
};
use mapae_types::hex;
use testkit::now;

use crate::{
    publishing::wait_for_checkpoint,
    rogue::{Rogue, code},
    scene::{ORIGIN, PATIENCE, Scene, entry, presumption, version},
};

fn reading(rogue: &Rogue, scene: &Scene) -> AuditConfig {
    AuditConfig { log_url: rogue.url.clone(), founding: Some(scene.founding()) }
}

#[tokio::test]
async fn auditors_cosign_what_keeps_the_rules() {
    let scene = Scene::new().await;
    let (_a, _b) = (scene.auditor(0).await, scene.auditor(1).await);
    let _log = scene.log().await;
    for nth in 1..=3 {
        let proof = scene.client().submit(&version(nth), PATIENCE).await.unwrap().proof.unwrap();
        assert!(proof.verify(&scene.majority(), version(nth).leaf()).is_ok());
    }
}

#[tokio::test]
async fn an_auditor_that_was_away_catches_up_and_remembers() {
    let scene = Scene::new().await;
    let (_a, _b) = (scene.auditor(0).await, scene.auditor(1).await);
    let _log = scene.log().await;
    for nth in 1..=300 {
        scene
            .client()
            .submit(&entry(&crate::scene::wallet_provider(nth), &["interior"]), Duration::ZERO)
            .await
            .unwrap();
    }
    wait_for_checkpoint(&scene, 301).await;
    let late = scene.auditor(2).await;
    cosigned(&scene, &late.url(), 301).await;
    late.stop().await;
    let late = scene.auditor(2).await;
    scene.client().submit(&version(1), PATIENCE).await.unwrap();
    cosigned(&scene, &late.url(), 302).await;
}

/// Waits until a witness has cosigned that size.
async fn cosigned(scene: &Scene, witness: &str, size: u64) {
    let hash = ORIGIN.parse::<mapae_ledger::Origin>().unwrap().hash();
    let waiting = async {
        loop {
            let latest = reqwest::get(format!("{witness}/{hash}/checkpoint")).await.unwrap().text().await.unwrap();
            if latest.contains(&format!("\n{size}\n")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{:?}", scene.said.lock().unwrap()));
}

#[tokio::test]
async fn an_entry_that_breaks_a_rule_is_not_cosigned() {
    let scene = Scene::new().await;
    let mut rogue = Rogue::new(&[scene.founding(), version(1)]).await;
    let auditor = scene.witness_with(0, Some(reading(&rogue, &scene))).await.unwrap();
    assert_eq!(rogue.ask(&auditor.url(), 0).await.status, 200);
    rogue.add(&[presumption(2)]);
    let refused = rogue.ask(&auditor.url(), 2).await;
    assert_eq!((refused.status, code(&refused).as_str()), (422, "no_right"));
    assert!(scene.heard("entry 2 breaks a rule"));

    let plain = scene.witness(1).await;
    assert_eq!(rogue.ask(&plain.url(), 0).await.status, 200, "a plain witness knows no rules");
    assert_eq!(rogue.ask(&auditor.url(), 0).await.body, b"2\n", "the auditor's record has not moved");
}

#[tokio::test]
async fn a_rule_that_was_broken_once_stays_broken_after_a_restart() {
    let scene = Scene::new().await;
    let mut rogue = Rogue::new(&[scene.founding(), version(5)]).await;
    let auditor = scene.witness_with(0, Some(reading(&rogue, &scene))).await.unwrap();
    assert_eq!(rogue.ask(&auditor.url(), 0).await.status, 200);
    auditor.stop().await;
    let auditor = scene.witness_with(0, Some(reading(&rogue, &scene))).await.unwrap();
    // Only who replayed the judged entries knows that version 5 was there.
    rogue.add(&[version(4)]);
    assert_eq!(code(&rogue.ask(&auditor.url(), 2).await), "not_later");
}

/// A bundle other than the one that follows from the entries, stated all the same.
fn slipped_in(entries: &[Entry], slip: impl FnOnce(&mut BundleContents)) -> (DraftBundle, Entry) {
    let mut state = LedgerState::new();
    for entry in entries {
        let Judged::Admitted(admission) = state.judge(&SignedEntry::parse(entry.as_bytes()).unwrap(), now()).unwrap()
        else {
            panic!("a bundle among them")
        };
        state.enter(admission).unwrap();
    }
    let mut contents = state.contents(now(), Vec::new()).unwrap();
    slip(&mut contents);
    let draft = contents.draft(&ORIGIN.parse().unwrap());
    let stated = Statement::Bundle(BundleStatement::new(draft.manifest_hash(), now()));
    (draft, entry(&stated, &["interior"]))
}

#[tokio::test]
async fn a_bundle_that_does_not_follow_from_the_entries_is_not_cosigned() {
    let scene = Scene::new().await;
    let freshness = entry(&Statement::Freshness(Classes::standard().unwrap()), &["interior"]);
    let entries = [scene.founding(), freshness];
    let rogue_registrar = |contents: &mut BundleContents| contents.registrars.push(testkit::Pki::new(9, "KR").root);
    let (draft, bundle) = slipped_in(&entries, rogue_registrar);
    let mut rogue = Rogue::new(&entries).await;
    rogue.add(&[bundle]);
    let auditor = scene.witness_with(0, Some(reading(&rogue, &scene))).await.unwrap();
    assert_eq!(code(&rogue.ask(&auditor.url(), 0).await), "draft_missing");
    let place = format!("/drafts/{}", hex::encode(&draft.manifest_hash()));
    rogue.tamper(&place, Some(b"garbage".to_vec()));
    assert_eq!(code(&rogue.ask(&auditor.url(), 0).await), "draft_malformed");
    rogue.tamper(&place, Some(draft.as_bytes().to_vec()));
    assert_eq!(code(&rogue.ask(&auditor.url(), 0).await), "manifest_differs");
}

/// An operator who spares a relying party the word that its registration was withdrawn.
#[tokio::test]
async fn a_bundle_that_hides_a_withdrawal_is_not_cosigned() {
    let scene = Scene::new().await;
    let freshness = entry(&Statement::Freshness(Classes::standard().unwrap()), &["interior"]);
    let withdrawn = crate::scene::withdrawn_shop().map(|statement| entry(&statement, &["interior"]));
    let entries = [vec![scene.founding(), freshness], withdrawn.to_vec()].concat();
    for (slip, status) in [(BundleContents::clone as fn(&BundleContents) -> BundleContents, 200), (hiding, 422)] {
        let (draft, bundle) = slipped_in(&entries, |contents| *contents = slip(contents));
        let mut rogue = Rogue::new(&entries).await;
        rogue.add(&[bundle]);
        rogue.tamper(&format!("/drafts/{}", hex::encode(&draft.manifest_hash())), Some(draft.as_bytes().to_vec()));
        let auditor = scene.witness_with(usize::from(status == 200), Some(reading(&rogue, &scene))).await.unwrap();
        let answer = rogue.ask(&auditor.url(), 0).await;
        assert_eq!(answer.status, status);
        assert!(status == 200 || code(&answer) == "manifest_differs");
    }
}

fn hiding(contents: &BundleContents) -> BundleContents {
    assert_eq!(contents.withdrawn.len(), 1);
    BundleContents { withdrawn: Vec::new(), ..contents.clone() }
}

/// The log's clock is two hours ahead of its auditors', and takes entries one hour ahead of its own.
#[tokio::test]
async fn clocks_two_hours_apart_do_not_split_log_and_auditors() {
    let scene = Scene::new().await;
    let (_a, _b) = (scene.auditor(0).await, scene.auditor(1).await);
    let ahead = Clock::from_fn(|| now() + mapae_types::Duration::hours(2));
    let _log = scene.log_by(scene.log_config(), ahead).await.unwrap();
    let dated = now() + mapae_types::Duration::hours(3);
    let entry = crate::scene::entry_at(&crate::scene::wallet_provider(1), dated, &["interior"]);
    let proof = scene.client().submit(&entry, PATIENCE).await.unwrap().proof.unwrap();
    assert!(proof.verify(&scene.majority(), entry.leaf()).is_ok());
}

#[tokio::test]
async fn a_date_too_far_ahead_is_not_cosigned() {
    let scene = Scene::new().await;
    let dated = |seconds| {
        let at = now() + mapae_types::Duration::seconds(seconds);
        crate::scene::entry_at(&crate::scene::wallet_provider(1), at, &["interior"])
    };
    for (seconds, status) in [(4 * 3600, 200), (4 * 3600 + 1, 422)] {
        let rogue = Rogue::new(&[scene.founding(), dated(seconds)]).await;
        let auditor = scene.witness_with(usize::from(status == 200), Some(reading(&rogue, &scene))).await.unwrap();
        assert_eq!(rogue.ask(&auditor.url(), 0).await.status, status, "{seconds}");
    }
}

#[tokio::test]
async fn entries_other_than_those_of_the_tree_are_not_cosigned() {
    let scene = Scene::new().await;
    let rogue = Rogue::new(&[scene.founding(), version(1)]).await;
    let shown = Rogue::new(&[scene.founding(), version(2)]).await;
    let auditor = scene.witness_with(0, Some(reading(&shown, &scene))).await.unwrap();
    assert_eq!(code(&rogue.ask(&auditor.url(), 0).await), "entries_differ");
}

#[tokio::test]
async fn without_the_entries_there_is_no_cosignature_until_they_come() {
    let scene = Scene::new().await;
    let rogue = Rogue::new(&[scene.founding()]).await;
    let auditor = scene.witness_with(0, Some(reading(&rogue, &scene))).await.unwrap();
    let bundle = reqwest::get(format!("{}/tile/entries/000.p/1", rogue.url)).await.unwrap().bytes().await.unwrap();
    rogue.tamper("/tile/entries/000.p/1", None);
    let refused = rogue.ask(&auditor.url(), 0).await;
    assert_eq!((refused.status, code(&refused).as_str()), (503, "entries_unavailable"));
    rogue.tamper("/tile/entries/000.p/1", Some(bundle.to_vec()));
    assert_eq!(rogue.ask(&auditor.url(), 0).await.status, 200);
}

#[tokio::test]
async fn only_the_known_founding_is_cosigned() {
    let scene = Scene::new().await;
    let rogue = Rogue::new(&[scene.founding()]).await;
    let audit = AuditConfig { log_url: rogue.url.clone(), founding: Some(version(1)) };
    let auditor = scene.witness_with(0, Some(audit)).await.unwrap();
    assert_eq!(code(&rogue.ask(&auditor.url(), 0).await), "other_founding");
}

#[tokio::test]
async fn a_quorum_of_auditors_stops_an_operator_who_breaks_the_rules() {
    let scene = Scene::new().await;
    let mut rogue = Rogue::new(&[scene.founding(), presumption(1)]).await;
    let mut cosigned = 0;
    for at in 0..3 {
        let auditor = scene.witness_with(at, Some(reading(&rogue, &scene))).await.unwrap();
        cosigned += u32::from(rogue.ask(&auditor.url(), 0).await.status == 200);
    }
    assert_eq!(cosigned, 0);
    rogue.collude(&scene, &[0]);
    assert!(scene.majority().accept(&rogue.checkpoint).is_err(), "one agency that helps is not enough");
}

#[tokio::test]
async fn the_log_tells_its_operator_which_rule_an_auditor_found_broken() {
    let scene = Scene::new().await;
    let wrong = AuditConfig { founding: Some(version(1)), ..scene.audit() };
    let _auditor = scene.witness_with(0, Some(wrong)).await.unwrap();
    let _log = scene.log().await;
    let heard = async {
        while !scene.heard("witness court.example: the witness answered 422, saying: other_founding") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("{:?}", scene.said.lock().unwrap()));
    assert!(!matches!(scene.log_with(scene.log_config()).await, Err(ServeError::StoreAltered)));
}
