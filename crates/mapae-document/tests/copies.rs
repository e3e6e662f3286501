//! The life of a copy: each limit alone.

use mapae_document::{CopyError, CopyLimit, CopyValidity, copy_validity};

use crate::support::{Row, date, document, row, time};

/// Far enough not to matter.
const SIGNER: &str = "2028-06-01T00:00:00Z";

fn copy(row: &Row, document_issued: &str, issued: &str, signer_not_after: &str) -> Result<CopyValidity, CopyError> {
    let document = document("resident");
    let (issued, signer) = (time(issued), time(signer_not_after));
    let today = document.local_date(issued);
    let applicant = row.read(&document, &today.to_string()).unwrap_or_else(|e| panic!("{e}"));
    let eligible = applicant.eligibility().unwrap_or_else(|e| panic!("{e}"));
    let facts = eligible.facts(date(document_issued)).unwrap_or_else(|e| panic!("{e}"));
    copy_validity(issued, &facts, signer)
}

fn life(from: &str, until: &str, limit: CopyLimit) -> CopyValidity {
    CopyValidity { valid_from: time(from), valid_until: time(until), limit }
}

#[test]
fn a_copy_lasts_365_days_from_the_day_of_issue() {
    assert_eq!(
        copy(&row(), "2026-11-21", "2026-11-21T05:06:07Z", SIGNER),
        Ok(life("2026-11-21T00:00:00Z", "2027-11-21T00:00:00Z", CopyLimit::Days))
    );
}

#[test]
fn copies_of_one_day_have_equal_times() {
    let at = |issued| copy(&row(), "2026-11-01", issued, SIGNER);
    assert_eq!(at("2026-11-21T00:00:00Z"), at("2026-11-21T14:59:59Z"));
    assert_eq!(at("2026-11-21T00:00:00Z"), at("2026-11-21T23:59:59Z"));
    assert_ne!(at("2026-11-21T23:59:59Z"), at("2026-11-22T00:00:00Z"));
}

#[test]
fn a_copy_does_not_outlive_the_document() {
    // Expires on 2027-01-10, whose end in Korea is 15:00 UTC.
    assert_eq!(
        copy(&row(), "2024-01-10", "2026-11-21T05:00:00Z", SIGNER),
        Ok(life("2026-11-21T00:00:00Z", "2027-01-10T00:00:00Z", CopyLimit::Document))
    );
}

#[test]
fn an_officials_copies_end_with_the_appointment() {
    let document = document("official");
    let facts = row().with("appointment_ends", "2027-06-30").facts(&document, "2026-11-21");
    assert_eq!(
        copy_validity(time("2026-11-21T05:00:00Z"), &facts, time(SIGNER)),
        Ok(life("2026-11-21T00:00:00Z", "2027-06-30T00:00:00Z", CopyLimit::Document))
    );
}

#[test]
fn a_copy_does_not_outlive_its_signer() {
    assert_eq!(
        copy(&row(), "2026-11-21", "2026-11-21T05:00:00Z", "2027-09-30T12:34:56Z"),
        Ok(life("2026-11-21T00:00:00Z", "2027-09-30T00:00:00Z", CopyLimit::Signer))
    );
}

#[test]
fn a_copy_does_not_outlive_an_age_that_it_carries() {
    // 19 on 2027-03-15 in Korea, which begins at 15:00 UTC of the day before. Not a youth since New Year 2027 already.
    let nearly = row().with("birth_date", "2008-03-15");
    assert_eq!(
        copy(&nearly, "2027-02-01", "2027-02-01T05:00:00Z", SIGNER),
        Ok(life("2027-02-01T00:00:00Z", "2027-03-14T00:00:00Z", CopyLimit::Age))
    );
}

#[test]
fn the_youth_protection_age_ends_a_copy_at_new_year_in_korea() {
    let nearly = row().with("birth_date", "2008-10-15");
    assert_eq!(
        copy(&nearly, "2026-11-21", "2026-11-21T05:00:00Z", SIGNER),
        Ok(life("2026-11-21T00:00:00Z", "2026-12-31T00:00:00Z", CopyLimit::Age))
    );
}

#[test]
fn on_the_day_before_a_birthday_there_is_a_copy_for_the_rest_of_the_day() {
    let tomorrow = row().with("birth_date", "2007-11-22");
    assert_eq!(
        copy(&tomorrow, "2026-11-21", "2026-11-21T05:00:00Z", SIGNER),
        Ok(life("2026-11-21T00:00:00Z", "2026-11-21T15:00:00Z", CopyLimit::Age))
    );
}

#[test]
fn the_birthday_begins_at_midnight_in_korea() {
    let born = row().with("birth_date", "2007-11-22");
    // One second before: still 18, and a copy of one second. At midnight: 19, and no flip before 65.
    let before = copy(&born, "2026-11-01", "2026-11-21T14:59:59Z", SIGNER).unwrap();
    assert_eq!((before.valid_until, before.limit), (time("2026-11-21T15:00:00Z"), CopyLimit::Age));
    let after = copy(&born, "2026-11-01", "2026-11-21T15:00:00Z", SIGNER).unwrap();
    assert_eq!(after.limit, CopyLimit::Days);
}

#[test]
fn born_on_a_leap_day_the_age_flips_on_the_first_of_march() {
    let leap = row().with("birth_date", "2008-02-29");
    let copy = copy(&leap, "2027-01-05", "2027-01-05T05:00:00Z", SIGNER).unwrap();
    assert_eq!((copy.valid_until, copy.limit), (time("2027-02-28T00:00:00Z"), CopyLimit::Age));
}

#[test]
fn no_copy_from_a_signer_whose_time_is_over() {
    let issued = "2026-11-21T05:00:00Z";
    assert_eq!(copy(&row(), "2026-11-21", issued, issued), Err(CopyError::NothingLeft { limit: CopyLimit::Signer }));
    assert!(copy(&row(), "2026-11-21", issued, "2026-11-21T05:00:01Z").is_ok());
}

#[test]
fn facts_of_yesterday_make_no_copy_today() {
    let document = document("resident");
    let facts = row().facts(&document, "2026-11-20");
    let error = copy_validity(time("2026-11-20T15:00:00Z"), &facts, time(SIGNER)).unwrap_err();
    let (facts_on, issued_on) = (date("2026-11-20"), date("2026-11-21"));
    assert_eq!(error, CopyError::FactsOfAnotherDay { facts_on, issued_on });
    assert!(copy_validity(time("2026-11-20T14:59:59Z"), &facts, time(SIGNER)).is_ok());
}
