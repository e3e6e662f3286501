//! Registrar, relying party, reader: their files, the entries that tell of them, and which requests stay inside.

use mapae_trust::{
    Registration,
    ledger::{Change, SignedEntry, Statement},
};
use mapae_x509::{Certificate, Role, TrustAnchor, verify_chain, x509_hash_client_id};
use serde_json::json;

use crate::sandbox::{Ran, Sandbox, T0};
#[cfg(feature = "services")]
use crate::served::Served;

/// A registrar, and a shop that may ask two documents whether somebody is 19.
struct Registry(Sandbox);

impl Registry {
    fn new() -> Self {
        let registry = Self(Sandbox::empty());
        registry.0.ok(&format!("relying-party registrar --dir registrar --at {T0}"));
        registry
    }

    fn with_shop() -> Self {
        let registry = Self::new();
        let ran = registry.register(&[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        registry
    }

    /// Registers the shop, with more arguments or other values for those that it has.
    fn register(&self, more: &[(&str, &str)]) -> Ran {
        let mut arguments: Vec<(&str, &str)> = vec![
            ("--registrar", "registrar"),
            ("--id", "corner-shop"),
            ("--name-ko", "골목 가게"),
            ("--name-en", "Corner shop"),
            ("--class", "low"),
            ("--purpose-ko", "성년 확인"),
            ("--purpose-en", "To see that you are 19"),
            ("--document", "resident=age_over_19,portrait"),
            ("--document", "licence=age_over_19"),
            ("--out", "shop"),
            ("--at", T0),
        ];
        for (name, value) in more {
            let known = arguments.iter().position(|(known, _)| known == name).filter(|_| *name != "--purpose-en");
            match known {
                Some(place) => arguments[place].1 = value,
                None => arguments.push((name, value)),
            }
        }
        let flat = arguments.iter().flat_map(|(name, value)| [(*name).to_owned(), (*value).to_owned()]);
        let words: Vec<String> = ["relying-party", "register"].map(str::to_owned).into_iter().chain(flat).collect();
        Ran::of(&self.0.command_of(&words).output().unwrap())
    }

    fn request(&self, document: &str, elements: &str, purpose: &str) {
        let words = ["request", "--document", document, "--elements", elements, "--purpose", purpose, "--at", T0];
        let words: Vec<String> = words.into_iter().chain(["--out", "request.json"]).map(str::to_owned).collect();
        let ran = Ran::of(&self.0.command_of(&words).output().unwrap());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }

    fn check(&self) -> Ran {
        self.0.run("relying-party check --registration shop/registration.cbor --request request.json")
    }

    fn root(&self) -> TrustAnchor {
        TrustAnchor::new(self.certificate("registrar/registrar.pem")).unwrap()
    }

    fn certificate(&self, file: &str) -> Certificate {
        Certificate::from_pem(&self.0.text(file)).unwrap()
    }

    fn registration(&self) -> Registration {
        Registration::from_bytes(&self.0.read("shop/registration.cbor")).unwrap()
    }

    fn agency(&self) {
        let words = "ledger agency --dir agency --id registrar --name-ko 등록 --name-en Registrar --rights all";
        self.0.ok(words);
    }

    fn entry(&self, file: &str) -> SignedEntry {
        SignedEntry::parse(&self.0.read(file)).unwrap()
    }
}

/// Certificates and their hashes differ from one making to the next.
fn settled(text: &str) -> String {
    let line = |line: &str| match line.split_once("x509_hash:") {
        Some((before, hash)) if hash.len() == 43 => format!("{before}x509_hash:…"),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_registered_is_said_in_words() {
    let registry = Registry(Sandbox::empty());
    let registrar = registry.0.ok(&format!("relying-party registrar --dir registrar --at {T0}"));
    insta::assert_snapshot!("relying_party_registrar", registrar.stdout);
    insta::assert_snapshot!("relying_party_register", settled(&registry.register(&[]).stdout));
    let enrol = "relying-party enrol-reader --registrar registrar --relying-party shop --name counter-1 --out till";
    insta::assert_snapshot!("relying_party_enrol_reader", registry.0.ok(&format!("{enrol} --at {T0}")).stdout);
}

#[test]
fn the_access_certificate_is_a_readers_below_the_registrar_and_names_the_client() {
    let registry = Registry::with_shop();
    let (access, root) = (registry.certificate("shop/access.pem"), registry.root());
    let at = T0.parse().unwrap();
    assert!(verify_chain(std::slice::from_ref(&access), &[root], Role::MdocReader, at).is_ok());
    assert_eq!(registry.registration().certificate(), &access);
    assert_eq!(access.subject_organization(), Some("Corner shop"));
    assert_eq!(access.subject_common_name(), Some("corner-shop"));
    let shown = registry.register(&[("--out", "shop2")]).stdout;
    let second = registry.certificate("shop2/access.pem");
    assert!(shown.contains(&format!("client id {}", x509_hash_client_id(&second))), "{shown}");
    assert_ne!(x509_hash_client_id(&second), x509_hash_client_id(&access));
}

#[cfg(unix)]
#[test]
fn keys_are_their_owners_only_and_nothing_is_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let registry = Registry::with_shop();
    let enrol =
        format!("relying-party enrol-reader --registrar registrar --relying-party shop --name a --out till --at {T0}");
    registry.0.ok(&enrol);
    for key in ["registrar/registrar.key", "shop/access.key", "till/reader.key"] {
        let mode = std::fs::metadata(registry.0.path(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
    let key = registry.0.read("shop/access.key");
    let again =
        [registry.register(&[]), registry.0.run("relying-party registrar --dir registrar"), registry.0.run(&enrol)];
    for ran in again {
        assert_eq!(ran.code, 64);
        assert!(ran.stderr.contains("nothing was changed"), "{}", ran.stderr);
    }
    assert_eq!(registry.0.read("shop/access.key"), key);
}

#[test]
fn a_request_inside_is_inside_and_says_for_what() {
    let registry = Registry::with_shop();
    registry.request("resident", "age_over_19,portrait", "성년 확인");
    let ran = registry.check();
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    insta::assert_snapshot!("relying_party_inside", ran.stdout);
    let ran = registry.0.ok("--json relying-party check --registration shop/registration.cbor --request request.json");
    let names = json!({ "ko": "성년 확인", "en": "To see that you are 19" });
    assert_eq!((&ran.json()["verdict"], &ran.json()["purpose"]), (&json!("inside"), &names));
}

#[test]
fn a_request_beyond_is_over_asking_and_says_what_is_beyond() {
    let registry = Registry::with_shop();
    registry.request("licence", "age_over_19,family_name", "Curiosity");
    let ran = registry.check();
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("relying_party_over_asking", ran.stdout);
    let ran = registry.0.run("--json relying-party check --registration shop/registration.cbor --request request.json");
    let beyond = &ran.json()["beyond"];
    let first = json!({
        "code": "element_not_registered",
        "query": "mdoc",
        "format": "mso_mdoc",
        "document": "org.iso.18013.5.1.mDL",
        "path": ["org.iso.18013.5.1", "family_name"],
    });
    assert_eq!((beyond.as_array().unwrap().len(), &beyond[0]), (3, &first));
    assert_eq!(beyond[2], json!({ "code": "purpose_not_registered", "purpose": "Curiosity" }));
}

#[test]
fn a_document_that_is_not_registered_is_beyond() {
    let registry = Registry::with_shop();
    registry.request("welfare", "portrait", "성년 확인");
    let ran = registry.check();
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("document_not_registered"), "{}", ran.stdout);
}

#[test]
fn the_resident_registration_number_is_registered_with_a_legal_basis_only() {
    let registry = Registry::new();
    let number = ("--document", "resident=resident_registration_number");
    let without = registry.register(&[number]);
    assert_eq!(without.code, 64);
    assert!(without.stderr.contains("takes a legal basis"), "{}", without.stderr);
    assert!(!registry.0.path("shop").exists(), "nothing is left");
    let basis = [("--legal-basis-ko", "금융실명법 제3조"), ("--legal-basis-en", "Real Name Act §3")];
    let half = registry.register(&[number, basis[0]]);
    assert_eq!(half.code, 64);
    let with = registry.register(&[number, basis[0], basis[1]]);
    assert_eq!(with.code, 0, "{}", with.stderr);
    assert_eq!(registry.registration().legal_basis().unwrap().en(), "Real Name Act §3");
}

#[test]
fn nonsense_is_wrong_usage_and_leaves_nothing() {
    let registry = Registry::new();
    let long = "x".repeat(65);
    let mut said = Vec::new();
    for more in [
        ("--id", "corner shop"),
        ("--class", "a b"),
        ("--name-ko", ""),
        ("--name-en", &long),
        ("--purpose-en", "One more than in Korean"),
        ("--document", "resident"),
        ("--document", "passport=portrait"),
        ("--document", "resident=shoe_size"),
        ("--document", "licence=portrait"),
        ("--document", "resident=portrait,portrait"),
        ("--registrar", "nowhere"),
        ("--agency", "alone"),
    ] {
        let ran = registry.register(&[more]);
        assert_eq!(ran.code, 64, "{more:?}");
        assert!(!registry.0.path("shop").exists(), "{more:?}: something was left");
        said.push(format!("{} {}\n{}", more.0, more.1, ran.stderr.lines().next().unwrap_or_default()));
    }
    insta::assert_snapshot!("relying_party_errors", said.join("\n"));
}

#[test]
fn a_file_that_is_no_registration_is_wrong_usage() {
    let registry = Registry::with_shop();
    registry.request("licence", "age_over_19", "성년 확인");
    registry.0.flip("shop/registration.cbor", 0);
    let ran = registry.check();
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("is not a registration"), "{}", ran.stderr);
}

#[test]
fn a_reader_is_enrolled_by_the_registrar_of_its_relying_party() {
    let registry = Registry::with_shop();
    registry.0.ok(&format!("relying-party registrar --dir other --name Other --at {T0}"));
    let enrol = |registrar: &str, at: &str| {
        registry.0.run(&format!(
            "relying-party enrol-reader --registrar {registrar} --relying-party shop --name a --out till --at {at}"
        ))
    };
    for (registrar, at) in [("other", T0), ("registrar", "2031-01-01T00:00:00Z")] {
        let ran = enrol(registrar, at);
        assert_eq!(ran.code, 64);
        assert!(ran.stderr.contains("has no valid access certificate"), "{}", ran.stderr);
        assert!(!registry.0.path("till").exists());
    }
    assert_eq!(enrol("registrar", T0).code, 0);
    let (reader, at) = (registry.certificate("till/reader.pem"), T0.parse().unwrap());
    assert!(verify_chain(std::slice::from_ref(&reader), &[registry.root()], Role::MdocReader, at).is_ok());
    assert_ne!(reader.public_key(), registry.certificate("shop/access.pem").public_key());
}

#[test]
fn each_act_writes_the_entry_that_tells_the_ledger() {
    let registry = Registry(Sandbox::empty());
    registry.agency();
    let entry = |file: &str| format!("--agency agency --entry-out {file} --at {T0}");
    registry.0.ok(&format!("relying-party registrar --dir registrar {}", entry("1.cbor")));
    let ran = registry.register(&[("--agency", "agency"), ("--entry-out", "2.cbor")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let enrol = "relying-party enrol-reader --registrar registrar --relying-party shop --name a --out till";
    registry.0.ok(&format!("{enrol} {}", entry("3.cbor")));
    let first = registry.entry("1.cbor");
    assert!(matches!(first.statement(), Statement::Registrar(Change::Enter(root)) if *root == registry.root()));
    let second = registry.entry("2.cbor");
    let Statement::RelyingParty(Change::Enter(registered)) = second.statement() else { panic!() };
    assert_eq!(**registered, registry.registration());
    let third = registry.entry("3.cbor");
    let Statement::Reader(Change::Enter(reader)) = third.statement() else { panic!() };
    assert_eq!(reader.certificate, registry.certificate("till/reader.pem"));
    for entry in [first, second, third] {
        assert_eq!(entry.signed_by().map(mapae_types::Id::as_str).collect::<Vec<_>>(), ["registrar"]);
        assert_eq!(entry.at(), T0.parse().unwrap());
    }
}

#[test]
fn withdrawing_writes_the_entry_and_nothing_else() {
    let registry = Registry(Sandbox::empty());
    registry.agency();
    let withdraw = format!("relying-party withdraw --id corner-shop --at {T0}");
    let ran = registry.0.run(&withdraw);
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("--agency and --entry-out"), "{}", ran.stderr);
    let ran = registry.0.ok(&format!("{withdraw} --agency agency --entry-out e.cbor"));
    insta::assert_snapshot!("relying_party_withdraw", ran.stdout);
    let entry = registry.entry("e.cbor");
    assert_eq!(*entry.statement(), Statement::RelyingParty(Change::Withdraw("corner-shop".parse().unwrap())));
    assert_eq!(entry.at(), T0.parse().unwrap());
}

/// An agency that cannot sign stops the act before a file is written.
#[test]
fn without_the_agencys_key_nothing_is_certified() {
    let registry = Registry::new();
    let ran = registry.register(&[("--agency", "nobody"), ("--entry-out", "e.cbor")]);
    assert_eq!(ran.code, 64);
    assert!(!registry.0.path("shop").exists() && !registry.0.path("e.cbor").exists());
}

/// One agency, one witness that does not answer: entries are kept, which is all that handing in waits for.
#[cfg(feature = "services")]
#[test]
fn each_act_is_handed_to_the_ledger_if_one_is_named() {
    let registry = Registry(Sandbox::empty());
    registry.agency();
    registry.0.ok("ledger log-init --dir log --name registry.example/log");
    registry.0.ok("ledger witness-init --dir witness --name registry.example/witness");
    let found = "ledger found --log log --agency agency --witness witness/witness.vkey --threshold 1 --out founded";
    registry.0.ok(found);
    let serve = "serve ledger --dir log --policy founded/policy.txt --founding founded/founding.cbor";
    let log = Served::start(&registry.0, "log", &format!("{serve} --listen 127.0.0.1:0"));
    let entry = |file: &str| format!("--agency agency --entry-out {file} --ledger {} --at {T0}", log.url());
    let ran = registry.0.ok(&format!("relying-party registrar --dir registrar {}", entry("1.cbor")));
    assert!(ran.stdout.contains(&format!("1.cbor is in the ledger at {}", log.url())), "{}", ran.stdout);
    let ran = registry.register(&[("--agency", "agency"), ("--entry-out", "2.cbor"), ("--ledger", log.url())]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // What the ledger refuses is refused by its rule's name, and kept: nobody has this registrar entered.
    registry.0.ok(&format!("relying-party registrar --dir stranger --name Stranger --at {T0}"));
    let ran = registry.register(&[
        ("--registrar", "stranger"),
        ("--id", "other"),
        ("--out", "other"),
        ("--agency", "agency"),
        ("--entry-out", "3.cbor"),
        ("--ledger", log.url()),
    ]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("3.cbor was not taken") && ran.stderr.contains("refused it"), "{}", ran.stderr);
    assert!(registry.0.path("3.cbor").exists() && registry.0.path("other/access.key").exists());
}
