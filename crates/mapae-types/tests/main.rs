//! Times, ids and personal data.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_types::{Date, Duration, PersonId, Pii, TimeError, Timestamp, hex, html};

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn timestamps_round_trip_and_normalise_to_utc() {
    for (text, utc) in [
        ("2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z"),
        ("2026-11-21T09:00:00+09:00", "2026-11-21T00:00:00Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
    ] {
        assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), utc);
    }
}

#[test]
fn fractions_and_other_forms_are_refused() {
    assert_eq!("2026-11-21T09:00:00.5Z".parse::<Timestamp>(), Err(TimeError::Fraction));
    for text in ["", "2026-11-21", "2026-11-21 09:00:00Z ", "2026-13-01T00:00:00Z", "yesterday"] {
        assert_eq!(text.parse::<Timestamp>(), Err(TimeError::Syntax), "{text}");
    }
    for text in ["2026-1-01", "2026-11-2१", "20261121", "+026-01-01"] {
        assert_eq!(text.parse::<Date>(), Err(TimeError::Syntax), "{text}");
    }
    assert_eq!("2026-02-29".parse::<Date>(), Err(TimeError::OutOfRange));
}

#[test]
fn a_birthday_on_the_leap_day_counts_from_the_first_of_march() {
    let born = date("2008-02-29");
    assert_eq!(born.age_on(date("2025-02-28")), 16);
    assert_eq!(born.age_on(date("2025-03-01")), 17);
    assert_eq!(born.age_on(date("2028-02-29")), 20);
}

#[test]
fn durations_are_a_number_and_a_unit() {
    assert_eq!("24h".parse(), Ok(Duration::hours(24)));
    assert_eq!("35d".parse(), Ok(Duration::days(35)));
    for text in ["", "h", "-1d", "1.5h", "10", "1w", "9223372036854775807d"] {
        assert!(text.parse::<Duration>().is_err(), "{text}");
    }
    assert_eq!(Duration::hours(31).to_string(), "31 h 0 min");
}

#[test]
fn the_korean_day_starts_nine_hours_early() {
    let t: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
    assert_eq!(t.date().to_string(), "2026-11-20");
    assert_eq!(t.date_at_offset(9).to_string(), "2026-11-21");
}

#[test]
fn ids_are_safe_file_names() {
    assert!("P-0001_a".parse::<PersonId>().is_ok());
    for text in ["", ".", "..", "a/b", "a b", "홍길동", &"x".repeat(65)] {
        assert!(text.parse::<PersonId>().is_err(), "{text}");
    }
}

/// Hole 11 of the peers: a bearer code, key or claim value in a `Debug` line or log.
#[test]
fn peer_hole_11_personal_data_prints_redacted() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "only its Debug output matters")]
    struct Row {
        name: Pii<&'static str>,
    }
    let shown = format!("{:?} {}", Row { name: Pii::new("홍길동") }, Pii::new("900101-1234567"));
    assert!(!shown.contains("홍길동") && !shown.contains("900101"));
}

#[test]
fn hexadecimal_goes_both_ways_and_nothing_else_is_read() {
    let bytes: Vec<u8> = (0..=255).collect();
    let text = hex::encode(&bytes);
    assert!(text.starts_with("000102") && text.ends_with("fdfeff"), "{text}");
    assert_eq!(hex::decode(&text), Some(bytes.clone()));
    assert_eq!(hex::decode(&text.to_uppercase()), Some(bytes));
    assert_eq!(hex::decode(""), Some(Vec::new()));
    for odd in ["0", "0g", " 00", "00 ", "+0", "0x00"] {
        assert_eq!(hex::decode(odd), None, "{odd}");
    }
}

#[test]
fn markup_in_a_pages_text_is_text() {
    assert_eq!(html::escape("<b title='a' id=\"&amp;\">"), "&lt;b title=&#39;a&#39; id=&quot;&amp;amp;&quot;&gt;");
    for plain in ["", "홍길동 – Hong", "a/b?c=d;e#f\n\t`"] {
        assert_eq!(html::escape(plain), plain);
    }
}
