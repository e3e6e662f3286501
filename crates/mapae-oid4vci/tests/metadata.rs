//! What an issuer says of itself (OpenID4VCI §12.2, §12.3, §C), signed and unsigned.

use std::collections::BTreeMap;

use mapae_crypto::aead::AeadAlgorithm;
use mapae_jose::{Jwk, JwsError};
use mapae_oid4vci::{
    AttackResistance, BatchIssuance, ClaimDescription, ClaimStep, CredentialConfiguration, CredentialFormat,
    CredentialMetadata, Display, Encryption, IssuerMetadata, IssuerUrl, JwtFault, KeyAttestationsRequired,
    MessageFault, MetadataFault, ProofType, RequestKey, ServerMetadata, SignedMetadata,
};
use mapae_types::{Duration, Timestamp};
use mapae_x509::X509Error;
use serde_json::{Value, json};
use testkit::Pki;

use crate::scene::{ISSUER, issuer, key, now, signed};

fn display(ko: &str, en: &str) -> Vec<Display> {
    let name = |name: &str, locale: &str| Display { name: Some(name.to_owned()), locale: Some(locale.to_owned()) };
    vec![name(ko, "ko"), name(en, "en")]
}

fn proof_type(required: Option<KeyAttestationsRequired>) -> ProofType {
    ProofType { proof_signing_alg_values_supported: vec!["ES256".to_owned()], key_attestations_required: required }
}

fn configuration(format: CredentialFormat, scope: &str, path: &[&str]) -> CredentialConfiguration {
    let levels = KeyAttestationsRequired { key_storage: vec![AttackResistance::Basic], ..Default::default() };
    CredentialConfiguration {
        format,
        scope: Some(scope.to_owned()),
        credential_signing_alg_values_supported: vec!["ES256".into()],
        cryptographic_binding_methods_supported: vec!["jwk".to_owned()],
        proof_types_supported: BTreeMap::from([
            ("jwt".to_owned(), proof_type(None)),
            ("attestation".to_owned(), proof_type(Some(levels))),
        ]),
        credential_metadata: Some(CredentialMetadata {
            display: display("주민등록증", "Resident card"),
            claims: vec![ClaimDescription::mandatory(path.iter().copied(), display("성명", "Name"))],
        }),
    }
}

fn metadata() -> IssuerMetadata {
    let encryption = Encryption::new(vec![RequestKey::new("1".to_owned(), key(1))], false, false);
    let (request, response) = encryption.metadata().unwrap();
    let mdoc = CredentialFormat::Mdoc { doctype: "kr.example.resident".to_owned() };
    let sd_jwt = CredentialFormat::SdJwt { vct: "https://id.example/resident".to_owned() };
    IssuerMetadata {
        credential_issuer: ISSUER.to_owned(),
        authorization_servers: Vec::new(),
        credential_endpoint: issuer().endpoint("credential"),
        nonce_endpoint: Some(issuer().endpoint("nonce")),
        deferred_credential_endpoint: Some(issuer().endpoint("deferred")),
        notification_endpoint: Some(issuer().endpoint("notification")),
        credential_request_encryption: Some(request),
        credential_response_encryption: Some(response),
        batch_credential_issuance: Some(BatchIssuance { batch_size: 10 }),
        display: display("행정안전부", "Ministry of the Interior"),
        credential_configurations_supported: BTreeMap::from([
            ("resident-mdoc".to_owned(), configuration(mdoc, "resident-mdoc", &["kr.example", "name"])),
            ("resident-sd-jwt".to_owned(), configuration(sd_jwt, "resident-sd-jwt", &["name"])),
        ]),
    }
}

fn parse(json: &Value) -> Result<IssuerMetadata, MetadataFault> {
    IssuerMetadata::parse(json.to_string().as_bytes(), &issuer())
}

fn json() -> Value {
    serde_json::from_slice(&metadata().to_json()).unwrap()
}

fn with(pointer: &str, value: Value) -> Result<IssuerMetadata, MetadataFault> {
    let mut json = json();
    *json.pointer_mut(pointer).unwrap() = value;
    parse(&json)
}

fn malformed(name: &'static str) -> MetadataFault {
    MessageFault::Malformed { name }.into()
}

#[test]
fn metadata_are_read_as_they_are_written() {
    assert_eq!(parse(&json()), Ok(metadata()));
    let json = json();
    let mdoc = &json["credential_configurations_supported"]["resident-mdoc"];
    assert_eq!((&mdoc["format"], &mdoc["doctype"]), (&json!("mso_mdoc"), &json!("kr.example.resident")));
    assert_eq!(mdoc["credential_metadata"]["display"][0], json!({"name": "주민등록증", "locale": "ko"}));
    assert_eq!(
        mdoc["credential_metadata"]["claims"][0],
        json!({"path": ["kr.example", "name"], "mandatory": true,
            "display": [{"name": "성명", "locale": "ko"}, {"name": "Name", "locale": "en"}]})
    );
    assert_eq!(
        mdoc["proof_types_supported"]["attestation"]["key_attestations_required"],
        json!({"key_storage": ["iso_18045_basic"]})
    );
    assert_eq!(mdoc["proof_types_supported"]["jwt"], json!({"proof_signing_alg_values_supported": ["ES256"]}));
    let sd_jwt = &json["credential_configurations_supported"]["resident-sd-jwt"];
    assert_eq!((&sd_jwt["format"], &sd_jwt["vct"]), (&json!("dc+sd-jwt"), &json!("https://id.example/resident")));
}

#[test]
fn what_there_is_not_is_left_out() {
    let least = IssuerMetadata {
        nonce_endpoint: None,
        deferred_credential_endpoint: None,
        notification_endpoint: None,
        credential_request_encryption: None,
        credential_response_encryption: None,
        batch_credential_issuance: None,
        display: Vec::new(),
        credential_configurations_supported: BTreeMap::new(),
        ..metadata()
    };
    let json: Value = serde_json::from_slice(&least.to_json()).unwrap();
    let names: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(names, ["credential_configurations_supported", "credential_endpoint", "credential_issuer"]);
    assert_eq!(parse(&json), Ok(least));
}

#[test]
fn metadata_of_another_issuer_are_not_used() {
    for other in ["https://other.example", "https://issuer.example/kr/", "https://ISSUER.example/kr"] {
        assert_eq!(with("/credential_issuer", json!(other)), Err(MetadataFault::IssuerDiffers));
    }
}

#[test]
fn endpoints_are_urls() {
    for name in ["credential_endpoint", "nonce_endpoint", "deferred_credential_endpoint", "notification_endpoint"] {
        let pointer = format!("/{name}");
        with(&pointer, json!("https://a.example/x?y=1")).unwrap();
        for wrong in ["http://a.example", "a", "https://a.example/#x"] {
            assert_eq!(with(&pointer, json!(wrong)), Err(malformed(name)), "{wrong}");
        }
    }
    let mut json = json();
    json["authorization_servers"] = json!(["http://a.example"]);
    assert_eq!(parse(&json), Err(malformed("authorization_servers")));
}

#[test]
fn a_batch_has_two_at_least() {
    assert_eq!(with("/batch_credential_issuance/batch_size", json!(1)), Err(malformed("batch_size")));
    with("/batch_credential_issuance/batch_size", json!(2)).unwrap();
}

#[test]
fn every_encryption_key_has_a_name_of_its_own() {
    let name = "credential_request_encryption";
    let jwk = |kid: Value| {
        let mut jwk = Value::Object(Jwk::from(key(1).public().clone()).to_object());
        jwk["kid"] = kid;
        jwk
    };
    let keys = "/credential_request_encryption/jwks/keys";
    with(keys, json!([jwk(json!("1")), jwk(json!("2"))])).unwrap();
    for wrong in [json!([]), json!([jwk(json!("1")), jwk(json!("1"))]), json!([jwk(Value::Null)]), json!({})] {
        assert_eq!(with(keys, wrong), Err(malformed(name)));
    }
    assert_eq!(with("/credential_request_encryption/enc_values_supported", json!([])), Err(malformed(name)));
    for list in ["alg_values_supported", "enc_values_supported"] {
        let pointer = format!("/credential_response_encryption/{list}");
        assert_eq!(with(&pointer, json!([])), Err(malformed("credential_response_encryption")));
    }
    assert_eq!(AeadAlgorithm::A128Gcm.jose(), "A128GCM");
}

#[test]
fn each_language_has_one_name() {
    let twice = json!([{"name": "a", "locale": "ko"}, {"name": "b", "locale": "ko"}]);
    assert_eq!(with("/display", twice.clone()), Err(malformed("display")));
    let shown = "/credential_configurations_supported/resident-mdoc/credential_metadata";
    assert_eq!(with(&format!("{shown}/display"), twice.clone()), Err(malformed("display")));
    assert_eq!(with(&format!("{shown}/claims/0/display"), twice), Err(malformed("display")));
}

#[test]
fn proofs_belong_to_bound_keys() {
    let at = "/credential_configurations_supported/resident-mdoc";
    let fault = Err(malformed("proof_types_supported"));
    assert_eq!(with(&format!("{at}/cryptographic_binding_methods_supported"), json!([])), fault);
    assert_eq!(with(&format!("{at}/proof_types_supported"), json!({})), fault);
    let algorithms = format!("{at}/proof_types_supported/jwt/proof_signing_alg_values_supported");
    assert_eq!(with(&algorithms, json!([])), Err(malformed("proof_signing_alg_values_supported")));
}

#[test]
fn descriptions_of_claims_do_not_contradict() {
    let claims = |paths: &[Value]| {
        let claims: Vec<Value> = paths.iter().map(|path| json!({"path": path})).collect();
        let at = "/credential_configurations_supported/resident-sd-jwt/credential_metadata/claims";
        with(at, claims.into()).map(|_| ())
    };
    assert_eq!(claims(&[json!(["a"]), json!(["a", "b"]), json!(["a", "c"]), json!(["d", 0]), json!(["d", 1])]), Ok(()));
    assert_eq!(claims(&[json!(["a", null, "b"]), json!(["a", null, "c"])]), Ok(()));
    // §C.3: repeated; all and one; array and object.
    for paths in [
        [json!(["a"]), json!(["a"])],
        [json!(["a", null]), json!(["a", 0])],
        [json!(["a", null]), json!(["a", "b"])],
        [json!(["a", 0]), json!(["a", "b"])],
        [json!(["b"]), json!([])],
    ] {
        assert_eq!(claims(&paths), Err(MetadataFault::Claims), "{paths:?}");
    }
    assert_eq!(claims(&[json!([true])]), Err(malformed("metadata")));
}

#[test]
fn a_path_has_names_places_and_all() {
    let json = json!({"path": ["a", 0, null]});
    let shown = "credential_configurations_supported/resident-mdoc/credential_metadata/claims";
    let mut read = with(&format!("/{shown}"), json!([json])).unwrap();
    let mdoc = read.credential_configurations_supported.remove("resident-mdoc").unwrap();
    let claim = mdoc.credential_metadata.unwrap().claims.remove(0);
    assert_eq!(claim.path, [ClaimStep::Name("a".to_owned()), ClaimStep::Index(0), ClaimStep::All]);
    assert_eq!(serde_json::to_value(claim).unwrap(), json);
}

#[test]
fn formats_that_we_do_not_know_are_no_fault() {
    let mut json = json();
    json["credential_configurations_supported"]["other"] = json!({"format": "ldp_vc", "credential_definition": {}});
    let read = parse(&json).unwrap();
    assert_eq!(read.credential_configurations_supported["other"].format, CredentialFormat::Other);
}

#[test]
fn what_must_be_there_is() {
    let mut lacking = Vec::new();
    let names: Vec<String> = json().as_object().unwrap().keys().cloned().collect();
    for name in names {
        let mut json = json();
        json.as_object_mut().unwrap().remove(&name);
        if parse(&json) == Err(malformed("metadata")) {
            lacking.push(name);
        }
    }
    assert_eq!(lacking, ["credential_configurations_supported", "credential_endpoint", "credential_issuer"]);
}

#[test]
fn every_member_is_of_its_type() {
    let mdoc = "/credential_configurations_supported/resident-mdoc";
    let attestation = format!("{mdoc}/proof_types_supported/attestation");
    let pointers = [
        "/credential_endpoint".to_owned(),
        "/nonce_endpoint".to_owned(),
        "/credential_request_encryption".to_owned(),
        "/credential_request_encryption/enc_values_supported".to_owned(),
        "/credential_request_encryption/encryption_required".to_owned(),
        "/credential_response_encryption/alg_values_supported/0".to_owned(),
        "/batch_credential_issuance/batch_size".to_owned(),
        "/display".to_owned(),
        "/display/0/name".to_owned(),
        "/credential_configurations_supported".to_owned(),
        format!("{mdoc}/format"),
        format!("{mdoc}/doctype"),
        format!("{mdoc}/scope"),
        format!("{mdoc}/proof_types_supported"),
        attestation.clone(),
        format!("{attestation}/proof_signing_alg_values_supported"),
        format!("{attestation}/key_attestations_required/key_storage/0"),
        format!("{mdoc}/credential_metadata/claims/0/path"),
        format!("{mdoc}/credential_metadata/claims/0/mandatory"),
    ];
    for pointer in pointers {
        assert_eq!(with(&pointer, json!(-1)), Err(malformed("metadata")), "{pointer}");
    }
}

#[test]
fn what_is_not_understood_is_ignored() {
    let mut json = json();
    json["other"] = json!(1);
    assert_eq!(parse(&json), Ok(metadata()));
    let twice = br#"{"credential_issuer":"a","credential_issuer":"b"}"#;
    assert!(matches!(IssuerMetadata::parse(twice, &issuer()), Err(MetadataFault::Message(MessageFault::Json(_)))));
}

fn signed_by(pki: &Pki, issued_at: Timestamp, chain: &[&[u8]]) -> String {
    let unsigned = SignedMetadata::unsigned(&metadata(), chain, issued_at, Some(issued_at + Duration::days(1)));
    signed(unsigned, &pki.sd_jwt.key)
}

fn verify(text: &str, pki: &Pki, now: Timestamp) -> Result<IssuerMetadata, MetadataFault> {
    SignedMetadata::verify(text, &issuer(), std::slice::from_ref(&pki.root), now)
}

#[test]
fn signed_metadata_are_the_metadata() {
    let pki = Pki::new(3, "KR");
    let text = signed_by(&pki, now(), &pki.sd_jwt.chain());
    assert_eq!(verify(&text, &pki, now()), Ok(metadata()));
    let header = mapae_jose::Jws::parse(&text).unwrap().header().clone();
    assert_eq!(header.typ(), Some("openidvci-issuer-metadata+jwt"));
}

#[test]
fn signed_metadata_are_by_somebody_trusted() {
    let (pki, other) = (Pki::new(3, "KR"), Pki::new(4, "KR"));
    let of_another = signed_by(&pki, now(), &other.sd_jwt.chain());
    let signature = JwtFault::Jws(JwsError::SignatureInvalid);
    assert_eq!(verify(&of_another, &other, now()), Err(signature.into()));
    let text = signed_by(&pki, now(), &pki.sd_jwt.chain());
    assert!(matches!(verify(&text, &other, now()), Err(MetadataFault::Signed(JwtFault::Chain(_)))));
    let no_chain = signed_by(&pki, now(), &[]);
    assert!(verify(&no_chain, &pki, now()).is_err());
    let by_document_signer = signed_by(&pki, now(), &pki.document.chain());
    let fault = verify(&by_document_signer, &pki, now());
    assert!(matches!(fault, Err(MetadataFault::Signed(JwtFault::Chain(X509Error::PurposeForbids { .. })))));
}

#[test]
fn signed_metadata_have_a_time_and_a_subject() {
    let pki = Pki::new(3, "KR");
    let text = signed_by(&pki, now(), &pki.sd_jwt.chain());
    let expired = now() + Duration::days(1);
    let fault = verify(&text, &pki, expired + Duration::seconds(60));
    assert_eq!(fault, Err(JwtFault::Expired { expired }.into()));
    let fault = verify(&text, &pki, now() - Duration::seconds(61));
    assert_eq!(fault, Err(JwtFault::FromFuture { issued_at: now(), now: now() - Duration::seconds(61) }.into()));
    let other = IssuerUrl::parse("https://other.example").unwrap();
    let fault = SignedMetadata::verify(&text, &other, std::slice::from_ref(&pki.root), now());
    assert_eq!(fault, Err(JwtFault::Differs { name: "sub" }.into()));
}

fn server() -> ServerMetadata {
    ServerMetadata::haip(&issuer(), vec!["resident-mdoc".to_owned()], true, true)
}

#[test]
fn the_server_says_what_haip_demands() {
    let json: Value = serde_json::from_slice(&server().to_json()).unwrap();
    let expected = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://issuer.example/kr/authorize",
        "token_endpoint": "https://issuer.example/kr/token",
        "pushed_authorization_request_endpoint": "https://issuer.example/kr/par",
        "require_pushed_authorization_requests": true,
        "challenge_endpoint": "https://issuer.example/kr/challenge",
        "response_types_supported": ["code"],
        "grant_types_supported": [
            "urn:ietf:params:oauth:grant-type:pre-authorized_code", "refresh_token", "authorization_code"],
        "scopes_supported": ["resident-mdoc"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["attest_jwt_client_auth", "none"],
        "client_attestation_signing_alg_values_supported": ["ES256"],
        "client_attestation_pop_signing_alg_values_supported": ["ES256"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_details_types_supported": ["openid_credential"],
        "authorization_response_iss_parameter_supported": true,
        "pre-authorized_grant_anonymous_access_supported": true,
    });
    assert_eq!(json, expected);
    assert_eq!(ServerMetadata::parse(&server().to_json(), &issuer()), Ok(server()));
}

#[test]
fn a_server_without_sign_in_or_strangers_says_so() {
    let server = ServerMetadata::haip(&issuer(), Vec::new(), false, false);
    assert_eq!(server.authorization_endpoint, None);
    assert_eq!(server.pushed_authorization_request_endpoint, None);
    assert!(!server.require_pushed_authorization_requests && !server.anonymous_access_supported);
    assert!(!server.grant_types_supported.contains(&"authorization_code".to_owned()));
    assert_eq!(server.token_endpoint_auth_methods_supported, ["attest_jwt_client_auth"]);
}

#[test]
fn metadata_of_another_server_are_not_used() {
    let other = IssuerUrl::parse("https://other.example").unwrap();
    assert_eq!(ServerMetadata::parse(&server().to_json(), &other), Err(MetadataFault::IssuerDiffers));
    for name in
        ["token_endpoint", "authorization_endpoint", "pushed_authorization_request_endpoint", "challenge_endpoint"]
    {
        let mut json: Value = serde_json::from_slice(&server().to_json()).unwrap();
        json[name] = json!("http://a.example");
        let fault = ServerMetadata::parse(json.to_string().as_bytes(), &issuer());
        assert_eq!(fault, Err(malformed(name)));
    }
}
