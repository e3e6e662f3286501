//! Load on an issuer and on a verifier, small: every document is issued, stands in the store, and no copy twice; every session
//! comes to its holder's claims. Never how fast.

use serde_json::Value;

use crate::sandbox::Sandbox;

fn load(arguments: &str) -> Value {
    let ran = Sandbox::empty().ok(&format!("load issue --json --dir . {arguments}"));
    ran.json()
}

#[test]
fn two_thousand_phones_get_a_copy_each() {
    let said = load("--profile A --requests 2000");
    assert_eq!((&said["redeemed"], &said["failed"]), (&2000.into(), &0.into()), "{said:#}");
    assert_eq!(said["verified"]["dpop"], 4000, "for the token and for the copy");
    assert_eq!((&said["verified"]["proofs"], &said["signed"]), (&2000.into(), &2000.into()));
    // All copies were looked at, for their keys and their status, and the store was asked about everybody.
    assert_eq!((&said["checked"]["copies"], &said["checked"]["people"]), (&2000.into(), &2000.into()));
}

#[test]
fn phones_get_ten_copies_of_both_formats_by_one_attestation_each() {
    let said = load("--profile B --requests 20 --in-flight 5");
    assert_eq!((&said["redeemed"], &said["signed"]), (&20.into(), &400.into()), "{said:#}");
    assert_eq!((&said["verified"]["attestations"], &said["verified"]["proofs"]), (&40.into(), &0.into()));
    assert_eq!((&said["checked"]["copies"], &said["checked"]["people"]), (&400.into(), &20.into()));
}

#[test]
fn phones_get_ten_copies_of_both_formats_by_a_proof_each() {
    let said = load("--profile C --requests 20 --in-flight 5 --commit-delay 2ms");
    assert_eq!((&said["redeemed"], &said["signed"]), (&20.into(), &400.into()), "{said:#}");
    assert_eq!((&said["verified"]["attestations"], &said["verified"]["proofs"]), (&0.into(), &400.into()));
    assert_eq!((&said["checked"]["copies"], &said["checked"]["people"]), (&400.into(), &20.into()));
}

#[test]
fn a_run_against_an_issuer_of_others_needs_its_office() {
    let ran = Sandbox::empty().run("load issue --profile A --issuer http://127.0.0.1:1");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("--office"), "{}", ran.stderr);
}

fn sessions(arguments: &str) -> Value {
    let ran = Sandbox::empty().ok(&format!("load verify --json --dir . --people 4 {arguments}"));
    ran.json()
}

#[test]
fn every_session_comes_to_its_holders_claims() {
    for (flow, open) in [("same-device", 20), ("cross-device", 0)] {
        let said = sessions(&format!("--sessions 24 --in-flight 6 --flow {flow} --open {open}"));
        assert_eq!((&said["done"], &said["failed"]), (&24.into(), &0.into()), "{said:#}");
        assert_eq!((&said["store"], &said["target"]), (&"SQLite".into(), &1.8.into()));
        let open_sessions = if open == 0 { Value::Null } else { open.into() };
        assert_eq!(said["open"]["sessions"], open_sessions);
        for step in ["begin", "request", "answer", "result"] {
            let of = |name: &str| said["steps"][step][name].as_f64().unwrap();
            assert!(of("p50_us") > 0.0 && of("p50_us") <= of("p99_us"), "{step}: {said:#}");
        }
        // What is compared with what: a key, a signature, an agreement, two verifications, and what is sealed and hashed.
        let cost = |name: &str| said["cryptography"][name].as_f64().unwrap();
        let signed = cost("keygen_us") + cost("sign_us") + cost("agree_us") + 2.0 * cost("verify_us");
        assert!((cost("asymmetric_us") - signed).abs() < 1e-6);
        let session = signed + 4.0 * cost("aead_4k_us") + 2.0 * cost("hash_4k_us");
        assert!((cost("session_us") - session).abs() < 1e-6);
        let ratio = said["verifier_cpu_us"].as_f64().unwrap() / session;
        assert!((said["verifier_over_cryptography"].as_f64().unwrap() - ratio).abs() < 1e-6);
    }
}

#[test]
fn a_verifier_that_takes_more_than_its_target_fails_the_check() {
    // Few sessions on a program that is not optimised: far above any target.
    let ran = Sandbox::empty().run("load verify --dir . --people 1 --sessions 8 --in-flight 2 --open 0 --check");
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("8 of 8 sessions") && ran.stderr.contains("are allowed"), "{}", ran.stderr);
}

#[test]
fn replicas_take_a_store_that_they_can_share() {
    let ran = Sandbox::empty().run("load verify --replicas 2 --dir .");
    assert!(ran.code == 64 && ran.stderr.contains("postgres://"), "{}", ran.stderr);
}
