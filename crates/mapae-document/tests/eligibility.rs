//! Each rule with a row that only it refuses, and the row nearest to it that passes.

use crate::support::{document, row};

fn refused(document_name: &str, column: &'static str, cell: &str, on: &str) -> Option<String> {
    row().with(column, cell).check(&document(document_name), on).err().map(|refused| refused.rule)
}

const DAY: &str = "2026-11-21";

#[test]
fn the_good_row_passes_both_documents() {
    assert!(row().check(&document("resident"), DAY).is_ok());
    assert!(row().check(&document("licence"), DAY).is_ok());
}

#[test]
fn a_resident_is_17_on_the_birthday_and_not_the_day_before() {
    assert_eq!(refused("resident", "birth_date", "2009-11-22", DAY).as_deref(), Some("under_17"));
    assert_eq!(refused("resident", "birth_date", "2009-11-21", DAY), None);
}

#[test]
fn born_on_a_leap_day_a_resident_is_17_on_the_first_of_march() {
    assert_eq!(refused("resident", "birth_date", "2008-02-29", "2025-02-28").as_deref(), Some("under_17"));
    assert_eq!(refused("resident", "birth_date", "2008-02-29", "2025-03-01"), None);
}

#[test]
fn a_resident_needs_the_physical_card() {
    assert_eq!(refused("resident", "physical_card", "false", DAY).as_deref(), Some("no_physical_card"));
}

#[test]
fn the_dead_get_no_document() {
    for document in ["resident", "licence"] {
        assert_eq!(refused(document, "alive", "false", DAY).as_deref(), Some("deceased"));
    }
}

#[test]
fn a_cancelled_registration_refuses_the_resident_card_alone() {
    assert_eq!(refused("resident", "registered", "false", DAY).as_deref(), Some("not_registered"));
    assert_eq!(refused("licence", "registered", "false", DAY), None);
}

#[test]
fn a_licence_holder_is_16() {
    assert_eq!(refused("licence", "birth_date", "2010-11-22", DAY).as_deref(), Some("under_16"));
    assert_eq!(refused("licence", "birth_date", "2010-11-21", DAY), None);
}

#[test]
fn a_licence_needs_the_plastic_one() {
    assert_eq!(refused("licence", "physical_card", "false", DAY).as_deref(), Some("no_physical_card"));
}

#[test]
fn a_licence_in_force_is_needed() {
    for status in ["suspended", "revoked", "VALID"] {
        assert_eq!(refused("licence", "licence_status", status, DAY).as_deref(), Some("licence_not_in_force"));
    }
}

#[test]
fn a_licence_runs_to_the_end_of_its_last_day() {
    assert_eq!(refused("licence", "licence_expires", "2026-11-20", DAY).as_deref(), Some("licence_expired"));
    assert_eq!(refused("licence", "licence_expires", "2026-11-21", DAY), None);
}

#[test]
fn the_first_rule_in_the_catalogue_is_the_reason() {
    let child = row().with("birth_date", "2020-01-01").with("physical_card", "false");
    assert_eq!(child.check(&document("resident"), DAY).unwrap_err().rule, "under_17");
}

#[test]
fn codes_are_stable() {
    let codes = |name| document(name).rules().iter().map(|rule| rule.code().to_owned()).collect::<Vec<_>>();
    assert_eq!(codes("resident"), ["deceased", "not_registered", "under_17", "no_physical_card"]);
    assert_eq!(
        codes("licence"),
        ["deceased", "under_16", "no_physical_card", "licence_not_in_force", "licence_expired"]
    );
}

#[test]
fn a_refusal_reads_without_personal_data() {
    let refused = row().with("birth_date", "2012-03-04").check(&document("resident"), DAY).unwrap_err();
    assert_eq!(refused.to_string(), "refused by rule under_17: below 17 years of age");
}
