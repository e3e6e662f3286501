//! A log and its witnesses, as crate `mapae-ledger` makes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use mapae_crypto::Ed25519SigningKey;
use mapae_ledger::{
    AddCheckpoint, Checkpoint, Entry, NoteSignature, Sequencer, SignatureType, SignedCheckpoint, TilePath, TlogProof,
    TreeHash, TreeHead, TreeQuery, VerifierKey, Witness, WitnessRecord,
};
use mapae_types::Timestamp;

use crate::ledger::Handed;

/// The origin of every log here.
pub const ORIGIN: &str = "ledger.example/interop";

/// When witnesses cosign.
pub const AT: &str = "2026-11-22T00:00:00Z";

/// A key and its verifier key.
pub struct Party {
    /// Signs.
    pub signing: Ed25519SigningKey,
    /// Verifies.
    pub verifier: VerifierKey,
}

impl Party {
    /// The log with that name.
    pub fn log(name: &str) -> Result<Self> {
        Self::new(name, SignatureType::Ed25519, 1)
    }

    /// Witness 0, 1, 2, …, each with a key of its own.
    pub fn witness(number: u8) -> Result<Self> {
        Self::new(&format!("agency{number}.example/witness"), SignatureType::CosignatureV1, 100 + number)
    }

    /// A key from a seed.
    pub fn new(name: &str, kind: SignatureType, seed: u8) -> Result<Self> {
        let signing = Ed25519SigningKey::from_seed(&[seed; 32])?;
        let verifier = VerifierKey::new(name.parse()?, kind, signing.public().clone());
        Ok(Self { signing, verifier })
    }
}

/// A log that was grown in one go, so that its files are those of one checkpoint.
pub struct Log {
    origin: String,
    /// The tree that its checkpoint names.
    pub head: TreeHead,
    /// What a web server would serve.
    pub files: BTreeMap<TilePath, Vec<u8>>,
}

/// The entries of all logs here: of different lengths, one of them empty.
pub fn entry(number: u64) -> Vec<u8> {
    if number == 3 { Vec::new() } else { format!("entry {number}").into_bytes() }
}

impl Log {
    /// A log of so many entries, of which those from `own` on are its own.
    pub fn diverging(origin: &str, own: u64, size: u64) -> Result<Self> {
        let bytes = |number| if number < own { entry(number) } else { format!("hidden {number}").into_bytes() };
        let entries = (0..size).map(|number| Entry::new(bytes(number))).collect::<Result<Vec<_>, _>>()?;
        let (log, committed) = Sequencer::new(Party::log(origin)?.verifier)?.integrate(&entries)?.committed();
        let files = committed.files().iter().map(|file| (file.path, file.bytes.clone())).collect();
        Ok(Self { origin: origin.to_owned(), head: log.head(), files })
    }

    /// The usual log with so many entries.
    pub fn of(size: u64) -> Result<Self> {
        Self::diverging(ORIGIN, u64::MAX, size)
    }

    /// Its checkpoint, signed by the log.
    pub fn checkpoint(&self) -> Result<SignedCheckpoint> {
        let log = Party::log(&self.origin)?;
        let unsigned = Checkpoint::new(self.origin.parse()?, self.head).sign_with(&log.verifier)?;
        let signature = log.signing.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature)?)
    }

    /// The line of a witness that sees this log for the first time.
    pub fn cosignature(&self, witness: u8, at: &str) -> Result<NoteSignature> {
        let (log, witness) = (Party::log(&self.origin)?.verifier, Party::witness(witness)?);
        let service = Witness::new(witness.verifier, vec![log])?;
        let request = AddCheckpoint::new(0, vec![], self.checkpoint()?);
        let to_persist = service.check(request, &WitnessRecord::new(self.origin.parse()?)).ok().context("refused")?;
        let unsigned = to_persist.persisted(at.parse::<Timestamp>()?)?;
        let signature = witness.signing.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature)?)
    }

    /// The checkpoint with these witnesses' lines.
    pub fn cosigned(&self, witnesses: &[u8]) -> Result<SignedCheckpoint> {
        witnesses
            .iter()
            .try_fold(self.checkpoint()?, |checkpoint, witness| Ok(checkpoint.with(self.cosignature(*witness, AT)?)?))
    }

    /// The proof of an entry.
    pub fn proof(&self, index: u64, witnesses: &[u8]) -> Result<TlogProof> {
        Ok(TlogProof::new(index, self.inclusion(index)?, self.cosigned(witnesses)?))
    }

    /// An entry, its proof and the policy "k of n"; the first k witnesses cosigned.
    pub fn handed(&self, index: u64, k: u8, n: u8) -> Result<Handed> {
        let proof = self.proof(index, &(0..k).collect::<Vec<_>>())?.to_string().into_bytes();
        Ok(Handed { policy: policy(&self.origin, k, n)?.into_bytes(), proof, entry: entry(index) })
    }

    /// The hashes that prove an entry.
    pub fn inclusion(&self, index: u64) -> Result<Vec<TreeHash>> {
        self.answer(&TreeQuery::inclusion(index, self.head.size())?)
    }

    /// The hashes that prove that this tree extends that of `old` leaves.
    pub fn consistency(&self, old: u64) -> Result<Vec<TreeHash>> {
        self.answer(&TreeQuery::consistency(old, self.head.size())?)
    }

    /// The root that this tree had with `old` leaves.
    pub fn root_then(&self, old: u64) -> Result<TreeHash> {
        Ok(self.answer(&TreeQuery::root(old, self.head.size())?)?.first().copied().unwrap_or(TreeHash::EMPTY))
    }

    fn answer(&self, query: &TreeQuery) -> Result<Vec<TreeHash>> {
        Ok(query.answer(|path| self.files.get(&path).map(Vec::as_slice))?)
    }

    /// Writes all its files as a web server would have them below its prefix.
    pub fn write(&self, folder: &Path) -> Result<()> {
        for (path, bytes) in &self.files {
            let file = folder.join(path.to_string());
            fs::create_dir_all(file.parent().context("a tile has a folder")?)?;
            fs::write(file, bytes)?;
        }
        Ok(fs::write(folder.join("checkpoint"), self.cosigned(&[0, 1])?.to_string())?)
    }
}

/// k of n witnesses over that log, as text.
pub fn policy(origin: &str, k: u8, n: u8) -> Result<String> {
    let log = Party::log(origin)?.verifier;
    let line = |number| Ok(format!("witness w{number} {}\n", Party::witness(number)?.verifier));
    let witnesses = (0..n).map(line).collect::<Result<String>>()?;
    let names: Vec<String> = (0..n).map(|number| format!("w{number}")).collect();
    Ok(format!("log {log}\n{witnesses}group agencies {k} {}\nquorum agencies\n", names.join(" ")))
}
