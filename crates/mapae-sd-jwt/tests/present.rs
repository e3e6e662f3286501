//! What a holder shows.

use mapae_crypto::Algorithm;
use mapae_jose::{JwsError, Value, base64url, json};
use mapae_sd_jwt::{HolderFault, IssuerFault, KeyBinding, PathElement, PresentError, SdJwt, SdJwtError};
use serde_json::json;

use crate::scene::{
    AUDIENCE, Forge, NONCE, NOW, at, claims, digest, expectation, holder, issued, issuer, plain_claims, stranger,
    verify,
};

use PathElement::{Every, Index, Name};

fn present(paths: &[&[PathElement<'_>]]) -> String {
    let text = issued(&claims(), 5);
    let selected = SdJwt::parse(&text).unwrap().select(paths).unwrap();
    let unsigned =
        selected.bind(Algorithm::Es256, &KeyBinding { audience: AUDIENCE, nonce: NONCE, issued_at: at(NOW) });
    let signature = holder().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

/// The claims about the person that a verifier gets.
fn shown(paths: &[&[PathElement<'_>]]) -> Value {
    let claims = verify(&present(paths), &expectation()).unwrap().into_claims();
    let names = ["family_name", "address", "age_equal_or_over", "nationalities", "issuing_country"];
    Value::Object(claims.into_iter().filter(|(name, _)| names.contains(&name.as_str())).collect())
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut open = json!({"age_equal_or_over": {}, "nationalities": ["XX"], "issuing_country": "KR"});
    for (name, value) in changes {
        open[*name] = value.clone();
    }
    open
}

#[test]
fn nothing_selected_shows_what_is_always_open() {
    assert_eq!(shown(&[]), with(&[]));
}

#[test]
fn a_selected_claim_is_shown_and_no_other() {
    assert_eq!(shown(&[&[Name("family_name")]]), with(&[("family_name", json!("홍"))]));
    assert_eq!(shown(&[&[Name("age_equal_or_over"), Name("18")]]), with(&[("age_equal_or_over", json!({"18": true}))]));
}

#[test]
fn a_nested_claim_brings_the_disclosure_that_leads_to_it() {
    let address = json!({"locality": "Seoul", "country": "KR"});
    assert_eq!(shown(&[&[Name("address"), Name("locality")]]), with(&[("address", address)]));
}

#[test]
fn a_claim_brings_all_that_is_inside_it_but_a_sibling_does_not() {
    let address = json!({"locality": "Seoul", "country": "KR"});
    assert_eq!(shown(&[&[Name("address")]]), with(&[("address", address)]));
    assert_eq!(shown(&[&[Name("address"), Name("country")]]), with(&[("address", json!({"country": "KR"}))]));
}

#[test]
fn elements_of_an_array_are_chosen_one_by_one_or_all() {
    let nationalities = |list| with(&[("nationalities", list)]);
    assert_eq!(shown(&[&[Name("nationalities"), Index(1)]]), nationalities(json!(["DE", "XX"])));
    assert_eq!(shown(&[&[Name("nationalities"), Every]]), nationalities(json!(["KR", "DE", "XX"])));
    assert_eq!(shown(&[&[Name("nationalities"), Index(2)]]), nationalities(json!(["XX"])));
}

#[test]
fn everything_selected_shows_everything() {
    let all = ["family_name", "address", "age_equal_or_over", "nationalities"].map(|name| [Name(name)]);
    let paths: Vec<&[PathElement<'_>]> = all.iter().map(<[_; 1]>::as_slice).collect();
    assert_eq!(shown(&paths), plain_claims());
}

#[test]
fn a_path_to_nowhere_is_refused_not_passed_over() {
    let text = issued(&claims(), 5);
    let held = SdJwt::parse(&text).unwrap();
    for path in [
        &[][..],
        &[Name("unknown")],
        &[Every],
        &[Name("family_name"), Name("first")],
        &[Name("nationalities"), Index(3)],
        &[Name("address"), Every],
    ] {
        let refused = held.select(&[&[Name("family_name")], path]).unwrap_err();
        assert_eq!(refused, PresentError::NoSuchClaim { index: 1 }, "{path:?}");
    }
}

#[test]
fn the_key_binding_says_what_for_whom_and_when() {
    let text = present(&[&[Name("family_name")]]);
    let (bound, binding) = text.rsplit_once('~').unwrap();
    let part = |i: usize| json::parse(&base64url::decode(binding.split('.').nth(i).unwrap()).unwrap()).unwrap();
    assert_eq!(part(0), json!({"alg": "ES256", "typ": "kb+jwt"}));
    let sd_hash = digest(&format!("{bound}~"));
    assert_eq!(part(1), json!({"iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": sd_hash}));
}

#[test]
fn claims_that_a_protocol_adds_are_signed_and_replace_none_that_binds() {
    let text = issued(&claims(), 5);
    let selected = SdJwt::parse(&text).unwrap().select(&[]).unwrap();
    let binding = KeyBinding { audience: AUDIENCE, nonce: NONCE, issued_at: at(NOW) };
    let added = vec![("transaction_data_hashes", json!(["h"])), ("nonce", json!("another")), ("sd_hash", json!("x"))];
    let unsigned = selected.bind_with(Algorithm::Es256, &binding, added);
    let signature = holder().sign(unsigned.to_be_signed()).unwrap();
    let shown = unsigned.attach(&signature);
    let payload = base64url::decode(shown.rsplit('~').next().unwrap().split('.').nth(1).unwrap()).unwrap();
    let payload = json::parse(&payload).unwrap();
    assert_eq!((&payload["transaction_data_hashes"], &payload["nonce"]), (&json!(["h"]), &json!(NONCE)));
    assert_ne!(payload["sd_hash"], "x");
    verify(&shown, &expectation()).unwrap();
}

#[test]
fn a_holder_accepts_what_the_issuer_made_for_it() {
    let text = issued(&claims(), 5);
    let held = SdJwt::accept(&text, issuer().public(), holder().public()).unwrap();
    assert_eq!(held.vct(), crate::scene::VCT);
    assert_eq!(held.holder().public_key(), holder().public());
    assert!(!format!("{held:?}").contains('홍'));
}

#[test]
fn a_holder_refuses_a_credential_of_another_issuer_or_for_another_key() {
    let text = issued(&claims(), 5);
    let forged = SdJwt::accept(&text, stranger().public(), holder().public()).unwrap_err();
    assert_eq!(forged, IssuerFault::Jws(JwsError::SignatureInvalid).into());
    let misdirected = SdJwt::accept(&text, issuer().public(), stranger().public()).unwrap_err();
    assert_eq!(misdirected, HolderFault::OtherHolderKey.into());
}

#[test]
fn a_holder_refuses_a_presentation_and_disclosures_that_belong_nowhere() {
    let forge = Forge::new();
    let presented = SdJwt::parse(&forge.present()).unwrap_err();
    assert_eq!(presented, HolderFault::KeyBindingPresent.into());
    SdJwt::parse(&forge.bound()).unwrap();
    let stray = SdJwt::parse(&(forge.bound() + "WyJzIiwiYSIsMV0~")).unwrap_err();
    assert_eq!(stray, SdJwtError::Holder(HolderFault::DisclosureUnreferenced { index: 2 }));
}
