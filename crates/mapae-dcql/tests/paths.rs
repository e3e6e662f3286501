//! Claims path pointers on the credential of §7.3.

use mapae_dcql::{Candidate, ClaimPath, ClaimQuery, CredentialQuery, Mismatch, PathSegment, Wanted};
use serde_json::{Value, json};

fn arthur() -> Value {
    json!({
        "name": "Arthur Dent",
        "address": {"street_address": "42 Market Street", "locality": "Milliways", "postal_code": "12345"},
        "degrees": [
            {"type": "Bachelor of Science", "university": "University of Betelgeuse"},
            {"type": "Master of Science", "university": "University of Betelgeuse"},
        ],
        "nationalities": ["British", "Betelgeusian"],
        "mixed": [{"a": 1}, "text", [2]],
        "uneven": [{"a": 1}, {"b": 2}],
        "empty": [],
        "middle_name": null,
    })
}

fn path(json: &Value) -> ClaimPath {
    let segment = |value: &Value| match value {
        Value::String(key) => PathSegment::Key(key.clone()),
        Value::Null => PathSegment::All,
        index => PathSegment::Index(usize::try_from(index.as_u64().unwrap()).unwrap()),
    };
    ClaimPath::new(json.as_array().unwrap().iter().map(segment).collect()).unwrap()
}

/// The concrete paths that a path selects in Arthur's credential, as JSON.
fn selected(asked: &Value) -> Option<Vec<Value>> {
    let wanted = Wanted::SdJwtVc { vct_values: vec!["t".into()] };
    let query = CredentialQuery::new("q".parse().unwrap(), wanted).unwrap();
    let query = query.with_claims(vec![ClaimQuery::new(path(asked))], vec![]).unwrap();
    let arthur = arthur();
    let candidate = Candidate::sd_jwt_vc(&["t"], &arthur);
    assert_eq!(query.check(&candidate), query.select(&candidate).map(drop));
    match query.select(&candidate) {
        Ok(selection) => Some(selection.paths().map(|path| path.to_string().parse().unwrap()).collect()),
        Err(Mismatch::Claim { path: missing }) => {
            assert_eq!(missing, path(asked));
            None
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn keys_and_indices_select_one_claim() {
    for one in [
        json!(["name"]),
        json!(["address"]),
        json!(["address", "street_address"]),
        json!(["nationalities", 1]),
        json!(["degrees", 0, "type"]),
        json!(["middle_name"]),
    ] {
        assert_eq!(selected(&one), Some(vec![one.clone()]));
    }
}

#[test]
fn null_selects_every_element() {
    let types = vec![json!(["degrees", 0, "type"]), json!(["degrees", 1, "type"])];
    assert_eq!(selected(&json!(["degrees", null, "type"])), Some(types));
    let nationalities = vec![json!(["nationalities", 0]), json!(["nationalities", 1])];
    assert_eq!(selected(&json!(["nationalities", null])), Some(nationalities));
}

#[test]
fn an_element_without_the_key_drops_out_of_the_selection() {
    assert_eq!(selected(&json!(["uneven", null, "a"])), Some(vec![json!(["uneven", 0, "a"])]));
}

#[test]
fn an_array_without_the_index_drops_out_of_the_selection() {
    assert_eq!(selected(&json!(["nationalities", 2])), None);
}

#[test]
fn a_key_of_what_is_no_object_aborts_although_another_element_has_it() {
    assert_eq!(selected(&json!(["mixed", null, "a"])), None);
    assert_eq!(selected(&json!(["name", "first"])), None);
    assert_eq!(selected(&json!(["nationalities", "0"])), None);
}

#[test]
fn an_index_or_null_of_what_is_no_array_aborts() {
    assert_eq!(selected(&json!(["mixed", null, 0])), None);
    assert_eq!(selected(&json!(["address", 0])), None);
    assert_eq!(selected(&json!(["address", null])), None);
    assert_eq!(selected(&json!([null])), None);
}

#[test]
fn an_empty_selection_is_none() {
    assert_eq!(selected(&json!(["empty", null])), None);
    assert_eq!(selected(&json!(["nobody"])), None);
}
