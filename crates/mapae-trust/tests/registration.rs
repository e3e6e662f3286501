//! Registrations: what one says by itself, its one encoding, and which requests stay inside.

use std::sync::LazyLock;

use mapae_cose::cbor::{CborError, Value};
use mapae_dcql::{ClaimPath, DcqlQuery, PathSegment};
use mapae_document::Catalogue;
use mapae_trust::{
    Beyond, Names, NewRegistration, OverAsking, RegisteredDocument, RegisteredKind, Registration, RegistrationError,
};
use mapae_types::Duration;
use mapae_x509::{Certificate, Role};
use serde_json::{Value as Json, json};
use testkit::{Pki, now};

const MDL: &str = "org.iso.18013.5.1.mDL";
const MDL_NAMESPACE: &str = "org.iso.18013.5.1";
const CARD: &str = "urn:mapae:kr:resident:1";
const NUMBER: &str = "resident_registration_number";

/// Signatures differ from one making to the next, so it is made once.
static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(|| {
    let from = now().start_of_day();
    Pki::new(7, "KR").signer(Role::MdocReader, 8, from, from + Duration::days(365)).certificate
});

fn names(ko: &str, en: &str) -> Names {
    Names::new(ko, en).unwrap()
}

fn mdl(elements: &[&str]) -> RegisteredDocument {
    let elements = elements.iter().map(|element| ClaimPath::element(MDL_NAMESPACE, element)).collect();
    RegisteredDocument::new(RegisteredKind::Mdoc(MDL.into()), elements).unwrap()
}

fn path(json: &Json) -> ClaimPath {
    let segment = |value: &Json| match value {
        Json::String(key) => PathSegment::Key(key.clone()),
        Json::Null => PathSegment::All,
        other => PathSegment::Index(other.as_u64().unwrap().try_into().unwrap()),
    };
    ClaimPath::new(json.as_array().unwrap().iter().map(segment).collect()).unwrap()
}

fn card(paths: &[Json]) -> RegisteredDocument {
    RegisteredDocument::new(RegisteredKind::SdJwtVc(CARD.into()), paths.iter().map(path).collect()).unwrap()
}

/// A shop that may ask whether somebody is 19, of a licence or a resident card.
fn shop() -> NewRegistration {
    NewRegistration {
        id: "corner-shop".parse().unwrap(),
        names: names("골목 가게", "Corner shop"),
        certificate: CERTIFICATE.clone(),
        use_class: "low".parse().unwrap(),
        purposes: vec![names("성년 확인", "To see that you are 19"), names("회원 가입", "Membership")],
        legal_basis: None,
        documents: vec![
            mdl(&["age_over_19", "portrait"]),
            card(&[json!(["age_equal_or_over", "19"]), json!(["address"]), json!(["nationalities", null])]),
        ],
    }
}

fn registered(change: impl FnOnce(&mut NewRegistration)) -> Result<Registration, RegistrationError> {
    let mut new = shop();
    change(&mut new);
    Registration::new(new)
}

fn registration() -> Registration {
    registered(|_| {}).unwrap()
}

fn query(json: &Json) -> DcqlQuery {
    DcqlQuery::from_json(json).unwrap()
}

fn mdl_query(elements: &[&str]) -> Json {
    let claims: Vec<Json> = elements.iter().map(|element| json!({ "path": [MDL_NAMESPACE, element] })).collect();
    json!({ "id": "licence", "format": "mso_mdoc", "meta": { "doctype_value": MDL }, "claims": claims })
}

fn card_query(paths: &[Json]) -> Json {
    let claims: Vec<Json> = paths.iter().map(|path| json!({ "path": path })).collect();
    json!({ "id": "card", "format": "dc+sd-jwt", "meta": { "vct_values": [CARD] }, "claims": claims })
}

fn asked(credential: &Json) -> Result<(), Vec<Beyond>> {
    let outcome = registration().covers(&query(&json!({ "credentials": [credential] })), None);
    outcome.map(|_| ()).map_err(|over| over.beyond().to_vec())
}

fn codes(outcome: Result<(), Vec<Beyond>>) -> Vec<&'static str> {
    outcome.err().unwrap_or_default().iter().map(Beyond::code).collect()
}

#[test]
fn a_request_for_registered_elements_is_inside() {
    let both =
        json!({ "credentials": [mdl_query(&["age_over_19"]), card_query(&[json!(["age_equal_or_over", "19"])])] });
    let within = registration().covers(&query(&both), Some("성년 확인")).unwrap();
    assert_eq!(within.registration(), &registration());
    assert_eq!(within.purpose(), Some(&shop().purposes[0]));
    let without_purpose = registration().covers(&query(&both), None).unwrap();
    assert_eq!(without_purpose.purpose(), None);
}

#[test]
fn a_request_for_one_element_more_is_outside_and_says_which() {
    let over = asked(&mdl_query(&["age_over_19", "family_name", "birth_date"])).unwrap_err();
    let [Beyond::Element { query, document, path }, Beyond::Element { path: second, .. }] = &over[..] else {
        panic!("{over:?}");
    };
    assert_eq!((query.as_str(), document), ("licence", &RegisteredKind::Mdoc(MDL.into())));
    assert_eq!(path, &ClaimPath::element(MDL_NAMESPACE, "family_name"));
    assert_eq!(second, &ClaimPath::element(MDL_NAMESPACE, "birth_date"));
}

#[test]
fn the_refusal_says_who_asks_and_for_what_in_words() {
    let asked = json!({ "credentials": [mdl_query(&["family_name"]), card_query(&[json!(["sex"])])] });
    let over: OverAsking = registration().covers(&query(&asked), Some("Curiosity")).unwrap_err();
    assert_eq!(over.relying_party().as_str(), "corner-shop");
    assert_eq!(
        over.to_string(),
        "corner-shop asks for more than it is registered for: \
         [\"org.iso.18013.5.1\",\"family_name\"] of org.iso.18013.5.1.mDL; \
         [\"sex\"] of urn:mapae:kr:resident:1; a purpose that is not registered"
    );
}

#[test]
fn an_element_of_the_same_name_in_another_namespace_is_another_element() {
    let mut asked_for = mdl_query(&["portrait"]);
    assert_eq!(asked(&asked_for), Ok(()));
    asked_for["claims"][0]["path"][0] = "org.iso.18013.5.1.KR".into();
    assert_eq!(codes(asked(&asked_for)), ["element_not_registered"]);
}

#[test]
fn a_document_is_registered_in_one_format_and_type() {
    let mut other_type = mdl_query(&["portrait"]);
    other_type["meta"]["doctype_value"] = "org.iso.23220.photoid.1".into();
    assert_eq!(codes(asked(&other_type)), ["document_not_registered"]);
    let mut other_format = card_query(&[json!(["address"])]);
    other_format["meta"]["vct_values"] = json!([MDL]);
    let over = asked(&other_format).unwrap_err();
    let document = |format: &str, document: &str| Beyond::Document {
        query: "card".parse().unwrap(),
        format: format.into(),
        document: document.into(),
    };
    assert_eq!(over, [document("dc+sd-jwt", MDL)]);
    let unknown = json!({ "id": "card", "format": "jwt_vc_json", "meta": {}, "claims": [{ "path": ["address"] }] });
    assert_eq!(asked(&unknown).unwrap_err(), [document("jwt_vc_json", "")]);
}

#[test]
fn every_type_that_may_answer_must_be_registered() {
    let mut either = card_query(&[json!(["address"])]);
    assert_eq!(asked(&either), Ok(()));
    either["meta"]["vct_values"] = json!([CARD, "urn:mapae:kr:welfare:1"]);
    assert_eq!(codes(asked(&either)), ["document_not_registered"]);
}

#[test]
fn a_query_that_names_no_claim_asks_for_everything() {
    for mut credential in [mdl_query(&["portrait"]), card_query(&[json!(["address"])])] {
        assert_eq!(asked(&credential), Ok(()));
        credential.as_object_mut().unwrap().remove("claims");
        assert_eq!(codes(asked(&credential)), ["whole_document"]);
    }
}

#[test]
fn what_lies_below_a_registered_path_is_inside_and_what_holds_it_is_not() {
    for inside in [
        json!(["age_equal_or_over", "19"]),
        json!(["address"]),
        json!(["address", "locality"]),
        json!(["nationalities", null]),
        json!(["nationalities", 0]),
    ] {
        assert_eq!(asked(&card_query(std::slice::from_ref(&inside))), Ok(()), "{inside}");
    }
    for outside in [
        json!(["age_equal_or_over"]),
        json!(["age_equal_or_over", "18"]),
        json!(["age_equal_or_over", null]),
        json!(["nationalities"]),
        json!(["nationalities", "0"]),
        json!(["birthdate"]),
    ] {
        assert_eq!(codes(asked(&card_query(std::slice::from_ref(&outside)))), ["element_not_registered"], "{outside}");
    }
}

#[test]
fn who_is_registered_for_one_place_of_an_array_may_not_ask_for_all() {
    let registration = registered(|new| new.documents = vec![card(&[json!(["nationalities", 0])])]).unwrap();
    let asks = |claim: Json| {
        registration.covers(&query(&json!({ "credentials": [card_query(&[claim])] })), None).map(|_| ()).is_ok()
    };
    assert!(asks(json!(["nationalities", 0])));
    assert!(!asks(json!(["nationalities", 1])));
    assert!(!asks(json!(["nationalities", null])));
}

#[test]
fn every_claim_set_counts_and_so_does_a_claim_that_no_set_names() {
    let with_sets = |claims: &[&str], sets: Json| {
        let mut credential = mdl_query(claims);
        for (index, claim) in credential["claims"].as_array_mut().unwrap().iter_mut().enumerate() {
            claim["id"] = format!("c{index}").into();
        }
        credential["claim_sets"] = sets;
        codes(asked(&credential))
    };
    assert!(with_sets(&["age_over_19", "portrait"], json!([["c0"], ["c1"]])).is_empty());
    for sets in [json!([["c0"], ["c1"]]), json!([["c0"]])] {
        assert_eq!(with_sets(&["age_over_19", "birth_date"], sets), ["element_not_registered"]);
    }
}

#[test]
fn every_credential_counts_whatever_sets_make_it_optional() {
    let outcome = |second: &str| {
        let mut other = mdl_query(&[second]);
        other["id"] = "other".into();
        let sets = json!([{ "options": [["licence"], ["other"]] }, { "options": [["other"]], "required": false }]);
        let asked = json!({ "credentials": [mdl_query(&["age_over_19"]), other], "credential_sets": sets });
        registration().covers(&query(&asked), None).map(|_| ())
    };
    assert_eq!(outcome("portrait"), Ok(()));
    let over = outcome("birth_date").unwrap_err();
    assert!(matches!(over.beyond(), [Beyond::Element { query, .. }] if query.as_str() == "other"));
}

#[test]
fn asking_for_several_copies_asks_for_no_other_element() {
    let multiple = |element: &str| {
        let mut credential = mdl_query(&[element]);
        credential["multiple"] = true.into();
        codes(asked(&credential))
    };
    assert!(multiple("portrait").is_empty());
    assert_eq!(multiple("birth_date"), ["element_not_registered"]);
}

#[test]
fn a_purpose_is_a_registered_one_in_either_language() {
    let inside = query(&json!({ "credentials": [mdl_query(&["portrait"])] }));
    for purpose in ["성년 확인", "To see that you are 19", "회원 가입", "Membership"] {
        let within = registration().covers(&inside, Some(purpose)).unwrap();
        assert!(within.purpose().unwrap().has(purpose));
    }
    for purpose in ["", "membership", "To see that you are 19 "] {
        let over = registration().covers(&inside, Some(purpose)).unwrap_err();
        assert_eq!(over.beyond(), [Beyond::Purpose { purpose: purpose.into() }]);
    }
}

#[test]
fn the_resident_registration_number_takes_a_legal_basis() {
    let number = || {
        RegisteredDocument::new(
            RegisteredKind::Mdoc(MDL.into()),
            vec![ClaimPath::element("org.iso.18013.5.1.KR", NUMBER)],
        )
    };
    let basis = || names("금융실명법 제3조", "Real Name Financial Transactions Act §3");
    let without = registered(|new| new.documents = vec![number().unwrap()]).unwrap_err();
    let path = ClaimPath::element("org.iso.18013.5.1.KR", NUMBER);
    let document = RegisteredKind::Mdoc(MDL.into());
    assert_eq!(without, RegistrationError::LegalBasisMissing { document, path });
    let with = registered(|new| {
        (new.documents, new.legal_basis) = (vec![number().unwrap()], Some(basis()));
    });
    let mut asked = mdl_query(&["portrait"]);
    asked["claims"][0]["path"] = json!(["org.iso.18013.5.1.KR", NUMBER]);
    assert!(with.unwrap().covers(&query(&json!({ "credentials": [asked] })), None).is_ok());
}

/// A registered object may hold the number without naming it.
#[test]
fn the_number_takes_a_legal_basis_below_a_registered_path_as_well() {
    let asks = |legal_basis: Option<Names>| {
        let registration = registered(|new| {
            (new.documents, new.legal_basis) = (vec![card(&[json!(["person"])])], legal_basis);
        });
        let asked = json!({ "credentials": [card_query(&[json!(["person", NUMBER, "first_half"])])] });
        registration.unwrap().covers(&query(&asked), None).map(|_| ())
    };
    assert_eq!(asks(Some(names("법", "Act"))), Ok(()));
    assert!(matches!(asks(None).unwrap_err().beyond(), [Beyond::LegalBasis { .. }]));
}

/// The rule goes by a name; the catalogue says by a flag which elements it is about.
#[test]
fn what_the_catalogue_says_takes_a_legal_basis_takes_one_here() {
    let catalogue = Catalogue::builtin().unwrap();
    let mut found = 0;
    for document in catalogue.documents() {
        for attribute in document.attributes() {
            let claim = attribute.claim_path().iter().cloned().map(PathSegment::Key).collect();
            let kinds = [
                (
                    RegisteredKind::Mdoc(document.doctype().into()),
                    ClaimPath::element(attribute.namespace(), attribute.element()),
                ),
                (RegisteredKind::SdJwtVc(document.vct().into()), ClaimPath::new(claim).unwrap()),
            ];
            for (kind, path) in kinds {
                let registered =
                    registered(|new| new.documents = vec![RegisteredDocument::new(kind, vec![path]).unwrap()]);
                assert_eq!(registered.is_err(), attribute.requires_legal_basis(), "{}", attribute.id());
                found += usize::from(registered.is_err());
            }
        }
    }
    assert!(found >= 4, "{found}");
}

#[test]
fn a_registration_needs_a_purpose_and_none_twice() {
    assert_eq!(registered(|new| new.purposes.clear()).unwrap_err(), RegistrationError::PurposeMissing);
    for again in [names("성년 확인", "Other words"), names("다른 말", "Membership")] {
        assert_eq!(registered(|new| new.purposes.push(again)).unwrap_err(), RegistrationError::PurposeTwice);
    }
    assert_eq!(registered(|new| new.purposes.truncate(1)).unwrap().purposes().len(), 1);
}

#[test]
fn a_registration_needs_a_document_and_none_twice() {
    assert_eq!(registered(|new| new.documents.clear()).unwrap_err(), RegistrationError::DocumentMissing);
    let twice = registered(|new| new.documents.push(mdl(&["sex"]))).unwrap_err();
    assert_eq!(twice, RegistrationError::DocumentTwice { document: RegisteredKind::Mdoc(MDL.into()) });
    // The same name in the other format is another document.
    let kind = RegisteredKind::SdJwtVc(MDL.into());
    let other = RegisteredDocument::new(kind, vec![ClaimPath::claim("sex")]).unwrap();
    assert!(registered(|new| new.documents.push(other)).is_ok());
}

#[test]
fn a_document_needs_an_element_none_twice_and_of_its_format() {
    let kind = || RegisteredKind::Mdoc(MDL.into());
    let new = |paths: Vec<ClaimPath>| RegisteredDocument::new(kind(), paths).unwrap_err();
    assert_eq!(new(vec![]), RegistrationError::ElementMissing { document: kind() });
    let element = ClaimPath::element(MDL_NAMESPACE, "sex");
    let twice = new(vec![element.clone(), element.clone()]);
    assert_eq!(twice, RegistrationError::ElementTwice { document: kind(), path: element.clone() });
    for wrong in [json!(["sex"]), json!([MDL_NAMESPACE, "sex", 0]), json!([MDL_NAMESPACE, null])] {
        let refused = new(vec![element.clone(), path(&wrong)]);
        assert_eq!(refused, RegistrationError::NotAnElement { document: kind(), path: path(&wrong) });
    }
    let many = (0..257).map(|index| ClaimPath::element(MDL_NAMESPACE, &format!("e{index}"))).collect();
    assert_eq!(new(many), RegistrationError::TooMany);
}

#[test]
fn names_are_plain_lines_in_both_languages() {
    assert!(Names::new("가", "a").is_ok());
    assert!(Names::new("가".repeat(400), "a".repeat(400)).is_ok());
    let long = "a".repeat(401);
    for wrong in ["", " a", "a ", "a\nb", "a\u{1b}[0m", "a\u{202e}b", "a\u{200b}b", "\u{feff}a", long.as_str()] {
        assert!(Names::new(wrong, "a").is_err(), "{wrong:?}");
        assert!(Names::new("a", wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_registration_survives_its_encoding() {
    let basis = names("법", "Act");
    let with_basis = registered(|new| new.legal_basis = Some(basis.clone())).unwrap();
    assert_eq!(with_basis.legal_basis(), Some(&basis));
    for registration in [registration(), with_basis] {
        assert_eq!(Registration::from_bytes(&registration.to_bytes()).unwrap(), registration);
    }
}

/// The members of an encoded registration after a change, written anew.
fn rewritten(change: impl FnOnce(&mut Vec<(Value, Value)>)) -> Result<Registration, RegistrationError> {
    let Value::Map(mut members) = Value::from_cbor(&registration().to_bytes()).unwrap() else { panic!() };
    change(&mut members);
    Registration::from_bytes(&Value::Map(members).to_cbor())
}

fn member<'m>(members: &'m mut [(Value, Value)], key: &str) -> &'m mut Value {
    let key = Value::text(key);
    &mut members.iter_mut().find(|(name, _)| *name == key).unwrap().1
}

#[test]
fn every_member_must_be_there_and_no_other_may() {
    assert_eq!(rewritten(|_| {}).unwrap(), registration());
    for key in ["id", "class", "names", "purposes", "documents", "certificate"] {
        let refused = rewritten(|members| members.retain(|(name, _)| *name != Value::text(key))).unwrap_err();
        assert!(matches!(refused, RegistrationError::Cbor(CborError::Missing(_, missing)) if missing == key), "{key}");
    }
    let more = rewritten(|members| members.push((Value::text("contact"), Value::text("x")))).unwrap_err();
    assert_eq!(more, RegistrationError::MemberUnknown);
}

#[test]
fn what_is_read_keeps_every_rule_of_what_is_made() {
    let without = rewritten(|members| *member(members, "purposes") = Value::Array(Vec::new())).unwrap_err();
    assert_eq!(without, RegistrationError::PurposeMissing);
    let id = rewritten(|members| *member(members, "id") = Value::text("a b")).unwrap_err();
    assert!(matches!(id, RegistrationError::Cbor(CborError::Unexpected(_))));
    let certificate = rewritten(|members| *member(members, "certificate") = Value::Bytes(vec![0x30])).unwrap_err();
    assert!(matches!(certificate, RegistrationError::Certificate(_)));
    let format = rewritten(|members| {
        let Value::Array(documents) = member(members, "documents") else { panic!() };
        let Value::Map(document) = &mut documents[0] else { panic!() };
        *member(document, "format") = Value::text("mdoc");
    });
    assert!(matches!(format.unwrap_err(), RegistrationError::Cbor(CborError::Unexpected(_))));
}

#[test]
fn there_is_one_encoding() {
    let bytes = registration().to_bytes();
    assert!(Registration::from_bytes(&bytes).is_ok());
    // `"id"` with its length in one byte more than it needs.
    let longer = [&bytes[..1], &[0x78, 2], &bytes[2..]].concat();
    assert_eq!(Registration::from_bytes(&longer).unwrap_err(), RegistrationError::NotDeterministic);
    let trailing = [&bytes[..], &[0]].concat();
    assert!(matches!(
        Registration::from_bytes(&trailing).unwrap_err(),
        RegistrationError::Cbor(CborError::Trailing(_))
    ));
}
