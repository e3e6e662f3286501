//! A bundle in the log: its draft first, then its entry, and a file that proves itself.

use std::time::Duration;

use mapae_ledger::{Entry, MajorityPolicy};
use mapae_trust::{
    Bundle, Classes, DraftBundle,
    ledger::{BundleStatement, Statement},
};
use testkit::now;

use crate::{
    publishing::code,
    scene::{ORIGIN, PATIENCE, Scene, entry, policy_entry},
};

/// The ages that a bundle must state.
fn freshness() -> Entry {
    entry(&Statement::Freshness(Classes::standard().unwrap()), &["interior"])
}

async fn draft(scene: &Scene) -> DraftBundle {
    let read = scene.client().read(&scene.majority(), now()).await.unwrap();
    read.state.contents(now(), Vec::new()).unwrap().draft(&ORIGIN.parse().unwrap())
}

fn stated(draft: &DraftBundle) -> Entry {
    entry(&Statement::Bundle(BundleStatement::new(draft.manifest_hash(), draft.as_of())), &["interior"])
}

/// The file of the bundle, once there is one that differs from `before`.
async fn file(scene: &Scene, before: Option<&[u8]>) -> Vec<u8> {
    let waiting = async {
        loop {
            match scene.client().bundle().await.unwrap() {
                Some(file) if Some(file.as_slice()) != before => return file,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

#[tokio::test]
async fn a_bundle_proves_itself_to_whoever_has_the_policy() {
    let scene = Scene::new().await;
    let _auditors = (scene.auditor(0).await, scene.auditor(1).await);
    let log = scene.log().await;
    scene.client().submit(&freshness(), PATIENCE).await.unwrap();
    let draft = draft(&scene).await;
    assert_eq!(code(scene.client().submit(&stated(&draft), PATIENCE).await), "draft_missing");
    assert_eq!(scene.client().put_draft(draft.as_bytes()).await.unwrap(), draft.manifest_hash());
    assert_eq!(scene.client().draft(draft.manifest_hash()).await.unwrap().unwrap(), draft.as_bytes());
    let submitted = scene.client().submit(&stated(&draft), PATIENCE).await.unwrap();
    assert!(submitted.proof.is_some(), "auditors computed it anew");
    let sealed = file(&scene, None).await;
    let store = Bundle::parse(sealed.clone()).unwrap().verify(&scene.majority()).unwrap();
    assert_eq!(store.as_of(), now());

    log.stop().await;
    std::fs::remove_file(scene.log_config().dir.join("bundle")).unwrap();
    let _log = scene.log().await;
    let sealed = file(&scene, None).await;
    assert!(Bundle::parse(sealed).unwrap().verify(&scene.majority()).is_ok(), "made anew from the store");
}

#[tokio::test]
async fn a_bundle_that_does_not_follow_from_the_entries_is_refused() {
    let scene = Scene::new().await;
    let _witnesses = scene.all_witnesses().await;
    let _log = scene.log().await;
    scene.client().submit(&freshness(), PATIENCE).await.unwrap();
    let read = scene.client().read(&scene.majority(), now()).await.unwrap();
    let mut contents = read.state.contents(now(), Vec::new()).unwrap();
    contents.registrars.push(testkit::Pki::new(9, "KR").root);
    let draft = contents.draft(&ORIGIN.parse().unwrap());
    scene.client().put_draft(draft.as_bytes()).await.unwrap();
    assert_eq!(code(scene.client().submit(&stated(&draft), PATIENCE).await), "manifest_differs");
}

#[tokio::test]
async fn a_bundle_carries_the_rotations_to_holders_of_the_old_policy() {
    let mut scene = Scene::new().await;
    scene.add_witness("tax").await;
    let _witnesses = (scene.all_witnesses().await, scene.witness(3).await);
    let _log = scene.log().await;
    scene.client().submit(&freshness(), PATIENCE).await.unwrap();
    let draft = draft(&scene).await;
    scene.client().put_draft(draft.as_bytes()).await.unwrap();
    scene.client().submit(&stated(&draft), PATIENCE).await.unwrap();
    let before = file(&scene, None).await;
    let newer = scene.policy_of(&[1, 2, 3], 2);
    scene.client().submit(&policy_entry(&newer, 1), PATIENCE).await.unwrap();
    let (older, newer) = (scene.majority(), MajorityPolicy::parse(newer.as_bytes()).unwrap());
    let mut current = before;
    while Bundle::parse(current.clone()).unwrap().verify(&newer).is_err() {
        current = file(&scene, Some(&current)).await;
        let verified = Bundle::parse(current.clone()).unwrap().verify(&older);
        assert!(verified.is_ok(), "holders of the old policy can read it at any moment: {:?}", verified.err());
    }
}
