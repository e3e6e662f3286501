//! Every input of every corpus, without a fuzzer.

use std::{
    collections::BTreeSet,
    fs, panic,
    path::{Path, PathBuf},
};

use mapae_fuzz::{TARGETS, Target};

/// More would be fetched with every clone; what a long run finds stays under `target`.
const CORPUS_LIMIT: u64 = 1 << 20;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    paths.sort();
    paths
}

fn corpus(target: &str) -> Vec<PathBuf> {
    entries(&folder("corpus").join(target))
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_valid_seed(path: &Path) -> bool {
    name(path).starts_with("valid-")
}

/// What is wrong with an input, if anything is.
fn fault(target: Target, path: &Path) -> Option<String> {
    let input = read(path);
    match panic::catch_unwind(|| target(&input)) {
        Err(_) => Some(format!("{}: a promise is broken", path.display())),
        Ok(false) if is_valid_seed(path) => {
            Some(format!("{}: refused; make the corpus anew if the format changed", path.display()))
        }
        Ok(_) => None,
    }
}

#[test]
fn every_input_keeps_the_promises_and_valid_ones_are_accepted() {
    let all = TARGETS.iter().flat_map(|(name, target)| corpus(name).into_iter().map(|path| (*target, path)));
    let faults: Vec<String> = all.filter_map(|(target, path)| fault(target, &path)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_target_has_a_valid_seed() {
    for (target, _) in TARGETS {
        assert!(corpus(target).iter().any(|path| is_valid_seed(path)), "{target} has none");
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
    for believing in ["verify", "bundle", "logged_bundle", "order", "vical", "status_cwt", "status_jwt", "jws", "jwe"] {
        let (_, target) = TARGETS.iter().find(|(name, _)| *name == believing).unwrap();
        for path in corpus(believing) {
            let mut input = read(&path);
            let last = input.len() - 8;
            input[last] ^= 1;
            assert!(!target(&input), "{}", path.display());
        }
    }
}

#[test]
fn the_corpora_stay_small() {
    let files = TARGETS.iter().flat_map(|(name, _)| corpus(name));
    let bytes: u64 = files.map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(bytes < CORPUS_LIMIT, "{bytes} bytes");
}
