//! The document of the routes says what a running verifier does.

use std::collections::BTreeSet;

use mapae_verifier::openapi::{Beside, document};
use serde_json::Value;
use testkit::Format;

use crate::{
    places::Sqlite,
    scene::{Answer, KEY, Scene, client, of_age, text},
};

/// Routers say by 405 which methods a path takes (RFC 9110 §15.5.6): those that are told, and no others.
#[tokio::test]
async fn a_running_verifier_takes_the_methods_that_are_told() {
    let scene = crate::openid::library::scene::<Sqlite>().await.unwrap();
    takes(&scene.running.url(), Beside { provider: true, sandbox: false }).await;
    takes(&crate::sandbox::Box::new().await.running.url(), Beside { provider: false, sandbox: true }).await;
}

async fn takes(base: &str, beside: Beside) {
    let document = document("https://verifier.example", beside);
    let served = client().get(format!("{base}/openapi.json")).send().await.unwrap().text().await.unwrap();
    let served: Value = serde_json::from_str(&served).unwrap();
    assert_eq!(served["paths"], document["paths"], "it tells of what it has");
    for (path, methods) in document["paths"].as_object().unwrap() {
        let unheard = reqwest::Method::from_bytes(b"UNHEARD").unwrap();
        let url = format!("{base}{}", path.replace(['{', '}'], "x"));
        let answer = client().request(unheard, url).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{path}");
        let allowed = answer.headers()["allow"].to_str().unwrap().to_lowercase();
        let allowed: BTreeSet<&str> = allowed.split(',').filter(|method| *method != "head").collect();
        assert_eq!(allowed, methods.as_object().unwrap().keys().map(String::as_str).collect(), "{path}");
    }
}

/// Every literal path of the sources is told.
#[test]
fn every_route_is_told() {
    let all = document("x", Beside { provider: true, sandbox: true });
    let told: BTreeSet<String> = all["paths"].as_object().unwrap().keys().cloned().collect();
    let sources = ["src/routes/mod.rs", "src/serve.rs", "src/openid/routes.rs", "src/sandbox/routes.rs"]
        .map(|file| std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap());
    let routed: Vec<&str> = sources.iter().flat_map(|text| text.split(".route(\"").skip(1)).collect();
    assert!(routed.len() >= 8);
    for route in routed {
        let path = route.split('"').next().unwrap();
        assert!(told.contains(path), "{path}");
    }
}

fn fits(document: &Value, path: &str, method: &str, answer: &Answer) {
    let told = &document["paths"][path][method]["responses"][answer.status.to_string()];
    let schema = told["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_else(|| panic!("{path}"));
    let schema = &document["components"]["schemas"][schema.rsplit('/').next().unwrap()];
    for member in schema["required"].as_array().into_iter().flatten() {
        assert!(answer.body.get(member.as_str().unwrap()).is_some(), "{path}: no {member}");
    }
    let known = schema["properties"].as_object().unwrap();
    let unknown: Vec<&String> =
        answer.body.as_object().unwrap().keys().filter(|key| !known.contains_key(*key)).collect();
    assert!(unknown.is_empty(), "{path}: {unknown:?} is not told");
}

#[tokio::test]
async fn answers_have_the_shape_that_is_told() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let served = client().get(format!("{}/openapi.json", scene.running.url())).send().await.unwrap();
    let document: Value = serde_json::from_str(&served.text().await.unwrap()).unwrap();
    let begun = scene.begin(&of_age()).await;
    fits(&document, "/sessions", "post", &begun);
    let path = format!("/sessions/{}", text(&begun.body, "id"));
    fits(&document, "/sessions/{id}", "get", &scene.ask("GET", &path, KEY, String::new()).await);
    let sent = scene.phone().show(&begun.body, Format::Mdoc, &["age_over_19"]).await;
    fits(&document, "/responses/{handle}", "post", &sent);
    fits(&document, "/sessions/{id}", "get", &scene.ask("GET", &path, KEY, String::new()).await);
}
