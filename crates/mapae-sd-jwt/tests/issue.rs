//! What an issuer makes.

use std::collections::BTreeSet;

use mapae_jose::{Jws, Object, Value, base64url, json};
use mapae_sd_jwt::{Claim, Claims, Content, IssueError, MAX_DISCLOSURES, SdJwt};
use mapae_types::{Entropy, EntropyError};
use serde_json::json;

use crate::scene::{Seeded, claims, digest, holder, issued, issuer, plain_claims, status, with_issuance};

fn payload(issued: &str) -> Object {
    let jws = Jws::parse(issued.split('~').next().unwrap()).unwrap();
    jws.verify(issuer().public()).unwrap().payload_object().unwrap()
}

fn disclosures(issued: &str) -> Vec<&str> {
    issued.split('~').skip(1).filter(|text| !text.is_empty()).collect()
}

fn salts(issued: &str) -> Vec<String> {
    let salt = |text: &&str| json::parse(&base64url::decode(text).unwrap()).unwrap()[0].as_str().unwrap().to_owned();
    disclosures(issued).iter().map(salt).collect()
}

fn digests(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                match (name.as_str(), value) {
                    ("_sd", Value::Array(array)) => found.extend(array.iter().map(|d| d.as_str().unwrap().to_owned())),
                    ("...", Value::String(digest)) => found.push(digest.clone()),
                    _ => digests(value, found),
                }
            }
        }
        Value::Array(array) => array.iter().for_each(|value| digests(value, found)),
        _ => {}
    }
}

fn refusal(name: &str, claim: Claim) -> IssueError {
    Claims::new().with(name, claim).unwrap_err()
}

#[test]
fn an_issued_credential_says_what_its_claims_say_and_no_more() {
    let text = issued(&claims(), 1);
    let held = SdJwt::accept(&text, issuer().public(), holder().public()).unwrap();
    let mut claims = held.claims().clone();
    for registered in ["vct", "iss", "iat", "nbf", "exp", "cnf", "status"] {
        assert!(claims.remove(registered).is_some(), "{registered}");
    }
    assert_eq!(Value::Object(claims), plain_claims());
}

#[test]
fn what_surrounds_the_claims_is_always_in_the_open() {
    let text = issued(&claims(), 1);
    let payload = payload(&text);
    assert_eq!(payload["vct"], crate::scene::VCT);
    assert_eq!(payload["iat"].as_i64().unwrap() % 86_400, 0);
    assert_eq!(payload["_sd_alg"], "sha-256");
    assert_eq!(payload["status"], json!({"status_list": {"idx": status().idx, "uri": status().uri}}));
    assert_eq!(payload["cnf"]["jwk"].as_object().unwrap().len(), 4);
    let jws = Jws::parse(text.split('~').next().unwrap()).unwrap();
    assert_eq!(jws.header().typ(), Some("dc+sd-jwt"));
    assert_eq!(jws.header().x5c(), [[0x30, 0x00]]);
}

#[test]
fn every_salt_has_128_bits_and_is_used_once() {
    let salts: Vec<String> = (0..20).flat_map(|seed| salts(&issued(&claims(), seed))).collect();
    assert!(salts.iter().all(|salt| base64url::decode(salt).unwrap().len() == 16));
    assert_eq!(salts.iter().collect::<BTreeSet<_>>().len(), salts.len());
}

#[test]
fn all_randomness_is_drawn_at_once() {
    let mut entropy = Seeded::new(9);
    with_issuance(|issuance| issuance.prepare(&claims(), &mut entropy).unwrap());
    assert_eq!(entropy.calls, 1);
}

#[test]
fn digests_are_sorted_so_that_their_order_tells_nothing() {
    for seed in 0..50 {
        let payload = payload(&issued(&claims(), seed));
        let level = payload["_sd"].as_array().unwrap();
        assert!(level.is_sorted_by_key(|digest| digest.as_str().unwrap()));
    }
}

#[test]
fn decoys_vary_in_number_up_to_the_limit_at_each_level() {
    let mut sizes = [BTreeSet::new(), BTreeSet::new()];
    for seed in 0..200 {
        let payload = payload(&issued(&claims(), seed));
        sizes[0].insert(payload["_sd"].as_array().unwrap().len());
        sizes[1].insert(payload["age_equal_or_over"]["_sd"].as_array().unwrap().len());
    }
    assert!(sizes.iter().all(|sizes| sizes.iter().copied().eq(2..=5)), "{sizes:?}");
}

#[test]
fn a_decoy_looks_like_a_digest_and_belongs_to_no_disclosure() {
    let text = issued(&claims(), 3);
    let mut found = Vec::new();
    digests(&Value::Object(payload(&text)), &mut found);
    assert!(found.iter().all(|digest| base64url::decode(digest).unwrap().len() == 32));
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len());
    let known: BTreeSet<String> = disclosures(&text).into_iter().map(digest).collect();
    assert!(found.iter().any(|digest| !known.contains(digest)));
}

#[test]
fn two_copies_of_one_document_share_no_salt_or_digest() {
    let (first, second) = (issued(&claims(), 1), issued(&claims(), 2));
    assert!(salts(&first).iter().all(|salt| !salts(&second).contains(salt)));
    let (mut a, mut b) = (Vec::new(), Vec::new());
    digests(&Value::Object(payload(&first)), &mut a);
    digests(&Value::Object(payload(&second)), &mut b);
    assert!(a.iter().all(|digest| !b.contains(digest)));
}

#[test]
fn a_credential_with_nothing_to_withhold_has_no_digests() {
    let open = Claims::new().with("family_name", Claim::always("Hong")).unwrap();
    let text = issued(&open, 1);
    assert!(["_sd", "_sd_alg"].iter().all(|name| !payload(&text).contains_key(*name)));
    assert!(disclosures(&text).is_empty() && text.ends_with('~'));
}

#[test]
fn optional_members_are_left_out() {
    let text = with_issuance(|mut issuance| {
        (issuance.issuer, issuance.not_before, issuance.expires, issuance.status) = (None, None, None, None);
        issuance.x5c = &[];
        let unsigned = issuance.prepare(&Claims::new(), &mut Seeded::new(1)).unwrap();
        let signature = issuer().sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    });
    assert_eq!(payload(&text).keys().collect::<Vec<_>>(), ["cnf", "iat", "vct"]);
    assert!(Jws::parse(text.split('~').next().unwrap()).unwrap().header().x5c().is_empty());
}

#[test]
fn an_object_can_be_made_selective_as_it_is() {
    let object: Object = serde_json::from_value(json!({"a": 1, "b": {"c": [true, null]}})).unwrap();
    let text = issued(&Claims::all_selective(object).unwrap(), 1);
    assert_eq!(disclosures(&text).len(), 2);
    let held = SdJwt::parse(&text).unwrap();
    assert_eq!((&held.claims()["a"], &held.claims()["b"]), (&json!(1), &json!({"c": [true, null]})));
}

#[test]
fn names_that_convey_digests_are_refused_at_every_level() {
    for name in ["_sd", "...", "_sd_alg"] {
        let refused = IssueError::NameReserved { name: name.to_owned() };
        assert_eq!(refusal(name, Claim::always(1)), refused);
        assert_eq!(refusal("a", Claim::selective(json!({"b": [{name: 1}]}))), refused);
        let nested = Content::Array(vec![Claim::always(json!({name: 1}))]);
        assert_eq!(refusal("a", Claim::always(nested)), refused);
    }
}

#[test]
fn registered_claims_come_from_the_issuance_only() {
    for name in ["iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"] {
        for claim in [Claim::always("x"), Claim::selective("x")] {
            let claims = Claims::new().with(name, claim).unwrap();
            let refused = with_issuance(|issuance| issuance.prepare(&claims, &mut Seeded::new(1)).unwrap_err());
            assert_eq!(refused, IssueError::NameReserved { name: name.to_owned() });
        }
    }
    issued(&Claims::new().with("sub", Claim::selective("x")).unwrap(), 1);
}

#[test]
fn a_claim_added_twice_is_refused() {
    let refused = Claims::new().with("a", Claim::always(1)).unwrap().with("a", Claim::selective(2)).unwrap_err();
    assert_eq!(refused, IssueError::NameTaken { name: "a".into() });
}

#[test]
fn what_can_be_issued_can_be_read_and_what_nests_deeper_is_refused() {
    let nested = |levels: usize| (0..levels).fold(json!(1), |value, _| json!([value]));
    for claim in [Claim::always(nested(31)), Claim::selective(nested(31))] {
        SdJwt::parse(&issued(&Claims::new().with("a", claim).unwrap(), 1)).unwrap();
    }
    let refused = Claims::new().with("a", Claim::always(nested(32))).unwrap_err();
    assert_eq!(refused, IssueError::TooDeep { limit: 32 });
}

#[test]
fn more_disclosures_than_a_verifier_reads_are_refused() {
    let many = |count| Claim::always(Content::Array((0..count).map(Claim::selective).collect()));
    issued(&Claims::new().with("a", many(MAX_DISCLOSURES)).unwrap(), 1);
    let claims = Claims::new().with("a", many(MAX_DISCLOSURES + 1)).unwrap();
    let refused = with_issuance(|issuance| issuance.prepare(&claims, &mut Seeded::new(1)).unwrap_err());
    assert_eq!(refused, IssueError::TooManyDisclosures { found: MAX_DISCLOSURES + 1, limit: MAX_DISCLOSURES });
}

#[test]
fn without_randomness_nothing_is_issued() {
    struct Dry;
    impl Entropy for Dry {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), EntropyError> {
            Err(EntropyError)
        }
    }
    let refused = with_issuance(|issuance| issuance.prepare(&claims(), &mut Dry).unwrap_err());
    assert_eq!(refused, IssueError::Entropy(EntropyError));
}

#[test]
fn peer_hole_11_debug_of_claims_shows_none() {
    let unsigned = with_issuance(|issuance| issuance.prepare(&claims(), &mut Seeded::new(1)).unwrap());
    let content = Content::from("홍");
    let shown = format!("{:?} {:?} {content:?} {unsigned:?}", claims(), Claim::always("홍"));
    assert!(!shown.contains('홍') && !shown.contains("Seoul"), "{shown}");
}
