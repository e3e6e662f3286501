//! A country on one machine: what `cargo xtask up` starts.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
};

use mapae_jose::base64url;
use serde_json::{Value, json};

use crate::{
    sandbox::{Ran, Sandbox},
    served::{Served, free_port},
};

/// `mapae up` in the folder `target/up`.
pub(crate) struct Up {
    pub(crate) sandbox: Sandbox,
    served: Option<Served>,
    port: u16,
}

/// Ports that one country takes.
const PORTS: u16 = 11;

impl Up {
    pub(crate) fn start() -> Self {
        Self::start_in(Sandbox::empty(), "")
    }

    fn start_in(sandbox: Sandbox, more: &str) -> Self {
        let mut up = Self { sandbox, served: None, port: free_ports() };
        up.again(more);
        up
    }

    /// With a page that stands for the wallet's.
    fn with_wallet_page() -> Self {
        let sandbox = Sandbox::empty();
        std::fs::create_dir(sandbox.path("page")).unwrap();
        sandbox.write("page/index.html", b"<!doctype html>");
        sandbox.write("page/release.json", b"[[\"index.html\",\"sha256-\"]]");
        Self::start_in(sandbox, " --wallet-web page")
    }

    fn at(&self, place: u16) -> String {
        format!("http://127.0.0.1:{}", self.port + place)
    }

    fn library(&self, path: &str, body: &str) -> Answer {
        post(&format!("{}{path}", self.at(10)), "application/json", body)
    }

    /// Begins a session; its links and token.
    fn session(&self, wish: &Value) -> Value {
        self.library("/sessions", &wish.to_string()).json()
    }

    fn state(&self, session: &Value, code: &str) -> Value {
        let token = session["session"].as_str().unwrap();
        get(&format!("{}/sessions/{token}{code}", self.at(10))).json()
    }

    /// Ends it without a word of warning, and starts it again.
    fn again(&mut self, more: &str) {
        if let Some(served) = self.served.take() {
            served.kill();
        }
        let line = format!("up --dir target/up --people 12 --port {}{more}", self.port);
        self.served = Some(Served::start(&self.sandbox, "up", &line));
    }

    fn said(&self, name: &str) -> &str {
        self.served.as_ref().unwrap().said()[name].as_str().unwrap()
    }

    /// Where its office is, for commands that are not told.
    pub(crate) fn office(&self) -> String {
        format!("http://127.0.0.1:{}", self.port + 6)
    }

    /// Runs the program as somebody beside it would.
    pub(crate) fn run(&self, words: &[String]) -> Ran {
        let mut command = self.sandbox.command_of(words);
        command.env("MAPAE_OFFICE", self.office()).env("MAPAE_WALLET_PASSPHRASE", "correct horse battery");
        Ran::of(&command.output().unwrap())
    }

    /// Runs a line that the program said, with the words that it leaves to the reader.
    fn typed(&self, line: &str, values: &[(&str, &str)]) -> Ran {
        let words =
            line.split(' ').skip(1).map(|word| values.iter().find(|(name, _)| *name == word).map_or(word, |v| v.1));
        let ran = self.run(&words.map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
        ran
    }

    /// From the clerk's command to the citizen's.
    fn issue(&self) -> Ran {
        let offer = self.typed(&format!("{} --json", self.said("office")), &[]).json();
        let code = self.sandbox.ok("office outbox --json --dir target/up/issuer/outbox").json();
        let (link, code) = (offer["credential_offer"].as_str().unwrap(), code["code"].as_str().unwrap());
        self.typed(&format!("{} --tx-code CODE", self.said("wallet")), &[("LINK", link), ("CODE", code)])
    }
}

/// A port with free ones after it.
fn free_ports() -> u16 {
    loop {
        let first = free_port();
        let all = (first..first.saturating_add(PORTS)).map(|port| TcpListener::bind(("127.0.0.1", port)));
        if first < u16::MAX - PORTS && all.collect::<Result<Vec<_>, _>>().is_ok() {
            return first;
        }
    }
}

/// What a server answered.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}\n{}", self.head, self.body))
    }
}

fn get(url: &str) -> Answer {
    send(url, "GET", "")
}

fn post(url: &str, kind: &str, body: &str) -> Answer {
    send(url, "POST", &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

fn send(url: &str, method: &str, rest: &str) -> Answer {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let rest = if rest.is_empty() { "\r\n" } else { rest };
    write!(stream, "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{rest}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// The page says its policy itself, for servers of plain files; only a header can forbid framing.
fn policy_of_the_page() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wallet-web/page/index.html");
    let text = std::fs::read_to_string(source).unwrap();
    let (_, rest) = text.split_once("Content-Security-Policy\" content=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// The values of a form or a query, as a wallet would read them.
fn parameter(link: &str, name: &str) -> String {
    let (_, query) = link.split_once('?').unwrap();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
    value.replace("%3A", ":").replace("%2F", "/")
}

/// What a request object says, unsigned as far as this test goes.
fn claims(jwt: &str) -> Value {
    let payload = base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[test]
fn a_country_comes_up_issues_and_comes_up_again_after_a_crash() {
    let mut up = Up::start();
    let address = up.said("address").to_owned();
    let page = get(&address).body;
    assert!(page.contains(up.said("office")) && page.contains(up.said("wallet")), "{page}");
    up.issue();
    let held = up.run(&["wallet", "list", "--json", "--dir", "target/up/wallet"].map(str::to_owned)).json();
    let before: Value = held.clone();
    assert!(held.to_string().contains("resident"), "{held}");

    up.again("");
    assert_eq!(up.said("address"), address);
    let documents = ["office", "documents", "--json", "--person", up.said("person")].map(str::to_owned);
    let token = ["--token-file", "target/up/issuer/office.token"].map(str::to_owned);
    let documents = up.run(&[&documents[..], &token[..]].concat()).json();
    assert_eq!(documents["documents"][0]["state"], "active", "{documents}");
    assert_eq!(before, up.run(&["wallet", "list", "--json", "--dir", "target/up/wallet"].map(str::to_owned)).json());

    up.again(" --fresh");
    let fresh = up
        .run(
            &[
                "office",
                "documents",
                "--json",
                "--person",
                up.said("person"),
                "--token-file",
                "target/up/issuer/office.token",
            ]
            .map(str::to_owned),
        )
        .json();
    assert_eq!(fresh["documents"].as_array().unwrap().len(), 0, "{fresh}");
}

#[test]
fn a_folder_of_others_is_not_begun_anew() {
    let sandbox = Sandbox::empty();
    std::fs::create_dir(sandbox.path("home")).unwrap();
    sandbox.write("home/letter.txt", b"dear");
    for more in ["", " --fresh"] {
        let ran = sandbox.run(&format!("up --dir home{more}"));
        assert_eq!((ran.code, sandbox.text("home/letter.txt").as_str()), (64, "dear"), "{}", ran.stderr);
    }
}

/// What a newcomer does by the guide's buttons.
#[test]
fn the_clerks_button_offers_and_the_plug_stops_the_state() {
    let up = Up::start();
    let guide = |path: &str, body: &Value| post(&format!("{}{path}", up.at(0)), "application/json", &body.to_string());
    let state = get(&format!("{}/guide/state", up.at(0))).json();
    assert_eq!((&state["plugged"], &state["wallet"]), (&json!(true), &Value::Null));
    let person = &state["people"][0];
    assert_eq!(person["documents"][0], "resident");
    let wish = json!({ "person": person["id"], "document": "resident" });

    let offer = guide("/guide/offers", &wish).json();
    assert_eq!(offer["code"].as_str().unwrap().len(), 6, "{offer}");
    assert!(
        offer["open"]
            .as_str()
            .unwrap()
            .starts_with(&format!("http://localhost:{}/?credential_offer_uri=", up.port + 9))
    );
    assert_eq!(guide("/guide/offers", &wish).json(), offer, "an open offer is shown again");
    let strange = guide("/guide/offers", &json!({ "person": "nobody", "document": "resident" }));
    assert_eq!(strange.status, 409, "{}", strange.body);

    let bundle = format!("{}/trust.bundle", up.at(0));
    assert!(get(&bundle).head.contains("access-control-allow-origin: *"));
    assert_eq!(guide("/guide/plug", &json!({ "plugged": false })).json()["plugged"], false);
    for place in [1, 2, 5, 6, 7] {
        assert!(TcpStream::connect(("127.0.0.1", up.port + place)).is_err(), "{place}");
    }
    assert_eq!((get(&bundle).status, guide("/guide/offers", &wish).status), (503, 503));
    assert_eq!(guide("/guide/plug", &json!({ "plugged": true })).json()["plugged"], true);
    let metadata = format!("{}/.well-known/openid-credential-issuer", up.at(5));
    assert_eq!((get(&bundle).status, get(&metadata).status), (200, 200));
    assert_eq!(guide("/guide/offers", &wish).json(), offer);
}

#[test]
fn a_page_of_another_origin_presses_no_button() {
    let up = Up::start();
    let body = json!({ "plugged": false }).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        assert_eq!(post(&format!("{}/guide/plug", up.at(0)), kind, &body).status, 415, "{kind}");
        assert_eq!(post(&format!("{}/sessions", up.at(10)), kind, "{\"kind\":\"card\"}").status, 415, "{kind}");
    }
    assert_eq!(get(&format!("{}/guide/state", up.at(0))).json()["plugged"], true);
    for (place, path) in [(0, "/guide/state"), (10, "/")] {
        assert!(!get(&format!("{}{path}", up.at(place))).head.contains("access-control-allow"), "{path}");
    }
}

#[test]
fn the_wallet_page_stands_at_localhost_and_its_release_in_the_ledger() {
    let up = Up::with_wallet_page();
    assert_eq!(up.said("wallet_page"), format!("http://localhost:{}/", up.port + 9));
    let page = get(&format!("{}/", up.at(9)));
    let expected = format!("content-security-policy: {}; frame-ancestors 'none'", policy_of_the_page());
    assert!(page.head.contains(&expected) && page.body == "<!doctype html>", "{}\n{expected}", page.head);
    let config = get(&format!("{}/config.json", up.at(9))).json();
    for (name, place, path) in
        [("bundle", 0, "/trust.bundle"), ("policy", 0, "/policy.txt"), ("wallet_provider", 7, "")]
    {
        assert_eq!(config[name], format!("{}{path}", up.at(place)), "{config}");
    }
    let show = "bundle show --json --policy target/up/policy.txt target/up/trust.bundle";
    let shown = up.sandbox.ok(show).json();
    assert_eq!(shown["software"][0]["name"], "wallet-web", "{shown}");
    assert_eq!((&shown["withdrawn"][0]["relying_party"], &shown["relying_parties"]), (&json!("cinema"), &json!(2)));
}

#[test]
fn the_librarys_request_is_for_one_wallet_and_one_answer() {
    let up = Up::with_wallet_page();
    let session = up.session(&json!({ "kind": "card", "format": "mdoc" }));
    let link = session["link"].as_str().unwrap();
    let request_uri = parameter(link, "request_uri");
    let fetched = post(&request_uri, "application/x-www-form-urlencoded", "wallet_nonce=of-this-wallet");
    assert!(fetched.head.contains("application/oauth-authz-req+jwt") && fetched.head.contains("allow-origin: *"));
    let asked = claims(&fetched.body);
    assert_eq!((&asked["wallet_nonce"], &asked["purpose"]), (&json!("of-this-wallet"), &json!("도서관 회원증 발급")));
    assert_eq!(
        (asked["client_id"].as_str(), asked["response_mode"].as_str()),
        (Some(&*parameter(link, "client_id")), Some("direct_post.jwt"))
    );
    assert_eq!(asked["dcql_query"]["credentials"][0]["format"], "mso_mdoc");
    assert_eq!(asked["dcql_query"]["credential_sets"][1]["required"], false, "the portrait is the holder's choice");
    assert_eq!(up.state(&session, "")["state"], "waiting");

    let (uri, state) = (asked["response_uri"].as_str().unwrap(), asked["state"].as_str().unwrap());
    let declined = format!("error=access_denied&state={state}");
    let answered = post(uri, "application/x-www-form-urlencoded", &declined);
    assert_eq!((answered.status, answered.body.as_str()), (200, "{}"));
    let over = up.state(&session, "");
    assert_eq!((&over["state"], &over["result"]["code"]), (&json!("over"), &json!("access_denied")));
    assert_eq!(post(uri, "application/x-www-form-urlencoded", &declined).status, 404, "one answer is taken");
}

/// Whoever lends a visitor a link to answer does not see the answer (OpenID4VP 1.0 §14.2).
#[test]
fn on_one_device_the_page_that_the_wallet_opens_has_the_verdict() {
    let up = Up::with_wallet_page();
    let session = up.session(&json!({ "kind": "card", "same_device": true }));
    let asked = claims(&get(&parameter(session["open"].as_str().unwrap(), "request_uri")).body);
    let declined = format!("error=access_denied&state={}", asked["state"].as_str().unwrap());
    let uri = asked["response_uri"].as_str().unwrap();
    let redirect = post(uri, "application/x-www-form-urlencoded", &declined).json()["redirect_uri"].clone();
    let (_, code) = redirect.as_str().unwrap().split_once("&code=").unwrap();
    for wrong in ["", "?code=guess"] {
        assert_eq!(up.state(&session, wrong)["state"], "elsewhere", "{wrong}");
    }
    assert_eq!(up.state(&session, &format!("?code={code}"))["state"], "over");
}

#[test]
fn the_library_has_what_a_wallet_must_refuse() {
    let up = Up::with_wallet_page();
    let asked = |kind: &str| {
        let session = up.session(&json!({ "kind": kind }));
        let uri = parameter(session["link"].as_str().unwrap(), "request_uri");
        (claims(&post(&uri, "application/x-www-form-urlencoded", "wallet_nonce=mine").body), session)
    };
    let (card, _) = asked("card");
    let (too_much, _) = asked("over-asking");
    assert!(
        too_much["dcql_query"].to_string().contains("resident_registration_number")
            && too_much["client_id"] == card["client_id"]
    );
    for kind in ["unregistered", "withdrawn"] {
        assert_ne!(asked(kind).0["client_id"], card["client_id"], "{kind}");
    }
    let (expired, _) = asked("expired");
    assert!(expired["exp"].as_i64().unwrap() < card["iat"].as_i64().unwrap());
    assert_eq!(
        (&asked("captured").0["wallet_nonce"], &card["wallet_nonce"]),
        (&json!("a-nonce-of-another-wallet"), &json!("mine"))
    );

    assert_eq!(up.library("/sessions", "{\"kind\":\"replayed\"}").status, 409, "nothing was answered yet");
    let (answered, session) = asked("card");
    let declined = format!("error=access_denied&state={}", answered["state"].as_str().unwrap());
    post(answered["response_uri"].as_str().unwrap(), "application/x-www-form-urlencoded", &declined);
    let again = up.session(&json!({ "kind": "replayed" }));
    assert_eq!(
        parameter(again["open"].as_str().unwrap(), "client_id"),
        parameter(session["link"].as_str().unwrap(), "client_id")
    );
    let replayed = claims(&get(&parameter(again["link"].as_str().unwrap(), "request_uri")).body);
    assert_eq!(replayed["nonce"], answered["nonce"]);
}

/// The whole walk, by the wallet on the command line: the state may be gone by then.
#[test]
fn the_library_checks_what_a_wallet_shows_with_the_plug_in_and_out() {
    let up = Up::with_wallet_page();
    up.issue();
    let verdict = |format: &str| {
        let session = up.session(&json!({ "kind": "card", "format": format }));
        let trust = "--bundle target/up/trust.bundle --policy target/up/policy.txt";
        up.typed(
            &format!("mapae wallet present LINK --yes --json --dir target/up/wallet {trust}"),
            &[("LINK", session["link"].as_str().unwrap())],
        );
        up.state(&session, "")["result"].clone()
    };
    for plugged in [true, false] {
        let plug = json!({ "plugged": plugged }).to_string();
        assert_eq!(post(&format!("{}/guide/plug", up.at(0)), "application/json", &plug).json()["plugged"], plugged);
        for (asked, format) in [("mdoc", "mso_mdoc"), ("sd-jwt", "dc+sd-jwt"), ("either", "dc+sd-jwt")] {
            let result = verdict(asked);
            assert_eq!((&result["verdict"], &result["plugged"]), (&json!("held"), &json!(plugged)), "{result}");
            let shown = &result["credentials"][0];
            assert_eq!((&shown["format"], &shown["evidence"]["status"]), (&json!(format), &json!("valid")), "{result}");
            let ids: Vec<&str> =
                shown["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
            assert!(
                ids.contains(&"family_name_hangul") && ids.contains(&"age_over_14") && !ids.contains(&"birth_date"),
                "{ids:?}"
            );
        }
    }
}
