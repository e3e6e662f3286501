//! The rules on tables and sources written here.

use std::collections::HashSet;
use std::path::Path;

use super::{check_document, missing_holes, test_names};

const HEADER: &str = "| clause | rule | module | test |\n|---|---|---|---|\n";

/// What is found in a table of one row, in a repository whose one test is `refuses_replay`.
fn findings(row: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = HashSet::from(["refuses_replay".to_owned()]);
    check_document(root, Path::new("mdoc.md"), &format!("# mdoc\n\n{HEADER}{row}\n"), &tests)
}

#[test]
fn a_row_names_what_exists() {
    assert!(findings("| §9.1 | replay | `src/main.rs` | `refuses_replay` |").is_empty());
    assert!(findings("| §9.1 | replay | `src/main.rs` | `scenarios::refuses_replay`, `src/docs.rs` |").is_empty());
}

#[test]
fn a_file_or_a_test_that_is_gone_is_found_with_its_line() {
    assert_eq!(
        findings("| §9.1 | replay | `src/gone.rs` | `refuses_replay` |"),
        ["mdoc.md:5: `src/gone.rs` does not exist"]
    );
    assert_eq!(findings("| §9.1 | replay | `src/main.rs` | `refuses_gone` |"), ["mdoc.md:5: no test `refuses_gone`"]);
}

#[test]
fn a_bar_inside_a_cell_parts_no_cells() {
    assert_eq!(findings("| §9.1 | a \\| b | `src/main.rs` | `refuses_gone` |"), ["mdoc.md:5: no test `refuses_gone`"]);
}

#[test]
fn a_rule_needs_a_test_unless_it_is_left_out() {
    assert_eq!(findings("| §9.1 | replay | `src/main.rs` | – |"), ["mdoc.md:5: a rule without a test"]);
    assert!(findings("| §9.2 | out of scope | – | – |").is_empty());
}

#[test]
fn a_document_without_the_table_is_found() {
    let found =
        check_document(Path::new("/"), Path::new("a.md"), "| clause | rule |\n|---|---|\n| 1 | 2 |\n", &HashSet::new());
    assert_eq!(found, ["a.md:1: no table with the columns `module` and `test`"]);
}

#[test]
fn only_functions_under_a_test_attribute_are_tests() {
    let source = "fn helper() {}\n#[test]\nfn one() {}\n\n#[test]\n#[should_panic]\nfn two() {}\nproptest! {\n    #[test]\n    \
                  fn three(x in 0..9) {}\n}\n#[cfg(test)]\nfn four() {}\n";
    assert_eq!(test_names(source), ["one", "two", "three"]);
}

#[test]
fn what_is_run_on_both_databases_is_a_test() {
    let source = "async fn one<P: Place>() {}\nasync fn helper<P: Place>() {}\non_both!(\n    one\n    two\n);\non_both!(three, four);\n";
    assert_eq!(test_names(source), ["one", "two", "three", "four"]);
}

#[test]
fn each_hole_needs_a_test_of_its_number() {
    let all = missing_holes(&HashSet::new());
    let some =
        missing_holes(&HashSet::from(["peer_hole_01_status_index_is_bounded".to_owned(), "peer_hole_2_".to_owned()]));
    assert_eq!(all.len(), 22);
    assert_eq!(all[1..], some);
}
