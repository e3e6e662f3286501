//! Thousands of entries go in one commit. As a measurement: how many entries a second are kept, over how many times a
//! second the disk keeps anything:
//!
//! `MAPAE_RATE_BATCHES=50 cargo test --release -p mapae-ledger-server store::rate -- --nocapture --test-threads 1`

#![expect(clippy::print_stdout, reason = "the measurement")]

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use mapae_ledger::{Entry, TileTree, TreeHead};
use mapae_ledger_server::store::{LogStore, Swap};
use tempfile::TempDir;

use super::places::{Place, Postgres, Sqlite, entries, origin};

const BATCH: u64 = 4096;

/// One batch shows that it works; a measurement takes more.
fn batches() -> u64 {
    std::env::var("MAPAE_RATE_BATCHES").ok().and_then(|batches| batches.parse().ok()).unwrap_or(1)
}

/// Each batch is one commit, so it costs one wait for the disk, and the time to hand it over. The disk is tried after
/// each batch, since others use it too.
async fn measure(store: &str, place: impl Place) {
    let log = place.log().await;
    assert_eq!(log.begin(&origin()).await.unwrap(), Swap::Done);
    let (mut tree, mut before) = (TileTree::new(), TreeHead::EMPTY);
    let mut disk = Disk::new();
    let mut appending = Duration::ZERO;
    for batch in 0..batches() {
        let batch = entries(batch * BATCH..(batch + 1) * BATCH);
        tree.append(batch.iter().map(Entry::leaf)).unwrap();
        let started = Instant::now();
        assert_eq!(log.append(&origin(), before, tree.head(), &batch).await.unwrap(), Swap::Done);
        appending += started.elapsed();
        before = tree.head();
        disk.force();
    }
    assert_eq!(log.head(&origin()).await.unwrap(), Some(before));
    let (rate, forced) = (per_second(batches() * BATCH, appending), disk.per_second());
    println!("{store}: {rate:.0} entries/s, disk {forced:.0} fsyncs/s, ratio {:.0}", rate / forced);
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// How often a block can be appended and forced to the disk.
struct Disk {
    _folder: TempDir,
    file: File,
    times: u64,
    forcing: Duration,
}

impl Disk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let file = File::create(folder.path().join("blocks")).unwrap();
        Self { _folder: folder, file, times: 0, forcing: Duration::ZERO }
    }

    fn force(&mut self) {
        let started = Instant::now();
        for _ in 0..20 {
            self.file.write_all(&[1; 4096]).unwrap();
            self.file.sync_data().unwrap();
            self.times += 1;
        }
        self.forcing += started.elapsed();
    }

    fn per_second(&self) -> f64 {
        per_second(self.times, self.forcing)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    measure("SQLite", Sqlite::new().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    if let Some(place) = Postgres::new() {
        measure("PostgreSQL", place).await;
    }
}
