//! What verifiers and wallets send each other (OpenID4VP).

use std::sync::LazyLock;

use mapae_dcql::DcqlQuery;
use mapae_jose::{JweEncrypter, Jwk, Jws, Object, UnsignedJws, Value, json, x5c_value};
use mapae_oid4vp::{
    Answered, Call, HttpResponse, OAuthError, Request, RequestObject, ResponseMode,
    verifier::{Naming, PendingPresentation, RequestDraft, wallet_nonce},
};
use mapae_types::Duration;

use crate::{
    jose::Constant,
    parties::{RESPONSE_URI, now, parties},
};

/// What is asked for.
pub const QUERY: &str = r#"{"credentials":[{"id":"a","format":"mso_mdoc","meta":{"doctype_value":"d"},"claims":[{"path":
    ["n","e"]}]},{"id":"b","format":"dc+sd-jwt","meta":{"vct_values":["v"]}}],"credential_sets":[{"options":[["a"],["b"]]}]}"#;

/// Texts that call a wallet: what is called for is authentic nowhere, is fetched over TLS, and is read alike from a link.
pub fn presentation_call(data: &[u8]) -> bool {
    let Some(call) = str::from_utf8(data).ok().and_then(|text| Call::parse(text).ok()) else { return false };
    match &call {
        Call::Reference { client_id, request_uri, .. } => {
            assert!(client_id.prefix().is_signed());
            assert!(request_uri.starts_with("https://") || request_uri.starts_with("http://"));
        }
        Call::Signed(object) => assert!(object.authenticate(&[], now()).is_err()),
        Call::Plain(object) => check_plain(object),
        _ => {}
    }
    true
}

fn check_plain(object: &RequestObject) {
    assert!(object.authenticate(core::slice::from_ref(&parties().root), now()).is_err());
    let Ok(request) = object.unauthenticated(now()) else { return };
    assert_eq!(request.client_id().name(), request.response_uri());
    check_answer(&request);
}

/// The inside of a request object, which the verifier signs whatever it says.
pub fn request_object_payload(data: &[u8]) -> bool {
    let header = [("alg", "ES256".into()), ("typ", "oauth-authz-req+jwt".into()), ("x5c", chain())];
    let header = header.into_iter().map(|(name, value): (_, Value)| (name.to_owned(), value)).collect::<Object>();
    let unsigned = UnsignedJws::new(&header, data);
    let Ok(signature) = parties().reader.key.sign(unsigned.to_be_signed()) else { return false };
    let Ok(Call::Signed(object)) = Call::parse(&unsigned.attach(&signature)) else { return false };
    let roots = core::slice::from_ref(&parties().root);
    let authentic = match object.authenticate(roots, now()) {
        Ok(authentic) => authentic,
        Err(fault) => {
            // Whoever is told what is wrong is told it at a place that they signed for.
            let told = object.refusal(&fault, roots, now(), &mut Constant);
            assert!(told.is_none_or(|told| fault.oauth().is_some() && is(data, "response_uri", &told.url)));
            return false;
        }
    };
    assert_eq!(authentic.certificate(), &parties().reader.certificate);
    let request = authentic.request();
    assert!(is(data, "client_id", request.audience()) && is(data, "nonce", request.nonce()));
    assert!(is(data, "response_uri", request.response_uri()));
    check_answer(request);
    true
}

/// Every answer goes where the request says.
fn check_answer(request: &Request) {
    let refused = request.refuse(OAuthError::AccessDenied, &mut Constant).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(refused.url, request.response_uri());
    let is_encrypted = refused.body.starts_with(b"response=");
    assert_eq!(is_encrypted, request.response_mode() == ResponseMode::DirectPostJwt);
    assert!(is_encrypted || !request.response_uri().is_empty() && refused.body.starts_with(b"error=access_denied"));
}

fn chain() -> Value {
    x5c_value(&[parties().reader.certificate.der()])
}

fn is(data: &[u8], member: &str, expected: &str) -> bool {
    json::parse_object(data).is_ok_and(|object| object.get(member).is_some_and(|value| value == expected))
}

/// A request that waits: every time the same.
pub fn pending(response_mode: ResponseMode) -> PendingPresentation {
    static ASKED: LazyLock<DcqlQuery> = LazyLock::new(|| {
        let query = json::parse(QUERY.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
        DcqlQuery::from_json(&query).unwrap_or_else(|fault| panic!("{fault}"))
    });
    let draft = RequestDraft {
        chain: core::slice::from_ref(&parties().reader.certificate),
        naming: Naming::CertificateHash,
        response_uri: RESPONSE_URI,
        response_mode,
        query: &ASKED,
        purpose: None,
        lifetime: Duration::seconds(60),
    };
    draft.begin(now(), &mut Constant).unwrap_or_else(|fault| panic!("{fault}"))
}

/// What comes back to a verifier, as it is and as the content of a JWE; and to a wallet.
pub fn presentation_answer(data: &[u8]) -> bool {
    let _nonce = wallet_nonce(data);
    let plain = pending(ResponseMode::DirectPost);
    let plain = plain.receive(data).is_ok_and(|received| received.presentations().len() <= 2);
    let encrypted = encrypted(data).is_some_and(|body| pending(ResponseMode::DirectPostJwt).receive(&body).is_ok());
    let response = HttpResponse { status: 200, headers: Vec::new(), body: data.to_vec() };
    let goes_on = Answered::receive(&response).is_ok_and(|answered| {
        answered.redirect_uri().is_some_and(|page| {
            assert!(page.starts_with("https://") || page.starts_with("http://"));
            true
        })
    });
    plain || encrypted || goes_on
}

/// Encrypted to the key that the request names.
fn encrypted(content: &[u8]) -> Option<Vec<u8>> {
    static KEY: LazyLock<Option<Jwk>> = LazyLock::new(|| {
        let unsigned = pending(ResponseMode::DirectPostJwt).request_object(None);
        let signature = parties().reader.key.sign(unsigned.to_be_signed()).ok()?;
        let jws = unsigned.attach(&signature);
        let claims = Jws::parse(&jws).ok()?.verify(parties().reader.key.public()).ok()?.payload_object().ok()?;
        Jwk::from_value(Value::Object(claims).pointer("/client_metadata/jwks/keys/0")?).ok()
    });
    let encrypter = JweEncrypter::new(KEY.as_ref()?, mapae_crypto::aead::AeadAlgorithm::A128Gcm).ok()?.kid("1");
    Some(format!("response={}", encrypter.encrypt(content, &mut Constant).ok()?).into_bytes())
}
