//! Continuity orders as files alone, with every server burnt.

use crate::{
    ledger::{AGENCIES, agencies},
    sandbox::{Ran, Sandbox, T0},
};

/// A policy and three agencies; no ledger was ever served.
fn founded() -> Sandbox {
    let sandbox = agencies();
    let witness = |id: &str| format!("--witness {id}/witness/witness.vkey");
    let witnesses = ["interior", "transport", "welfare"].map(witness).join(" ");
    sandbox.ok(&format!("ledger found --log log {witnesses} --threshold 2 {AGENCIES} --out founded --at {T0}"));
    sandbox
}

const TERMS: &str = "--id 2026-01 --class low=70d --class substantial=40d --until 2026-12-07T00:00:00Z \
                     --reason-ko 화재 --reason-en Fire --policy founded/policy.txt";

fn sign(sandbox: &Sandbox, more: &str) -> Ran {
    sandbox.run(&format!("order sign --json {more} --at {T0}"))
}

#[test]
fn agencies_sign_the_same_order_apart_and_combine() {
    let sandbox = founded();
    let ran = sign(&sandbox, &format!("{TERMS} --agency interior --out one"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let order = ran.json();
    assert_eq!((&order["id"], &order["ledger"]), (&"2026-01".into(), &"ledger.example".into()));
    assert_eq!((order["from"].as_str(), order["until"].as_str()), (Some(T0), Some("2026-12-07T00:00:00Z")));
    assert_eq!(order["classes"][0], serde_json::json!({ "name": "low", "usable_for_seconds": 70 * 86_400 }));
    // Hours later, elsewhere: the terms are the first one's, its time included.
    let second = sandbox.ok("order sign --json --same-as one --agency welfare --out two").json();
    assert_eq!(second["signed_by"], serde_json::json!(["interior", "welfare"]));
    sandbox.ok("order sign --same-as one --agency transport --out three");
    let combined = sandbox.ok("order combine --json two three --out order").json();
    assert_eq!(combined["signed_by"], serde_json::json!(["interior", "transport", "welfare"]));
    assert_eq!(combined["issued_at"], T0);
}

#[test]
fn orders_of_other_terms_are_not_one() {
    let sandbox = founded();
    assert_eq!(sign(&sandbox, &format!("{TERMS} --agency interior --out one")).code, 0);
    let other = TERMS.replace("low=70d", "low=69d");
    assert_eq!(sign(&sandbox, &format!("{other} --agency welfare --out two")).code, 0);
    let ran = sandbox.run("order combine one two --out order");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("other terms") && !sandbox.path("order").exists(), "{}", ran.stderr);
}

/// What an order is for is in it: signers who are known as compromised stay refused.
#[test]
fn compromised_signers_are_named() {
    let sandbox = founded();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    let more = "--compromised A/document-signer.pem --compromised A/document-signer.pem --agency interior --out one";
    let ran = sign(&sandbox, &format!("{TERMS} {more}"));
    assert_eq!((ran.code, &ran.json()["compromised"]), (0, &1.into()), "{}", ran.stderr);
    assert!(ran.stderr.contains("only the compromised signers that --compromised gives"), "{}", ran.stderr);
}

#[test]
fn an_order_that_cannot_be_is_not_signed() {
    let sandbox = founded();
    for (from, to) in [
        ("low=70d", "low=71d"),
        ("low=70d", "low"),
        ("substantial", "low"),
        ("2026-12-07T00:00:00Z", "2026-12-08T00:00:00Z"),
        ("2026-12-07T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("--id 2026-01 ", ""),
        ("--id 2026-01 ", "--id a/b "),
        ("--reason-en Fire ", ""),
        (" --policy founded/policy.txt", ""),
        ("founded/policy.txt", "log/log.vkey"),
    ] {
        let terms = TERMS.replace(from, to);
        let ran = sign(&sandbox, &format!("{terms} --agency interior --out one"));
        assert_eq!(ran.code, 64, "{from} → {to}: {}", ran.stderr);
        assert!(!sandbox.path("one").exists(), "{from} → {to}: something was left");
    }
}

#[test]
fn what_is_no_order_is_wrong_usage() {
    let sandbox = founded();
    assert_eq!(sign(&sandbox, &format!("{TERMS} --agency interior --out one")).code, 0);
    let order = sandbox.read("one");
    sandbox.write("one", &order[..order.len() - 1]);
    for nonsense in [
        "order combine one --out two",
        "order combine founded/founding.cbor --out two",
        "order combine --out two",
        "order sign --same-as one --agency welfare --out two",
        "order sign --same-as founded/founding.cbor --agency welfare --out two",
        "order sign --same-as one --id 2 --agency welfare --out two",
    ] {
        assert_eq!(sandbox.run(nonsense).code, 64, "{nonsense}");
        assert!(!sandbox.path("two").exists(), "{nonsense}");
    }
}
