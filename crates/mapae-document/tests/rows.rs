//! Bad cells: the column and the reason, never the cell.

use mapae_document::CellFault;

use crate::support::{ALL, document, may_be_empty, row};

const DAY: &str = "2026-11-21";

fn fault(name: &str, column: &'static str, cell: &str) -> (String, CellFault) {
    match row().with(column, cell).read(&document(name), DAY) {
        Ok(_) => panic!("{column} took {cell}"),
        Err(error) => (error.column, error.reason),
    }
}

fn reads(name: &str, column: &'static str, cell: &str) -> bool {
    row().with(column, cell).read(&document(name), DAY).is_ok()
}

#[test]
fn every_column_but_the_optional_is_needed() {
    for name in ALL {
        let document = document(name);
        for column in document.columns() {
            let optional = may_be_empty(name, column);
            let missing = row().without(column).read(&document, DAY);
            let empty = row().emptied(column).read(&document, DAY);
            assert_eq!(missing.is_ok(), optional, "{name} {column}");
            assert_eq!(empty.is_ok(), optional, "{name} {column}");
            if let Err(error) = missing {
                assert_eq!((&*error.column, error.reason), (column, CellFault::Missing));
            }
        }
    }
}

/// No type of column holds a control character.
#[test]
fn each_column_is_refused_alone() {
    for name in ALL {
        let document = document(name);
        for column in document.columns() {
            let error = row().set(column, "\u{7}").read(&document, DAY).unwrap_err();
            assert_eq!(error.column, column, "{name}");
        }
    }
}

#[test]
fn columns_of_the_newer_documents_have_their_types() {
    for (name, column, cell, reason) in [
        ("overseas", "country_of_residence", "USA", CellFault::NotACountry),
        ("overseas", "registered_abroad", "1", CellFault::NotTrueOrFalse),
        ("overseas", "electronic_passport", "yes", CellFault::NotTrueOrFalse),
        ("overseas", "passport_expires", "2033-02-29", CellFault::NoSuchDay),
        ("overseas", "resident_number", "주민", CellFault::NotLatin1),
        ("overseas", "mission_latin", "주뉴욕", CellFault::NotLatin1),
        ("official", "appointed", "2015.1.1", CellFault::NotADate),
        ("official", "appointment_ends", "never", CellFault::NotADate),
        ("official", "in_service", "TRUE", CellFault::NotTrueOrFalse),
        ("official", "rank_latin", "사무관", CellFault::NotLatin1),
        ("official", "duty", "휴직", CellFault::NotLatin1),
        ("welfare", "reassessment_due", "none", CellFault::NotADate),
        ("welfare", "severity", "심한", CellFault::NotLatin1),
        ("welfare", "disability", "청각", CellFault::NotLatin1),
        ("welfare", "registered_disability", "", CellFault::Missing),
    ] {
        assert_eq!(fault(name, column, cell), (column.to_owned(), reason), "{name} {cell}");
    }
}

#[test]
fn each_kind_of_bad_cell_reports_its_column_and_reason() {
    let long = "x".repeat(151);
    for (column, cell, reason) in [
        ("person_id", "../p", CellFault::NotAPersonId),
        ("family_name", long.as_str(), CellFault::TooLong),
        ("family_name", "홍\n", CellFault::ControlCharacter),
        ("family_name_latin", "홍", CellFault::NotLatin1),
        ("family_name_latin", "HO\u{85}NG", CellFault::ControlCharacter),
        ("nationality", "KOR", CellFault::NotACountry),
        ("nationality", "kr", CellFault::NotACountry),
        ("birth_date", "1990. 5. 17.", CellFault::NotADate),
        ("birth_date", "1990-02-30", CellFault::NoSuchDay),
        ("birth_date", "2026-11-22", CellFault::InTheFuture),
        ("sex", "3", CellFault::NotASex),
        ("alive", "yes", CellFault::NotTrueOrFalse),
        ("portrait", "%%%%", CellFault::NotBase64),
        ("portrait", "aGVsbG8=", CellFault::NotAJpeg),
        // Cut off before its end marker.
        ("portrait", "/9j/4A==", CellFault::NotAJpeg),
    ] {
        assert_eq!(fault("resident", column, cell), (column.to_owned(), reason), "{cell}");
    }
}

#[test]
fn the_nearest_good_cells_are_read() {
    for (column, cell) in [
        ("family_name", "x".repeat(150).as_str()),
        ("family_name_latin", "MÜLLER-ÿ"),
        ("birth_date", "2008-02-29"),
        ("birth_date", DAY),
        ("sex", "9"),
    ] {
        assert!(reads("resident", column, cell), "{cell}");
    }
}

#[test]
fn a_picture_is_at_most_64_kib() {
    let picture = |length: usize| {
        let mut bytes = vec![0u8; length];
        bytes[..3].copy_from_slice(&[0xff, 0xd8, 0xff]);
        bytes[length - 2..].copy_from_slice(&[0xff, 0xd9]);
        base64_simd::STANDARD.encode_to_string(bytes)
    };
    assert!(reads("resident", "portrait", &picture(65_536)));
    assert_eq!(fault("resident", "portrait", &picture(65_537)).1, CellFault::TooLong);
    assert_eq!(fault("resident", "portrait", &picture(200_000)).1, CellFault::TooLong);
}

#[test]
fn driving_privileges_are_read_strictly() {
    for cell in ["B - -", "B 2012-03-04 -", "A1 2012-03-04 2031-12-31;B 2012-03-04 2031-12-31 78 01.05"] {
        assert!(reads("licence", "driving_privileges", cell), "{cell}");
    }
    for cell in [
        "B",
        "B 2012-03-04",
        "b 2012-03-04 2031-12-31",
        "B 2012-03-04 2031-12-31;",
        "B 2012-02-30 2031-12-31",
        "B 2012-03-04 2031-12-31  78",
        "B - -;B - -",
    ] {
        assert_eq!(fault("licence", "driving_privileges", cell).1, CellFault::NotDrivingPrivileges, "{cell}");
    }
}

#[test]
fn an_error_does_not_repeat_the_cell() {
    let error = row().with("birth_date", "홍길동").read(&document("resident"), DAY).unwrap_err();
    assert_eq!(error.to_string(), "column birth_date: not a date of the form YYYY-MM-DD");
    assert!(!format!("{error:?}").contains("홍"));
}

#[test]
fn an_applicant_prints_nothing_of_the_person() {
    let document = document("licence");
    let applicant = row().read(&document, DAY).unwrap();
    let shown = format!("{applicant:?}");
    for secret in ["홍", "HONG", "900517", "1990", "2031", "Gyeonbon"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let facts = row().facts(&document, DAY);
    for secret in ["홍", "HONG", "900517", "1990", "Gyeonbon"] {
        assert!(!format!("{facts:?}").contains(secret), "{secret}");
    }
}
