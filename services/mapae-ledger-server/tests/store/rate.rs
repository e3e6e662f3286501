//! How many entries a second are kept, over how many times a second the disk keeps anything. Run by hand:
//!
//! `cargo test --release -p mapae-ledger-server store::rate -- --ignored --nocapture --test-threads 1`

#![expect(clippy::print_stdout, reason = "the measurement")]

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use mapae_ledger::{TileTree, TreeHead};
use mapae_ledger_server::store::{LogStore, Swap};
use tempfile::TempDir;

use super::places::{Place, Postgres, Sqlite, entries, origin};

const BATCH: u64 = 4096;
const BATCHES: u64 = 50;

/// Each batch is one commit, so it costs one wait for the disk, and the time to hand it over.
async fn entries_per_second(place: impl Place) -> f64 {
    let log = place.log().await;
    assert_eq!(log.begin(&origin()).await.unwrap(), Swap::Done);
    let batches: Vec<_> = (0..BATCHES).map(|batch| entries(batch * BATCH..(batch + 1) * BATCH)).collect();
    let (mut tree, mut before, mut heads) = (TileTree::new(), TreeHead::EMPTY, Vec::new());
    for batch in &batches {
        tree.append(batch.iter().map(mapae_ledger::Entry::leaf)).unwrap();
        heads.push(tree.head());
    }
    let started = Instant::now();
    for (batch, after) in batches.iter().zip(heads) {
        assert_eq!(log.append(&origin(), before, after, batch).await.unwrap(), Swap::Done);
        before = after;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let entries = (BATCH * BATCHES) as f64;
    entries / started.elapsed().as_secs_f64()
}

/// How often a block can be appended and forced to the disk.
fn fsyncs_per_second() -> f64 {
    const TIMES: u32 = 300;
    let folder = TempDir::new().unwrap();
    let mut file = File::create(folder.path().join("blocks")).unwrap();
    let started = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[1; 4096]).unwrap();
        file.sync_data().unwrap();
    }
    f64::from(TIMES) / started.elapsed().as_secs_f64()
}

fn report(store: &str, rate: f64) {
    let disk = fsyncs_per_second();
    println!("{store}: {rate:.0} entries/s, disk {disk:.0} fsyncs/s, ratio {:.0}", rate / disk);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn sqlite() {
    report("SQLite", entries_per_second(Sqlite::new().unwrap()).await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn postgres() {
    if let Some(place) = Postgres::new() {
        report("PostgreSQL", entries_per_second(place).await);
    }
}
