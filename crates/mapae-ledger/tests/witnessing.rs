//! A witness: what it answers to which request, and in which order it works.

use mapae_ledger::{
    AddCheckpoint, Audit, AuditError, CheckpointError, MAX_PROOF, MerkleError, NoteError, Refusal, RequestError,
    SignatureType, SignedCheckpoint, TileTree, ToPersist, TreeHash, TreeHead, Witness, WitnessRecord,
};
use proptest::prelude::*;

use crate::parties::{LOG, cosignature, entries, entry, grown, log, now, origin, party, signed, time, witness};

fn service() -> Witness {
    Witness::new(witness(0).verifier, vec![log().verifier]).unwrap()
}

fn check(old: u64, proof: Vec<TreeHash>, head: TreeHead, record: &WitnessRecord) -> Result<ToPersist, Refusal> {
    service().check(AddCheckpoint::new(old, proof, signed(head)), record)
}

fn record(head: TreeHead) -> WitnessRecord {
    WitnessRecord::stored(origin(), head).unwrap()
}

#[test]
fn a_log_that_grows_is_cosigned_step_by_step() {
    let (_, files, heads) = grown(&[1, 7, 256, 300]);
    let mut latest = WitnessRecord::new(origin());
    for head in heads {
        let proof = files.consistency(latest.head().size(), head.size());
        let to_persist = check(latest.head().size(), proof, head, &latest).unwrap();
        assert_eq!(to_persist.before(), &latest);
        latest = to_persist.after();
        assert_eq!((latest.head(), latest.origin()), (head, &origin()));
        let unsigned = to_persist.persisted(now()).unwrap();
        let signature = witness(0).signing.sign(unsigned.to_be_signed()).unwrap();
        let line = unsigned.attach(&signature).unwrap();
        let checkpoint = signed(head).with(line).unwrap();
        assert_eq!(checkpoint.note().verify(&[&witness(0).verifier]).unwrap().signers()[0].at(), Some(now()));
    }
}

#[test]
fn the_same_checkpoint_is_cosigned_again_at_a_later_time() {
    let (_, _, heads) = grown(&[7]);
    let to_persist = check(7, vec![], heads[0], &record(heads[0])).unwrap();
    assert_eq!(to_persist.after(), record(heads[0]));
    assert!(to_persist.persisted(time("2026-11-22T00:00:00Z")).is_ok());
}

/// tlog-witness, "add-checkpoint": the request of the specification, with its two signatures by one name.
#[test]
fn the_request_of_the_specification_is_read_and_written_back() {
    let text = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
        \n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        \u{2014} example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let request = AddCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(request.to_string(), text);
    assert_eq!(
        (request.old_size(), request.checkpoint().origin().as_str()),
        (20_852_014, "example.com/behind-the-sofa")
    );
}

#[test]
fn a_request_that_cannot_be_read_is_a_400() {
    let (_, files, heads) = grown(&[7, 13]);
    let text = AddCheckpoint::new(7, files.consistency(7, 13), signed(heads[1])).to_string();
    assert!(AddCheckpoint::parse(text.as_bytes()).is_ok());
    let hash = entry(0).leaf();
    let endless = format!("old 7\n{}", format!("{hash}\n").repeat(MAX_PROOF));
    for (from, to, error) in [
        ("old 7\n", "", RequestError::OldSizeMalformed),
        ("old 7", "old 07", RequestError::OldSizeMalformed),
        ("old 7", "old  7", RequestError::OldSizeMalformed),
        ("old 7", "old", RequestError::OldSizeMalformed),
        ("old 7", "new 7", RequestError::OldSizeMalformed),
        ("old 7\n", "old 7\nAAAA\n", MerkleError::HashMalformed.into()),
        ("old 7\n", endless.as_str(), MerkleError::ProofTooLong { limit: MAX_PROOF }.into()),
        ("ledger.example\n13", "ledger.example\n1a", CheckpointError::SizeMalformed.into()),
    ] {
        let error = Err(error);
        assert_eq!(AddCheckpoint::parse(text.replacen(from, to, 1).as_bytes()), error, "{from:?} to {to:?}");
    }
    assert_eq!(AddCheckpoint::parse(b"old 0\n"), Err(RequestError::CheckpointMissing));
    assert_eq!(AddCheckpoint::parse(&[0xff]), Err(RequestError::NotUtf8));
    let limit = AddCheckpoint::MAX;
    assert_eq!(AddCheckpoint::parse(&vec![b' '; limit + 1]), Err(RequestError::TooLarge { limit }));
    let refusal = Refusal::from(RequestError::NotUtf8);
    assert_eq!((refusal.status(), refusal.size_body()), (400, None));
}

#[test]
fn an_unknown_log_is_a_404() {
    let elsewhere = Witness::new(witness(0).verifier, vec![]).unwrap();
    assert!(service().knows(&origin()) && !elsewhere.knows(&origin()));
    let request = AddCheckpoint::new(0, vec![], signed(TreeHead::EMPTY));
    let refusal = elsewhere.check(request, &WitnessRecord::new(origin())).unwrap_err();
    assert_eq!((refusal.status(), &refusal), (404, &Refusal::LogUnknown { origin: origin() }));
}

#[test]
fn a_checkpoint_without_a_right_signature_of_the_log_is_a_403() {
    let fresh = WitnessRecord::new(origin());
    let rotated = party(LOG, SignatureType::Ed25519, 9);
    let stricter = Witness::new(witness(0).verifier, vec![rotated.verifier]).unwrap();
    let request = AddCheckpoint::new(0, vec![], signed(TreeHead::EMPTY));
    let refusal = stricter.check(request, &fresh).unwrap_err();
    assert_eq!((refusal.status(), refusal), (403, Refusal::NotSigned(NoteError::NoKnownSigner.into())));

    // The right name and id, over another text.
    let (_, _, heads) = grown(&[7]);
    let line = signed(heads[0]).note().signatures()[0].to_string();
    let other = signed(TreeHead::EMPTY).to_string();
    let forged = format!("{}{line}", &other[..other.find("\n\n").unwrap() + 2]);
    let request = AddCheckpoint::new(0, vec![], SignedCheckpoint::parse(forged.as_bytes()).unwrap());
    assert_eq!(service().check(request, &fresh).unwrap_err().status(), 403);
}

#[test]
fn an_old_size_above_the_checkpoints_is_a_400() {
    let (_, _, heads) = grown(&[7, 13]);
    let refusal = check(13, vec![], heads[0], &record(heads[1])).unwrap_err();
    assert_eq!((refusal.status(), &refusal), (400, &Refusal::OldSizeTooLarge { old: 13, size: 7 }));
}

#[test]
fn another_old_size_than_the_recorded_is_a_409_with_the_recorded() {
    let (_, files, heads) = grown(&[5, 7, 13]);
    let refusal = check(5, files.consistency(5, 13), heads[2], &record(heads[1])).unwrap_err();
    assert_eq!((refusal.status(), refusal.size_body()), (409, Some("7\n".to_owned())));
    assert_eq!(check(0, vec![], heads[2], &record(heads[1])).unwrap_err().status(), 409);
    let never = check(5, files.consistency(5, 13), heads[2], &WitnessRecord::new(origin())).unwrap_err();
    assert_eq!(never, Refusal::Conflict { size: 0 });
    assert!(check(7, files.consistency(7, 13), heads[2], &record(heads[1])).is_ok());
}

/// A roll-back: the log shows a smaller tree than it once had.
#[test]
fn a_smaller_tree_is_never_cosigned() {
    let (_, _, heads) = grown(&[7, 13]);
    for old in [0, 7] {
        let refusal = check(old, vec![], heads[0], &record(heads[1])).unwrap_err();
        assert_eq!(refusal, Refusal::Conflict { size: 13 });
    }
}

#[test]
fn a_fork_is_a_422() {
    let (_, files, heads) = grown(&[7, 13]);
    let inconsistent = Refusal::NotConsistent(MerkleError::ConsistencyInvalid);
    let fork = TreeHead::new(13, entry(0).leaf());
    let refusal = check(7, files.consistency(7, 13), fork, &record(heads[0])).unwrap_err();
    assert_eq!((refusal.status(), &refusal), (422, &inconsistent));
    // The same size with another root.
    assert_eq!(check(13, vec![], fork, &record(heads[1])).unwrap_err(), inconsistent);
    // No proof, a wrong one, one where none belongs.
    assert_eq!(check(7, vec![], heads[1], &record(heads[0])).unwrap_err(), inconsistent);
    let wrong = files.consistency(6, 13);
    assert_eq!(check(7, wrong, heads[1], &record(heads[0])).unwrap_err(), inconsistent);
    let superfluous = vec![entry(0).leaf()];
    assert_eq!(check(0, superfluous.clone(), heads[0], &WitnessRecord::new(origin())).unwrap_err(), inconsistent);
    assert_eq!(check(7, superfluous, heads[0], &record(heads[0])).unwrap_err(), inconsistent);
}

#[test]
fn an_empty_tree_has_the_empty_root_or_is_a_422() {
    let fresh = WitnessRecord::new(origin());
    assert!(check(0, vec![], TreeHead::EMPTY, &fresh).is_ok());
    let refusal = check(0, vec![], TreeHead::new(0, entry(0).leaf()), &fresh).unwrap_err();
    assert_eq!((refusal.status(), refusal), (422, Refusal::NotConsistent(MerkleError::EmptyRootWrong)));
    let impossible = WitnessRecord::stored(origin(), TreeHead::new(0, entry(0).leaf()));
    assert_eq!(impossible, Err(MerkleError::EmptyRootWrong));
}

/// Our own mistake, not the client's: nothing is compared with another log's record.
#[test]
fn the_record_of_another_log_is_a_500() {
    let other = WitnessRecord::new("other.example".parse().unwrap());
    let refusal = check(0, vec![], TreeHead::EMPTY, &other).unwrap_err();
    assert_eq!((refusal.status(), refusal), (500, Refusal::RecordOfAnotherLog));
}

/// "… and the cosignature from the log key(s) that the witness verified": nobody else's line is passed on.
#[test]
fn what_is_served_to_monitors_has_verified_signatures_only() {
    let checkpoint = signed(TreeHead::EMPTY);
    let crowded = checkpoint.clone().with(cosignature(&witness(5), &checkpoint, now())).unwrap();
    let request = AddCheckpoint::new(0, vec![], crowded);
    let to_persist = service().check(request, &WitnessRecord::new(origin())).unwrap();
    assert_eq!(to_persist.checkpoint(), &checkpoint);
}

/// Two requests at once: the second finds that the store holds another record than it was checked against.
#[test]
fn a_slower_request_does_not_roll_the_record_back() {
    let (_, files, heads) = grown(&[7, 10, 13]);
    let start = record(heads[0]);
    let slow = check(7, files.consistency(7, 10), heads[1], &start).unwrap();
    let fast = check(7, files.consistency(7, 13), heads[2], &start).unwrap();
    let store = fast.after();
    assert_ne!(slow.before(), &store, "compare-and-swap fails");
}

fn audit(tree: TileTree, record: &WitnessRecord, proof: Vec<TreeHash>, head: TreeHead) -> Result<Audit, AuditError> {
    Audit::begin(check(record.head().size(), proof, head, record).unwrap(), tree)
}

fn tree(size: u64) -> TileTree {
    let mut tree = TileTree::new();
    tree.append(entries(0..size).iter().map(mapae_ledger::Entry::leaf)).unwrap();
    tree
}

#[test]
fn an_auditor_cosigns_what_it_has_read() {
    let (_, files, heads) = grown(&[7, 13]);
    let mut audit = audit(tree(7), &record(heads[0]), files.consistency(7, 13), heads[1]).unwrap();
    while let Some(index) = audit.next() {
        audit.judged(&entry(index)).unwrap();
    }
    let (to_persist, kept) = audit.finish().unwrap();
    assert_eq!((to_persist.after().head(), kept.head()), (heads[1], heads[1]));
}

#[test]
fn an_auditor_does_not_cosign_what_it_has_not_read() {
    let (_, files, heads) = grown(&[7, 13]);
    let begin = || audit(tree(7), &record(heads[0]), files.consistency(7, 13), heads[1]).unwrap();
    let mut short = begin();
    short.judged(&entry(7)).unwrap();
    assert_eq!(short.finish().err(), Some(AuditError::EntriesMissing { next: 8, size: 13 }));

    let mut other = begin();
    (7..12).for_each(|index| other.judged(&entry(index)).unwrap());
    other.judged(&entry(99)).unwrap();
    assert_eq!(other.next(), None);
    assert_eq!(other.judged(&entry(13)), Err(AuditError::TooManyEntries { size: 13 }));
    assert_eq!(other.finish().err(), Some(AuditError::RootDiffers { size: 13 }));

    let behind = audit(tree(6), &record(heads[0]), files.consistency(7, 13), heads[1]).err();
    assert_eq!(behind, Some(AuditError::OwnTreeDiffers { cosigned: 7, kept: 6 }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_reading_a_request_panic(text in "(old [0-9]{1,20}\n)?([A-Za-z0-9+/=]{43}=\n){0,2}\n?[a-z0-9\n]{0,40}") {
        if let Ok(request) = AddCheckpoint::parse(text.as_bytes()) {
            prop_assert_eq!(request.to_string(), text);
        }
    }
}
