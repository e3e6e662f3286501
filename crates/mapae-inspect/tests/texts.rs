//! The texts of a log.

use mapae_inspect::{InspectError, Node, inspect};
use mapae_ledger::{ForkEvidence, TlogProof};
use testkit::Ledger;

use crate::{all, at};

/// A log of one entry and another of two, under one key.
fn logs() -> [Ledger; 2] {
    let [mut one, mut other] = [Ledger::new(), Ledger::new()];
    one.add(b"one".to_vec());
    other.add(b"other".to_vec());
    other.add(b"more".to_vec());
    [one, other]
}

/// A proof with a hash, a checkpoint, evidence with a hash, a policy and a note.
pub(crate) fn texts() -> [String; 5] {
    let [one, other] = logs();
    let (older, newer) = (one.checkpoint(&[]), other.checkpoint(&[0]));
    let root = newer.unverified().root();
    let policy = other.policy_text().replace("witness w1", "# the police\n\nwitness w1");
    [
        other.prove(1, &[0, 1]).with_extra(b"more".to_vec()).unwrap().to_string(),
        other.checkpoint(&[0, 1]).to_string(),
        ForkEvidence::new(older, newer, root, vec![root]).to_string(),
        policy.replace("\ngroup", " https://police.example\ngroup"),
        "roses\n\nare red\n\n\u{2014} poet.example AAAAAAA=\n".to_owned(),
    ]
}

fn shown(text: &str) -> Node {
    inspect(text.as_bytes()).unwrap()
}

fn value<'t>(tree: &'t Node, path: &[&str]) -> &'t str {
    at(tree, path).value().unwrap()
}

/// What a node's place holds.
fn bytes(text: &str, path: &[&str]) -> Vec<u8> {
    at(&shown(text), path).place().unwrap().bytes(text.as_bytes()).unwrap()
}

#[test]
fn each_is_known_by_its_marks() {
    let labels = texts().map(|text| shown(&text).label().to_owned());
    assert_eq!(
        labels,
        [
            "proof of a log's entry (tlog-proof)",
            "signed checkpoint of a log",
            "evidence of a fork",
            "policy of a log (tlog-policy)",
            "signed note",
        ]
    );
}

#[test]
fn a_proof_is_shown_line_by_line() {
    let [text, ..] = texts();
    let tree = shown(&text);
    assert_eq!((value(&tree, &["index"]), value(&tree, &["extra"])), ("1", "\"bW9yZQ==\""));
    assert_eq!(bytes(&text, &["extra"]), b"more");
    assert_eq!(bytes(&text, &["inclusion proof (1)", "[0]"]).len(), 32);
    let checkpoint = at(&tree, &["checkpoint"]);
    assert_eq!((value(checkpoint, &["origin"]), value(checkpoint, &["size"])), ("\"ledger.example/mapae\"", "2"));
    let root = TlogProof::parse(text.as_bytes()).unwrap().checkpoint().unverified().root();
    assert_eq!(bytes(&text, &["checkpoint", "root"]), root.as_bytes());
}

#[test]
fn signatures_have_names_key_ids_and_cosignatures_their_time() {
    let [_, text, ..] = texts();
    let tree = shown(&text);
    let signatures = at(&tree, &["signatures (3)"]);
    let names: Vec<_> = signatures.children().iter().map(|line| line.value().unwrap()).collect();
    assert_eq!(names, ["\"ledger.example/mapae\"", "\"interior.example/cosigner\"", "\"police.example/cosigner\""]);
    let note = mapae_ledger::SignedNote::parse(text.as_bytes()).unwrap();
    for (line, signature) in signatures.children().iter().zip(note.signatures()) {
        assert_eq!(value(line, &["key id"]), signature.id().to_string());
        let place = at(line, &["signature"]).place().unwrap();
        assert!(signature.bytes().ends_with(&place.bytes(text.as_bytes()).unwrap()));
        assert_eq!(place.encoding(), Some("base64"));
    }
    assert_eq!(value(&signatures.children()[1], &["time"]), "2026-11-21T09:00:00Z");
    assert!(signatures.children()[0].children().iter().all(|part| part.label() != "time"), "a log's has none");
}

#[test]
fn evidence_of_a_fork_has_two_checkpoints_and_the_hashes_between_them() {
    let [.., text, _, _] = texts();
    let tree = shown(&text);
    assert_eq!(value(&tree, &["older checkpoint", "size"]), "1");
    assert_eq!(value(&tree, &["newer checkpoint", "size"]), "2");
    assert_eq!(value(&tree, &["newer checkpoint", "signatures (2)", "[1]"]), "\"interior.example/cosigner\"");
    assert_eq!(bytes(&text, &["root of the newer tree then"]), bytes(&text, &["newer checkpoint", "root"]));
    assert_eq!(bytes(&text, &["consistency proof (1)", "[0]"]).len(), 32);
    let older = at(&tree, &["older checkpoint"]).place().unwrap().bytes(text.as_bytes()).unwrap();
    assert!(mapae_ledger::SignedCheckpoint::parse(&older).is_ok());
}

#[test]
fn a_policy_is_shown_by_members() {
    let [.., text, _] = texts();
    let tree = shown(&text);
    let labels: Vec<_> = tree.children().iter().map(Node::label).collect();
    assert_eq!(labels, ["log", "witness", "comment", "witness", "witness", "group", "quorum"]);
    let third = &tree.children()[4];
    assert_eq!((third.value(), value(third, &["URL"])), (Some("\"w2\""), "\"https://police.example\""));
    assert_eq!(value(third, &["key", "type"]), "4 (Ed25519 cosignature)");
    assert_eq!(value(&tree, &["log", "key", "type"]), "1 (Ed25519)");
    assert_eq!(value(&tree, &["group", "[2]"]), "\"w2\"");
    assert_eq!(value(&tree, &["quorum"]), "\"all\"");
}

#[test]
fn a_note_that_is_no_checkpoint_has_lines() {
    let [.., text] = texts();
    let tree = shown(&text);
    let lines: Vec<_> = at(&tree, &["text"]).children().iter().map(|line| line.value().unwrap()).collect();
    assert_eq!(lines, ["\"roses\"", "\"\"", "\"are red\""]);
    assert_eq!(value(&tree, &["signatures (1)", "[0]", "key id"]), "00000000");
    assert_eq!(value(&tree, &["signatures (1)", "[0]", "signature"]), "h'00'");
}

#[test]
fn a_key_is_shown_by_its_parts() {
    let ledger = Ledger::new();
    let text = format!("{}\n", ledger.policy().log().key());
    let tree = shown(&text);
    assert_eq!((tree.label(), value(&tree, &["key name"])), ("key of a log or witness", "\"ledger.example/mapae\""));
    assert_eq!(bytes(&text, &["public key"]), ledger.policy().log().key().public_key().as_bytes());
}

#[test]
fn a_changed_byte_is_that_byte_and_the_text_stays_one() {
    for text in texts() {
        for leaf in all(&shown(&text)).into_iter().filter(|node| node.is_editable()) {
            let place = leaf.place().unwrap();
            let mut expected = place.bytes(text.as_bytes()).unwrap();
            expected[0] ^= 1;
            let changed = place.change(text.as_bytes(), 0, expected[0]).unwrap();
            assert_eq!(place.bytes(&changed), Some(expected), "{}", leaf.label());
            assert_eq!(changed.len(), text.len());
            if matches!(leaf.kind(), "hash" | "Ed25519 signature" | "cosignature time" | "root hash") {
                assert!(inspect(&changed).is_ok(), "{}", leaf.label());
            }
        }
    }
}

#[test]
fn what_only_looks_like_one_says_why_it_is_none() {
    let error = |text: &str| inspect(text.as_bytes()).unwrap_err();
    assert!(matches!(error("c2sp.org/tlog-proof@v1\nindex 01\n\n"), InspectError::Proof(_)));
    assert!(matches!(error("mapae-tlog-fork@v1\nroot A\n\n"), InspectError::Fork(_)));
    assert!(matches!(error("text\n\n\u{2014} name AA\n"), InspectError::Note(_)));
    assert!(matches!(error("log x\nquorum none\n"), InspectError::Policy(_)));
}
