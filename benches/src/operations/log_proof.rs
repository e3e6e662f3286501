//! A proof out of a log of 2^20 entries (`tlog-proof`), read and checked by a holder of the policy. Once it carries as many
//! cosignatures as the policy asks for; once those of all witnesses, each of which has to be verified (tlog-proof, "Verifying a
//! tlog proof", step 3).

use anyhow::{Context as _, Result};
use mapae_crypto::Ed25519SigningKey;
use mapae_ledger::{
    AddCheckpoint, Checkpoint, MajorityPolicy, Origin, SignatureType, SignedCheckpoint, TlogProof, TreeHash, TreeHead,
    VerifierKey, Witness, WitnessRecord, leaf_hash, node_hash,
};
use mapae_types::{Entropy as _, Timestamp};

use crate::{
    harness::Operation,
    limit::SignedEd25519,
    scene::{Scene, Seeded},
};

/// Levels of the tree, and hashes of the proof.
const HEIGHT: u32 = 20;
const INDEX: u64 = 0x5_a5a5;
const ORIGIN: &str = "ledger.example";
/// The issue's: at most so many times its k + 1 signatures.
const TARGET: f64 = 1.10;

pub(super) fn two_of_three(scene: &Scene) -> Result<Operation<'_>> {
    Ok(operation("log-proof-2-of-3", "3 Ed25519 verifications", &Handed::new(2, 3, 2, scene.now)?).at_most(TARGET))
}

pub(super) fn five_of_nine(scene: &Scene) -> Result<Operation<'_>> {
    Ok(operation("log-proof-5-of-9", "6 Ed25519 verifications", &Handed::new(5, 9, 5, scene.now)?).at_most(TARGET))
}

pub(super) fn five_of_nine_by_all(scene: &Scene) -> Result<Operation<'_>> {
    Ok(operation("log-proof-9-for-5-of-9", "10 Ed25519 verifications", &Handed::new(5, 9, 9, scene.now)?))
}

fn operation<'s>(name: &'static str, limit_is: &'static str, handed: &Handed) -> Operation<'s> {
    let Handed { policy, file, entry, signed } = handed.clone();
    let ours = move || Ok(TlogProof::parse(&file)?.verify(&policy, leaf_hash(&entry))?);
    let limit = move || signed.iter().try_for_each(SignedEd25519::verify);
    Operation::new(name, limit_is, ours, limit)
}

/// What a reader has, and the signatures in it.
#[derive(Clone)]
struct Handed {
    policy: MajorityPolicy,
    file: Vec<u8>,
    entry: Vec<u8>,
    signed: Vec<SignedEd25519>,
}

struct Party {
    key: Ed25519SigningKey,
    verifier: VerifierKey,
}

impl Handed {
    /// k of n, and this many cosigned.
    fn new(threshold: usize, witnesses: usize, cosigned: usize, now: Timestamp) -> Result<Self> {
        let mut generator = Seeded::new(16);
        let log = Party::new(ORIGIN, SignatureType::Ed25519, &mut generator)?;
        let name = |number| format!("agency{number}.example");
        let party = |number| Party::new(&name(number), SignatureType::CosignatureV1, &mut generator);
        let witnesses = (0..witnesses).map(party).collect::<Result<Vec<_>>>()?;
        // As long as an entry of the ledger that says which bundle is published.
        let mut entry = vec![0; 400];
        generator.fill(&mut entry)?;
        let path = path(&mut generator)?;
        let (mut checkpoint, by_log) = checkpoint(&log, TreeHead::new(1 << HEIGHT, root(leaf_hash(&entry), &path)))?;
        let mut signed = vec![by_log];
        for witness in witnesses.iter().take(cosigned) {
            let (next, line) = witness.cosign(&log.verifier, checkpoint, now)?;
            checkpoint = next;
            signed.push(line);
        }
        let file = TlogProof::new(INDEX, path, checkpoint).to_string().into_bytes();
        Ok(Self { policy: policy(&log, &witnesses, threshold)?, file, entry, signed })
    }
}

impl Party {
    fn new(name: &str, kind: SignatureType, generator: &mut Seeded) -> Result<Self> {
        let key = Ed25519SigningKey::generate(generator)?;
        let verifier = VerifierKey::new(name.parse()?, kind, key.public().clone());
        Ok(Self { key, verifier })
    }

    fn cosign(
        &self,
        log: &VerifierKey,
        checkpoint: SignedCheckpoint,
        now: Timestamp,
    ) -> Result<(SignedCheckpoint, SignedEd25519)> {
        let service = Witness::new(self.verifier.clone(), vec![log.clone()])?;
        let request = AddCheckpoint::new(0, vec![], checkpoint.clone());
        let to_persist = service.check(request, &WitnessRecord::new(ORIGIN.parse()?)).ok().context("refused")?;
        let unsigned = to_persist.persisted(now)?;
        let signature = self.key.sign(unsigned.to_be_signed())?;
        let signed = self.signed(unsigned.to_be_signed(), signature.as_bytes());
        Ok((checkpoint.with(unsigned.attach(&signature)?)?, signed))
    }

    fn signed(&self, message: &[u8], signature: &[u8; 64]) -> SignedEd25519 {
        SignedEd25519 { key: *self.key.public().as_bytes(), message: message.to_vec(), signature: *signature }
    }
}

/// The siblings, from the leaf's up: any hashes are those of some tree.
fn path(generator: &mut Seeded) -> Result<Vec<TreeHash>> {
    let mut sibling = || {
        let mut hash = [0; 32];
        generator.fill(&mut hash).map(|()| TreeHash::from_bytes(hash))
    };
    Ok((0..HEIGHT).map(|_| sibling()).collect::<Result<_, _>>()?)
}

/// The root of that tree, which is complete.
fn root(leaf: TreeHash, path: &[TreeHash]) -> TreeHash {
    (0..).zip(path).fold(leaf, |hash, (level, sibling)| {
        if INDEX >> level & 1 == 1 { node_hash(sibling, &hash) } else { node_hash(&hash, sibling) }
    })
}

fn checkpoint(log: &Party, head: TreeHead) -> Result<(SignedCheckpoint, SignedEd25519)> {
    let unsigned = Checkpoint::new(Origin::from(log.verifier.name()), head).sign_with(&log.verifier)?;
    let signature = log.key.sign(unsigned.to_be_signed())?;
    let signed = log.signed(unsigned.to_be_signed(), signature.as_bytes());
    Ok((unsigned.attach(&signature)?, signed))
}

fn policy(log: &Party, witnesses: &[Party], threshold: usize) -> Result<MajorityPolicy> {
    let named = |(number, witness): (usize, &Party)| format!("witness w{number} {}\n", witness.verifier);
    let lines: Vec<String> = witnesses.iter().enumerate().map(named).collect();
    let members: Vec<String> = (0..witnesses.len()).map(|number| format!("w{number}")).collect();
    let text = format!(
        "log {}\n{}group agencies {threshold} {}\nquorum agencies\n",
        log.verifier,
        lines.concat(),
        members.join(" ")
    );
    Ok(MajorityPolicy::parse(text.as_bytes())?)
}
