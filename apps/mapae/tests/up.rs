//! A country on one machine: what `cargo xtask up` starts.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
};

use mapae_jose::base64url;
use serde_json::{Value, json};
use testkit::ports;

use crate::{
    sandbox::{Ran, Sandbox},
    served::Served,
};

/// `mapae up` in the folder `target/up`.
pub(crate) struct Up {
    pub(crate) sandbox: Sandbox,
    served: Option<Served>,
    port: u16,
    people: u32,
}

/// Ports that one country takes.
const PORTS: u16 = 17;

impl Up {
    pub(crate) fn start() -> Self {
        Self::start_in(Sandbox::empty(), "")
    }

    /// With so many people in its registers.
    pub(crate) fn with_people(people: u32) -> Self {
        let mut up = Self { sandbox: Sandbox::empty(), served: None, port: ports::free_run(PORTS), people };
        up.again("");
        up
    }

    fn start_in(sandbox: Sandbox, more: &str) -> Self {
        let mut up = Self { sandbox, served: None, port: ports::free_run(PORTS), people: 12 };
        up.again(more);
        up
    }

    /// With the Apache that is installed or unpacked there.
    pub(crate) fn behind_apache(root: &Path) -> Self {
        let mut up = Self { sandbox: Sandbox::empty(), served: None, port: ports::free_run(PORTS), people: 100 };
        up.again(&format!(" --apache {}", root.display()));
        up
    }

    /// With a page that stands for the wallet's.
    pub(crate) fn with_wallet_page() -> Self {
        let sandbox = Sandbox::empty();
        std::fs::create_dir(sandbox.path("page")).unwrap();
        sandbox.write("page/index.html", b"<!doctype html>");
        sandbox.write("page/release.json", b"[[\"index.html\",\"sha256-\"]]");
        Self::start_in(sandbox, " --wallet-web page")
    }

    pub(crate) fn at(&self, place: u16) -> String {
        format!("http://127.0.0.1:{}", self.port + place)
    }

    /// A browser at one of the pages.
    pub(crate) fn visitor(&self, place: u16) -> Visitor {
        Visitor::at(self.at(place))
    }

    /// A request that a wallet must refuse.
    pub(crate) fn refused(&self, kind: &str) -> Answer {
        post(&format!("{}/refused", self.at(10)), "application/json", &json!({ "kind": kind }).to_string())
    }

    /// The wallet on the command line agrees; where it says that its holder goes on.
    pub(crate) fn present(&self, link: &Value) -> Value {
        let ran = self.presents(link);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        ran.json()["redirect_uri"].clone()
    }

    /// The same, whatever becomes of it.
    pub(crate) fn presents(&self, link: &Value) -> Ran {
        let words = ["wallet", "present", link.as_str().unwrap(), "--yes", "--json", "--dir", "target/up/wallet"];
        let trust = ["--bundle", "target/up/trust.bundle", "--policy", "target/up/policy.txt"];
        self.run(&[&words[..], &trust].concat().into_iter().map(str::to_owned).collect::<Vec<_>>())
    }

    /// Somebody on the clerk's screen who may have a resident card, and whose birth date begins like that.
    pub(crate) fn somebody_born(&self, year: &str) -> String {
        self.born().into_iter().find(|(date, _)| date.starts_with(year)).unwrap().1
    }

    /// Whoever of them was born last.
    pub(crate) fn youngest(&self) -> String {
        self.born().into_iter().max().unwrap().1
    }

    /// Birth dates and numbers of those on the clerk's screen who may have a resident card.
    fn born(&self) -> Vec<(String, String)> {
        let register = self.sandbox.text("target/up/register/resident.csv");
        let born = |id: &String| {
            let row = register.lines().find(|row| row.starts_with(id.as_str()))?;
            Some((row.split(',').nth(6)?.to_owned(), id.clone()))
        };
        self.people("resident").iter().filter_map(born).collect()
    }

    /// An official's name in Hangul and number, as the register has them.
    pub(crate) fn official(&self, person: &str) -> (String, String) {
        let register = self.sandbox.text("target/up/register/official.csv");
        let cells = |row: &str| row.split(',').map(str::to_owned).collect::<Vec<_>>();
        let (names, row) =
            (cells(register.lines().next().unwrap()), register.lines().find(|row| row.starts_with(person)));
        let row = cells(row.unwrap());
        let cell = |name: &str| row[names.iter().position(|own| own == name).unwrap()].clone();
        (format!("{}{}", cell("family_name"), cell("given_name")), cell("staff_number"))
    }

    /// Somebody who may have that document.
    pub(crate) fn somebody(&self, document: &str) -> String {
        self.people(document).remove(0)
    }

    fn people(&self, document: &str) -> Vec<String> {
        let state = get(&format!("{}/guide/state", self.at(0))).json();
        let people = state["people"].as_array().unwrap();
        let has = |person: &&Value| person["documents"].as_array().unwrap().contains(&json!(document));
        people.iter().filter(|person| has(person)).map(|person| person["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Ends it without a word of warning, and starts it again.
    fn again(&mut self, more: &str) {
        if let Some(served) = self.served.take() {
            served.kill();
        }
        let line = format!("up --dir target/up --people {} --port {}{more}", self.people, self.port);
        self.served = Some(Served::start(&self.sandbox, "up", &line));
    }

    pub(crate) fn said(&self, name: &str) -> &str {
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
    pub(crate) fn typed(&self, line: &str, values: &[(&str, &str)]) -> Ran {
        let words =
            line.split(' ').skip(1).map(|word| values.iter().find(|(name, _)| *name == word).map_or(word, |v| v.1));
        let ran = self.run(&words.map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
        ran
    }

    /// From the clerk's command to the citizen's.
    pub(crate) fn issue(&self) -> Ran {
        self.add(self.said("office"))
    }

    /// The same for a document of somebody's.
    pub(crate) fn issue_to(&self, person: &str, document: &str) -> Ran {
        let office = self.said("office").replace(self.said("person"), person);
        self.add(&office.replace("--document resident", &format!("--document {document}")))
    }

    fn add(&self, office: &str) -> Ran {
        let offer = self.typed(&format!("{office} --json"), &[]).json();
        let code = self.sandbox.ok("office outbox --json --dir target/up/issuer/outbox").json();
        let (link, code) = (offer["credential_offer"].as_str().unwrap(), code["code"].as_str().unwrap());
        self.typed(&format!("{} --tx-code CODE", self.said("wallet")), &[("LINK", link), ("CODE", code)])
    }
}

/// A browser that keeps its cookie.
pub(crate) struct Visitor {
    at: String,
    cookie: String,
}

impl Visitor {
    pub(crate) const fn at(at: String) -> Self {
        Self { at, cookie: String::new() }
    }

    /// Keeps the cookie of an answer.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        answer.header("set-cookie").unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
    }

    /// Presses a button; the links that the page shows.
    pub(crate) fn begin(&mut self, path: &str, wish: &Value) -> Value {
        let body = wish.to_string();
        let answer = self.send("POST", path, "Content-Type: application/json", &body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.keep(&answer);
        answer.json()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "Accept: */*", "")
    }

    /// Goes where the wallet sends it, and looks what came of it.
    pub(crate) fn comes_back(&self, to: &Value, path: &str) -> Value {
        let to = to.as_str().unwrap().strip_prefix(&self.at).unwrap();
        assert_eq!(self.get(to).status, 303, "{to}");
        self.get(path).json()
    }

    pub(crate) fn send(&self, method: &str, path: &str, header: &str, body: &str) -> Answer {
        let cookie = if self.cookie.is_empty() { String::new() } else { format!("Cookie: {}\r\n", self.cookie) };
        let rest = format!("{cookie}{header}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        send(&format!("{}{path}", self.at), method, &rest)
    }
}

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}\n{}", self.head, self.body))
    }

    /// A header, as it was written.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Each header of that name.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.filter_map(move |(own, value)| own.eq_ignore_ascii_case(name).then_some(value))
    }

    pub(crate) fn head(&self) -> String {
        self.head.to_lowercase()
    }
}

pub(crate) fn get(url: &str) -> Answer {
    send(url, "GET", "")
}

pub(crate) fn post(url: &str, kind: &str, body: &str) -> Answer {
    send(url, "POST", &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

pub(crate) fn send(url: &str, method: &str, rest: &str) -> Answer {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let rest = if rest.is_empty() { "\r\n" } else { rest };
    write!(stream, "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{rest}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// The page says its policy itself, for servers of plain files; only a header can forbid framing.
fn policy_of_the_page() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wallet-web/page/index.html");
    let text = std::fs::read_to_string(source).unwrap();
    let (_, rest) = text.split_once("Content-Security-Policy\" content=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// The values of a form or a query, as a wallet would read them.
pub(crate) fn parameter(link: &str, name: &str) -> String {
    let (_, query) = link.split_once('?').unwrap();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
    value.replace("%3A", ":").replace("%2F", "/")
}

/// What a request object says, unsigned as far as this test goes.
pub(crate) fn claims(jwt: &str) -> Value {
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
    assert!(get(&bundle).head().contains("access-control-allow-origin: *"));
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
        for (place, path) in [(10, "/sessions"), (10, "/refused"), (12, "/applications")] {
            assert_eq!(post(&format!("{}{path}", up.at(place)), kind, "{}").status, 415, "{kind} {path}");
        }
    }
    assert_eq!(get(&format!("{}/guide/state", up.at(0))).json()["plugged"], true);
    for (place, path) in [(0, "/guide/state"), (10, "/"), (12, "/")] {
        assert!(!get(&format!("{}{path}", up.at(place))).head().contains("access-control-allow"), "{path}");
    }
}

#[test]
fn the_wallet_page_stands_at_localhost_and_its_release_in_the_ledger() {
    let up = Up::with_wallet_page();
    assert_eq!(up.said("wallet_page"), format!("http://localhost:{}/", up.port + 9));
    let page = get(&format!("{}/", up.at(9)));
    let expected = format!("content-security-policy: {}; frame-ancestors 'none'", policy_of_the_page());
    assert!(page.head().contains(&expected) && page.body == "<!doctype html>", "{}\n{expected}", page.head);
    let config = get(&format!("{}/config.json", up.at(9))).json();
    for (name, place, path) in
        [("bundle", 0, "/trust.bundle"), ("policy", 0, "/policy.txt"), ("wallet_provider", 7, "")]
    {
        assert_eq!(config[name], format!("{}{path}", up.at(place)), "{config}");
    }
    let show = "bundle show --json --policy target/up/policy.txt target/up/trust.bundle";
    let shown = up.sandbox.ok(show).json();
    assert_eq!(shown["software"][0]["name"], "wallet-web", "{shown}");
    assert_eq!((&shown["withdrawn"][0]["relying_party"], &shown["relying_parties"]), (&json!("cinema"), &json!(4)));
}
