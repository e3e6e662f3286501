//! The document of the routes says what the routers do.

use std::{collections::BTreeSet, fs, path::Path};

use mapae_issuer::openapi::{Audience, OFFICE, Operation, PUBLIC, Place, document};

use crate::scene::Scene;

/// Every path that stands in a `.route(` of the sources, below an issuer's identifier without a path.
fn routed() -> BTreeSet<String> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().parent().unwrap();
    let mut routed = BTreeSet::new();
    for source in ["services/mapae-issuer/src", "services/mapae-http/src"] {
        for file in sources(&workspace.join(source)) {
            let text = fs::read_to_string(&file).unwrap();
            // What is shown in documentation is no route.
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            routed.extend(code.join("\n").split(".route(").skip(1).filter_map(literal));
        }
    }
    routed
}

/// The first literal of a call: with `{path}` for the issuer's path and doubled braces where it is a format.
fn literal(call: &str) -> Option<String> {
    let text = call.split('"').nth(1)?;
    let is_format = call.trim_start().starts_with("&format!");
    let text = if is_format {
        text.replace("{path}", "").replace("{CALLBACK}", "callback").replace("{{", "{").replace("}}", "}")
    } else {
        text.to_owned()
    };
    Some(text)
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    nested.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn told() -> BTreeSet<String> {
    PUBLIC.iter().chain(OFFICE).map(|operation| operation.path.under("")).collect()
}

#[test]
fn every_route_is_told_and_everything_told_is_routed() {
    let (routed, told) = (routed(), told());
    let untold: Vec<&String> = routed.difference(&told).collect();
    assert!(untold.is_empty(), "routes that the document does not tell: {untold:?}");
    let unrouted: Vec<&String> = told.difference(&routed).collect();
    assert!(unrouted.is_empty(), "paths that no router has: {unrouted:?}");
}

#[test]
fn a_path_of_the_issuer_stands_where_the_texts_say() {
    let public = document(Audience::Public, "https://id.example", "/kr");
    let paths = public["paths"].as_object().unwrap();
    for path in ["/.well-known/openid-credential-issuer/kr", "/kr/token", "/kr/status/{number}", "/health"] {
        assert!(paths.contains_key(path), "{path}");
    }
    assert_eq!(public["servers"][0]["url"], "https://id.example");
}

/// Each schema that is named is there, and each that is there is named; parameters of paths are those in the path.
#[test]
fn the_document_holds_together() {
    for (audience, table) in [(Audience::Public, PUBLIC), (Audience::Office, OFFICE)] {
        let document = document(audience, "http://127.0.0.1", "");
        assert_eq!(document["openapi"], "3.1.0");
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let bodies =
            table.iter().flat_map(|one| one.body.iter().chain(one.answers.iter().flat_map(|answer| answer.bodies)));
        for body in bodies {
            assert!(schemas.contains_key(body.schema), "{}", body.schema);
        }
        for operation in table {
            check(operation, &document);
        }
    }
    let text = document(Audience::Public, "", "").to_string() + &document(Audience::Office, "", "").to_string();
    let both = document(Audience::Public, "", "");
    for name in both["components"]["schemas"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("#/components/schemas/{name}\"")), "nobody names {name}");
    }
}

fn check(operation: &Operation, document: &serde_json::Value) {
    let path = operation.path.under("");
    let told = &document["paths"][&path][operation.method];
    assert_eq!(told["summary"], operation.summary);
    let named = |place: &str| -> BTreeSet<String> {
        let parameters = operation.parameters.iter().filter(|parameter| parameter.place == place);
        parameters.map(|parameter| parameter.name.to_owned()).collect()
    };
    let braces = path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned());
    assert_eq!(named("path"), braces.collect(), "{path}");
    for answer in operation.answers {
        assert_eq!(told["responses"][answer.status.to_string()]["description"], answer.meaning);
    }
    assert!(told["responses"]["default"].is_object());
    assert!(matches!(operation.path, Place::Below(_) | Place::WellKnown(_) | Place::Root(_)));
}

/// Routers say by 405 which methods a path takes (RFC 9110 §15.5.6): those that are told, and no others.
#[tokio::test]
async fn a_running_issuer_takes_the_methods_that_are_told() {
    let scene = Scene::new().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut compared = BTreeSet::new();
    for (url, table) in [(scene.serving.url(), PUBLIC), (scene.serving.office_url(), OFFICE)] {
        for path in table.iter().map(|operation| operation.path.under("")) {
            let unheard = reqwest::Method::from_bytes(b"UNHEARD").unwrap();
            let request = client.request(unheard, format!("{url}{}", path.replace(['{', '}'], "x")));
            let answer = request.bearer_auth("the office's token").send().await.unwrap();
            // Lists and signing in are parts that this issuer was not given.
            if answer.status() == 404 {
                continue;
            }
            assert_eq!(answer.status(), 405, "{path}");
            let allowed = answer.headers()["allow"].to_str().unwrap().to_lowercase();
            let allowed: BTreeSet<&str> = allowed.split(',').filter(|method| *method != "head").collect();
            let told = table.iter().filter(|other| other.path.under("") == path).map(|other| other.method);
            assert_eq!(allowed, told.collect(), "{path}");
            compared.insert(path);
        }
    }
    assert!(compared.len() >= 20, "{compared:?}");
}

#[tokio::test]
async fn both_listeners_serve_theirs() {
    let scene = Scene::new().await;
    for (url, path) in [(scene.serving.url(), "/token"), (scene.serving.office_url(), "/office/offers")] {
        let answer = reqwest::get(format!("{url}/openapi.json")).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        let document: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(document["servers"][0]["url"], url);
        assert!(document["paths"][path]["post"].is_object(), "{path}");
    }
}

/// What a running issuer answers is what is told: its status, its type, and the members that must be there.
#[tokio::test]
async fn answers_have_the_shape_that_is_told() {
    let scene = Scene::new().await;
    let (offer, mut phone) = (scene.offer(0).await, scene.phone(1));
    let mut answers = vec![("/token", phone.redeem(&offer.code, "000000x").await)];
    answers.push(("/token", phone.redeem(&offer.code, &offer.tx_code).await));
    answers.push(("/nonce", phone.post("nonce", &[], "").await));
    answers.push(("/challenge", phone.post("challenge", &[], "").await));
    let keys = phone.keys(1);
    answers.push(("/credential", phone.credentials("resident-mdoc", &keys).await));
    answers.push(("/credential", phone.credentials("nothing", &keys).await));
    answers.push(("/deferred", phone.protected("deferred", &serde_json::json!({ "transaction_id": "x" })).await));
    answers.push(("/notification", phone.protected("notification", &serde_json::json!({})).await));
    let document = document(Audience::Public, "", "");
    for (path, answer) in answers {
        let told = &document["paths"][path]["post"]["responses"][answer.status.to_string()];
        assert!(told.is_object(), "{path} {}", answer.status);
        let schema = told["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
        let schema = &document["components"]["schemas"][schema.rsplit('/').next().unwrap()];
        for member in schema["required"].as_array().unwrap() {
            assert!(answer.body.get(member.as_str().unwrap()).is_some(), "{path} {}: no {member}", answer.status);
        }
        let known = schema["properties"].as_object().unwrap();
        let unknown: Vec<&String> =
            answer.body.as_object().unwrap().keys().filter(|key| !known.contains_key(*key)).collect();
        assert!(unknown.is_empty(), "{path} {}: {unknown:?} is not told", answer.status);
    }
}
