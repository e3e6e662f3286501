//! `docs/standards`: each table `clause | rule | module | test` names files that exist and tests that exist, and every
//! hole found in others has a test of its number.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::sources::{at, files};

/// Holes found in other systems, each with at least one test `peer_hole_NN_…`.
const HOLES: [u8; 22] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23];

/// One line for each thing that is named and not there.
pub(crate) fn check(root: &Path) -> Vec<String> {
    let tests = tests_below(root);
    let documents = files(&root.join("docs/standards"), "md");
    let mut found = missing_holes(&tests);
    if documents.is_empty() {
        found.push(at(&root.join("docs/standards"), 1, "no document maps clauses to tests"));
    }
    for document in documents {
        let text = fs::read_to_string(&document).unwrap_or_default();
        found.extend(check_document(root, &document, &text, &tests));
    }
    found
}

fn missing_holes(tests: &HashSet<String>) -> Vec<String> {
    let prefixes = HOLES.iter().map(|hole| format!("peer_hole_{hole:02}_"));
    let missing = prefixes.filter(|prefix| !tests.iter().any(|name| name.starts_with(prefix)));
    missing.map(|prefix| format!("no test is named {prefix}…")).collect()
}

fn check_document(root: &Path, file: &Path, text: &str, tests: &HashSet<String>) -> Vec<String> {
    let rows = rows(text);
    if rows.is_empty() {
        return vec![at(file, 1, "no table with the columns `module` and `test`")];
    }
    let check = |row: &Row<'_>| {
        check_row(root, row, tests).into_iter().map(|rule| at(file, row.line, rule)).collect::<Vec<_>>()
    };
    rows.iter().flat_map(check).collect()
}

fn check_row(root: &Path, row: &Row<'_>, tests: &HashSet<String>) -> Vec<String> {
    let modules = quoted(row.module);
    let named = quoted(row.test);
    let mut found = Vec::new();
    found
        .extend(modules.iter().filter(|path| !root.join(path).exists()).map(|path| format!("`{path}` does not exist")));
    found.extend(named.iter().filter(|name| !is_there(root, name, tests)).map(|name| format!("no test `{name}`")));
    // A row without a module is a clause that the project leaves out; it needs no test.
    if !modules.is_empty() && named.is_empty() {
        found.push("a rule without a test".to_owned());
    }
    found
}

/// A test by name, with or without its module; or a file, for doc examples.
fn is_there(root: &Path, name: &str, tests: &HashSet<String>) -> bool {
    match name.rsplit("::").next() {
        _ if name.contains('/') => root.join(name).exists(),
        Some(function) => tests.contains(function),
        None => false,
    }
}

struct Row<'a> {
    line: usize,
    module: &'a str,
    test: &'a str,
}

/// The rows of each table whose header has the columns `module` and `test`.
fn rows(text: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut header: Option<Vec<&str>> = None;
    for (index, line) in text.lines().enumerate() {
        let Some(cells) = cells(line) else {
            header = None;
            continue;
        };
        match &header {
            None => header = Some(cells),
            Some(_) if cells.iter().all(|cell| cell.starts_with(['-', ':'])) => {}
            Some(columns) => rows.extend(row(index + 1, columns, &cells)),
        }
    }
    rows
}

fn row<'a>(line: usize, columns: &[&str], cells: &[&'a str]) -> Option<Row<'a>> {
    let cell = |name: &str| {
        let column = columns.iter().position(|title| title.eq_ignore_ascii_case(name))?;
        Some(cells.get(column).copied().unwrap_or_default())
    };
    Some(Row { line, module: cell("module")?, test: cell("test")? })
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?;
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    Some(split_cells(inner).into_iter().map(str::trim).collect())
}

/// GitHub Flavored Markdown 4.10: a bar inside a cell is written `\|`.
fn split_cells(line: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let mut start = 0;
    for (index, _) in line.match_indices('|') {
        if !line[..index].ends_with('\\') {
            cells.push(&line[start..index]);
            start = index + 1;
        }
    }
    cells.push(&line[start..]);
    cells
}

/// What stands in backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The names of all tests in any folder `tests` of the repository.
fn tests_below(root: &Path) -> HashSet<String> {
    let inside = |file: &Path| {
        file.strip_prefix(root).is_ok_and(|path| path.components().any(|part| part.as_os_str() == "tests"))
    };
    let sources = files(root, "rs").into_iter().filter(|file| inside(file));
    sources.flat_map(|file| test_names(&fs::read_to_string(file).unwrap_or_default())).collect()
}

/// Functions under a `#[test]`, also those of `proptest!`, and those that `on_both!` makes tests of.
fn test_names(source: &str) -> Vec<String> {
    let mut names = on_both(source);
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        if let Some(name) = function_name(line) {
            names.extend((marked || line.starts_with("#[test]")).then(|| name.to_owned()));
            marked = false;
        } else if line.starts_with("#[") && line.contains("test]") {
            marked = true;
        }
    }
    names
}

/// `on_both!(first second …);`: each on either database.
fn on_both(source: &str) -> Vec<String> {
    let listed = source.split("on_both!(").skip(1).filter_map(|rest| rest.split_once(')'));
    let names = listed.flat_map(|(names, _)| names.split([',', ' ', '\n']));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn function_name(line: &str) -> Option<&str> {
    let declared = line.trim_start_matches("#[test]").trim_start();
    let (name, _) = declared.trim_start_matches("async ").strip_prefix("fn ")?.split_once('(')?;
    Some(name.trim())
}

#[cfg(test)]
mod tests;
