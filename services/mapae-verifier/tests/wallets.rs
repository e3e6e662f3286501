//! Wallets, and those who are none: what is fetched once, taken once, and refused.

use mapae_oid4vp::{HttpRequest, Method};
use serde_json::json;
use testkit::{BOTH, Format};

use crate::{
    phone::Phone,
    places::{Place, Sqlite, on_both},
    scene::{Answer, Scene, client, of_age, text},
};

async fn peer_hole_10_a_request_is_given_to_one_wallet<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let (session, phone) = (scene.begun(&of_age()).await, scene.phone());
    phone.fetched(&session).await;
    // Each fetch draws a nonce of its own, as another wallet would.
    assert_eq!(phone.fetch(text(&session, "link")).await.unwrap_err().refusal(), (409, "request_taken"));
    let by_get = text(&session, "link").replace("&request_uri_method=post", "");
    assert_eq!(phone.fetch(&by_get).await.unwrap_err().refusal(), (409, "request_taken"));
}

async fn peer_hole_10_a_response_is_taken_once<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    for format in BOTH {
        let (session, phone) = (scene.begun(&of_age()).await, scene.phone());
        let request = phone.fetched(&session).await;
        let shown = phone.present(&request, &scene.world.issue(format), &["age_over_19"]);
        let answer = Phone::answer(&request, vec![(Phone::query(format), shown)]);
        assert_eq!(phone.send(&answer).await.status, 200);
        assert_eq!(phone.send(&answer).await.refusal(), (409, "answer_taken"));
        assert_eq!(scene.poll(&session).await.body["result"]["verdict"], "held");
    }
}

/// Of many posts at once one is taken, whatever the others hold.
async fn peer_hole_08_of_concurrent_posts_one_is_taken<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let (session, phone) = (scene.begun(&of_age()).await, scene.phone());
    let request = phone.fetched(&session).await;
    let answers: Vec<HttpRequest> = (0..8)
        .map(|_| {
            let shown = phone.present(&request, &scene.world.issue(Format::SdJwt), &["age_over_19"]);
            Phone::answer(&request, vec![("resident_sd_jwt", shown)])
        })
        .collect();
    let drawn = scene.drawn();
    let all: [Answer; 8] = tokio::join!(
        phone.send(&answers[0]),
        phone.send(&answers[1]),
        phone.send(&answers[2]),
        phone.send(&answers[3]),
        phone.send(&answers[4]),
        phone.send(&answers[5]),
        phone.send(&answers[6]),
        phone.send(&answers[7]),
    )
    .into();
    let mut statuses = all.map(|answer| answer.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(scene.drawn() - drawn, 1, "one is judged: each result is sealed with a nonce of its own");
}

on_both!(
    peer_hole_10_a_request_is_given_to_one_wallet
    peer_hole_10_a_response_is_taken_once
    peer_hole_08_of_concurrent_posts_one_is_taken
);

async fn fetch_by(scene: &Scene<Sqlite>, link: &str, body: &str) -> u16 {
    let uri = link.split("request_uri=").nth(1).unwrap().split('&').next().unwrap();
    let handle = uri.rsplit("%2F").next().unwrap();
    let url = format!("{}/requests/{handle}", scene.running.url());
    client().post(url).body(body.to_owned()).send().await.unwrap().status().as_u16()
}

/// An answer that got lost on the way is asked for again, by the wallet that has the nonce and by nobody else.
#[tokio::test]
async fn a_wallet_that_is_known_by_its_nonce_may_ask_again() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let nonce = "wallet_nonce=abcdefghijklmnopqrstuv";
    let session = scene.begun(&of_age()).await;
    let link = text(&session, "link");
    assert_eq!(fetch_by(&scene, link, nonce).await, 200);
    assert_eq!(fetch_by(&scene, link, nonce).await, 200);
    assert_eq!(fetch_by(&scene, link, "wallet_nonce=abcdefghijklmnopqrstuw").await, 409);
    assert_eq!(fetch_by(&scene, link, "").await, 409);
    assert_eq!(fetch_by(&scene, link, "wallet_nonce=a&wallet_nonce=b").await, 400);
}

#[tokio::test]
async fn a_nonce_that_others_may_have_makes_nobody_known() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let session = scene.begun(&of_age()).await;
    let link = text(&session, "link");
    assert_eq!(fetch_by(&scene, link, "wallet_nonce=abcdefghijklmnopqrstu").await, 200);
    assert_eq!(fetch_by(&scene, link, "wallet_nonce=abcdefghijklmnopqrstu").await, 409);
}

#[tokio::test]
async fn who_guesses_an_address_learns_nothing() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let session = scene.begun(&of_age()).await;
    for path in ["requests/guessed", "responses/guessed", &format!("responses/{}", text(&session, "id"))] {
        let url = format!("http://127.0.0.1:1/{path}");
        let post = HttpRequest { method: Method::Post, url, headers: Vec::new(), body: b"response=x".to_vec() };
        assert_eq!(scene.phone().send(&post).await.refusal(), (404, "session_unknown"), "{path}");
    }
}

/// What is posted is looked at after it is taken, so whatever it is, no other is looked at.
#[tokio::test]
async fn what_is_no_answer_is_the_one_answer() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for (body, code) in [
        ("no form", "answer_not_encrypted"),
        ("vp_token=%7B%7D&state=x", "answer_not_encrypted"),
        ("response=abc", "answer_undecryptable"),
        ("response=a&response=b", "answer_unreadable"),
    ] {
        let (session, phone) = (scene.begun(&of_age()).await, scene.phone());
        let request = phone.fetched(&session).await;
        let url = request.response_uri().to_owned();
        let wrong = HttpRequest { method: Method::Post, url, headers: Vec::new(), body: body.as_bytes().to_vec() };
        let refused = phone.send(&wrong).await;
        assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_request")), "{body}");
        let shown = phone.present(&request, &scene.world.issue(Format::Mdoc), &["age_over_19"]);
        let right = phone.send(&Phone::answer(&request, vec![("resident_mdoc", shown)])).await;
        assert_eq!(right.refusal(), (409, "answer_taken"));
        let result = scene.poll(&session).await.body["result"].clone();
        assert_eq!((&result["verdict"], &result["reason"]["code"]), (&"refused".into(), &code.into()), "{body}");
    }
}

/// Two sessions at once: what answers the one is nothing to the other, neither its key nor its nonce.
#[tokio::test]
async fn two_sessions_are_not_mixed_up() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for format in BOTH {
        let (one, other, phone) = (scene.begun(&of_age()).await, scene.begun(&of_age()).await, scene.phone());
        let (first, second) = (phone.fetched(&one).await, phone.fetched(&other).await);
        let id = Phone::query(format);
        // The whole answer, sent to the other's address: encrypted to another key.
        let shown = phone.present(&first, &scene.world.issue(format), &["age_over_19"]);
        let mut astray = Phone::answer(&first, vec![(id, shown.clone())]);
        astray.url = second.response_uri().to_owned();
        assert_eq!(phone.send(&astray).await.status, 400);
        assert_eq!(scene.poll(&other).await.body["result"]["reason"]["code"], "answer_undecryptable");
        // What the holder signed for the one, packed anew for a third.
        let third = scene.begun(&of_age()).await;
        let request = phone.fetched(&third).await;
        phone.send(&Phone::answer(&request, vec![(id, shown)])).await;
        let result = scene.poll(&third).await.body["result"].clone();
        let code = if format == Format::Mdoc { "holder_binding_invalid" } else { "wrong_nonce" };
        assert_eq!(result["reason"]["code"], code, "{result}");
        assert!(result.get("credentials").is_none());
    }
}

/// A page of a wallet may ask and answer; pages of others may not ask what the relying party asks.
#[tokio::test]
async fn pages_of_others_reach_what_wallets_do_alone() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let open = async |path: &str| {
        let asked = client().post(format!("{}{path}", scene.running.url())).header("origin", "https://wallet.example");
        asked.send().await.unwrap().headers().contains_key("access-control-allow-origin")
    };
    assert!(open("/requests/x").await && open("/responses/x").await);
    for path in ["/sessions", "/sessions/x", "/sessions/x/events", "/sessions/x/response"] {
        assert!(!open(path).await, "{path}");
    }
}
