//! Revoking: copies, and the cover among which they hide.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

fn revocations(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.text("A/revocations.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn revoke(sandbox: &Sandbox, person: &str) -> Value {
    sandbox.ok(&format!("revoke --json --authority A --issued I --person {person} --document resident")).json()
}

fn entry(line: &Value) -> (String, u64) {
    (line["uri"].to_string(), line["idx"].as_u64().unwrap())
}

fn is_cover(line: &Value) -> bool {
    line["cover"] == true
}

#[test]
fn a_revocation_is_hidden_in_every_list_that_was_open_with_it() {
    let sandbox = Sandbox::with_documents("resident");
    let people = sandbox.people_with("resident");
    let journal: BTreeSet<(String, u64)> =
        sandbox.text("I/journal.jsonl").lines().map(|line| entry(&serde_json::from_str(line).unwrap())).collect();
    for person in &people {
        let before = if sandbox.path("A/revocations.jsonl").exists() { revocations(&sandbox).len() } else { 0 };
        let answer = revoke(&sandbox, person);
        let new = revocations(&sandbox).split_off(before);
        let (cover, copies): (Vec<&Value>, Vec<&Value>) = new.iter().partition(|line| is_cover(line));
        assert_eq!((answer["newly_revoked"].as_u64(), answer["cover"].as_u64()), (Some(2), Some(cover.len() as u64)));
        assert_eq!(copies.len(), 2);
        assert!(copies.iter().all(|line| journal.contains(&entry(line)) && line.get("cover").is_none()));
        let mut lists: BTreeMap<String, usize> = BTreeMap::new();
        for line in &cover {
            *lists.entry(line["uri"].to_string()).or_default() += 1;
        }
        assert!(lists.len() == 8 && lists.values().all(|count| (1..=4).contains(count)), "{lists:?}");
    }
    let all = revocations(&sandbox);
    let entries: BTreeSet<_> = all.iter().map(entry).collect();
    assert_eq!(entries.len(), all.len(), "no entry twice");
    assert!(all.iter().filter(|line| is_cover(line)).all(|line| !journal.contains(&entry(line))), "cover is nobody's");
}

#[test]
fn revoking_twice_adds_no_cover() {
    let sandbox = Sandbox::with_documents("resident");
    let person = sandbox.people_with("resident").remove(0);
    revoke(&sandbox, &person);
    let before = revocations(&sandbox);
    let answer = revoke(&sandbox, &person);
    assert_eq!((&answer["newly_revoked"], &answer["cover"]), (&json!(0), &json!(0)));
    assert_eq!(revocations(&sandbox), before);
}

#[test]
fn lines_of_before_there_was_cover_are_read() {
    let sandbox = Sandbox::with_documents("resident");
    let person = sandbox.people_with("resident").remove(0);
    let line: Value = serde_json::from_str(sandbox.text("I/journal.jsonl").lines().next().unwrap()).unwrap();
    let old = json!({ "uri": line["uri"], "idx": line["idx"], "revoked_at": "2026-11-01T00:00:00Z" });
    sandbox.write("A/revocations.jsonl", format!("{old}\n").as_bytes());
    let new = if line["person"] == person { 1 } else { 2 };
    assert_eq!(revoke(&sandbox, &person)["newly_revoked"], new);
}

/// Whatever is left of the reserve is used; then a note says so, and revoking goes on.
#[test]
fn without_cover_left_people_are_revoked_all_the_same() {
    let sandbox = Sandbox::with_documents("resident");
    let uris: Vec<String> = (0..8).map(|list| format!("https://id.example/status/{list}")).collect();
    let spent = |uri: &String| {
        let line = json!({ "uri": uri, "idx": 0, "revoked_at": "2026-11-01T00:00:00Z", "cover": true });
        format!("{line}\n").repeat(mapae_status_list::COVER_RESERVE as usize)
    };
    sandbox.write("A/revocations.jsonl", uris.iter().map(spent).collect::<String>().as_bytes());
    let person = sandbox.people_with("resident").remove(0);
    let ran = sandbox.ok(&format!("revoke --json --authority A --issued I --person {person} --document resident"));
    assert_eq!((&ran.json()["newly_revoked"], &ran.json()["cover"]), (&json!(2), &json!(0)));
    assert_eq!(ran.stderr.matches("no more entries to hide revocations among").count(), 8, "{}", ran.stderr);
}
