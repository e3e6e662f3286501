//! A trust ledger in memory: a log, its cosigners and the agencies, which say whatever a test lets them.
//!
//! Nobody judges here: what keeps the rules and what breaks them is for the test to choose.

use std::collections::HashMap;

use mapae_crypto::{Ed25519SigningKey, SigningKey};
use mapae_ledger::{
    Collecting, Entry, MajorityPolicy, Origin, Sequencer, SignatureType, SignedCheckpoint, TilePath, TlogProof,
    TreeQuery, VerifierKey, Witness, WitnessRecord,
};
use mapae_trust::{
    BundleContents, DraftBundle, OrderSigners,
    ledger::{BundleStatement, PolicyStatement, Statement},
};
use mapae_types::{AgencyId, Timestamp};

use crate::{Seeded, now};

/// The agencies of every test: the ministry, the police, and the national assembly's library.
pub const AGENCIES: [&str; 3] = ["interior", "police", "library"];

/// A log and the keys of all who have to do with it.
pub struct Ledger {
    origin: String,
    log: Ed25519SigningKey,
    cosigners: Vec<Ed25519SigningKey>,
    threshold: usize,
    agencies: Vec<(AgencyId, SigningKey, SigningKey)>,
    sequencer: Sequencer,
    files: HashMap<TilePath, Vec<u8>>,
    entries: Vec<Vec<u8>>,
    /// Entries of kind `policy`, by index, with the cosigners of the policy before.
    rotations: Vec<(Vec<u8>, TlogProof)>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self::new()
    }
}

impl Ledger {
    /// Three cosigners, of whom two must see a checkpoint.
    pub fn new() -> Self {
        Self::of("ledger.example/mapae", 1)
    }

    /// A log of another name or with other keys.
    pub fn of(origin: &str, seed: u8) -> Self {
        let key = |number: u8| Ed25519SigningKey::from_seed(&[seed, number].repeat(16).try_into().unwrap()).unwrap();
        let agency = |(number, name): (u64, &&str)| {
            let key =
                |kind| SigningKey::generate(&mut Seeded::new(u64::from(seed) << 16 | number << 8 | kind)).unwrap();
            (name.parse().unwrap(), key(1), key(2))
        };
        let log = key(0);
        let verifier = VerifierKey::new(origin.parse().unwrap(), SignatureType::Ed25519, log.public().clone());
        Self {
            origin: origin.to_owned(),
            log,
            cosigners: (1..=3).map(key).collect(),
            threshold: 2,
            agencies: (0..).zip(&AGENCIES).map(agency).collect(),
            sequencer: Sequencer::new(verifier).unwrap(),
            files: HashMap::new(),
            entries: Vec::new(),
            rotations: Vec::new(),
        }
    }

    /// The log's name.
    pub fn origin(&self) -> Origin {
        self.origin.parse().unwrap()
    }

    fn log_key(&self) -> VerifierKey {
        VerifierKey::new(self.origin.parse().unwrap(), SignatureType::Ed25519, self.log.public().clone())
    }

    fn cosigner(&self, number: usize) -> VerifierKey {
        let name = format!("{}.example/cosigner", AGENCIES[number % 3]);
        VerifierKey::new(name.parse().unwrap(), SignatureType::CosignatureV1, self.cosigners[number].public().clone())
    }

    /// The policy as a file.
    pub fn policy_text(&self) -> String {
        let witness = |number: usize| format!("witness w{number} {}\n", self.cosigner(number));
        let witnesses: String = (0..self.cosigners.len()).map(witness).collect();
        let names: Vec<String> = (0..self.cosigners.len()).map(|number| format!("w{number}")).collect();
        format!("log {}\n{witnesses}group all {} {}\nquorum all\n", self.log_key(), self.threshold, names.join(" "))
    }

    /// The policy.
    pub fn policy(&self) -> MajorityPolicy {
        MajorityPolicy::parse(self.policy_text().as_bytes()).unwrap()
    }

    /// The keys of orders: two of the three agencies must sign.
    pub fn order_signers(&self) -> OrderSigners {
        OrderSigners::new(2, self.agencies.iter().map(|(id, _, key)| (id.clone(), key.public().clone())).collect())
            .unwrap()
    }

    /// An agency's id and its keys for entries and for orders.
    pub fn agency(&self, number: usize) -> (&AgencyId, &SigningKey, &SigningKey) {
        let (id, key, order_key) = &self.agencies[number];
        (id, key, order_key)
    }

    /// What these agencies say, as an entry.
    pub fn said_by(&self, agencies: &[usize], statement: &Statement, at: Timestamp) -> Vec<u8> {
        let unsigned = statement.prepare(at);
        let sign = |number: &usize| {
            let (id, key, _) = self.agency(*number);
            (id.clone(), key.sign(&unsigned.to_be_signed(id)).unwrap())
        };
        unsigned.attach(agencies.iter().map(sign).collect())
    }

    /// Puts an entry in the log, and gives its index.
    pub fn add(&mut self, entry: Vec<u8>) -> u64 {
        let placeholder = Sequencer::new(self.log_key()).unwrap();
        let sequencer = core::mem::replace(&mut self.sequencer, placeholder);
        let integrated = sequencer.integrate(&[Entry::new(entry.clone()).unwrap()]).unwrap();
        self.files.extend(integrated.files().iter().map(|file| (file.path, file.bytes.clone())));
        self.sequencer = integrated.committed().0;
        self.entries.push(entry);
        self.entries.len() as u64 - 1
    }

    /// The checkpoint of now, cosigned by these.
    pub fn checkpoint(&self, cosigners: &[usize]) -> SignedCheckpoint {
        let files = |path| self.files.get(&path).map(Vec::as_slice);
        let (_, committed) = Sequencer::resume(self.log_key(), self.sequencer.head(), files).unwrap();
        let unsigned = committed.written().unwrap();
        let signature = self.log.sign(unsigned.to_be_signed()).unwrap();
        let signed = unsigned.attach(&signature).unwrap();
        cosigners.iter().fold(signed, |checkpoint, number| self.cosigned(checkpoint, *number))
    }

    fn cosigned(&self, checkpoint: SignedCheckpoint, number: usize) -> SignedCheckpoint {
        let submission = Collecting::new(checkpoint.clone()).submit_to(self.cosigner(number), 0);
        let witness = Witness::new(self.cosigner(number), vec![self.log_key()]).unwrap();
        let record = WitnessRecord::new(self.origin());
        let unsigned = witness.check(submission.request(Vec::new()), &record).unwrap().persisted(now()).unwrap();
        let signature = self.cosigners[number].sign(unsigned.to_be_signed()).unwrap();
        checkpoint.with(unsigned.attach(&signature).unwrap()).unwrap()
    }

    /// The proof that the entry of that index is in the log, as these cosigners have seen it.
    pub fn prove(&self, index: u64, cosigners: &[usize]) -> TlogProof {
        let query = TreeQuery::inclusion(index, self.sequencer.head().size()).unwrap();
        let path = query.answer(|path| self.files.get(&path).map(Vec::as_slice)).unwrap();
        TlogProof::new(index, path, self.checkpoint(cosigners))
    }

    /// Changes the policy to as many new cosigners with other keys: stated in the log, and seen there by the old ones.
    pub fn rotate(&mut self, seed: u8) {
        let old = Self::of(&self.origin, 1);
        let before: Vec<usize> = (0..self.cosigners.len()).collect();
        let cosigners = core::mem::replace(&mut self.cosigners, Self::of(&self.origin, seed).cosigners);
        let generation = self.rotations.len() as u64 + 1;
        let statement = Statement::Policy(PolicyStatement::new(self.policy_text(), generation).unwrap());
        let after = core::mem::replace(&mut self.cosigners, cosigners);
        let entry = old.said_by(&[0, 1], &statement, now());
        let index = self.add(entry.clone());
        let proof = self.prove(index, &before);
        self.cosigners = after;
        self.rotations.push((entry, proof));
    }

    /// The entries of kind `policy`, each with its proof under the policy before.
    pub fn rotations(&self) -> &[(Vec<u8>, TlogProof)] {
        &self.rotations
    }

    /// Publishes a bundle: its draft, its entry and its place, seen by these cosigners.
    pub fn publish(&mut self, contents: BundleContents, cosigners: &[usize]) -> Vec<u8> {
        let draft = contents.draft(&self.origin());
        let (entry, index) = self.enter(&draft);
        draft.seal(&entry, &self.prove(index, cosigners), &self.rotations)
    }

    /// Puts the entry of a draft in the log.
    pub fn enter(&mut self, draft: &DraftBundle) -> (Vec<u8>, u64) {
        let statement = Statement::Bundle(BundleStatement::new(draft.manifest_hash(), draft.as_of()));
        let entry = self.said_by(&[0], &statement, draft.as_of());
        (entry.clone(), self.add(entry))
    }
}
