//! A monitor: what it finds, and that its evidence convinces whoever knows the log's key and nothing else.

use std::path::PathBuf;

use mapae_http::Bounds;
use mapae_ledger::ForkEvidence;
use mapae_ledger_server::{
    client::LedgerError,
    monitor::{Finding, Monitor, MonitorConfig, Report},
};

use crate::{
    rogue::Rogue,
    scene::{PATIENCE, Scene, clock, log_key, presumption, version},
};

fn monitor(scene: &Scene, urls: &[&str], dir: Option<PathBuf>) -> Monitor {
    let urls = urls.iter().map(ToString::to_string).collect();
    let config = MonitorConfig { urls, policy: scene.policy().into_bytes(), dir, bounds: Bounds::default() };
    Monitor::open(config, clock()).unwrap()
}

/// The one finding, which is a fork; its evidence is checked as anybody would.
fn fork(report: &Report) -> (Option<String>, Option<PathBuf>) {
    let [Finding::Fork { url, evidence, file }] = report.findings.as_slice() else { panic!("{:?}", report.findings) };
    let read = ForkEvidence::parse(evidence.to_string().as_bytes()).unwrap();
    read.verify(log_key().verifier()).unwrap();
    (url.clone(), file.clone())
}

#[tokio::test]
async fn a_log_that_keeps_the_rules_gives_nothing_to_report() {
    let scene = Scene::new().await;
    let (_witnesses, log) = (scene.all_witnesses().await, scene.log().await);
    let mut monitor = monitor(&scene, &[&log.url(), &log.url()], None);
    for nth in 1..=3 {
        scene.client().submit(&version(nth), PATIENCE).await.unwrap();
        let report = monitor.round().await.unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        assert_eq!(report.head.size(), nth + 1);
    }
}

#[tokio::test]
async fn two_histories_at_two_places_are_a_fork() {
    let scene = Scene::new().await;
    let mut one = Rogue::new(&[scene.founding(), version(1), version(2)]).await;
    let mut other = Rogue::new(&[scene.founding(), version(1), version(3), version(4)]).await;
    one.collude(&scene, &[0, 1]);
    other.collude(&scene, &[1, 2]);
    for urls in [[&*one.url, &*other.url], [&*other.url, &*one.url]] {
        let (url, _) = fork(&monitor(&scene, &urls, None).round().await.unwrap());
        assert_eq!(url.as_deref(), Some(&*one.url), "the larger is read, the smaller held against it");
    }
}

#[tokio::test]
async fn two_roots_of_one_size_are_a_fork() {
    let scene = Scene::new().await;
    let mut one = Rogue::new(&[scene.founding(), version(1)]).await;
    let mut other = Rogue::new(&[scene.founding(), version(2)]).await;
    one.collude(&scene, &[0, 1]);
    other.collude(&scene, &[0, 1]);
    fork(&monitor(&scene, &[&one.url, &other.url], None).round().await.unwrap());
}

#[tokio::test]
async fn a_history_that_changes_in_time_is_a_fork() {
    let scene = Scene::new().await;
    let mut before = Rogue::new(&[scene.founding(), version(1)]).await;
    let mut after = Rogue::new(&[scene.founding(), version(2), version(3)]).await;
    before.collude(&scene, &[0, 1]);
    after.collude(&scene, &[0, 1]);
    let dir = scene.dir.path().join("monitor");
    let report = monitor(&scene, &[&before.url], Some(dir.clone())).round().await.unwrap();
    assert!(report.findings.is_empty());
    let (url, file) = fork(&monitor(&scene, &[&after.url], Some(dir)).round().await.unwrap());
    assert_eq!(url, None, "it was remembered");
    let evidence = ForkEvidence::parse(&std::fs::read(file.unwrap()).unwrap()).unwrap();
    assert_eq!(evidence.verify(log_key().verifier()).unwrap().newer(), after.checkpoint.unverified().head());
}

#[tokio::test]
async fn a_history_that_changes_while_it_watches_is_a_fork() {
    let scene = Scene::new().await;
    let mut before = Rogue::new(&[scene.founding(), version(1)]).await;
    let mut after = Rogue::new(&[scene.founding(), version(2), version(3)]).await;
    before.collude(&scene, &[0, 1]);
    after.collude(&scene, &[0, 1]);
    let mut monitor = monitor(&scene, &[&before.url, &after.url], None);
    after.tamper("/checkpoint", None);
    let quiet = monitor.round().await.unwrap();
    assert!(matches!(quiet.findings.as_slice(), [Finding::Place { error: LedgerError::Empty, .. }]));
    after.tamper("/checkpoint", Some(after.checkpoint.to_string().into_bytes()));
    let report = monitor.round().await.unwrap();
    assert_eq!(fork(&report).0.as_deref(), Some(&*after.url));
    assert_eq!(report.head, before.checkpoint.unverified().head(), "it stays with what it knew");
}

/// What the operator signed for itself alone is evidence, too.
#[tokio::test]
async fn a_fork_that_no_witness_saw_is_a_fork() {
    let scene = Scene::new().await;
    let mut seen = Rogue::new(&[scene.founding(), version(1)]).await;
    seen.collude(&scene, &[0, 1]);
    let hidden = Rogue::new(&[scene.founding(), version(2), version(3)]).await;
    let report = monitor(&scene, &[&seen.url, &hidden.url], None).round().await.unwrap();
    let [Finding::Place { error: LedgerError::Unaccepted(_), .. }, Finding::Fork { evidence, .. }] =
        report.findings.as_slice()
    else {
        panic!("{:?}", report.findings)
    };
    assert!(evidence.verify(log_key().verifier()).is_ok());
}

#[tokio::test]
async fn an_entry_that_breaks_a_rule_is_reported_though_a_quorum_cosigned() {
    let scene = Scene::new().await;
    let mut rogue = Rogue::new(&[scene.founding(), version(1), presumption(2), version(3)]).await;
    rogue.collude(&scene, &[0, 1, 2]);
    let mut monitor = monitor(&scene, &[&rogue.url], None);
    for _ in 0..2 {
        let report = monitor.round().await.unwrap();
        let [Finding::RuleBroken { index: 2, broken }] = report.findings.as_slice() else { panic!("{report:?}") };
        assert_eq!(broken.code(), "no_right");
    }
}

#[tokio::test]
async fn a_place_that_serves_other_entries_is_named() {
    let scene = Scene::new().await;
    let mut rogue = Rogue::new(&[scene.founding(), version(1)]).await;
    rogue.collude(&scene, &[0, 1]);
    let other = Rogue::new(&[scene.founding(), version(2)]).await;
    let bundle = reqwest::get(format!("{}/tile/entries/000.p/2", other.url)).await.unwrap().bytes().await.unwrap();
    rogue.tamper("/tile/entries/000.p/2", Some(bundle.to_vec()));
    let report = monitor(&scene, &[&rogue.url], None).round().await.unwrap();
    let [Finding::Place { url, error: LedgerError::RootDiffers { size: 2 } }] = report.findings.as_slice() else {
        panic!("{report:?}")
    };
    assert_eq!(url, &rogue.url);
}

#[tokio::test]
async fn who_shows_less_than_was_seen_is_behind() {
    let scene = Scene::new().await;
    let mut rogue = Rogue::new(&[scene.founding()]).await;
    rogue.collude(&scene, &[0, 1]);
    let old = rogue.checkpoint.to_string().into_bytes();
    rogue.add(&[version(1)]);
    rogue.collude(&scene, &[0, 1]);
    let dir = scene.dir.path().join("monitor");
    monitor(&scene, &[&rogue.url], Some(dir.clone())).round().await.unwrap();
    let newest = rogue.checkpoint.to_string().into_bytes();
    rogue.tamper("/checkpoint", Some(old));
    for _ in 0..2 {
        let report = monitor(&scene, &[&rogue.url], Some(dir.clone())).round().await.unwrap();
        assert!(matches!(report.findings.as_slice(), [Finding::Behind { seen: 2, shown: 1 }]), "{report:?}");
    }
    rogue.tamper("/checkpoint", Some(newest));
    assert!(monitor(&scene, &[&rogue.url], Some(dir)).round().await.unwrap().findings.is_empty());
}
