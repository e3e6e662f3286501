//! What is kept is read again, by this and any later wallet: the members of each record, and what is none.

use mapae_crypto::SigningKey;
use mapae_jose::Jwk;
use mapae_wallet::{Damaged, ExportAs, Wallet};
use serde_json::{Value, json};
use testkit::Seeded;

fn key(handle: &str) -> Value {
    let key = SigningKey::generate(&mut Seeded::new(7)).unwrap();
    json!({ "handle": handle, "public": Jwk::from(key.public().clone()).to_object() })
}

fn batch(state: &Value) -> Value {
    json!({
        "configuration": "resident-mdoc",
        "document_type": "kr.example.resident",
        "title": { "ko": "주민등록증", "en": "Resident card" },
        "asked_at": "2026-11-21T09:00:00Z",
        "keys": [key("k2"), key("k3")],
        "state": state,
    })
}

fn held(verdict: &Value) -> Value {
    let copy = |format: &str| json!({ "key": 1, "format": format, "credential": "AA", "shown_to": ["a", ""] });
    json!({ "held": { "copies": [copy("mdoc"), copy("sd-jwt")], "notify": "n", "verdict": verdict } })
}

fn card() -> Value {
    let states = [
        json!("asked"),
        json!({ "deferred": { "transaction_id": "t", "not_before": "2026-11-21T09:30:00Z" } }),
        json!({ "refused": { "notify": null } }),
        held(&Value::Null),
        held(&json!("held")),
        held(&json!({ "undecided": "status_missing" })),
        held(&json!({ "refused": "signature_invalid" })),
    ];
    json!({
        "link": "openid-credential-offer://?a=b",
        "begun_at": "2026-11-21T09:00:00Z",
        "offer": "{}",
        "issuer": { "ko": "행정안전부", "en": "Ministry" },
        "copies": 10,
        "device_key": key("k0"),
        "client": { "provider": "https://w.example", "key": key("k1"), "attestation": { "jwt": "a.b.c" } },
        "sign_in": { "state": "s" },
        "grant": { "access_token": "t" },
        "batches": states.iter().map(batch).collect::<Value>(),
    })
}

fn line(outcome: &Value) -> Value {
    json!({
        "id": "l1",
        "at": "2026-11-21T09:00:00Z",
        "who": {
            "id": "shop", "name": { "ko": "가게", "en": "Shop" }, "use_class": "age", "client_id": "x509_san_dns:s",
            "host": "s.example", "verified_by": "registration",
        },
        "purposes": [{ "ko": "나이", "en": "Age" }],
        "documents": [{ "document": { "ko": "증", "en": "Card" }, "elements": [{ "ko": "이름", "en": "Name" }] }],
        "outcome": outcome,
    })
}

/// A line of something that was authorised as well.
fn authorised() -> Value {
    let mut line = line(&json!({ "is": "shared" }));
    let amount = json!({ "label": { "ko": "금액", "en": "Amount" }, "value": { "ko": "1원", "en": "KRW 1" } });
    line["transactions"] = json!([{ "kind": "k", "title": { "ko": "지급", "en": "Payment" }, "lines": [amount] }]);
    line
}

fn open(name: &str, record: &Value) -> Result<Wallet, Damaged> {
    Wallet::open([(name.to_owned(), record.to_string().into_bytes())])
}

/// Every way to each member of a record.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), member)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(place, item)| (place.to_string(), item)).collect(),
        _ => return,
    };
    for (name, member) in members {
        let at = format!("{at}/{name}");
        found.push(at.clone());
        pointers(member, &at, found);
    }
}

#[test]
fn a_card_is_read_as_it_is_written() {
    let record = card();
    let (_, read) = open("card.1", &record).unwrap().held_cards().remove(0);
    assert_eq!(serde_json::to_value(read).unwrap(), record);
}

#[test]
fn a_card_has_what_it_may_lack() {
    let mut least = card();
    for name in ["issuer", "client", "sign_in", "grant"] {
        least.as_object_mut().unwrap().remove(name);
    }
    least["batches"][0].as_object_mut().unwrap().remove("title");
    let (_, read) = open("card.1", &least).unwrap().held_cards().remove(0);
    assert_eq!(serde_json::to_value(read).unwrap(), least);
}

#[test]
fn lines_are_read_as_they_are_written() {
    let plain = ["shared", "unanswered", "prepared", "declined"].map(|is| json!({ "is": is }));
    let told = [json!({ "is": "refused", "code": "unregistered" }), json!({ "is": "failed", "status": 500 })];
    for outcome in plain.iter().chain(&told) {
        let wallet = open("shown.l1", &line(outcome)).unwrap();
        let read: Value = serde_json::from_str(&wallet.export_history(ExportAs::Json)).unwrap();
        assert_eq!(read, json!([line(outcome)]));
    }
    let read = open("shown.l1", &authorised()).unwrap().export_history(ExportAs::Json);
    assert_eq!(serde_json::from_str::<Value>(&read).unwrap(), json!([authorised()]));
}

#[test]
fn the_other_records_are_read() {
    open("prepared.1", &json!({ "url": "https://s.example", "body": "AA", "expires_at": null })).unwrap();
    open("prepared.1", &json!({ "url": "https://s.example", "body": "AA", "expires_at": "2026-11-21T09:00:00Z" }))
        .unwrap();
    open("answered", &json!({ "x": "2026-11-21T09:00:00Z" })).unwrap();
    assert_eq!(open("instance", &key("k9")).unwrap().keys().len(), 1);
}

#[test]
fn a_member_of_another_type_is_damage() {
    let shown = line(&json!({ "is": "failed", "status": 500 }));
    let records = [("card.1", card()), ("shown.l1", shown), ("shown.l2", authorised()), ("instance", key("k9"))];
    for (name, record) in records {
        let mut members = Vec::new();
        pointers(&record, "", &mut members);
        for member in members {
            // What the protocol keeps is the protocol's.
            if ["/grant/", "/sign_in/", "/attestation/", "/public/"].iter().any(|part| member.contains(part)) {
                continue;
            }
            let mut damaged = record.clone();
            *damaged.pointer_mut(&member).unwrap() = json!(-1);
            assert_eq!(open(name, &damaged).err(), Some(Damaged { name: name.to_owned() }), "{name} {member}");
        }
    }
}

#[test]
fn a_member_that_nobody_knows_is_damage() {
    for at in
        ["", "/device_key", "/issuer", "/client", "/batches/0", "/batches/1/state/deferred", "/batches/3/state/held"]
    {
        let mut damaged = card();
        damaged.pointer_mut(at).unwrap()["new"] = json!(1);
        assert!(open("card.1", &damaged).is_err(), "{at}");
    }
    let mut damaged = line(&json!({ "is": "shared" }));
    damaged["documents"][0]["new"] = json!(1);
    assert!(open("shown.l1", &damaged).is_err());
    for at in ["/transactions/0", "/transactions/0/lines/0"] {
        let mut damaged = authorised();
        damaged.pointer_mut(at).unwrap()["new"] = json!(1);
        assert!(open("shown.l1", &damaged).is_err(), "{at}");
    }
}

#[test]
fn a_member_that_must_be_there_is() {
    let mut found = Vec::new();
    let names: Vec<String> = card().as_object().unwrap().keys().cloned().collect();
    for name in names {
        let mut damaged = card();
        damaged.as_object_mut().unwrap().remove(&name);
        if open("card.1", &damaged).is_err() {
            found.push(name);
        }
    }
    assert_eq!(found, ["batches", "begun_at", "copies", "device_key", "link", "offer"]);
}
