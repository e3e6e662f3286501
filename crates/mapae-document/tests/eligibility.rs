//! Each rule with a row that only it refuses, and the row nearest to it that passes.

use std::collections::BTreeSet;

use crate::support::{ALL, document, row};

fn refused(document_name: &str, column: &'static str, cell: &str, on: &str) -> Option<String> {
    row().with(column, cell).check(&document(document_name), on).err().map(|refused| refused.rule)
}

const DAY: &str = "2026-11-21";

#[test]
fn the_good_row_passes_every_document() {
    for name in ALL {
        assert_eq!(row().check(&document(name), DAY), Ok(()), "{name}");
    }
}

/// Document, column, a cell that one rule alone refuses, the rule's code.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("resident", "alive", "false", "deceased"),
    ("resident", "registered", "false", "not_registered"),
    ("resident", "birth_date", "2009-11-22", "under_17"),
    ("resident", "physical_card", "false", "no_physical_card"),
    ("overseas", "alive", "false", "deceased"),
    ("overseas", "registered_abroad", "false", "not_registered_abroad"),
    ("overseas", "resident_number", "", "no_resident_number"),
    ("overseas", "birth_date", "2012-11-22", "under_14"),
    ("overseas", "electronic_passport", "false", "passport_not_electronic"),
    ("overseas", "passport_expires", "2026-11-20", "passport_expired"),
    ("licence", "alive", "false", "deceased"),
    ("licence", "birth_date", "2010-11-22", "under_16"),
    ("licence", "physical_card", "false", "no_physical_card"),
    ("licence", "licence_status", "suspended", "licence_not_in_force"),
    ("licence", "licence_expires", "2026-11-20", "licence_expired"),
    ("official", "in_service", "false", "not_in_service"),
    ("official", "appointed", "2026-11-22", "appointment_not_begun"),
    ("official", "appointment_ends", "2026-11-20", "appointment_ended"),
    ("official", "duty", "ON-DUTY", "duty_unknown"),
    ("official", "duty", "on-leave", "on_leave"),
    ("official", "duty", "suspended", "suspended"),
    ("official", "physical_card", "false", "no_physical_card"),
    ("welfare", "alive", "false", "deceased"),
    ("welfare", "registered_disability", "false", "disability_not_registered"),
    ("welfare", "severity", "undecided", "severity_undecided"),
    ("welfare", "reassessment_due", "2026-11-20", "reassessment_overdue"),
    ("welfare", "birth_date", "2012-11-22", "under_14"),
    ("welfare", "physical_card", "false", "no_physical_card"),
];

#[test]
fn each_rule_of_each_document_refuses_alone() {
    for (name, column, cell, rule) in REFUSED {
        assert_eq!(refused(name, column, cell, DAY).as_deref(), Some(*rule), "{name} {column}");
    }
    let tried = REFUSED.iter().map(|(name, .., rule)| ((*name).to_owned(), (*rule).to_owned()));
    let rules = |name: &str| document(name).rules().iter().map(|rule| rule.code().to_owned()).collect::<Vec<_>>();
    let all = ALL.into_iter().flat_map(|name| rules(name).into_iter().map(move |rule| (name.to_owned(), rule)));
    assert_eq!(tried.collect::<BTreeSet<_>>(), all.collect());
}

/// The cells nearest to those refused.
#[test]
fn each_rule_passes_to_its_limit() {
    for (name, column, cell) in [
        ("overseas", "birth_date", "2012-11-21"),
        ("overseas", "passport_expires", "2026-11-21"),
        ("official", "appointed", "2026-11-21"),
        ("official", "appointment_ends", "2026-11-21"),
        ("welfare", "birth_date", "2012-11-21"),
        ("welfare", "severity", "mild"),
        ("welfare", "reassessment_due", "2026-11-21"),
        // No such day is set.
        ("welfare", "reassessment_due", ""),
    ] {
        assert_eq!(refused(name, column, cell, DAY), None, "{name} {column} {cell}");
    }
}

#[test]
fn an_official_does_duty_or_has_no_card() {
    for (duty, rule) in [("released", "suspended"), ("suspended", "suspended"), ("on-leave", "on_leave")] {
        assert_eq!(refused("official", "duty", duty, DAY).as_deref(), Some(rule));
    }
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
    for document in ["resident", "overseas", "licence", "welfare"] {
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
    assert_eq!(
        codes("overseas"),
        [
            "deceased",
            "not_registered_abroad",
            "no_resident_number",
            "under_14",
            "passport_not_electronic",
            "passport_expired"
        ]
    );
    assert_eq!(
        codes("official"),
        [
            "not_in_service",
            "appointment_not_begun",
            "appointment_ended",
            "duty_unknown",
            "on_leave",
            "suspended",
            "no_physical_card"
        ]
    );
    assert_eq!(
        codes("welfare"),
        [
            "deceased",
            "disability_not_registered",
            "severity_undecided",
            "reassessment_overdue",
            "under_14",
            "no_physical_card"
        ]
    );
}

#[test]
fn a_refusal_reads_without_personal_data() {
    let refused = row().with("birth_date", "2012-03-04").check(&document("resident"), DAY).unwrap_err();
    assert_eq!(refused.to_string(), "refused by rule under_17: below 17 years of age");
    for (name, column, cell, text) in [
        ("official", "appointed", "2027-01-01", "appointment_not_begun: the register's day is still to come"),
        ("overseas", "resident_number", "", "no_resident_number: the register has no value"),
        ("welfare", "reassessment_due", "2026-01-01", "reassessment_overdue: the register's day is past"),
    ] {
        let refused = row().with(column, cell).check(&document(name), DAY).unwrap_err();
        assert_eq!(refused.to_string(), format!("refused by rule {text}"));
    }
}
