//! An instance that is blocked gets nothing more, also after a restart; the others go on.

use mapae_types::Duration;
use mapae_wallet_provider::{Blocking, InstanceId};

use crate::scene::{Scene, Wallet, key};

#[tokio::test]
async fn a_blocked_instance_gets_no_attestation() {
    let scene = Scene::new().await;
    let (lost, other) = (Wallet::new(10), Wallet::new(11));
    for wallet in [&lost, &other] {
        assert_eq!(scene.attest(wallet, &key(20)).await.status, 200);
    }
    assert_eq!(scene.instances.block(&lost.id(), "lost", scene.now()).await.unwrap(), Blocking::Done);
    assert_eq!(scene.attest(&lost, &key(20)).await.refusal(), (403, "instance_blocked"));
    assert_eq!(scene.attest_keys(&lost, &[key(21)], None).await.refusal(), (403, "instance_blocked"));
    assert_eq!(scene.attest(&other, &key(20)).await.status, 200);
}

#[tokio::test]
async fn what_is_blocked_stays_so_over_a_restart() {
    let scene = Scene::new().await;
    let wallet = Wallet::new(10);
    assert_eq!(scene.attest(&wallet, &key(20)).await.status, 200);
    let since = scene.now();
    scene.instances.block(&wallet.id(), "lost", scene.now()).await.unwrap();
    let scene = scene.again().await;
    assert_eq!(scene.attest(&wallet, &key(20)).await.refusal(), (403, "instance_blocked"));
    let known = scene.instances.get(&wallet.id()).await.unwrap().unwrap();
    assert_eq!((known.since, known.blocked), (since, Some((since, "lost".to_owned()))));
}

#[tokio::test]
async fn an_instance_is_blocked_once_and_only_if_it_is_known() {
    let scene = Scene::new().await;
    let (known, unknown) = (Wallet::new(10), Wallet::new(11));
    scene.attest(&known, &key(20)).await;
    let block = async |wallet: &Wallet, reason| scene.instances.block(&wallet.id(), reason, scene.now()).await.unwrap();
    assert_eq!(block(&unknown, "lost").await, Blocking::Unknown);
    assert_eq!(block(&known, "lost").await, Blocking::Done);
    scene.wait(Duration::days(1));
    assert_eq!(block(&known, "stolen").await, Blocking::Before);
    let (_, reason) = scene.instances.get(&known.id()).await.unwrap().unwrap().blocked.unwrap();
    assert_eq!(reason, "lost");
}

#[tokio::test]
async fn who_proves_nothing_is_not_remembered() {
    let scene = Scene::new().await;
    let wallet = Wallet::new(10);
    assert_eq!(scene.attest(&wallet, &wallet.key).await.status, 400);
    assert_eq!(scene.instances.get(&wallet.id()).await.unwrap(), None);
    scene.attest(&wallet, &key(20)).await;
    assert!(scene.instances.get(&wallet.id()).await.unwrap().is_some());
}

#[test]
fn the_id_of_an_instance_is_written_in_full_where_it_is_asked_for_and_in_no_log() {
    let id = Wallet::new(10).id();
    assert_eq!(id.to_string().parse::<InstanceId>(), Ok(id));
    assert_eq!(format!("{id:?}"), "InstanceId([redacted])");
    for text in ["", "00", &"g".repeat(64)] {
        assert!(text.parse::<InstanceId>().is_err());
    }
}
