//! From a wish to a result, on both stores and in both formats; and wishes that are refused.

use mapae_types::Duration;
use serde_json::{Value, json};
use testkit::{BOTH, Format, document};

use crate::{
    phone::Phone,
    places::{Place, Sqlite, on_both},
    scene::{KEY, OTHER_KEY, PURPOSE, Scene, Setting, of_age, text},
};

async fn a_person_is_of_age<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    for format in BOTH {
        let session =
            scene.begun(&json!({ "use": "age_over_19", "flow": "cross_device", "reference": "till 4" })).await;
        assert_eq!(scene.poll(&session).await.body["state"], "waiting");
        let shown = scene.phone().show(&session, format, &["age_over_19"]).await;
        assert_eq!((shown.status, shown.body), (200, json!({})));
        let polled = scene.poll(&session).await.body;
        assert_eq!((&polled["state"], &polled["reference"]), (&"done".into(), &"till 4".into()), "{polled}");
        let result = &polled["result"];
        assert_eq!(result["verdict"], "held", "{result}");
        let credential = &result["credentials"][0];
        assert_eq!(credential["claims"], json!({ "age_over_19": true }));
        assert_eq!(credential["format"], format.identifier());
        assert_eq!(credential["issuer"]["country"], "KR");
        assert_eq!(credential["evidence"]["status"], "valid");
        assert_eq!(credential["evidence"]["age_seconds"], 3600);
    }
}

async fn a_wallet_that_shows_nothing_says_so<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let (session, phone) = (scene.begun(&of_age()).await, scene.phone());
    let request = phone.fetched(&session).await;
    assert_eq!(scene.poll(&session).await.body["state"], "fetched");
    let refused = request.refuse(mapae_oid4vp::OAuthError::AccessDenied, &mut testkit::Seeded::new(1)).unwrap();
    assert_eq!(phone.send(&refused).await.status, 200);
    let result = scene.poll(&session).await.body["result"].clone();
    assert_eq!((&result["verdict"], &result["reason"]["code"]), (&"declined".into(), &"access_denied".into()));
    assert_eq!(result["credentials"], Value::Null);
}

async fn a_session_can_be_deleted<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let session = scene.begun(&of_age()).await;
    let path = format!("/sessions/{}", text(&session, "id"));
    assert_eq!(scene.ask("DELETE", &path, OTHER_KEY, String::new()).await.refusal(), (404, "session_unknown"));
    assert_eq!(scene.ask("DELETE", &path, KEY, String::new()).await.status, 204);
    assert_eq!(scene.poll(&session).await.refusal(), (404, "session_unknown"));
    assert_eq!(scene.phone().fetch(text(&session, "link")).await.unwrap_err().refusal(), (404, "session_unknown"));
}

on_both!(a_person_is_of_age a_wallet_that_shows_nothing_says_so a_session_can_be_deleted);

#[tokio::test]
async fn a_session_is_its_owners() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let wish = of_age().to_string();
    for key in ["", "the web shop's tokem", "shop"] {
        let refused = scene.ask("POST", "/sessions", key, wish.clone()).await;
        assert_eq!(refused.refusal(), (401, "not_authorised"), "{key}");
    }
    let session = scene.begun(&of_age()).await;
    for (method, path) in [("GET", ""), ("GET", "/events"), ("DELETE", ""), ("POST", "/response")] {
        let path = format!("/sessions/{}{path}", text(&session, "id"));
        assert_eq!(scene.ask(method, &path, OTHER_KEY, String::new()).await.status, 404, "{method} {path}");
        assert_eq!(scene.ask(method, &path, "", String::new()).await.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn what_is_told_for_a_page_is_what_the_flow_needs() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let cross = scene.begun(&of_age()).await;
    assert!(text(&cross, "qr").starts_with("data:image/svg+xml;base64,"));
    assert_eq!(text(&cross, "number").len(), 2);
    assert!(text(&cross, "link").starts_with("openid4vp://?"));
    let same = json!({ "use": "age_over_19", "flow": "same_device", "redirect_uri": "https://shop.example/back" });
    let same = scene.begun(&same).await;
    assert!(same.get("qr").is_none() && same.get("number").is_none());
    // Whoever sees the code or the link has nothing of the result.
    assert!(!text(&cross, "link").contains(text(&cross, "id")));
}

#[tokio::test]
async fn a_request_says_why_and_by_which_registration() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let first = scene.phone().fetched(&scene.begun(&of_age()).await).await;
    assert_eq!(first.purpose(), Some("도서관 회원증 발급"));
    assert!(first.verifier_info()[0].as_registration().is_some());
    let wish = json!({ "use": "age_over_19", "flow": "cross_device", "purpose": PURPOSE });
    let named = scene.phone().fetched(&scene.begun(&wish).await).await;
    assert_eq!(named.purpose(), Some(PURPOSE));
}

/// Of the documents that tell an age, those that the registration names are asked for: a request beyond it in any
/// alternative is one that wallets refuse.
#[tokio::test]
async fn a_use_stays_within_the_registration() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let request = scene.phone().fetched(&scene.begun(&of_age()).await).await;
    let ids: Vec<&str> = request.query().credentials().iter().map(|one| one.id().as_str()).collect();
    assert_eq!(ids, ["resident_sd_jwt", "resident_mdoc", "licence_sd_jwt", "licence_mdoc"]);
}

#[tokio::test]
async fn a_region_is_asked_for_by_its_value() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let facts = testkit::facts("resident", 0);
    let home = facts.sd_jwt_claims()["address"]["region"].as_str().unwrap().to_owned();
    for format in BOTH {
        let wish = |region: &str| json!({ "use": "resident_of", "region": region, "flow": "cross_device" });
        let session = scene.begun(&wish(&home)).await;
        scene.phone().show(&session, format, &["resident_state"]).await;
        let result = scene.poll(&session).await.body["result"].clone();
        assert_eq!(result["credentials"][0]["claims"]["resident_state"], home.as_str(), "{result}");
        let session = scene.begun(&wish("Atlantis")).await;
        scene.phone().show(&session, format, &["resident_state"]).await;
        let result = scene.poll(&session).await.body["result"].clone();
        assert_eq!(result["reason"]["code"], "not_what_was_asked", "{result}");
    }
}

#[tokio::test]
async fn a_use_of_the_operators_own() {
    let uses = "[[uses]]\nname = \"library_card\"\ndocuments = [\"resident\"]\n\
                attributes = [\"family_name_hangul\", \"given_name_hangul\", \"birth_date\"]\npurpose = \"To open a library card\"";
    let setting = Setting { sections: uses.to_owned(), ..Setting::default() };
    let scene = Scene::<Sqlite>::with(setting).await.unwrap();
    let mut shapes = Vec::new();
    for format in BOTH {
        let session = scene.begun(&json!({ "use": "library_card", "flow": "cross_device" })).await;
        let ids = ["family_name_hangul", "given_name_hangul", "birth_date"];
        assert_eq!(scene.phone().show(&session, format, &ids).await.status, 200);
        let result = scene.poll(&session).await.body["result"].clone();
        assert_eq!(result["verdict"], "held", "{result}");
        shapes.push(result["credentials"][0]["claims"].clone());
    }
    assert_eq!(shapes[0], shapes[1], "claims have one shape in both formats");
    assert!(shapes[0]["birth_date"].is_string());
}

#[tokio::test]
async fn a_query_of_ones_own() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let query = testkit::Request::query(Format::SdJwt, document("resident"), &["family_name", "age_over_14"]);
    let session = scene.begun(&json!({ "dcql_query": query.to_json(), "flow": "cross_device" })).await;
    let (phone, copy) = (scene.phone(), scene.world.issue(Format::SdJwt));
    let request = phone.fetched(&session).await;
    let shown = phone.present(&request, &copy, &["family_name", "age_over_14"]);
    phone.send(&Phone::answer(&request, vec![("asked", shown)])).await;
    let result = scene.poll(&session).await.body["result"].clone();
    assert_eq!(result["credentials"][0]["document"], "resident", "{result}");
    assert_eq!(result["credentials"][0]["query"], "asked");
}

#[tokio::test]
async fn a_wish_beyond_the_registration_is_refused_by_name() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let ask = |document: &str, ids: &[&str]| {
        let query = testkit::Request::query(Format::Mdoc, testkit::document(document), ids);
        json!({ "dcql_query": query.to_json(), "flow": "cross_device" })
    };
    let element = scene.begin(&ask("resident", &["age_over_19", "resident_address"])).await;
    assert_eq!(element.refusal(), (403, "beyond_registration"));
    let detail = text(&element.body, "detail");
    assert!(detail.contains("element_not_registered") && detail.contains("resident_address"), "{detail}");
    let foreign = scene.begin(&ask("official", &["staff_number"])).await;
    assert!(text(&foreign.body, "detail").contains("document_not_registered"), "{}", foreign.text);
    let named = scene.begin(&json!({ "use": "official_login", "flow": "cross_device" })).await;
    assert_eq!(named.refusal(), (403, "beyond_registration"));
    let wish = json!({ "use": "age_over_19", "flow": "cross_device", "purpose": "To sell it on" });
    let purpose = scene.begin(&wish).await;
    assert!(text(&purpose.body, "detail").contains("purpose_not_registered"), "{}", purpose.text);
}

#[tokio::test]
async fn a_wish_that_is_none_is_refused_by_its_reason() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let query = testkit::Request::query(Format::Mdoc, document("resident"), &["age_over_19"]).to_json();
    let wish = |members: Value| {
        let mut wish = of_age();
        wish.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        wish
    };
    let back = "https://shop.example/back";
    let cases = [
        (json!({ "flow": "cross_device" }), "use_or_query"),
        (json!("age_over_19"), "body_malformed"),
        (wish(json!({ "usage": "x" })), "body_malformed"),
        (wish(json!({ "flow": "by_post" })), "body_malformed"),
        (wish(json!({ "dcql_query": query })), "use_or_query"),
        (json!({ "dcql_query": { "credentials": [] }, "flow": "cross_device" }), "query_invalid"),
        (wish(json!({ "use": "age_over_20" })), "use_unknown"),
        (wish(json!({ "use": "resident_of" })), "region_missing"),
        (wish(json!({ "region": "Sejong" })), "region_unused"),
        (wish(json!({ "redirect_uri": back })), "redirect_uri_unused"),
        (wish(json!({ "flow": "same_device" })), "redirect_uri_missing"),
        (wish(json!({ "flow": "same_device", "redirect_uri": "http://shop.example" })), "redirect_uri_insecure"),
        (wish(json!({ "flow": "same_device", "redirect_uri": format!("{back}#x") })), "redirect_uri_insecure"),
        (wish(json!({ "flow": "dc_api" })), "origin_missing"),
        (wish(json!({ "origin": "https://shop.example" })), "origin_missing"),
        (wish(json!({ "flow": "dc_api", "origin": "shop" })), "origin_malformed"),
        (wish(json!({ "reference": "x".repeat(257) })), "text_too_long"),
        (wish(json!({ "transaction_data": [{ "amount": "1" }] })), "transaction_data_invalid"),
    ];
    for (wish, code) in cases {
        assert_eq!(scene.begin(&wish).await.refusal(), (400, code), "{wish}");
    }
}

/// The README's promise: what much hangs on is never shown by a code that somebody else can pass on.
#[tokio::test]
async fn high_assurance_goes_by_no_qr_code() {
    let scene = Scene::<Sqlite>::with(Setting { class: "high", ..Setting::default() }).await.unwrap();
    assert_eq!(scene.begin(&of_age()).await.refusal(), (403, "cross_device_refused"));
    let same = json!({ "use": "age_over_19", "flow": "same_device", "redirect_uri": "https://shop.example/back" });
    assert_eq!(scene.begin(&same).await.status, 201);
    assert_eq!(
        scene.begin(&json!({ "use": "age_over_19", "flow": "dc_api", "origin": "https://shop.example" })).await.status,
        201
    );
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let session = scene.begun(&of_age()).await;
    let request = scene.phone().fetched(&session).await;
    scene.wait(Duration::seconds(300));
    assert_eq!(scene.poll(&session).await.body["state"], "expired");
    let phone = scene.phone();
    let shown = phone.present(&request, &scene.world.issue(Format::Mdoc), &["age_over_19"]);
    let late = phone.send(&Phone::answer(&request, vec![("resident_mdoc", shown)])).await;
    assert_eq!(late.refusal(), (410, "session_expired"));
    assert_eq!(phone.fetch(text(&session, "link")).await.unwrap_err().status, 409);
}
