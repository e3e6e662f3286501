//! The directory of an issuer, and a clerk at its office.

use serde_json::Value;
use testkit::ports;

use crate::{
    sandbox::{Ran, Sandbox},
    served::Served,
};

/// An issuer that runs, with people in its register.
struct Issuer {
    sandbox: Sandbox,
    served: Served,
    office: String,
}

impl Issuer {
    fn start() -> Self {
        let sandbox = Sandbox::empty();
        sandbox.ok("authority init --dir A");
        sandbox.ok("people sample --count 12 --seed 1 --out R");
        let port = ports::free().port();
        sandbox.ok(&format!("issuer init --dir I --authority A --base-url http://127.0.0.1:{port}"));
        let serve = format!("serve issuer --dir I --listen 127.0.0.1:{port} --office-listen 127.0.0.1:0");
        let served = Served::start(&sandbox, "issuer", &format!("{serve} --register resident=R/resident.csv"));
        let office = served.said()["office"].as_str().unwrap().to_owned();
        Self { sandbox, served, office }
    }

    fn office(&self, arguments: &str) -> Ran {
        self.sandbox.run(&format!("office {arguments} --office {} --token-file I/office.token", self.office))
    }

    fn offer(&self, person: &str) -> Value {
        let ran = self.office(&format!("offer --json --person {person} --document resident"));
        ran.assert_ok();
        ran.json()
    }
}

const PERSON: &str = "c53qxm2p6omqw52xehvr4hv3w2";

#[test]
fn secrets_are_for_their_owner_and_the_settings_say_what_they_mean() {
    let sandbox = Sandbox::empty();
    sandbox.ok("authority init --dir A");
    sandbox.ok("issuer init --dir I --authority A --base-url https://issuer.example --set batch_size=5");
    #[cfg(unix)]
    for secret in ["I/server.key", "I/office.token"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = sandbox.path(secret).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    let settings = sandbox.text("I/issuer.toml");
    for line in ["base_url = \"https://issuer.example\"", "batch_size = 5", "[surge]", "# Danger: "] {
        assert!(settings.lines().any(|found| found.starts_with(line)), "{line}\n{settings}");
    }
    let again = sandbox.run("issuer init --dir I --authority A --base-url https://issuer.example");
    assert_eq!((again.code, sandbox.text("I/issuer.toml")), (64, settings), "nothing was changed");
}

#[test]
fn an_issuer_has_an_authority_and_an_address() {
    let sandbox = Sandbox::empty();
    let init = |more: &str| sandbox.run(&format!("issuer init --dir I {more}"));
    assert_eq!(init("--authority A --base-url https://issuer.example").code, 64, "there is no A");
    sandbox.ok("authority init --dir A");
    assert_eq!(init("--authority A --base-url http://issuer.example").code, 64, "without TLS");
    assert_eq!(init("--authority A --base-url https://issuer.example --set bach_size=5").code, 64, "a key unknown");
    assert!(!sandbox.path("I").exists(), "nothing is left of what failed");
    assert_eq!(init("--authority A --base-url https://issuer.example").code, 0);
}

#[test]
fn a_lost_store_is_not_begun_anew() {
    let sandbox = Sandbox::empty();
    sandbox.ok("authority init --dir A");
    sandbox.ok("issuer init --dir I --authority A --base-url http://127.0.0.1:1");
    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(sandbox.path(&format!("I/issuer.db{ending}"))));
    }
    let said = Served::refused(&sandbox, "serve issuer --dir I --listen 127.0.0.1:0 --office-listen 127.0.0.1:0");
    assert!(said.contains("restored"), "{said}");
}

#[test]
fn an_offer_shows_a_link_and_never_its_code() {
    let issuer = Issuer::start();
    let ran = issuer.office(&format!("offer --person {PERSON} --document resident"));
    ran.assert_ok();
    let message = issuer.sandbox.ok("office outbox --json --dir I/outbox").json();
    let code = message["code"].as_str().unwrap();
    assert_eq!((message["to"].as_str().unwrap(), code.len()), (PERSON, 6));
    assert!(ran.stdout.contains("openid-credential-offer://"), "{}", ran.stdout);
    assert!(ran.stdout.contains('█'), "a QR code");
    assert!(!ran.stdout.contains(code), "the code is beside the link");
    let log = issuer.sandbox.text("issuer.log");
    assert!(log.contains("WARNING: keys in files sign here"), "{log}");
    assert!(!log.contains(PERSON) && !log.contains(code), "{log}");
}

#[test]
fn two_clerks_offer_one_person_and_one_wins() {
    let issuer = Issuer::start();
    let first = issuer.offer(PERSON);
    let second = issuer.office(&format!("offer --person {PERSON} --document resident"));
    assert_eq!(second.code, 1);
    assert!(second.stderr.contains("already_offered"), "{}", second.stderr);
    let documents = issuer.office(&format!("documents --json --person {PERSON}")).json();
    let documents = documents["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 1);
    assert_eq!((&documents[0]["state"], &documents[0]["document_id"]), (&"offered".into(), &first["document_id"]));
}

#[test]
fn a_document_is_revoked_by_its_id() {
    let issuer = Issuer::start();
    let offer = issuer.offer(PERSON);
    let id = offer["document_id"].as_str().unwrap();
    let ran = issuer.office(&format!("revoke {id} --reason test"));
    ran.assert_ok();
    assert!(ran.stdout.contains("revoked"), "{}", ran.stdout);
    let again = issuer.office(&format!("resume {id} --reason test"));
    assert!(again.code == 1 && again.stderr.contains("state_excludes"), "{}", again.stderr);
}

#[test]
fn who_is_not_in_the_register_and_who_has_no_token_gets_nothing() {
    let issuer = Issuer::start();
    let stranger = issuer.office("offer --person nobody --document resident");
    assert!(stranger.code == 1 && stranger.stderr.contains("person_unknown"), "{}", stranger.stderr);
    issuer.sandbox.write("other.token", b"other\n");
    let url = &issuer.office;
    let ran =
        issuer.sandbox.run(&format!("office documents --person {PERSON} --office {url} --token-file other.token"));
    assert!(ran.code == 1 && ran.stderr.contains("not_authorised"), "{}", ran.stderr);
    assert!(issuer.served.url().starts_with("http://127.0.0.1:"));
}
