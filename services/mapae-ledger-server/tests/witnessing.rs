//! A witness over HTTP: what it answers, and what it remembers whatever happens to it.

use mapae_ledger::{CosignatureError, SignedCheckpoint};
use mapae_ledger_server::{
    ServeError, StateLost,
    store::{BirthMark, Swap, WitnessStore as _},
    witness::{self, WitnessConfig},
};
use testkit::Seeded;

use crate::{
    rogue::{Rogue, ask, code, signed_by},
    scene::{ORIGIN, Scene, log_key, version, witness_store},
};

#[tokio::test]
async fn answers_are_those_of_the_specification() {
    let scene = Scene::new().await;
    let running = scene.witness(0).await;
    let witness = running.url();
    let rogue = Rogue::new(&[scene.founding(), version(1)]).await;
    assert_eq!(ask(&witness, "old 0").await.status, 400);
    let other = mapae_ledger_server::NamedKey::new(
        "other.example".parse().unwrap(),
        mapae_ledger::SignatureType::Ed25519,
        mapae_crypto::Ed25519SigningKey::from_seed(&[1; 32]).unwrap(),
    );
    let unknown = format!("old 0\n\n{}", signed_by(&other, rogue.checkpoint.unverified().head()));
    assert_eq!(ask(&witness, &unknown).await.status, 404);
    let forged = format!("old 0\n\n{}", rogue.checkpoint).replace("\n2\n", "\n3\n");
    assert_eq!(ask(&witness, &forged).await.status, 403);

    let conflict = rogue.ask(&witness, 1).await;
    assert_eq!((conflict.status, conflict.body.as_slice()), (409, b"0\n".as_slice()));
    assert_eq!(rogue.ask(&witness, 0).await.status, 200);
    assert_eq!(rogue.ask(&witness, 0).await.body, b"2\n");
    assert_eq!(rogue.ask(&witness, 2).await.status, 200, "the same once more");
    assert_eq!(ask(&witness, &"x".repeat(1 << 20)).await.status, 413);
}

#[tokio::test]
async fn a_second_history_is_not_cosigned() {
    let scene = Scene::new().await;
    let running = scene.witness(0).await;
    let witness = running.url();
    let honest = Rogue::new(&[scene.founding(), version(1)]).await;
    assert_eq!(honest.ask(&witness, 0).await.status, 200);
    let mut fork = Rogue::new(&[scene.founding(), version(2)]).await;
    assert_eq!(code(&fork.ask(&witness, 2).await), "not_consistent");
    fork.add(&[version(3)]);
    assert_eq!(code(&fork.ask(&witness, 2).await), "not_consistent");
}

#[tokio::test]
async fn monitors_find_the_latest_also_after_a_restart() {
    let scene = Scene::new().await;
    let running = scene.witness(0).await;
    let rogue = Rogue::new(&[scene.founding()]).await;
    let at = format!("{}/{}/checkpoint", running.url(), ORIGIN.parse::<mapae_ledger::Origin>().unwrap().hash());
    assert_eq!(reqwest::get(&at).await.unwrap().status(), 404);
    rogue.ask(&running.url(), 0).await;
    let latest = reqwest::get(&at).await.unwrap().text().await.unwrap();
    running.stop().await;
    let _running = scene.witness(0).await;
    assert_eq!(reqwest::get(&at).await.unwrap().text().await.unwrap(), latest);
    let note = SignedCheckpoint::parse(latest.as_bytes()).unwrap();
    let log = log_key();
    let verified = note.note().verify(&[log.verifier(), &scene.witnesses[0].verifier]).unwrap();
    assert_eq!(verified.signers().len(), 2);
}

/// A witness that cosigned one entry, and stopped; what it had on the disk before is in `backup`.
async fn stopped(scene: &Scene) {
    let running = scene.witness(0).await;
    running.stop().await;
    copy(scene, "", "backup-");
    let running = scene.witness(0).await;
    assert_eq!(Rogue::new(&[scene.founding()]).await.ask(&running.url(), 0).await.status, 200);
    running.stop().await;
}

/// The files of the witness's store.
fn copy(scene: &Scene, from: &str, to: &str) {
    let dir = &scene.witnesses[0].dir;
    for file in ["witness.db", "witness.db-wal", "witness.db-shm"] {
        let (from, to) = (dir.join(format!("{from}{file}")), dir.join(format!("{to}{file}")));
        drop(std::fs::remove_file(&to));
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        }
    }
}

fn lost(served: Result<mapae_http::Running, ServeError>) -> StateLost {
    match served {
        Err(ServeError::RetireKey(lost)) => lost,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let scene = Scene::new().await;
    stopped(&scene).await;
    let running = scene.witness(0).await;
    let mut rogue = Rogue::new(&[scene.founding()]).await;
    rogue.add(&[version(1)]);
    assert_eq!(rogue.ask(&running.url(), 0).await.body, b"1\n");
    assert_eq!(rogue.ask(&running.url(), 1).await.status, 200);
}

#[tokio::test]
async fn a_restored_store_retires_the_key() {
    let scene = Scene::new().await;
    stopped(&scene).await;
    copy(&scene, "backup-", "");
    let rolled_back = StateLost::RolledBack { cosigned: 1, recorded: 0 };
    assert_eq!(lost(scene.witness_with(0, None).await), rolled_back);
}

#[tokio::test]
async fn a_new_store_retires_the_key() {
    let scene = Scene::new().await;
    stopped(&scene).await;
    copy(&scene, "absent-", "");
    assert_eq!(lost(scene.witness_with(0, None).await), StateLost::Unmarked);
    let store = witness_store(&scene.witnesses[0].dir).await;
    let mark = store.mark(scene.witnesses[0].verifier.id(), BirthMark([7; 32])).await.unwrap();
    assert_eq!(mark, Swap::Done);
    assert_eq!(lost(scene.witness_with(0, None).await), StateLost::OtherBirth);
}

#[tokio::test]
async fn a_lost_high_water_file_retires_the_key() {
    let scene = Scene::new().await;
    stopped(&scene).await;
    std::fs::remove_dir_all(scene.witnesses[0].dir.join("high-water")).unwrap();
    assert_eq!(lost(scene.witness_with(0, None).await), StateLost::HighWaterLost);
}

#[tokio::test]
async fn a_store_that_is_restored_while_it_runs_is_noticed() {
    let scene = Scene::new().await;
    let running = scene.witness(0).await;
    let mut rogue = Rogue::new(&[scene.founding()]).await;
    rogue.ask(&running.url(), 0).await;
    let file = std::fs::read_dir(scene.witnesses[0].dir.join("high-water")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen('1', "9", 1)).unwrap();
    rogue.add(&[version(1)]);
    assert_eq!(rogue.ask(&running.url(), 1).await.status, 500);
    let ready = reqwest::get(format!("{}/health/ready", running.url())).await.unwrap();
    assert_eq!(ready.status(), 503);
    assert!(ready.text().await.unwrap().contains("retire_key"));
    assert!(scene.heard("retire this key"));
}

#[tokio::test]
async fn a_witness_is_made_once() {
    let scene = Scene::new().await;
    let place = &scene.witnesses[0];
    let store = witness_store(&place.dir).await;
    let again = witness::init(&place.dir, "x.example".parse().unwrap(), &store, &mut Seeded::new(1)).await;
    assert!(matches!(again, Err(ServeError::Disk { .. })));
    let elsewhere = scene.dir.path().join("elsewhere");
    let again = witness::init(&elsewhere, "x.example".parse().unwrap(), &store, &mut Seeded::new(1)).await;
    assert!(matches!(again, Err(ServeError::RetireKey(StateLost::OtherBirth))));
    assert!(!elsewhere.join("witness.key").exists());
}

#[tokio::test]
async fn an_auditor_watches_one_log() {
    let scene = Scene::new().await;
    let place = &scene.witnesses[0];
    let other = mapae_ledger::VerifierKey::new(
        "other.example".parse().unwrap(),
        mapae_ledger::SignatureType::Ed25519,
        log_key().verifier().public_key().clone(),
    );
    let logs = vec![log_key().verifier().clone(), other];
    let config = WitnessConfig { listen: place.at, dir: place.dir.clone(), logs, audit: Some(scene.audit()) };
    assert!(matches!(scene.witness_of(config).await, Err(ServeError::AuditsOneLog)));
    let logs = vec![place.verifier.clone()];
    let config = WitnessConfig { listen: place.at, dir: place.dir.clone(), logs, audit: None };
    let refused = scene.witness_of(config).await;
    assert!(matches!(refused, Err(ServeError::Witness(CosignatureError::WrongKindOfKey))));
}
