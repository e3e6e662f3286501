//! Examples with concrete bytes in the texts of C2SP and RFC 9162 that no other test here works on; its heading stands above each.
//! The remaining ones: `keys` and `notes` (signed-note), `checkpoints` (tlog-checkpoint, tlog-cosignature), `witnessing`
//! (the request of tlog-witness), `tiles` (tlog-tiles) and `policies` (tlog-policy).
//!
//! Left out: what the texts abbreviate (the signatures of tlog-proof, of `sign-subtree` and of tlog-mirror).

use mapae_ledger::{
    AddCheckpoint, Checkpoint, CheckpointError, Collecting, MerkleError, NoteError, RequestError, SignatureType,
    SignedCheckpoint, TlogProof, TreeHash, TreeHead, Witness, WitnessFault, WitnessRecord, node_hash,
};

use crate::{
    checkpoints::EXAMPLE,
    notes::base64,
    parties::{cosignature, entry, grown, now, party, signed, time, witness},
};

/// tlog-checkpoint, the example: that of tlog-cosignature without the witness's line.
#[test]
fn a_checkpoint_of_three_lines_has_its_logs_signature() {
    let example = &EXAMPLE[..EXAMPLE.rfind('\u{2014}').unwrap()];
    let read = SignedCheckpoint::parse(example.as_bytes()).unwrap();
    assert_eq!(read.to_string(), example);
    let [line] = read.note().signatures() else { panic!() };
    assert_eq!((line.name().as_str(), line.id().to_string().as_str()), ("example.com/behind-the-sofa", "033de0ae"));
    assert_eq!(line.bytes().len(), 64);
    // Nobody knows that log's key: a key of its name is another.
    let other = party("example.com/behind-the-sofa", SignatureType::Ed25519, 1).verifier;
    assert_eq!(read.signed_by_log(&[other]).err(), Some(NoteError::NoKnownSigner.into()));
}

/// tlog-cosignature, "Ed25519 signed message": the message of the example. The log is one of ours under its name.
#[test]
fn a_cosigner_signs_the_message_of_the_specification() {
    let log = party("example.com/behind-the-sofa", SignatureType::Ed25519, 1);
    let checkpoint = Checkpoint::parse(&EXAMPLE[..=EXAMPLE.find("\n\n").unwrap()]).unwrap();
    let record = WitnessRecord::new(checkpoint.origin().clone());
    let unsigned = checkpoint.sign_with(&log.verifier).unwrap();
    let signature = log.signing.sign(unsigned.to_be_signed()).unwrap();
    let request = AddCheckpoint::new(0, vec![], unsigned.attach(&signature).unwrap());
    let service = Witness::new(witness(0).verifier, vec![log.verifier]).unwrap();
    let unsigned = service.check(request, &record).unwrap().persisted(time("2023-03-20T12:25:47Z")).unwrap();
    let message = "cosignature/v1\n\
        time 1679315147\n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(str::from_utf8(unsigned.to_be_signed()), Ok(message));
}

/// tlog-witness, "add-checkpoint", "Example response body": three cosignatures, two of them under one name.
const ANSWER: &str = "\u{2014} witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n\
    \u{2014} witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==\n\
    \u{2014} witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n";

#[test]
fn the_answer_of_the_specification_is_read_and_its_keys_are_unknown() {
    let checkpoint = signed(TreeHead::new(1, TreeHash::from_bytes([7; 32])));
    let answered = |key, body: &str| {
        Collecting::new(checkpoint.clone()).submit_to(key, 0).answered(200, body.as_bytes()).map(|_| ())
    };
    let namesake = party("witness.example/w1", SignatureType::CosignatureV1, 1);
    assert_eq!(answered(namesake.verifier.clone(), ANSWER), Err(WitnessFault::DidNotCosign));
    // Beside them a line that is the witness's own counts.
    let own = cosignature(&namesake, &checkpoint, now());
    assert_eq!(answered(namesake.verifier, &format!("{ANSWER}{own}")), Ok(()));
    // "The client MAY concatenate it to the checkpoint."
    let note = SignedCheckpoint::parse(format!("{checkpoint}{ANSWER}").as_bytes()).unwrap();
    let found: Vec<_> =
        note.note().signatures()[1..].iter().map(|line| (line.id().to_string(), line.bytes().len())).collect();
    assert_eq!(found, ["08ca7ee8", "23bac4a6", "016ba2f1"].map(|id| (id.to_owned(), 8 + 64)));
}

/// tlog-witness, "sign-subtree", "Example request body", with a signature in place of the abbreviated one.
#[test]
fn a_request_for_a_subtree_is_none_to_add_a_checkpoint() {
    let request = format!(
        "subtree 8 13\n\
        mbsQCg+dEIMGlpqeGgk94JutQwKKS2Lo5IuDhKmDjiU=\n\
        CD82D2LDm0phY0+xKbHyZfq3Hw21lVkuV7Zis5EFg0k=\n\
        h/ghL5nyaXTIBAklqDnisM+SFdbA3izoGZ5oRYMZzc0=\n\
        8qtnAAU9sTKQx/zt3E4v8Jt2a9IMQUf0QUawvePF9y0=\n\
        KuO5BNOmginG34Lm5G3e2GuiWliGo3K0ebzGpvI0fEg=\n\
        \n\
        example.com/behind-the-sofa\n\
        14\n\
        /CcKVZM9n65aH7jLaIZuUB4/MSlEFQ4+ldwUC21rDHM=\n\
        \n\
        \u{2014} witness.example/w1 {}\n",
        base64(&[0; 76])
    );
    assert_eq!(AddCheckpoint::parse(request.as_bytes()), Err(RequestError::OldSizeMalformed));
}

/// tlog-proof, the example. Its signatures are abbreviated, and its path has 5 hashes where one of 109,482 leaves has 17.
#[test]
fn the_proof_of_the_specification_is_read_and_written_back() {
    let head = "c2sp.org/tlog-proof@v1\n\
        extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ\n\
        index 73894\n\
        gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n\
        B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\
        EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n\
        RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n\
        AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n\
        \n\
        example.com/fancylog\n\
        109482\n\
        sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n";
    let abbreviated = format!("{head}\u{2014} example.com/fancylog hI2DJw[...]1roloI=\n");
    let malformed = CheckpointError::Note(NoteError::SignatureLineMalformed { line: 0 });
    assert_eq!(TlogProof::parse(abbreviated.as_bytes()), Err(malformed.into()));

    let text = format!("{head}\u{2014} example.com/fancylog {}\n", base64(&[0; 68]));
    let proof = TlogProof::parse(text.as_bytes()).unwrap();
    assert_eq!(proof.to_string(), text);
    assert!(proof.unauthenticated_extra().unwrap().starts_with(b"age-v1.2.1-darwin-arm64.tar.gz"));
    let checkpoint = proof.checkpoint().unverified();
    assert_eq!((checkpoint.origin().as_str(), checkpoint.size()), ("example.com/fancylog", 109_482));
    let path: Vec<TreeHash> = head.lines().skip(3).take(5).map(|line| line.parse().unwrap()).collect();
    let refused = checkpoint.head().includes(73_894, entry(0).leaf(), &path);
    assert_eq!(refused, Err(MerkleError::InclusionInvalid));
}

/// RFC 9162 §2.1.5: the tree of seven leaves, its nodes named as there, with the proofs that are printed.
#[test]
#[expect(clippy::many_single_char_names, reason = "the RFC's names")]
fn the_tree_of_seven_leaves_has_the_proofs_of_rfc_9162() {
    let (_, files, heads) = grown(&[3, 4, 6, 7]);
    let [a, b, c, d, e, f, j] = [0, 1, 2, 3, 4, 5, 6].map(|number| entry(number).leaf());
    let (g, h, i) = (node_hash(&a, &b), node_hash(&c, &d), node_hash(&e, &f));
    let (k, l) = (node_hash(&g, &h), node_hash(&i, &j));
    assert_eq!(
        heads.iter().map(|head| head.root()).collect::<Vec<_>>(),
        [node_hash(&g, &c), k, node_hash(&k, &i), node_hash(&k, &l)]
    );
    for (index, path) in [(0, vec![b, h, l]), (3, vec![c, g, l]), (4, vec![f, j, k]), (6, vec![i, k])] {
        assert_eq!(files.inclusion(index, 7), path, "d{index}");
    }
    for (old, proof) in [(3, vec![c, d, g, l]), (4, vec![l]), (6, vec![i, j, k])] {
        assert_eq!(files.consistency(old, 7), proof, "hash0 to hash2 of {old}");
    }
}
