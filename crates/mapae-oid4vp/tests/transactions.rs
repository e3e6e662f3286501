//! What a holder authorises by presenting (OpenID4VP §5.1, §8.4, Annex B.3.3).

use mapae_crypto::{SigningKey, sha256};
use mapae_dcql::{DcqlQuery, QueryId};
use mapae_jose::{Object, UnsignedJws, Value, base64url, json as encoding};
use mapae_oid4vp::{
    AuthenticRequest, Presentation, Request, RequestFault, ResponseMode, TransactionData,
    verifier::{AnsweredTransaction, DraftFault, PendingPresentation, ResponseFault},
};
use serde_json::json;
use testkit::{Format, Seeded, World};

use crate::{
    answer::{mdoc, of},
    flow,
    scene::{Bent, REGISTRAR, RESPONSE_URI, encoded_json, now, object},
    verifier::{begin, draft, signed},
};

const PAYMENT: &str = "https://bank.example/payment";

fn id(name: &str) -> QueryId {
    name.parse().unwrap()
}

fn details() -> Object {
    json!({"amount": "50000", "currency": "KRW"}).as_object().unwrap().clone()
}

fn payment(credentials: &[&str]) -> TransactionData {
    TransactionData::new(PAYMENT, credentials.iter().map(|name| id(name)).collect(), details()).unwrap()
}

/// Two cards as SD-JWTs and one as an mdoc, of which any will do.
fn query() -> DcqlQuery {
    let sd_jwt = |name: &str| json!({"id": name, "format": "dc+sd-jwt", "meta": {"vct_values": ["v"]}});
    let mdoc = json!({"id": "m", "format": "mso_mdoc", "meta": {"doctype_value": "d"}});
    let sets = json!([{"options": [["a", "b"], ["a"], ["m"]]}]);
    let query = json!({"credentials": [sd_jwt("a"), sd_jwt("b"), mdoc], "credential_sets": sets});
    DcqlQuery::from_json(&query).unwrap()
}

fn waiting(transactions: Vec<TransactionData>) -> Result<PendingPresentation, DraftFault> {
    let query = query();
    draft(&query, ResponseMode::DirectPostJwt).begin(now(), &mut Seeded::new(1)).unwrap().authorising(transactions)
}

/// The request as a wallet reads it that knows payments.
fn read(pending: &PendingPresentation) -> Result<Request, RequestFault> {
    let object = object(&signed(pending, None));
    let roots = core::slice::from_ref(&REGISTRAR.root);
    object.authenticate_knowing(roots, now(), &[PAYMENT]).map(AuthenticRequest::into_request)
}

/// An SD-JWT by its outer form, whose key binding has such claims.
fn bound(claims: &Value) -> Presentation {
    Presentation::SdJwt(format!("jwt~disclosure~e30.{}.AA", encoded_json(claims)))
}

fn hashes(all: &[&TransactionData]) -> Value {
    let all: Vec<_> = all.iter().map(|one| one.hash()).collect();
    json!({"transaction_data_hashes": all})
}

/// What the verifier makes of an answer.
fn answered<const N: usize>(
    pending: PendingPresentation,
    presentations: [(&str, Presentation); N],
) -> Result<Vec<AnsweredTransaction>, ResponseFault> {
    let presentations = of(presentations.map(|(name, one)| (name, vec![one])));
    let sent = read(&pending).unwrap().answer(presentations, &mut Seeded::new(9)).unwrap();
    Ok(pending.receive(&sent.body)?.transactions().to_vec())
}

fn missing() -> ResponseFault {
    ResponseFault::TransactionMissing { kind: PAYMENT.to_owned() }
}

#[test]
fn a_wallet_reads_the_transactions_of_types_that_it_knows() {
    let request = read(&waiting(vec![payment(&["a", "b"])]).unwrap()).unwrap();
    let [one] = request.transactions() else { panic!() };
    assert_eq!((one.kind(), one.credentials(), one.details()), (PAYMENT, &[id("a"), id("b")][..], &details()));
    assert!(!one.names_hash());
    assert!(read(&waiting(Vec::new()).unwrap()).unwrap().transactions().is_empty());
}

#[test]
fn a_transaction_of_a_type_that_is_not_known_refuses_the_request() {
    let other = TransactionData::new("other", vec![id("a")], Object::new()).unwrap();
    let fault = read(&waiting(vec![payment(&["a"]), other]).unwrap()).unwrap_err();
    assert_eq!(fault, RequestFault::TransactionType { kind: "other".to_owned() });
    // A wallet that knows none reads none.
    let jws = signed(&waiting(vec![payment(&["a"])]).unwrap(), None);
    let fault = crate::scene::authenticate(&jws).unwrap_err();
    assert_eq!(fault, RequestFault::TransactionType { kind: PAYMENT.to_owned() });
}

fn from_others(data: &Value) -> Result<TransactionData, RequestFault> {
    let bent = Bent::new().claim("transaction_data", json!([encoded_json(data)]));
    let roots = core::slice::from_ref(&REGISTRAR.root);
    let authentic = object(&bent.jws()).authenticate_knowing(roots, now(), &[PAYMENT])?;
    Ok(authentic.request().transactions()[0].clone())
}

#[test]
fn transaction_data_name_a_hash_that_is_understood() {
    let with = |hashes: Value| {
        let mut data = json!({"type": PAYMENT, "credential_ids": ["card-sd"], "transaction_data_hashes_alg": hashes});
        data["amount"] = json!("1");
        from_others(&data)
    };
    for good in [json!(["sha-256"]), json!(["sha-512", "sha-256"])] {
        let read = with(good).unwrap();
        assert!(read.names_hash());
        assert_eq!(Value::from(read.details().clone()), json!({"amount": "1"}));
    }
    for bad in [json!([]), json!(["sha-512"]), json!("sha-256"), json!([1])] {
        assert_eq!(with(bad.clone()), Err(RequestFault::TransactionData), "{bad}");
    }
}

#[test]
fn a_transaction_is_authorised_by_an_sd_jwt_that_is_bound_to_its_holder() {
    let of = |ids: Value| from_others(&json!({"type": PAYMENT, "credential_ids": ids})).map(|_| ());
    assert_eq!(of(json!(["card-sd"])), Ok(()));
    assert_eq!(of(json!(["card"])), Err(RequestFault::TransactionData), "an mdoc");
    assert_eq!(of(json!(["card-sd", "card"])), Err(RequestFault::TransactionData));
    let mut unbound = query().to_json();
    unbound["credentials"][0]["require_cryptographic_holder_binding"] = json!(false);
    let bent = Bent::new().claim("dcql_query", unbound);
    let bent = bent.claim("transaction_data", json!([payment(&["a"]).as_str()]));
    let roots = core::slice::from_ref(&REGISTRAR.root);
    let fault = object(&bent.jws()).authenticate_knowing(roots, now(), &[PAYMENT]).unwrap_err();
    assert_eq!(fault, RequestFault::TransactionData);
}

#[test]
fn a_transaction_has_a_type_and_credentials_and_members_of_its_own() {
    let new = |kind: &str, ids: &[&str], details: Value| {
        let ids = ids.iter().map(|name| id(name)).collect();
        TransactionData::new(kind, ids, details.as_object().unwrap().clone()).is_some()
    };
    assert!(new("t", &["a"], json!({})));
    assert!(!new("", &["a"], json!({})));
    assert!(!new("t", &[], json!({})));
    for name in ["type", "credential_ids", "transaction_data_hashes_alg"] {
        assert!(!new("t", &["a"], json!({name: ["sha-256"]})), "{name}");
    }
}

#[test]
fn what_no_credential_can_authorise_is_not_asked() {
    assert!(waiting(vec![payment(&["a"]); 16]).is_ok());
    for bad in [vec![payment(&["m"])], vec![payment(&["a", "z"])], vec![payment(&["a"]); 17]] {
        assert_eq!(waiting(bad).unwrap_err(), DraftFault::TransactionUnusable);
    }
}

#[test]
fn the_hash_is_over_the_text_that_travels() {
    let one = payment(&["a"]);
    let jws = signed(&waiting(vec![one.clone()]).unwrap(), None);
    let claims: Value = {
        let payload = base64url::decode(jws.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice(&payload).unwrap()
    };
    let sent = claims["transaction_data"][0].as_str().unwrap();
    assert_eq!(one.hash(), base64url::encode(sha256(sent.as_bytes())));
    let expected = json!({"type": PAYMENT, "credential_ids": ["a"], "amount": "50000", "currency": "KRW"});
    assert_eq!(serde_json::from_slice::<Value>(&base64url::decode(sent).unwrap()).unwrap(), expected);
}

#[test]
fn an_answer_authorises_each_transaction_by_one_credential() {
    let (one, other) = (payment(&["a", "b"]), payment(&["b"]));
    let pending = || waiting(vec![one.clone(), other.clone()]).unwrap();
    let shared = [("a", bound(&hashes(&[&one]))), ("b", bound(&hashes(&[&other])))];
    let all = answered(pending(), shared).unwrap();
    let by: Vec<_> = all.iter().map(|one| (one.transaction().clone(), one.credential().as_str())).collect();
    assert_eq!(by, [(one.clone(), "a"), (other.clone(), "b")]);
    // One credential may authorise both.
    let all = answered(pending(), [("a", bound(&json!({}))), ("b", bound(&hashes(&[&one, &other])))]).unwrap();
    assert!(all.iter().all(|one| one.credential().as_str() == "b"));
}

#[test]
fn a_transaction_that_nobody_authorised_is_missing() {
    let one = payment(&["a", "b"]);
    let pending = || waiting(vec![one.clone()]).unwrap();
    assert_eq!(answered(pending(), [("a", bound(&json!({})))]), Err(missing()));
    assert_eq!(answered(pending(), [("a", Presentation::SdJwt("jwt~".to_owned()))]), Err(missing()));
    // An mdoc has no place for it.
    assert_eq!(answered(pending(), [("m", mdoc())]), Err(missing()));
    assert_eq!(answered(pending(), [("a", bound(&hashes(&[&one])))]).unwrap().len(), 1);
}

#[test]
fn a_transaction_is_authorised_once() {
    let one = payment(&["a", "b"]);
    let twice = [("a", bound(&hashes(&[&one]))), ("b", bound(&hashes(&[&one])))];
    assert_eq!(answered(waiting(vec![one.clone()]).unwrap(), twice), Err(missing()));
}

#[test]
fn what_was_not_asked_of_a_credential_is_not_authorised_by_it() {
    let (one, foreign) = (payment(&["a"]), payment(&["b"]));
    let answer = |claims: &Value| answered(waiting(vec![one.clone()]).unwrap(), [("a", bound(claims))]);
    assert_eq!(answer(&hashes(&[&one, &foreign])), Err(ResponseFault::TransactionForeign));
    // Nor by another credential than it names.
    let elsewhere = [("a", bound(&hashes(&[&one]))), ("b", bound(&hashes(&[&one])))];
    assert_eq!(answered(waiting(vec![one.clone()]).unwrap(), elsewhere), Err(ResponseFault::TransactionForeign));
    for bad in [json!("text"), json!([1]), json!({})] {
        let claims = json!({"transaction_data_hashes": bad});
        assert_eq!(answer(&claims), Err(ResponseFault::TransactionForeign), "{bad}");
    }
}

#[test]
fn a_hash_is_sha_256() {
    let one = payment(&["a"]);
    let answer = |name: &str| {
        let mut claims = hashes(&[&one]);
        claims["transaction_data_hashes_alg"] = json!(name);
        answered(waiting(vec![one.clone()]).unwrap(), [("a", bound(&claims))])
    };
    assert!(answer("sha-256").is_ok());
    assert_eq!(answer("sha-384"), Err(ResponseFault::TransactionForeign));
}

#[test]
fn a_wallet_signs_the_hash_of_each_and_says_which_it_used_where_it_is_asked() {
    let (one, other) = (payment(&["a"]), payment(&["b"]));
    let named = from_others(&json!({
        "type": PAYMENT, "credential_ids": ["card-sd"], "transaction_data_hashes_alg": ["sha-256"], "amount": "1",
    }));
    let named = named.unwrap();
    let claims = |all: &[&TransactionData]| Value::from_iter(TransactionData::key_binding_claims(all));
    assert!(TransactionData::key_binding_claims(&[]).is_empty());
    assert_eq!(claims(&[&one, &other]), json!({"transaction_data_hashes": [one.hash(), other.hash()]}));
    let both = json!({"transaction_data_hashes": [one.hash(), named.hash()], "transaction_data_hashes_alg": "sha-256"});
    assert_eq!(claims(&[&one, &named]), both);
    let shown = [("a", bound(&claims(&[&one])))];
    assert_eq!(answered(waiting(vec![one.clone()]).unwrap(), shown).unwrap()[0].transaction(), &one);
}

#[test]
fn without_transactions_a_key_binding_says_what_it_likes() {
    let claims = hashes(&[&payment(&["a"])]);
    assert_eq!(answered(waiting(Vec::new()).unwrap(), [("a", bound(&claims))]), Ok(Vec::new()));
}

/// The presentation with other claims in its key binding, signed again.
fn signed_anew(presentation: &str, holder: &SigningKey, claims: &Value) -> String {
    let (shown, jwt) = presentation.rsplit_once('~').unwrap();
    let decoded = |at: usize| base64url::decode(jwt.split('.').nth(at).unwrap()).unwrap();
    let (header, mut payload): (Object, Object) =
        (serde_json::from_slice(&decoded(0)).unwrap(), serde_json::from_slice(&decoded(1)).unwrap());
    payload.extend(claims.as_object().unwrap().clone());
    let unsigned = UnsignedJws::new(&header, &encoding::to_vec(&payload));
    let signature = holder.sign(unsigned.to_be_signed()).unwrap();
    format!("{shown}~{}", unsigned.attach(&signature))
}

#[test]
fn what_was_authorised_holds_with_the_presentation() {
    let world = World::new();
    let one = payment(&["asked"]);
    let begin = || flow::ask(Format::SdJwt, ResponseMode::DirectPostJwt, 1).authorising(vec![one.clone()]).unwrap();
    let (copy, stranger) = (world.issue(Format::SdJwt), SigningKey::from_scalar(&[9; 32]).unwrap());
    for (holder, verdict) in [(&copy.holder, None), (&stranger, Some("holder_binding_invalid"))] {
        let pending = begin();
        let request = read(&pending).unwrap();
        let shown = flow::present_to(&request.transcript(), (request.audience(), request.nonce()), &copy);
        let Presentation::SdJwt(text) = shown else { panic!() };
        let shown = Presentation::SdJwt(signed_anew(&text, holder, &hashes(&[&one])));
        let sent = request.answer(of([("asked", vec![shown])]), &mut Seeded::new(9)).unwrap();
        assert_eq!(sent.url, RESPONSE_URI);
        let received = pending.receive(&sent.body).unwrap();
        assert_eq!(received.transactions()[0].transaction(), &one);
        assert_eq!(flow::judge(&world, &received).err().map(|reason| reason.code()), verdict);
    }
}

#[test]
fn peer_hole_11_a_transaction_is_not_printed() {
    let printed = format!("{:?}", payment(&["a"]));
    assert!(printed.contains(PAYMENT) && !printed.contains("50000"), "{printed}");
    let pending = begin(ResponseMode::DirectPostJwt, 1).authorising(vec![payment(&["card-sd"])]).unwrap();
    assert!(!format!("{pending:?}").contains("50000"));
}
