//! Proofs that travel: their form, and what they prove to whom.

use mapae_ledger::{
    CheckpointError, LogProofError, MAX_EXTRA, MAX_PROOF, MajorityPolicy, MerkleError, NoteError, TlogProof, Unaccepted,
};
use proptest::prelude::*;

use crate::parties::{cosigned, entry, grown, now, policy, signed};

/// The proof of entry 5 of 13, cosigned by these witnesses.
fn proof(witnesses: &[u8]) -> TlogProof {
    let (log, files, _) = grown(&[13]);
    TlogProof::new(5, files.inclusion(5, 13), cosigned(signed(log.head()), witnesses))
}

fn text() -> String {
    proof(&[0, 1]).to_string()
}

fn two_of_three() -> MajorityPolicy {
    MajorityPolicy::parse(policy(2, 3).as_bytes()).unwrap()
}

fn parse(text: &str) -> Result<TlogProof, LogProofError> {
    TlogProof::parse(text.as_bytes())
}

#[test]
fn a_proof_travels_as_text_and_proves_an_entry() {
    let text = text();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 5\n"));
    let read = parse(&text).unwrap();
    assert_eq!((&read, read.to_string()), (&proof(&[0, 1]), text));
    let proven = read.verify(&two_of_three(), entry(5).leaf()).unwrap();
    assert_eq!((proven.index(), proven.leaf(), proven.checkpoint().size()), (5, entry(5).leaf(), 13));
    let cosigned: Vec<_> = proven.cosigned().iter().map(|one| (one.witness().as_str(), one.at())).collect();
    assert_eq!(cosigned, [("agency0.example", now()), ("agency1.example", now())]);
}

#[test]
fn a_proof_of_another_leaf_index_or_tree_does_not_hold() {
    let refused = |text: &str, number| parse(text).unwrap().verify(&two_of_three(), entry(number).leaf()).err();
    assert_eq!(refused(&text(), 4), Some(MerkleError::InclusionInvalid.into()));
    assert_eq!(refused(&text().replace("index 5", "index 4"), 5), Some(MerkleError::InclusionInvalid.into()));
    let beyond = MerkleError::IndexOutOfRange { index: 13, size: 13 };
    assert_eq!(refused(&text().replace("index 5", "index 13"), 5), Some(beyond.into()));
    let (_, files, heads) = grown(&[13, 14]);
    let later = TlogProof::new(5, files.inclusion(5, 13), cosigned(signed(heads[1]), &[0, 1]));
    assert_eq!(refused(&later.to_string(), 5), Some(MerkleError::InclusionInvalid.into()));
}

#[test]
fn a_proof_that_too_few_have_seen_proves_nothing() {
    for witnesses in [&[][..], &[0], &[2], &[3, 4]] {
        let refused = proof(witnesses).verify(&two_of_three(), entry(5).leaf()).err();
        let known = witnesses.iter().filter(|number| **number < 3).count();
        assert_eq!(refused, Some(Unaccepted::QuorumNotMet { cosigned: known }.into()), "{witnesses:?}");
    }
    assert!(proof(&[0, 2, 3]).verify(&two_of_three(), entry(5).leaf()).is_ok());
}

#[test]
fn a_proof_has_its_lines_in_their_order() {
    let text = text();
    for (from, to, error) in [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", LogProofError::HeaderUnknown),
        ("c2sp.org/tlog-proof@v1\n", "", LogProofError::HeaderUnknown),
        ("index 5\n", "", LogProofError::IndexMalformed),
        ("index 5", "index 05", LogProofError::IndexMalformed),
        ("index 5", "index -5", LogProofError::IndexMalformed),
        ("index 5", "Index 5", LogProofError::IndexMalformed),
        ("index 5\n", "index 5\nextra YQ==\n", MerkleError::HashMalformed.into()),
        ("index 5\n", "index 5\nAAAA\n", MerkleError::HashMalformed.into()),
        ("index 5\n", "extra YQ\nindex 5\n", LogProofError::ExtraMalformed),
        ("index 5\n", "extra \nindex 5\n", LogProofError::ExtraMalformed),
        ("index 5\n", "extra YQ==\nextra YQ==\nindex 5\n", LogProofError::IndexMalformed),
        ("ledger.example\n13", "ledger.example\n013", CheckpointError::SizeMalformed.into()),
    ] {
        assert!(text.contains(from));
        assert_eq!(parse(&text.replacen(from, to, 1)), Err(error), "{from:?} to {to:?}");
    }
    let cut = &text[..=text.find("\n\n").unwrap()];
    assert_eq!(parse(cut), Err(LogProofError::CheckpointMissing));
    assert_eq!(parse(&format!("{cut}\n")), Err(CheckpointError::Note(NoteError::NotSigned).into()));
    assert_eq!(TlogProof::parse(&[0xff]), Err(LogProofError::NotUtf8));
}

#[test]
fn extra_data_travel_along_unauthenticated() {
    let with = proof(&[0, 1]).with_extra(b"a".to_vec()).unwrap();
    let text = with.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra YQ==\nindex 5\n"));
    let read = parse(&text.replace("YQ==", "Yg==")).unwrap();
    assert_eq!(read.unauthenticated_extra(), Some(b"b".as_slice()));
    assert!(read.verify(&two_of_three(), entry(5).leaf()).is_ok());
    assert_eq!(proof(&[]).unauthenticated_extra(), None);

    let extra = |len| proof(&[]).with_extra(vec![0; len]).map(|proof| parse(&proof.to_string()).is_ok());
    assert_eq!((extra(1), extra(MAX_EXTRA)), (Ok(true), Ok(true)));
    assert_eq!(extra(0), Err(LogProofError::ExtraMalformed));
    assert_eq!(extra(MAX_EXTRA + 1), Err(LogProofError::ExtraMalformed));
}

#[test]
fn a_proof_has_bounds() {
    let hash = entry(0).leaf();
    let long = |count: usize| text().replace("index 5\n", &format!("index 5\n{}", format!("{hash}\n").repeat(count)));
    assert!(parse(&long(MAX_PROOF - 4)).is_ok());
    let too_long = MerkleError::ProofTooLong { limit: MAX_PROOF };
    assert_eq!(parse(&long(MAX_PROOF - 3)), Err(too_long.into()));
    let huge = parse(&" ".repeat(1 << 20));
    assert!(matches!(huge, Err(LogProofError::TooLarge { .. })));
}

/// The one entry of a log is its root; there is nothing to prove but the checkpoint.
#[test]
fn the_proof_of_a_single_entry_has_no_hashes() {
    let (log, files, _) = grown(&[1]);
    let proof = TlogProof::new(0, files.inclusion(0, 1), cosigned(signed(log.head()), &[0, 1]));
    assert!(proof.to_string().starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nledger.example\n1\n"));
    assert!(parse(&proof.to_string()).unwrap().verify(&two_of_three(), entry(0).leaf()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_changed_byte_of_a_proof_goes_unnoticed(at in any::<prop::sample::Index>(), flip in 1_u8..=255) {
        let mut bytes = text().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        // A line whose name or id was changed is an unknown witness's; then one of two is missing.
        let held = TlogProof::parse(&bytes).is_ok_and(|proof| proof.verify(&two_of_three(), entry(5).leaf()).is_ok());
        prop_assert!(!held, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_text_makes_reading_a_proof_panic(lines in "(c2sp.org/tlog-proof@v1\n)?(extra [A-Za-z=]{0,5}\n)?(index [0-9]{1,20}\n)?\n?[a-z0-9\n]{0,40}") {
        if let Ok(proof) = parse(&lines) {
            prop_assert_eq!(proof.to_string(), lines);
        }
    }
}
