//! Which credentials answer a credential query, and what they disclose.

use mapae_dcql::{Candidate, ClaimPath, CredentialQuery, DcqlQuery, Elements, Mismatch};
use serde_json::{Value, json};

const NAMESPACE: &str = "org.iso.18013.5.1";
const LICENCE: &str = "org.iso.18013.5.1.mDL";

fn query(mut credential: Value) -> CredentialQuery {
    credential["id"] = json!("q");
    DcqlQuery::from_json(&json!({"credentials": [credential]})).unwrap().credentials()[0].clone()
}

fn mdoc(claims: &Value) -> CredentialQuery {
    query(json!({"format": "mso_mdoc", "meta": {"doctype_value": LICENCE}, "claims": claims}))
}

fn sd_jwt(claims: &Value) -> CredentialQuery {
    query(json!({"format": "dc+sd-jwt", "meta": {"vct_values": ["urn:a", "urn:b"]}, "claims": claims}))
}

fn licence() -> Value {
    json!({NAMESPACE: {"family_name": "Hong", "age_over_19": true, "height": 175}})
}

fn name_and_age() -> Value {
    json!([{"path": [NAMESPACE, "family_name"]}, {"path": [NAMESPACE, "age_over_19"]}])
}

/// What a wallet would show; a verifier who only checks must come to the same answer.
fn shown(query: &CredentialQuery, candidate: &Candidate<'_>) -> Result<Vec<String>, Mismatch> {
    assert_eq!(query.check(candidate), query.select(candidate).map(drop));
    Ok(query.select(candidate)?.paths().map(ToString::to_string).collect())
}

#[test]
fn a_licence_shows_the_elements_asked_for_and_no_other() {
    let shown = shown(&mdoc(&name_and_age()), &Candidate::mdoc(LICENCE, &licence()));
    let expected = [r#"["org.iso.18013.5.1","family_name"]"#, r#"["org.iso.18013.5.1","age_over_19"]"#];
    assert_eq!(shown.unwrap(), expected);
}

#[test]
fn a_query_without_claims_asks_for_nothing_that_could_be_withheld() {
    let query = query(json!({"format": "mso_mdoc", "meta": {"doctype_value": LICENCE}}));
    assert!(shown(&query, &Candidate::mdoc(LICENCE, &licence())).unwrap().is_empty());
    assert!(!query.asks_for(&ClaimPath::element(NAMESPACE, "family_name")));
}

#[test]
fn another_doctype_is_refused() {
    let refused = shown(&mdoc(&name_and_age()), &Candidate::mdoc("org.iso.18013.5.1.mDL2", &licence()));
    assert_eq!(refused, Err(Mismatch::Type));
}

#[test]
fn another_format_is_refused() {
    let claims = licence();
    let refused = shown(&mdoc(&name_and_age()), &Candidate::sd_jwt_vc(&[LICENCE], &claims));
    assert_eq!(refused, Err(Mismatch::Format));
}

#[test]
fn an_unsupported_format_matches_nothing() {
    let query = query(json!({"format": "ldp_vc", "meta": {"type_values": [[LICENCE]]}}));
    let claims = licence();
    assert_eq!(shown(&query, &Candidate::mdoc(LICENCE, &claims)), Err(Mismatch::Format));
    assert_eq!(shown(&query, &Candidate::sd_jwt_vc(&[LICENCE], &claims)), Err(Mismatch::Format));
}

#[test]
fn any_of_the_vct_values_will_do_and_so_will_one_that_the_credential_extends() {
    let (query, claims) = (sd_jwt(&json!([{"path": ["name"]}])), json!({"name": "Hong"}));
    for vcts in [&["urn:a"] as &[&str], &["urn:b"], &["urn:c", "urn:b"]] {
        assert_eq!(shown(&query, &Candidate::sd_jwt_vc(vcts, &claims)).unwrap(), [r#"["name"]"#]);
    }
    assert_eq!(shown(&query, &Candidate::sd_jwt_vc(&["urn:c"], &claims)), Err(Mismatch::Type));
}

#[test]
fn an_element_of_another_namespace_is_another_element() {
    let elements = json!({"kr.go.licence": {"family_name": "홍"}, NAMESPACE: {"age_over_19": true}});
    let refused = shown(&mdoc(&name_and_age()), &Candidate::mdoc(LICENCE, &elements));
    assert_eq!(refused, Err(Mismatch::Claim { path: ClaimPath::element(NAMESPACE, "family_name") }));
}

#[test]
fn values_match_in_type_and_value() {
    let height = |values: Value| mdoc(&json!([{"path": [NAMESPACE, "height"], "values": values}]));
    for (values, matches) in
        [(json!([175]), true), (json!([180, 175]), true), (json!(["175"]), false), (json!([true]), false)]
    {
        let selected = shown(&height(values.clone()), &Candidate::mdoc(LICENCE, &licence()));
        assert_eq!(selected.is_ok(), matches, "{values}");
    }
}

#[test]
fn a_fraction_is_not_the_integer_that_equals_it() {
    let query = sd_jwt(&json!([{"path": ["height"], "values": [175]}]));
    assert!(query.select(&Candidate::sd_jwt_vc(&["urn:a"], &json!({"height": 175}))).is_ok());
    assert!(query.select(&Candidate::sd_jwt_vc(&["urn:a"], &json!({"height": 175.0}))).is_err());
}

#[test]
fn of_an_array_only_the_elements_with_an_expected_value_are_shown() {
    let query = sd_jwt(&json!([{"path": ["nationalities", null], "values": ["KR"]}]));
    let both = json!({"nationalities": ["US", "KR"]});
    assert_eq!(shown(&query, &Candidate::sd_jwt_vc(&["urn:a"], &both)).unwrap(), [r#"["nationalities",1]"#]);
    let neither = json!({"nationalities": ["US", "JP"]});
    assert!(query.select(&Candidate::sd_jwt_vc(&["urn:a"], &neither)).is_err());
}

#[test]
fn a_claim_asked_for_twice_is_shown_once() {
    let query = sd_jwt(&json!([{"path": ["name"]}, {"path": ["name"]}]));
    let claims = json!({"name": "Hong"});
    assert_eq!(shown(&query, &Candidate::sd_jwt_vc(&["urn:a"], &claims)).unwrap(), [r#"["name"]"#]);
}

/// An mdoc whose values cannot be had as JSON.
struct Opaque;

impl Elements for Opaque {
    fn contains(&self, namespace: &str, element: &str) -> bool {
        (namespace, element) == (NAMESPACE, "portrait")
    }

    fn json(&self, _: &str, _: &str) -> Option<Value> {
        None
    }
}

#[test]
fn a_value_without_a_json_form_can_be_shown_and_matches_no_expected_value() {
    let asked = |values: Value| {
        let mut claim = json!({"path": [NAMESPACE, "portrait"]});
        if !values.is_null() {
            claim["values"] = values;
        }
        mdoc(&json!([claim])).select(&Candidate::mdoc(LICENCE, &Opaque)).is_ok()
    };
    assert!(asked(Value::Null));
    assert!(!asked(json!(["x"])));
}

#[test]
fn the_issuer_is_certified_by_one_of_the_authorities_asked_for() {
    let query = query(json!({
        "format": "mso_mdoc",
        "meta": {"doctype_value": LICENCE},
        "trusted_authorities": [{"type": "aki", "values": ["AAAA", "BBBB"]}, {"type": "etsi_tl", "values": ["CCCC"]}],
    }));
    let elements = licence();
    let candidate = || Candidate::mdoc(LICENCE, &elements);
    assert_eq!(query.select(&candidate()), Err(Mismatch::Authority));
    assert_eq!(query.select(&candidate().certified_by("aki", "CCCC")), Err(Mismatch::Authority));
    assert!(query.select(&candidate().certified_by("aki", "DDDD").certified_by("aki", "BBBB")).is_ok());
    assert!(query.select(&candidate().certified_by("etsi_tl", "CCCC")).is_ok());
}

#[test]
fn what_nobody_asked_for_is_found() {
    let query = mdoc(&name_and_age());
    let (asked, unasked) =
        (ClaimPath::element(NAMESPACE, "family_name"), ClaimPath::element(NAMESPACE, "resident_address"));
    assert_eq!(query.unasked([&asked, &unasked]), [&unasked]);
}

#[test]
fn what_lies_below_or_on_the_way_to_an_asked_claim_is_asked_for() {
    let query = sd_jwt(&json!([{"path": ["address", "street"]}, {"path": ["degrees", null, "type"]}]));
    let path = |text: &str| {
        let asked = sd_jwt(&json!([{"path": serde_json::from_str::<Value>(text).unwrap()}]));
        asked.claims()[0].path().clone()
    };
    for asked in [r#"["address"]"#, r#"["address","street","number"]"#, r#"["degrees",3]"#, r#"["degrees",0,"type"]"#] {
        assert!(query.asks_for(&path(asked)), "{asked}");
    }
    for unasked in [r#"["address","city"]"#, r#"["degrees",0,"university"]"#, r#"["name"]"#, r#"["degrees","x"]"#] {
        assert!(!query.asks_for(&path(unasked)), "{unasked}");
    }
}
