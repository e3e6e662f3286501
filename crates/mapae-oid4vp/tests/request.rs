//! What is asked, when, and where the answer goes (OpenID4VP §5.1–§5.3, §5.5, §5.11, §8.2, §8.4, §8.5).

use mapae_oid4vp::{OAuthError, RequestFault, ResponseMode};
use mapae_types::Duration;
use serde_json::{Value, json};

use crate::scene::{Bent, NONCE, RESPONSE_URI, dcql, encoded_json, now, query};

fn missing(parameter: &'static str) -> RequestFault {
    RequestFault::Missing { parameter }
}

fn malformed(parameter: &'static str) -> RequestFault {
    RequestFault::Malformed { parameter }
}

fn at(seconds: i64) -> i64 {
    (now() + Duration::seconds(seconds)).unix()
}

#[test]
fn a_request_says_what_is_asked_and_why() {
    let request = Bent::new().request();
    assert_eq!(request.query(), &dcql());
    assert_eq!(request.purpose(), Some("책을 빌려 드리려고 합니다."));
    assert_eq!((request.nonce(), request.response_uri()), (NONCE, RESPONSE_URI));
    assert_eq!(request.response_mode(), ResponseMode::DirectPost);
    assert_eq!(request.issued_at(), Some(now()));
    assert_eq!(request.expires(), Some(now() + Duration::seconds(300)));
    assert_eq!(Bent::new().without("purpose").request().purpose(), None);
}

#[test]
fn parameters_that_nobody_knows_change_nothing() {
    assert!(Bent::new().claim("foo", "bar").claim("client_id_scheme", "x509_hash").authenticate().is_ok());
}

#[test]
fn a_request_expires() {
    assert!(Bent::new().claim("exp", at(-59)).authenticate().is_ok());
    let expired = RequestFault::Expired { at: now() - Duration::seconds(60) };
    assert_eq!(Bent::new().claim("exp", at(-60)).fault(), expired);
    assert_eq!(Bent::new().claim("exp", "soon").fault(), malformed("exp"));
}

#[test]
fn a_request_that_does_not_say_when_it_expires_holds_for_ten_minutes() {
    let made = |seconds| Bent::new().without("exp").claim("iat", at(seconds));
    assert_eq!(made(0).request().expires(), Some(now() + Duration::seconds(600)));
    assert!(made(-659).authenticate().is_ok());
    assert_eq!(made(-660).fault(), RequestFault::Expired { at: now() - Duration::seconds(60) });
    // One that says until when may be older.
    assert!(Bent::new().claim("iat", at(-3600)).authenticate().is_ok());
}

#[test]
fn a_request_is_not_from_the_future() {
    for name in ["iat", "nbf"] {
        assert!(Bent::new().claim(name, at(60)).authenticate().is_ok());
        assert_eq!(
            Bent::new().claim(name, at(61)).fault(),
            RequestFault::FromFuture { at: now() + Duration::seconds(61) }
        );
        assert_eq!(Bent::new().claim(name, 1.5).fault(), malformed(name));
    }
}

#[test]
fn a_request_without_times_is_known_by_its_nonce_alone() {
    let request = Bent::new().without("iat").without("exp").request();
    assert_eq!((request.issued_at(), request.expires()), (None, None));
}

#[test]
fn the_response_type_is_vp_token() {
    assert_eq!(Bent::new().without("response_type").fault(), missing("response_type"));
    for other in ["code", "vp_token id_token", "id_token"] {
        assert_eq!(Bent::new().claim("response_type", other).fault(), RequestFault::ResponseType);
    }
}

#[test]
fn the_response_mode_is_a_post() {
    assert_eq!(Bent::new().without("response_mode").fault(), missing("response_mode"));
    for other in ["fragment", "query", "dc_api", "dc_api.jwt", "form_post", "DIRECT_POST"] {
        assert_eq!(Bent::new().claim("response_mode", other).fault(), RequestFault::ResponseMode, "{other}");
    }
}

#[test]
fn a_nonce_is_there_and_of_characters_that_a_url_may_have() {
    assert_eq!(Bent::new().without("nonce").fault(), missing("nonce"));
    for bad in [json!(""), json!("a b"), json!("a+b"), json!("논스"), json!(1), json!("a".repeat(513))] {
        assert_eq!(Bent::new().claim("nonce", bad.clone()).fault(), malformed("nonce"), "{bad}");
    }
    assert!(Bent::new().claim("nonce", "a".repeat(43)).authenticate().is_ok());
}

#[test]
fn a_state_is_of_characters_that_a_url_may_have() {
    for bad in [json!(""), json!("a b"), json!("a/b"), json!(1), json!("a".repeat(513))] {
        assert_eq!(Bent::new().claim("state", bad.clone()).fault(), malformed("state"), "{bad}");
    }
    assert!(Bent::new().claim("state", "a".repeat(64)).authenticate().is_ok());
    assert!(Bent::new().without("state").authenticate().is_ok());
}

#[test]
fn without_holder_binding_a_state_binds_the_answer() {
    let mut unbound = query();
    unbound["credentials"][1]["require_cryptographic_holder_binding"] = false.into();
    let bent = Bent::new().claim("dcql_query", unbound);
    assert!(bent.authenticate().is_ok());
    assert_eq!(bent.without("state").fault(), RequestFault::StateMissing);
}

#[test]
fn the_answer_goes_to_one_place() {
    assert_eq!(Bent::new().without("response_uri").fault(), missing("response_uri"));
    let both = RequestFault::Both { parameter: "response_uri", other: "redirect_uri" };
    assert_eq!(Bent::new().claim("redirect_uri", "https://library.example/cb").fault(), both);
    let instead = Bent::new().without("response_uri").claim("redirect_uri", RESPONSE_URI);
    assert_eq!(instead.fault(), both);
    assert_eq!(both.oauth(), Some(OAuthError::InvalidRequest));
}

#[test]
fn the_answer_goes_over_tls_or_stays_on_this_machine() {
    let to = |uri: &str| Bent::new().claim("response_uri", uri);
    assert!(to("http://localhost:8080/a").authenticate().is_ok());
    for bad in
        ["http://library.example/a", "library.example", "https://a@library.example/", "https://library.example/#a"]
    {
        assert_eq!(to(bad).fault(), RequestFault::Insecure { parameter: "response_uri" }, "{bad}");
    }
    assert_eq!(to(&format!("https://library.example/{}", "a".repeat(2048))).fault(), malformed("response_uri"));
}

#[test]
fn a_query_is_there_and_readable() {
    assert_eq!(Bent::new().without("dcql_query").fault(), missing("dcql_query"));
    for bad in [json!({}), json!("{}"), json!({"credentials": []}), json!({"credentials": [{"id": "a b"}]})] {
        assert_eq!(Bent::new().claim("dcql_query", bad.clone()).fault().code(), "query_invalid", "{bad}");
    }
}

#[test]
fn no_scope_stands_for_a_query() {
    let scope = Bent::new().claim("scope", "com.example.card");
    assert_eq!(scope.fault(), RequestFault::Both { parameter: "dcql_query", other: "scope" });
    assert_eq!(scope.fault().oauth(), Some(OAuthError::InvalidRequest));
    let alone = scope.without("dcql_query").fault();
    assert_eq!((alone.clone(), alone.oauth()), (RequestFault::Scope, Some(OAuthError::InvalidScope)));
}

#[test]
fn queries_of_drafts_are_refused() {
    for name in ["presentation_definition", "presentation_definition_uri"] {
        assert_eq!(Bent::new().claim(name, json!({})).fault(), RequestFault::PresentationDefinition);
    }
}

#[test]
fn a_request_object_holds_no_other() {
    for name in ["request", "request_uri"] {
        assert_eq!(Bent::new().claim(name, "https://library.example/").fault(), malformed(name));
    }
}

#[test]
fn a_purpose_is_a_text_within_bounds() {
    for bad in [json!(1), json!(""), json!("가".repeat(1366))] {
        assert_eq!(Bent::new().claim("purpose", bad).fault(), malformed("purpose"));
    }
}

fn formats(formats: &Value) -> Bent {
    Bent::new().claim("client_metadata", json!({"vp_formats_supported": formats}))
}

#[test]
fn at_least_one_format_is_common() {
    assert!(Bent::new().without("client_metadata").authenticate().is_ok());
    assert!(formats(&json!({"dc+sd-jwt": {}})).authenticate().is_ok());
    assert_eq!(formats(&json!({"jwt_vc_json": {}})).fault(), RequestFault::Formats);
    let other = json!({"credentials": [{"id": "a", "format": "jwt_vc_json", "meta": {}}]});
    let fault = Bent::new().claim("dcql_query", other).fault();
    assert_eq!((fault.clone(), fault.oauth()), (RequestFault::Formats, Some(OAuthError::VpFormatsNotSupported)));
}

#[test]
fn the_verifier_can_check_p256_with_sha256() {
    let sd_jwt = |list: &str, algorithms: Value| formats(&json!({"dc+sd-jwt": {list: algorithms}}));
    let mdoc = |list: &str, algorithms: Value| formats(&json!({"mso_mdoc": {list: algorithms}}));
    for list in ["sd-jwt_alg_values", "kb-jwt_alg_values"] {
        assert!(sd_jwt(list, json!(["ES256", "ES384"])).authenticate().is_ok());
        assert_eq!(sd_jwt(list, json!(["ES384"])).fault(), RequestFault::Formats);
    }
    for list in ["issuerauth_alg_values", "deviceauth_alg_values"] {
        assert!(mdoc(list, json!([-7])).authenticate().is_ok());
        assert!(mdoc(list, json!([-65537, -9])).authenticate().is_ok());
        assert_eq!(mdoc(list, json!([-65537])).fault(), RequestFault::Formats);
    }
}

#[test]
fn the_metadata_of_the_specification_are_read() {
    // Annex B.2.2 and B.3.4.
    let mdoc = json!({"mso_mdoc": {"issuerauth_alg_values": [-9, -50], "deviceauth_alg_values": [-9, -50]}});
    let algorithms = json!(["ES256", "ES384"]);
    let sd_jwt = json!({"dc+sd-jwt": {"sd-jwt_alg_values": algorithms, "kb-jwt_alg_values": algorithms}});
    assert!(formats(&mdoc).authenticate().is_ok());
    assert!(formats(&sd_jwt).authenticate().is_ok());
}

#[test]
fn transaction_data_of_an_unknown_type_are_refused_as_all_are() {
    let data = |data: &Value| Bent::new().claim("transaction_data", json!([encoded_json(data)])).fault();
    let known = json!({"type": "example_type", "credential_ids": ["card"], "amount": 1});
    let fault = data(&known);
    assert_eq!(fault, RequestFault::TransactionType { kind: "example_type".to_owned() });
    assert_eq!(fault.oauth(), Some(OAuthError::InvalidTransactionData));
}

#[test]
fn transaction_data_have_their_form() {
    let data = |data: &Value| Bent::new().claim("transaction_data", json!([encoded_json(data)])).fault();
    for bad in [
        json!([]),
        json!({"credential_ids": ["card"]}),
        json!({"type": "t"}),
        json!({"type": "t", "credential_ids": []}),
        json!({"type": "t", "credential_ids": ["other"]}),
        json!({"type": "t", "credential_ids": [1]}),
    ] {
        assert_eq!(data(&bad), RequestFault::TransactionData, "{bad}");
    }
    for bad in [json!([]), json!("t"), json!([1]), json!(["%"])] {
        assert_eq!(Bent::new().claim("transaction_data", bad.clone()).fault(), RequestFault::TransactionData, "{bad}");
    }
}

#[test]
fn what_others_say_of_a_verifier_is_kept() {
    let info = json!([
        {"format": "jwt", "data": "eyJ", "credential_ids": ["card"]},
        {"format": "registration", "data": {"a": 1}},
    ]);
    let request = Bent::new().claim("verifier_info", info).request();
    let [one, other] = request.verifier_info() else { panic!() };
    assert_eq!((&one.format[..], &one.data, one.credentials[0].as_str()), ("jwt", &json!("eyJ"), "card"));
    assert_eq!((&other.data, other.credentials.len()), (&json!({"a": 1}), 0));
    assert!(Bent::new().request().verifier_info().is_empty());
}

#[test]
fn what_others_say_of_a_verifier_has_its_form() {
    for bad in [
        json!([]),
        json!({}),
        json!([{"data": "a"}]),
        json!([{"format": "a"}]),
        json!([{"format": "a", "data": 1}]),
        json!([{"format": "a", "data": "b", "credential_ids": []}]),
        json!([{"format": "a", "data": "b", "credential_ids": ["other"]}]),
        json!(vec![json!({"format": "a", "data": "b"}); 17]),
    ] {
        assert_eq!(Bent::new().claim("verifier_info", bad.clone()).fault(), malformed("verifier_info"), "{bad}");
    }
}

#[test]
fn a_request_is_not_printed() {
    let printed = format!("{:?}", Bent::new().authenticate().unwrap().request());
    assert!(printed.contains("x509_hash:") && !printed.contains(NONCE) && !printed.contains("st~ate"), "{printed}");
}

#[test]
fn who_did_not_sign_is_told_nothing() {
    for fault in [
        RequestFault::Unsigned,
        RequestFault::ClientIdForeign,
        RequestFault::ResponseUriForeign,
        RequestFault::CertificateMissing,
        RequestFault::WalletNonce,
        RequestFault::Audience,
        RequestFault::Expired { at: now() },
    ] {
        assert_eq!(fault.oauth(), None, "{fault}");
    }
}
