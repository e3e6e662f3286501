//! Every alteration that is offered is noticed, by the rule that is meant.

use mapae_inspect::inspect;
use mapae_reader::tries;
use serde_json::Value;
use testkit::{Format, World, now};

use crate::scene::verdict;

const SHOWN: [&str; 4] = ["family_name", "birth_date", "portrait", "age_over_19"];

/// What is offered, and the code that stops each.
fn codes(format: Format) -> Vec<(String, &'static str)> {
    let world = World::new();
    let shown = world.request.answer(&world.issue(format), &SHOWN);
    assert!(verdict(&world, &shown, now()).is_ok(), "what is altered holds before");
    let tree = inspect(&shown).unwrap();
    let code = |one: &Value| {
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let path: Vec<usize> = one["path"].as_array().unwrap().iter().map(number).collect();
        let byte = u8::try_from(number(&one["byte"])).unwrap();
        let place = tree.find(&path).unwrap().place().unwrap();
        let altered = place.change(&shown, number(&one["index"]), byte).unwrap();
        verdict(&world, &altered, now()).map_or_else(|reason| reason.code(), |_| "held")
    };
    let offered = tries(&shown, &tree);
    offered.as_array().unwrap().iter().map(|one| (one["id"].as_str().unwrap().to_owned(), code(one))).collect()
}

fn expect(format: Format, expected: &[(&str, &str)]) {
    let expected: Vec<(String, &str)> = expected.iter().map(|(id, code)| ((*id).to_owned(), *code)).collect();
    assert_eq!(codes(format), expected);
}

#[test]
fn alterations_of_an_mdoc_are_stopped_by_their_rules() {
    expect(
        Format::Mdoc,
        &[
            ("name", "digest_mismatch"),
            ("birth_date", "digest_mismatch"),
            ("portrait", "digest_mismatch"),
            ("digest", "issuer_signature_invalid"),
            ("expiry", "issuer_signature_invalid"),
            ("status", "issuer_signature_invalid"),
            ("issuer_signature", "issuer_signature_invalid"),
            ("certificate", "signer_certificate_invalid"),
            ("holder", "holder_binding_invalid"),
            ("device_key", "issuer_signature_invalid"),
        ],
    );
}

#[test]
fn alterations_of_an_sd_jwt_are_stopped_by_their_rules() {
    expect(
        Format::SdJwt,
        &[
            ("name", "digest_missing"),
            ("birth_date", "digest_missing"),
            ("portrait", "digest_missing"),
            ("digest", "issuer_signature_invalid"),
            ("expiry", "issuer_signature_invalid"),
            ("status", "issuer_signature_invalid"),
            ("issuer_signature", "issuer_signature_invalid"),
            ("certificate", "signer_certificate_invalid"),
            ("nonce", "holder_binding_invalid"),
            ("holder", "holder_binding_invalid"),
        ],
    );
}

#[test]
fn nothing_is_offered_of_what_is_no_presentation() {
    let tree = inspect(br#"{ "nonce": "a" }"#).unwrap();
    assert_eq!(tries(b"{}", &tree).as_array().unwrap().len(), 0);
}
