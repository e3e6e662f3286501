//! The examples of OpenID4VP 1.0 §7.4 and Appendix D, and credentials that answer them.

use mapae_dcql::{Candidate, ClaimPath, DcqlQuery, Mismatch, Unsatisfied, Wanted};
use serde_json::{Value, json};

use crate::vectors;

const PID: &[&str] = &["https://credentials.example.com/identity_credential"];

fn query(name: &str) -> Option<DcqlQuery> {
    Some(DcqlQuery::from_json(&vectors::example(name)?).unwrap())
}

fn claim(path: &[&str]) -> ClaimPath {
    ClaimPath::new(path.iter().map(|key| mapae_dcql::PathSegment::Key((*key).to_owned())).collect()).unwrap()
}

fn disclosed(query: &DcqlQuery, candidate: &Candidate<'_>) -> Vec<ClaimPath> {
    query.credentials()[0].select(candidate).unwrap().paths().cloned().collect()
}

fn john() -> Value {
    json!({
        "given_name": "John",
        "family_name": "Doe",
        "address": {"street_address": "42 Market Street", "locality": "Milliways"},
        "postal_code": "90210",
        "date_of_birth": "1940-01-01",
    })
}

#[test]
fn every_example_is_read_and_written_back_as_it_was() {
    let Some(folder) = vectors::folder("openid4vp/query_lang") else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let json = vectors::example(&name).unwrap();
        assert_eq!(DcqlQuery::from_json(&json).unwrap().to_json(), json, "{name}");
        read += 1;
    }
    assert_eq!(read, 7);
}

#[test]
fn simple_asks_for_three_claims() {
    let Some(query) = query("simple.json") else { return };
    let john = john();
    let expected = [claim(&["family_name"]), claim(&["given_name"]), claim(&["address", "street_address"])];
    assert_eq!(disclosed(&query, &Candidate::sd_jwt_vc(PID, &john)), expected);
}

#[test]
fn simple_is_not_answered_without_an_address() {
    let Some(query) = query("simple.json") else { return };
    let nomad = json!({"given_name": "John", "family_name": "Doe"});
    let refused = query.credentials()[0].select(&Candidate::sd_jwt_vc(PID, &nomad));
    assert_eq!(refused, Err(Mismatch::Claim { path: claim(&["address", "street_address"]) }));
}

#[test]
fn simple_mdoc_asks_for_elements_of_two_namespaces() {
    let Some(query) = query("simple_mdoc.json") else { return };
    let elements = json!({
        "org.iso.7367.1": {"vehicle_holder": "Doe", "vin": "1234"},
        "org.iso.18013.5.1": {"given_name": "John"},
    });
    let expected =
        [ClaimPath::element("org.iso.7367.1", "vehicle_holder"), ClaimPath::element("org.iso.18013.5.1", "given_name")];
    assert_eq!(disclosed(&query, &Candidate::mdoc("org.iso.7367.1.mVRC", &elements)), expected);
}

#[test]
fn value_matching_takes_either_postal_code_and_no_third() {
    let Some(query) = query("value_matching_simple.json") else { return };
    let mut john = john();
    assert_eq!(disclosed(&query, &Candidate::sd_jwt_vc(PID, &john)).len(), 4);
    john["postal_code"] = json!("10001");
    let refused = query.credentials()[0].select(&Candidate::sd_jwt_vc(PID, &john));
    assert_eq!(refused, Err(Mismatch::Claim { path: claim(&["postal_code"]) }));
}

#[test]
fn claims_alternatives_prefers_the_first_set_and_falls_back_to_the_second() {
    let Some(query) = query("claims_alternatives.json") else { return };
    let mut john = john();
    let second = [claim(&["family_name"]), claim(&["postal_code"]), claim(&["date_of_birth"])];
    assert_eq!(disclosed(&query, &Candidate::sd_jwt_vc(PID, &john)), second);
    john["locality"] = json!("Milliways");
    john["region"] = json!("CA");
    let first = ["family_name", "locality", "region", "date_of_birth"].map(ClaimPath::claim);
    assert_eq!(disclosed(&query, &Candidate::sd_jwt_vc(PID, &john)), first);
}

#[test]
fn claims_alternatives_is_not_answered_if_no_set_is_complete() {
    let Some(query) = query("claims_alternatives.json") else { return };
    let little = json!({"family_name": "Doe"});
    let (query, candidate) = (&query.credentials()[0], Candidate::sd_jwt_vc(PID, &little));
    assert_eq!(query.select(&candidate), Err(Mismatch::NoClaimSet { alternatives: 2 }));
    assert_eq!(query.check(&candidate), Err(Mismatch::NoClaimSet { alternatives: 2 }));
}

#[test]
fn credentials_alternatives_takes_two_reduced_credentials_for_one() {
    let Some(query) = query("credentials_alternatives.json") else { return };
    let held = ["pid_reduced_cred_1", "pid_reduced_cred_2", "nice_to_have"];
    let choice = query.choose(|query| held.contains(&query.id().as_str())).unwrap();
    let ids =
        |list: &[&mapae_dcql::CredentialQuery]| list.iter().map(|query| query.id().to_string()).collect::<Vec<_>>();
    assert_eq!(ids(choice.required()), ["pid_reduced_cred_1", "pid_reduced_cred_2"]);
    assert_eq!(ids(choice.optional()), ["nice_to_have"]);
}

#[test]
fn credentials_alternatives_wants_both_reduced_credentials() {
    let Some(query) = query("credentials_alternatives.json") else { return };
    let refused = query.choose(|query| query.id().as_str() == "pid_reduced_cred_1");
    assert_eq!(refused, Err(Unsatisfied::SetMissing { index: 0 }));
}

#[test]
fn complex_mdoc_names_the_types_of_its_alternatives() {
    let Some(query) = query("complex_mdoc.json") else { return };
    let wanted = query.credential("photo_card-id").unwrap().wanted();
    assert_eq!(*wanted, Wanted::Mdoc { doctype: "org.iso.23220.photoid.1".into() });
    assert!(query.credential_sets()[0].required() && !query.credential_sets()[1].required());
}
