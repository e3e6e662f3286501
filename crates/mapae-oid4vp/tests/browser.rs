//! Asking by the Digital Credentials API (OpenID4VP Appendix A), with a wallet that is written here from its text.

use mapae_crypto::Signature;
use mapae_dcql::DcqlQuery;
use mapae_jose::{JweEncrypter, Jwk, Jws, Object, Value, base64url, x5c_value};
use mapae_mdoc::SessionTranscript;
use mapae_oid4vp::{
    OAuthError, Presentation, TransactionData, VerifierInfo,
    verifier::{
        BrowserDraft, BrowserSigning, Did, DraftFault, Identity, Naming, PendingBrowserPresentation, ResponseFault,
    },
};
use mapae_types::Duration;
use serde_json::json;
use testkit::{BOTH, Format, Seeded, World, document};

use crate::{
    flow::{ASKED, judge, present_to},
    scene::{HOST, LIBRARY, dcql, now},
};

const ORIGIN: &str = "https://library.example";
const ORIGINS: [&str; 2] = [ORIGIN, "https://m.library.example:8443"];

fn identity(naming: Naming<'_>) -> Identity<'_> {
    Identity { chain: core::slice::from_ref(&LIBRARY.certificate), naming }
}

fn draft(query: &DcqlQuery, encrypted: bool) -> BrowserDraft<'_> {
    BrowserDraft {
        origins: &ORIGINS,
        signing: BrowserSigning::Unsigned,
        encrypted,
        query,
        purpose: Some("책을 빌려 드리려고 합니다."),
        lifetime: Duration::seconds(300),
    }
}

fn begun(signing: BrowserSigning<'_>, encrypted: bool, seed: u64) -> PendingBrowserPresentation {
    let query = dcql();
    BrowserDraft { signing, ..draft(&query, encrypted) }.begin(now(), &mut Seeded::new(seed)).unwrap()
}

pub(crate) fn pending(encrypted: bool) -> PendingBrowserPresentation {
    begun(BrowserSigning::Unsigned, encrypted, 1)
}

fn signatures(pending: &PendingBrowserPresentation) -> Vec<Signature> {
    pending.to_be_signed().iter().map(|one| LIBRARY.key.sign(one.to_be_signed()).unwrap()).collect()
}

/// What would be signed, or is said by nobody in particular.
fn says(pending: &PendingBrowserPresentation) -> (Vec<Vec<u8>>, Option<Value>) {
    let signed = pending.to_be_signed().iter().map(|one| one.to_be_signed().to_vec()).collect();
    (signed, pending.request(&[]).ok())
}

fn request(pending: &PendingBrowserPresentation) -> Value {
    pending.request(&signatures(pending)).unwrap()
}

/// The parameters of a compact JWS that the library signed.
fn signed_claims(jws: &str) -> Object {
    Jws::parse(jws).unwrap().verify(LIBRARY.key.public()).unwrap().payload_object().unwrap()
}

fn jwk(parameters: &Value) -> Option<Jwk> {
    parameters["client_metadata"]["jwks"]["keys"].get(0).map(|key| Jwk::from_value(key).unwrap())
}

/// What a wallet's `data` is for such parameters of a response.
fn data(parameters: &Value, response: &Value) -> Vec<u8> {
    let Some(key) = jwk(parameters) else { return response.to_string().into_bytes() };
    let kid = parameters["client_metadata"]["jwks"]["keys"][0]["kid"].as_str().unwrap();
    let encrypter = JweEncrypter::new(&key, mapae_crypto::aead::AeadAlgorithm::A256Gcm).unwrap().kid(kid);
    let jwe = encrypter.encrypt(response.to_string().as_bytes(), &mut Seeded::new(9)).unwrap();
    json!({"response": jwe}).to_string().into_bytes()
}

fn token(presentation: Presentation) -> Value {
    let text = match presentation {
        Presentation::DeviceResponse(bytes) => base64url::encode(bytes),
        Presentation::SdJwt(text) => text,
        _ => panic!(),
    };
    json!({"vp_token": {"asked": [text]}})
}

/// What a wallet answers to a page of that origin, as Annexes A.4 and B.2.6.2 have it.
fn wallet(world: &World, format: Format, request: &Value, origin: &str) -> Vec<u8> {
    let parameters = &request["data"];
    let nonce = parameters["nonce"].as_str().unwrap();
    let thumbprint = jwk(parameters).map(|key| key.thumbprint());
    let transcript = SessionTranscript::openid4vp_dc_api(origin, nonce, thumbprint.as_ref());
    let shown = present_to(&transcript, (&format!("origin:{origin}"), nonce), &world.issue(format));
    data(parameters, &token(shown))
}

fn asking(format: Format, encrypted: bool, seed: u64) -> PendingBrowserPresentation {
    let query = testkit::Request::query(format, document("resident"), &ASKED);
    draft(&query, encrypted).begin(now(), &mut Seeded::new(seed)).unwrap()
}

fn ways() -> impl Iterator<Item = (Format, bool)> {
    BOTH.into_iter().flat_map(|format| [(format, true), (format, false)])
}

#[test]
fn an_unsigned_request_is_its_parameters() {
    for encrypted in [true, false] {
        let request = request(&pending(encrypted));
        assert_eq!(request["protocol"], "openid4vp-v1-unsigned");
        let data = &request["data"];
        assert_eq!(data["response_type"], "vp_token");
        assert_eq!(data["response_mode"], if encrypted { "dc_api.jwt" } else { "dc_api" });
        assert_eq!((data["nonce"].as_str().unwrap().len(), &data["dcql_query"]), (32, &dcql().to_json()));
        assert_eq!(jwk(data).is_some(), encrypted);
        // §A.2: these are for signed ones, and those for other ways.
        for none in ["client_id", "expected_origins", "aud", "state", "response_uri", "request"] {
            assert!(data.get(none).is_none(), "{none}");
        }
    }
}

#[test]
fn a_signed_request_names_its_client_and_its_origins() {
    let pending = begun(BrowserSigning::Signed(identity(Naming::CertificateHash)), true, 1);
    let request = request(&pending);
    assert_eq!(request["protocol"], "openid4vp-v1-signed");
    assert_eq!(request["data"].as_object().unwrap().len(), 1);
    let jws = request["data"]["request"].as_str().unwrap();
    let header = Jws::parse(jws).unwrap().header().raw().clone();
    assert_eq!(header["typ"], "oauth-authz-req+jwt");
    assert_eq!(header["x5c"], x5c_value(&[LIBRARY.certificate.der()]));
    let claims = signed_claims(jws);
    assert_eq!(claims["client_id"], LIBRARY.client_id());
    assert_eq!(claims["expected_origins"], json!(ORIGINS));
    assert_eq!(claims["aud"], "https://self-issued.me/v2");
    assert_eq!(claims["nonce"], pending.nonce());
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(now().unix()), &json!(pending.expires().unix())));
}

#[test]
fn a_request_of_several_names_has_each_in_its_header() {
    let did = Did::jwk(LIBRARY.key.public());
    let identities = [Naming::CertificateHash, Naming::Host(HOST), Naming::Did(&did)].map(identity);
    let pending = begun(BrowserSigning::Multisigned(&identities), true, 1);
    let request = request(&pending.informing(&[VerifierInfo::registration(b"entry")]).unwrap());
    assert_eq!(request["protocol"], "openid4vp-v1-multisigned");
    let data = &request["data"];
    let mut named = Vec::new();
    for one in data["signatures"].as_array().unwrap() {
        let part = |of: &Value, name: &str| of[name].as_str().unwrap().to_owned();
        let jws = format!("{}.{}.{}", part(one, "protected"), part(data, "payload"), part(one, "signature"));
        let header = Jws::parse(&jws).unwrap().header().raw().clone();
        assert!(header["verifier_info"].is_array());
        named.push(header["client_id"].as_str().unwrap().to_owned());
        let claims = signed_claims(&jws);
        assert_eq!(claims["expected_origins"], json!(ORIGINS));
        // §A.3.2.2: never in the payload as well.
        assert!(!claims.contains_key("client_id") && !claims.contains_key("verifier_info"));
    }
    let did = format!("decentralized_identifier:{}", did.as_str());
    assert_eq!(named, [LIBRARY.client_id(), format!("x509_san_dns:{HOST}"), did]);
}

#[test]
fn a_registration_and_transactions_go_along() {
    let transaction = TransactionData::new("t", vec!["card-sd".parse().unwrap()], Object::new()).unwrap();
    let both = |pending: PendingBrowserPresentation| {
        let pending = pending.authorising(vec![transaction.clone()]).unwrap();
        pending.informing(&[VerifierInfo::registration(b"entry")]).unwrap()
    };
    let unsigned = request(&both(pending(true)));
    let signed = request(&both(begun(BrowserSigning::Signed(identity(Naming::CertificateHash)), true, 1)));
    let signed = Value::Object(signed_claims(signed["data"]["request"].as_str().unwrap()));
    for parameters in [&unsigned["data"], &signed] {
        assert_eq!(parameters["transaction_data"], json!([transaction.as_str()]));
        assert_eq!(parameters["verifier_info"][0]["format"], "mapae_registration");
    }
    let mdoc = TransactionData::new("t", vec!["card".parse().unwrap()], Object::new()).unwrap();
    assert_eq!(pending(true).authorising(vec![mdoc]).unwrap_err(), DraftFault::TransactionUnusable);
    let bad = VerifierInfo { format: String::new(), ..VerifierInfo::registration(b"entry") };
    assert_eq!(pending(true).informing(&[bad]).unwrap_err(), DraftFault::VerifierInfo);
}

#[test]
fn an_answer_to_a_page_holds() {
    let world = World::new();
    for ((format, encrypted), origin) in ways().flat_map(|way| ORIGINS.map(|origin| (way, origin))) {
        let pending = asking(format, encrypted, 1);
        let answer = wallet(&world, format, &request(&pending), origin);
        let received = pending.receive(origin, &answer).unwrap();
        assert_eq!(received.audience(), format!("origin:{origin}"));
        let judged = judge(&world, &received);
        assert!(judged.is_ok(), "{format:?} {encrypted} {:?}", judged.err());
    }
}

#[test]
fn what_was_bound_to_another_page_does_not_hold() {
    let world = World::new();
    for (format, encrypted) in ways() {
        // Somebody has our request in a page of their own, and brings what came to ours.
        let pending = asking(format, encrypted, 1);
        let answer = wallet(&world, format, &request(&pending), "https://phisher.example");
        let received = pending.receive(ORIGIN, &answer).unwrap();
        let expected = if format == Format::Mdoc { "holder_binding_invalid" } else { "wrong_audience" };
        assert_eq!(judge(&world, &received).unwrap_err().code(), expected, "{format:?}");
    }
    for origin in ["https://phisher.example", "https://library.example/", "null", ""] {
        assert_eq!(pending(true).receive(origin, b"{}").unwrap_err(), ResponseFault::OriginForeign);
    }
}

#[test]
fn peer_hole_10_an_answer_to_one_page_request_is_none_to_another() {
    let world = World::new();
    for (format, encrypted) in ways() {
        let answer = wallet(&world, format, &request(&asking(format, encrypted, 1)), ORIGIN);
        let other = asking(format, encrypted, 2).receive(ORIGIN, &answer);
        if encrypted {
            assert_eq!(other.unwrap_err().code(), "answer_undecryptable");
        } else {
            let expected = if format == Format::Mdoc { "holder_binding_invalid" } else { "wrong_nonce" };
            assert_eq!(judge(&world, &other.unwrap()).unwrap_err().code(), expected);
        }
    }
}

#[test]
fn a_page_brings_one_json_object_encrypted_where_it_was_wanted() {
    let fault = |encrypted, data: &str| pending(encrypted).receive(ORIGIN, data.as_bytes()).unwrap_err();
    for bad in ["", "[]", r#"{"vp_token":{},"vp_token":{}}"#, "vp_token=a"] {
        assert_eq!(fault(false, bad), ResponseFault::ContentMalformed, "{bad}");
    }
    for bad in [r#"{"vp_token":{"card":["AA"]}}"#, r#"{"response":1}"#] {
        assert_eq!(fault(true, bad), ResponseFault::NotEncrypted, "{bad}");
    }
    assert_eq!(fault(true, r#"{"response":"a.b"}"#).code(), "answer_undecryptable");
    assert_eq!(fault(false, r#"{"response":"a.b"}"#), ResponseFault::Token);
    assert_eq!(fault(false, r#"{"vp_token":{"other":["AA"]}}"#).code(), "answer_incomplete");
}

#[test]
fn a_refusal_by_way_of_a_page_is_known_as_one() {
    for encrypted in [true, false] {
        let fault = |data: &[u8]| pending(encrypted).receive(ORIGIN, data).unwrap_err();
        assert_eq!(fault(br#"{"error":"access_denied"}"#), ResponseFault::Refused(OAuthError::AccessDenied));
        assert_eq!(fault(br#"{"error":"other"}"#), ResponseFault::RefusedUnknown);
    }
}

#[test]
fn every_request_to_a_browser_has_a_nonce_and_a_key_of_its_own() {
    let [one, other] = [1, 2].map(|seed| request(&begun(BrowserSigning::Unsigned, true, seed)));
    assert_ne!(one["data"]["nonce"], other["data"]["nonce"]);
    assert_ne!(one["data"]["client_metadata"]["jwks"], other["data"]["client_metadata"]["jwks"]);
}

#[test]
fn a_request_to_a_browser_is_one_that_can_be_made() {
    let query = dcql();
    let fault = |draft: BrowserDraft<'_>| draft.begin(now(), &mut Seeded::new(1)).unwrap_err();
    let good = draft(&query, true);
    assert_eq!(fault(BrowserDraft { origins: &[], ..good.clone() }), DraftFault::OriginMalformed);
    for bad in [
        "https://library.example/",
        "https://library.example?a",
        "https://Library.example",
        "https://library.example:443",
        "http://library.example",
        "https://a@library.example",
        "library.example",
        "null",
    ] {
        assert_eq!(
            fault(BrowserDraft { origins: &[ORIGIN, bad], ..good.clone() }),
            DraftFault::OriginMalformed,
            "{bad}"
        );
    }
    let local = BrowserDraft { origins: &["http://localhost:3000"], ..good.clone() };
    assert!(local.begin(now(), &mut Seeded::new(1)).is_ok());
    let nobody = BrowserSigning::Multisigned(&[]);
    assert_eq!(fault(BrowserDraft { signing: nobody, ..good.clone() }), DraftFault::CertificateMissing);
    let many = [identity(Naming::CertificateHash); 9];
    let crowd = BrowserSigning::Multisigned(&many);
    assert_eq!(fault(BrowserDraft { signing: crowd, ..good.clone() }), DraftFault::TooManySigners { limit: 8 });
    let away = BrowserSigning::Signed(identity(Naming::Host("other.example")));
    let expected = DraftFault::HostForeign { host: "other.example".to_owned() };
    assert_eq!(fault(BrowserDraft { signing: away, ..good }), expected);
}

#[test]
fn a_request_is_given_out_with_its_signatures() {
    let pending = begun(BrowserSigning::Signed(identity(Naming::CertificateHash)), true, 1);
    let one = signatures(&pending);
    assert_eq!(pending.request(&[]), Err(DraftFault::Signatures { wanted: 1 }));
    assert_eq!(pending.request(&[one[0].clone(), one[0].clone()]), Err(DraftFault::Signatures { wanted: 1 }));
    assert!(pending.request(&one).is_ok());
}

#[test]
fn a_request_to_a_browser_is_kept() {
    let did = Did::jwk(LIBRARY.key.public());
    let identities = [Naming::CertificateHash, Naming::Did(&did)].map(identity);
    let signed = BrowserSigning::Signed(identities[0]);
    for signing in [BrowserSigning::Unsigned, signed, BrowserSigning::Multisigned(&identities)] {
        for encrypted in [true, false] {
            let pending = begun(signing, encrypted, 1);
            let again = PendingBrowserPresentation::from_record(&pending.to_record()).unwrap();
            assert_eq!(again.to_record(), pending.to_record());
            assert_eq!(says(&again), says(&pending));
            assert_eq!(again.protocol(), pending.protocol());
            assert_eq!(again.transcript(ORIGIN), pending.transcript(ORIGIN));
            assert_eq!(again.receive("https://other.example", b"{}").unwrap_err(), ResponseFault::OriginForeign);
        }
    }
}

#[test]
fn peer_hole_11_a_request_to_a_browser_is_not_printed() {
    let pending = pending(true);
    let printed = format!("{pending:?}");
    assert!(printed.contains("openid4vp-v1-unsigned") && !printed.contains(pending.nonce()), "{printed}");
}
