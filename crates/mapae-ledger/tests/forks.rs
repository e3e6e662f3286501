//! Evidence of a fork: what convicts a log, and that no honest log is ever convicted.

use mapae_ledger::{
    Checkpoint, CheckpointError, Entry, ForkError, ForkEvidence, MAX_PROOF, MerkleError, NoteError, Sequencer,
    SignatureType, SignedCheckpoint, TreeHash, TreeHead, TreeQuery, leaf_hash,
};
use proptest::prelude::*;

use crate::parties::{Files, LOG, cosigned, entries, entry, grown, log, origin, party, signed, witness};

/// A log of `size` entries that are those of every other log here up to `common`, and its own from there.
fn diverging(common: u64, size: u64) -> (TreeHead, Files) {
    let mut all = entries(0..common.min(size));
    all.extend((common..size).map(|number| Entry::new(format!("hidden {number}").into_bytes()).unwrap()));
    let (log, committed) = Sequencer::new(log().verifier).unwrap().integrate(&all).unwrap().committed();
    let mut files = Files::default();
    files.store(&committed);
    (log.head(), files)
}

/// What a monitor finds that kept `older`, and is shown a tree of `newer` leaves with these files.
fn evidence(older: TreeHead, newer: TreeHead, files: &Files) -> ForkEvidence {
    let then = TreeQuery::root(older.size(), newer.size()).unwrap().answer(|path| files.get(path)).unwrap();
    let root_then = then.first().copied().unwrap_or(TreeHash::EMPTY);
    ForkEvidence::new(signed(older), signed(newer), root_then, files.consistency(older.size(), newer.size()))
}

/// Both of 13 leaves and one of 300, diverging at leaf 5.
fn forked() -> ForkEvidence {
    let (_, _, heads) = grown(&[13]);
    let (newer, files) = diverging(5, 300);
    evidence(heads[0], newer, &files)
}

fn judged(evidence: &ForkEvidence) -> Option<ForkError> {
    evidence.verify(&log().verifier).err()
}

fn agree() -> ForkError {
    ForkError::Agree { origin: origin() }
}

fn parse(text: &str) -> Result<ForkEvidence, ForkError> {
    ForkEvidence::parse(text.as_bytes())
}

#[test]
fn a_log_of_two_histories_is_convicted_by_its_own_signatures() {
    for (common, old, new) in [(0, 1, 2), (5, 13, 300), (12, 13, 14), (0, 256, 300), (255, 256, 257), (9, 16, 700)] {
        let (_, _, heads) = grown(&[old]);
        let (newer, files) = diverging(common, new);
        let read = parse(&evidence(heads[0], newer, &files).to_string()).unwrap();
        let forked = read.verify(&log().verifier).unwrap();
        assert_eq!((forked.origin(), forked.older(), forked.newer()), (&origin(), heads[0], newer));
        assert_eq!(forked.root_then(), diverging(common, old).0.root(), "{common} of {old} and {new}");
    }
}

#[test]
fn two_roots_for_one_size_are_a_fork() {
    let (older, newer) = (grown(&[13]).2[0], diverging(12, 13).0);
    let of = |root_then, proof| ForkEvidence::new(signed(older), signed(newer), root_then, proof);
    assert_eq!(judged(&of(newer.root(), vec![])), None);
    let invalid = Some(MerkleError::ConsistencyInvalid.into());
    assert_eq!(judged(&of(older.root(), vec![])), invalid, "not the newer root");
    assert_eq!(judged(&of(newer.root(), vec![newer.root()])), invalid, "no proof is needed");
}

#[test]
fn a_tree_without_leaves_has_one_root() {
    let (newer, files) = diverging(0, 5);
    let impossible = TreeHead::new(0, TreeHash::from_bytes([7; 32]));
    assert_eq!(judged(&evidence(impossible, newer, &files)), None);
    assert_eq!(judged(&evidence(TreeHead::EMPTY, newer, &files)), Some(agree()));
    let swapped = ForkEvidence::new(signed(TreeHead::EMPTY), signed(impossible), TreeHash::EMPTY, vec![]);
    assert_eq!(judged(&swapped), Some(MerkleError::EmptyRootWrong.into()));
}

#[test]
fn a_log_that_only_grew_is_not_convicted() {
    for new in 0..=40 {
        let (newer, files) = diverging(u64::MAX, new);
        for old in 0..=new {
            let older = diverging(u64::MAX, old).0;
            assert_eq!(judged(&evidence(older, newer, &files)), Some(agree()), "{old} and {new}");
        }
    }
}

/// One head under two texts is one history: nobody says anything of extension lines.
#[test]
fn extension_lines_are_no_history() {
    let head = grown(&[13]).2[0];
    let extended = Checkpoint::parse(&format!("{LOG}\n13\n{}\nan extension\n", head.root())).unwrap();
    let unsigned = extended.sign_with(&log().verifier).unwrap();
    let signature = log().signing.sign(unsigned.to_be_signed()).unwrap();
    let extended = unsigned.attach(&signature).unwrap();
    assert_eq!(judged(&ForkEvidence::new(signed(head), extended, head.root(), vec![])), Some(agree()));
}

#[test]
fn the_older_checkpoint_stands_first() {
    let evidence = forked();
    let (older, newer) = (evidence.older().clone(), evidence.newer().clone());
    let swapped = ForkEvidence::new(newer, older.clone(), older.unverified().root(), vec![]);
    assert_eq!(judged(&swapped), Some(MerkleError::Shrunk { from: 300, to: 13 }.into()));
}

#[test]
fn both_checkpoints_are_signed_by_the_log() {
    let evidence = forked();
    let rotated = party(LOG, SignatureType::Ed25519, 9).verifier;
    let unsigned = ForkError::Older(NoteError::NoKnownSigner.into());
    assert_eq!(evidence.verify(&rotated).err(), Some(unsigned));
    for other in [witness(0).verifier, party("other.example", SignatureType::Ed25519, 1).verifier] {
        let unknown = ForkError::Older(CheckpointError::LogUnknown { origin: origin() });
        assert_eq!(evidence.verify(&other).err(), Some(unknown));
    }
    let text = evidence.to_string();
    let refused = |from: &str, to: &str| judged(&parse(&text.replacen(from, to, 1)).unwrap());
    let invalid = CheckpointError::Note(NoteError::SignatureInvalid { name: log().verifier.name().clone() });
    assert_eq!(refused("ledger.example\n13\n", "ledger.example\n12\n"), Some(ForkError::Older(invalid.clone())));
    assert_eq!(refused("ledger.example\n300\n", "ledger.example\n299\n"), Some(ForkError::Newer(invalid)));
    // A checkpoint of another log, though its key is known to us as well.
    let other = text.replace(&format!("{}", evidence.older()), OTHER);
    let unknown = CheckpointError::LogUnknown { origin: "example.com/behind-the-sofa".parse().unwrap() };
    assert_eq!(judged(&parse(&other).unwrap()), Some(ForkError::Older(unknown)));
}

const OTHER: &str = crate::checkpoints::EXAMPLE;

#[test]
fn cosignatures_do_not_matter() {
    let evidence = forked();
    let with = |checkpoint: &SignedCheckpoint, witnesses: &[u8]| cosigned(checkpoint.clone(), witnesses);
    let text =
        evidence.to_string().replace(&evidence.newer().to_string(), &with(evidence.newer(), &[0, 1]).to_string());
    assert_eq!(judged(&parse(&text).unwrap()), None);
}

#[test]
fn evidence_has_its_lines_in_their_order() {
    let text = forked().to_string();
    assert!(text.starts_with("mapae-tlog-fork@v1\nroot "));
    assert_eq!(parse(&text), Ok(forked()));
    let root = text.lines().nth(1).unwrap().to_owned() + "\n";
    for (from, to, error) in [
        ("mapae-tlog-fork@v1", "mapae-tlog-fork@v2", ForkError::HeaderUnknown),
        ("mapae-tlog-fork@v1\n", "", ForkError::HeaderUnknown),
        (root.as_str(), "", ForkError::RootMalformed),
        (root.as_str(), "root AAAA\n", ForkError::RootMalformed),
        (root.as_str(), &root[5..], ForkError::RootMalformed),
        ("\n\nledger", "\n\n\nledger", ForkError::Older(CheckpointError::SizeMalformed)),
        ("\n\nledger", "\nAAAA\n\nledger", MerkleError::HashMalformed.into()),
        ("ledger.example\n13\n", "ledger.example\n013\n", ForkError::Older(CheckpointError::SizeMalformed)),
        ("ledger.example\n300\n", "ledger.example\n3OO\n", ForkError::Newer(CheckpointError::SizeMalformed)),
    ] {
        assert!(text.contains(from), "{from:?}");
        let refused = parse(&text.replacen(from, to, 1)).err();
        assert_eq!(refused, Some(error), "{from:?} to {to:?}");
    }
    for cut in [text.rfind("ledger.example\n300").unwrap() - 1, text.find("\n\n").unwrap() + 1, 10] {
        assert_eq!(parse(&text[..cut]), Err(ForkError::CheckpointMissing), "{cut}");
    }
    assert_eq!(ForkEvidence::parse(&[0xff]), Err(ForkError::NotUtf8));
}

#[test]
fn evidence_has_bounds() {
    let text = forked().to_string();
    let held = text.split_once("\n\n").unwrap().0.lines().count() - 2;
    let hash = leaf_hash(b"");
    let with = |count: usize| text.replacen("\n\n", &format!("\n{}\n", format!("{hash}\n").repeat(count)), 1);
    assert!(parse(&with(MAX_PROOF - held)).is_ok());
    let too_long = MerkleError::ProofTooLong { limit: MAX_PROOF };
    assert_eq!(parse(&with(MAX_PROOF - held + 1)), Err(too_long.into()));
    let limit = ForkEvidence::MAX;
    assert_eq!(ForkEvidence::parse(&vec![b' '; limit + 1]), Err(ForkError::TooLarge { limit }));
    assert_eq!(ForkEvidence::parse(&vec![b' '; limit]), Err(ForkError::CheckpointMissing));
}

#[test]
fn a_root_is_not_asked_of_a_smaller_tree() {
    assert_eq!(TreeQuery::root(8, 7).err(), Some(MerkleError::Shrunk { from: 8, to: 7 }));
    assert_eq!(TreeQuery::root(0, 7).unwrap().needed(), []);
}

/// Every hash that a reporter can find in a tree of that size, from which he may put any proof together.
fn hashes(files: &Files, size: u64) -> Vec<TreeHash> {
    let leaves = (0..size).map(|number| entry(number).leaf());
    leaves.chain((1..size).flat_map(|old| files.consistency(old, size))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn honest_checkpoints_never_verify_as_a_fork(
        old in 0_u64..40,
        more in 0_u64..40,
        root in any::<prop::sample::Index>(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        replaced in any::<prop::sample::Index>(),
    ) {
        let (_, files, heads) = grown(&[old, old + more]);
        let mut found = hashes(&files, old + more);
        found.extend(heads.iter().map(|head| head.root()));
        let pick = |place: &prop::sample::Index| found[place.index(found.len())];
        let of = |root, proof| judged(&ForkEvidence::new(signed(heads[0]), signed(heads[1]), root, proof));
        // Any root with any proof, and the true proof with another root or another hash.
        prop_assert!(of(pick(&root), places.iter().map(pick).collect()).is_some());
        let mut proof = files.consistency(old, old + more);
        prop_assert!(of(pick(&root), proof.clone()).is_some());
        if !proof.is_empty() {
            let at = replaced.index(proof.len());
            proof[at] = pick(&root);
            prop_assert!(of(pick(&replaced), proof.clone()).is_some());
            prop_assert!(of(heads[0].root(), proof).is_some());
        }
    }

    #[test]
    fn no_text_makes_reading_evidence_panic(text in "(mapae-tlog-fork@v1\n)?(root [A-Za-z=]{0,44}\n)?[a-z0-9\n]{0,60}") {
        if let Ok(evidence) = parse(&text) {
            prop_assert_eq!(evidence.to_string(), text);
        }
    }

    #[test]
    fn no_changed_byte_of_evidence_convicts_otherwise(at in any::<prop::sample::Index>(), flip in 1_u8..=255) {
        let (before, mut bytes) = (forked().verify(&log().verifier).unwrap(), forked().to_string().into_bytes());
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let after = ForkEvidence::parse(&bytes).ok().and_then(|evidence| evidence.verify(&log().verifier).ok());
        prop_assert!(after.is_none_or(|after| after == before));
    }
}
