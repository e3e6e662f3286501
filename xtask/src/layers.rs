//! What may depend on what (design §4): apps → services → backends → crates, and crates are pure (D5).
//!
//! Cargo itself refuses a cycle inside a group.

use std::fs;
use std::path::Path;

use crate::metadata::{Dependency, Metadata, Package};
use crate::sources::{at, bare_allows, files, line_of, tests_inside};

/// From the purest up: a group may use its own and those before it.
const ORDER: [&str; 4] = ["crates", "backends", "services", "apps"];

/// Sockets, databases, runtimes and the machine's randomness: arguments of the core, never its dependencies.
const IMPURE: [&str; 5] = ["tokio", "reqwest", "hyper", "sqlx", "getrandom"];

/// One line for each broken rule, with file and line.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    metadata.members().flat_map(|package| check_member(metadata, package)).collect()
}

fn check_member(metadata: &Metadata, package: &Package) -> Vec<String> {
    let manifest = fs::read_to_string(&package.manifest).unwrap_or_default();
    let mut found = check_manifest(metadata, package, &manifest);
    if !inherits_lints(&manifest) {
        found.push(at(&package.manifest, 1, "a member has `[lints] workspace = true`"));
    }
    found.extend(check_sources(metadata, package));
    found
}

fn check_manifest(metadata: &Metadata, package: &Package, manifest: &str) -> Vec<String> {
    let here = |line, rule: String| at(&package.manifest, line, rule);
    let line = |name: &str| line_of(manifest, |line| names_dependency(line, name));
    let mut found = Vec::new();
    found.extend(
        misplaced(metadata, package).map(|rule| here(line_of(manifest, |line| line.starts_with("name")), rule)),
    );
    for dependency in &package.dependencies {
        found.extend(refused(metadata, package, dependency).map(|rule| here(line(&dependency.name), rule)));
    }
    found.extend(test_binaries(metadata, package).map(|rule| here(1, rule)));
    found
}

fn misplaced(metadata: &Metadata, package: &Package) -> Option<String> {
    let group = metadata.group(&package.manifest)?;
    let known = ORDER.contains(&group) || ["tests", "benches", "xtask"].contains(&group);
    if !known {
        return Some(format!("`{group}` is none of the workspace's groups"));
    }
    // `benches` and `xtask` are groups of one, without a folder of their own inside.
    let alone = package.folder() == metadata.root.join(group);
    let folder = package.folder().file_name()?.to_str()?;
    (!alone && folder != package.name).then(|| format!("folder `{folder}` holds crate `{}`", package.name))
}

fn refused(metadata: &Metadata, package: &Package, dependency: &Dependency) -> Option<String> {
    let from = metadata.group(&package.manifest)?;
    if from == "crates" && IMPURE.contains(&dependency.name.as_str()) {
        return Some(format!("a crate of the core depends on `{}`; make it an argument", dependency.name));
    }
    let to = metadata.group(dependency.path.as_deref()?)?;
    (!may_use(from, to, dependency.dev)).then(|| format!("{from} may not depend on {to} (`{}`)", dependency.name))
}

fn may_use(from: &str, to: &str, dev: bool) -> bool {
    let rank = |group| ORDER.iter().position(|name| *name == group);
    match (from, to) {
        ("xtask", _) | (_, "xtask" | "benches") => false,
        (_, "tests") => dev || from == "tests" || from == "benches",
        ("tests", "crates") | ("benches", _) => true,
        ("tests", _) => dev,
        _ => rank(to).is_some() && rank(to) <= rank(from),
    }
}

/// Cargo makes a binary of every file beside `tests/main.rs` unless the manifest says `autotests = false`.
fn test_binaries(metadata: &Metadata, package: &Package) -> Option<String> {
    let core = metadata.group(&package.manifest) == Some("crates");
    let counts = |kind: &str| kind == "test" || (core && kind != "bench" && kind != "example");
    let tested = package.targets.iter().filter(|target| target.tested && counts(&target.kind));
    let names: Vec<&str> = tested.map(|target| target.name.as_str()).collect();
    (names.len() > 1).then(|| format!("more than one test binary: {}", names.join(", ")))
}

fn check_sources(metadata: &Metadata, package: &Package) -> Vec<String> {
    let core = metadata.group(&package.manifest) == Some("crates");
    let src = package.folder().join("src");
    let check = |file: &Path| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut found = bare_allows(file, &text);
        if core && file.starts_with(&src) {
            found.extend(tests_inside(file, &text));
        }
        found
    };
    files(package.folder(), "rs").iter().flat_map(|file| check(file)).collect()
}

fn inherits_lints(manifest: &str) -> bool {
    let table = manifest.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    table.take_while(|line| !line.starts_with('[')).any(|line| line.replace(' ', "") == "workspace=true")
}

fn names_dependency(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '.', '=']))
}

#[cfg(test)]
mod tests;
