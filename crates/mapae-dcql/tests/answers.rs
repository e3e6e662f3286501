//! Combinations of credentials: what a wallet chooses and what a verifier accepts.

use std::collections::BTreeMap;

use mapae_dcql::{Choice, DcqlQuery, Unsatisfied};
use serde_json::{Value, json};

/// Queries a, b, c and d; several credentials are accepted for d only.
fn query(sets: Option<Value>) -> DcqlQuery {
    let credential = |id: &str| {
        let meta = json!({"doctype_value": "org.iso.23220.photoid.1"});
        json!({"id": id, "format": "mso_mdoc", "meta": meta, "multiple": id == "d"})
    };
    let credentials = ["a", "b", "c", "d"].map(credential);
    let mut json = json!({ "credentials": credentials });
    if let Some(sets) = sets {
        json["credential_sets"] = sets;
    }
    DcqlQuery::from_json(&json).unwrap()
}

/// One presentation for each letter.
fn answers(ids: &str) -> BTreeMap<String, Vec<()>> {
    let mut map: BTreeMap<String, Vec<()>> = BTreeMap::new();
    ids.chars().for_each(|id| map.entry(id.to_string()).or_default().push(()));
    map
}

fn one_or_two() -> DcqlQuery {
    query(Some(json!([{"options": [["a"], ["b", "c"]]}, {"required": false, "options": [["d"]]}])))
}

fn chosen<'q>(query: &'q DcqlQuery, held: &str) -> Result<(String, String), Unsatisfied> {
    let choice: Choice<'q> = query.choose(|query| held.contains(query.id().as_str()))?;
    let ids = |list: &[&mapae_dcql::CredentialQuery]| list.iter().map(|query| query.id().as_str()).collect();
    Ok((ids(choice.required()), ids(choice.optional())))
}

#[test]
fn without_sets_every_query_is_answered() {
    assert_eq!(query(None).satisfied_by(&answers("abcd")), Ok(()));
    let missing = Unsatisfied::CredentialMissing { id: "c".parse().unwrap() };
    assert_eq!(query(None).satisfied_by(&answers("abd")), Err(missing.clone()));
    assert_eq!(chosen(&query(None), "abcd"), Ok(("abcd".into(), String::new())));
    assert_eq!(chosen(&query(None), "abd"), Err(missing));
}

#[test]
fn a_set_is_answered_by_one_option_in_full() {
    for (ids, satisfied) in [("a", true), ("bc", true), ("abc", true), ("b", false), ("d", false), ("", false)] {
        let expected = if satisfied { Ok(()) } else { Err(Unsatisfied::SetMissing { index: 0 }) };
        assert_eq!(one_or_two().satisfied_by(&answers(ids)), expected, "{ids}");
    }
}

#[test]
fn an_optional_set_may_stay_unanswered() {
    assert_eq!(one_or_two().satisfied_by(&answers("a")), Ok(()));
    let both = query(Some(json!([{"options": [["a"]]}, {"options": [["d"]]}])));
    assert_eq!(both.satisfied_by(&answers("a")), Err(Unsatisfied::SetMissing { index: 1 }));
}

#[test]
fn the_wallet_takes_the_first_option_that_it_can_answer() {
    assert_eq!(chosen(&one_or_two(), "abcd"), Ok(("a".into(), "d".into())));
    assert_eq!(chosen(&one_or_two(), "bc"), Ok(("bc".into(), String::new())));
    assert_eq!(chosen(&one_or_two(), "bd"), Err(Unsatisfied::SetMissing { index: 0 }));
}

#[test]
fn a_query_in_two_sets_is_answered_once() {
    let query = query(Some(json!([
        {"options": [["a", "b"]]},
        {"options": [["a"]]},
        {"required": false, "options": [["b", "c"]]},
    ])));
    assert_eq!(chosen(&query, "abc"), Ok(("ab".into(), "c".into())));
}

#[test]
fn an_entry_without_presentations_answers_nothing() {
    let empty = BTreeMap::from([("a".to_owned(), Vec::<()>::new())]);
    assert_eq!(one_or_two().satisfied_by(&empty), Err(Unsatisfied::SetMissing { index: 0 }));
}

#[test]
fn several_presentations_come_only_where_they_may() {
    assert_eq!(one_or_two().satisfied_by(&answers("add")), Ok(()));
    let several = Unsatisfied::Several { id: "a".parse().unwrap() };
    assert_eq!(one_or_two().satisfied_by(&answers("aa")), Err(several));
}

#[test]
fn an_answer_to_what_was_not_asked_is_refused() {
    assert_eq!(one_or_two().satisfied_by(&answers("ax")), Err(Unsatisfied::NotAsked));
}
