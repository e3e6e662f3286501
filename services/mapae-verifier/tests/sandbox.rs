//! A verifier with sample people beside it: every wrong answer is refused by its own rule, and the trace says which.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use mapae_crypto::sha256;
use mapae_document::Catalogue;
use mapae_http::{Clock, Metrics, Notices, Running, settings};
use mapae_issue::Format;
use mapae_sandbox::{Break, Country, RelyingPartyPlan};
use mapae_types::{Duration, hex};
use mapae_verifier::{
    Crash, Pinned, RelyingParty, Sandbox, ServeError, ServerSecret, VerifierConfig, VerifierDeps, serve_sandbox,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{now, ports};

use crate::{
    places::{Place as _, Sqlite},
    scene::{Answer, KEY, Scene, ask, client, dice, of_age, text},
};

/// A sample person with a card and a licence.
const DRIVER: u64 = 195;
/// One who is 17 on the day of the tests.
const MINOR: u64 = 81;
const NAME: [&str; 3] = ["family_name_hangul", "given_name_hangul", "age_over_19"];

/// A sandbox while it runs.
pub(crate) struct Box {
    country: Country,
    pub(crate) running: Running,
    said: Arc<Mutex<String>>,
    _place: Sqlite,
    _dir: TempDir,
}

fn country(seed: u8) -> Country {
    Country::new(&[seed; 32], now(), "https://sandbox.example").unwrap().without_faces()
}

fn library(country: &Country) -> RelyingParty {
    let asks: [(&str, &[&str]); 2] = [("resident", &NAME), ("licence", &NAME)];
    let plan = RelyingPartyPlan {
        id: "library",
        names: ("도서관", "Library"),
        use_class: "low",
        purposes: &[("회원증", "Membership")],
        asks: &asks,
    };
    let (registration, key) = country.relying_party(&plan).unwrap();
    RelyingParty::new(registration, key).unwrap()
}

fn config(dir: &TempDir, base: &str) -> VerifierConfig {
    let dir = dir.path().display();
    settings::parse(&format!(
        "base_url = \"{base}\"\nrelying_party = \"nowhere\"\n[bundle]\nsource = \"{dir}/bundle\"\nkey = \"{dir}/key\"\n\
         memory = \"{dir}/memory\"\n[[api_keys]]\nname = \"shop\"\nsha256 = \"{}\"\n",
        hex::encode(&sha256(KEY.as_bytes()))
    ))
    .unwrap()
}

async fn serve(country: Country, believed: &Country) -> Result<Box, ServeError> {
    let (place, dir, said) = (Sqlite::new().unwrap(), TempDir::new().unwrap(), Arc::new(Mutex::new(String::new())));
    std::fs::write(dir.path().join("bundle"), country.bundle(now() - Duration::hours(1)).unwrap()).unwrap();
    let port = ports::free().port();
    let ear = Arc::clone(&said);
    let deps = VerifierDeps {
        store: place.store().await,
        relying_party: library(&country),
        catalogue: Catalogue::builtin().unwrap(),
        secret: ServerSecret::new([7; 32]),
        pinned: Pinned::Key(std::boxed::Box::new(believed.bundle_key().clone())),
        webhook_secret: None,
        clock: Clock::from_fn(now),
        dice: dice(u64::from(port)),
        notices: Notices::to(move |line| ear.lock().unwrap().extend([line, "\n"])),
        metrics: Metrics::new(),
        crash: Crash::never(),
    };
    let config = config(&dir, &format!("http://127.0.0.1:{port}"));
    let sandbox = Sandbox::new(country.clone());
    let running = serve_sandbox(([127, 0, 0, 1], port).into(), config, deps, sandbox).await?;
    Ok(Box { country, running, said, _place: place, _dir: dir })
}

impl Box {
    pub(crate) async fn new() -> Self {
        serve(country(1), &country(1)).await.unwrap()
    }

    async fn begin(&self, wish: &Value) -> Value {
        let answer = ask(&self.running, "POST", "/sessions", KEY, wish.to_string()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.body
    }

    async fn act(&self, session: &Value, act: &Value) -> Answer {
        let path = format!("/sandbox/sessions/{}/answer", text(session, "id"));
        ask(&self.running, "POST", &path, "", act.to_string()).await
    }

    async fn reason(&self, session: &Value) -> Value {
        let path = format!("/sessions/{}", text(session, "id"));
        ask(&self.running, "GET", &path, KEY, String::new()).await.body["result"].take()
    }

    async fn steps(&self, session: &Value) -> Vec<Value> {
        let path = format!("/sandbox/sessions/{}/trace", text(session, "id"));
        let told = ask(&self.running, "GET", &path, "", String::new()).await;
        assert_eq!(told.body["sample"], true);
        told.body["steps"].as_array().unwrap().clone()
    }

    /// A page in a language.
    async fn page(&self, path: &str, language: &str) -> String {
        let request = client().get(format!("{}{path}", self.running.url()));
        let request = request.header("Accept", "text/html").header("Accept-Language", language);
        let response = request.send().await.unwrap();
        assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("form-action 'self'"));
        response.text().await.unwrap()
    }
}

/// Asks for both documents, with their names.
fn both(country: &Country, format: Format) -> Value {
    let one = |name: &str| {
        let document = country.catalogue().get(&name.parse().unwrap()).unwrap();
        let path = |id: &&str| {
            let attribute = document.attribute(id).unwrap();
            match format {
                Format::Mdoc => json!({ "path": [attribute.namespace(), attribute.element()] }),
                Format::SdJwt => json!({ "path": attribute.claim_path() }),
            }
        };
        let meta = match format {
            Format::Mdoc => json!({ "doctype_value": document.doctype() }),
            Format::SdJwt => json!({ "vct_values": [document.vct()] }),
        };
        let claims: Vec<Value> = NAME.iter().map(path).collect();
        json!({ "id": name, "format": format.identifier(), "meta": meta, "claims": claims })
    };
    json!({ "dcql_query": { "credentials": [one("resident"), one("licence")] }, "flow": "cross_device" })
}

/// The steps that are broken, each with its code and clause.
fn broken(steps: &[Value]) -> Vec<(String, String)> {
    let broken =
        steps.iter().filter(|step| step["verdict"] == "broken" && !["result", "told"].contains(&text(step, "step")));
    broken.map(|step| (text(step, "code").to_owned(), text(step, "clause").to_owned())).collect()
}

#[tokio::test]
async fn every_break_is_refused_by_its_own_rule_and_the_trace_says_which() {
    let sandbox = Box::new().await;
    for format in Format::ALL {
        for wrong in Break::ALL {
            let Some(expected) = wrong.expected(format) else { continue };
            let at = format!("{} as {format}", wrong.name());
            let mut wish = both(&sandbox.country, format);
            if wrong == Break::WrongTransaction {
                wish["transaction_data"] = json!([{ "type": "payment", "payee": "Bookshop" }]);
            }
            let session = sandbox.begin(&wish).await;
            let act = json!({ "person": DRIVER, "format": format.name(), "break": wrong.name() });
            let acted = sandbox.act(&session, &act).await;
            assert_eq!(acted.status, 200, "{at}: {}", acted.text);
            let (code, clause) = (expected.code.to_owned(), expected.clause.to_owned());
            assert_eq!(broken(&sandbox.steps(&session).await), [(code, clause)], "{at}");
            let result = sandbox.reason(&session).await;
            if wrong == Break::SecondAnswer {
                assert_eq!(result["verdict"], "held", "{at}: {result}");
                assert_eq!(acted.body["sent"][1]["status"], 409, "{at}");
            } else {
                assert_eq!(result["reason"]["code"], expected.code, "{at}: {result}");
                assert!(result.get("credentials").is_none(), "{at}: {result}");
            }
        }
    }
}

/// Transactions are looked for before documents are judged: what has no key binding to be read authorises none, and that is what
/// is said of it. All other breaks are refused as without.
#[tokio::test]
async fn what_cannot_authorise_a_transaction_is_refused_for_that() {
    let sandbox = Box::new().await;
    for wrong in Break::ALL {
        let Some(expected) = wrong.expected(Format::SdJwt) else { continue };
        let mut wish = both(&sandbox.country, Format::SdJwt);
        wish["transaction_data"] = json!([{ "type": "payment", "payee": "Bookshop" }]);
        let session = sandbox.begin(&wish).await;
        let act = json!({ "person": DRIVER, "format": "sd-jwt", "break": wrong.name() });
        assert_eq!(sandbox.act(&session, &act).await.status, 200, "{}", wrong.name());
        let code = match wrong {
            Break::NoKeyBinding | Break::Malformed => "transaction_not_authorised",
            Break::SecondAnswer => continue,
            _ => expected.code,
        };
        let result = sandbox.reason(&session).await;
        assert_eq!(result["reason"]["code"], code, "{}: {result}", wrong.name());
    }
}

#[tokio::test]
async fn a_right_answer_holds_at_every_step() {
    let sandbox = Box::new().await;
    for format in Format::ALL {
        let session = sandbox.begin(&both(&sandbox.country, format)).await;
        sandbox.act(&session, &json!({ "person": DRIVER })).await;
        assert_eq!(sandbox.reason(&session).await["verdict"], "held");
        let steps = sandbox.steps(&session).await;
        assert!(steps.iter().all(|step| step["verdict"] == "holds" && step["clause"] != ""), "{steps:?}");
        let names: Vec<&str> = steps.iter().map(|step| text(step, "step")).collect();
        for name in
            ["request", "fetched", "once", "encryption", "state", "signer", "holder", "status", "one_person", "told"]
        {
            assert!(names.contains(&name), "{name} of {names:?}");
        }
        let seen: BTreeMap<&str, &str> = steps.iter().map(|step| (text(step, "step"), text(step, "seen"))).collect();
        assert!(seen["encryption"].contains("A256GCM") && seen["signer"].contains("SAMPLE"), "{seen:?}");
    }
}

#[tokio::test]
async fn who_has_nothing_to_answer_with_does_not_and_another_may() {
    let sandbox = Box::new().await;
    let session = sandbox.begin(&both(&sandbox.country, Format::Mdoc)).await;
    assert_eq!(sandbox.act(&session, &json!({ "person": MINOR })).await.refusal(), (409, "cannot_answer"));
    assert_eq!(
        sandbox.act(&session, &json!({ "person": MINOR, "document": "licence" })).await.refusal(),
        (409, "not_eligible")
    );
    let wrong = json!({ "person": DRIVER, "break": "wrong_transaction" });
    assert_eq!(sandbox.act(&session, &wrong).await.refusal(), (409, "break_not_applicable"));
    assert_eq!(sandbox.act(&session, &json!({ "person": "me" })).await.refusal(), (400, "body_malformed"));
    // Without a person the first who can.
    assert_eq!(sandbox.act(&session, &json!({})).await.status, 200);
    assert_eq!(sandbox.reason(&session).await["verdict"], "held");
}

#[tokio::test]
async fn on_the_same_device_the_person_goes_on_with_the_code() {
    let sandbox = Box::new().await;
    let wish = json!({ "use": "age_over_19", "flow": "same_device", "redirect_uri": "https://shop.example/back" });
    let session = sandbox.begin(&wish).await;
    let acted = sandbox.act(&session, &json!({ "person": DRIVER })).await;
    let (page, code) = text(&acted.body, "redirect_uri").split_once("?response_code=").unwrap();
    assert_eq!(page, "https://shop.example/back");
    let path = format!("/sessions/{}?response_code={code}", text(&session, "id"));
    let polled = ask(&sandbox.running, "GET", &path, KEY, String::new()).await;
    assert_eq!(polled.body["result"]["verdict"], "held", "{}", polled.text);
    let shown = sandbox.page(&format!("/sandbox/sessions/{}", text(&session, "id")), "en").await;
    assert!(shown.contains("Go on") && shown.contains("shop.example"));
}

/// What a wallet outside of the sandbox sends is looked at as well.
#[tokio::test]
async fn a_foreign_answer_is_traced() {
    let sandbox = Box::new().await;
    let session = sandbox.begin(&of_age()).await;
    let end = text(&session, "link").split_once("request_uri=").unwrap().1.split('&').next().unwrap();
    let handle = end.rsplit("%2F").next().unwrap();
    let fetched = client().get(format!("{}/requests/{handle}", sandbox.running.url())).send().await.unwrap();
    assert_eq!(fetched.status(), 200);
    let steps = sandbox.steps(&session).await;
    assert_eq!(steps.last().unwrap()["step"], "fetched");
    // Another wallet has its request, so nobody of the sandbox can answer it.
    assert_eq!(sandbox.act(&session, &json!({})).await.refusal(), (409, "request_taken"));
}

#[tokio::test]
async fn people_and_breaks_are_told_as_samples() {
    let sandbox = Box::new().await;
    let people = ask(&sandbox.running, "GET", "/sandbox/people", "", String::new()).await.body;
    assert_eq!(people["sample"], true);
    let driver = people["people"].as_array().unwrap().iter().find(|one| one["person"] == DRIVER).unwrap();
    assert_eq!(driver["documents"], json!(["resident", "licence"]));
    let breaks = ask(&sandbox.running, "GET", "/sandbox/breaks", "", String::new()).await.body;
    assert_eq!(breaks["breaks"].as_array().unwrap().len(), Break::ALL.len());
    assert!(sandbox.said.lock().unwrap().contains("SAMPLE"));
    let front = ask(&sandbox.running, "GET", "/sandbox", "", String::new()).await.body;
    assert!(front["sample"] == true && text(&front, "notice").contains("SAMPLE"));
}

#[tokio::test]
async fn a_person_without_scripts_begins_and_answers_in_either_language() {
    let sandbox = Box::new().await;
    let front = sandbox.page("/sandbox", "en-GB").await;
    assert!(front.contains("SAMPLE") && front.contains("lang=\"en\"") && front.contains("Begin a session"));
    assert!(sandbox.page("/sandbox", "ko").await.contains("세션 시작"));
    let form = |path: String, body: &'static str| {
        let request = client().post(format!("{}{path}", sandbox.running.url())).body(body);
        request.header("Accept", "text/html").header("Content-Type", "application/x-www-form-urlencoded")
    };
    // Following the redirection.
    let page = form("/sandbox/sessions".to_owned(), "use=age_over_19").send().await.unwrap();
    let session = page.url().path().to_owned();
    assert!(page.text().await.unwrap().contains("누가"));
    let page = form(format!("{session}/answer"), "person=&format=&break=revoked").send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("거부: <code>revoked</code>") && page.contains("Token Status List"), "{page}");
}

#[tokio::test]
async fn a_page_of_another_site_begins_and_answers_nothing() {
    let sandbox = Box::new().await;
    let session = sandbox.begin(&of_age()).await;
    for (path, body) in [
        ("/sandbox/sessions", "use=age_over_19"),
        (&format!("/sandbox/sessions/{}/answer", text(&session, "id")), "{}"),
    ] {
        let from = |site: &str| {
            let request = client().post(format!("{}{path}", sandbox.running.url())).body(body);
            request.header("Sec-Fetch-Site", site).header("Content-Type", "application/x-www-form-urlencoded")
        };
        assert_eq!(from("cross-site").send().await.unwrap().status(), 403);
        assert_eq!(from("same-origin").send().await.unwrap().status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_verifier_that_is_none_has_no_such_routes() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let session = scene.begun(&of_age()).await;
    let id = text(&session, "id");
    for path in ["/sandbox", "/sandbox/people", "/sandbox/breaks", &format!("/sandbox/sessions/{id}/trace")] {
        assert_eq!(scene.ask("GET", path, KEY, String::new()).await.status, 404, "{path}");
    }
    let path = format!("/sandbox/sessions/{id}/answer");
    assert_eq!(scene.ask("POST", &path, KEY, "{}".to_owned()).await.status, 404);
}

#[tokio::test]
async fn a_sandbox_that_would_believe_others_does_not_start() {
    let refused = serve(country(1), &country(2)).await;
    assert!(matches!(refused, Err(ServeError::NotASandbox(_))));
}
