//! The policy changes: when the old quorum has seen it, and so that holders of the old one follow.

use std::time::Duration;

use mapae_http::Bounds;
use mapae_ledger::MajorityPolicy;
use mapae_ledger_server::{
    client::LedgerError,
    monitor::{Monitor, MonitorConfig},
};
use mapae_trust::BundleError;
use testkit::now;

use crate::{
    publishing::{code, wait_for_checkpoint},
    scene::{PATIENCE, Scene, clock, policy_entry, version},
};

fn parsed(policy: &str) -> MajorityPolicy {
    MajorityPolicy::parse(policy.as_bytes()).unwrap()
}

/// A fourth witness is to take the place of the first.
async fn scene() -> (Scene, String) {
    let mut scene = Scene::new().await;
    scene.add_witness("tax").await;
    let newer = scene.policy_of(&[1, 2, 3], 2);
    (scene, newer)
}

#[tokio::test]
async fn holders_of_the_old_policy_come_to_the_new_one() {
    let (scene, newer) = scene().await;
    let mut witnesses = scene.all_witnesses().await;
    witnesses.push(scene.witness(3).await);
    let log = scene.log().await;
    let changed = scene.client().submit(&policy_entry(&newer, 1), PATIENCE).await.unwrap();
    let policies = scene.client().policies(&scene.majority()).await.unwrap();
    assert_eq!((policies.newest(), policies.generation()), (&parsed(&newer), 1));
    assert_eq!(changed.index, 1);

    // The first and the second are gone; the third and the fourth are a quorum of the new policy alone.
    drop(witnesses.drain(..2));
    let proof = scene.client().submit(&version(1), PATIENCE).await.unwrap().proof.unwrap();
    assert!(proof.verify(&parsed(&newer), version(1).leaf()).is_ok());
    assert!(proof.verify(&scene.majority(), version(1).leaf()).is_err());
    assert_eq!(scene.client().read(&scene.majority(), now()).await.unwrap().entries.len(), 3);
    assert_eq!(scene.client().policy().await.unwrap().unwrap(), newer.as_bytes());

    let config = MonitorConfig {
        urls: vec![log.url()],
        policy: scene.policy().into_bytes(),
        dir: None,
        bounds: Bounds::default(),
    };
    let report = Monitor::open(config, clock()).unwrap().round().await.unwrap();
    assert!(report.findings.is_empty(), "{report:?}");
    log.stop().await;
    let _log = scene.log().await;
    assert_eq!(scene.client().policies(&scene.majority()).await.unwrap().generation(), 1);
    assert!(scene.client().submit(&version(2), PATIENCE).await.unwrap().proof.is_some());
}

#[tokio::test]
async fn without_the_old_quorum_the_new_policy_publishes_nothing() {
    let (scene, newer) = scene().await;
    let _new = (scene.witness(2).await, scene.witness(3).await);
    let _log = scene.log().await;
    let submitted = scene.client().submit(&policy_entry(&newer, 1), Duration::from_secs(1)).await.unwrap();
    assert!(submitted.proof.is_none());
    let _old = scene.witness(1).await;
    let checkpoint = wait_for_checkpoint(&scene, 2).await;
    assert!(scene.majority().accept(&checkpoint).is_ok());
}

#[tokio::test]
async fn what_the_old_quorum_published_is_served_after_a_restart_without_any() {
    let (scene, newer) = scene().await;
    let old = (scene.witness(0).await, scene.witness(1).await);
    let log = scene.log().await;
    scene.client().submit(&policy_entry(&newer, 1), PATIENCE).await.unwrap();
    let checkpoint = wait_for_checkpoint(&scene, 2).await;
    while scene.client().rotation(1).await.unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    log.stop().await;
    drop(old);
    let _log = scene.log().await;
    assert_eq!(wait_for_checkpoint(&scene, 2).await, checkpoint);
    assert_eq!(scene.client().policy().await.unwrap().unwrap(), scene.policy().as_bytes());
}

#[tokio::test]
async fn what_the_new_quorum_has_seen_too_is_served_after_a_restart_without_any() {
    let (scene, newer) = scene().await;
    let witnesses = (scene.all_witnesses().await, scene.witness(3).await);
    let log = scene.log().await;
    scene.client().submit(&policy_entry(&newer, 1), PATIENCE).await.unwrap();
    let newer = parsed(&newer);
    while newer.accept(&wait_for_checkpoint(&scene, 2).await).is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    log.stop().await;
    drop(witnesses);
    let _log = scene.log().await;
    assert!(newer.accept(&wait_for_checkpoint(&scene, 2).await).is_ok());
}

/// The old quorum may be gone for good by then.
#[tokio::test]
async fn a_rotation_whose_files_are_lost_comes_from_the_store() {
    let (scene, newer) = scene().await;
    let witnesses = (scene.all_witnesses().await, scene.witness(3).await);
    let log = scene.log().await;
    scene.client().submit(&policy_entry(&newer, 1), PATIENCE).await.unwrap();
    let rotated = async {
        while scene.client().rotation(1).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, rotated).await.unwrap();
    log.stop().await;
    drop(witnesses);
    std::fs::remove_dir_all(scene.log_config().dir).unwrap();
    let _log = scene.log().await;
    assert_eq!(scene.client().policies(&scene.majority()).await.unwrap().generation(), 1);
}

#[tokio::test]
async fn a_policy_with_another_key_of_the_log_is_refused() {
    let (scene, newer) = scene().await;
    let _log = scene.log().await;
    let key = mapae_crypto::Ed25519SigningKey::from_seed(&[2; 32]).unwrap();
    let own = crate::scene::log_key();
    let other =
        mapae_ledger::VerifierKey::new(own.verifier().name().clone(), own.verifier().kind(), key.public().clone());
    let newer = newer.replace(&own.verifier().to_string(), &other.to_string());
    assert_eq!(code(scene.client().submit(&policy_entry(&newer, 1), PATIENCE).await), "other_log_key");
}

#[tokio::test]
async fn a_rotation_that_the_known_policy_does_not_prove_is_not_followed() {
    let (scene, newer) = scene().await;
    let _witnesses = scene.all_witnesses().await;
    let _log = scene.log().await;
    scene.client().submit(&policy_entry(&newer, 1), PATIENCE).await.unwrap();
    let stranger = parsed(&scene.policy_of(&[3], 1));
    assert!(matches!(scene.client().policies(&stranger).await, Err(LedgerError::Policies(BundleError::NotProven(_)))));
}
