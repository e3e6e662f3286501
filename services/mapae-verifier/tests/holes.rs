//! Holes found in other verifiers, tried at the service's own door: what its parts refuse, no way around them lets in.
//!
//! Holes 8 and 10 are in `wallets` and `same_device`, 9 in `bundles`, 11 in `redaction`, 18 and 19 in `judging`.

use mapae_crypto::Algorithm;
use mapae_jose::{Jws, UnsignedJws, Value, base64url, json as jose_json};
use mapae_mdoc::SessionTranscript;
use mapae_oid4vp::{Presentation, Request};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use testkit::{BOTH, Format, IssuedCopy, World};

use crate::{
    phone::Phone,
    places::Sqlite,
    scene::{KEY, Scene, of_age, text},
};

const AGE: [&str; 1] = ["age_over_19"];

/// What the relying party is told of an answer: by asking and by watching.
async fn told(
    scene: &Scene<Sqlite>,
    format: Format,
    show: impl Fn(&Phone<'_>, &Request) -> Presentation,
) -> (Value, String) {
    let session = scene.begun(&of_age()).await;
    let phone = scene.phone();
    let request = phone.fetched(&session).await;
    let shown = show(&phone, &request);
    phone.send(&Phone::answer(&request, vec![(Phone::query(format), shown)])).await;
    let path = format!("/sessions/{}", text(&session, "id"));
    let watched = scene.ask("GET", &format!("{path}/events"), KEY, String::new()).await.text;
    let polled = scene.ask("GET", &path, KEY, String::new()).await;
    (polled.body["result"].clone(), polled.text + &watched)
}

/// The code by which an answer is refused.
async fn refusal(format: Format, show: impl Fn(&Scene<Sqlite>, &Phone<'_>, &Request) -> Presentation) -> String {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let (result, _) = told(&scene, format, |phone, request| show(&scene, phone, request)).await;
    assert!(result.get("credentials").is_none(), "{result}");
    text(&result["reason"], "code").to_owned()
}

/// A name that was signed, and disclosed to somebody who had not asked for it, is told nowhere.
#[tokio::test]
async fn peer_hole_05_a_refused_answer_tells_no_claim() {
    for format in BOTH {
        let scene = Scene::<Sqlite>::new().await.unwrap();
        let name = testkit::facts("resident", 0).sd_jwt_claims()["family_name"].as_str().unwrap().to_owned();
        let (result, all) = told(&scene, format, |phone, request| {
            phone.present(request, &scene.world.issue(format), &["age_over_19", "family_name"])
        })
        .await;
        assert_eq!(result["verdict"], "refused");
        assert!(!all.contains(&name) && !all.contains("credentials"), "{all}");
    }
}

/// Another country's authority may call itself what it likes.
#[tokio::test]
async fn peer_hole_06_an_issuer_that_bears_a_trusted_name_is_refused() {
    let impostor = World::of(9, "KR");
    for format in BOTH {
        let code = refusal(format, |_, phone, request| phone.present(request, &impostor.issue(format), &AGE)).await;
        assert_eq!(code, "issuer_unknown");
    }
}

#[tokio::test]
async fn peer_hole_07_what_was_presented_to_another_relying_party_is_refused() {
    for (format, expected) in [(Format::SdJwt, "wrong_audience"), (Format::Mdoc, "holder_binding_invalid")] {
        let code = refusal(format, |scene, phone, request| {
            let elsewhere = "https://another.example/responses/1";
            let transcript = SessionTranscript::openid4vp("x509_hash:another", request.nonce(), None, elsewhere);
            phone.present_to(&transcript, ("x509_hash:another", request.nonce()), &scene.world.issue(format), &AGE)
        })
        .await;
        assert_eq!(code, expected);
    }
}

#[tokio::test]
async fn peer_hole_07_a_presentation_that_no_holder_signed_is_refused() {
    let code = refusal(Format::SdJwt, |scene, _, _| {
        Presentation::SdJwt(String::from_utf8(scene.world.issue(Format::SdJwt).bytes).unwrap())
    })
    .await;
    assert_eq!(code, "holder_binding_missing");
}

#[tokio::test]
async fn peer_hole_07_a_holder_who_signs_by_no_algorithm_is_refused() {
    let code = refusal(Format::SdJwt, |scene, _, request| unsigned(request, &scene.world.issue(Format::SdJwt))).await;
    assert_eq!(code, "unsupported");
}

/// A key binding whose header says `none`.
fn unsigned(request: &Request, copy: &IssuedCopy) -> Presentation {
    let held = SdJwt::parse(std::str::from_utf8(&copy.bytes).unwrap()).unwrap();
    let path = [PathElement::Name("age_equal_or_over"), PathElement::Name("19")];
    let binding = KeyBinding { audience: request.audience(), nonce: request.nonce(), issued_at: testkit::now() };
    let bound = held.select(&[&path]).unwrap().bind(Algorithm::Es256, &binding);
    let text = bound.attach(&copy.holder.sign(b"").unwrap());
    let (shown, jwt) = text.rsplit_once('~').unwrap();
    let mut header = Jws::parse(jwt).unwrap().header().raw().clone();
    header.insert("alg".to_owned(), "none".into());
    let payload = base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    let jws = UnsignedJws::new(&header, &jose_json::to_vec(&payload));
    let signed = std::str::from_utf8(jws.to_be_signed()).unwrap().to_owned();
    Presentation::SdJwt(format!("{shown}~{signed}."))
}
