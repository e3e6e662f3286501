//! The rules on a workspace that does not exist.

use serde_json::{Value, json};

use super::{check_manifest, inherits_lints, may_use};
use crate::metadata::Metadata;

fn package(folder: &str, name: &str, dependencies: &[Value], targets: &[Value]) -> Value {
    json!({ "name": name, "version": "0.1.0", "id": name, "license": "MIT", "manifest_path": format!("/w/{folder}/Cargo.toml"),
            "dependencies": dependencies, "targets": targets })
}

fn on(folder: &str, name: &str, kind: &Value) -> Value {
    json!({ "name": name, "kind": kind, "path": format!("/w/{folder}") })
}

fn from_registry(name: &str) -> Value {
    json!({ "name": name, "kind": null, "path": null })
}

fn target(name: &str, kind: &str) -> Value {
    json!({ "name": name, "kind": [kind], "test": true })
}

/// What the rules find in a single member with this manifest text.
fn findings(package: &Value, manifest: &str) -> Vec<String> {
    let workspace = json!({ "workspace_root": "/w", "target_directory": "/w/target", "workspace_members": [package["id"]],
                            "packages": [package] });
    let metadata = Metadata::parse(&workspace.to_string()).unwrap();
    check_manifest(&metadata, &metadata.packages[0], manifest)
}

#[test]
fn a_crate_of_the_core_stays_pure() {
    let manifest = "[package]\nname = \"a\"\n\n[dependencies]\nserde = \"1\"\ntokio.workspace = true\n";
    let impure = package("crates/a", "a", &[from_registry("serde"), from_registry("tokio")], &[]);
    let found = findings(&impure, manifest);
    assert_eq!(found, ["/w/crates/a/Cargo.toml:6: a crate of the core depends on `tokio`; make it an argument"]);

    let app = package("apps/a", "a", &[from_registry("tokio")], &[]);
    assert!(findings(&app, manifest).is_empty());
}

#[test]
fn dependencies_point_down() {
    let manifest = "name = \"a\"\nb = { path = \"…\" }\n";
    let up = package("crates/a", "a", &[on("apps/b", "b", &Value::Null)], &[]);
    assert_eq!(findings(&up, manifest), ["/w/crates/a/Cargo.toml:2: crates may not depend on apps (`b`)"]);

    let down = package("apps/a", "a", &[on("crates/b", "b", &Value::Null)], &[]);
    assert!(findings(&down, manifest).is_empty());
}

#[test]
fn the_testkit_is_for_tests() {
    let in_tests = package("crates/a", "a", &[on("tests/testkit", "testkit", &json!("dev"))], &[]);
    assert!(findings(&in_tests, "").is_empty());

    let shipped = package("crates/a", "a", &[on("tests/testkit", "testkit", &Value::Null)], &[]);
    assert_eq!(findings(&shipped, "").len(), 1);
}

#[test]
fn every_direction_is_decided() {
    let allowed = [
        ("apps", "services"),
        ("services", "backends"),
        ("backends", "crates"),
        ("crates", "crates"),
        ("tests", "crates"),
    ];
    let refused = [
        ("services", "apps"),
        ("backends", "services"),
        ("crates", "backends"),
        ("tests", "apps"),
        ("xtask", "crates"),
    ];
    for (from, to) in allowed {
        assert!(may_use(from, to, false), "{from} → {to}");
    }
    for (from, to) in refused {
        assert!(!may_use(from, to, false), "{from} → {to}");
    }
    assert!(may_use("benches", "tests", false) && !may_use("apps", "benches", true));
    assert!(may_use("tests", "apps", true) && !may_use("tests", "xtask", true));
}

#[test]
fn a_folder_has_its_crates_name_and_a_known_group() {
    assert_eq!(
        findings(&package("crates/b", "a", &[], &[]), ""),
        ["/w/crates/b/Cargo.toml:1: folder `b` holds crate `a`"]
    );
    assert_eq!(findings(&package("libs/a", "a", &[], &[]), "").len(), 1);
    assert!(findings(&package("benches", "mapae-benches", &[], &[]), "").is_empty());
}

#[test]
fn a_crate_has_one_test_binary() {
    let tests = target("tests", "test");
    let rule = "/w/crates/a/Cargo.toml:1: more than one test binary: ";
    let stray = package("crates/a", "a", &[], &[tests.clone(), target("backends", "test")]);
    assert_eq!(findings(&stray, ""), [format!("{rule}tests, backends")]);

    let unit = package("crates/a", "a", &[], &[target("a", "lib"), tests.clone()]);
    assert_eq!(findings(&unit, ""), [format!("{rule}a, tests")]);

    let app = package("apps/a", "a", &[], &[target("a", "bin"), tests]);
    assert!(findings(&app, "").is_empty());
}

#[test]
fn lints_are_inherited_from_the_workspace() {
    assert!(inherits_lints("[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"));
    assert!(!inherits_lints("[package]\nname = \"a\"\n\n[lints]\n\n[other]\nworkspace = true\n"));
    assert!(!inherits_lints("[dependencies]\nserde.workspace = true\n"));
}
