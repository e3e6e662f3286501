//! The trust ledger's texts: notes, checkpoints, proofs, policies, evidence of forks, and what witnesses are asked.
#![expect(
    clippy::expect_used,
    reason = "constant seeds make constant keys: if these cannot be made, no target can run"
)]

use std::sync::LazyLock;

use mapae_crypto::Ed25519SigningKey;
use mapae_ledger::{
    AddCheckpoint, Checkpoint, Entry, ForkEvidence, MajorityPolicy, Policy, SignatureType, SignedCheckpoint,
    SignedNote, TlogProof, ToPersist, TreeHead, UnsignedNote, VerifierKey, Witness, WitnessRecord,
};

/// The log of every scene.
pub const ORIGIN: &str = "ledger.example";
/// The entry whose proof is asked for.
pub const ENTRY: &[u8] = b"entry 0";

/// A key and its verifier.
pub struct LogParty {
    /// Signs.
    pub key: Ed25519SigningKey,
    /// Verifies.
    pub verifier: VerifierKey,
}

/// Makes a party; other seeds, other keys.
pub fn party(name: &str, kind: SignatureType, seed: u8) -> LogParty {
    let key = Ed25519SigningKey::from_seed(&[seed; 32]).expect("any seed is a key");
    let verifier = VerifierKey::new(name.parse().expect("a key's name"), kind, key.public().clone());
    LogParty { key, verifier }
}

/// The log.
pub static LOG: LazyLock<LogParty> = LazyLock::new(|| party(ORIGIN, SignatureType::Ed25519, 1));
/// The one witness.
pub static WITNESS: LazyLock<LogParty> = LazyLock::new(|| party("agency.example", SignatureType::CosignatureV1, 2));

/// One witness of one.
pub fn policy_text() -> String {
    policy_text_of(&WITNESS)
}

/// The same with another witness.
pub fn policy_text_of(witness: &LogParty) -> String {
    format!("log {}\nwitness agency {}\nquorum agency\n", LOG.verifier, witness.verifier)
}

/// The policy of every scene.
pub fn policy() -> &'static MajorityPolicy {
    static POLICY: LazyLock<MajorityPolicy> =
        LazyLock::new(|| MajorityPolicy::parse(policy_text().as_bytes()).expect("a policy"));
    &POLICY
}

/// A note: it is written as it was read, nobody is believed to have signed it, and its text can be signed again.
pub fn note(data: &[u8]) -> bool {
    let Ok(note) = SignedNote::parse(data) else { return false };
    assert_eq!(note.to_string().as_bytes(), data);
    // The only texts that the log ever signed are those that are signed below, with none but its own line.
    let text = note.unverified_text().to_owned();
    let Ok(unsigned) = UnsignedNote::new(text, LOG.verifier.clone()) else { return true };
    let signature = LOG.key.sign(unsigned.to_be_signed()).expect("signing in memory");
    let signed = unsigned.attach(&signature).expect("its own signature");
    let read = SignedNote::parse(signed.to_string().as_bytes()).expect("what was written");
    assert_eq!(read.verify(&[&LOG.verifier]).expect("signed by the log").text(), note.unverified_text());
    true
}

/// A checkpoint: it is written as it was read; no policy accepts it without its witness.
pub fn checkpoint(data: &[u8]) -> bool {
    let Ok(checkpoint) = SignedCheckpoint::parse(data) else { return false };
    assert_eq!(checkpoint.to_string().as_bytes(), data);
    assert_eq!(checkpoint.unverified().to_string(), checkpoint.note().unverified_text());
    let alone = signed(checkpoint.unverified().head());
    assert!(alone.signed_by_log(std::slice::from_ref(&LOG.verifier)).is_ok());
    assert!(policy().accept(&alone).is_err());
    true
}

/// A proof, whose checkpoint log and witness sign whatever it says: it is written as it was read, and no entry is in a
/// tree at two places of one size.
pub fn tlog_proof(data: &[u8]) -> bool {
    let Ok(proof) = TlogProof::parse(data) else { return false };
    assert_eq!(proof.to_string().as_bytes(), data);
    let text = proof.to_string();
    let Some((head, _)) = text.split_once("\n\n") else { panic!("a proof without a checkpoint") };
    let believed = cosigned(&signed(proof.checkpoint().unverified().head()));
    let proof = TlogProof::parse(format!("{head}\n\n{believed}").as_bytes()).expect("what was written");
    let Ok(entry) = Entry::new(ENTRY.to_vec()) else { return false };
    if let Ok(proven) = proof.verify(policy(), entry.leaf()) {
        assert!(proven.index() < proven.checkpoint().size());
        assert_eq!(proven.cosigned().len(), 1);
    }
    true
}

/// A policy: none accepts what no witness of its own cosigned, if ours is the rule that it keeps.
pub fn tlog_policy(data: &[u8]) -> bool {
    let Ok(policy) = Policy::parse(data) else { return false };
    let Ok(majority) = MajorityPolicy::try_from(policy) else { return true };
    assert!(2 * majority.threshold() > majority.witnesses().len());
    assert!(majority.accept(&signed(TreeHead::EMPTY)).is_err());
    true
}

/// What a witness is asked, about a checkpoint that the log signs whatever it says: it never goes back.
pub fn witness_request(data: &[u8]) -> bool {
    let Ok(request) = AddCheckpoint::parse(data) else { return false };
    assert_eq!(request.to_string().as_bytes(), data);
    let text = request.to_string();
    let Some((head, _)) = text.split_once("\n\n") else { panic!("a request without a checkpoint") };
    let next = request.checkpoint().unverified().head();
    let signed = format!("{head}\n\n{}", signed(next));
    let request = AddCheckpoint::parse(signed.as_bytes()).expect("what was written");
    let witness = Witness::new(WITNESS.verifier.clone(), vec![LOG.verifier.clone()]).expect("keys of their types");
    for latest in [TreeHead::EMPTY, TreeHead::new(1, next.root()), TreeHead::new(request.old_size(), next.root())] {
        let Ok(record) = WitnessRecord::stored(origin(), latest) else { continue };
        if let Ok(to_persist) = witness.check(request.clone(), &record) {
            grew(&to_persist);
        }
    }
    true
}

fn grew(to_persist: &ToPersist) {
    let (before, after) = (to_persist.before().head(), to_persist.after().head());
    assert!(before.size() <= after.size());
    assert!(before.size() < after.size() || before.root() == after.root());
}

/// What a fork must show: two checkpoints, which the log signs whatever they say, of which the newer one's tree was
/// another when it was as large as the older one.
pub fn fork_evidence(data: &[u8]) -> bool {
    let Ok(evidence) = ForkEvidence::parse(data) else { return false };
    assert_eq!(evidence.to_string().as_bytes(), data);
    let text = evidence.to_string();
    let Some((head, _)) = text.split_once("\n\n") else { panic!("evidence without checkpoints") };
    let [older, newer] = [evidence.older(), evidence.newer()].map(|checkpoint| checkpoint.unverified().head());
    let believed = format!("{head}\n\n{}\n{}", signed(older), signed(newer));
    let believed = ForkEvidence::parse(believed.as_bytes()).expect("what was written");
    let forked = believed.verify(&LOG.verifier);
    assert!(forked.is_ok() || evidence.verify(&LOG.verifier).is_err(), "only who signed was changed");
    let Ok(forked) = forked else { return false };
    assert_eq!((forked.older(), forked.newer()), (older, newer));
    assert!(older.size() <= newer.size() && forked.root_then() != older.root());
    true
}

/// The log's name, as checkpoints have it.
pub fn origin() -> mapae_ledger::Origin {
    LOG.verifier.name().into()
}

/// A head as the log signs it.
pub fn signed(head: TreeHead) -> SignedCheckpoint {
    let unsigned = Checkpoint::new(origin(), head).sign_with(&LOG.verifier).expect("the log's own key");
    let signature = LOG.key.sign(unsigned.to_be_signed()).expect("signing in memory");
    unsigned.attach(&signature).expect("its own signature")
}

/// A checkpoint as the witness cosigns it, blindly.
pub fn cosigned(checkpoint: &SignedCheckpoint) -> SignedCheckpoint {
    cosigned_by(&WITNESS, checkpoint)
}

/// The same by another witness.
pub fn cosigned_by(witness: &LogParty, checkpoint: &SignedCheckpoint) -> SignedCheckpoint {
    let text = checkpoint.note().unverified_text();
    let at = 1_700_000_000_u64;
    let signature =
        witness.key.sign(format!("cosignature/v1\ntime {at}\n{text}").as_bytes()).expect("signing in memory");
    let (name, id) = (witness.verifier.name(), witness.verifier.id());
    let bytes = [&id.as_bytes()[..], &at.to_be_bytes(), signature.as_bytes()].concat();
    let line = format!("\u{2014} {name} {}\n", mapae_jose::base64url::encode_standard(bytes));
    SignedCheckpoint::parse(format!("{checkpoint}{line}").as_bytes()).expect("what was written")
}
