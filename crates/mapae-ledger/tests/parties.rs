//! Keys from seeds, and a log whose files are in memory.

use std::collections::BTreeMap;

use mapae_crypto::Ed25519SigningKey;
use mapae_ledger::{
    Checkpoint, Committed, Entry, NoteSignature, Origin, Sequencer, SignatureType, SignedCheckpoint, TilePath,
    TreeHash, TreeHead, TreeQuery, VerifierKey, Witness, WitnessRecord,
};
use mapae_types::Timestamp;

pub(crate) const LOG: &str = "ledger.example";

/// A signing key with the verifier key that belongs to it.
pub(crate) struct Party {
    pub(crate) signing: Ed25519SigningKey,
    pub(crate) verifier: VerifierKey,
}

pub(crate) fn party(name: &str, kind: SignatureType, seed: u8) -> Party {
    let signing = Ed25519SigningKey::from_seed(&[seed; 32]).unwrap();
    let verifier = VerifierKey::new(name.parse().unwrap(), kind, signing.public().clone());
    Party { signing, verifier }
}

pub(crate) fn log() -> Party {
    party(LOG, SignatureType::Ed25519, 1)
}

/// Witness 0, 1, 2, …, each with a key of its own.
pub(crate) fn witness(number: u8) -> Party {
    party(&format!("agency{number}.example"), SignatureType::CosignatureV1, 100 + number)
}

pub(crate) fn origin() -> Origin {
    LOG.parse().unwrap()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    time("2026-11-21T00:00:00Z")
}

pub(crate) fn entry(number: u64) -> Entry {
    Entry::new(format!("entry {number}").into_bytes()).unwrap()
}

pub(crate) fn entries(numbers: std::ops::Range<u64>) -> Vec<Entry> {
    numbers.map(entry).collect()
}

/// A head signed by the log's key, whether it is true or not.
pub(crate) fn signed(head: TreeHead) -> SignedCheckpoint {
    let log = log();
    let unsigned = Checkpoint::new(origin(), head).sign_with(&log.verifier).unwrap();
    let signature = log.signing.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature).unwrap()
}

/// What a witness signs without asking anything: a record that fits is made up.
pub(crate) fn cosignature(witness: &Party, checkpoint: &SignedCheckpoint, at: Timestamp) -> NoteSignature {
    let request = mapae_ledger::AddCheckpoint::new(0, vec![], checkpoint.clone());
    let record = WitnessRecord::new(checkpoint.origin().clone());
    let service = Witness::new(witness.verifier.clone(), vec![log().verifier]).unwrap();
    let unsigned = service.check(request, &record).unwrap().persisted(at).unwrap();
    let signature = witness.signing.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature).unwrap()
}

pub(crate) fn cosigned(checkpoint: SignedCheckpoint, witnesses: &[u8]) -> SignedCheckpoint {
    witnesses.iter().fold(checkpoint, |checkpoint, number| {
        let line = cosignature(&witness(*number), &checkpoint, now());
        checkpoint.with(line).unwrap()
    })
}

/// "k of n" over the one log.
pub(crate) fn policy(k: usize, n: u8) -> String {
    let names: Vec<String> = (0..n).map(|number| format!("w{number}")).collect();
    let witnesses = witness_lines(0..n);
    format!("log {}\n{witnesses}group all-of-them {k} {}\nquorum all-of-them\n", log().verifier, names.join(" "))
}

/// The lines that define witnesses w0, w1, …
pub(crate) fn witness_lines(numbers: std::ops::Range<u8>) -> String {
    let lines: Vec<String> =
        numbers.map(|number| format!("witness w{number} {}\n", witness(number).verifier)).collect();
    lines.concat()
}

/// The files of a log, as a web server would have them.
#[derive(Default, Clone)]
pub(crate) struct Files(pub(crate) BTreeMap<TilePath, Vec<u8>>);

impl Files {
    pub(crate) fn store(&mut self, committed: &Committed) {
        self.0.extend(committed.files().iter().map(|file| (file.path, file.bytes.clone())));
    }

    pub(crate) fn get(&self, path: TilePath) -> Option<&[u8]> {
        self.0.get(&path).map(Vec::as_slice)
    }

    pub(crate) fn inclusion(&self, index: u64, size: u64) -> Vec<TreeHash> {
        TreeQuery::inclusion(index, size).unwrap().answer(|path| self.get(path)).unwrap()
    }

    pub(crate) fn consistency(&self, old: u64, size: u64) -> Vec<TreeHash> {
        TreeQuery::consistency(old, size).unwrap().answer(|path| self.get(path)).unwrap()
    }
}

/// A log grown to each of these sizes in turn, with the head at each.
pub(crate) fn grown(sizes: &[u64]) -> (Sequencer, Files, Vec<TreeHead>) {
    let mut files = Files::default();
    let mut sequencer = Sequencer::new(log().verifier).unwrap();
    let mut heads = Vec::new();
    for size in sizes {
        let batch = entries(sequencer.head().size()..*size);
        let (next, committed) = sequencer.integrate(&batch).unwrap().committed();
        files.store(&committed);
        heads.push(next.head());
        sequencer = next;
    }
    (sequencer, files, heads)
}
