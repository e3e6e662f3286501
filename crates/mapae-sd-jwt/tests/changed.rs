//! Whatever is changed on the way, nothing else is read out of it, and nothing panics.

use mapae_sd_jwt::{SdJwt, SdJwtPresentation};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::scene::{Forge, claims, digest, expectation, issued, issuer, verify};

#[test]
fn every_single_byte_change_of_a_presentation_is_refused() {
    let text = Forge::new().present();
    for place in 0..text.len() {
        let old = text.as_bytes()[place];
        for new in [old ^ 1, b'A', b'~', b'.', b'='] {
            if new != old {
                let mut changed = text.clone().into_bytes();
                changed[place] = new;
                let changed = String::from_utf8(changed).unwrap();
                assert!(verify(&changed, &expectation()).is_err(), "byte {place} as {new:#x}");
            }
        }
    }
}

#[test]
fn every_truncation_of_a_presentation_is_refused() {
    let text = Forge::new().present();
    for end in 0..text.len() {
        assert!(verify(&text[..end], &expectation()).is_err(), "{end} characters");
        assert!(verify(&text[end + 1..], &expectation()).is_err(), "without the first {}", end + 1);
    }
}

proptest! {
    #[test]
    fn a_random_byte_anywhere_is_refused(place in 0_usize..10_000, byte in 0_u8..128) {
        let text = Forge::new().present();
        let place = place % text.len();
        prop_assume!(text.as_bytes()[place] != byte);
        let mut changed = text.into_bytes();
        changed[place] = byte;
        prop_assert!(verify(&String::from_utf8(changed).unwrap(), &expectation()).is_err());
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in r"([A-Za-z0-9_.~=-]|eyJhbGciOiJFUzI1NiIsInR5cCI6ImRjK3NkLWp3dCJ9\.e30\.AA){0,60}") {
        drop(SdJwt::parse(&text));
        drop(SdJwtPresentation::parse(&text));
    }

    #[test]
    fn a_holders_altered_copy_is_refused_or_read_without_panic(place in 0_usize..10_000, byte in 32_u8..127) {
        let text = issued(&claims(), 1);
        let place = place % text.len();
        let mut changed = text.into_bytes();
        changed[place] = byte;
        let changed = String::from_utf8(changed).unwrap();
        drop(SdJwt::parse(&changed));
    }

    /// An issuer, honest or not, signs any JSON: the walk over it ends, and digests never remain.
    #[test]
    fn any_signed_payload_is_processed_or_refused(claim in digest_like()) {
        let mut forge = Forge::new();
        forge.payload["claim"] = claim;
        let presented = forge.present();
        let issuer_verified = SdJwtPresentation::parse(&presented).unwrap().verify_issuer(issuer().public()).unwrap();
        if let Ok(processed) = issuer_verified.process() {
            let claims = processed.verify_holder(&expectation()).unwrap().into_claims();
            let text = serde_json::to_string(&claims).unwrap();
            prop_assert!(!["\"_sd\"", "\"...\"", "\"_sd_alg\""].iter().any(|name| text.contains(name)), "{}", text);
        }
    }
}

/// JSON made of the parts that the walk looks for.
fn digest_like() -> impl Strategy<Value = Value> {
    let digests =
        prop::sample::select(vec![digest("x"), digest("y"), Forge::new().disclosures[0].clone(), "z".to_owned()]);
    let leaf = prop_oneof![Just(Value::Null), Just(json!([])), digests.prop_map(Value::from)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let names = prop::sample::select(vec!["_sd", "...", "a", "b", "c", "_sd_alg"]).prop_map(str::to_owned);
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            3 => inner.clone().prop_map(|value| json!({"...": value})),
            3 => prop::collection::vec(inner.clone(), 0..3).prop_map(|values| json!({"_sd": values})),
            1 => prop::collection::btree_map(names, inner, 0..3).prop_map(|map| map.into_iter().collect()),
        ]
    })
}
