//! From an entry to a proof: what is acknowledged stays, and is published once the quorum is there.

use std::time::Duration;

use mapae_http::{Bounds, Client};
use mapae_ledger::{Policy, TileKind, TilePath, TlogProof};
use mapae_ledger_server::{ServeError, client::LedgerError};
use testkit::{now, ports};
use tokio::io::AsyncWriteExt as _;

use crate::scene::{PATIENCE, Scene, client, entry, presumption, version};

const AT_ONCE: Duration = Duration::ZERO;

/// The code of the problem with which the log refused.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, LedgerError>) -> String {
    match result.unwrap_err() {
        LedgerError::Refused(problem) => problem.code().to_owned(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_entry_comes_back_with_a_proof_that_needs_no_network() {
    let scene = Scene::new().await;
    let (_witnesses, _log) = (scene.all_witnesses().await, scene.log().await);
    let submitted = scene.client().submit(&version(1), PATIENCE).await.unwrap();
    assert_eq!(submitted.index, 1, "after the founding");
    let proven = submitted.proof.unwrap().verify(&scene.majority(), version(1).leaf()).unwrap();
    assert_eq!(proven.index(), 1);
    assert!(proven.cosigned().len() >= 2);
    assert_eq!(proven.cosigned()[0].at(), now());
}

#[tokio::test]
async fn the_same_entry_twice_has_one_place() {
    let scene = Scene::new().await;
    let (_witnesses, _log) = (scene.all_witnesses().await, scene.log().await);
    let (client, entry) = (scene.client(), version(1));
    let (first, second) = tokio::join!(client.submit(&entry, PATIENCE), client.submit(&entry, PATIENCE));
    assert_eq!((first.unwrap().index, second.unwrap().index), (1, 1));
    assert_eq!(client.submit(&entry, PATIENCE).await.unwrap().index, 1);
    assert_eq!(client.submit(&version(2), PATIENCE).await.unwrap().index, 2);
    assert_eq!(client.submit(&scene.founding(), AT_ONCE).await.unwrap().index, 0);
}

#[tokio::test]
async fn many_at_once_have_a_place_each() {
    let scene = Scene::new().await;
    let (_witnesses, _log) = (scene.all_witnesses().await, scene.log().await);
    let mut submitting = tokio::task::JoinSet::new();
    for nth in 1..=40_u64 {
        let client = scene.client();
        let entry = entry(&crate::scene::wallet_provider(nth), &["interior"]);
        submitting.spawn(async move { client.submit(&entry, PATIENCE).await.unwrap() });
    }
    let submitted = submitting.join_all().await;
    let mut indices: Vec<u64> = submitted.iter().map(|submitted| submitted.index).collect();
    indices.sort_unstable();
    assert_eq!(indices, (1..=40).collect::<Vec<u64>>());
    assert!(submitted.iter().all(|submitted| submitted.proof.is_some()));
    let read = scene.client().read(&scene.majority(), now()).await.unwrap();
    assert_eq!(read.state.wallet_providers().len(), 40);
}

#[tokio::test]
async fn without_a_quorum_an_entry_is_committed_and_not_published() {
    let scene = Scene::new().await;
    let one = scene.witness(0).await;
    let _log = scene.log().await;
    let submitted = scene.client().submit(&version(1), AT_ONCE).await.unwrap();
    assert_eq!(submitted.index, 1);
    assert!(submitted.proof.is_none());
    assert!(scene.client().checkpoint().await.unwrap().is_none());

    let _second = scene.witness(1).await;
    let again = scene.client().submit(&version(1), PATIENCE).await.unwrap();
    assert!(again.proof.unwrap().verify(&scene.majority(), version(1).leaf()).is_ok());
    assert_eq!(scene.client().checkpoint().await.unwrap().unwrap().unverified().size(), 2);
    drop(one);
}

#[tokio::test]
async fn a_witness_that_answers_garbage_holds_up_nobody() {
    let scene = Scene::new().await;
    let garbage = axum::Router::new().fallback(|| async { "\u{2014} court.example AAAA\n" });
    let listener = tokio::net::TcpListener::bind(scene.witnesses[0].at).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, garbage).await });
    let (_second, _third) = (scene.witness(1).await, scene.witness(2).await);
    let _log = scene.log().await;
    let submitted = scene.client().submit(&version(1), PATIENCE).await.unwrap();
    let proven = submitted.proof.unwrap().verify(&scene.majority(), version(1).leaf()).unwrap();
    assert_eq!(proven.cosigned().len(), 2);
    assert!(scene.heard("witness court.example"));
}

#[tokio::test]
async fn a_log_goes_on_where_it_was() {
    let scene = Scene::new().await;
    let _witnesses = scene.all_witnesses().await;
    let log = scene.log().await;
    scene.client().submit(&version(1), PATIENCE).await.unwrap();
    let before = scene.client().checkpoint().await.unwrap().unwrap();
    log.stop().await;

    let _log = scene.log().await;
    let after = wait_for_checkpoint(&scene, 2).await;
    assert_eq!(after.unverified(), before.unverified());
    assert_eq!(scene.client().submit(&version(1), AT_ONCE).await.unwrap().index, 1);
    assert_eq!(scene.client().submit(&version(2), PATIENCE).await.unwrap().index, 2);
}

#[tokio::test]
async fn files_are_made_anew_from_the_store() {
    let scene = Scene::new().await;
    let _witnesses = scene.all_witnesses().await;
    let log = scene.log().await;
    for nth in 1..=5 {
        scene.client().submit(&version(nth), PATIENCE).await.unwrap();
    }
    log.stop().await;
    std::fs::remove_dir_all(scene.log_config().dir).unwrap();

    let _log = scene.log().await;
    let checkpoint = wait_for_checkpoint(&scene, 6).await;
    assert_eq!(scene.client().entries(&checkpoint).await.unwrap()[5], version(5));
    assert!(scene.client().proof(3).await.unwrap().unwrap().verify(&scene.majority(), version(3).leaf()).is_ok());
}

#[tokio::test]
async fn an_altered_store_is_not_taken_up() {
    let scene = Scene::new().await;
    let log = scene.log().await;
    scene.client().submit(&version(1), AT_ONCE).await.unwrap();
    log.stop().await;
    let database = crate::scene::database(&scene.dir.path().join("log.db"), &mapae_ledger_server::store::LOG).await;
    let mut transaction = database.begin().await.unwrap();
    sqlx::query("UPDATE entries SET bytes = ?1 WHERE idx = 1")
        .bind(version(7).as_bytes())
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert!(matches!(scene.log_with(scene.log_config()).await, Err(ServeError::StoreAltered)));
}

#[tokio::test]
async fn an_entry_that_breaks_a_rule_is_refused_and_changes_nothing() {
    let scene = Scene::new().await;
    let (_witnesses, _log) = (scene.all_witnesses().await, scene.log().await);
    assert_eq!(code(scene.client().submit(&presumption(1), PATIENCE).await), "no_right");
    let garbage = mapae_ledger::Entry::new(b"garbage".to_vec()).unwrap();
    assert_eq!(code(scene.client().submit(&garbage, PATIENCE).await), "entry_malformed");
    assert_eq!(scene.client().submit(&version(1), PATIENCE).await.unwrap().index, 1);
}

#[tokio::test]
async fn a_date_too_far_ahead_is_refused() {
    let scene = Scene::new().await;
    let _log = scene.log().await;
    let statement = crate::scene::wallet_provider(1);
    let ahead =
        |seconds| crate::scene::entry_at(&statement, now() + mapae_types::Duration::seconds(seconds), &["interior"]);
    assert_eq!(code(scene.client().submit(&ahead(3601), AT_ONCE).await), "from_future");
    assert_eq!(scene.client().submit(&ahead(3600), AT_ONCE).await.unwrap().index, 1);
}

#[tokio::test]
async fn only_the_known_founding_founds() {
    let scene = Scene::new().await;
    let mut config = scene.log_config();
    config.founding = Some(version(1));
    match scene.log_with(config).await {
        Err(ServeError::FoundingRefused(problem)) => assert_eq!(problem.code(), "not_agency"),
        other => panic!("{other:?}"),
    }
    let mut config = scene.log_config();
    config.founding = None;
    let _log = scene.log_with(config).await.unwrap();
    assert_eq!(code(scene.client().submit(&version(1), AT_ONCE).await), "not_agency");
    assert_eq!(scene.client().submit(&scene.founding(), AT_ONCE).await.unwrap().index, 0);
}

#[tokio::test]
async fn a_policy_for_another_log_is_not_served() {
    let scene = Scene::new().await;
    let mut config = scene.log_config();
    config.policy = scene.policy().replace(&crate::scene::log_key().verifier().to_string(), &other_log()).into_bytes();
    assert!(matches!(scene.log_with(config).await, Err(ServeError::PolicyOfAnotherLog)));
}

fn other_log() -> String {
    let key = mapae_crypto::Ed25519SigningKey::from_seed(&[2; 32]).unwrap();
    let name = crate::scene::ORIGIN.parse().unwrap();
    mapae_ledger::VerifierKey::new(name, mapae_ledger::SignatureType::Ed25519, key.public().clone()).to_string()
}

#[tokio::test]
async fn bodies_are_bounded() {
    let scene = Scene::new().await;
    let _log = scene.log().await;
    let http = Client::new(Bounds::default()).unwrap();
    let post = async |path: &str, len: usize| {
        let answer = http.post(&format!("{}/{path}", scene.client().url()), "x/y", vec![0; len], 4096).await.unwrap();
        (answer.status, mapae_http::Problem::parse(&answer.body).unwrap().code().to_owned())
    };
    assert_eq!(post("add-entry", 65_535).await, (400, "entry_malformed".to_owned()));
    assert_eq!(post("add-entry", 65_536).await, (413, "body_too_large".to_owned()));
    assert_eq!(post("drafts", 65_536).await, (400, "draft_malformed".to_owned()));
    assert_eq!(post("add-entry?wait=x", 0).await, (400, "query_malformed".to_owned()));
    assert_eq!(post("checkpoint", 0).await, (405, "method_not_allowed".to_owned()));
}

/// Whoever hands over drafts and never ends takes a place, and no memory of others.
#[tokio::test]
async fn only_a_few_drafts_arrive_at_once() {
    let scene = Scene::new().await;
    let _log = scene.log().await;
    let mut unended = Vec::new();
    for _ in 0..4 {
        let mut connection = tokio::net::TcpStream::connect(scene.log_at).await.unwrap();
        connection.write_all(b"POST /drafts HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx").await.unwrap();
        unended.push(connection);
    }
    let busy = async { while code(scene.client().put_draft(b"x").await) != "busy" {} };
    tokio::time::timeout(PATIENCE, busy).await.unwrap();
    drop(unended);
    let free = async { while code(scene.client().put_draft(b"x").await) != "draft_malformed" {} };
    tokio::time::timeout(PATIENCE, free).await.unwrap();
}

#[tokio::test]
async fn tiles_are_files_that_never_change() {
    let scene = Scene::new().await;
    let (_witnesses, _log) = (scene.all_witnesses().await, scene.log().await);
    scene.client().submit(&version(1), PATIENCE).await.unwrap();
    let inner = reqwest::Client::new();
    let get = async |path: &str| inner.get(format!("{}/{path}", scene.client().url())).send().await.unwrap();
    let path = TilePath::in_tree(TileKind::Hashes { level: 0 }, 0, 2).unwrap();
    assert_eq!(path.to_string(), "tile/0/000.p/2");
    let tile = get("tile/0/000.p/2").await;
    assert_eq!(tile.headers()["cache-control"], "public, max-age=31536000, immutable");
    let tile = tile.bytes().await.unwrap();
    assert_eq!(&tile[32..], version(1).leaf().as_bytes());
    assert_eq!(get("checkpoint").await.headers()["cache-control"], "no-cache");
    for absent in ["tile/0/000", "tile/0/000.p/02", "tile/0/../checkpoint", "tile/0/%2e%2e/checkpoint", "tile/64/000"] {
        assert_eq!(get(absent).await.status(), 404, "{absent}");
    }
    assert_eq!(get("proof/2").await.status(), 404);
    let proof = get("proof/1").await.bytes().await.unwrap();
    assert!(TlogProof::parse(&proof).unwrap().verify(&scene.majority(), version(1).leaf()).is_ok());
    assert_eq!(get("policy").await.text().await.unwrap(), scene.policy());
    assert_eq!(get("bundle").await.status(), 404);
}

#[tokio::test]
async fn health_says_whether_to_come_again() {
    let scene = Scene::new().await;
    let log = scene.log().await;
    let status = async |path: &str| reqwest::get(format!("{}/{path}", log.url())).await.unwrap().status().as_u16();
    assert_eq!((status("health/live").await, status("health/ready").await), (200, 200));
}

#[tokio::test]
async fn two_sequencers_on_one_store_make_one_history() {
    let scene = Scene::new().await;
    let _witnesses = scene.all_witnesses().await;
    let _first = scene.log().await;
    let mut config = scene.log_config();
    (config.listen, config.dir) = (ports::free(), scene.dir.path().join("second"));
    let second = scene.log_with(config).await.unwrap();
    let clients = [scene.client(), client(&second.url())];
    let mut submitting = tokio::task::JoinSet::new();
    for nth in 1..=20_u64 {
        let client = clients[usize::try_from(nth % 2).unwrap()].clone();
        let entry = entry(&crate::scene::wallet_provider(nth), &["interior"]);
        submitting.spawn(async move { (entry.clone(), submit_until_placed(&client, &entry).await) });
    }
    let placed = submitting.join_all().await;
    assert!(scene.heard("another sequencer is at work"));
    let index = clients[0].submit(&version(1), PATIENCE).await.unwrap().index;
    let checkpoint = wait_for_checkpoint(&scene, index + 1).await;
    let entries = clients[0].entries(&checkpoint).await.unwrap();
    assert_eq!(entries.len(), 22);
    for (entry, index) in placed {
        assert_eq!(entries[usize::try_from(index).unwrap()], entry);
    }
    assert!(Policy::parse(scene.policy().as_bytes()).unwrap().accept(&checkpoint).is_ok());
}

/// A store that keeps moving is no refusal: the client comes again.
async fn submit_until_placed(client: &mapae_ledger_server::client::LedgerClient, entry: &mapae_ledger::Entry) -> u64 {
    loop {
        match client.submit(entry, AT_ONCE).await {
            Ok(submitted) => return submitted.index,
            Err(LedgerError::Refused(problem)) if problem.status() == 503 => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// The checkpoint, once it has at least that size.
pub(crate) async fn wait_for_checkpoint(scene: &Scene, size: u64) -> mapae_ledger::SignedCheckpoint {
    let waiting = async {
        loop {
            match scene.client().checkpoint().await.unwrap() {
                Some(checkpoint) if checkpoint.unverified().size() >= size => return checkpoint,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}
