//! Every input of every corpus, without a fuzzer.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use mapae_fuzz::{TARGETS, Target};

/// More would be fetched with every clone; what a long run finds stays under `target`.
const CORPUS_LIMIT: u64 = 1 << 20;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Runs a target over its corpus and says how many seeds must be accepted.
fn replay(target_name: &str, target: Target) -> usize {
    let mut valid = 0;
    for path in entries(&folder("corpus").join(target_name)) {
        // A panic shows this line.
        println!("{}", path.display());
        let accepted = target(&fs::read(&path).unwrap());
        if name(&path).starts_with("valid-") {
            assert!(accepted, "{}: make the corpus anew, if the format changed", path.display());
            valid += 1;
        }
    }
    valid
}

#[test]
fn every_input_keeps_the_promises_and_valid_ones_are_accepted() {
    for (target_name, target) in TARGETS {
        assert!(replay(target_name, *target) > 0, "{target_name} has no seed");
    }
}

#[test]
fn no_target_accepts_rubbish() {
    for (target_name, target) in TARGETS.iter().filter(|(name, _)| *name != "base64url") {
        assert!(!target(b""), "{target_name} accepts nothing at all");
        assert!(!target(&[0xff; 64]), "{target_name} accepts a row of 0xff");
    }
}

#[test]
fn each_target_has_a_program_and_a_corpus_and_there_are_no_others() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len());
    for known in ["src/bin", "corpus"] {
        let found: BTreeSet<String> = entries(&folder(known)).iter().map(|path| name(path)).collect();
        assert_eq!(found, names, "{known}");
    }
}

#[test]
fn a_seed_with_a_byte_changed_is_not_believed() {
    for believing in ["verify", "bundle", "status_cwt", "status_jwt", "jws"] {
        let (_, target) = TARGETS.iter().find(|(name, _)| *name == believing).unwrap();
        for path in entries(&folder("corpus").join(believing)) {
            let mut input = fs::read(&path).unwrap();
            let last = input.len() - 8;
            input[last] ^= 1;
            assert!(!target(&input), "{}", path.display());
        }
    }
}

#[test]
fn the_corpora_stay_small() {
    let files = TARGETS.iter().flat_map(|(name, _)| entries(&folder("corpus").join(name)));
    let bytes: u64 = files.map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(bytes < CORPUS_LIMIT, "{bytes} bytes");
}
