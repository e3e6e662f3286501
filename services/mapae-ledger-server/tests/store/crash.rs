//! Whoever appends is killed at any moment: what was acknowledged stays, and the head has the entries below it.

#![expect(clippy::print_stdout, reason = "how the killed process acknowledges")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use mapae_ledger::{Entry, TreeHead};
use mapae_ledger_server::store::{LogStore, Swap};

use super::places::{Place, entries, head, on_both, origin};

on_both!(a_log_killed_while_it_appends_keeps_what_it_acknowledged);

const BATCH: u64 = 40;

async fn a_log_killed_while_it_appends_keeps_what_it_acknowledged<P: Place>(place: P) {
    if let Ok(address) = std::env::var("MAPAE_TEST_STORE") {
        append_for_ever(P::open_log(&address).await).await;
    }
    let log = place.log().await;
    assert_eq!(log.begin(&origin()).await.unwrap(), Swap::Done);
    for acknowledgements in [1, 2, 3, 5, 8] {
        let acknowledged = killed_after(acknowledgements, &place.address());
        let found = confirmed(&log).await;
        assert!(found.size() >= acknowledged, "{} of {acknowledged}", found.size());
        let below = log.entries(&origin(), 0..found.size()).await.unwrap();
        assert_eq!(head(&below), found);
    }
}

/// Takes up the log as one does. A server may still commit for a client that is dead, so the head may move meanwhile.
async fn confirmed(log: &impl LogStore) -> TreeHead {
    loop {
        let found = log.head(&origin()).await.unwrap().unwrap();
        if log.append(&origin(), found, found, &[]).await.unwrap() == Swap::Done {
            return found;
        }
    }
}

/// This very test as a process of its own, killed after some acknowledgements; the last size that it acknowledged.
fn killed_after(acknowledgements: usize, address: &str) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", std::thread::current().name().unwrap(), "--nocapture"]).env("MAPAE_TEST_STORE", address);
    let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let sizes = lines.filter_map(|line| line.rsplit("size ").next()?.parse().ok());
    let last = sizes.take(acknowledgements).last().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    last
}

async fn append_for_ever(log: impl LogStore) {
    let mut all: Vec<Entry> = log.entries(&origin(), 0..u64::MAX).await.unwrap();
    loop {
        let before = head(&all);
        let added = entries(before.size()..before.size() + BATCH);
        all.extend(added.iter().cloned());
        match log.append(&origin(), before, head(&all), &added).await.unwrap() {
            Swap::Done => println!("size {}", all.len()),
            Swap::Lost => all = log.entries(&origin(), 0..u64::MAX).await.unwrap(),
        }
    }
}
