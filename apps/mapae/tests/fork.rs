//! Evidence of a fork, judged by whoever has the log's key.

use mapae_crypto::Ed25519SigningKey;
use mapae_ledger::{Entry, ForkEvidence, Sequencer, SignatureType, SignedCheckpoint, TreeHash, VerifierKey};

use crate::sandbox::Sandbox;

fn key() -> (Ed25519SigningKey, VerifierKey) {
    let key = Ed25519SigningKey::from_seed(&[5; 32]).unwrap();
    let verifier = VerifierKey::new("ledger.example".parse().unwrap(), SignatureType::Ed25519, key.public().clone());
    (key, verifier)
}

/// A checkpoint over these entries.
fn signed(entries: &[&str]) -> (SignedCheckpoint, TreeHash) {
    let (key, verifier) = key();
    let entries: Vec<Entry> = entries.iter().map(|text| Entry::new(text.as_bytes().to_vec()).unwrap()).collect();
    let (sequencer, committed) = Sequencer::new(verifier).unwrap().integrate(&entries).unwrap().committed();
    let unsigned = committed.written().unwrap();
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    (unsigned.attach(&signature).unwrap(), sequencer.head().root())
}

/// Two histories of one entry each; `then` is what the second is said to have had.
fn sandbox(first: &str, second: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    let ((older, _), (newer, root)) = (signed(&[first]), signed(&[second]));
    sandbox.write("fork.txt", ForkEvidence::new(older, newer, root, Vec::new()).to_string().as_bytes());
    sandbox.write("log.vkey", format!("{}\n", key().1).as_bytes());
    sandbox
}

#[test]
fn two_histories_prove_themselves_to_whoever_has_the_key() {
    let ran = sandbox("a root", "another").run("ledger fork-check --json fork.txt --log-vkey log.vkey");
    assert_eq!((ran.code, &ran.json()["forked"], &ran.json()["log"]), (0, &true.into(), &"ledger.example".into()));
    let ran = sandbox("a root", "another").run("ledger fork-check fork.txt --log-vkey log.vkey");
    assert!(ran.stdout.starts_with("FORKED  ledger.example"), "{}", ran.stdout);
}

#[test]
fn what_agrees_or_was_altered_or_is_another_logs_proves_nothing() {
    let same = sandbox("a root", "a root").run("ledger fork-check --json fork.txt --log-vkey log.vkey");
    assert_eq!((same.code, &same.json()["forked"]), (1, &false.into()));
    let altered = sandbox("a root", "another");
    altered.flip("fork.txt", 30);
    assert_eq!(altered.run("ledger fork-check fork.txt --log-vkey log.vkey").code, 1);
    let other = sandbox("a root", "another");
    let key = Ed25519SigningKey::from_seed(&[6; 32]).unwrap().public().clone();
    let key = VerifierKey::new("ledger.example".parse().unwrap(), SignatureType::Ed25519, key);
    other.write("log.vkey", key.to_string().as_bytes());
    assert_eq!(other.run("ledger fork-check fork.txt --log-vkey log.vkey").code, 1);
    other.write("log.vkey", b"no key");
    assert_eq!(other.run("ledger fork-check fork.txt --log-vkey log.vkey").code, 64);
}
