//! Load on an issuer, small: every document is issued, stands in the store, and no copy twice. Never how fast.

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
