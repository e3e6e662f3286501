//! Catalogue files: the shipped ones are accepted; each mistake is refused for its own reason.

use mapae_document::{Catalogue, CatalogueProblem as Problem, ClaimForm, ColumnType, Encoding, WalletLock};

use crate::support::ALL;

const RESIDENT: &str = include_str!("../catalogue/resident.toml");
const OVERSEAS: &str = include_str!("../catalogue/overseas.toml");
const OFFICIAL: &str = include_str!("../catalogue/official.toml");
const WELFARE: &str = include_str!("../catalogue/welfare.toml");

/// The shipped resident card with one place changed. The place must be there.
fn problem(from: &str, to: &str) -> Problem {
    problem_in(RESIDENT, from, to)
}

fn problem_in(file: &str, from: &str, to: &str) -> Problem {
    assert!(file.contains(from), "{from}");
    let text = file.replacen(from, to, 1);
    match Catalogue::from_toml(&[("changed.toml", &text)]) {
        Ok(_) => panic!("accepted with {to}"),
        Err(error) => {
            assert_eq!(error.file, "changed.toml");
            error.problem
        }
    }
}

#[test]
fn the_shipped_catalogue_is_accepted() {
    let catalogue = Catalogue::builtin().unwrap();
    let names: Vec<_> = catalogue.documents().iter().map(|document| document.name().as_str().to_owned()).collect();
    assert_eq!(names, ALL);
    let resident = catalogue.get(&"resident".parse().unwrap()).unwrap();
    assert_eq!(resident.title().ko, "모바일 주민등록증");
    assert_eq!((resident.validity().document_years, resident.validity().copy_days), (3, 365));
    assert_eq!(resident.validity().refill_from_day, 180);
    assert_eq!(resident.devices_per_person(), 1);
    assert!(catalogue.get(&"passport".parse().unwrap()).is_none());
}

#[test]
fn a_wallet_that_a_pin_opens_holds_every_document_but_the_official_one() {
    let catalogue = Catalogue::builtin().unwrap();
    let lock = |name: &str| catalogue.get(&name.parse().unwrap()).unwrap().wallet_lock();
    for name in ALL {
        let least = if name == "official" { WalletLock::Passkey } else { WalletLock::Any };
        assert_eq!(lock(name), least, "{name}");
    }
}

#[test]
fn unknown_keys_and_types_are_refused_with_their_line() {
    for (from, to) in [
        ("devices_per_person = 1", "devices_per_person = 1\nvalidate = false"),
        ("devices_per_person = 1", "devices_per_person = 1\nwallet_lock = \"fingerprint\""),
        ("document_years = 3", "document_years = 3\nforever = true"),
        ("sex = \"sex\"", "sex = \"gender\""),
        ("type = \"birth-date\"", "type = \"date\""),
        ("form = \"data-url\"", "form = \"url\""),
        ("from = \"issue-date\"", "from = \"today\""),
        ("kind = \"ic-card\"", "kind = \"fax\""),
        ("test = { is-true = { column = \"alive\" } }", "test = { is-false = { column = \"alive\" } }"),
        ("mandatory = true", "mandatory = true\nalways_disclosed = true"),
        ("is-true = { column = \"alive\" }", "is-true = { column = \"alive\", unless = 1 }"),
        ("name = \"resident\"", "name = \"resident\"\nname = \"again\""),
        ("utc_offset_hours = 9\n", ""),
    ] {
        let problem = problem(from, to);
        assert!(matches!(problem, Problem::Toml(_)), "{to}: {problem}");
    }
    let problem = problem("sex = \"sex\"", "sex = \"gender\"");
    assert!(problem.to_string().contains("line ") && problem.to_string().contains("gender"), "{problem}");
}

#[test]
fn names_and_numbers_stay_in_their_ranges() {
    assert!(matches!(problem("name = \"resident\"", "name = \"resident card\""), Problem::Name(_)));
    for (from, to, field) in [
        ("urn:mapae:kr:resident:1", "", "vct"),
        ("utc_offset_hours = 9", "utc_offset_hours = 15", "utc_offset_hours"),
        ("devices_per_person = 1", "devices_per_person = 0", "devices_per_person"),
        ("document_years = 3", "document_years = 0", "document_years"),
        ("copy_days = 365", "copy_days = 366", "copy_days"),
        ("refill_from_day = 180", "refill_from_day = 365", "refill_from_day"),
        ("from = { constant = \"KR\" }", "from = { constant = \"\" }", "constant"),
    ] {
        assert_eq!(problem(from, to), Problem::OutOfRange(field));
    }
    assert_eq!(problem("element = \"family_name\"", "element = \"성\""), Problem::NotAName("성".to_owned()));
    assert_eq!(problem("code = \"deceased\"", "code = \"\""), Problem::NotAName(String::new()));
}

#[test]
fn a_column_must_exist_and_fit_its_user() {
    let (user, column) = ("sex".to_owned(), "gender".to_owned());
    assert_eq!(
        problem("from = { column = \"sex\" }", "from = { column = \"gender\" }"),
        Problem::ColumnMissing { user, column }
    );
    let (user, column) = ("under_17".to_owned(), "sex".to_owned());
    assert_eq!(
        problem("min-age = { column = \"birth_date\"", "min-age = { column = \"sex\""),
        Problem::ColumnOfOtherType { user, column, found: ColumnType::Sex }
    );
    let (user, column) = ("deceased".to_owned(), "alive".to_owned());
    assert_eq!(problem("alive = \"bool\"", "alive = \"bool?\""), Problem::ColumnMayBeEmpty { user, column });
    let (user, column) = ("portrait".to_owned(), "portrait".to_owned());
    assert_eq!(problem("portrait = \"jpeg\"", "portrait = \"jpeg?\""), Problem::ColumnMayBeEmpty { user, column });
    let (user, column) = ("appointment_not_begun".to_owned(), "duty".to_owned());
    assert_eq!(
        problem_in(OFFICIAL, "not-future = { column = \"appointed\" }", "not-future = { column = \"duty\" }"),
        Problem::ColumnOfOtherType { user, column, found: ColumnType::Latin1 }
    );
    let (user, column) = ("no_resident_number".to_owned(), "passport".to_owned());
    assert_eq!(
        problem_in(OVERSEAS, "present = { column = \"resident_number\" }", "present = { column = \"passport\" }"),
        Problem::ColumnMissing { user, column }
    );
    let (user, column) = ("not_after_column".to_owned(), "sex".to_owned());
    assert_eq!(
        problem("document_years = 3", "document_years = 3\nnot_after_column = \"sex\""),
        Problem::ColumnOfOtherType { user, column, found: ColumnType::Sex }
    );
}

/// A day that may be missing passes a rule only where the file says so.
#[test]
fn an_empty_day_is_forgiven_on_request_alone() {
    let (user, column) = ("reassessment_overdue".to_owned(), "reassessment_due".to_owned());
    for to in ["", ", or_empty = false"] {
        let problem = problem_in(WELFARE, ", or_empty = true", to);
        assert_eq!(problem, Problem::ColumnMayBeEmpty { user: user.clone(), column: column.clone() });
    }
    let (user, column) = ("appointment_not_begun".to_owned(), "appointed".to_owned());
    let problem = problem_in(OFFICIAL, "appointed = \"date\"", "appointed = \"date?\"");
    assert_eq!(problem, Problem::ColumnMayBeEmpty { user, column });
}

#[test]
fn purposes_and_attributes_refer_to_each_other() {
    let (attribute, purpose) = ("disability_severity".to_owned(), "discount".to_owned());
    assert_eq!(
        problem_in(WELFARE, "purposes = [\"reduction\"", "purposes = [\"discount\", \"reduction\""),
        Problem::PurposeMissing { attribute, purpose }
    );
    assert_eq!(
        problem_in(WELFARE, "purposes = [\"reduction\", ", "purposes = ["),
        Problem::PurposeUnused("reduction".to_owned())
    );
    assert_eq!(
        problem_in(WELFARE, "code = \"aid\"", "code = \"reduction\""),
        Problem::PurposeTwice("reduction".to_owned())
    );
    assert_eq!(problem_in(WELFARE, "code = \"aid\"", "code = \"an aid\""), Problem::NotAName("an aid".to_owned()));
    assert_eq!(
        problem_in(WELFARE, "sensitive = true\npurposes = [\"aid\", \"welfare-service\"]", "sensitive = true"),
        Problem::SensitiveWithoutPurpose("disability".to_owned())
    );
}

#[test]
fn data_that_nothing_needs_is_not_collected() {
    let problem = problem("sex = \"sex\"", "sex = \"sex\"\nreligion = \"text\"");
    assert_eq!(problem, Problem::ColumnUnused("religion".to_owned()));
}

#[test]
fn there_is_exactly_one_person_id() {
    for to in
        ["person_id = \"latin1\"", "person_id = \"person-id?\"", "person_id = \"person-id\"\nother = \"person-id\""]
    {
        assert_eq!(problem("person_id = \"person-id\"", to), Problem::PersonIdColumn);
    }
}

#[test]
fn nothing_is_there_twice() {
    assert_eq!(problem("code = \"not_registered\"", "code = \"deceased\""), Problem::RuleTwice("deceased".to_owned()));
    assert_eq!(
        problem("id = \"given_name\"", "id = \"family_name\""),
        Problem::AttributeTwice("family_name".to_owned())
    );
    let (namespace, element) = ("org.iso.23220.1".to_owned(), "family_name".to_owned());
    assert_eq!(
        problem("element = \"given_name\"", "element = \"family_name\""),
        Problem::ElementTwice { namespace, element }
    );
    assert_eq!(
        problem("path = \"given_name\"", "path = \"family_name\""),
        Problem::ClaimTwice("family_name".to_owned())
    );
    // One claim inside another's value.
    let inside = problem("path = \"given_name\"", "path = \"family_name.given\"");
    assert_eq!(inside, Problem::ClaimTwice("family_name.given".to_owned()));
    let around = problem("path = \"address.locality\"", "path = \"address\"");
    assert_eq!(around, Problem::ClaimTwice("address".to_owned()));
}

#[test]
fn two_files_share_neither_name_nor_vct_but_may_share_a_document_type() {
    let with = |other: &str| Catalogue::from_toml(&[("a", RESIDENT), ("b", other)]).map_err(|error| error.problem);
    assert!(matches!(with(RESIDENT), Err(Problem::DocumentTwice(_))));
    let renamed = RESIDENT.replacen("name = \"resident\"", "name = \"another\"", 1);
    assert_eq!(with(&renamed), Err(Problem::VctTwice("urn:mapae:kr:resident:1".to_owned())));
    let retyped = renamed.replacen("urn:mapae:kr:resident:1", "urn:mapae:kr:another:1", 1);
    assert_eq!(with(&retyped).unwrap().documents().len(), 2);
}

#[test]
fn the_formats_own_claims_are_reserved() {
    for claim in ["iss", "vct", "cnf", "status", "exp", "_sd", "...", "address._sd"] {
        let problem = problem("path = \"sex\"", &format!("path = \"{claim}\""));
        assert_eq!(problem, Problem::ClaimReserved(claim.to_owned()));
    }
    assert_eq!(problem("path = \"sex\"", "path = \"a..b\""), Problem::NotAName("a..b".to_owned()));
}

#[test]
fn an_encoding_must_hold_the_fact() {
    // Hangul in a Latin-1 element.
    assert_eq!(
        problem("from = { column = \"family_name_latin\" }", "from = { column = \"family_name\" }"),
        Problem::EncodingUnfit { attribute: "family_name".to_owned(), encoding: Encoding::Latin1 }
    );
    assert_eq!(
        problem("from = { constant = \"KR\" }", "from = { constant = \"한국\" }"),
        Problem::EncodingUnfit { attribute: "issuing_country".to_owned(), encoding: Encoding::Latin1 }
    );
    assert_eq!(
        problem("type = \"bstr\"", "type = \"tstr\""),
        Problem::EncodingUnfit { attribute: "portrait".to_owned(), encoding: Encoding::Tstr }
    );
    assert_eq!(
        problem("path = \"picture\", form = \"data-url\"", "path = \"picture\""),
        Problem::ClaimFormUnfit { attribute: "portrait".to_owned(), form: ClaimForm::Plain }
    );
    assert_eq!(
        problem("path = \"sex\"", "path = \"sex\", form = \"list\""),
        Problem::ClaimFormUnfit { attribute: "sex".to_owned(), form: ClaimForm::List }
    );
}

#[test]
fn an_error_names_the_file_and_the_mistake() {
    let error = Catalogue::from_toml(&[("x.toml", &RESIDENT.replacen("column = \"sex\"", "column = \"gender\"", 1))]);
    assert_eq!(error.unwrap_err().to_string(), "x.toml: sex refers to a missing column gender");
}
