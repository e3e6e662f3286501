//! What the holder authorises by presenting (OpenID4VP 1.0 §5.1, Annex B.3.3.1).

use mapae_crypto::Algorithm;
use mapae_jose::{Jws, UnsignedJws, Value, base64url, json as jose_json};
use mapae_oid4vp::{Begun, Call, HttpResponse, Presentation, Request};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use serde_json::json;
use testkit::{Format, IssuedCopy, Seeded};

use crate::{
    phone::{Phone, rand},
    places::Sqlite,
    scene::{Scene, text},
};

const TYPE: &str = "urn:mapae:account-opening:1";

fn wish() -> Value {
    let account = json!({ "type": TYPE, "bank": "Sample Bank", "product": "Savings" });
    json!({ "use": "age_over_19", "flow": "cross_device", "transaction_data": [account] })
}

/// The request, for a wallet that shows such transactions.
async fn fetched(scene: &Scene<Sqlite>, session: &Value) -> Request {
    let mut entropy = Seeded::new(rand());
    let Begun::Fetch(awaiting) = Call::parse(text(session, "link")).unwrap().begin(&mut entropy).unwrap() else {
        panic!()
    };
    let answer = scene.phone().send(awaiting.request()).await;
    let headers = vec![("Content-Type".to_owned(), answer.kind.clone())];
    let response = HttpResponse { status: 200, headers, body: answer.text.into_bytes() };
    let roots = std::slice::from_ref(&scene.world.pki.root);
    awaiting.receive(&response).unwrap().authenticate_knowing(roots, scene.now(), &[TYPE]).unwrap().into_request()
}

/// A key binding with those hashes, written by hand.
fn authorise(request: &Request, copy: &IssuedCopy, hashes: &[String]) -> Presentation {
    let held = SdJwt::parse(std::str::from_utf8(&copy.bytes).unwrap()).unwrap();
    let path = [PathElement::Name("age_equal_or_over"), PathElement::Name("19")];
    let binding = KeyBinding { audience: request.audience(), nonce: request.nonce(), issued_at: testkit::now() };
    let unsigned = held.select(&[&path]).unwrap().bind(Algorithm::Es256, &binding);
    let text = unsigned.attach(&copy.holder.sign(b"").unwrap());
    let (shown, jwt) = text.rsplit_once('~').unwrap();
    let header = Jws::parse(jwt).unwrap().header().raw().clone();
    let payload = base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap();
    let mut payload: Value = serde_json::from_slice(&payload).unwrap();
    payload["transaction_data_hashes"] = json!(hashes);
    let unsigned = UnsignedJws::new(&header, &jose_json::to_vec(&payload));
    let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
    Presentation::SdJwt(format!("{shown}~{}", unsigned.attach(&signature)))
}

async fn result(hashes: impl Fn(&Request) -> Vec<String>) -> Value {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let session = scene.begun(&wish()).await;
    let (request, copy) = (fetched(&scene, &session).await, scene.world.issue(Format::SdJwt));
    let shown = authorise(&request, &copy, &hashes(&request));
    scene.phone().send(&Phone::answer(&request, vec![("resident_sd_jwt", shown)])).await;
    scene.poll(&session).await.body["result"].clone()
}

fn all(request: &Request) -> Vec<String> {
    request.transactions().iter().map(mapae_oid4vp::TransactionData::hash).collect()
}

#[tokio::test]
async fn an_authorised_transaction_is_told() {
    let result = result(all).await;
    assert_eq!(result["verdict"], "held", "{result}");
    let told = &result["transactions"][0];
    assert_eq!((&told["type"], &told["authorised_by"]), (&TYPE.into(), &"resident_sd_jwt".into()));
    assert_eq!(told["details"], json!({ "bank": "Sample Bank", "product": "Savings" }));
}

#[tokio::test]
async fn a_transaction_that_nobody_authorised_refuses_all() {
    let result = result(|_| Vec::new()).await;
    assert_eq!(result["reason"]["code"], "transaction_not_authorised", "{result}");
    assert!(result.get("credentials").is_none());
}

/// Only the key binding of an SD-JWT authorises, so a named use asks for nothing else.
#[tokio::test]
async fn what_authorises_is_asked_for_in_sd_jwt_alone() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let request = fetched(&scene, &scene.begun(&wish()).await).await;
    assert!(request.query().credentials().iter().all(|one| one.id().as_str().ends_with("_sd_jwt")));
}
