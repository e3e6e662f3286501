//! Whether a credential that holds is what was asked for.

use mapae_dcql::{DcqlQuery, Mismatch};
use mapae_jose::base64url;
use mapae_verify::{NotVerified, Policy, Refusal};
use serde_json::{Value, json};
use testkit::{BOTH, Format, Request, World, document, now};

use crate::code;

/// The verdict on a resident card that shows a name and an age.
fn asked(format: Format, query: &DcqlQuery) -> Result<(), NotVerified> {
    let world = World::new();
    world.verify_with(&world.show(format), now(), &Policy::default().asking(query)).map(drop)
}

fn mismatch(format: Format, query: &DcqlQuery) -> Mismatch {
    let refused = asked(format, query).unwrap_err();
    assert_eq!(refused.code(), "not_what_was_asked");
    let NotVerified::Refused(Refusal::NotAsked(mismatch)) = refused else { panic!("{refused:?}") };
    mismatch
}

/// A query with members more in its only credential.
fn with_members(query: &DcqlQuery, members: &[(&str, Value)]) -> DcqlQuery {
    let mut json = query.to_json();
    for (name, value) in members {
        json["credentials"][0][name] = value.clone();
    }
    DcqlQuery::from_json(&json).unwrap()
}

#[test]
fn what_was_asked_for_holds() {
    for format in BOTH {
        for attributes in [&["age_over_19"][..], &["family_name", "age_over_19"]] {
            assert_eq!(asked(format, &Request::query(format, document("resident"), attributes)), Ok(()));
        }
    }
}

#[test]
fn another_document_than_asked_for_is_refused() {
    for format in BOTH {
        let query = Request::query(format, document("licence"), &["family_name"]);
        assert_eq!(mismatch(format, &query), Mismatch::Type);
    }
}

#[test]
fn another_format_than_asked_for_is_refused() {
    for (asked, shown) in [(Format::Mdoc, Format::SdJwt), (Format::SdJwt, Format::Mdoc)] {
        let query = Request::query(asked, document("resident"), &["family_name"]);
        assert_eq!(mismatch(shown, &query), Mismatch::Format);
    }
}

#[test]
fn a_claim_that_was_asked_for_and_not_shown_is_refused() {
    for format in BOTH {
        let query = Request::query(format, document("resident"), &["family_name", "sex"]);
        assert!(matches!(mismatch(format, &query), Mismatch::Claim { .. }));
    }
}

#[test]
fn one_of_several_queries_is_enough() {
    for format in BOTH {
        let query = |name, id: &str| {
            let query = with_members(&Request::query(format, document(name), &["family_name"]), &[("id", json!(id))]);
            query.to_json()["credentials"][0].clone()
        };
        let either = json!({ "credentials": [query("licence", "a"), query("resident", "b")] });
        assert_eq!(asked(format, &DcqlQuery::from_json(&either).unwrap()), Ok(()));
    }
}

/// The claims of a query are compared before those about the credential are taken away.
#[test]
fn a_query_for_a_claim_about_the_credential_is_answered() {
    let query = Request::query(Format::SdJwt, document("resident"), &["family_name"]);
    let claims = json!([{ "path": ["vct"], "values": [document("resident").vct()] }, { "path": ["iss"] }]);
    assert_eq!(asked(Format::SdJwt, &with_members(&query, &[("claims", claims)])), Ok(()));
}

#[test]
fn a_query_for_an_authority_is_answered_by_whom_it_certified() {
    let world = World::new();
    let root = |world: &World| base64url::encode(world.pki.root.certificate().subject_key_id().unwrap());
    for format in BOTH {
        let by = |id: String| {
            let authorities = json!([{ "type": "aki", "values": [id] }]);
            let query = Request::query(format, document("resident"), &["family_name"]);
            with_members(&query, &[("trusted_authorities", authorities)])
        };
        assert_eq!(asked(format, &by(root(&world))), Ok(()));
        assert_eq!(mismatch(format, &by(root(&World::of(2, "FR")))), Mismatch::Authority);
    }
}

/// What does not hold is refused for that reason, whatever was asked for.
#[test]
fn a_revoked_copy_is_revoked_before_it_is_not_what_was_asked() {
    for format in BOTH {
        let mut world = World::new();
        let copy = world.issue(format);
        world.revoke(&copy);
        let query = Request::query(format, document("licence"), &["family_name"]);
        let verdict = world.verify_with(&world.answer(&copy), now(), &Policy::default().asking(&query));
        assert_eq!(code(verdict), "revoked");
    }
}
