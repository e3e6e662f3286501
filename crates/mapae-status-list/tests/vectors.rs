//! Test data of others, read where it lies.

use std::{env, fs, path::PathBuf};

/// A file of the draft's examples, if the test data is at hand; says loudly if it is not.
pub(crate) fn file(name: &str) -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = env::var_os("MAPAE_VECTORS").map_or_else(beside, PathBuf::from).join("status-list");
    if folder.is_dir() {
        return Some(fs::read_to_string(folder.join(name)).unwrap());
    }
    eprintln!("SKIPPED: MAPAE_VECTORS not found (status-list/{name})");
    None
}

/// A file without the line breaks and indents that the draft's page width put into it.
pub(crate) fn unwrapped(name: &str) -> Option<String> {
    Some(file(name)?.split_whitespace().collect())
}

/// A file of hexadecimal digits.
pub(crate) fn hex(name: &str) -> Option<Vec<u8>> {
    let digits = unwrapped(name)?;
    Some((0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect())
}

/// The object that a file holds, possibly after other text.
pub(crate) fn json(name: &str) -> Option<mapae_jose::Object> {
    let text = unwrapped(name)?;
    Some(mapae_jose::json::parse_object(&text.as_bytes()[text.find('{').unwrap()..]).unwrap())
}

/// Lines `status[index]=value`.
pub(crate) fn statuses(name: &str) -> Option<Vec<(u64, u8)>> {
    let text = file(name)?;
    let line = |line: &str| {
        let (index, value) = line.strip_prefix("status[").unwrap().split_once(']').unwrap();
        (index.parse().unwrap(), value.trim_start_matches([' ', '=']).trim().parse().unwrap())
    };
    Some(text.lines().filter(|l| !l.trim().is_empty()).map(line).collect())
}
