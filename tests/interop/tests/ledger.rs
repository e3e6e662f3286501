//! Our logs and proofs, read by a checker in Python that was written from the specifications' texts, and by crate `tlog_tiles`.

use std::fs;

use anyhow::{Context, Result, ensure};
use mapae_interop::install::target;
use mapae_interop::ledger::alterations::{Case, good, harmless, refused};
use mapae_interop::ledger::log::{Log, ORIGIN, entry};
use mapae_interop::ledger::{Handed, checker};
use mapae_ledger::{ForkEvidence, TreeHead};
use tlog_tiles::{Checkpoint, Error, Hash, Tile, TileHashReader, TileReader};

/// Sizes around those at which tiles fill.
const SIZES: [u64; 5] = [1, 255, 256, 257, 70_000];

#[test]
fn the_checker_accepts_our_proofs() -> Result<()> {
    let mut handed = Vec::new();
    for size in [1, 2, 3, 7, 8, 255, 256, 257, 1000, 70_000] {
        let log = Log::of(size)?;
        for index in [0, 1, 3, 254, 255, 256, 999, size / 2, size - 1] {
            if index < size {
                handed.push(log.handed(index, 2, 3)?);
            }
        }
    }
    for (k, n) in [(1, 1), (2, 2), (3, 5), (5, 9), (7, 7)] {
        handed.push(Log::of(300)?.handed(5, k, n)?);
    }
    for (number, (refusal, handed)) in checker::proofs(&handed)?.iter().zip(&handed).enumerate() {
        ensure!(refusal.is_none(), "proof {number} is refused: {refusal:?}");
        ensure!(handed.judged().is_ok(), "we refuse proof {number}: {:?}", handed.judged());
    }
    Ok(())
}

/// Every line and every octet, and what a forger might try: both refuse, and the two agree on each.
#[test]
fn no_altered_proof_is_accepted_by_either() -> Result<()> {
    let cases = refused()?;
    ensure!(cases.len() > 2500, "only {} alterations", cases.len());
    compare(&cases, false, false)
}

#[test]
fn what_does_not_matter_is_accepted_by_both() -> Result<()> {
    compare(&harmless::harmless()?, true, true)
}

/// Majorities, one log, 64 signatures, and times until the year 9999: rules of ours that the texts leave open.
#[test]
fn where_we_ask_for_more_than_the_texts_the_checker_accepts() -> Result<()> {
    compare(&harmless::stricter()?, false, true)
}

fn compare(cases: &[Case], ours: bool, theirs: bool) -> Result<()> {
    let handed: Vec<Handed> = cases.iter().map(|(_, handed)| handed.clone()).collect();
    for ((name, handed), refusal) in cases.iter().zip(checker::proofs(&handed)?) {
        let judged = handed.judged();
        ensure!(judged.is_ok() == ours, "{name}: we say {judged:?}");
        ensure!(refusal.is_none() == theirs, "{name}: the checker says {refusal:?}");
    }
    Ok(())
}

/// An alteration that alters nothing would be refused for nothing.
#[test]
fn every_alteration_changes_something() -> Result<()> {
    let good = good()?;
    for (name, handed) in refused()?.into_iter().chain(harmless::stricter()?) {
        ensure!(handed != good, "{name} changes nothing");
    }
    Ok(())
}

#[test]
fn trees_that_grew_and_trees_that_did_not_are_told_apart_alike() -> Result<()> {
    let (mut cases, mut expected) = (Vec::new(), Vec::new());
    for new in 0..=33 {
        for (old, own) in (0..=new).flat_map(|old| [(old, u64::MAX), (old, old / 2)]) {
            let (newer, older) = (Log::diverging(ORIGIN, own, new)?, Log::of(old)?);
            let proof = newer.consistency(old)?;
            let holds = newer.head.extends(older.head, &proof).is_ok();
            ensure!(holds == (own >= old), "{old} and {new}, own from {own}");
            let lines = proof.iter().map(ToString::to_string).collect();
            cases.push((older.checkpoint()?.to_string(), newer.checkpoint()?.to_string(), lines));
            expected.push(holds);
        }
    }
    let found: Vec<bool> = checker::consistency(&cases)?.iter().map(Option::is_none).collect();
    ensure!(found == expected, "{found:?} for {expected:?}");
    ensure!(expected.iter().filter(|holds| !**holds).count() > 400, "too few trees that did not grow");
    Ok(())
}

/// Our own format, checked by the lines of our module's head: what convicts a log, and that an honest one is not convicted.
#[test]
fn evidence_of_a_fork_convinces_the_checker() -> Result<()> {
    let key = mapae_interop::ledger::log::Party::log(ORIGIN)?.verifier;
    let (mut texts, mut expected) = (Vec::new(), Vec::new());
    for (own, old, new) in
        [(0, 1, 2), (5, 13, 13), (5, 13, 300), (255, 256, 257), (9, 16, 700), (16, 16, 700), (700, 16, 700)]
    {
        let (newer, older) = (Log::diverging(ORIGIN, own, new)?, Log::of(old)?);
        let then = newer.root_then(old)?;
        let text =
            ForkEvidence::new(older.checkpoint()?, newer.checkpoint()?, then, newer.consistency(old)?).to_string();
        let without = text.lines().enumerate().map(|(at, _)| without_line(&text, at));
        for text in without.chain([text.clone(), text.replacen("\n13\n", "\n12\n", 1)]) {
            let judged = ForkEvidence::parse(text.as_bytes()).and_then(|evidence| evidence.verify(&key));
            expected.push(judged.is_ok());
            texts.push(text);
        }
    }
    let found: Vec<bool> = checker::forks(&texts)?.iter().map(Option::is_none).collect();
    ensure!(found == expected, "{found:?} for {expected:?}");
    ensure!(expected.iter().filter(|convicted| **convicted).count() >= 5, "nobody was convicted");
    Ok(())
}

fn without_line(text: &str, at: usize) -> String {
    text.split_inclusive('\n').enumerate().filter(|(number, _)| *number != at).map(|(_, line)| line).collect()
}

#[test]
fn the_checker_finds_every_entry_in_our_files_and_no_file_too_many() -> Result<()> {
    for size in SIZES.into_iter().chain([0, 2, 511, 512, 65_536]) {
        let folder = target().join(format!("ledger/tiles-{size}"));
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Log::of(size)?.write(&folder)?;
        let found = checker::tiles(&folder, size).with_context(|| format!("{size} entries"))?;
        ensure!(found == (0..size).map(entry).collect::<Vec<_>>(), "other entries of {size}");
        if size == 257 {
            let tile = folder.join("tile/0/000");
            let mut bytes = fs::read(&tile)?;
            bytes[40] ^= 1;
            fs::write(&tile, bytes)?;
            ensure!(checker::tiles(&folder, size).is_err(), "an altered tile");
        }
    }
    Ok(())
}

/// Our files as `tlog_tiles` asks for them: its paths name the height, which those of C2SP leave out as it is always 8.
struct Served<'l>(&'l Log);

impl TileReader for Served<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &Tile| {
            let path = tile.path().replacen("tile/8/", "tile/", 1).parse().ok()?;
            self.0.files.get(&path).cloned()
        };
        tiles.iter().map(|tile| read(tile).ok_or(Error::InvalidTile)).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn theirs(hash: &impl ToString) -> Result<Hash> {
    Hash::parse_hash(&hash.to_string()).ok().context("a hash")
}

#[test]
fn tlog_tiles_reads_our_tiles_and_makes_the_same_proofs() -> Result<()> {
    for size in SIZES {
        let log = Log::of(size)?;
        let (root, served) = (theirs(&log.head.root())?, Served(&log));
        let reader = TileHashReader::new(size, root, &served);
        ensure!(tlog_tiles::tree_hash(size, &reader)? == root, "root of {size}");
        for index in
            [0, 1, 127, 254, 255, 256, 12_345, 65_535, 65_536, size - 1].into_iter().filter(|index| *index < size)
        {
            let proof = tlog_tiles::prove_record(size, index, &reader)?;
            let ours = log.inclusion(index)?.iter().map(theirs).collect::<Result<Vec<_>>>()?;
            ensure!(proof == ours, "inclusion of {index} in {size}");
            tlog_tiles::check_record(&ours, size, root, index, tlog_tiles::record_hash(&entry(index)))?;
        }
        for old in [1, 2, 254, 255, 256, 257, 65_536, 69_999, size].into_iter().filter(|old| *old <= size) {
            let proof = tlog_tiles::prove_tree(size, old, &reader)?;
            let (ours, then) = (log.consistency(old)?, log.root_then(old)?);
            ensure!(proof == ours.iter().map(theirs).collect::<Result<Vec<_>>>()?, "consistency of {old} and {size}");
            ensure!(then == Log::of(old)?.head.root(), "the root at {old}");
            tlog_tiles::check_tree(&proof, size, root, old, theirs(&then)?)?;
            log.head.extends(TreeHead::new(old, then), &ours)?;
        }
    }
    Ok(())
}

#[test]
fn tlog_tiles_names_the_files_that_we_write() -> Result<()> {
    for size in SIZES {
        let log = Log::of(size)?;
        let mut named: Vec<String> =
            Tile::new_tiles(8, 0, size).iter().map(|tile| tile.path().replacen("tile/8/", "tile/", 1)).collect();
        let paths = log.files.keys().map(ToString::to_string);
        let mut ours: Vec<String> = paths.filter(|path| !path.starts_with("tile/entries/")).collect();
        named.sort_unstable();
        ours.sort_unstable();
        ensure!(named == ours, "{size}: {named:?} for {ours:?}");
    }
    Ok(())
}

#[test]
fn an_altered_tile_makes_no_proof_with_tlog_tiles() -> Result<()> {
    let mut log = Log::of(257)?;
    let root = theirs(&log.head.root())?;
    let tile = log.files.get_mut(&"tile/0/000".parse()?).context("the first tile")?;
    tile[40] ^= 1;
    let served = Served(&log);
    ensure!(tlog_tiles::prove_record(257, 0, &TileHashReader::new(257, root, &served)).is_err(), "an altered tile");
    Ok(())
}

#[test]
fn tlog_tiles_reads_our_checkpoints() -> Result<()> {
    for size in SIZES {
        let log = Log::of(size)?;
        let note = log.cosigned(&[0, 1])?;
        let read = Checkpoint::from_bytes(note.note().unverified_text().as_bytes()).ok().context("a checkpoint")?;
        let said = (read.origin(), read.size(), read.hash(), read.extension());
        ensure!(said == (ORIGIN, size, &theirs(&log.head.root())?, ""), "{said:?}");
    }
    Ok(())
}
