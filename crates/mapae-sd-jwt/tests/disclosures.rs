//! Rules about disclosures and digests (RFC 9901 §7.1 steps 3 to 5): each broken alone.

use mapae_jose::{Value, base64url, json::MAX_DEPTH};
use mapae_sd_jwt::{HolderFault, IssuerFault, MAX_DISCLOSURES, MAX_LEN, SdJwtError};
use serde_json::json;

use crate::scene::{Forge, digest, disclosure, expectation, verify};

fn issuer_fault(change: impl FnOnce(&mut Forge)) -> IssuerFault {
    match Forge::with(change).refusal() {
        SdJwtError::Issuer(fault) => fault,
        other => panic!("{other:?}"),
    }
}

fn holder_fault(change: impl FnOnce(&mut Forge)) -> HolderFault {
    match Forge::with(change).refusal() {
        SdJwtError::Holder(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_disclosed_leaves_no_trace() {
    let verified = Forge::with(|forge| forge.disclosures.clear()).verify().unwrap();
    assert!(!verified.claims().contains_key("family_name"));
    assert_eq!(verified.claims()["nationalities"], json!(["XX"]));
}

#[test]
fn an_object_whose_members_are_all_withheld_becomes_empty() {
    let verified =
        Forge::with(|forge| forge.payload["address"] = json!({"_sd": [digest("withheld")]})).verify().unwrap();
    assert_eq!(verified.claims()["address"], json!({}));
}

#[test]
fn a_disclosure_inside_another_is_put_in_its_place() {
    let inner = disclosure(&json!(["s", "locality", "Seoul"]));
    let element = disclosure(&json!(["s", {"a": 1}]));
    let verified = Forge::with(|forge| {
        let address = json!({"_sd": [digest(&inner)], "lines": [{"...": digest(&element)}, {"...": digest("none")}]});
        forge.disclose(&json!(["s", "address", address]));
        forge.disclosures.extend([inner, element]);
    })
    .verify()
    .unwrap();
    assert_eq!(verified.claims()["address"], json!({"locality": "Seoul", "lines": [{"a": 1}]}));
}

#[test]
fn peer_hole_22_a_disclosure_that_no_digest_references_is_refused() {
    let stray = disclosure(&json!(["s", "is_admin", true]));
    assert_eq!(holder_fault(|f| f.disclosures.insert(0, stray)), HolderFault::DisclosureUnreferenced { index: 0 });
    let garbage = HolderFault::DisclosureUnreferenced { index: 2 };
    assert_eq!(holder_fault(|forge| forge.disclosures.push("not*base64".into())), garbage);
}

#[test]
fn a_nested_disclosure_without_the_one_that_leads_to_it_is_refused() {
    let inner = disclosure(&json!(["s", "locality", "Seoul"]));
    let refused = holder_fault(|forge| {
        forge.disclose(&json!(["s", "address", {"_sd": [digest(&inner)]}]));
        forge.disclosures[2] = inner;
    });
    assert_eq!(refused, HolderFault::DisclosureUnreferenced { index: 2 });
}

#[test]
fn peer_hole_04_an_edited_disclosure_is_refused() {
    let edited = disclosure(&json!(["salt-1", "family_name", "Kim"]));
    assert_eq!(holder_fault(|forge| forge.disclosures[0] = edited), HolderFault::DisclosureUnreferenced { index: 0 });
}

#[test]
fn a_disclosure_sent_twice_is_refused() {
    let refused = holder_fault(|forge| forge.disclosures.push(forge.disclosures[0].clone()));
    assert_eq!(refused, HolderFault::DisclosureRepeated { index: 2 });
}

#[test]
fn a_digest_that_occurs_twice_is_refused() {
    let name = Forge::new().disclosures[0].clone();
    let nested = json!({"_sd": [digest(&name)]});
    for change in [
        Box::new(|forge: &mut Forge| forge.digests().push(digest("a decoy").into())) as Box<dyn FnOnce(&mut Forge)>,
        Box::new(|forge: &mut Forge| forge.digests().push(digest(&name).into())),
        Box::new(|forge: &mut Forge| forge.payload["address"] = nested.clone()),
        Box::new(|forge: &mut Forge| forge.payload["list"] = json!([{"...": digest("a decoy")}])),
        Box::new(|forge: &mut Forge| forge.disclose(&json!(["s", "address", nested.clone()]))),
    ] {
        assert_eq!(issuer_fault(change), IssuerFault::DigestRepeated);
    }
}

#[test]
fn a_disclosure_that_is_no_array_with_a_salt_is_refused() {
    for text in [
        disclosure(&json!({"salt": "s"})),
        disclosure(&json!("s")),
        disclosure(&json!([])),
        disclosure(&json!([1, "name", "value"])),
        base64url::encode("[\"s\",\"name\",1] "),
        base64url::encode("[\"s\",\"name\",1]x"),
        base64url::encode("[\"s\",\"name\",{\"a\":1,\"a\":2}]"),
        base64url::encode(b"[\"s\",\"name\",\"\xff\"]"),
        "!!!".to_owned(),
        disclosure(&json!(["s", "name", 1])) + "=",
    ] {
        let change = |forge: &mut Forge| {
            forge.digests().push(digest(&text).into());
            forge.disclosures.push(text.clone());
        };
        if base64url::decode(&text).is_ok_and(|json| json.ends_with(b"] ")) {
            // White space around JSON is JSON.
            Forge::with(change).verify().unwrap();
        } else {
            assert_eq!(issuer_fault(change), IssuerFault::DisclosureUnreadable { index: 2 }, "{text}");
        }
    }
}

#[test]
fn a_member_needs_three_elements_and_an_array_element_two() {
    for (array, found) in [(json!(["s"]), 1), (json!(["s", "v"]), 2), (json!(["s", "n", "v", "w"]), 4)] {
        let refused = IssuerFault::DisclosureLength { index: 2, expected: 3, found };
        assert_eq!(issuer_fault(|forge| forge.disclose(&array)), refused);
    }
    for (array, found) in [(json!(["s"]), 1), (json!(["s", "n", "v"]), 3)] {
        let refused = issuer_fault(|forge| {
            forge.disclosures[1] = disclosure(&array);
            forge.payload["nationalities"] = json!([{"...": digest(&forge.disclosures[1])}]);
        });
        assert_eq!(refused, IssuerFault::DisclosureLength { index: 1, expected: 2, found });
    }
}

#[test]
fn a_claim_named_like_a_digest_is_refused() {
    for name in [json!("_sd"), json!("..."), json!(1), json!(null)] {
        let refused = issuer_fault(|forge| forge.disclose(&json!(["s", name, 1])));
        assert_eq!(refused, IssuerFault::NameForbidden { index: 2 });
    }
}

#[test]
fn a_claim_that_already_exists_at_its_level_is_refused() {
    let taken = IssuerFault::NameTaken { index: 2 };
    assert_eq!(issuer_fault(|forge| forge.disclose(&json!(["s", "nationalities", []]))), taken);
    assert_eq!(issuer_fault(|forge| forge.disclose(&json!(["s", "family_name", "Kim"]))), taken);
    // The same name at another level is another claim.
    let nested = disclosure(&json!(["s", "family_name", "Kim"]));
    let forge = Forge::with(|forge| {
        forge.payload["parent"] = json!({"_sd": [digest(&nested)]});
        forge.disclosures.push(nested);
    });
    assert_eq!(forge.verify().unwrap().claims()["parent"], json!({"family_name": "Kim"}));
}

#[test]
fn claims_on_which_validity_rests_cannot_come_from_a_disclosure() {
    for name in ["iss", "nbf", "exp", "status", "vct#integrity"] {
        let refused = issuer_fault(|forge| {
            forge.remove(name);
            forge.disclose(&json!(["s", name, "x"]));
        });
        assert_eq!(refused, IssuerFault::NeverSelective { name });
    }
    // These two are missing before a disclosure is looked at.
    for (name, fault) in [("vct", IssuerFault::ClaimMalformed { name: "vct" }), ("cnf", IssuerFault::HolderKeyMissing)]
    {
        let refused = issuer_fault(|forge| {
            let value = forge.payload[name].clone();
            forge.remove(name);
            forge.disclose(&json!(["s", name, value]));
        });
        assert_eq!(refused, fault);
    }
    let hash = issuer_fault(|forge| {
        forge.remove("_sd_alg");
        forge.disclose(&json!(["s", "_sd_alg", "sha-256"]));
    });
    assert_eq!(hash, IssuerFault::NeverSelective { name: "_sd_alg" });
}

#[test]
fn the_same_names_below_the_top_level_are_ordinary_claims_and_iat_may_be_disclosed() {
    let nested = disclosure(&json!(["s", "status", "married"]));
    let verified = Forge::with(|forge| {
        forge.payload["person"] = json!({"_sd": [digest(&nested)]});
        forge.disclosures.push(nested);
        forge.remove("iat");
        forge.disclose(&json!(["s", "iat", 1_700_000_000]));
        forge.disclose(&json!(["s", "sub", "me"]));
    })
    .verify()
    .unwrap();
    assert_eq!(verified.claims()["person"]["status"], "married");
    assert_eq!(verified.issued_at().unwrap().unix(), 1_700_000_000);
}

#[test]
fn digests_of_another_shape_are_refused() {
    for digests in [json!("x"), json!({}), json!(null), json!([1]), json!([["x"]])] {
        let forge = Forge::with(|forge| {
            forge.payload["_sd"] = digests.clone();
            forge.disclosures.remove(0);
        });
        assert_eq!(forge.refusal(), IssuerFault::DigestsMalformed.into(), "{digests}");
    }
    let empty = Forge::with(|forge| {
        forge.payload["_sd"] = json!([]);
        forge.disclosures.remove(0);
    });
    empty.verify().unwrap();
}

#[test]
fn a_placeholder_of_another_shape_or_in_another_place_is_refused() {
    for claim in [
        json!([{"...": 1}]),
        json!([{"...": digest("x"), "more": 1}]),
        json!({"...": digest("x")}),
        json!({"deep": {"...": 1}}),
    ] {
        let refused = issuer_fault(|forge| forge.payload["claim"] = claim.clone());
        assert_eq!(refused, IssuerFault::PlaceholderMalformed, "{claim}");
    }
    // A disclosed element that is a placeholder itself has no array to stand in.
    let inner = disclosure(&json!(["s", "KR"]));
    let refused = issuer_fault(|forge| {
        let outer = disclosure(&json!(["s", {"...": digest(&inner)}]));
        forge.payload["claim"] = json!([{"...": digest(&outer)}]);
        forge.disclosures.extend([outer, inner]);
    });
    assert_eq!(refused, IssuerFault::PlaceholderMalformed);
}

#[test]
fn a_hash_algorithm_below_the_top_level_is_refused() {
    let nested = issuer_fault(|forge| forge.payload["address"] = json!({"_sd_alg": "sha-256"}));
    assert_eq!(nested, IssuerFault::HashNested);
    let inner = disclosure(&json!(["s", "_sd_alg", "sha-256"]));
    let disclosed = issuer_fault(|forge| {
        forge.payload["address"] = json!({"_sd": [digest(&inner)]});
        forge.disclosures.push(inner);
    });
    assert_eq!(disclosed, IssuerFault::HashNested);
}

/// `{"a":{"a":…}}` with the innermost object holding the digest of the next link.
fn nested(levels: usize, digest: Option<String>) -> Value {
    let innermost = digest.map_or(json!({}), |digest| json!({"_sd": [digest]}));
    (1..levels).fold(innermost, |value, _| json!({"a": value}))
}

#[test]
fn peer_hole_16_disclosures_that_nest_deeply_together_are_refused() {
    let chain = |levels: usize| {
        let inner = disclosure(&json!(["s", "x", nested(levels, None)]));
        let outer = disclosure(&json!(["s", "chain", nested(16, Some(digest(&inner)))]));
        Forge::with(|forge| {
            forge.digests().push(digest(&outer).into());
            forge.disclosures.extend([inner, outer]);
        })
    };
    // One level for the payload, 16 for the first link.
    chain(MAX_DEPTH - 17).verify().unwrap();
    assert_eq!(chain(MAX_DEPTH - 16).refusal(), IssuerFault::TooDeep { limit: MAX_DEPTH }.into());
}

#[test]
fn a_single_deep_disclosure_cannot_be_read() {
    // The array of the disclosure counts as one level.
    Forge::with(|forge| forge.disclose(&json!(["s", "deep", nested(MAX_DEPTH - 1, None)]))).verify().unwrap();
    let refused = issuer_fault(|forge| forge.disclose(&json!(["s", "deep", nested(MAX_DEPTH, None)])));
    assert_eq!(refused, IssuerFault::DisclosureUnreadable { index: 2 });
}

#[test]
fn more_disclosures_than_the_limit_are_refused() {
    let many = |count: usize| {
        Forge::with(|forge| {
            for i in 2..count {
                forge.disclose(&json!(["s", format!("claim-{i}"), i]));
            }
        })
    };
    many(MAX_DISCLOSURES).verify().unwrap();
    let refused = HolderFault::TooManyDisclosures { found: MAX_DISCLOSURES + 1, limit: MAX_DISCLOSURES };
    assert_eq!(many(MAX_DISCLOSURES + 1).refusal(), refused.into());
}

#[test]
fn a_presentation_over_the_length_limit_is_refused() {
    let long = Forge::new().present() + &"A".repeat(MAX_LEN);
    let refused = verify(&long, &expectation()).unwrap_err();
    assert_eq!(refused, HolderFault::TooLong { len: long.len(), limit: MAX_LEN }.into());
}

#[test]
fn an_outer_form_that_is_not_an_sd_jwts_is_refused() {
    let text = Forge::new().present();
    let jwt = text.split('~').next().unwrap();
    for bad in ["", jwt, &text.replacen('~', "~~", 1)] {
        assert_eq!(verify(bad, &expectation()).unwrap_err(), HolderFault::NotSdJwt.into());
    }
    assert!(verify(&format!("~{text}"), &expectation()).is_err());
}
