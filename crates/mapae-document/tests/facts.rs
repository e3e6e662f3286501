//! The facts in both formats: the standards' mandatory elements, Latin-1, and the same facts twice.

use std::collections::{BTreeMap, BTreeSet};

use mapae_cose::cbor::Value;
use mapae_document::{ClaimForm, DocumentType, Encoding, FactValue, Facts, FactsError};
use serde_json::{Value as Json, json};

use crate::support::{ALL, Row, date, document, row};

const DAY: &str = "2026-11-21";
const PHOTO_ID: &str = "org.iso.23220.1";
const MDL: &str = "org.iso.18013.5.1";

fn element(facts: &Facts<'_>, namespace: &str, name: &str) -> Option<Value> {
    facts.mdoc_elements().into_iter().find(|(ns, el, _)| *ns == namespace && *el == name).map(|(.., value)| value)
}

#[test]
fn a_licence_has_every_mandatory_element_of_iso_18013_5_and_27_in_all() {
    let document = document("licence");
    let facts = row().facts(&document, DAY);
    for name in [
        "family_name",
        "given_name",
        "birth_date",
        "issue_date",
        "expiry_date",
        "issuing_country",
        "issuing_authority",
        "document_number",
        "portrait",
        "driving_privileges",
        "un_distinguishing_sign",
    ] {
        assert!(element(&facts, MDL, name).is_some(), "{name}");
        assert!(document.attribute_of_element(MDL, name).unwrap().is_mandatory(), "{name}");
    }
    assert_eq!(facts.mdoc_elements().len(), 27);
}

#[test]
fn resident_and_overseas_cards_have_every_mandatory_element_of_the_photo_id() {
    for document in ["resident", "overseas"].map(document) {
        is_photo_id(&document);
    }
}

fn is_photo_id(document: &DocumentType) {
    assert_eq!(document.doctype(), "org.iso.23220.photoid.1");
    let facts = row().facts(document, DAY);
    for name in [
        "family_name",
        "given_name",
        "birth_date",
        "portrait",
        "issue_date",
        "expiry_date",
        "issuing_authority",
        "issuing_country",
        "age_over_18",
    ] {
        assert!(element(&facts, PHOTO_ID, name).is_some(), "{name}");
        assert!(
            document.attribute_of_element(PHOTO_ID, name).is_some_and(mapae_document::Attribute::is_mandatory),
            "{name}"
        );
    }
}

#[test]
fn types_are_the_standards() {
    let (photo_id, mdl) = (document("resident"), document("licence"));
    assert_eq!((photo_id.doctype(), mdl.doctype()), ("org.iso.23220.photoid.1", "org.iso.18013.5.1.mDL"));
    assert_eq!((photo_id.vct(), mdl.vct()), ("urn:mapae:kr:resident:1", "urn:mapae:kr:licence:1"));
    let (resident, licence) = (row().facts(&photo_id, DAY), row().facts(&mdl, DAY));
    let birth = Value::full_date(date("1990-05-17"));
    // ISO/IEC TS 23220-2 wraps the date; ISO/IEC 18013-5 does not.
    let wrapped = Value::Map(vec![(Value::text("birth_date"), birth.clone())]);
    assert!(element(&resident, PHOTO_ID, "birth_date") == Some(wrapped));
    assert!(element(&licence, MDL, "birth_date") == Some(birth));
    assert!(element(&licence, MDL, "issue_date") == Some(Value::full_date(date(DAY))));
    assert!(element(&licence, MDL, "sex") == Some(Value::Int(1)));
    assert!(element(&licence, MDL, "age_over_18") == Some(Value::Bool(true)));
    assert!(element(&licence, MDL, "portrait") == Some(Value::Bytes(vec![0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9])));
}

#[test]
fn driving_privileges_have_the_form_of_iso_18013_5() {
    let document = document("licence");
    let facts = row().facts(&document, DAY);
    let privilege = |category: &str, codes: Vec<(Value, Value)>| {
        let mut map = vec![
            (Value::text("vehicle_category_code"), Value::text(category)),
            (Value::text("issue_date"), Value::full_date(date("2012-03-04"))),
            (Value::text("expiry_date"), Value::full_date(date("2031-12-31"))),
        ];
        map.extend(codes);
        Value::Map(map)
    };
    let automatic = Value::Map(vec![(Value::text("code"), Value::text("78"))]);
    let codes = vec![(Value::text("codes"), Value::Array(vec![automatic]))];
    let expected = Value::Array(vec![privilege("A1", vec![]), privilege("B", codes)]);
    assert!(element(&facts, MDL, "driving_privileges") == Some(expected));
    assert_eq!(
        facts.sd_jwt_claims()["driving_privileges"][1],
        json!({ "vehicle_category_code": "B", "issue_date": "2012-03-04", "expiry_date": "2031-12-31",
                "codes": [{ "code": "78" }] })
    );
}

#[test]
fn claims_have_their_customary_names() {
    let document = document("resident");
    let claims = row().facts(&document, DAY).sd_jwt_claims();
    assert_eq!(claims["family_name"], "HONG");
    assert_eq!(claims["family_name#ko"], "홍");
    assert_eq!(claims["birthdate"], "1990-05-17");
    assert_eq!(claims["nationalities"], json!(["KR"]));
    assert_eq!(claims["picture"], "data:image/jpeg;base64,/9j/4P/Z");
    assert_eq!(claims["age_equal_or_over"], json!({ "14": true, "18": true, "19": true, "65": false }));
    assert_eq!(claims["address"]["locality"], "Jongno-gu");
    assert_eq!(claims["address"]["region"], "Seoul");
    assert_eq!(claims["date_of_expiry"], "2029-11-21");
}

fn is_national(namespace: &str) -> bool {
    namespace.rsplit('.').next() == Some("KR") || namespace.starts_with("kr.")
}

/// Every text of the ISO namespaces, save the two elements that are defined as UTF-8.
#[test]
fn text_is_latin_1_where_iso_wants_it() {
    for name in ALL {
        let document = document(name);
        for (namespace, element, value) in row().facts(&document, DAY).mdoc_elements() {
            let Value::Text(text) = value else { continue };
            let national = is_national(namespace) || element.ends_with("_national_character");
            assert!(national || text.chars().all(|c| c <= '\u{ff}'), "{namespace} {element}");
        }
        for attribute in document.attributes().iter().filter(|a| a.encoding() == Encoding::Tstr) {
            let national = is_national(attribute.namespace());
            assert!(national || attribute.element().ends_with("_national_character"), "{}", attribute.element());
        }
    }
}

#[test]
fn namespaces_come_one_after_the_other() {
    for name in ALL {
        let document = document(name);
        let mut order: Vec<_> = row().facts(&document, DAY).mdoc_elements().iter().map(|(ns, ..)| *ns).collect();
        order.dedup();
        assert_eq!(order, document.namespaces());
    }
}

/// What a claim says, brought back to what the mdoc element says in JSON.
fn as_element(claim: &Json, form: ClaimForm, encoding: Encoding) -> Json {
    match (form, encoding) {
        (ClaimForm::List, _) => claim[0].clone(),
        (ClaimForm::DataUrl, _) => {
            let text = claim.as_str().and_then(|url| url.strip_prefix("data:image/jpeg;base64,")).unwrap_or("");
            let bytes = base64_simd::STANDARD.decode_to_vec(text).unwrap_or_default();
            base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes).into()
        }
        (_, Encoding::BirthDate) => json!({ "birth_date": claim }),
        _ => claim.clone(),
    }
}

fn at_path<'j>(claims: &'j Json, path: &[String]) -> &'j Json {
    path.iter().fold(claims, |claims, name| &claims[name])
}

fn same_in_both(document: &DocumentType, facts: &Facts<'_>) {
    let claims = Json::Object(facts.sd_jwt_claims());
    let elements: BTreeMap<_, _> = facts.mdoc_elements().into_iter().map(|(n, e, v)| ((n, e), v.to_json())).collect();
    let mut compared = 0;
    for attribute in document.attributes() {
        let claim = at_path(&claims, attribute.claim_path());
        let element = elements.get(&(attribute.namespace(), attribute.element()));
        let expected = (!claim.is_null()).then(|| as_element(claim, attribute.claim_form(), attribute.encoding()));
        assert_eq!(element, expected.as_ref(), "{}", attribute.id());
        compared += usize::from(element.is_some());
    }
    assert_eq!(compared, elements.len());
}

#[test]
fn both_formats_say_the_same() {
    for name in ALL {
        let document = document(name);
        same_in_both(&document, &row().facts(&document, DAY));
        // Optional facts that the register lacks are absent from both.
        let emptied = ["portrait_taken", "birth_place_latin", "disability", "disability_hangul", "reassessment_due"];
        let sparse = emptied.into_iter().fold(row(), Row::emptied).facts(&document, DAY);
        same_in_both(&document, &sparse);
    }
    let document = document("resident");
    let sparse = row().emptied("portrait_taken").facts(&document, DAY);
    assert!(sparse.get("portrait_capture_date").is_none());
    assert_eq!(sparse.mdoc_elements().len() + 1, row().facts(&document, DAY).mdoc_elements().len());
}

#[test]
fn the_resident_number_is_an_element_of_its_own_and_needs_a_legal_basis() {
    for name in ["resident", "overseas", "licence"] {
        let document = document(name);
        let bound: BTreeSet<_> = document
            .attributes()
            .iter()
            .filter(|a| a.requires_legal_basis())
            .map(mapae_document::Attribute::id)
            .collect();
        assert_eq!(bound, BTreeSet::from(["resident_registration_number"]));
        let facts = row().facts(&document, DAY);
        let holding = facts.mdoc_elements().into_iter().filter(|(.., v)| *v == Value::text("9005171987654"));
        let names: Vec<_> = holding.map(|(_, element, _)| element).collect();
        assert_eq!(names, ["resident_registration_number"]);
    }
}

#[test]
fn an_official_and_a_disabled_person_are_not_asked_for_their_resident_number() {
    for document in ["official", "welfare"].map(document) {
        assert!(document.columns().all(|column| column != "resident_number"));
        let shown = serde_json::Value::Object(row().facts(&document, DAY).sd_jwt_claims()).to_string();
        assert!(!shown.contains("9005171987654") && !shown.contains("Gyeonbon"), "neither number nor address");
    }
}

#[test]
fn an_official_id_says_nothing_of_the_holder_at_home() {
    let document = document("official");
    let claims = row().facts(&document, DAY).sd_jwt_claims();
    assert_eq!((&claims["ministry"], &claims["ministry#ko"]), (&json!("Korea Forest Service"), &json!("산림청")));
    assert_eq!((&claims["rank"], &claims["rank#ko"]), (&json!("Grade 5"), &json!("사무관(5급)")));
    assert_eq!((&claims["position"], &claims["position#ko"]), (&json!("Team Leader"), &json!("팀장")));
    for private in ["birthdate", "sex", "address", "age_equal_or_over", "nationalities"] {
        assert!(claims.get(private).is_none(), "{private}");
    }
}

#[test]
fn an_overseas_card_tells_itself_from_a_resident_card() {
    let (resident, overseas) = (document("resident"), document("overseas"));
    let national = "org.iso.23220.photoid.1.KR";
    let mark = |document| element(&row().facts(document, DAY), national, "overseas_national");
    assert!(mark(&overseas) == Some(Value::Bool(true)) && mark(&resident).is_none());
    assert!(overseas.attribute("overseas_national").unwrap().is_mandatory());
    let claims = row().facts(&overseas, DAY).sd_jwt_claims();
    assert_eq!(claims["address"]["country"], "US");
    assert_eq!(claims["nationalities"], json!(["KR"]));
}

fn sensitive(document: &DocumentType) -> BTreeSet<&str> {
    document.attributes().iter().filter(|a| a.is_sensitive()).map(mapae_document::Attribute::id).collect()
}

/// 개인정보 보호법 §23.
#[test]
fn a_disability_is_sensitive_and_asked_for_its_purposes_alone() {
    let welfare = document("welfare");
    assert_eq!(sensitive(&welfare), BTreeSet::from(["disability", "disability_hangul", "disability_severity"]));
    let codes: Vec<_> = welfare.purposes().iter().map(|purpose| &*purpose.code).collect();
    assert_eq!(codes, ["reduction", "aid", "welfare-service"]);
    let may = |id, purpose| welfare.attribute(id).unwrap().may_be_asked_for(purpose);
    assert!(may("disability_severity", "reduction") && !may("disability", "reduction"), "a fare needs no kind");
    assert!(may("disability", "aid") && may("disability_hangul", "welfare-service"));
    assert!(!may("disability_severity", "age-check") && may("family_name", "age-check"));
    for name in ["resident", "overseas", "licence", "official"] {
        assert!(sensitive(&document(name)).is_empty(), "{name}");
    }
    assert_eq!(document("official").attribute("staff_number").unwrap().purposes(), ["work-login"]);
}

#[test]
fn the_kind_of_a_disability_may_be_left_out() {
    let welfare = document("welfare");
    let facts = row().emptied("disability").emptied("disability_hangul").facts(&welfare, DAY);
    let claims = facts.sd_jwt_claims();
    assert_eq!(claims["disability_severity"], "severe");
    assert!(claims.get("disability").is_none() && claims.get("disability#ko").is_none());
}

#[test]
fn a_document_does_not_outlive_what_it_rests_on() {
    for (name, column) in [
        ("overseas", "passport_expires"),
        ("licence", "licence_expires"),
        ("official", "appointment_ends"),
        ("welfare", "reassessment_due"),
    ] {
        let document = document(name);
        let until = |day| row().with(column, day).facts(&document, DAY).expiry_date();
        assert_eq!(until("2027-02-28"), date("2027-02-28"), "{name}");
        assert_eq!(until("2029-11-20"), date("2029-11-20"), "{name}");
        assert_eq!(until("2029-11-22"), date("2029-11-21"), "{name}: three years at most");
    }
    let welfare = document("welfare");
    assert_eq!(row().emptied("reassessment_due").facts(&welfare, DAY).expiry_date(), date("2029-11-21"));
}

#[test]
fn the_document_lasts_three_years_from_its_first_issue_and_a_licence_no_longer_than_itself() {
    let (resident, licence) = (document("resident"), document("licence"));
    let facts =
        |document, row: Row, issued| row.read(document, DAY).unwrap().eligibility().unwrap().facts(date(issued));
    assert_eq!(facts(&resident, row(), "2025-02-03").unwrap().expiry_date(), date("2028-02-03"));
    assert_eq!(facts(&licence, row(), "2025-02-03").unwrap().expiry_date(), date("2028-02-03"));
    let ending = row().with("licence_expires", "2027-12-31");
    let facts_ending = facts(&licence, ending, "2025-02-03").unwrap();
    assert_eq!(facts_ending.expiry_date(), date("2027-12-31"));
    assert_eq!(facts_ending.sd_jwt_claims()["date_of_expiry"], "2027-12-31");
    assert_eq!(facts_ending.sd_jwt_claims()["date_of_issuance"], "2025-02-03");
}

#[test]
fn a_document_that_has_expired_or_is_not_yet_issued_has_no_facts() {
    let document = document("resident");
    let facts = |issued| row().read(&document, DAY).unwrap().eligibility().unwrap().facts(date(issued)).map(drop);
    assert_eq!(facts("2023-11-21"), Ok(()));
    let (expiry_date, on) = (date("2026-11-20"), date(DAY));
    assert_eq!(facts("2023-11-20"), Err(FactsError::Expired { expiry_date, on }));
    let issue_date = date("2026-11-22");
    assert_eq!(facts("2026-11-22"), Err(FactsError::IssuedLater { issue_date, on }));
}

#[test]
fn ages_are_those_of_the_day() {
    let document = document("resident");
    let at = |birth, on| row().with("birth_date", birth).facts(&document, on).sd_jwt_claims();
    assert_eq!(at("2008-11-22", DAY)["age_equal_or_over"]["18"], false);
    assert_eq!(at("2008-11-21", DAY)["age_equal_or_over"]["18"], true);
    assert_eq!(at("2008-02-29", "2026-02-28")["age_equal_or_over"]["18"], false);
    assert_eq!(at("2008-02-29", "2026-03-01")["age_equal_or_over"]["18"], true);
    // 19 in the course of 2026: no longer a youth since New Year, of age on the birthday only.
    let claims = at("2007-12-31", DAY);
    assert_eq!((&claims["youth_protection_adult"], &claims["age_equal_or_over"]["19"]), (&json!(true), &json!(false)));
    assert_eq!(at("2007-12-31", "2025-12-31")["youth_protection_adult"], false);
    assert_eq!(claims["age_birth_year"], 2007);
}

#[test]
fn a_fact_is_found_by_its_id() {
    let document = document("resident");
    let facts = row().facts(&document, DAY);
    assert_eq!(*facts.get("family_name_hangul").unwrap().expose(), FactValue::Text("홍".to_owned()));
    assert!(facts.get("favourite_colour").is_none());
    assert_eq!(document.attribute_of_claim(&["address", "locality"]).unwrap().id(), "resident_city");
}
