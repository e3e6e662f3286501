//! Merkle trees beside the definitions of RFC 6962 §2.1, written out as they stand there.

use mapae_ledger::{MAX_PROOF, MerkleError, TileTree, TreeHash, TreeHead, leaf_hash, node_hash};
use mapae_types::hex;
use proptest::prelude::*;

use crate::parties::{Files, entry, grown};

/// MTH(D[n]).
fn root(leaves: &[TreeHash]) -> TreeHash {
    match leaves {
        [] => TreeHash::EMPTY,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two smaller than n.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// PATH(m, D[n]).
fn path(m: usize, leaves: &[TreeHash]) -> Vec<TreeHash> {
    if leaves.len() == 1 {
        return vec![];
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if m < left.len() {
        [path(m, left), vec![root(right)]].concat()
    } else {
        [path(m - left.len(), right), vec![root(left)]].concat()
    }
}

/// SUBPROOF(m, D[n], b).
fn subproof(m: usize, leaves: &[TreeHash], known: bool) -> Vec<TreeHash> {
    if m == leaves.len() {
        return if known { vec![] } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if m <= left.len() {
        [subproof(m, left, known), vec![root(right)]].concat()
    } else {
        [subproof(m - left.len(), right, false), vec![root(left)]].concat()
    }
}

fn leaves(count: u64) -> Vec<TreeHash> {
    (0..count).map(|number| entry(number).leaf()).collect()
}

fn head(leaves: &[TreeHash]) -> TreeHead {
    TreeHead::new(leaves.len() as u64, root(leaves))
}

/// The leaves and roots of the reference implementation of Certificate Transparency (`merkle_tree_test.cc`).
#[test]
fn roots_are_those_of_certificate_transparency() {
    let entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = TileTree::new();
    for (size, root) in roots.iter().enumerate() {
        assert_eq!(hex::encode(tree.head().root().as_bytes()), *root, "{size}");
        let next = entries.get(size).map(|entry| leaf_hash(&hex::decode(entry).unwrap()));
        tree.append(next).unwrap();
    }
}

/// golang.org/x/mod/sumdb/tlog over the same entries.
#[test]
fn roots_and_proofs_are_those_of_go() {
    let vectors = include_str!("vectors/go-tlog.txt");
    let (tree, files, heads) = grown(&[1, 255, 256, 257, 1000, 65_536, 70_000]);
    assert_eq!(tree.head(), heads[6]);
    let roots = vectors.lines().filter_map(|line| line.strip_prefix("root "));
    for line in roots.clone() {
        let (size, root) = line.split_once(' ').unwrap();
        let head = heads.iter().find(|head| head.size().to_string() == size).unwrap();
        assert_eq!(head.root().to_string(), root, "{size}");
    }
    assert_eq!(roots.count(), 6);

    let proof = |name: &str| -> Vec<TreeHash> {
        let lines = vectors.lines().skip_while(|line| *line != name).skip(1);
        lines.map_while(|line| line.parse().ok()).collect()
    };
    let (inclusion, consistency) = (proof("inclusion 12345 70000"), proof("consistency 1000 70000"));
    assert_eq!((inclusion.len(), consistency.len()), (17, 15));
    assert_eq!(files.inclusion(12_345, 70_000), inclusion);
    assert_eq!(files.consistency(1000, 70_000), consistency);
    assert_eq!(heads[6].includes(12_345, entry(12_345).leaf(), &inclusion), Ok(()));
    assert_eq!(heads[6].extends(heads[4], &consistency), Ok(()));
}

#[test]
fn every_leaf_of_every_small_tree_is_proved_and_no_other() {
    for size in 1..=33 {
        let leaves = leaves(size);
        let head = head(&leaves);
        for index in 0..size {
            let proof = path(usize::try_from(index).unwrap(), &leaves);
            for other in 0..size {
                let holds = head.includes(other, leaves[usize::try_from(index).unwrap()], &proof);
                assert_eq!(holds.is_ok(), other == index, "{index} as {other} of {size}");
            }
            let wrong = leaf_hash(b"another");
            assert_eq!(head.includes(index, wrong, &proof), Err(MerkleError::InclusionInvalid));
        }
        let beyond = head.includes(size, leaves[0], &[]);
        assert_eq!(beyond, Err(MerkleError::IndexOutOfRange { index: size, size }));
    }
    let nothing = TreeHead::EMPTY.includes(0, TreeHash::EMPTY, &[]);
    assert_eq!(nothing, Err(MerkleError::IndexOutOfRange { index: 0, size: 0 }));
}

#[test]
fn every_small_tree_extends_every_smaller_one_and_no_other() {
    let all = leaves(33);
    let other: Vec<TreeHash> = (1000..1033).map(|number| entry(number).leaf()).collect();
    for new in 1..=33 {
        for old in 1..new {
            let proof = subproof(old, &all[..new], true);
            let newer = head(&all[..new]);
            assert_eq!(newer.extends(head(&all[..old]), &proof), Ok(()), "{old} to {new}");
            let fork = newer.extends(head(&other[..old]), &proof);
            assert_eq!(fork, Err(MerkleError::ConsistencyInvalid), "{old} to {new}");
            let fork = head(&other[..new]).extends(head(&all[..old]), &proof);
            assert_eq!(fork, Err(MerkleError::ConsistencyInvalid), "{old} to {new}");
        }
    }
}

/// Where the path of a larger tree only begins as that of the smaller one does, the claim of a larger size is noticed.
#[test]
fn a_root_is_not_taken_for_that_of_a_larger_tree() {
    let all = leaves(2);
    let proof = subproof(1, &all, true);
    assert_eq!(head(&all).extends(head(&all[..1]), &proof), Ok(()));
    let claimed = TreeHead::new(3, root(&all));
    assert_eq!(claimed.extends(head(&all[..1]), &proof), Err(MerkleError::ConsistencyInvalid));
    assert_eq!(claimed.includes(0, all[0], &path(0, &all)), Err(MerkleError::InclusionInvalid));
}

#[test]
fn every_tree_extends_the_empty_one_and_itself_without_a_proof() {
    let all = leaves(7);
    let seven = head(&all);
    assert_eq!(seven.extends(TreeHead::EMPTY, &[]), Ok(()));
    assert_eq!(seven.extends(seven, &[]), Ok(()));
    assert_eq!(TreeHead::EMPTY.extends(TreeHead::EMPTY, &[]), Ok(()));

    let proof = [all[0]];
    assert_eq!(seven.extends(TreeHead::EMPTY, &proof), Err(MerkleError::ConsistencyInvalid));
    assert_eq!(seven.extends(seven, &proof), Err(MerkleError::ConsistencyInvalid));
    let fork = TreeHead::new(7, leaf_hash(b"another"));
    assert_eq!(fork.extends(seven, &[]), Err(MerkleError::ConsistencyInvalid));
    assert_eq!(seven.extends(head(&all[..6]), &[]), Err(MerkleError::ConsistencyInvalid));
}

#[test]
fn a_tree_does_not_shrink_and_an_empty_one_has_one_root() {
    let all = leaves(7);
    let shrunk = head(&all[..6]).extends(head(&all), &[]);
    assert_eq!(shrunk, Err(MerkleError::Shrunk { from: 7, to: 6 }));
    let impossible = TreeHead::new(0, leaf_hash(b""));
    assert_eq!(impossible.extends(TreeHead::EMPTY, &[]), Err(MerkleError::EmptyRootWrong));
    assert_eq!(head(&all).extends(impossible, &[]), Err(MerkleError::EmptyRootWrong));
}

#[test]
fn a_proof_is_neither_shorter_nor_longer_than_its_path() {
    let all = leaves(13);
    let (newer, older) = (head(&all), head(&all[..6]));
    let (inclusion, consistency) = (path(5, &all), subproof(6, &all, true));
    for cut in 0..inclusion.len() {
        assert_eq!(newer.includes(5, all[5], &inclusion[..cut]), Err(MerkleError::InclusionInvalid));
    }
    for cut in 0..consistency.len() {
        assert_eq!(newer.extends(older, &consistency[..cut]), Err(MerkleError::ConsistencyInvalid));
    }
    let longer = |proof: &[TreeHash]| [proof, &[all[0]]].concat();
    assert_eq!(newer.includes(5, all[5], &longer(&inclusion)), Err(MerkleError::InclusionInvalid));
    assert_eq!(newer.extends(older, &longer(&consistency)), Err(MerkleError::ConsistencyInvalid));

    let endless = vec![all[0]; MAX_PROOF + 1];
    let refused = Err(MerkleError::ProofTooLong { limit: MAX_PROOF });
    assert_eq!((newer.includes(5, all[5], &endless), newer.extends(older, &endless)), (refused, refused));
}

/// An inner node hashes as `0x01 ‖ …`: it is never a leaf (RFC 6962 §2.1, second preimages).
#[test]
fn a_node_is_not_taken_for_a_leaf() {
    let all = leaves(4);
    let node = node_hash(&all[0], &all[1]);
    let as_entry = leaf_hash(&[all[0].as_bytes().as_slice(), all[1].as_bytes()].concat());
    assert_ne!(node, as_entry);
    assert_eq!(head(&all).includes(0, as_entry, &[node_hash(&all[2], &all[3])]), Err(MerkleError::InclusionInvalid));
}

#[test]
fn the_largest_sizes_do_not_overflow() {
    let hash = leaf_hash(b"");
    for size in [u64::MAX, 1 << 63, u64::MAX >> 1] {
        let head = TreeHead::new(size, hash);
        for index in [0, 1, size / 2, size - 2, size - 1] {
            assert_eq!(head.includes(index, hash, &[hash; MAX_PROOF]), Err(MerkleError::InclusionInvalid));
            let older = TreeHead::new(index, hash);
            assert!(head.extends(older, &[hash; MAX_PROOF]).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn proofs_out_of_tiles_are_the_naive_ones(new in 1_u64..1200, old in 0_u64..1200, index in 0_u64..1200) {
        let (old, index) = (old % (new + 1), index % new);
        let mut tree = TileTree::new();
        let all = leaves(new);
        let mut files = Files::default();
        files.0.extend(tree.append(all.clone()).unwrap().into_iter().map(|file| (file.path, file.bytes)));
        prop_assert_eq!(tree.head(), head(&all));
        let inclusion = files.inclusion(index, new);
        let at = usize::try_from(index).unwrap();
        prop_assert_eq!(&inclusion, &path(at, &all));
        prop_assert_eq!(tree.head().includes(index, all[at], &inclusion), Ok(()));
        let before = usize::try_from(old).unwrap();
        let consistency = files.consistency(old, new);
        prop_assert_eq!(&consistency, &if old == 0 { vec![] } else { subproof(before, &all, true) });
        prop_assert_eq!(tree.head().extends(head(&all[..before]), &consistency), Ok(()));
    }

    #[test]
    fn no_altered_hash_of_a_proof_goes_unnoticed(new in 2_u64..300, old in 1_u64..300, at in 0_usize..9, bit in 0_usize..256) {
        let all = leaves(new);
        let old = usize::try_from(old % (new - 1) + 1).unwrap();
        let mut proof = subproof(old, &all, true);
        let at = at % proof.len();
        let mut bytes = *proof[at].as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        proof[at] = TreeHash::from_bytes(bytes);
        prop_assert_eq!(head(&all).extends(head(&all[..old]), &proof), Err(MerkleError::ConsistencyInvalid));
        let mut proof = path(old - 1, &all);
        let at = at % proof.len();
        proof[at] = TreeHash::from_bytes(bytes);
        let refused = head(&all).includes(old as u64 - 1, all[old - 1], &proof);
        prop_assert_eq!(refused, Err(MerkleError::InclusionInvalid));
    }

    #[test]
    fn a_tree_does_not_depend_on_how_it_was_fed(sizes in proptest::collection::vec(0_u64..400, 1..5)) {
        let total: u64 = sizes.iter().sum();
        let mut tree = TileTree::new();
        let mut next = 0;
        for size in sizes {
            tree.append((next..next + size).map(|number| entry(number).leaf())).unwrap();
            next += size;
        }
        prop_assert_eq!(tree.head(), head(&leaves(total)));
    }
}
