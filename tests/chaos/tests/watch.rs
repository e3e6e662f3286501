//! What the parties show while a run goes on: every checkpoint that anybody could have seen.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::Duration,
};

use mapae_ledger::{Origin, SignedCheckpoint};

use crate::{
    country::{Country, ORIGIN},
    http,
};

/// What was seen, and what was acknowledged.
pub(crate) struct Board {
    pub(crate) country: Arc<Country>,
    /// Texts of checkpoints that were served as published.
    pub(crate) published: Mutex<BTreeSet<String>>,
    /// Texts of checkpoints that a witness shows as cosigned by it.
    pub(crate) cosigned: Mutex<BTreeSet<String>>,
    pub(crate) acknowledged: Mutex<Vec<Acknowledged>>,
    pub(crate) findings: Mutex<Vec<String>>,
    pub(crate) refused: Mutex<Vec<String>>,
}

/// An entry whose place the log has promised.
pub(crate) struct Acknowledged {
    pub(crate) bytes: Vec<u8>,
    pub(crate) index: u64,
}

impl Board {
    pub(crate) fn new(country: Arc<Country>) -> Self {
        Self {
            country,
            published: Mutex::default(),
            cosigned: Mutex::default(),
            acknowledged: Mutex::default(),
            findings: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    pub(crate) fn find(&self, what: impl Into<String>) {
        self.findings.lock().unwrap().push(what.into());
    }

    /// Takes what a log serves as published: the policy must accept it.
    pub(crate) fn publish(&self, text: &[u8], where_: &str) -> u64 {
        let checkpoint = match SignedCheckpoint::parse(text) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                self.find(format!("{where_} serves no checkpoint: {error}"));
                return 0;
            }
        };
        if let Err(error) = self.country.policy.accept(&checkpoint) {
            self.find(format!("{where_} serves a checkpoint that the policy does not accept: {error}"));
        }
        let size = checkpoint.unverified().size();
        self.published.lock().unwrap().insert(checkpoint.to_string());
        size
    }

    /// The size that was published last, as far as anybody has seen.
    pub(crate) fn largest(&self) -> u64 {
        let sizes = |text: &String| SignedCheckpoint::parse(text.as_bytes()).unwrap().unverified().size();
        self.published.lock().unwrap().iter().map(sizes).max().unwrap_or(0)
    }
}

/// Asks again and again until it is told to stop.
pub(crate) fn watch(board: &Board, logs: &[SocketAddr], witnesses: &[SocketAddr], stop: &AtomicBool) {
    let origin: Origin = ORIGIN.parse().unwrap();
    let latest = format!("{}/checkpoint", origin.hash());
    let mut shown = vec![0; logs.len()];
    while !stop.load(Ordering::Relaxed) {
        for (log, before) in logs.iter().zip(&mut shown) {
            // One that is down shows nothing.
            let Ok(answer) = http::get(*log, "checkpoint") else { continue };
            if answer.status == 200 {
                let size = board.publish(&answer.body, "a log");
                if size < *before {
                    board.find(format!("a log showed {before} entries and then {size}"));
                }
                *before = size;
            }
        }
        for witness in witnesses {
            let Ok(answer) = http::get(*witness, &latest) else { continue };
            if answer.status == 200 {
                board.cosigned.lock().unwrap().insert(String::from_utf8(answer.body).unwrap());
            }
        }
        sleep(Duration::from_millis(20));
    }
}
