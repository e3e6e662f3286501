//! What is a query and what is not: one case per rule of §6 and §7.

use mapae_dcql::{
    ClaimPath, ClaimQuery, CredentialQuery, DcqlQuery, ExpectedValue, QueryError, QueryId, TrustedAuthority, Wanted,
};
use serde_json::{Value, json};

fn id(text: &str) -> QueryId {
    text.parse().unwrap()
}

/// A query that uses every member.
fn full() -> Value {
    json!({
        "credentials": [
            {
                "id": "card",
                "format": "mso_mdoc",
                "meta": {"doctype_value": "org.iso.23220.photoid.1"},
                "multiple": true,
                "require_cryptographic_holder_binding": false,
                "trusted_authorities": [{"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}],
                "claims": [
                    {"id": "a", "path": ["org.iso.23220.1", "age_over_19"], "values": [true], "intent_to_retain": false},
                    {"id": "b", "path": ["org.iso.23220.1", "birth_date"]},
                ],
                "claim_sets": [["a"], ["b"]],
            },
            {
                "id": "card-sd",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:kr:resident"]},
                "claims": [{"path": ["nationalities", null]}, {"path": ["degrees", 0, "type"], "values": ["x", 3, false]}],
            },
            {"id": "old", "format": "ldp_vc", "meta": {"type_values": [["IDCredential"]]}},
        ],
        "credential_sets": [{"options": [["card"], ["card-sd", "old"]]}, {"required": false, "options": [["old"]]}],
    })
}

/// Reads the full query with one place changed; `null` members stand for themselves.
fn read_with(pointer: &str, value: Value) -> Result<DcqlQuery, QueryError> {
    let mut json = full();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    match json.pointer_mut(parent).unwrap() {
        Value::Object(object) => object.insert(member.to_owned(), value),
        Value::Array(array) => Some(std::mem::replace(&mut array[member.parse::<usize>().unwrap()], value)),
        _ => panic!("no such place: {pointer}"),
    };
    DcqlQuery::from_json(&json)
}

fn read_without(pointer: &str) -> Result<DcqlQuery, QueryError> {
    let mut json = full();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    json.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member).unwrap();
    DcqlQuery::from_json(&json)
}

#[test]
fn a_query_with_every_member_is_read_and_written_back() {
    assert_eq!(DcqlQuery::from_json(&full()).unwrap().to_json(), full());
}

#[test]
fn members_have_their_defaults() {
    let query = DcqlQuery::from_json(&full()).unwrap();
    let plain = query.credential("card-sd").unwrap();
    assert!(!plain.multiple() && plain.requires_holder_binding() && plain.trusted_authorities().is_empty());
    let all = query.credential("card").unwrap();
    assert!(all.multiple() && !all.requires_holder_binding() && all.trusted_authorities()[0].kind() == "aki");
    assert_eq!((all.claims()[0].intent_to_retain(), all.claims()[1].intent_to_retain()), (Some(false), None));
}

#[test]
fn members_that_the_specification_does_not_define_are_ignored() {
    for pointer in ["/new", "/credentials/0/new", "/credentials/0/claims/0/new", "/credential_sets/0/new"] {
        assert_eq!(read_with(pointer, json!({"x": 1})).unwrap().to_json(), full(), "{pointer}");
    }
}

#[test]
fn a_query_is_an_object() {
    assert_eq!(DcqlQuery::from_json(&json!([])), Err(QueryError::WrongType { member: "dcql_query" }));
}

#[test]
fn required_members_are_required() {
    let cases = [
        ("/credentials", "credentials"),
        ("/credentials/0/id", "id"),
        ("/credentials/0/format", "format"),
        ("/credentials/0/meta", "meta"),
        ("/credentials/0/meta/doctype_value", "doctype_value"),
        ("/credentials/1/meta/vct_values", "vct_values"),
        ("/credentials/0/claims/0/path", "path"),
        ("/credentials/0/trusted_authorities/0/type", "type"),
        ("/credentials/0/trusted_authorities/0/values", "values"),
        ("/credential_sets/0/options", "options"),
    ];
    for (pointer, member) in cases {
        assert_eq!(read_without(pointer), Err(QueryError::Missing { member }), "{pointer}");
    }
}

#[test]
fn arrays_that_must_not_be_empty_are_not() {
    let cases = [
        ("/credentials", "credentials"),
        ("/credential_sets", "credential_sets"),
        ("/credentials/0/claims", "claims"),
        ("/credentials/0/claim_sets", "claim_sets"),
        ("/credentials/0/trusted_authorities", "trusted_authorities"),
        ("/credentials/0/trusted_authorities/0/values", "values"),
        ("/credentials/0/claims/0/values", "values"),
        ("/credentials/0/claims/0/path", "path"),
        ("/credentials/1/meta/vct_values", "vct_values"),
        ("/credential_sets/0/options", "options"),
        ("/credential_sets/0/options/0", "options"),
    ];
    for (pointer, member) in cases {
        assert_eq!(read_with(pointer, json!([])), Err(QueryError::Empty { member }), "{pointer}");
    }
}

#[test]
fn members_have_their_types_and_null_is_none_of_them() {
    let cases = [
        ("/credentials", "credentials"),
        ("/credentials/0", "credentials"),
        ("/credentials/0/id", "id"),
        ("/credentials/0/format", "format"),
        ("/credentials/0/meta", "meta"),
        ("/credentials/0/meta/doctype_value", "doctype_value"),
        ("/credentials/1/meta/vct_values/0", "vct_values"),
        ("/credentials/0/multiple", "multiple"),
        ("/credentials/0/require_cryptographic_holder_binding", "require_cryptographic_holder_binding"),
        ("/credentials/0/trusted_authorities", "trusted_authorities"),
        ("/credentials/0/trusted_authorities/0", "trusted_authorities"),
        ("/credentials/0/trusted_authorities/0/type", "type"),
        ("/credentials/0/trusted_authorities/0/values/0", "values"),
        ("/credentials/0/claims", "claims"),
        ("/credentials/0/claims/0", "claims"),
        ("/credentials/0/claims/0/id", "id"),
        ("/credentials/0/claims/0/path", "path"),
        ("/credentials/0/claims/0/values", "values"),
        ("/credentials/0/claims/0/values/0", "values"),
        ("/credentials/0/claims/0/intent_to_retain", "intent_to_retain"),
        ("/credentials/0/claim_sets", "claim_sets"),
        ("/credentials/0/claim_sets/0", "claim_sets"),
        ("/credential_sets", "credential_sets"),
        ("/credential_sets/0", "credential_sets"),
        ("/credential_sets/0/required", "required"),
        ("/credential_sets/0/options/0", "options"),
    ];
    for (pointer, member) in cases {
        assert_eq!(read_with(pointer, Value::Null), Err(QueryError::WrongType { member }), "{pointer}");
    }
}

#[test]
fn a_path_has_strings_nulls_and_natural_numbers_only() {
    for wrong in [json!(-1), json!(1.5), json!(true), json!({}), json!([])] {
        let read = read_with("/credentials/1/claims/0/path/1", wrong.clone());
        assert_eq!(read, Err(QueryError::WrongType { member: "path" }), "{wrong}");
    }
}

#[test]
fn a_path_into_an_mdoc_is_a_namespace_and_an_element() {
    let ill = Err(QueryError::NotAnElement { credential: id("card") });
    for path in [json!(["org.iso.23220.1"]), json!(["a", "b", "c"]), json!(["a", null]), json!(["a", 0])] {
        assert_eq!(read_with("/credentials/0/claims/1/path", path.clone()), ill, "{path}");
    }
}

#[test]
fn expected_values_are_strings_integers_and_booleans() {
    for wrong in [json!(1.0), json!(1e3), json!([1]), json!({})] {
        let read = read_with("/credentials/1/claims/1/values/1", wrong.clone());
        assert_eq!(read, Err(QueryError::WrongType { member: "values" }), "{wrong}");
    }
}

#[test]
fn an_id_has_letters_digits_underscores_and_hyphens() {
    for wrong in ["", "a b", "é", "a.b", "a/b"] {
        assert_eq!(read_with("/credentials/0/claims/0/id", json!(wrong)), Err(QueryError::IdInvalid), "{wrong:?}");
        assert_eq!(wrong.parse::<QueryId>(), Err(QueryError::IdInvalid));
    }
    assert_eq!(id("A-z_09").as_str(), "A-z_09");
}

#[test]
fn ids_of_credentials_are_unique() {
    assert_eq!(read_with("/credentials/1/id", json!("card")), Err(QueryError::IdRepeated { id: id("card") }));
}

#[test]
fn ids_of_claims_are_unique_in_their_credential() {
    let repeated = read_with("/credentials/0/claims/1/id", json!("a"));
    assert_eq!(repeated, Err(QueryError::IdRepeated { id: id("a") }));
    assert!(read_with("/credentials/1/claims/1/id", json!("a")).is_ok());
}

#[test]
fn claim_sets_refer_to_claims_of_their_credential() {
    let unknown = read_with("/credentials/0/claim_sets/1/0", json!("card"));
    assert_eq!(unknown, Err(QueryError::IdUnknown { id: id("card") }));
}

#[test]
fn credential_sets_refer_to_credentials() {
    let unknown = read_with("/credential_sets/0/options/1/0", json!("a"));
    assert_eq!(unknown, Err(QueryError::IdUnknown { id: id("a") }));
}

#[test]
fn claim_sets_need_claims() {
    let refused = read_without("/credentials/0/claims");
    assert_eq!(refused, Err(QueryError::ClaimSetsWithoutClaims { credential: id("card") }));
}

#[test]
fn claim_sets_need_an_id_in_every_claim() {
    let mut json = full();
    json["credentials"][0]["claim_sets"] = json!([["a"]]);
    assert!(DcqlQuery::from_json(&json).is_ok());
    json["credentials"][0]["claims"][1].as_object_mut().unwrap().remove("id");
    let refused = DcqlQuery::from_json(&json);
    assert_eq!(refused, Err(QueryError::ClaimIdMissing { credential: id("card") }));
}

#[test]
fn a_query_can_be_built_as_it_would_be_read() {
    let age = ClaimQuery::new(ClaimPath::element("org.iso.23220.1", "age_over_19"))
        .with_id(id("a"))
        .with_intent_to_retain(false)
        .with_values(vec![ExpectedValue::new(json!(true)).unwrap()])
        .unwrap();
    let birth = ClaimQuery::new(ClaimPath::element("org.iso.23220.1", "birth_date")).with_id(id("b"));
    let authority = TrustedAuthority::new("aki", vec!["s9tIpPmhxdiuNkHMEWNpYim8S8Y".into()]).unwrap();
    let card = CredentialQuery::new(id("card"), Wanted::Mdoc { doctype: "org.iso.23220.photoid.1".into() })
        .and_then(|card| card.with_claims(vec![age, birth], vec![vec![id("a")], vec![id("b")]]))
        .unwrap()
        .with_multiple()
        .with_trusted_authorities(vec![authority]);
    let built = DcqlQuery::new(vec![card], vec![]).unwrap();
    let mut written = full()["credentials"][0].clone();
    written.as_object_mut().unwrap().remove("require_cryptographic_holder_binding");
    assert_eq!(built.to_json(), json!({"credentials": [written]}));
}

#[test]
fn a_built_query_keeps_the_same_rules() {
    let sd_jwt = |vct_values| CredentialQuery::new(id("c"), Wanted::SdJwtVc { vct_values });
    assert_eq!(sd_jwt(vec![]), Err(QueryError::Empty { member: "vct_values" }));
    let query = sd_jwt(vec!["urn:kr:resident".into()]).unwrap();
    assert_eq!(query.with_claims(vec![], vec![]), Err(QueryError::Empty { member: "claims" }));
    assert_eq!(DcqlQuery::new(vec![], vec![]), Err(QueryError::Empty { member: "credentials" }));
}

#[test]
fn what_is_expected_of_a_person_is_not_printed() {
    let query = read_with("/credentials/1/claims/1/values", json!(["Hong Gil-dong"])).unwrap();
    assert!(!format!("{query:?}").contains("Hong"));
}
