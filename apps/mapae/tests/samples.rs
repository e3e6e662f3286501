//! The relying parties of `mapae up`, each with a verifier of its own: a library, a bank, an approval system.

use std::{process::Command, thread, time::Duration};

use mapae_crypto::sha256;
use mapae_jose::base64url;
use serde_json::{Value, json};

use crate::{
    sandbox::Ran,
    up::{Answer, Up, Visitor, claims, get, parameter, post, send},
};

const FORM: &str = "application/x-www-form-urlencoded";

fn card(same_device: bool, format: &str) -> Value {
    json!({ "service": "membership", "same_device": same_device, "format": format })
}

fn names(result: &Value) -> Vec<&str> {
    result["credentials"][0]["claims"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_librarys_request_is_for_one_wallet_and_one_answer() {
    let up = Up::with_wallet_page();
    let mut visitor = up.visitor(10);
    let session = visitor.begin("/sessions", &card(false, "mso_mdoc"));
    assert_eq!(session["number"].as_str().map(str::len), Some(2), "{session}");
    let link = session["link"].as_str().unwrap();
    let request_uri = parameter(link, "request_uri");
    assert!(request_uri.starts_with(&up.at(11)), "the library's verifier asks: {request_uri}");
    let fetched = post(&request_uri, FORM, "wallet_nonce=of-this-wallet");
    assert!(fetched.head().contains("application/oauth-authz-req+jwt") && fetched.head().contains("allow-origin: *"));
    let asked = claims(&fetched.body);
    assert_eq!((&asked["wallet_nonce"], &asked["purpose"]), (&json!("of-this-wallet"), &json!("도서관 회원증 발급")));
    assert_eq!(
        (asked["client_id"].as_str(), asked["response_mode"].as_str()),
        (Some(&*parameter(link, "client_id")), Some("direct_post.jwt"))
    );
    let formats = asked["dcql_query"]["credentials"].as_array().unwrap().iter().map(|one| &one["format"]);
    assert!(formats.eq(["mso_mdoc", "mso_mdoc"]), "{asked}");
    assert_eq!(asked["dcql_query"]["credential_sets"][1]["required"], false, "the portrait is the holder's choice");
    assert_eq!(visitor.get("/session").json()["state"], "fetched");
    assert_eq!(post(&request_uri, FORM, "wallet_nonce=of-another-wallet").status, 409);

    let (uri, state) = (asked["response_uri"].as_str().unwrap(), asked["state"].as_str().unwrap());
    let declined = format!("error=access_denied&state={state}");
    assert_eq!(post(uri, FORM, &declined).status, 200);
    let over = visitor.get("/session").json();
    assert_eq!((&over["state"], &over["result"]["verdict"]), (&json!("over"), &json!("declined")));
    assert_eq!(over["result"]["reason"]["code"], "access_denied");
    assert_ne!(post(uri, FORM, &declined).status, 200, "one answer is taken");
}

/// Whoever lends a visitor a link to answer does not see the answer (OpenID4VP 1.0 §14.2).
#[test]
fn on_one_device_the_browser_that_began_has_the_verdict_once_it_is_back() {
    let up = Up::with_wallet_page();
    let mut visitor = up.visitor(10);
    let session = visitor.begin("/sessions", &card(true, "dc+sd-jwt"));
    assert!(session.get("qr").is_none(), "{session}");
    let asked = claims(&get(&parameter(session["wallet_page_link"].as_str().unwrap(), "request_uri")).body);
    let declined = format!("error=access_denied&state={}", asked["state"].as_str().unwrap());
    let uri = asked["response_uri"].as_str().unwrap();
    let redirect = post(uri, FORM, &declined).json()["redirect_uri"].clone();
    let to = redirect.as_str().unwrap().strip_prefix(&up.at(10)).unwrap();

    let stranger = up.visitor(10);
    assert_eq!((stranger.get(to).status, stranger.get("/session").status), (303, 404));
    let mut other = up.visitor(10);
    other.begin("/sessions", &card(true, "dc+sd-jwt"));
    other.get(to);
    assert_eq!(other.get("/session").json()["state"], "waiting", "a code opens its own session alone");
    for wrong in ["/back", "/back?response_code=guess", "/back?response_code=a%26b"] {
        visitor.get(wrong);
        assert_eq!(visitor.get("/session").json()["result_needs"], "response_code", "{wrong}");
    }
    assert_eq!(visitor.comes_back(&redirect, "/session")["result"]["verdict"], "declined");
}

/// The whole walk, by the wallet on the command line: the state may be gone by then.
#[test]
fn the_library_opens_a_card_and_lends_by_less_with_the_plug_in_and_out() {
    let up = Up::start();
    up.issue();
    let asks = |wish: &Value| {
        let mut visitor = up.visitor(10);
        let session = visitor.begin("/sessions", wish);
        up.present(&session["link"]);
        visitor.get("/session").json()["result"].clone()
    };
    let loan = json!({ "service": "loan", "same_device": false, "format": null });
    let early = asks(&loan);
    assert_eq!((&early["verdict"], &early["member"]), (&json!("held"), &Value::Null), "{early}");
    let mut numbers = Vec::new();
    for plugged in [true, false] {
        let plug = json!({ "plugged": plugged }).to_string();
        assert_eq!(post(&format!("{}/guide/plug", up.at(0)), "application/json", &plug).json()["plugged"], plugged);
        for format in ["mso_mdoc", "dc+sd-jwt"] {
            let result = asks(&card(false, format));
            assert_eq!((&result["verdict"], &result["plugged"]), (&json!("held"), &json!(plugged)), "{result}");
            let shown = &result["credentials"][0];
            assert_eq!((&shown["format"], &shown["evidence"]["status"]), (&json!(format), &json!("valid")), "{result}");
            assert_eq!(names(&result), ["age_over_14", "family_name_hangul", "given_name_hangul"]);
            numbers.push(result["member"]["number"].clone());
        }
        let lent = asks(&loan);
        assert_eq!((&lent["verdict"], names(&lent).len()), (&json!("held"), 0), "{lent}");
        numbers.push(lent["member"]["number"].clone());
    }
    assert!(numbers.iter().all(|number| number == "2026-0001"), "one person is one member: {numbers:?}");
}

#[test]
fn the_library_has_what_a_wallet_must_refuse() {
    let up = Up::with_wallet_page();
    let mut visitor = up.visitor(10);
    let honest = visitor.begin("/sessions", &card(false, "mso_mdoc"));
    let library = parameter(honest["link"].as_str().unwrap(), "client_id");
    let asked = |kind: &str| {
        let uri = parameter(up.refused(kind).json()["link"].as_str().unwrap(), "request_uri");
        claims(&post(&uri, FORM, "wallet_nonce=mine").body)
    };
    let too_much = asked("over-asking");
    assert!(too_much["dcql_query"].to_string().contains("resident_registration_number"));
    assert_eq!(too_much["client_id"], library);
    for kind in ["unregistered", "withdrawn"] {
        assert_ne!(asked(kind)["client_id"], library, "{kind}");
    }
    let expired = asked("expired");
    assert!(expired["exp"].as_i64().unwrap() < too_much["iat"].as_i64().unwrap());
    assert_eq!(
        (&asked("captured")["wallet_nonce"], &too_much["wallet_nonce"]),
        (&json!("a-nonce-of-another-wallet"), &json!("mine"))
    );

    let replayed = || {
        let open = up.refused("replayed").json()["open"].clone();
        claims(&get(&parameter(open.as_str().unwrap(), "request_uri")).body)
    };
    let (first, second) = (replayed(), replayed());
    assert_ne!(first["nonce"], second["nonce"], "nothing was answered yet");
    let declined = format!("error=access_denied&state={}", first["state"].as_str().unwrap());
    let answer = || post(first["response_uri"].as_str().unwrap(), FORM, &declined).status;
    assert_eq!((answer(), answer()), (200, 404), "one answer is taken");
    assert_eq!(replayed()["nonce"], first["nonce"]);
}

#[test]
fn the_bank_opens_the_account_that_the_wallet_signed_and_no_other_browser_has_it() {
    let up = Up::start();
    up.issue_to(&up.somebody_born("19"), "resident");
    let mut visitor = up.visitor(12);
    let session = visitor.begin("/applications", &json!({ "product": "savings", "daily_limit": "1000000" }));
    assert!(session.get("qr").is_none(), "what is of a high class is not asked by a QR code: {session}");
    let goes_on = up.present(&session["link"]);
    assert_eq!(visitor.get("/application").json()["result_needs"], "response_code");
    let told = visitor.comes_back(&goes_on, "/application")["result"].clone();
    assert_eq!(told["verdict"], "held", "{told}");
    let signed = &told["transactions"][0]["details"]["product"]["en"];
    assert_eq!(signed, "Savings account, daily transfer limit KRW 1,000,000", "{told}");
    assert_eq!(told["transactions"][0]["type"], "urn:mapae:account-opening:1");
    assert_eq!(told["account"]["number"], "110-2026-000001");
    assert_eq!(up.visitor(12).get("/application").status, 404);

    let heard = told_of(&visitor);
    assert_eq!((heard.as_array().map(Vec::len), &heard[0]["kind"]), (Some(1), &json!("session.done")), "{heard}");
    let forged = visitor.send("POST", "/hooks/mapae", "Content-Type: application/json", "{\"type\":\"session.done\"}");
    assert_eq!(forged.status, 401);
}

/// What the bank's verifier has told it, which comes by a way of its own.
fn told_of(visitor: &Visitor) -> Value {
    for _ in 0..6_000 {
        let heard = visitor.get("/notices").json();
        if heard != json!([]) {
            return heard;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("the bank was told nothing");
}

/// The verifier says what holds, and the bank what that means.
#[test]
fn the_bank_reads_what_the_card_says_of_the_age() {
    let up = Up::start();
    up.issue_to(&up.youngest(), "resident");
    let mut visitor = up.visitor(12);
    let session = visitor.begin("/applications", &json!({ "product": "everyday", "daily_limit": "300000" }));
    let told = visitor.comes_back(&up.present(&session["link"]), "/application")["result"].clone();
    assert_eq!(told, json!({ "verdict": "refused", "reason": { "code": "under_19" } }));
}

#[test]
fn the_bank_is_allowed_no_qr_code() {
    let up = Up::start();
    let key = up.sandbox.text("target/up/verifiers/bank/curl.key");
    let body = r#"{"use":"account_opening","flow":"cross_device"}"#;
    let head = format!("Authorization: Bearer {}\r\nContent-Type: application/json", key.trim());
    let answer = Visitor::at(up.at(13)).send("POST", "/sessions", &head, body);
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(answer.body.contains("cross_device_refused"));
}

/// What Apache does, by hand: the code flow with PKCE (RFC 7636), and then the headers.
#[test]
fn an_official_logs_in_at_the_ministrys_provider_and_approves() {
    let up = Up::with_people(100);
    let official = up.somebody("official");
    up.issue_to(&official, "official");
    let told = Login::begin(&up).answered(&up);
    assert_eq!(told["staff_number"].as_str().map(str::is_empty), Some(false), "{told}");
    assert!(told.get("person_id").is_none(), "{told}");
    let again = Login::begin(&up).answered(&up);
    assert_eq!(told["sub"], again["sub"], "somebody who comes back is known");

    let secret = up.sandbox.text("target/up/verifiers/ministry/proxy.secret");
    let claims: String = told
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some(format!("OIDC_CLAIM_{name}: {}\r\n", base64url::encode(value.as_str()?))))
        .collect();
    let by_apache = format!("{claims}X-Approval-Proxy: {}", secret.trim());
    let backend = Visitor::at(up.at(16));
    let page = backend.send("GET", "/", &by_apache, "");
    let name = format!("{}{}", text(&told, "family_name_hangul"), text(&told, "given_name_hangul"));
    assert!(page.body.contains(&name) && page.body.contains(text(&told, "staff_number")), "{}", page.body);
    let guessed = format!("{claims}X-Approval-Proxy: {}", "guess");
    for nobody in [claims.trim_end(), &guessed, "X-Approval-Proxy: "] {
        assert_eq!(backend.send("GET", "/", nobody, "").status, 403, "{nobody}");
    }

    let approve = |origin: &str| {
        let head = format!("{by_apache}\r\nOrigin: {origin}\r\nContent-Type: {FORM}");
        backend.send("POST", "/decisions", &head, "paper=0&approved=true").status
    };
    assert_eq!(approve("http://127.0.0.1:1"), 403, "a page of another origin approves nothing");
    assert_eq!(backend.send("GET", "/", &by_apache, "").body.matches("결재함").count(), 0);
    assert_eq!(approve(&up.at(14)), 303);
    let page = backend.send("GET", "/", &by_apache, "").body;
    assert_eq!((page.matches("결재함").count(), page.matches("<time").count()), (1, 1), "{page}");
}

/// Without Apache the page in its place says how to come by it, and with one it is asked.
#[test]
fn the_approval_systems_address_always_answers() {
    let up = Up::start();
    // As a browser asks: the module sends no program to a page where people sign in.
    let page = Visitor::at(up.at(14)).send("GET", "/", "Accept: text/html", "");
    let is_apache = page.status == 302 && page.header("location").is_some_and(|to| to.starts_with(&up.at(15)));
    assert!(is_apache || page.body.contains("libapache2-mod-auth-openidc"), "{}", page.body);
    let signed_out = get(&format!("{}/public/signed-out", up.at(16)));
    assert_eq!(signed_out.status, 200);
    assert_eq!(get(&format!("{}/public/look.css", up.at(16))).status, 200);
}

/// What `up` prints for developers, by a shell that knows nothing else.
#[test]
fn ten_lines_of_curl_return_verified_claims() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("SKIPPED: curl not found");
        return;
    }
    let up = Up::start();
    up.issue();
    let lines = up.said("curl").to_owned();
    assert_eq!(lines.lines().count(), 10, "{lines}");
    // Nobody is there to be asked.
    let mut shell = up.sandbox.shell(&lines.replace("wallet present", "wallet present --yes"));
    let ran = Ran::of(&shell.env("MAPAE_WALLET_PASSPHRASE", "correct horse battery").output().unwrap());
    let told: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        told["result"]["credentials"][0]["claims"],
        json!({ "age_over_14": true }),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    let discovery = get(up.said("discovery")).json();
    assert_eq!(discovery["issuer"], format!("{}/openid", up.at(15)));
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

/// A client of the ministry's provider, and a browser in which somebody logs in.
struct Login {
    page: String,
    browser: Visitor,
    discovery: Value,
}

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-";

impl Login {
    fn begin(up: &Up) -> Self {
        let discovery = get(up.said("discovery")).json();
        let challenge = base64url::encode(sha256(VERIFIER.as_bytes()));
        let query = format!(
            "response_type=code&client_id=approval&redirect_uri={}&scope=openid%20profile%20official&state=of-the-client\
             &nonce=of-the-client&code_challenge={challenge}&code_challenge_method=S256",
            callback(up)
        );
        let answer = get(&format!("{}?{query}", text(&discovery, "authorization_endpoint")));
        assert_eq!(answer.status, 303, "{}", answer.body);
        let page = answer.header("location").unwrap().strip_prefix(&up.at(15)).unwrap().to_owned();
        let mut browser = up.visitor(15);
        browser.keep(&answer);
        Self { page, browser, discovery }
    }

    /// The wallet answers, the browser goes on, and the client takes the code. What it is told of the person.
    fn answered(self, up: &Up) -> Value {
        let state = self.browser.get(&format!("{}/state", self.page)).json();
        let goes_on = up.present(&state["same_device"]);
        let to = goes_on.as_str().unwrap().strip_prefix(&up.at(15)).unwrap();
        let sent_on = self.browser.get(to);
        assert_eq!(sent_on.status, 303, "{}", sent_on.body);
        let sent_on = sent_on.header("location").unwrap();
        assert!(sent_on.starts_with(&format!("{}/oidc/callback?", up.at(14))), "{sent_on}");
        assert_eq!(parameter(sent_on, "state"), "of-the-client");
        let token = self.token(up, &parameter(sent_on, "code"));
        let bearer = format!("Authorization: Bearer {}\r\n\r\n", text(&token, "access_token"));
        let told = send(text(&self.discovery, "userinfo_endpoint"), "GET", &bearer).json();
        assert_eq!(claims(text(&token, "id_token"))["sub"], told["sub"]);
        told
    }

    fn token(&self, up: &Up, code: &str) -> Value {
        let secret = up.sandbox.text("target/up/verifiers/ministry/openid.secret");
        let basic = base64url::encode_standard(format!("approval:{}", secret.trim()));
        let body =
            format!("grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}", callback(up));
        let rest = format!(
            "Authorization: Basic {basic}\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer: Answer = send(text(&self.discovery, "token_endpoint"), "POST", &rest);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

fn callback(up: &Up) -> String {
    format!("{}/oidc/callback", up.at(14)).replace(':', "%3A").replace('/', "%2F")
}
