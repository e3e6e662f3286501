//! A ledger of three agencies, each with an auditing witness, as processes; and what is done with it.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use mapae_types::{Duration, Timestamp};
use serde_json::{Value, json};
use testkit::ports;

use crate::{
    ledger::{AGENCIES, agencies},
    mirror::Mirror,
    sandbox::{Ran, Sandbox},
    served::Served,
};

/// The processes and their files.
struct Country {
    sandbox: Sandbox,
    url: String,
    log: Option<Served>,
    witnesses: Vec<(&'static str, Option<Served>)>,
}

const ORDER_SIGNERS: &str = "kind = \"order-signers\"\nthreshold = 2\n\
     [[keys]]\nagency = \"interior\"\nkey = \"interior/order.pem\"\n\
     [[keys]]\nagency = \"transport\"\nkey = \"transport/order.pem\"\n\
     [[keys]]\nagency = \"welfare\"\nkey = \"welfare/order.pem\"";
const FRESHNESS: &str = "kind = \"freshness\"\nclasses = [{ name = \"low\", fresh_for = \"24h\", usable_for = \"35d\" }, \
     { name = \"high\", fresh_for = \"24h\", usable_for = \"24h\" }]";

impl Country {
    /// Founded; the log and all witnesses run.
    fn founded() -> Self {
        let sandbox = agencies();
        sandbox.ok("authority init --dir A");
        let (port, ids) = (ports::free().port(), ["interior", "transport", "welfare"]);
        let witnesses: Vec<String> = ids.iter().map(|id| format!("--witness {id}/witness/witness.vkey")).collect();
        sandbox.ok(&format!("ledger found --log log {} --threshold 2 {AGENCIES} --out founded", witnesses.join(" ")));
        let url = format!("http://127.0.0.1:{port}");
        let mut country = Self { sandbox, url, log: None, witnesses: ids.map(|id| (id, None)).into() };
        for id in ids {
            country.start_witness(id);
        }
        country.start_log();
        country
    }

    /// With an issuer, ages and signers of orders, and a bundle that says so.
    fn with_bundle() -> Self {
        let country = Self::founded();
        country.sandbox.ok("people sample --count 2 --seed 7 --out R");
        country.sandbox.ok("issue --authority A --document resident --register R/resident.csv --out I --copies 1");
        let entries = [
            ("kind = \"issuer\"\nroot = \"A/iaca.pem\"\nstatus = \"required\"\nsigners = \"listed\"", "interior"),
            ("kind = \"signer\"\ncertificate = \"A/document-signer.pem\"", "interior"),
            ("kind = \"signer\"\ncertificate = \"A/status-signer.pem\"", "interior"),
            ("kind = \"status\"\nprefix = \"https://id.example/status/\"\nroot = \"A/iaca.pem\"", "interior"),
            (FRESHNESS, "welfare"),
            (ORDER_SIGNERS, "interior --agency welfare"),
        ];
        let files: Vec<String> = (1..).zip(entries).map(|(nth, (toml, by))| country.entry(nth, toml, by)).collect();
        let submitted = country.sandbox.ok(&country.submit(&files.join(" "))).json();
        let indices: Vec<u64> = submitted["entries"].as_array().unwrap().iter().map(index).collect();
        assert_eq!(indices, [1, 2, 3, 4, 5, 6]);
        assert!(submitted["entries"].as_array().unwrap().iter().all(|one| one["published"] == true), "{submitted}");
        country.publish("trust.bundle").assert_ok();
        country
    }

    fn start_witness(&mut self, id: &'static str) {
        let Self { sandbox, url, witnesses, .. } = self;
        let (at, _) = witnesses.iter().enumerate().find(|(_, (known, _))| *known == id).unwrap();
        // The log knows its witnesses by address, so that one that comes back comes back to its port.
        let address = witnesses[at].1.take().map(|served| served.url().trim_start_matches("http://").to_owned());
        let listen = address.or_else(|| fs::read_to_string(sandbox.path(&format!("{id}.address"))).ok());
        let listen = listen.unwrap_or_else(|| "127.0.0.1:0".to_owned());
        let served = Served::start(sandbox, &format!("{id}-witness"), &witness(id, url, &listen));
        sandbox.write(&format!("{id}.address"), served.url().trim_start_matches("http://").as_bytes());
        witnesses[at].1 = Some(served);
    }

    fn stop_witness(&mut self, id: &str) {
        let (_, served) = self.witnesses.iter_mut().find(|(known, _)| *known == id).unwrap();
        served.take().unwrap().kill();
    }

    fn start_log(&mut self) {
        let witnesses: Vec<String> = self.witnesses.iter().map(witness_at).collect();
        let (listen, witnesses) = (self.url.trim_start_matches("http://"), witnesses.join(" "));
        let ledger = "serve ledger --dir log --policy founded/policy.txt --founding founded/founding.cbor";
        self.log = Some(Served::start(&self.sandbox, "log", &format!("{ledger} --listen {listen} {witnesses}")));
    }

    /// Signs a statement into a file of that number.
    fn entry(&self, nth: usize, statement: &str, by: &str) -> String {
        let (toml, entry) = (format!("statement-{nth}.toml"), format!("entry-{nth}.cbor"));
        self.sandbox.write(&toml, statement.as_bytes());
        self.sandbox.ok(&format!("ledger entry --from {toml} --agency {by} --out {entry}"));
        entry
    }

    fn submit(&self, files: &str) -> String {
        format!("ledger submit --json --to {} --policy founded/policy.txt --wait 20s {files}", self.url)
    }

    fn publish(&self, out: &str) -> Ran {
        let publish = format!("bundle publish --json --ledger {} --policy founded/policy.txt", self.url);
        self.sandbox.run(&format!("{publish} --agency transport --authority A --issued I --wait 20s --out {out}"))
    }

    /// A presentation of the first person at that time, judged with `more`.
    fn verdict(&self, at: Timestamp, more: &str) -> (i32, Value) {
        let sandbox = &self.sandbox;
        let (person, at) = (sandbox.people_with("resident").remove(0), format!("--at {at}"));
        let request = "request --document resident --elements family_name --purpose test --out request.json";
        sandbox.ok(&format!("{request} {at}"));
        let present = format!("present --from I/{person}/resident --request request.json --format mdoc --out P");
        sandbox.ok(&format!("{present} {at}"));
        let ran = sandbox.run(&format!(
            "verify --json --bundle trust.bundle --policy founded/policy.txt --request request.json {at} {more} P"
        ));
        (ran.code, ran.json())
    }
}

/// Where the log finds a witness.
fn witness_at((id, served): &(&str, Option<Served>)) -> String {
    format!("--witness {id}.example/witness={}", served.as_ref().unwrap().url())
}

fn witness(id: &str, log: &str, listen: &str) -> String {
    let audit = format!("--audit --log-url {log} --founding founded/founding.cbor");
    format!("serve witness --dir {id}/witness --log-vkey log/log.vkey {audit} --listen {listen}")
}

fn index(entry: &Value) -> u64 {
    entry["index"].as_u64().unwrap()
}

/// The machine's clock, by which witnesses go.
fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Timestamp::from_unix(i64::try_from(seconds).unwrap()).unwrap()
}

#[test]
fn what_agencies_enter_is_what_readers_hold() {
    let country = Country::with_bundle();
    let (code, verdict) = country.verdict(now(), "--use low");
    assert_eq!(code, 0, "{verdict}");
    let fetch =
        format!("bundle fetch --json --policy founded/policy.txt --from {}/bundle --memory M --out B", country.url);
    country.sandbox.ok(&fetch);
    assert_eq!(country.sandbox.read("B"), country.sandbox.read("trust.bundle"));
    let tree = country.sandbox.ok("inspect B").stdout;
    for part in ["trust bundle (logged)", "kind: \"bundle\"", "inclusion proof", "time: ", ".example/witness\""] {
        assert!(tree.contains(part), "{part} in\n{tree}");
    }
    assert_eq!(country.sandbox.ok(&fetch).json()["replaced"], false);
    let show = format!("ledger show --json --policy founded/policy.txt {}", country.url);
    let shown = country.sandbox.ok(&show).json();
    let kinds: Vec<&str> =
        shown["entries"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["founding", "issuer", "signer", "signer", "status", "freshness", "order-signers", "bundle"]);
    assert!(shown["cosigned_by"].as_array().unwrap().len() >= 2, "{shown}");
    let monitor = format!("ledger monitor --json --once --policy founded/policy.txt {}", country.url);
    assert_eq!(country.sandbox.ok(&monitor).json(), json!({ "size": 8, "root": shown["root"], "findings": [] }));
}

/// The day's delta carries its own proof; a ledger of other witnesses vouches for neither.
#[test]
fn a_logged_bundle_is_followed_by_a_delta() {
    let country = Country::with_bundle();
    let entry = country.entry(7, "kind = \"distrust\"\nsigner = \"A/mdl-signer.pem\"\ncompromised = true", "interior");
    country.sandbox.ok(&country.submit(&entry));
    country.publish("new.bundle").assert_ok();
    let policy = "--policy founded/policy.txt";
    let made =
        country.sandbox.ok(&format!("bundle delta --json {policy} --from trust.bundle --to new.bundle --out D")).json();
    let path = format!("/bundle/delta/{}", made["from_manifest_sha256"].as_str().unwrap());
    let delta = country.sandbox.read("D");
    let mirror = Mirror::serving(vec![(path.clone(), delta.clone())]);
    let fetch = |policy: &str, from: &str| {
        country.sandbox.run(&format!("bundle fetch --json --policy {policy} --from {from} --out B"))
    };
    country.sandbox.write("B", &country.sandbox.read("trust.bundle"));
    let ran = fetch("founded/policy.txt", &mirror.url());
    assert_eq!((ran.code, ran.json()["by"].as_str()), (0, Some("delta")), "{}", ran.stderr);
    assert_eq!(country.sandbox.read("B"), country.sandbox.read("new.bundle"));
    // Half of the proof is none.
    country.sandbox.write("B", &country.sandbox.read("trust.bundle"));
    let altered = String::from_utf8_lossy(&delta).find("— welfare").map_or(delta.len() / 2, |at| at + 40);
    let altered = [&delta[..altered], &[delta[altered] ^ 1], &delta[altered + 1..]].concat();
    let mirror = Mirror::serving(vec![(path, altered)]);
    let ran = fetch("founded/policy.txt", &mirror.url());
    assert_eq!((ran.code, &country.sandbox.read("B")), (1, &country.sandbox.read("trust.bundle")), "{}", ran.stderr);
    country.sandbox.ok("ledger witness-init --dir other --name other.example");
    country
        .sandbox
        .ok("ledger found --log log --witness other/witness.vkey --threshold 1 --agency interior --out else");
    let ran = fetch("else/policy.txt", "file:new.bundle");
    assert!(ran.code == 1 && ran.stderr.contains("B is of no use"), "{}", ran.stderr);
}

/// A wallet learns from the bundle which update is its maker's, and whose registration is no longer good.
#[test]
fn what_was_released_and_withdrawn_is_in_the_next_bundle() {
    let country = Country::with_bundle();
    let sandbox = &country.sandbox;
    sandbox.write("release.json", b"[]");
    let release = country.entry(
        7,
        "kind = \"release\"\nname = \"wallet-web\"\nversion = \"1\"\nfile = \"release.json\"",
        "interior",
    );
    let by = "--agency transport --entry-out";
    sandbox.ok(&format!("relying-party registrar --dir registrar {by} registrar.cbor"));
    let register = "relying-party register --registrar registrar --id shop --name-ko 가게 --name-en Shop --class low \
                --purpose-ko 성년 --purpose-en Age --document resident=age_over_19 --out shop";
    let access = sandbox.ok(&format!("{register} --json {by} shop.cbor")).json()["certificate"]["sha256"].clone();
    sandbox.ok(&country.submit(&format!("{release} registrar.cbor shop.cbor")));
    country.publish("before.bundle").assert_ok();
    sandbox.ok(&format!("relying-party withdraw --id shop {by} gone.cbor"));
    sandbox.ok(&country.submit("gone.cbor"));
    country.publish("after.bundle").assert_ok();
    let show = |bundle: &str| format!("bundle show --policy founded/policy.txt {bundle}");
    let [before, after] = ["before.bundle", "after.bundle"].map(|one| sandbox.ok(&(show(one) + " --json")).json());
    let sha256 = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945";
    for said in [&before, &after] {
        assert_eq!(said["software"], json!([{ "name": "wallet-web", "sha256": sha256 }]));
    }
    assert_eq!((&before["relying_parties"], &before["withdrawn"]), (&json!(1), &json!([])));
    let withdrawn = &after["withdrawn"][0];
    assert_eq!((&after["relying_parties"], &withdrawn["relying_party"]), (&json!(0), &json!("shop")));
    assert_eq!(withdrawn["certificate"], access);
    let text = sandbox.ok(&show("after.bundle")).stdout;
    assert!(text.contains(&format!("software wallet-web {sha256}")), "{text}");
    assert!(text.contains("withdrawn: shop since 20"), "{text}");
}

#[test]
fn what_breaks_a_rule_is_refused_by_name() {
    let country = Country::founded();
    let issuer = "kind = \"issuer\"\nroot = \"A/iaca.pem\"\nstatus = \"required\"\nsigners = \"any\"";
    let first = country.entry(1, issuer, "interior");
    let foreign = country.entry(2, &issuer.replace("required", "none"), "welfare");
    let alone = country.entry(3, "kind = \"agency\"\nwithdrawn = \"welfare\"", "interior");
    let ran = country.sandbox.run(&country.submit(&format!("{first} {foreign}")));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("entry-2.cbor (1 before it are in the ledger)"), "{}", ran.stderr);
    assert!(ran.stderr.contains("the ledger refused it: not_owner: "), "{}", ran.stderr);
    let ran = country.sandbox.run(&country.submit(&alone));
    assert!(ran.code == 1 && ran.stderr.contains("too_few_signers"), "{}", ran.stderr);
    // Once more is not twice.
    let again = country.sandbox.ok(&country.submit(&first)).json();
    assert_eq!(index(&again["entries"][0]), 1);
    for nonsense in ["founded/policy.txt", "nowhere", ""] {
        assert_eq!(country.sandbox.run(country.submit(nonsense).trim_end()).code, 64, "{nonsense}");
    }
    // A policy of other witnesses covers nothing of this.
    country.sandbox.ok("ledger witness-init --dir other --name other.example");
    country
        .sandbox
        .ok("ledger found --log log --witness other/witness.vkey --threshold 1 --agency interior --out else");
    let show = country.sandbox.run(&format!("ledger show --policy else/policy.txt {}", country.url));
    assert_eq!(show.code, 1, "{}", show.stdout);
}

/// With one witness of two that must, entries are kept and nothing is published; the second makes up for it.
#[test]
fn one_witness_too_few_publishes_nothing() {
    let mut country = Country::with_bundle();
    country.stop_witness("interior");
    country.stop_witness("welfare");
    let entry = country.entry(7, "kind = \"catalogue\"\nversion = 1\nfile = \"A/iaca.pem\"", "interior");
    let kept = country.sandbox.ok(&country.submit(&entry).replace("--wait 20s", "--wait 1s")).json();
    assert_eq!(
        kept["entries"][0],
        json!({ "file": entry, "index": 8, "leaf": kept["entries"][0]["leaf"], "published": false })
    );
    let before = country.sandbox.read("trust.bundle");
    let ran = country.sandbox.run(&format!(
        "bundle publish --ledger {} --policy founded/policy.txt --agency transport --wait 1s --out trust.bundle",
        country.url
    ));
    assert!(ran.code == 1 && ran.stderr.contains("a quorum has not cosigned it yet"), "{}", ran.stderr);
    assert_eq!(country.sandbox.read("trust.bundle"), before);
    country.start_witness("welfare");
    let published = country.sandbox.ok(&country.submit(&entry)).json();
    assert_eq!(published["entries"][0]["published"], true, "{published}");
}

/// Started twice by mistake, on one store: each submits to whoever it likes, no place is given out twice, nothing is lost.
#[test]
fn two_sequencers_keep_one_history() {
    let country = Country::founded();
    let witnesses: Vec<String> = country.witnesses.iter().map(witness_at).collect();
    let second =
        format!("serve ledger --dir log --policy founded/policy.txt --listen 127.0.0.1:0 {}", witnesses.join(" "));
    let second = Served::start(&country.sandbox, "second", &second);
    let urls = [country.url.clone(), second.url().to_owned()];
    let mut indices = Vec::new();
    for nth in 1..=10 {
        let toml = format!("kind = \"catalogue\"\nversion = {nth}\nfile = \"A/iaca.pem\"");
        let entry = country.entry(nth, &toml, "interior");
        let submit = country.submit(&entry).replace(&country.url, &urls[nth % 2]);
        let ran = country.sandbox.run(&submit);
        assert_eq!(ran.code, 0, "{nth}: {}", ran.stderr);
        indices.push(index(&ran.json()["entries"][0]));
    }
    assert_eq!(indices, (1..=10).collect::<Vec<u64>>());
    for url in &urls {
        let monitor = format!("ledger monitor --json --once --policy founded/policy.txt {url}");
        let seen = country.sandbox.run(&monitor);
        assert_eq!((seen.code, &seen.json()["findings"]), (0, &json!([])), "{url}: {}", seen.stdout);
    }
}

/// The log burns, and everything goes on: the file is as good as the day it was signed.
#[test]
fn an_order_stretches_ages_with_every_server_burnt() {
    let mut country = Country::with_bundle();
    country.log.take().unwrap().kill();
    for id in ["interior", "transport", "welfare"] {
        country.stop_witness(id);
    }
    let (today, late) = (now(), now() + Duration::days(36));
    assert_eq!(country.verdict(today, "--use low").0, 0);
    let (code, verdict) = country.verdict(late, "--use low");
    assert_eq!((code, verdict["reason"]["code"].as_str()), (1, Some("bundle_too_old")), "{verdict}");
    let newest = "--bundle trust.bundle --policy founded/policy.txt";
    let terms = format!("--id 2026-01 --class low=70d --from {late} --until {} --at {late}", late + Duration::days(7));
    let reason = "--reason-ko 화재 --reason-en Fire";
    country.sandbox.ok(&format!("order sign {terms} {reason} {newest} --agency interior --out one"));
    let early = country.sandbox.run(&format!("order combine one {newest} --out order"));
    assert!(early.code == 1 && early.stderr.contains("1 of the agencies signed"), "{}", early.stderr);
    country.sandbox.ok(&format!("order sign --same-as one {newest} --agency welfare --out two"));
    country.sandbox.ok(&format!("order combine one two {newest} --out order"));
    let (code, verdict) = country.verdict(late, "--use low --order order");
    assert_eq!(code, 0, "{verdict}");
    assert!(verdict.to_string().contains("2026-01"), "the verdict names the order: {verdict}");
    assert_eq!(country.verdict(late, "--use high --order order").0, 1, "a class that the order does not name");
    assert_eq!(country.verdict(late, "--use low --order one").0, 1, "one signature of two");
    // A key that the bundle does not name would sign in vain.
    crate::ledger::agency(&country.sandbox, "stranger", "all");
    let ran = country.sandbox.run(&format!("order sign --same-as one {newest} --agency stranger --out three"));
    assert!(ran.code == 64 && ran.stderr.contains("does not name the order key of agency stranger"), "{}", ran.stderr);
}

#[test]
fn an_order_is_logged_when_there_is_a_log() {
    let country = Country::with_bundle();
    let terms = format!("--id 2026-02 --class low=50d --until {}", now() + Duration::days(7));
    let by = "--agency interior --agency transport";
    country.sandbox.ok(&format!(
        "order sign {terms} --reason-ko 훈련 --reason-en Drill --policy founded/policy.txt {by} --out order"
    ));
    let publish = |order: &str| format!("order publish {order} --json --ledger {} --agency welfare", country.url);
    assert_eq!(index(&country.sandbox.ok(&publish("order")).json()), 8);
    let alone = terms.replace("2026-02", "2026-03");
    country.sandbox.ok(&format!(
        "order sign {alone} --reason-ko 훈련 --reason-en Drill --policy founded/policy.txt --agency interior --out alone"
    ));
    let ran = country.sandbox.run(&publish("alone"));
    assert!(ran.code == 1 && ran.stderr.contains("the ledger refused it"), "{}", ran.stderr);
}

/// tlog-witness: a witness that does not know what it cosigned must not cosign.
#[test]
fn a_witness_whose_disk_died_refuses_to_start() {
    let mut country = Country::with_bundle();
    country.stop_witness("interior");
    let backup = Store::take(&country.sandbox, "interior");
    let start = witness("interior", &country.url, "127.0.0.1:0");
    let said = Served::refused(&country.sandbox, &start);
    assert!(said.contains("takes a new key"), "{said}");
    assert!(!country.sandbox.path("interior/witness/witness.db").exists(), "no empty store takes its place");
    // Another's store.
    country.stop_witness("welfare");
    Store::take(&country.sandbox, "welfare").put(&country.sandbox, "interior");
    let said = Served::refused(&country.sandbox, &start);
    assert!(said.contains("retire this key"), "{said}");
    // Its own store, from a backup that is older than what it cosigned since.
    backup.put(&country.sandbox, "interior");
    country.start_witness("interior");
    let entry = country.entry(7, "kind = \"catalogue\"\nversion = 1\nfile = \"A/iaca.pem\"", "interior");
    assert_eq!(country.sandbox.ok(&country.submit(&entry)).json()["entries"][0]["published"], true);
    country.stop_witness("interior");
    drop(Store::take(&country.sandbox, "interior"));
    backup.put(&country.sandbox, "interior");
    let said = Served::refused(&country.sandbox, &start);
    assert!(said.contains("retire this key: it cosigned 9 entries, and its store knows of 8"), "{said}");
}

/// A witness's database, with what SQLite keeps beside it.
struct Store(Vec<(&'static str, Vec<u8>)>);

impl Store {
    /// Takes it away.
    fn take(sandbox: &Sandbox, id: &str) -> Self {
        let mut files = Vec::new();
        for end in ["", "-wal", "-shm"] {
            let path = sandbox.path(&format!("{id}/witness/witness.db{end}"));
            if let Ok(content) = fs::read(&path) {
                files.push((end, content));
                fs::remove_file(path).unwrap();
            }
        }
        Self(files)
    }

    /// Puts it, or a copy of it, into that witness's place.
    fn put(&self, sandbox: &Sandbox, id: &str) {
        drop(Self::take(sandbox, id));
        for (end, content) in &self.0 {
            sandbox.write(&format!("{id}/witness/witness.db{end}"), content);
        }
    }
}

#[test]
fn what_cannot_be_served_says_why() {
    let sandbox = agencies();
    let witnesses = "--witness interior/witness/witness.vkey";
    sandbox.ok(&format!("ledger found --log log {witnesses} --threshold 1 --agency interior --out founded"));
    sandbox.ok("ledger log-init --dir log2 --name ledger.example");
    let serve = "serve ledger --listen 127.0.0.1:0 --policy founded/policy.txt";
    for (arguments, code, said) in [
        (format!("{serve} --dir interior"), 64, "log-init"),
        (format!("{serve} --dir log"), 1, "a new ledger begins with --founding"),
        (format!("{serve} --dir log2 --founding founded/founding.cbor"), 1, "another log"),
        (format!("{serve} --dir log --founding interior/agency.pem"), 64, "is not an entry"),
        (format!("{serve} --dir log --witness http://127.0.0.1:1"), 64, "NAME=URL"),
        (format!("{serve} --dir log").replace("founded/policy.txt", "log/log.vkey"), 64, "policy to rely on"),
        ("serve witness --dir log --log-vkey log/log.vkey --listen 127.0.0.1:0".to_owned(), 64, "witness-init"),
        (witness("interior", "x", "here"), 64, "here"),
        (witness("interior", "x", "127.0.0.1:0").replace("--log-url x ", ""), 64, "--log-url"),
    ] {
        let ran = sandbox.run(&arguments);
        assert_eq!(ran.code, code, "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments}: {}", ran.stderr);
    }
    let there = "ledger monitor --once --policy founded/policy.txt http://127.0.0.1:9";
    assert_eq!(sandbox.run(there).code, 2, "nobody there: undecided");
    assert_eq!(sandbox.run(&there.replace("http:", "ftp:")).code, 64);
}
