//! The verifier's half: requests that wallets answer, and answers that are taken once.

use mapae_oid4vp::{
    AuthenticRequest, Call, HttpRequest, OAuthError, Request, RequestFault, RequestUriMethod, ResponseMode,
    verifier::{
        DraftFault, Naming, PendingPresentation, RequestDraft, ResponseFault, accepted, rejected, wallet_nonce,
    },
};
use mapae_types::Duration;
use mapae_x509::Certificate;
use serde_json::json;

use crate::{
    answer::{mdoc, of, sd_jwt},
    scene::{Bent, HOST, LIBRARY, REGISTRAR, RESPONSE_URI, authenticate, dcql, now, object},
};

/// A verifier with a certificate for another host.
pub(crate) struct Named(crate::scene::Verifier);

pub(crate) fn named(host: &'static str) -> Named {
    Named(REGISTRAR.certify_host(80, host))
}

impl Named {
    pub(crate) fn authenticate(&self, bent: Bent) -> Result<AuthenticRequest, RequestFault> {
        let chain = mapae_jose::x5c_value(&[self.0.certificate.der()]);
        authenticate(&bent.header("x5c", chain).signed_by(&self.0.key))
    }
}

pub(crate) fn draft(query: &mapae_dcql::DcqlQuery, response_mode: ResponseMode) -> RequestDraft<'_> {
    let chain: &'static [Certificate] = core::slice::from_ref(&LIBRARY.certificate);
    RequestDraft {
        chain,
        naming: Naming::CertificateHash,
        response_uri: RESPONSE_URI,
        response_mode,
        query,
        purpose: Some("책을 빌려 드리려고 합니다."),
        lifetime: Duration::seconds(300),
    }
}

pub(crate) fn begin(mode: ResponseMode, seed: u64) -> PendingPresentation {
    draft(&dcql(), mode).begin(now(), &mut testkit::Seeded::new(seed)).unwrap()
}

pub(crate) fn pending(encrypted: bool) -> PendingPresentation {
    begin(if encrypted { ResponseMode::DirectPostJwt } else { ResponseMode::DirectPost }, 1)
}

pub(crate) fn signed(pending: &PendingPresentation, wallet_nonce: Option<&str>) -> String {
    let unsigned = pending.request_object(wallet_nonce);
    let signature = LIBRARY.key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

pub(crate) fn read(pending: &PendingPresentation) -> Request {
    authenticate(&signed(pending, None)).unwrap().into_request()
}

pub(crate) fn answer(request: &Request) -> HttpRequest {
    request.answer(of([("card", vec![mdoc()])]), &mut testkit::Seeded::new(9)).unwrap()
}

fn body(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

pub(crate) const BOTH: [ResponseMode; 2] = [ResponseMode::DirectPost, ResponseMode::DirectPostJwt];

#[test]
fn a_wallet_reads_what_a_verifier_writes() {
    for mode in BOTH {
        let pending = begin(mode, 1);
        let request = read(&pending);
        assert_eq!((request.audience(), request.nonce()), (pending.client_id(), pending.nonce()));
        assert_eq!((request.query(), request.expires()), (pending.query(), Some(pending.expires())));
        assert_eq!((request.response_mode(), request.response_uri()), (mode, RESPONSE_URI));
        assert_eq!(request.transcript(), pending.transcript());
        assert_eq!(request.purpose(), Some("책을 빌려 드리려고 합니다."));
    }
}

#[test]
fn the_answer_to_a_request_is_taken() {
    for mode in BOTH {
        let pending = begin(mode, 1);
        let (transcript, nonce) = (pending.transcript(), pending.nonce().to_owned());
        let sent = answer(&read(&pending));
        let received = pending.receive(&sent.body).unwrap();
        assert_eq!(received.presentations().len(), 1);
        assert_eq!(received.presentations()["card"], [vec![0xa1, 0xff, 0xfe]]);
        assert_eq!((received.transcript(), received.nonce()), (&transcript, &nonce[..]));
        assert_eq!((received.audience(), received.query()), (&LIBRARY.client_id()[..], &dcql()));
    }
}

#[test]
fn an_sd_jwt_is_its_text() {
    let pending = begin(ResponseMode::DirectPostJwt, 1);
    let sent = read(&pending).answer(of([("card-sd", vec![sd_jwt("a~b~c")])]), &mut testkit::Seeded::new(9)).unwrap();
    assert_eq!(pending.receive(&sent.body).unwrap().presentations()["card-sd"], [b"a~b~c".to_vec()]);
}

#[test]
fn every_request_has_a_nonce_a_state_and_a_key_of_its_own() {
    let (one, other) = (begin(ResponseMode::DirectPostJwt, 1), begin(ResponseMode::DirectPostJwt, 2));
    assert_ne!(one.nonce(), other.nonce());
    assert_ne!(one.state(), other.state());
    assert_ne!(one.nonce(), one.state());
    assert_ne!(read(&one).response_key(), read(&other).response_key());
    assert!(one.nonce().len() >= 22 && one.state().len() >= 22);
}

#[test]
fn peer_hole_10_the_answer_to_one_request_is_none_to_another() {
    for mode in BOTH {
        let sent = answer(&read(&begin(mode, 1)));
        let fault = begin(mode, 2).receive(&sent.body).unwrap_err();
        let expected = if mode == ResponseMode::DirectPost { "state_differs" } else { "answer_undecryptable" };
        assert_eq!(fault.code(), expected);
    }
    // Nor where the key is the same: the state is another.
    let pending = begin(ResponseMode::DirectPost, 1);
    let stateless = format!("vp_token={}", crate::scene::encoded(r#"{"card":["AA"]}"#));
    assert_eq!(pending.receive(stateless.as_bytes()).unwrap_err(), ResponseFault::StateDiffers);
}

#[test]
fn what_must_be_encrypted_is_not_read_otherwise() {
    let pending = begin(ResponseMode::DirectPostJwt, 1);
    let clear = format!("vp_token={}&state={}", crate::scene::encoded(r#"{"card":["AA"]}"#), pending.state());
    assert_eq!(pending.receive(clear.as_bytes()).unwrap_err(), ResponseFault::NotEncrypted);
}

#[test]
fn an_answer_names_the_key_that_it_is_encrypted_to() {
    for kid in [None, Some("other")] {
        let pending = begin(ResponseMode::DirectPostJwt, 1);
        let request = read(&pending);
        let key = request.response_key().unwrap();
        let encrypter = mapae_jose::JweEncrypter::new(key.jwk(), key.enc()).unwrap();
        let encrypter = kid.map_or_else(|| encrypter.clone(), |kid| encrypter.clone().kid(kid));
        let content = json!({"vp_token": {"card": ["AA"]}, "state": pending.state()}).to_string();
        let jwe = encrypter.encrypt(content.as_bytes(), &mut testkit::Seeded::new(9)).unwrap();
        let fault = pending.receive(format!("response={jwe}").as_bytes()).unwrap_err();
        assert_eq!(fault, ResponseFault::EncryptionUnasked);
    }
}

#[test]
fn a_refusal_is_known_as_one() {
    for mode in BOTH {
        let pending = begin(mode, 1);
        let sent = read(&pending).refuse(OAuthError::AccessDenied, &mut testkit::Seeded::new(9)).unwrap();
        assert_eq!(pending.receive(&sent.body).unwrap_err(), ResponseFault::Refused(OAuthError::AccessDenied));
        // §8.3.1: also where it could not be encrypted.
        let pending = begin(mode, 1);
        let clear = format!("error=server_error&state={}", pending.state());
        assert_eq!(pending.receive(clear.as_bytes()).unwrap_err(), ResponseFault::RefusedUnknown);
    }
}

#[test]
fn a_refusal_of_somebody_else_is_none() {
    let fault = begin(ResponseMode::DirectPost, 1).receive(b"error=access_denied&state=other").unwrap_err();
    assert_eq!(fault, ResponseFault::StateDiffers);
}

fn token(token: &serde_json::Value) -> ResponseFault {
    let pending = begin(ResponseMode::DirectPost, 1);
    let form = format!("vp_token={}&state={}", crate::scene::encoded(&token.to_string()), pending.state());
    pending.receive(&body(&form)).unwrap_err()
}

#[test]
fn a_token_has_its_form() {
    let bad = [
        json!([]),
        json!("card"),
        json!({"card": "AA"}),
        json!({"card": []}),
        json!({"card": [1]}),
        json!({"card": ["AA=="]}),
        json!({"card": vec!["AA"; 17]}),
    ];
    for bad in bad {
        assert_eq!(token(&bad), ResponseFault::Token, "{bad}");
    }
    let pending = begin(ResponseMode::DirectPost, 1);
    let none = format!("state={}", pending.state());
    assert_eq!(pending.receive(&body(&none)).unwrap_err(), ResponseFault::Token);
}

#[test]
fn an_answer_is_to_what_was_asked() {
    for bad in
        [json!({}), json!({"other": ["AA"]}), json!({"card": ["AA"], "other": ["AA"]}), json!({"card": ["AA", "AA"]})]
    {
        assert_eq!(token(&bad).code(), "answer_incomplete", "{bad}");
    }
}

#[test]
fn an_answer_is_one_form_within_bounds() {
    for bad in [&b"\xff"[..], b"state=a&state=b", b"%"] {
        assert_eq!(begin(ResponseMode::DirectPost, 1).receive(bad).unwrap_err(), ResponseFault::FormMalformed);
    }
    let long = vec![b'a'; (2 << 20) + 1];
    assert_eq!(begin(ResponseMode::DirectPost, 1).receive(&long).unwrap_err(), ResponseFault::FormMalformed);
    let jwe = begin(ResponseMode::DirectPostJwt, 1).receive(b"response=a.b.c").unwrap_err();
    assert_eq!(jwe.code(), "answer_undecryptable");
}

#[test]
fn an_answer_has_one_reading() {
    let pending = begin(ResponseMode::DirectPost, 1);
    let twice = crate::scene::encoded(r#"{"card":["AA"],"card":["AB"]}"#);
    let form = format!("vp_token={twice}&state={}", pending.state());
    assert_eq!(pending.receive(&body(&form)).unwrap_err(), ResponseFault::Token);
    let pending = begin(ResponseMode::DirectPostJwt, 1);
    let state = pending.state();
    let content = format!(r#"{{"vp_token":{{"card":["AA"]}},"state":"{state}","vp_token":{{"card":["AB"]}}}}"#);
    let request = read(&pending);
    let key = request.response_key().unwrap();
    let encrypter = mapae_jose::JweEncrypter::new(key.jwk(), key.enc()).unwrap().kid(key.kid().unwrap());
    let jwe = encrypter.encrypt(content.as_bytes(), &mut testkit::Seeded::new(9)).unwrap();
    let fault = pending.receive(&body(&format!("response={jwe}"))).unwrap_err();
    assert_eq!(fault, ResponseFault::ContentMalformed);
}

#[test]
fn what_was_not_taken_is_answered_with_a_code_and_a_clause() {
    let said = |fault: &ResponseFault| serde_json::from_slice::<serde_json::Value>(&rejected(fault)).unwrap();
    let expected = json!({"error": "invalid_request", "error_description": "state_differs: OpenID4VP 1.0 §14.3.2"});
    assert_eq!(said(&ResponseFault::StateDiffers), expected);
    let faults = [
        ResponseFault::FormMalformed,
        ResponseFault::NotEncrypted,
        ResponseFault::EncryptionUnasked,
        ResponseFault::Token,
        ResponseFault::OriginForeign,
        ResponseFault::TransactionForeign,
        ResponseFault::TransactionMissing { kind: "t".to_owned() },
    ];
    let codes: std::collections::BTreeSet<_> = faults.iter().map(ResponseFault::code).collect();
    assert_eq!(codes.len(), faults.len(), "two faults have one code");
    assert!(faults.iter().all(|fault| fault.clause().starts_with('§') && !fault.is_refusal()));
    // A refusal is an answer, and is taken as one (§8.2).
    assert!(
        ResponseFault::Refused(OAuthError::AccessDenied).is_refusal() && ResponseFault::RefusedUnknown.is_refusal()
    );
}

#[test]
fn a_draft_is_one_that_wallets_answer() {
    let query = dcql();
    let good = draft(&query, ResponseMode::DirectPost);
    let fault = |draft: &RequestDraft<'_>| draft.begin(now(), &mut testkit::Seeded::new(1)).unwrap_err();
    let unnamed = RequestDraft { chain: &[], ..good.clone() };
    assert_eq!(fault(&unnamed), DraftFault::CertificateMissing);
    let clear = RequestDraft { response_uri: "http://library.example/", ..good.clone() };
    assert_eq!(fault(&clear), DraftFault::Insecure);
    let other = RequestDraft { naming: Naming::Host("other.example"), ..good.clone() };
    assert_eq!(fault(&other), DraftFault::HostForeign { host: "other.example".to_owned() });
    let away = RequestDraft { naming: Naming::Host(HOST), response_uri: "https://other.example/", ..good.clone() };
    assert_eq!(fault(&away), DraftFault::ResponseUriForeign);
    let by_host = RequestDraft { naming: Naming::Host(HOST), ..good };
    let pending = by_host.begin(now(), &mut testkit::Seeded::new(1)).unwrap();
    assert_eq!(read(&pending).audience(), "x509_san_dns:library.example");
}

#[test]
fn a_link_calls_a_wallet() {
    let pending = begin(ResponseMode::DirectPostJwt, 1);
    let uri = "https://library.example/requests/1?a=b";
    for base in ["openid4vp://", "haip-vp://", "https://wallet.example/"] {
        for method in [RequestUriMethod::Get, RequestUriMethod::Post] {
            let Ok(Call::Reference { client_id, request_uri, method: read }) =
                Call::parse(&pending.link(base, uri, method))
            else {
                panic!("{base}")
            };
            assert_eq!((client_id.as_str(), &request_uri[..], read), (pending.client_id(), uri, method));
        }
    }
}

#[test]
fn a_request_object_carries_the_nonce_of_the_wallet() {
    let pending = begin(ResponseMode::DirectPostJwt, 1);
    let payload = |nonce| {
        let jws = signed(&pending, nonce);
        mapae_jose::Jws::parse(&jws).unwrap().verify(LIBRARY.key.public()).unwrap().payload_object().unwrap()
    };
    assert_eq!(payload(Some("theirs"))["wallet_nonce"], "theirs");
    assert!(!payload(None).contains_key("wallet_nonce"));
    assert_eq!(wallet_nonce(b"wallet_nonce=a%2Db&wallet_metadata=%7B%7D"), Ok(Some("a-b".to_owned())));
    assert_eq!(wallet_nonce(b""), Ok(None));
    for bad in [b"wallet_nonce=a&wallet_nonce=b".to_vec(), vec![b'a'; (64 << 10) + 1]] {
        assert_eq!(wallet_nonce(&bad), Err(ResponseFault::FormMalformed));
    }
    let long = format!("wallet_nonce={}", "a".repeat(513));
    assert_eq!(wallet_nonce(long.as_bytes()), Err(ResponseFault::FormMalformed));
}

#[test]
fn a_verifier_says_where_the_person_goes_on() {
    assert_eq!(accepted(None), b"{}");
    assert_eq!(accepted(Some("https://library.example/#a")), br#"{"redirect_uri":"https://library.example/#a"}"#);
}

#[test]
fn a_pending_request_is_not_printed() {
    let pending = begin(ResponseMode::DirectPostJwt, 1);
    let printed = format!("{pending:?}");
    assert!(!printed.contains(pending.nonce()) && !printed.contains(pending.state()), "{printed}");
    let sent = answer(&read(&pending));
    let received = format!("{:?}", pending.receive(&sent.body).unwrap());
    assert_eq!(received, r#"ReceivedPresentations { queries: ["card"], .. }"#);
}

#[test]
fn a_request_of_the_past_is_expired() {
    let query = dcql();
    let past = now() - Duration::seconds(1000);
    let pending = draft(&query, ResponseMode::DirectPost).begin(past, &mut testkit::Seeded::new(1)).unwrap();
    let refused = object(&signed(&pending, None)).authenticate(core::slice::from_ref(&REGISTRAR.root), now());
    assert_eq!(refused.unwrap_err().code(), "request_expired");
}
