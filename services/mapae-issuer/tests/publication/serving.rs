//! Lists over HTTP (draft-ietf-oauth-status-list-20 §8.1, §9.3).

use axum::Router;
use mapae_http::{Limits, Listening, Running, stopping};
use mapae_issuer::publication::{Form, Publisher, routes};
use reqwest::{Client, Response};

use super::scene::{Scene, publish};

struct Served {
    running: Running,
    publisher: Publisher,
    http: Client,
}

impl Served {
    async fn new(scene: &Scene) -> Self {
        let mut publisher = scene.publisher("a");
        publish(&mut publisher, &scene.store).await;
        let routes: Router = routes("/issuer", publisher.folder().clone());
        let listening = Listening::on("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let running = listening.serve(routes, Limits::default(), stopping().0);
        Self { running, publisher, http: Client::new() }
    }

    async fn get(&self, path: &str, accept: Option<&str>) -> Response {
        let request = self.http.get(format!("{}/issuer{path}", self.running.url()));
        let request = accept.into_iter().fold(request, |request, accept| request.header("Accept", accept));
        request.send().await.unwrap()
    }

    /// The media type and the body.
    async fn list(&self, accept: Option<&str>) -> (String, Vec<u8>) {
        let response = self.get("/status/3", accept).await;
        assert_eq!(response.status(), 200, "{accept:?}");
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, response.bytes().await.unwrap().to_vec())
    }
}

#[tokio::test]
async fn a_list_comes_in_the_form_that_is_asked_for() {
    let scene = Scene::new();
    let served = Served::new(&scene).await;
    let (jwt, cwt) = ("application/statuslist+jwt", "application/statuslist+cwt");
    for (accept, expected, form) in [
        (Some(jwt), jwt, Form::Jwt),
        (Some(cwt), cwt, Form::Cwt),
        (Some("Application/StatusList+CWT;q=0.5, text/html"), cwt, Form::Cwt),
        (Some("application/statuslist+jwt;q=0, application/statuslist+cwt"), cwt, Form::Cwt),
        (Some("text/html, */*;q=0.1"), jwt, Form::Jwt),
        (Some("application/*"), jwt, Form::Jwt),
    ] {
        let (kind, body) = served.list(accept).await;
        assert_eq!(kind, expected, "{accept:?}");
        assert_eq!(Some(body), served.publisher.folder().list(3, form).unwrap());
    }
}

#[tokio::test]
async fn another_form_is_not_to_be_had() {
    let scene = Scene::new();
    let served = Served::new(&scene).await;
    for accept in ["text/html", "application/json", "application/statuslist+jwt;q=0", ""] {
        let response = served.get("/status/3", Some(accept)).await;
        assert_eq!(response.status(), 406, "{accept}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn what_is_no_list_is_not_found() {
    let scene = Scene::new();
    let served = Served::new(&scene).await;
    for path in ["8", "03", "-1", "+3", "3.jwt", "shown.json", "..%2Fx", "18446744073709551616", "%00"] {
        let response = served.get(&format!("/status/{path}"), None).await;
        assert_eq!(response.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn caches_may_keep_it_for_less_than_it_lasts_and_per_form() {
    let scene = Scene::new();
    let served = Served::new(&scene).await;
    let response = served.get("/status/0", None).await;
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    assert_eq!(response.headers()["vary"], "accept");
}

#[tokio::test]
async fn all_lists_are_named_in_one_place() {
    let scene = Scene::new();
    let served = Served::new(&scene).await;
    let response = served.get("/status", None).await;
    assert_eq!(response.headers()["content-type"], "application/json");
    let named: serde_json::Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let uris = named["status_lists"].as_array().unwrap();
    assert_eq!((uris.len(), uris[7].as_str()), (8, Some("https://id.example/issuer/status/7")));
}

#[tokio::test]
async fn before_the_first_publication_there_is_nothing() {
    let scene = Scene::new();
    let publisher = scene.publisher("a");
    let routes: Router = routes("", publisher.folder().clone());
    let listening = Listening::on("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let running = listening.serve(routes, Limits::default(), stopping().0);
    for path in ["status", "status/0"] {
        let response = reqwest::get(format!("{}/{path}", running.url())).await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
    }
}
