//! From scopes and the `claims` parameter to a query, and what of the answer is delivered (OpenID Connect Core §5.4, §5.5).

use mapae_dcql::DcqlQuery;
use mapae_oidc::{AuthorizationRefusal, Presented, RequestFault};
use mapae_verify::{Format, VerifiedCredential};
use serde_json::{Value, json};
use testkit::{Seeded, now};

use crate::scene::{
    KEYED, WEB, authorize, begin, changed, client, fault, location, object, opened, parameter, presented, provider,
    shape, shown, somebody, source, tokens, tokens_at,
};

/// What a client asks for that does not know its people.
fn query(changes: &[(&str, &str)]) -> DcqlQuery {
    begin(&provider(), KEYED, changes).pending.query().clone()
}

/// The paths of the first credential query, those that must come and those that may.
fn asked(query: &DcqlQuery) -> (Vec<String>, Vec<String>) {
    let credential = &query.credentials()[0];
    let named = |prefix: &str| {
        let of =
            credential.claims().iter().filter(|claim| claim.id().is_some_and(|id| id.as_str().starts_with(prefix)));
        of.map(|claim| claim.path().to_string()).collect()
    };
    (named("must"), named("may"))
}

fn claims(value: &Value) -> String {
    value.to_string()
}

fn refused(claims: &Value) -> RequestFault {
    fault(WEB, &[("claims", &claims.to_string())]).0
}

#[test]
fn a_scope_is_asked_for_in_either_format_and_may_stay_away() {
    let query = query(&[]);
    let ids: Vec<&str> = query.credentials().iter().map(|credential| credential.id().as_str()).collect();
    assert_eq!(ids, ["resident-sd-jwt", "resident-mdoc"]);
    let options = query.credential_sets()[0].options();
    assert_eq!(options.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    let (must, may) = asked(&query);
    assert_eq!(must, [r#"["age_equal_or_over","19"]"#]);
    assert_eq!(may, [r#"["birthdate"]"#, r#"["family_name"]"#, r#"["given_name"]"#]);
    let sets: Vec<usize> = query.credentials()[0].claim_sets().iter().map(Vec::len).collect();
    assert_eq!(sets, [4, 1]);
}

#[test]
fn a_sign_in_without_claims_asks_for_the_baseline_and_delivers_none_of_it() {
    let query = query(&[("scope", "openid")]);
    let credential = &query.credentials()[0];
    assert_eq!((credential.claims().len(), credential.claim_sets().len()), (1, 0));
    let tokens = tokens(&provider(), &[("scope", "openid")]);
    let userinfo = object(tokens.access.userinfo(now()).unwrap());
    assert_eq!(userinfo.keys().collect::<Vec<_>>(), ["sub"]);
    assert!(!opened(&tokens).1.contains_key("age_over_19"));
}

/// It must come, and neither is a claim nor can be asked for as one.
#[test]
fn who_it_is_is_asked_for_where_the_client_knows_its_people() {
    let asked = asked(begin(&provider(), WEB, &[]).pending.query());
    assert_eq!(asked.0, [r#"["age_equal_or_over","19"]"#, r#"["person_id"]"#]);
    let wish = json!({ "userinfo": { "person_id": { "essential": true } } }).to_string();
    let tokens = tokens(&provider(), &[("claims", &wish)]);
    assert!(!String::from_utf8_lossy(&tokens.access.userinfo(now()).unwrap()).contains("person_id"));
}

#[test]
fn a_scope_gives_what_the_client_is_registered_for() {
    let mut less = client(WEB);
    less.claims.remove("birthdate");
    let provider = changed(|new| new.clients[0] = less).unwrap();
    let begun = begin(&provider, WEB, &[]);
    assert_eq!(asked(begun.pending.query()).1, [r#"["family_name"]"#, r#"["given_name"]"#]);
}

#[test]
fn single_claims_are_delivered_where_they_were_asked_for() {
    let wanted = claims(&json!({
        "id_token": { "age_over_19": null, "auth_time": { "essential": true } },
        "userinfo": { "birthdate": { "essential": true }, "email": null },
        "other": {},
    }));
    let (must, may) = asked(&query(&[("scope", "openid"), ("claims", &wanted)]));
    assert_eq!((must.len(), may.len()), (0, 0), "all of it must come, so that no set is needed");
    let provider = provider();
    let tokens = tokens(&provider, &[("scope", "openid"), ("claims", &wanted)]);
    let (_, id_token) = opened(&tokens);
    assert_eq!(id_token["age_over_19"], json!(true));
    assert!(!id_token.contains_key("birthdate"));
    let userinfo = object(tokens.access.userinfo(now()).unwrap());
    assert_eq!(userinfo.keys().collect::<Vec<_>>(), ["birthdate", "sub"]);
}

#[test]
fn what_is_essential_must_come() {
    let essential = claims(&json!({ "userinfo": { "family_name": { "essential": true } } }));
    let (must, may) = asked(&query(&[("claims", &essential)]));
    assert_eq!(must, [r#"["age_equal_or_over","19"]"#, r#"["family_name"]"#]);
    assert_eq!(may.len(), 2);
    let voluntary = claims(&json!({ "userinfo": { "family_name": { "essential": false } } }));
    assert_eq!(asked(&query(&[("claims", &voluntary)])).0.len(), 1);
}

#[test]
fn sources_that_lack_what_is_essential_are_left_out() {
    let mut mdoc = source(Format::Mdoc);
    mdoc.claims.remove("family_name");
    let provider = changed(|new| new.sources[1] = mdoc).unwrap();
    let essential = claims(&json!({ "userinfo": { "family_name": { "essential": true } } }));
    let count = |changes: &[(&str, &str)]| begin(&provider, WEB, changes).pending.query().credentials().len();
    assert_eq!((count(&[]), count(&[("claims", &essential)])), (2, 1));
}

#[test]
fn a_source_alone_needs_no_set() {
    let mut one = client(WEB);
    one.sources.truncate(1);
    let provider = changed(|new| new.clients[0] = one).unwrap();
    assert_eq!(begin(&provider, WEB, &[]).pending.query().credential_sets().len(), 0);
}

#[test]
fn a_claim_beyond_the_clients_registration_is_refused() {
    for place in ["id_token", "userinfo"] {
        let beyond = RequestFault::ClaimBeyond { claim: "address".to_owned() };
        assert_eq!(refused(&json!({ place: { "address": null } })), beyond);
    }
}

#[test]
fn claims_have_their_form() {
    let accepted = |text: &str| authorize(&provider(), WEB, &[("claims", text)]).map(drop);
    for fine in [r#"{"userinfo":null}"#, "{}", r#"{"id_token":{"sub":{"essential":true}}}"#] {
        accepted(fine).unwrap();
    }
    for wrong in [
        "[]",
        "a",
        r#"{"userinfo":[]}"#,
        r#"{"userinfo":{"birthdate":true}}"#,
        r#"{"userinfo":{"birthdate":{"essential":"yes"}}}"#,
        r#"{"userinfo":{"birthdate":null,"birthdate":null}}"#,
        r#"{"id_token":{"sub":{"value":1}}}"#,
        r#"{"id_token":{"acr":{"values":[1]}}}"#,
    ] {
        let refusal = accepted(wrong).unwrap_err();
        assert!(matches!(refusal, AuthorizationRefusal::Back { fault: RequestFault::ClaimsMalformed, .. }), "{wrong}");
    }
}

#[test]
fn a_level_that_is_essential_is_reached_or_nobody_signs_in() {
    let acr = |value: &Value| claims(&json!({ "id_token": { "acr": value } }));
    let level = |value: &Value| begin(&provider(), WEB, &[("claims", &acr(value))]).pending.acr().value.clone();
    assert_eq!(level(&json!({ "essential": true, "values": ["loa4", "high"] })), "high");
    assert_eq!(level(&json!({ "essential": true, "value": "high" })), "high");
    assert_eq!(level(&json!({ "essential": true })), "substantial");
    assert_eq!(level(&json!({ "values": ["loa4"] })), "substantial");
    let demanded = acr(&json!({ "essential": true, "value": "high" }));
    let begun = begin(&provider(), WEB, &[("claims", &demanded), ("acr_values", "substantial")]);
    assert_eq!(begun.pending.acr().value, "high", "a wish does not stand in the way of a demand");
    for unmet in [json!({ "essential": true, "values": ["loa4", "low"] }), json!({ "essential": true, "value": "low" })]
    {
        let expected = (RequestFault::AcrUnmet, "unmet_authentication_requirements".to_owned());
        assert_eq!(fault(WEB, &[("claims", &acr(&unmet))]), expected);
    }
}

#[test]
fn a_claim_that_does_not_come_is_left_out_without_an_error() {
    let (provider, begun) = (provider(), begin(&provider(), WEB, &[]));
    let without = |credential: &VerifiedCredential| {
        let mut claims = shape(credential);
        claims.remove("birthdate");
        claims
    };
    let presented = Presented { shape: &without, ..presented(shown(Format::SdJwt), somebody()) };
    let login = begun.pending.complete(&presented, &mut Seeded::new(2), now()).unwrap();
    let issued = login.issue(&provider, begun.cookie.expose(), &mut Seeded::new(3), now()).unwrap();
    let code = parameter(&location(&issued.answer), "code");
    let tokens = tokens_at(&provider, &code, issued.code, now()).unwrap();
    let userinfo = object(tokens.access.userinfo(now()).unwrap());
    assert_eq!(userinfo.keys().collect::<Vec<_>>(), ["family_name", "given_name", "sub"]);
}
