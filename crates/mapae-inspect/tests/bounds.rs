//! Whatever comes in, a tree of limited size with sound places comes out, or an error.

use mapae_cose::cbor::{Value, Writer};
use mapae_inspect::{MAX_EMBEDDED, MAX_NODES, Node, inspect};
use proptest::prelude::*;
use testkit::{BOTH, World};

use crate::{
    all, at,
    ledger::{founding, logged, order},
    texts::texts,
};

/// Beyond [`MAX_NODES`]: the nodes `…`, and heads of COSE structures.
const MORE: usize = 200;

fn check(input: &[u8]) {
    let Ok(tree) = inspect(input) else { return };
    let nodes = all(&tree);
    assert!(nodes.len() <= MAX_NODES + MORE, "{}", nodes.len());
    for node in nodes {
        check_places(node, input);
    }
}

fn check_places(node: &Node, input: &[u8]) {
    let Some(place) = node.place() else { return };
    assert!(place.item().end <= input.len() && place.value().end <= input.len(), "{node:?}");
    assert!(place.item().start <= place.value().start && place.value().end <= place.item().end, "{node:?}");
    for inner in node.children().iter().filter_map(Node::place) {
        assert!(place.item().start <= inner.item().start && inner.item().end <= place.item().end, "{node:?}");
    }
    if node.is_editable() {
        let first = place.bytes(input).unwrap()[0];
        assert_eq!(place.change(input, 0, first).as_deref(), Some(input));
    }
}

#[test]
fn a_tree_is_cut_off_where_it_gets_too_large() {
    let arrays = Value::Array(vec![Value::Array(vec![Value::Int(0); 100]); MAX_NODES]).to_cbor();
    let map = Value::Map((0..20_000).map(|key| (Value::Int(key), Value::Bool(true))).collect()).to_cbor();
    let json = format!("{{\"a\":[{}0]}}", "0,".repeat(MAX_NODES * 2)).into_bytes();
    for input in [arrays, map, json] {
        check(&input);
        let tree = inspect(&input).unwrap();
        assert!(all(&tree).iter().any(|node| node.kind() == "cut off"));
    }
}

#[test]
fn a_tree_that_fits_is_not_cut_off() {
    let tree = inspect(&Value::Array(vec![Value::Int(0); MAX_NODES - 1]).to_cbor()).unwrap();
    assert_eq!(tree.children().len(), MAX_NODES - 1);
    assert!(all(&tree).iter().all(|node| node.kind() != "cut off"));
}

#[test]
fn encodings_are_opened_so_often_and_no_more() {
    let mut input = vec![0];
    for _ in 0..100 {
        let mut writer = Writer::new();
        writer.array(1).encoded_cbor(&input);
        input = writer.into_bytes();
    }
    check(&input);
    let arrays = all(&inspect(&input).unwrap()).iter().filter(|node| node.kind() == "array").count();
    assert_eq!(arrays, 1 + usize::from(MAX_EMBEDDED));
}

#[test]
fn many_disclosures_are_cut_off() {
    let jwt = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA";
    let input = format!("{jwt}{}", "~WyJhIiwiYiIsMV0".repeat(MAX_NODES));
    check(input.as_bytes());
}

#[test]
fn many_texts_of_a_log_are_cut_off() {
    let [_, _, _, policy, note] = texts();
    let (text, signatures) = note.split_at(note.len() - "\u{2014} poet.example AAAAAAA=\n".len());
    check(format!("{}{text}{signatures}", "line\n".repeat(MAX_NODES * 2)).as_bytes());
    check(format!("{}{policy}", "# comment\n".repeat(6_000)).as_bytes());
    let (_, bundle) = logged();
    let proof = bundle_proof(&bundle);
    let rotation = Value::Array(vec![Value::Bytes(vec![]), Value::Bytes(proof.clone())]);
    let rotations = Value::Array(vec![rotation; 2_500]);
    let seal = Value::Array(vec![Value::Bytes(vec![]), Value::Bytes(vec![]), Value::Bytes(proof), rotations]);
    let input = Value::Array(vec![seal, Value::Array(vec![])]).to_cbor();
    check(&input);
    assert!(all(&inspect(&input).unwrap()).iter().any(|node| node.kind() == "cut off"));
}

fn files_of_a_ledger() -> Vec<Vec<u8>> {
    let (ledger, bundle) = logged();
    let texts = texts().map(String::into_bytes);
    [vec![bundle, founding(&ledger), order(&ledger)], texts.to_vec()].concat()
}

/// The proof of a bundle's entry.
fn bundle_proof(bundle: &[u8]) -> Vec<u8> {
    at(&inspect(bundle).unwrap(), &["seal", "proof"]).place().unwrap().bytes(bundle).unwrap()
}

/// The input with some of its bytes changed.
fn with_changes(input: &[u8], changes: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    let mut input = input.to_vec();
    for (at, byte) in changes {
        let at = at.index(input.len());
        input[at] = *byte;
    }
    input
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn bytes_of_any_kind_do_no_harm(input in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&input);
    }

    #[test]
    fn text_of_any_kind_does_no_harm(input in "[{\"\\[\\]\\}:,.~a-zA-Z0-9\\\\ _-]{0,80}") {
        check(input.as_bytes());
    }

    #[test]
    fn presentations_with_bytes_changed_do_no_harm(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        thread_local!(static SHOWN: [Vec<u8>; 2] = BOTH.map(|format| World::new().show(format)));
        SHOWN.with(|shown| {
            for presentation in shown {
                check(&with_changes(presentation, &changes));
            }
        });
    }

    #[test]
    fn files_of_a_ledger_with_bytes_changed_do_no_harm(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        thread_local!(static FILES: Vec<Vec<u8>> = files_of_a_ledger());
        FILES.with(|files| files.iter().for_each(|file| check(&with_changes(file, &changes))));
    }
}
