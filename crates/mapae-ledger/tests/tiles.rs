//! Tiles: their paths, what stands in them, and taking a tree up again.

use mapae_ledger::{
    Entry, EntryBundle, MAX_ENTRY, MerkleError, Sequencer, TileError, TileKind, TilePath, TileTree, TreeHash, TreeHead,
    TreeQuery,
};
use proptest::prelude::*;

use crate::parties::{entries, entry, grown};

const LEAVES: TileKind = TileKind::Hashes { level: 0 };

fn path(text: &str) -> Result<TilePath, TileError> {
    text.parse()
}

fn names(paths: &[TilePath]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

/// tlog-tiles, "Merkle Tree": "index 1234067 will be encoded as x001/x234/067".
#[test]
fn paths_are_those_of_the_specification() {
    for (text, kind, index, width) in [
        ("tile/0/x001/x234/067", LEAVES, 1_234_067, 256),
        ("tile/0/x001/x234/067.p/8", LEAVES, 1_234_067, 8),
        ("tile/0/000", LEAVES, 0, 256),
        ("tile/0/999", LEAVES, 999, 256),
        ("tile/0/x001/000", LEAVES, 1000, 256),
        ("tile/63/000.p/255", TileKind::Hashes { level: 63 }, 0, 255),
        ("tile/entries/x273/112.p/1", TileKind::Entries, 273_112, 1),
    ] {
        let read = path(text).unwrap();
        assert_eq!((read.kind(), read.index(), read.width()), (kind, index, width), "{text}");
        assert_eq!(read.to_string(), text);
        assert_eq!(read.is_full(), width == 256);
        assert!(read.full().is_full());
    }
    assert_eq!(path("tile/0/000.p/8").unwrap().full(), path("tile/0/000").unwrap());
}

#[test]
fn a_path_has_one_spelling() {
    for bad in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001/x001",
        "tile/0/000/",
        "tile/0//000",
        "tile/0/-01",
        "tile/0/+01",
        "tile/0/xx1/001",
        // The level.
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/x/000",
        "tile/Entries/000",
        // The width.
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/08",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/8/",
        "tile/0/000.p/8.p/8",
        // Above any index.
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(path(bad), Err(TileError::PathMalformed), "{bad:?}");
    }
}

/// tlog-tiles, "Partial Tiles": "a tree of size 70,000 …", "a tree of size 256 …".
#[test]
fn a_tree_of_70000_has_the_tiles_of_the_specification() {
    let (_, files, _) = grown(&[70_000]);
    let count = |kind, full| files.0.keys().filter(|path| path.kind() == kind && path.is_full() == full).count();
    assert_eq!((count(LEAVES, true), count(LEAVES, false)), (273, 1));
    assert_eq!((count(TileKind::Entries, true), count(TileKind::Entries, false)), (273, 1));
    let partial: Vec<TilePath> = files.0.keys().filter(|path| !path.is_full()).copied().collect();
    let above: Vec<TilePath> =
        files.0.keys().filter(|path| matches!(path.kind(), TileKind::Hashes { level: 1.. })).copied().collect();
    assert_eq!(names(&above), ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
    assert_eq!(names(&partial), ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"]);
    assert!(
        files
            .0
            .iter()
            .all(|(path, bytes)| { path.kind() == TileKind::Entries || bytes.len() == usize::from(path.width()) * 32 })
    );

    let (_, files, _) = grown(&[256]);
    let all: Vec<TilePath> = files.0.keys().copied().collect();
    assert_eq!(names(&all), ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
}

/// golang.org/x/mod/sumdb/tlog over the same entries: the SHA-256 of the first, the partial and the upper tiles.
#[test]
fn tiles_are_those_of_go() {
    let (_, files, _) = grown(&[70_000]);
    let tiles: Vec<(&str, &str)> = include_str!("vectors/go-tlog.txt")
        .lines()
        .filter_map(|line| line.strip_prefix("tile ")?.split_once(' '))
        .collect();
    assert_eq!(tiles.len(), 5);
    for (path, digest) in tiles {
        let bytes = files.get(path.parse().unwrap()).unwrap();
        assert_eq!(TreeHash::from_bytes(mapae_crypto::sha256(bytes)).to_string(), digest, "{path}");
    }
}

#[test]
fn a_tile_has_the_width_that_the_tree_gives_it() {
    let width =
        |level, index, size| TilePath::in_tree(TileKind::Hashes { level }, index, size).map(|path| path.width());
    assert_eq!(width(0, 273, 70_000), Some(112));
    assert_eq!(width(0, 272, 70_000), Some(256));
    assert_eq!(width(0, 274, 70_000), None);
    assert_eq!((width(0, 0, 0), width(1, 0, 255), width(1, 0, 256)), (None, None, Some(1)));
    assert_eq!(width(63, 0, u64::MAX), None);
    assert_eq!((width(0, u64::MAX, u64::MAX), width(7, 0, 1 << 62), width(255, 0, u64::MAX)), (None, Some(64), None));
}

#[test]
fn a_log_that_grows_writes_what_has_become_wider() {
    let mut tree = TileTree::new();
    let mut append = |count: u64| {
        let next = tree.size();
        let files = tree.append((next..next + count).map(|number| entry(number).leaf())).unwrap();
        files.iter().map(|file| file.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(append(3), ["tile/0/000.p/3"]);
    assert!(append(0).is_empty());
    assert_eq!(append(252), ["tile/0/000.p/255"]);
    assert_eq!(append(1), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(append(1), ["tile/0/001.p/1"], "level 1 is as it was");
    assert_eq!(append(511), ["tile/0/001", "tile/0/002", "tile/1/000.p/3"]);
}

#[test]
fn a_tree_is_taken_up_where_it_was_left() {
    for size in [0, 1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000] {
        let (log, files, _) = grown(&[size]);
        let mut taken = TileTree::open(log.head(), |path| files.get(path)).unwrap();
        assert_eq!(taken.head(), log.head(), "{size}");
        let (more, ..) = grown(&[size, size + 300]);
        taken.append(entries(size..size + 300).iter().map(Entry::leaf)).unwrap();
        assert_eq!(taken.head(), more.head(), "{size}");
    }
}

#[test]
fn a_tree_is_not_taken_up_from_other_files() {
    let (log, files, _) = grown(&[300]);
    assert_eq!(names(&TileTree::edge_of(300)), ["tile/0/001.p/44", "tile/1/000.p/1"]);
    for path in TileTree::edge_of(300) {
        let mut broken = files.clone();
        broken.0.get_mut(&path).unwrap()[0] ^= 1;
        let refused = TileTree::open(log.head(), |path| broken.get(path));
        assert_eq!(refused, Err(TileError::RootDiffers { size: 300 }));
        broken.0.get_mut(&path).unwrap().pop();
        let len = files.get(path).unwrap().len() - 1;
        assert_eq!(TileTree::open(log.head(), |path| broken.get(path)), Err(TileError::WrongLength { path, len }));
        broken.0.remove(&path);
        assert_eq!(TileTree::open(log.head(), |path| broken.get(path)), Err(TileError::Missing { path }));
    }
    let impossible = TreeHead::new(u64::MAX, TreeHash::EMPTY);
    assert_eq!(TileTree::open(impossible, |_| None), Err(TileError::SizesDiffer));
}

/// "MAY fetch the full tile in parallel as a fallback in case the partial tile is not available anymore."
#[test]
fn a_full_tile_stands_in_for_a_partial_one() {
    let (_, files, heads) = grown(&[300, 600]);
    let query = TreeQuery::inclusion(299, 300).unwrap();
    assert_eq!(names(&query.needed()), ["tile/0/001.p/44", "tile/1/000.p/1"]);
    let full = |path: TilePath| {
        if path.kind() == LEAVES { files.get(path.full()) } else { files.get(path) }
    };
    let proof = query.answer(full).unwrap();
    assert_eq!(heads[0].includes(299, entry(299).leaf(), &proof), Ok(()));
    // Half a full tile is neither.
    let path = path("tile/0/001.p/44").unwrap();
    let half = |asked: TilePath| full(asked).map(|bytes| &bytes[..bytes.len().min(128 * 32)]);
    assert_eq!(query.answer(half), Err(TileError::WrongLength { path, len: 128 * 32 }));
}

#[test]
fn a_proof_asks_for_few_tiles_and_says_which_is_missing() {
    let inclusion = TreeQuery::inclusion(12_345, 70_000).unwrap();
    assert_eq!(names(&inclusion.needed()), ["tile/0/048", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17"]);
    let missing = inclusion.answer(|_| None);
    assert_eq!(missing, Err(TileError::Missing { path: path("tile/0/048").unwrap() }));
    assert!(TreeQuery::consistency(0, 70_000).unwrap().needed().is_empty());
    assert!(TreeQuery::consistency(7, 7).unwrap().needed().is_empty());
    assert!(TreeQuery::inclusion(0, 1).unwrap().needed().is_empty());
}

#[test]
fn a_proof_of_what_cannot_be_is_not_asked_for() {
    assert_eq!(TreeQuery::inclusion(7, 7).err(), Some(MerkleError::IndexOutOfRange { index: 7, size: 7 }));
    assert_eq!(TreeQuery::consistency(8, 7).err(), Some(MerkleError::Shrunk { from: 8, to: 7 }));
    let size = 1 << 63;
    assert_eq!(TreeQuery::inclusion(7, size).err(), Some(MerkleError::SizeTooLarge { size }));
    // The largest tree needs few tiles, and no arithmetic overflows.
    assert!(TreeQuery::inclusion(size / 3, size - 1).unwrap().needed().len() < 20);
    assert!(TreeQuery::consistency(size / 3, size - 1).unwrap().needed().len() < 20);
}

/// A server that lies is noticed by whoever checks the proof.
#[test]
fn a_false_tile_makes_a_proof_that_does_not_hold() {
    let (_, mut files, heads) = grown(&[1000]);
    let tile = path("tile/0/003.p/232").unwrap();
    files.0.get_mut(&tile).unwrap()[40] ^= 1;
    let proof = files.inclusion(0, 1000);
    assert_eq!(heads[0].includes(0, entry(0).leaf(), &proof), Err(MerkleError::InclusionInvalid));
}

#[test]
fn bundles_hold_entries_after_their_lengths() {
    let path = path("tile/entries/000.p/3").unwrap();
    let bytes = b"\x00\x03one\x00\x00\x00\x05three";
    let bundle = EntryBundle::parse(path, bytes).unwrap();
    let read: Vec<&[u8]> = bundle.entries().iter().map(Entry::as_bytes).collect();
    assert_eq!(read, [b"one".as_slice(), b"", b"three"]);
    assert_eq!(bundle.into_entries().len(), 3);

    let malformed = Err(TileError::BundleMalformed { path });
    for cut in 0..bytes.len() {
        assert_eq!(EntryBundle::parse(path, &bytes[..cut]), malformed, "{cut}");
    }
    let more = [bytes.as_slice(), b"\x00\x00"].concat();
    assert_eq!(EntryBundle::parse(path, &more), malformed);
    let hashes = "tile/0/000.p/3".parse().unwrap();
    assert_eq!(EntryBundle::parse(hashes, bytes), Err(TileError::BundleMalformed { path: hashes }));
}

#[test]
fn a_full_bundle_stands_in_for_a_partial_one_and_is_no_longer_than_256() {
    let path = path("tile/entries/000.p/3").unwrap();
    assert_eq!(EntryBundle::parse(path, &[0; 512]).unwrap().entries().len(), 3);
    assert_eq!(EntryBundle::parse(path, &[0; 514]), Err(TileError::BundleMalformed { path }));
    assert_eq!(EntryBundle::parse(path.full(), &[0; 512]).unwrap().entries().len(), 256);
}

#[test]
fn an_entry_is_as_long_as_its_length_can_say() {
    assert!(Entry::new(vec![0; MAX_ENTRY]).is_ok());
    assert_eq!(Entry::new(vec![0; MAX_ENTRY + 1]), Err(TileError::EntryTooLong { len: 65_536 }));
    let long = Entry::new(vec![7; MAX_ENTRY]).unwrap();
    let integrated =
        Sequencer::new(crate::parties::log().verifier).unwrap().integrate(std::slice::from_ref(&long)).unwrap();
    let file = integrated.files().iter().find(|file| file.path.kind() == TileKind::Entries).unwrap();
    assert_eq!(EntryBundle::parse(file.path, &file.bytes).unwrap().entries(), [long]);
}

/// What a monitor or an auditor does: grow a tree from the entries, and compare.
#[test]
fn the_entries_of_a_log_are_those_of_its_tree() {
    let (log, files, _) = grown(&[1000]);
    let mut tree = TileTree::new();
    for index in 0..4 {
        let path = TilePath::in_tree(TileKind::Entries, index, 1000).unwrap();
        let bundle = EntryBundle::parse(path, files.get(path).unwrap()).unwrap();
        tree.append(bundle.entries().iter().map(Entry::leaf)).unwrap();
    }
    assert_eq!(tree.head(), log.head());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn paths_come_back(level in 0_u8..64, index in any::<u64>(), width in 1_u64..=256, entries in any::<bool>()) {
        let level = if entries { 0 } else { level % 7 };
        let index = index >> (8 * u32::from(level) + 9);
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes { level } };
        let path = TilePath::in_tree(kind, index, (index * 256 + width) << (8 * u32::from(level))).unwrap();
        prop_assert_eq!(u64::from(path.width()), width);
        prop_assert_eq!(path.to_string().parse(), Ok(path));
    }

    #[test]
    fn no_text_makes_reading_a_path_panic(text in "(tile/[0-9]{0,3}/)?[x0-9/.p]{0,40}") {
        if let Ok(path) = path(&text) {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn no_bytes_make_reading_a_bundle_panic(bytes in proptest::collection::vec(0_u8..3, 0..40), width in 1_u64..5) {
        let path = TilePath::in_tree(TileKind::Entries, 0, width).unwrap();
        if let Ok(bundle) = EntryBundle::parse(path, &bytes) {
            prop_assert_eq!(bundle.entries().len() as u64, width);
        }
    }
}
