//! A clerk's offer becomes documents on a phone, over HTTP, and answers a reader's request.

mod lossy;

use std::{
    fs,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use mapae_jose::base64url;
use serde_json::{Value, json};
use testkit::ports;

use self::lossy::Lossy;
use crate::{
    sandbox::{Ran, Sandbox},
    served::Served,
};

const PASSPHRASE: &str = "correct horse";

/// A running issuer, and a phone without anything.
struct Scene {
    sandbox: Sandbox,
    _issuer: Served,
    provider: Option<Served>,
    office: String,
    people: Vec<String>,
    network: Lossy,
}

/// An offer, and the code that came by another way.
struct Offer {
    link: String,
    /// The same by value, which an issuer cannot take back.
    whole: String,
    code: String,
    document: String,
}

impl Scene {
    fn new() -> Self {
        Self::with("", None)
    }

    /// An issuer whose wallets must be attested by a provider, and which encrypts.
    fn attested() -> Self {
        let port = ports::free().port();
        let url = format!("http://127.0.0.1:{port}");
        let sandbox = Self::country();
        sandbox.ok(&format!("wallet-provider init --dir WP --base-url {url}"));
        let provider =
            Served::start(&sandbox, "provider", &format!("serve wallet-provider --dir WP --listen 127.0.0.1:{port}"));
        let set = " --wallet-provider WP/root.pem --set wallet_attestation=required --set encryption_required=true";
        Self::start(sandbox, set, Some(provider))
    }

    fn with(set: &str, provider: Option<Served>) -> Self {
        Self::start(Self::country(), set, provider)
    }

    fn country() -> Sandbox {
        let sandbox = Sandbox::empty();
        sandbox.ok("authority init --dir A");
        sandbox.ok("people sample --count 20 --seed 1 --out R");
        sandbox
    }

    fn start(sandbox: Sandbox, set: &str, provider: Option<Served>) -> Self {
        let port = ports::free().port();
        let network = Lossy::before(port);
        let base = format!("http://127.0.0.1:{}", network.port);
        sandbox.ok(&format!(
            "issuer init --dir I --authority A --base-url {base} --register resident=R/resident.csv{set}"
        ));
        let serve = format!("serve issuer --dir I --listen 127.0.0.1:{port} --office-listen 127.0.0.1:0");
        let issuer = Served::start(&sandbox, "issuer", &serve);
        let office = issuer.said()["office"].as_str().unwrap().to_owned();
        let register = sandbox.text("R/resident.csv");
        let people = register.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect();
        Self { sandbox, _issuer: issuer, provider, office, people, network }
    }

    fn office(&self, arguments: &str) -> Ran {
        self.sandbox.run(&format!("office {arguments} --office {} --token-file I/office.token", self.office))
    }

    /// An offer to the next person who may have the document.
    fn offer(&mut self, more: &str) -> Offer {
        loop {
            let person = self.people.remove(0);
            let ran = self.office(&format!("offer --json --person {person} --document resident{more}"));
            if ran.code == 0 {
                let said = ran.json();
                let id = said["offer_id"].as_str().unwrap();
                let message = self.sandbox.text(&format!("I/outbox/{id}.txt"));
                let text = |name: &str| said[name].as_str().unwrap().to_owned();
                let code = message.lines().nth(1).unwrap().to_owned();
                let (link, whole) = (text("credential_offer_uri"), text("credential_offer"));
                return Offer { link, whole, code, document: text("document_id") };
            }
        }
    }

    fn wallet(&self, arguments: &str) -> Ran {
        self.wallet_as(arguments, PASSPHRASE)
    }

    fn wallet_as(&self, arguments: &str, passphrase: &str) -> Ran {
        let words: Vec<String> = format!("wallet {arguments}").split(' ').map(str::to_owned).collect();
        let mut command = self.sandbox.command_of(&words);
        for variable in ["MAPAE_WALLET", "MAPAE_WALLET_PROVIDER", "MAPAE_BUNDLE"] {
            command.env_remove(variable);
        }
        Ran::of(&command.env("MAPAE_WALLET_PASSPHRASE", passphrase).stdin(Stdio::null()).output().unwrap())
    }

    fn add(&self, offer: &Offer, more: &str) -> Ran {
        self.wallet(&format!("add {} --tx-code {} --json{more}", offer.link, offer.code))
    }

    /// The bundle that readers have: with the lists that the issuer publishes soon after it starts.
    fn bundle(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        let build = "bundle build --authority A --lists I/lists --out trust.bundle";
        while self.sandbox.run(build).code != 0 {
            assert!(Instant::now() < until, "no lists were published");
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn cards(&self) -> Vec<Value> {
        let ran = self.wallet("list --json");
        ran.assert_ok();
        ran.json()["cards"].as_array().unwrap().clone()
    }
}

/// Copies held, by configuration.
fn held(card: &Value) -> Vec<(String, u64)> {
    let batches = card["batches"].as_array().unwrap();
    let held = batches.iter().filter(|batch| batch["state"] == "held");
    held.map(|batch| (batch["configuration"].as_str().unwrap().to_owned(), batch["copies"].as_u64().unwrap())).collect()
}

fn both() -> Vec<(String, u64)> {
    vec![("resident-mdoc".to_owned(), 10), ("resident-sd-jwt".to_owned(), 10)]
}

#[test]
fn a_card_on_the_phone_answers_a_reader() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.bundle();
    let ran = scene.add(&offer, " --bundle trust.bundle");
    ran.assert_ok();
    let card = ran.json();
    assert_eq!((card["document"].as_str(), held(&card)), (Some("resident"), both()));
    assert!(card["batches"].as_array().unwrap().iter().all(|batch| batch["verdict"]["is"] == "held"), "{card:#}");
    for format in ["mdoc", "sd-jwt"] {
        let ask = format!("--document resident --elements family_name,age_over_19 --purpose test --out {format}.json");
        scene.sandbox.ok(&format!("request {ask}"));
        let present = format!("present --request {format}.json --document resident --format {format} --out P.{format}");
        scene.wallet(&present).assert_ok();
        scene.sandbox.ok(&format!("verify --bundle trust.bundle --request {format}.json P.{format}"));
        let again = scene.wallet(&present);
        assert!(again.code == 1 && again.stderr.contains("replayed"), "{}", again.stderr);
    }
}

/// The Digital Credentials API, without a browser: OpenID4VP 1.0 Appendix A.
#[test]
fn a_page_is_answered_through_files_and_a_stranger_only_when_told_to() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.bundle();
    scene.add(&offer, "").assert_ok();
    let card = json!({
        "id": "card", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:mapae:kr:resident:1"] },
        "claims": [{ "path": ["age_equal_or_over", "19"] }],
    });
    let data = json!({
        "response_type": "vp_token", "response_mode": "dc_api", "nonce": "n-1",
        "dcql_query": { "credentials": [card] },
    });
    let request = json!({ "protocol": "openid4vp-v1-unsigned", "data": data });
    scene.sandbox.write("page.json", request.to_string().as_bytes());
    let present = "present --dc-api page.json --out answer.json --json --yes --bundle trust.bundle --origin";
    let refused = scene.wallet(&format!("{present} https://library.example"));
    assert!(refused.code == 1 && refused.stderr.contains("unregistered"), "{}", refused.stderr);
    let refused = scene.wallet(&format!("{present} library.example --unregistered"));
    assert!(refused.code == 1 && refused.stderr.contains("`origin` is malformed"), "{}", refused.stderr);
    assert!(!scene.sandbox.path("answer.json").exists());

    let shared = scene.wallet(&format!("{present} https://library.example --unregistered"));
    shared.assert_ok();
    assert_eq!((&shared.json()["shared"], &shared.json()["out"]), (&json!(true), &json!("answer.json")));
    let answer: Value = serde_json::from_str(&scene.sandbox.text("answer.json")).unwrap();
    assert_eq!(answer["protocol"], "openid4vp-v1-unsigned");
    let shown = answer["data"]["vp_token"]["card"][0].as_str().unwrap();
    let binding = base64url::decode(shown.rsplit('~').next().unwrap().split('.').nth(1).unwrap()).unwrap();
    let binding: Value = serde_json::from_slice(&binding).unwrap();
    assert_eq!((&binding["aud"], &binding["nonce"]), (&json!("origin:https://library.example"), &json!("n-1")));
}

#[test]
fn the_history_says_who_was_shown_what_and_goes_when_it_is_told_to() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.add(&offer, " --copies 2").assert_ok();
    for name in ["one", "two"] {
        scene
            .sandbox
            .ok(&format!("request --document resident --elements family_name --purpose test --out {name}.json"));
        scene.wallet(&format!("present --request {name}.json --document resident --format mdoc --out P")).assert_ok();
    }
    let lines = scene.wallet("history --json").json()["history"].as_array().unwrap().clone();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["outcome"]["is"], "shared");
    scene.wallet("export --as csv --out history.csv").assert_ok();
    assert_eq!(scene.sandbox.text("history.csv").lines().count(), 3, "a heading and two lines");
    let first = lines[0]["id"].as_str().unwrap();
    let left = scene.wallet(&format!("history --json --delete {first}")).json();
    assert_eq!(left["history"].as_array().unwrap().len(), 1);
    assert_eq!(scene.wallet("history --json --delete-all").json()["history"].as_array().unwrap().len(), 0);
}

#[test]
fn the_same_offer_again_is_the_same_card() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    let first = scene.add(&offer, "").json();
    let again = scene.add(&offer, "");
    again.assert_ok();
    assert_eq!(again.json()["id"], first["id"]);
    assert_eq!((scene.cards().len(), held(&again.json())), (1, both()));
}

#[test]
fn whatever_answer_is_lost_the_same_command_goes_on() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.bundle();
    for lost in ["/offers/", "/token", "/credential", "/credential", "/.well-known/openid-credential-issuer"] {
        scene.network.lose(lost);
        let ran = scene.add(&offer, " --bundle trust.bundle");
        assert_eq!((ran.code, scene.network.left()), (1, 0), "{lost}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("run the same command again"), "{}", ran.stderr);
    }
    let ran = scene.add(&offer, " --bundle trust.bundle");
    ran.assert_ok();
    let card = ran.json();
    assert_eq!(held(&card), both());
    assert!(card["batches"].as_array().unwrap().iter().all(|batch| batch["verdict"]["is"] == "held"), "{card:#}");
}

#[test]
fn a_lost_notification_loses_no_copy() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.network.lose("/notification");
    let ran = scene.add(&offer, "");
    ran.assert_ok();
    assert_eq!((held(&ran.json()), scene.network.left()), (both(), 0));
}

#[test]
fn a_wrong_code_says_how_many_tries_are_left() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    let wrong = if offer.code == "000000" { "111111" } else { "000000" };
    let add = |code: &str| scene.wallet(&format!("add {} --tx-code {code}", offer.link));
    for (code, told) in [("12345", "6 digits"), (wrong, "4 tries are left"), (wrong, "3 tries are left")] {
        let ran = add(code);
        assert_eq!(ran.code, 64, "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    let ran = scene.wallet(&format!("add {}", offer.link));
    assert!(ran.code == 64 && ran.stderr.contains("--tx-code"), "{}", ran.stderr);
    add(&offer.code).assert_ok();
}

#[test]
fn a_void_offer_leaves_nothing_in_the_wallet() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    let wrong = if offer.code == "000000" { "111111" } else { "000000" };
    let add = |offer: &str, code: &str| scene.wallet(&format!("add {offer} --tx-code {code}"));
    for left in ["4 tries are left", "3 tries", "2 tries", "one try is left", "the offer is void"] {
        let ran = add(&offer.whole, wrong);
        assert!(ran.code == 64 && ran.stderr.contains(left), "{}", ran.stderr);
    }
    let late = add(&offer.whole, &offer.code);
    assert!(late.code == 1 && late.stderr.contains("the offer is void"), "{}", late.stderr);
    let gone = add(&offer.link, &offer.code);
    assert!(gone.code == 64 && gone.stderr.contains("404"), "{}", gone.stderr);
    assert_eq!(scene.cards(), Vec::<Value>::new());
}

#[test]
fn two_phones_cannot_take_one_offer() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.add(&offer, "").assert_ok();
    let second = scene.wallet(&format!("add {} --tx-code {} --dir second", offer.whole, offer.code));
    assert_eq!(second.code, 1);
    assert!(second.stderr.contains("invalid_grant") && second.stderr.contains("used"), "{}", second.stderr);
}

#[test]
fn copies_that_wait_for_an_approval_come_with_the_same_command() {
    let mut scene = Scene::with(" --set deferred_interval=120", None);
    let offer = scene.offer(" --hold");
    let ran = scene.add(&offer, "");
    ran.assert_ok();
    let card = ran.json();
    assert!(card["not_before"].is_string() && held(&card).is_empty(), "{card:#}");
    // Asking earlier than the issuer said is not done.
    let again = scene.add(&offer, "").json();
    assert_eq!(again["not_before"], card["not_before"]);
}

#[test]
fn a_short_wait_is_waited_for() {
    let mut scene = Scene::with(" --set deferred_interval=2", None);
    let offer = scene.offer(" --hold");
    let ran = thread::scope(|scope| {
        let waiting = scope.spawn(|| scene.add(&offer, ""));
        thread::sleep(Duration::from_secs(3));
        scene.office(&format!("approve {} --reason checked", offer.document)).assert_ok();
        waiting.join().unwrap()
    });
    ran.assert_ok();
    assert_eq!(held(&ran.json()), both());
}

#[test]
fn a_resumed_document_is_refilled_with_copies_that_nobody_has_seen() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.add(&offer, "").assert_ok();
    let early = scene.wallet("refill resident");
    assert_eq!(early.code, 1);
    assert!(early.stderr.contains("copies enough"), "{}", early.stderr);
    scene.sandbox.ok("request --document resident --elements family_name --purpose test --out request.json");
    scene.wallet("present --request request.json --document resident --format mdoc --out P").assert_ok();
    let change = |what: &str| scene.office(&format!("{what} {} --reason test", offer.document));
    change("suspend").assert_ok();
    let suspended = scene.wallet("refill resident");
    assert!(suspended.code == 1 && suspended.stderr.contains("suspended"), "{}", suspended.stderr);
    change("resume").assert_ok();
    let ran = scene.wallet("refill resident --json");
    ran.assert_ok();
    let card = ran.json();
    assert_eq!(held(&card), both());
    assert!(card["batches"].as_array().unwrap().iter().all(|batch| batch["unseen"] == 10), "{card:#}");
}

#[test]
fn copies_are_used_up_one_by_one_and_then_again() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.add(&offer, " --copies 2").assert_ok();
    let present = "present --json --request request.json --document resident --format sd-jwt --out P";
    let used: Vec<(u64, bool)> = (0..3)
        .map(|_| {
            scene.sandbox.ok("request --document resident --elements family_name --purpose test --out request.json");
            let said = scene.wallet(present).json();
            (said["fresh_left"].as_u64().unwrap(), said["used_before"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(used, [(2, false), (1, false), (0, true)]);
}

#[test]
fn an_attested_wallet_takes_what_others_may_not() {
    let mut scene = Scene::attested();
    let offer = scene.offer("");
    let alone = scene.add(&offer, "");
    assert_eq!(alone.code, 1);
    assert!(alone.stderr.contains("a wallet provider is needed"), "{}", alone.stderr);
    let provider = scene.provider.as_ref().unwrap().url().to_owned();
    let ran = scene.add(&offer, &format!(" --wallet-provider {provider}"));
    ran.assert_ok();
    assert_eq!(held(&ran.json()), both());
}

#[test]
fn copies_of_an_issuer_that_the_bundle_does_not_know_are_named_and_never_shown() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.sandbox.ok("authority init --dir B --country DE");
    scene.sandbox.ok("bundle build --authority B --out other.bundle");
    let ran = scene.add(&offer, " --bundle other.bundle");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("do not hold by the bundle"), "{}", ran.stderr);
    scene.sandbox.ok("request --document resident --elements family_name --purpose test --out request.json");
    let shown = scene.wallet("present --request request.json --document resident --format mdoc --out P");
    assert!(shown.code == 1 && shown.stderr.contains("nothing_fits"), "{}", shown.stderr);
}

#[test]
fn nothing_in_the_wallets_directory_can_be_read_without_its_passphrase() {
    let mut scene = Scene::new();
    let offer = scene.offer("");
    scene.add(&offer, "").assert_ok();
    let shown = scene.wallet("show resident --json").json();
    let number = shown["contents"][0]["contents"]["org.iso.23220.1"]["document_number"].as_str().unwrap().to_owned();
    for entry in fs::read_dir(scene.sandbox.path("wallet")).unwrap() {
        let file = fs::read(entry.unwrap().path()).unwrap();
        for secret in [number.as_bytes(), b"PRIVATE KEY", b"credential_offer", b"access_token"] {
            assert!(!file.windows(secret.len()).any(|window| window == secret));
        }
    }
    let wrong = scene.wallet_as("list", "incorrect horse");
    assert_eq!(wrong.code, 64);
    assert!(wrong.stderr.contains("the passphrase does not open this wallet"), "{}", wrong.stderr);
}

#[test]
fn a_damaged_or_exchanged_wallet_is_told() {
    const SEALED: &str = "wallet/wallet.sealed";
    let mut scene = Scene::new();
    for dir in ["wallet", "other"] {
        let offer = scene.offer("");
        scene.add(&offer, &format!(" --copies 1 --dir {dir}")).assert_ok();
    }
    let (one, two) = (scene.sandbox.read(SEALED), scene.sandbox.read("other/wallet.sealed"));
    scene.sandbox.flip(SEALED, 40);
    assert_eq!(scene.wallet("list").code, 64, "a bit of it");
    scene.sandbox.write(SEALED, &two);
    assert_eq!(scene.wallet("list").code, 64, "another in its place");
    scene.sandbox.write(SEALED, &one);
    scene.wallet("list").assert_ok();
}

#[test]
fn what_is_no_offer_or_no_wallet_is_wrong_usage() {
    let scene = Scene::new();
    for offer in [
        "hello",
        "openid-credential-offer://?credential_offer=%7B%7D",
        "openid-credential-offer://?credential_offer_uri=http://example.com/o",
    ] {
        let ran = scene.wallet(&format!("add {offer}"));
        assert_eq!(ran.code, 64, "{offer}: {}", ran.stderr);
    }
    assert_eq!(scene.cards(), Vec::<Value>::new());
    assert_eq!(scene.wallet("list --dir nowhere").code, 64);
    assert_eq!(scene.wallet("show resident").code, 64);
}
