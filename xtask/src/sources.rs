//! Rules of the source text that no lint checks, and how source files are found.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold no source of ours.
const FOREIGN: &[&str] = &["target", "node_modules", ".git", ".venv", "venv"];

/// A finding, in the form that editors and terminals make a link of.
pub(crate) fn at(file: &Path, line: usize, rule: impl Display) -> String {
    format!("{}:{line}: {rule}", file.display())
}

/// The number of the first line that satisfies a predicate, or 1.
pub(crate) fn line_of(text: &str, is_it: impl Fn(&str) -> bool) -> usize {
    text.lines().position(is_it).map_or(1, |index| index + 1)
}

/// Every file below a folder with that extension, in a stable order.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, extension, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let foreign = FOREIGN.iter().any(|name| entry.file_name() == *name);
        if path.is_dir() && !foreign {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|ending| ending == extension) {
            found.push(path);
        }
    }
}

/// An exception from a lint says why it is one.
pub(crate) fn bare_allows(file: &Path, text: &str) -> Vec<String> {
    let rule = "`allow` without a reason; write #[expect(…, reason = \"…\")]";
    matching(text, &["#[allow(", "#![allow("]).map(|line| at(file, line, rule)).collect()
}

/// One test binary for each crate: it links once, and it sees what a user sees.
pub(crate) fn tests_inside(file: &Path, text: &str) -> Vec<String> {
    let rule = "tests of a crate live in its tests/ folder";
    matching(text, &["#[cfg(test)]", "#[cfg(all(test", "#[test]"]).map(|line| at(file, line, rule)).collect()
}

fn matching(text: &str, beginnings: &[&str]) -> impl Iterator<Item = usize> {
    let matches = move |line: &str| beginnings.iter().any(|beginning| line.trim_start().starts_with(beginning));
    text.lines().enumerate().filter(move |(_, line)| matches(line)).map(|(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{bare_allows, tests_inside};

    #[test]
    fn a_bare_allow_is_found_where_it_stands() {
        let text = "//! Head.\n    #[allow(dead_code)]\nfn f() {}\n";
        assert_eq!(bare_allows(Path::new("a.rs"), text).len(), 1);
        assert!(bare_allows(Path::new("a.rs"), text)[0].starts_with("a.rs:2: "));
        assert!(bare_allows(Path::new("a.rs"), "#[expect(dead_code, reason = \"x\")]\n// no #[allow(…)]").is_empty());
    }

    #[test]
    fn a_test_in_src_is_found_where_it_stands() {
        assert!(tests_inside(Path::new("a.rs"), "fn f() {}\n#[cfg(test)]\nmod tests;")[0].starts_with("a.rs:2: "));
        assert!(tests_inside(Path::new("a.rs"), "#[cfg(target_arch = \"wasm32\")]\nmod a;").is_empty());
    }
}
