//! Another document by a file alone (design D2), with everything that the shipped ones do not use.

use mapae_document::{Catalogue, ChannelKind, CopyLimit, copy_validity};
use serde_json::json;

use crate::support::{date, time};

pub(crate) const LIBRARY: &str = r#"
name = "library"
title = { ko = "도서관 회원증", en = "Library card" }
doctype = "kr.example.library.1"
vct = "https://library.example/card/1"
authority = { ko = "견본도서관", en = "Sample Library" }
utc_offset_hours = 0
devices_per_person = 2

[validity]
document_years = 1
copy_days = 30
refill_from_day = 15

[[channel]]
kind = "agency"
fee = { amount = 1000, currency = "KRW" }

[columns]
member = "person-id"
name = "text"
born = "date"
branch = "country"
loans = "integer"
stamp = "bytes"
until = "date"

[[rule]]
code = "other_branch"
test = { one-of = { column = "branch", values = ["KR", "JP"] } }
label = { ko = "다른 도서관", en = "Another branch" }

[[attribute]]
id = "member"
from = { column = "member" }
mdoc = { namespace = "kr.example.library.1", element = "member", type = "tstr" }
claim = { path = "member" }
label = { ko = "회원 번호", en = "Member" }
mandatory = true

[[attribute]]
id = "name"
from = { column = "name" }
mdoc = { namespace = "kr.example.library.1", element = "name", type = "tstr" }
claim = { path = "name" }
label = { ko = "이름", en = "Name" }

[[attribute]]
id = "age_in_years"
from = { age-in-years = { column = "born" } }
mdoc = { namespace = "kr.example.library.1", element = "age_in_years", type = "uint" }
claim = { path = "age_in_years" }
label = { ko = "나이", en = "Age" }

[[attribute]]
id = "loans"
from = { column = "loans" }
mdoc = { namespace = "kr.example.library.1", element = "loans", type = "uint" }
claim = { path = "loans" }
label = { ko = "대출 수", en = "Loans" }

[[attribute]]
id = "stamp"
from = { column = "stamp" }
mdoc = { namespace = "kr.example.library.1", element = "stamp", type = "bstr" }
claim = { path = "stamp", form = "base64url" }
label = { ko = "도장", en = "Stamp" }

[[attribute]]
id = "until"
from = { column = "until" }
mdoc = { namespace = "kr.example.library.1", element = "until", type = "tdate" }
claim = { path = "until" }
label = { ko = "기한", en = "Until" }
"#;

fn cell(column: &str) -> Option<&'static str> {
    Some(match column {
        "member" => "m-77",
        "name" => "홍길동",
        "born" => "2000-12-01",
        "branch" => "KR",
        "loans" => "3",
        "stamp" => "+/8=",
        "until" => "2027-01-02",
        _ => return None,
    })
}

#[test]
fn a_sixth_document_needs_a_file_and_no_code() {
    let mut files = Catalogue::builtin_files().to_vec();
    files.push(("library.toml", LIBRARY));
    let catalogue = Catalogue::from_toml(&files).unwrap();
    assert_eq!(catalogue.documents().len(), Catalogue::builtin().unwrap().documents().len() + 1);

    let library = catalogue.get(&"library".parse().unwrap()).unwrap();
    assert_eq!(library.channels()[0].kind, ChannelKind::Agency);
    let issued = time("2026-11-21T09:00:00Z");
    let today = library.local_date(issued);
    let facts = library.read_row(cell, today).unwrap().eligibility().unwrap().facts(today).unwrap();
    assert_eq!(
        serde_json::Value::Object(facts.sd_jwt_claims()),
        json!({ "member": "m-77", "name": "홍길동", "age_in_years": 25, "loans": 3, "stamp": "-_8",
                "until": "2027-01-02" })
    );
    let (.., until) = &facts.mdoc_elements()[5];
    assert!(*until == mapae_cose::cbor::Value::date_time(time("2027-01-02T00:00:00Z")));

    // An age in years changes on the next birthday, and the copy ends with it.
    let copy = copy_validity(issued, &facts, time("2028-01-01T00:00:00Z")).unwrap();
    assert_eq!((copy.valid_until, copy.limit), (time("2026-12-01T00:00:00Z"), CopyLimit::Age));
}

#[test]
fn its_rules_hold() {
    let catalogue = Catalogue::from_toml(&[("library.toml", LIBRARY)]).unwrap();
    let library = catalogue.get(&"library".parse().unwrap()).unwrap();
    let elsewhere = |column: &str| if column == "branch" { Some("DE") } else { cell(column) };
    let refused = library.read_row(elsewhere, date("2026-11-21")).unwrap().eligibility().unwrap_err();
    assert_eq!(refused.rule, "other_branch");
}
