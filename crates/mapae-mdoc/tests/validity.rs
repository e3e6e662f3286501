//! The dates of a copy (§9.1.2.4, §9.3.1).

use mapae_cose::cbor::{CborError, Value};
use mapae_mdoc::{DeviceResponse, MdocError, ValidityInfo};
use mapae_types::Timestamp;

use crate::{
    editing::{at, with_mso},
    fixture::{expected, issuer, presented, time, validity, verify},
};

fn valid_at(now: &str) -> Result<(), MdocError> {
    let response = presented();
    let response = DeviceResponse::parse(&response)?;
    response.documents()[0].verify_issuer(issuer().public())?.valid_at(time(now)).map(drop)
}

/// Hole 4 of the peers: MSO validity not checked at all. Hole 13: a refusal names the date that was broken.
#[test]
fn peer_hole_13_a_copy_before_its_time_is_refused_with_the_start_of_its_validity() {
    let now = time("2026-11-20T23:59:59Z");
    let refused = MdocError::NotYetValid { valid_from: time("2026-11-21T00:00:00Z"), now };
    assert_eq!(valid_at("2026-11-20T23:59:59Z"), Err(refused.clone()));
    assert!(
        refused.to_string().contains("2026-11-21T00:00:00Z") && refused.to_string().contains("2026-11-20T23:59:59Z")
    );
    assert_eq!(valid_at("2026-11-21T00:00:00Z"), Ok(()));
}

#[test]
fn peer_hole_13_a_copy_after_its_time_is_refused_with_the_end_of_its_validity() {
    let now = time("2027-11-21T00:00:01Z");
    let refused = MdocError::Expired { valid_until: time("2027-11-21T00:00:00Z"), now };
    assert_eq!(valid_at("2027-11-21T00:00:01Z"), Err(refused.clone()));
    assert!(
        refused.to_string().contains("2027-11-21T00:00:00Z") && refused.to_string().contains("2027-11-21T00:00:01Z")
    );
    assert_eq!(valid_at("2027-11-21T00:00:00Z"), Ok(()));
}

#[test]
fn peer_hole_04_validity_is_that_of_the_signed_object() {
    let short = with_mso(|mso| *at(mso, "validityInfo/validUntil") = Value::date_time(time("2026-11-30T00:00:00Z")));
    assert!(matches!(verify(&short), Err(MdocError::Expired { .. })));
    let late = with_mso(|mso| *at(mso, "validityInfo/validFrom") = Value::date_time(time("2026-12-02T00:00:00Z")));
    assert!(matches!(verify(&late), Err(MdocError::NotYetValid { .. })));
}

fn dates(signed: &str, from: &str, until: &str) -> Result<ValidityInfo, MdocError> {
    ValidityInfo::new(time(signed), time(from), time(until))
}

#[test]
fn dates_follow_one_another() {
    let (a, b, c) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z");
    let info = dates(a, b, c).unwrap();
    assert_eq!((info.signed(), info.valid_from(), info.valid_until()), (time(a), time(b), time(c)));
    assert!(dates(a, a, b).is_ok());
    assert_eq!(dates(b, a, c), Err(MdocError::ValidityOrder));
    assert_eq!(dates(a, b, b), Err(MdocError::ValidityOrder));
    assert_eq!(dates(a, c, b), Err(MdocError::ValidityOrder));
}

#[test]
fn dates_that_contradict_each_other_are_refused_where_they_are_read() {
    let signed_late = with_mso(|mso| *at(mso, "validityInfo/signed") = Value::date_time(time("2026-11-22T00:00:00Z")));
    assert_eq!(verify(&signed_late), Err(MdocError::ValidityOrder));
    let empty = with_mso(|mso| *at(mso, "validityInfo/validUntil") = Value::date_time(validity().valid_from()));
    assert_eq!(verify(&empty), Err(MdocError::ValidityOrder));
}

/// The presentation with this text as the end of validity.
fn until(text: &str) -> Vec<u8> {
    with_mso(|mso| *at(mso, "validityInfo/validUntil") = Value::Tag(0, Box::new(Value::from(text))))
}

#[test]
fn fractions_of_a_second_are_refused() {
    assert_eq!(verify(&until("2027-11-21T00:00:00Z")), Ok(expected()));
    assert_eq!(verify(&until("2027-11-21T00:00:00.0Z")), Err(MdocError::ValidityUnreadable));
    assert_eq!(verify(&until("2027-11-21T00:00:00.5+09:00")), Err(MdocError::ValidityUnreadable));
}

#[test]
fn text_that_is_no_date_is_refused() {
    for text in ["", "2027-11-21", "2027-02-30T00:00:00Z", "2027-11-21T00:00:00", "tomorrow"] {
        assert_eq!(verify(&until(text)), Err(MdocError::ValidityUnreadable), "{text}");
    }
}

/// Spec says: `Z`. We read other offsets as well, for they name one time too.
#[test]
fn an_offset_from_utc_is_read_as_the_time_that_it_names() {
    assert_eq!(verify(&until("2026-12-01T09:00:00+09:00")), Ok(expected()));
    let valid_until = time("2026-11-30T23:59:59Z");
    let expired = MdocError::Expired { valid_until, now: crate::fixture::now() };
    assert_eq!(verify(&until("2026-12-01T08:59:59+09:00")), Err(expired));
}

#[test]
fn a_date_without_its_tag_is_refused() {
    for date in [Value::from("2027-11-21T00:00:00Z"), Value::full_date(date()), Value::Tag(1, Box::new(Value::from(0)))]
    {
        let response = with_mso(|mso| *at(mso, "validityInfo/validUntil") = date);
        assert!(matches!(verify(&response), Err(MdocError::Cbor(CborError::Unexpected(_)))));
    }
}

fn date() -> mapae_types::Date {
    Timestamp::from_unix(2_000_000_000).unwrap().date()
}
