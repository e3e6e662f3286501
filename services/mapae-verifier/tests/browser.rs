//! By the Digital Credentials API: the page hands the request to its browser, and what comes back to its server.

use mapae_crypto::aead::AeadAlgorithm;
use mapae_jose::{JweEncrypter, Jwk, base64url};
use mapae_mdoc::SessionTranscript;
use mapae_oid4vp::Presentation;
use serde_json::{Value, json};
use testkit::{BOTH, Format, Seeded};

use crate::{
    phone::{Phone, rand},
    places::{Place, Sqlite, on_both},
    scene::{Answer, KEY, Scene, text},
};

const ORIGIN: &str = "https://shop.example";

fn wish() -> Value {
    json!({ "use": "age_over_19", "flow": "dc_api", "origin": ORIGIN })
}

/// What a wallet answers to a page of that origin (OpenID4VP 1.0 Annexes A.4 and B.2.6.2).
fn answer<P: Place>(scene: &Scene<P>, session: &Value, format: Format, origin: &str) -> String {
    assert_eq!(session["request"]["protocol"], "openid4vp-v1-signed");
    let payload = text(&session["request"]["data"], "request").split('.').nth(1).unwrap().to_owned();
    let parameters: Value = serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap();
    assert_eq!(parameters["expected_origins"], json!([ORIGIN]));
    let key = &parameters["client_metadata"]["jwks"]["keys"][0];
    let (jwk, nonce) = (Jwk::from_value(key).unwrap(), text(&parameters, "nonce"));
    let transcript = SessionTranscript::openid4vp_dc_api(origin, nonce, Some(&jwk.thumbprint()));
    let audience = format!("origin:{origin}");
    let copy = scene.world.issue(format);
    let shown = match scene.phone().present_to(&transcript, (&audience, nonce), &copy, &["age_over_19"]) {
        Presentation::DeviceResponse(bytes) => base64url::encode(bytes),
        Presentation::SdJwt(text) => text,
        _ => panic!(),
    };
    let token = json!({ "vp_token": { Phone::query(format): [shown] } }).to_string();
    let encrypter = JweEncrypter::new(&jwk, AeadAlgorithm::A256Gcm).unwrap().kid(text(key, "kid"));
    json!({ "response": encrypter.encrypt(token.as_bytes(), &mut Seeded::new(rand())).unwrap() }).to_string()
}

async fn post<P: Place>(scene: &Scene<P>, session: &Value, data: String) -> Answer {
    scene.ask("POST", &format!("/sessions/{}/response", text(session, "id")), KEY, data).await
}

async fn a_browser_brings_the_answer<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    for format in BOTH {
        let session = scene.begun(&wish()).await;
        assert!(session.get("link").is_none());
        let data = answer(&scene, &session, format, ORIGIN);
        let told = post(&scene, &session, data.clone()).await;
        assert_eq!((told.status, &told.body["result"]["verdict"]), (200, &"held".into()), "{}", told.text);
        assert_eq!(post(&scene, &session, data).await.refusal(), (409, "answer_taken"));
    }
}

on_both!(a_browser_brings_the_answer);

/// Whoever relays the request to a page of their own has it answered for that page.
#[tokio::test]
async fn an_answer_for_another_page_is_refused() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for format in BOTH {
        let session = scene.begun(&wish()).await;
        let told = post(&scene, &session, answer(&scene, &session, format, "https://relay.example")).await;
        assert_eq!(told.body["result"]["verdict"], "refused", "{}", told.text);
        assert!(told.body["result"].get("credentials").is_none());
    }
}

#[tokio::test]
async fn what_goes_by_redirects_is_brought_by_nobody() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let session = scene.begun(&crate::scene::of_age()).await;
    assert_eq!(post(&scene, &session, "{}".to_owned()).await.refusal(), (404, "session_unknown"));
    assert_eq!(scene.poll(&session).await.body["state"], "waiting");
}
