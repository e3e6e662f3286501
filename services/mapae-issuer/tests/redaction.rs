//! Nothing secret and nothing personal reaches a log, a metric or a refusal: every flow is run, with everybody listening
//! at the finest level and without the last net, and what was said is searched (design D18).

use mapae_issuer::store::IssuerStore as _;
use mapae_jose::base64url;
use mapae_types::Duration;
use serde_json::{Value, json};
use testkit::ear;

use crate::{
    registers::World,
    scene::{Answer, Offer, Phone, Scene},
    sign_in::{SECRET, Stage},
};

/// Columns of people that say who they are.
const PERSONAL: [&str; 13] = [
    "person_id",
    "given_name",
    "given_name_latin",
    "birth_date",
    "resident_number",
    "card_number",
    "address",
    "address_latin",
    "province_latin",
    "city_latin",
    "postal_code",
    "office",
    "portrait",
];

/// What must not be said, and what was.
#[derive(Default)]
struct Search {
    secrets: Vec<(String, String)>,
    refusals: String,
    metrics: String,
}

impl Search {
    fn secret(&mut self, what: &str, text: &str) {
        assert!(!text.is_empty(), "no {what}");
        // A portrait's beginning would be enough.
        let text: String = text.chars().take(40).collect();
        self.secrets.push((what.to_owned(), text));
    }

    /// Bytes, in every form in which a program might show them.
    fn bytes(&mut self, what: &str, bytes: &[u8]) {
        self.secret(what, &mapae_types::hex::encode(bytes));
        self.secret(what, &base64url::encode(bytes));
        self.secret(what, format!("{bytes:?}").trim_matches(['[', ']']));
    }

    /// An answer: of a refusal every word counts, of others what they hand out.
    fn heard(&mut self, what: &str, answer: &Answer) {
        if answer.status >= 400 {
            let headers = answer.headers.get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
            self.refusals.extend([what, ": ", &answer.text, " ", &headers.unwrap_or_default(), "\n"]);
        }
        for name in ["access_token", "refresh_token", "c_nonce", "notification_id", "transaction_id", "request_uri"] {
            if let Some(text) = answer.body[name].as_str() {
                self.secret(name, text);
            }
        }
        for name in ["dpop-nonce", "oauth-client-attestation-challenge"] {
            if let Some(value) = answer.headers.get(name) {
                self.secret(name, value.to_str().unwrap());
            }
        }
        for credential in answer.body["credentials"].as_array().into_iter().flatten() {
            self.secret("a copy", credential["credential"].as_str().unwrap());
        }
    }

    fn refused(&mut self, what: &str, (status, body): &(u16, Value)) {
        assert!((400..500).contains(status), "{what}: {status} {body}");
        self.refusals.extend([what, ": ", &body.to_string(), "\n"]);
    }

    /// Where a secret was said.
    fn found(&self, text: &str) -> Vec<String> {
        let found = self.secrets.iter().filter(|(_, secret)| says(text, secret));
        found.map(|(what, secret)| format!("{what}: {secret}")).collect()
    }
}

fn is_hangul(letter: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&letter)
}

/// Digits and short words may be parts of others by chance.
fn says(text: &str, secret: &str) -> bool {
    let whole = |at: usize| {
        let before = text[..at].chars().next_back().is_none_or(|letter| !letter.is_ascii_alphanumeric());
        let after = text[at + secret.len()..].chars().next().is_none_or(|letter| !letter.is_ascii_alphanumeric());
        before && after
    };
    text.match_indices(secret).any(|(at, _)| secret.chars().count() > 12 || whole(at))
}

async fn person(search: &mut Search, scene: &Scene, place: usize) {
    let row = scene.store.row(&"resident".parse().unwrap(), &scene.people[place]).await.unwrap().unwrap();
    for column in PERSONAL {
        if let Some(cell) = row.cells.get(column) {
            search.secret(column, cell);
        }
    }
}

fn offered(search: &mut Search, offer: &Offer) {
    search.secret("pre-authorized_code", &offer.code);
    search.secret("tx_code", &offer.tx_code);
    let reference = offer.answer["credential_offer_uri"].as_str().unwrap();
    search.secret("offer reference", reference.rsplit("%2F").next().unwrap());
}

/// The clerk's flow: an offer, wrong ways to redeem it, the right one, both formats, a retry, a notification, a refill.
async fn at_the_office(search: &mut Search, scene: &Scene) {
    let offer = scene.offer(0).await;
    offered(search, &offer);
    let mut phone = scene.phone(11);
    private(search, "the phone's key", &phone.key.to_pkcs8_pem());
    let wrong = if offer.tx_code == "000000" { "000001" } else { "000000" };
    search.heard("wrong code", &phone.redeem(&offer.code, wrong).await);
    search.heard("no such code", &phone.redeem("c29tZXRoaW5nIGVsc2U", &offer.tx_code).await);
    search.heard("token", &phone.redeem(&offer.code, &offer.tx_code).await);
    let mut thief = scene.phone(12);
    search.heard("stolen", &thief.redeem(&offer.code, &offer.tx_code).await);
    for configuration in ["resident-mdoc", "resident-sd-jwt"] {
        let (keys, nonce) = (phone.keys(2), phone.nonce().await);
        search.secret("c_nonce", &nonce);
        let request = phone.request(configuration, &keys, &nonce);
        search.secret("proof", request["proofs"]["jwt"][0].as_str().unwrap());
        let answer = phone.protected("credential", &request).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        search.heard("credential", &answer);
        search.heard("retry", &phone.protected("credential", &request).await);
        let others = phone.keys(1);
        let replayed = phone.request(configuration, &others, &nonce);
        search.heard("used nonce", &phone.protected("credential", &replayed).await);
        let forged = phone.request(configuration, &others, "bm90IGEgbm9uY2U");
        search.heard("forged nonce", &phone.protected("credential", &forged).await);
        let accepted = json!({ "notification_id": answer.body["notification_id"], "event": "credential_accepted" });
        search.heard("notification", &phone.protected("notification", &accepted).await);
        let unknown = json!({ "notification_id": format!("{nonce}x"), "event": "credential_accepted" });
        search.heard("no such notification", &phone.protected("notification", &unknown).await);
    }
    refill(search, scene, &offer, &mut phone).await;
}

/// Suspended with a reason that names the person, resumed, refilled, revoked.
async fn refill(search: &mut Search, scene: &Scene, offer: &Offer, phone: &mut Phone) {
    let id = offer.answer["document_id"].as_str().unwrap();
    let act = async |act: &str| scene.office(&format!("/office/documents/{id}/{act}"), &reason()).await;
    search.secret("a reason", "her neighbour Hong Gildong saw it");
    assert_eq!(act("suspend").await.0, 200);
    search.heard("suspended", &phone.refresh().await);
    search.refused("suspended twice", &act("suspend").await);
    assert_eq!(act("resume").await.0, 200);
    search.heard("refill", &phone.refresh().await);
    let keys = phone.keys(1);
    search.heard("refilled", &phone.credentials("resident-mdoc", &keys).await);
    assert_eq!(act("revoke").await.0, 200);
    let keys = phone.keys(1);
    search.heard("revoked", &phone.credentials("resident-mdoc", &keys).await);
}

fn reason() -> Value {
    json!({ "reason": "her neighbour Hong Gildong saw it" })
}

/// What waits for approval, and requests that no grammar allows, with data of people in them.
async fn deferred_and_malformed(search: &mut Search, scene: &Scene) {
    let held = json!({ "person": scene.people[1].as_str(), "document": "resident", "hold": true });
    let offer = scene.offer_with(&held).await;
    offered(search, &offer);
    let mut phone = scene.phone(13);
    search.heard("token", &phone.redeem(&offer.code, &offer.tx_code).await);
    let keys = phone.keys(1);
    let later = phone.credentials("resident-sd-jwt", &keys).await;
    search.heard("deferred", &later);
    let ask = json!({ "transaction_id": later.body["transaction_id"] });
    search.heard("not yet", &phone.protected("deferred", &ask).await);
    let wrong = json!({ "transaction_id": phone.token });
    search.heard("no such transaction", &phone.protected("deferred", &wrong).await);
    let id = offer.answer["document_id"].as_str().unwrap();
    assert_eq!(scene.office(&format!("/office/documents/{id}/approve"), &json!({})).await.0, 200);
    search.heard("issued", &phone.protected("deferred", &ask).await);
    let row = scene.store.row(&"resident".parse().unwrap(), &scene.people[1]).await.unwrap().unwrap();
    let number = row.cells["resident_number"].clone();
    for path in ["credential", "deferred", "notification"] {
        let body = json!({ "resident_number": number, "credential_configuration_id": number, "proofs": number });
        search.heard("malformed", &phone.protected(path, &body).await);
        search.heard(
            "malformed",
            &phone.post(path, &[("authorization", format!("DPoP {number}"))], number.clone()).await,
        );
    }
    search.heard("malformed", &phone.token_with(&format!("grant_type={number}&{number}={number}")).await);
    search.heard("not here", &phone.post(&format!("offers/{number}"), &[], "").await);
    offered(search, &scene.offer(3).await);
    let strangers = [
        json!({ "person": number, "document": "resident" }),
        json!({ "person": scene.people[3].as_str(), "document": "resident" }),
        json!({ "person": scene.people[1].as_str(), "document": number }),
        json!({ "person": number }),
    ];
    for body in &strangers {
        search.refused("office", &scene.office("/office/offers", body).await);
    }
    search.refused("office", &scene.office(&format!("/office/documents/{number}"), &Value::Null).await);
    search.refused("office", &scene.office(&format!("/office/documents?person={number}!"), &Value::Null).await);
    let bulk = json!({ "people": [scene.people[2].as_str(), "nobody"], "document": "resident" });
    assert_eq!(scene.office("/office/offers/bulk", &bulk).await.0, 201);
}

/// A citizen signs in; the provider lies; the browser brings what it should not.
async fn signing_in(search: &mut Search) {
    let mut stage = Stage::new().await;
    search.secret("the provider's secret", SECRET);
    let code = stage.code().await;
    search.secret("code", &code);
    let answer = stage.redeem(&code, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    search.heard("token", &answer);
    search.heard("wrong verifier", &stage.redeem(&code, &[("code_verifier", &"x".repeat(43))]).await);
    let keys = stage.phone.keys(1);
    search.heard("credential", &stage.phone.credentials("resident-mdoc", &keys).await);
    let begun = stage.begun().await;
    search.secret("state", &begun["state"]);
    search.secret("nonce", &begun["nonce"]);
    let mut claims = stage.claims(&begun);
    claims["aud"] = json!("somebody else");
    claims["name"] = json!("Hong Gildong");
    search.secret("a claim", "Hong Gildong");
    search.secret("sub", "citizen 7");
    stage.says(&claims);
    let seen = stage.back(&[("code", "a code from the provider"), ("state", &begun["state"])]).await;
    search.secret("the provider's code", "a code from the provider");
    search.refusals += &seen.text;
    let seen = stage.back(&[("code", "a code from the provider"), ("state", "bm90IGEgc3RhdGU")]).await;
    search.refusals += &seen.text;
    person(search, &stage.scene, 0).await;
}

/// A register with a dead person, a changed one, one that cannot be read, and one who is gone.
async fn registers(search: &mut Search) {
    let mut world = World::residents(6).await;
    for row in &world.rows {
        for column in PERSONAL.iter().filter(|column| **column != "portrait") {
            search.secret(column, &row[*column]);
        }
    }
    for place in 1..=3 {
        world.activate(place).await;
    }
    world.set(1, "alive", "false");
    world.set(2, "address", "세종특별자치시 한누리대로 2130");
    search.secret("a new address", "세종특별자치시 한누리대로 2130");
    world.rows.remove(3);
    world.set(4, "birth_date", "1990-99-99");
    search.secret("a faulty cell", "1990-99-99");
    let round = world.round().await;
    assert_eq!((round.events.len(), round.faulty), (3, 1));
    search.metrics += &world.metrics.text();
}

/// The line of a PEM in which the private scalar ends (RFC 5915: it begins at byte 36 of 138).
fn private(search: &mut Search, what: &str, pem: &str) {
    search.secret(what, &pem.lines().nth(2).unwrap()[..24]);
}

fn at_rest(search: &mut Search, scene: &Scene) {
    search.secret("the office's token", "the office's token");
    search.bytes("the server's secret", &[7; 32]);
    search.bytes("the key of status indices", &[8; 32]);
    for signer in [&scene.pki.document, &scene.pki.sd_jwt, &scene.pki.status] {
        private(search, "a signer's key", &signer.key.to_pkcs8_pem());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_or_personal_is_said() {
    ear::listen();
    let mut search = Search::default();
    let scene = Scene::new().await;
    at_rest(&mut search, &scene);
    for place in 0..4 {
        person(&mut search, &scene, place).await;
    }
    at_the_office(&mut search, &scene).await;
    deferred_and_malformed(&mut search, &scene).await;
    signing_in(&mut search).await;
    registers(&mut search).await;
    scene.wait(Duration::days(1));
    let metrics = reqwest::get(format!("{}/metrics", scene.serving.office_url())).await.unwrap();
    search.metrics += &metrics.text().await.unwrap();

    let lines = ear::heard();
    assert!(
        lines.contains("answered") && lines.contains("/credential") && lines.contains("/office/"),
        "nobody listened"
    );
    assert!(search.metrics.contains("http_requests_total") && search.refusals.lines().count() > 20, "nothing happened");
    for (where_, text) in [("log", &lines), ("metrics", &search.metrics), ("refusals", &search.refusals)] {
        let found = search.found(text);
        assert!(found.is_empty(), "in the {where_}: {found:#?}");
        // Every JWS and JWE begins so.
        assert!(!text.contains("eyJ"), "a token in the {where_}");
        // A family name of one syllable may be a word on a page; the log and the metrics are in English.
        assert!(where_ == "refusals" || !text.contains(is_hangul), "Korean in the {where_}");
    }

    // It would be found: each of them, said on purpose.
    let secrets = search.secrets.clone();
    for (what, secret) in &secrets {
        tracing::trace!(target: "mapae_issuer::anywhere", "{secret}");
        // Other tests of this process are heard as well, and may have said something since.
        let lines = ear::heard();
        let ours = lines.lines().rev().find(|line| line.contains("mapae_issuer::anywhere"));
        assert!(ours.is_some_and(|line| says(line, secret)), "{what} would not be found");
    }
    assert_eq!(search.found(&ear::heard()).len(), secrets.len());
    ear::stop();
}
