//! The calendar is that of the crate `time`, day by day, and reads what that crate reads.

use mapae_types::{Date, TimeError, Timestamp};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

#[test]
fn every_day_from_the_year_1_to_9999_is_the_library_s() {
    let (mut day, mut date) = (time::Date::MIN, Date::from_ymd(1, 1, 1).unwrap());
    day = day.replace_year(1).unwrap();
    loop {
        let ymd = (day.year(), u8::from(day.month()), day.day());
        assert_eq!((date.year(), date.month(), date.day()), ymd);
        assert_eq!(date.midnight().unix(), day.midnight().assume_utc().unix_timestamp());
        assert_eq!((date.midnight().date(), Date::from_ymd(ymd.0, ymd.1, ymd.2)), (date, Ok(date)));
        let (Some(next_day), Ok(next)) = (day.next_day(), date.plus_days(1)) else { break };
        (day, date) = (next_day, next);
    }
    assert_eq!((date.to_string(), day), ("9999-12-31".to_owned(), time::Date::MAX));
}

#[test]
fn days_and_times_beyond_the_calendar_are_out_of_range() {
    for (year, month, day) in
        [(2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 4, 31), (1900, 2, 29), (0, 1, 1), (10_000, 1, 1)]
    {
        assert_eq!(Date::from_ymd(year, month, day), Err(TimeError::OutOfRange), "{year}-{month}-{day}");
    }
    let first = Date::from_ymd(1, 1, 1).unwrap();
    for days in [-1, 3_652_059, i64::MAX, i64::MIN, i64::MAX / 86_400] {
        assert_eq!(first.plus_days(days), Err(TimeError::OutOfRange), "{days}");
    }
    assert_eq!(first.plus_days(3_652_058).unwrap().to_string(), "9999-12-31");
    for text in ["0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"] {
        assert_eq!(text.parse::<Timestamp>(), Err(TimeError::OutOfRange), "{text}");
    }
}

/// What is read, with every byte changed in turn, and left out.
#[test]
fn what_the_library_reads_is_read_alike_and_nothing_else() {
    for text in [
        "2026-11-21T09:00:00Z",
        "2026-11-21 09:00:00z",
        "2024-02-29T23:59:59+09:30",
        "1969-12-31T00:00:00-23:59",
        "0000-12-31T23:30:00-01:00",
        "2016-12-31T23:59:60Z",
        "2017-01-01T08:59:60+09:00",
        "2016-12-30T23:59:60Z",
        "2016-12-31T22:59:60Z",
        "2016-02-29T23:59:60Z",
    ] {
        for place in 0..text.len() {
            same(&format!("{}{}", &text[..place], &text[place + 1..]));
            for byte in b"0123456789-+:.TZz x" {
                same(&format!("{}{}{}", &text[..place], char::from(*byte), &text[place + 1..]));
                same(&format!("{}{}{}", &text[..place], char::from(*byte), &text[place..]));
            }
        }
    }
}

fn same(text: &str) {
    let theirs = OffsetDateTime::parse(text, &Rfc3339).ok().filter(|_| text.as_bytes()[19] != b'.');
    let ours = match text.parse::<Timestamp>() {
        Err(TimeError::OutOfRange) => {
            return assert!(
                theirs.is_some_and(|at| !(1..=9999).contains(&at.to_offset(time::UtcOffset::UTC).year())),
                "{text}"
            );
        }
        ours => ours.ok().map(Timestamp::unix),
    };
    assert_eq!(ours, theirs.map(OffsetDateTime::unix_timestamp), "{text}");
}
