//! Agencies, logs and what they sign, before there is any server.

use mapae_trust::ledger::{Judged, LedgerState, SignedEntry};
use serde_json::Value;

use crate::sandbox::{Ran, Sandbox, T0};

/// An agency in a folder of its own.
pub(crate) fn agency(sandbox: &Sandbox, id: &str, rights: &str) {
    let names = format!("--name-ko 기관-{id} --name-en Agency-{id}");
    sandbox.ok(&format!("ledger agency --dir {id} --id {id} {names} --rights {rights}"));
}

/// Three agencies, a log and a witness for each agency; nothing is founded.
pub(crate) fn agencies() -> Sandbox {
    let sandbox = Sandbox::empty();
    for id in ["interior", "transport", "welfare"] {
        agency(&sandbox, id, "all");
        sandbox.ok(&format!("ledger witness-init --dir {id}/witness --name {id}.example/witness"));
    }
    sandbox.ok("ledger log-init --dir log --name ledger.example");
    sandbox
}

pub(crate) const AGENCIES: &str = "--agency interior --agency transport --agency welfare";
const WITNESSES: &str = "--witness interior/witness/witness.vkey --witness transport/witness/witness.vkey \
                         --witness welfare/witness/witness.vkey";

fn found(sandbox: &Sandbox, more: &str) -> Ran {
    sandbox.run(&format!("ledger found --json --log log {WITNESSES} --out founded --at {T0} {more}"))
}

/// A ledger as everybody sees it who has its entries.
struct Ledger {
    sandbox: Sandbox,
    state: LedgerState,
}

impl Ledger {
    /// Founded by three, with an authority to speak of.
    fn founded() -> Self {
        let sandbox = agencies();
        sandbox.ok(&format!("authority init --dir A --at {T0}"));
        let ran = found(&sandbox, &format!("{AGENCIES} --threshold 2"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let mut ledger = Self { sandbox, state: LedgerState::new() };
        ledger.judge("founded/founding.cbor").unwrap();
        ledger
    }

    /// Lets an entry in if it keeps the rules; else gives the rule's code.
    fn judge(&mut self, file: &str) -> Result<(), &'static str> {
        let entry = SignedEntry::parse(&self.sandbox.read(file)).unwrap();
        let latest = "2026-11-03T00:00:00Z".parse().unwrap();
        match self.state.judge(&entry, latest).map_err(|error| error.code())? {
            Judged::Admitted(admission) => self.state.enter(admission).map(drop).map_err(|error| error.code()),
            Judged::NeedsBundle(_) => Err("needs_bundle"),
        }
    }

    fn entry(&self, statement: &str, by: &str) -> Ran {
        self.sandbox.write("statement.toml", statement.as_bytes());
        self.sandbox.run(&format!("ledger entry --json --from statement.toml {by} --out E --at {T0}"))
    }

    /// Signs a statement and lets it in.
    fn state(&mut self, statement: &str, by: &str) -> String {
        let ran = self.entry(statement, by);
        assert_eq!(ran.code, 0, "{statement}\n{}", ran.stderr);
        assert_eq!(self.judge("E"), Ok(()), "{statement}");
        ran.json()["says"].as_str().unwrap().to_owned()
    }

    /// What is wrong with a statement that cannot be read.
    fn fault(&self, statement: &str) -> String {
        let ran = self.entry(statement, "--agency interior");
        assert_eq!(ran.code, 64, "{statement}\n{}", ran.stderr);
        assert!(!self.sandbox.path("E").exists(), "{statement}: something was left");
        ran.stderr
    }
}

#[test]
fn an_agency_has_two_keys_of_its_own() {
    let sandbox = Sandbox::empty();
    agency(&sandbox, "interior", "issuer,signer");
    let profile = sandbox.text("interior/agency.toml");
    assert!(profile.contains("rights = [\"issuer\",\"signer\"]"), "{profile}");
    assert_ne!(sandbox.text("interior/agency.pem"), sandbox.text("interior/order.pem"));
}

#[cfg(unix)]
#[test]
fn keys_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = agencies();
    for key in ["interior/agency.key", "interior/order.key", "log/log.key", "interior/witness/witness.key"] {
        let mode = std::fs::metadata(sandbox.path(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let sandbox = agencies();
    assert_eq!(found(&sandbox, &format!("{AGENCIES} --threshold 2")).code, 0);
    let files = ["interior/agency.key", "log/log.key", "interior/witness/witness.key", "founded/policy.txt"];
    let content = || files.map(|file| sandbox.read(file));
    let before = content();
    let again_founded = format!("ledger found --log log {WITNESSES} --out founded {AGENCIES} --threshold 3");
    for again in [
        "ledger agency --dir interior --id other --name-ko 가 --name-en Other",
        "ledger log-init --dir log --name other.example",
        "ledger witness-init --dir interior/witness --name other.example",
        &again_founded,
    ] {
        let ran = sandbox.run(again);
        assert_eq!(ran.code, 64, "{again}");
        assert!(ran.stderr.contains("nothing was changed"), "{}", ran.stderr);
    }
    assert_eq!(content(), before);
}

/// A key whose state is gone is not brought to life by an empty store beside it.
#[test]
fn a_witness_without_its_key_or_its_store_is_not_made_whole() {
    let sandbox = agencies();
    for (lost, dir) in [("interior/witness/witness.key", "interior"), ("transport/witness/witness.db", "transport")] {
        std::fs::remove_file(sandbox.path(lost)).unwrap();
        let ran = sandbox.run(&format!("ledger witness-init --dir {dir}/witness --name {dir}.example/witness"));
        assert_eq!(ran.code, 64, "{lost}");
        assert!(ran.stderr.contains("a new directory and a new name"), "{}", ran.stderr);
        assert!(!sandbox.path(lost).exists(), "{lost}");
    }
}

#[test]
fn nonsense_is_wrong_usage() {
    let sandbox = Sandbox::empty();
    for nonsense in [
        "ledger agency --dir X --id a/b --name-ko 가 --name-en A",
        "ledger agency --dir X --id a --name-ko  --name-en A",
        "ledger agency --dir X --id a --name-ko 가 --name-en A --rights everything",
        "ledger agency --dir X --id a --name-ko 가",
        "ledger log-init --dir X --name a+b",
        "ledger log-init --dir X",
        "ledger witness-init --dir X --name a+b",
        "ledger witness-init --dir X --name a --store mysql://localhost",
    ] {
        assert_eq!(sandbox.run(nonsense).code, 64, "{nonsense}");
        assert!(!sandbox.path("X").exists(), "{nonsense}: something was left");
    }
}

#[test]
fn a_ledger_is_founded_by_all_of_its_agencies() {
    let sandbox = agencies();
    let ran = found(&sandbox, &format!("{AGENCIES} --threshold 2"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["missing"], Value::Array(vec![]));
    let policy = sandbox.text("founded/policy.txt");
    assert!(policy.starts_with("log ledger.example+") && policy.ends_with("\nquorum quorum-of-all\n"), "{policy}");
    let shown = sandbox.ok("ledger show --json founded/founding.cbor").json();
    assert_eq!(shown["signed_by"], serde_json::json!(["interior", "transport", "welfare"]));
    assert_eq!(shown["says"], "interior, transport, welfare found the ledger ledger.example");
}

/// Each agency keeps its key; a copy of its folder without keys is enough to be named.
#[test]
fn founders_sign_where_their_keys_are() {
    let sandbox = agencies();
    std::fs::rename(sandbox.path("welfare/agency.key"), sandbox.path("elsewhere.key")).unwrap();
    let ran = found(&sandbox, &format!("{AGENCIES} --threshold 2"));
    assert_eq!((ran.code, &ran.json()["missing"]), (0, &serde_json::json!(["welfare"])), "{}", ran.stderr);
    let mut ledger = Ledger { sandbox, state: LedgerState::new() };
    assert_eq!(ledger.judge("founded/founding.cbor"), Err("founder_missing"));
    std::fs::rename(ledger.sandbox.path("elsewhere.key"), ledger.sandbox.path("welfare/agency.key")).unwrap();
    ledger.sandbox.ok("ledger sign founded/founding.cbor --agency welfare");
    assert_eq!(ledger.judge("founded/founding.cbor"), Ok(()));
}

#[test]
fn what_cannot_be_founded_leaves_nothing() {
    let sandbox = agencies();
    for more in [
        "--agency interior --threshold 1",
        "--agency interior --threshold 4",
        "--agency interior --agency interior --threshold 2",
        "--agency interior --threshold 2 --witness log/log.vkey",
        "--agency interior --threshold 2 --witness interior/witness/witness.vkey",
        "--agency interior --threshold 2 --witness interior/agency.pem",
        "--agency log --threshold 2",
        "--threshold 2",
    ] {
        let ran = found(&sandbox, more);
        assert_eq!(ran.code, 64, "{more}: {}", ran.stderr);
        assert!(!sandbox.path("founded").exists(), "{more}: something was left");
    }
}

#[test]
fn a_key_that_is_not_the_agencys_signs_nothing() {
    let ledger = Ledger::founded();
    let other = ledger.sandbox.read("transport/agency.key");
    ledger.sandbox.write("interior/agency.key", &other);
    assert!(ledger.fault("kind = \"registrar\"\nroot = \"A/iaca.pem\"").contains("does not belong to agency.pem"));
}

/// Every kind that an authority's files suffice for, judged as the log would.
#[test]
fn statements_of_every_kind_become_entries_that_stand() {
    let mut ledger = Ledger::founded();
    let (one, two) = ("--agency interior", "--agency interior --agency welfare");
    agency(&ledger.sandbox, "health", "all");
    ledger.sandbox.write("catalogue.bin", b"catalogue");
    let policy = "kind = \"policy\"\npolicy = \"founded/policy.txt\"\ngeneration = 1";
    for (statement, by, says) in [
        (
            "kind = \"issuer\"\nroot = \"A/iaca.pem\"\nstatus = \"required\"\nsigners = \"listed\"",
            one,
            "signers listed",
        ),
        ("kind = \"signer\"\ncertificate = \"A/document-signer.pem\"", one, "document signer"),
        ("kind = \"signer\"\ncertificate = \"A/status-signer.pem\"", one, "status signer"),
        ("kind = \"distrust\"\nsigner = \"A/mdl-signer.pem\"\nceased_at = \"2026-11-01T00:00:00Z\"", one, "ceased at"),
        ("kind = \"distrust\"\nsigner = \"A/mdl-signer.pem\"\ncompromised = true", one, "compromised"),
        ("kind = \"catalogue\"\nversion = 1\nfile = \"catalogue.bin\"", one, "version 1 "),
        (
            "kind = \"status\"\nprefix = \"https://id.example/status/\"\nroot = \"A/iaca.pem\"",
            one,
            "https://id.example",
        ),
        (
            "kind = \"wallet-provider\"\nid = \"w\"\nnames = { ko = \"지갑\", en = \"Wallet\" }\nroot = \"A/iaca.pem\"",
            one,
            "w (Wallet), root CN=",
        ),
        (
            "kind = \"release\"\nname = \"wallet-web\"\nversion = \"1.0.0\"\nfile = \"catalogue.bin\"",
            one,
            "wallet-web 1.0.0, sha256 d2504e52",
        ),
        ("kind = \"release\"\nwithdrawn = \"catalogue.bin\"", one, "withdrawn: d2504e52"),
        (
            "kind = \"freshness\"\n[[classes]]\nname = \"low\"\nfresh_for = \"24h\"\nusable_for = \"35d\"",
            one,
            "low 24 h 0 min / 35 d 0 h",
        ),
        (
            "kind = \"journal\"\nissuer = \"A/iaca.pem\"\nday = \"2026-11-01\"\ncount = 3\n\
             root = \"0000000000000000000000000000000000000000000000000000000000000000\"",
            one,
            "3 records by day 20758",
        ),
        (
            "kind = \"agency\"\n[agency]\nid = \"health\"\nnames = { ko = \"보건\", en = \"Health\" }\n\
             key = \"health/agency.pem\"\nrights = [\"issuer\", \"order\"]",
            two,
            "rights: issuer, order",
        ),
        ("kind = \"agency\"\nwithdrawn = \"health\"", AGENCIES, "withdrawn: health"),
        (policy, two, "generation 1, 2 of 3 witnesses"),
        (
            "kind = \"order-signers\"\nthreshold = 2\n[[keys]]\nagency = \"interior\"\nkey = \"interior/order.pem\"\n\
             [[keys]]\nagency = \"welfare\"\nkey = \"welfare/order.pem\"",
            two,
            "2 of interior, welfare",
        ),
        ("kind = \"status\"\nwithdrawn = \"https://id.example/status/\"", one, "withdrawn: https"),
        ("kind = \"issuer\"\nwithdrawn = \"A/iaca.pem\"", one, "withdrawn: "),
    ] {
        let said = ledger.state(statement, by);
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn registrations_are_written_in_full() {
    let ledger = Ledger::founded();
    let party = "kind = \"relying-party\"\nid = \"library\"\nnames = { ko = \"도서관\", en = \"Library\" }\n\
                 certificate = \"A/mdl-signer.pem\"\nclass = \"low\"\npurposes = [{ ko = \"대출\", en = \"Lending\" }]\n";
    let document = "[[documents]]\ndoctype = \"org.iso.23220.photoid.1\"\n\
                    elements = [[\"org.iso.23220.1\", \"family_name\"]]\n\
                    [[documents]]\nvct = \"urn:example:id\"\nelements = [[\"address\", \"locality\"], [\"nationalities\", 0]]";
    let ran = ledger.entry(&format!("{party}{document}"), "--agency interior");
    assert_eq!((ran.code, ran.json()["says"].as_str()), (0, Some("library (Library), class low")), "{}", ran.stderr);
    let ran = ledger.entry(
        "kind = \"reader\"\nrelying_party = \"library\"\ncertificate = \"A/mdl-signer.pem\"",
        "--agency interior",
    );
    assert!(ran.json()["says"].as_str().unwrap().ends_with(" of library"), "{}", ran.stdout);
    ledger.entry("kind = \"registrar\"\nroot = \"A/iaca.pem\"", "--agency interior");
    std::fs::remove_file(ledger.sandbox.path("E")).unwrap();
    let both = "[[documents]]\ndoctype = \"a\"\nvct = \"b\"\nelements = [[\"c\", \"d\"]]";
    assert!(ledger.fault(&format!("{party}{both}")).contains("`documents`: each has either a `doctype` or a `vct`"));
    let number = "[[documents]]\nvct = \"b\"\nelements = [[\"resident_registration_number\"]]";
    assert!(ledger.fault(&format!("{party}{number}")).contains("takes a legal basis"));
}

/// People write statements: every error says where.
#[test]
fn an_error_names_the_key() {
    let ledger = Ledger::founded();
    for (statement, said) in [
        ("", "missing field `kind`"),
        ("kind = \"king\"", "`kind`"),
        ("kind = \"issuer\"", "missing field `root`"),
        ("kind = \"issuer\"\nroot = \"A/iaca.pem\"\nstatus = \"maybe\"\nsigners = \"any\"", "unknown variant `maybe`"),
        ("kind = \"issuer\"\nroot = \"nowhere.pem\"\nstatus = \"none\"\nsigners = \"any\"", "`root`: "),
        (
            "kind = \"issuer\"\nroot = \"A/mdl-signer.pem\"\nstatus = \"none\"\nsigners = \"any\"",
            "`root`: A/mdl-signer",
        ),
        ("kind = \"signer\"\ncertificate = \"A/bundle-key.pem\"", "`certificate`"),
        ("kind = \"signer\"\ncertificate = \"A/mdl-signer.pem\"\ncolour = 1", "unknown field `colour`"),
        ("kind = \"distrust\"\nsigner = \"A/mdl-signer.pem\"", "`compromised`: either"),
        ("kind = \"distrust\"\nsigner = \"ab\"\ncompromised = true", "`signer`"),
        ("kind = \"distrust\"\nsigner = \"A/iaca.pem\"\nceased_at = \"yesterday\"", "`ceased_at`: `yesterday`"),
        ("kind = \"policy\"\npolicy = \"A/iaca.pem\"\ngeneration = 1", "`policy`: A/iaca.pem"),
        ("kind = \"policy\"\nwithdrawn = \"1\"", "kind policy says is not withdrawn"),
        ("kind = \"agency\"\nwithdrawn = \"interior\"\nagency = 1", "unknown field `agency`"),
        ("kind = \"agency\"\nwithdrawn = \"a/b\"", "`withdrawn`: `a/b`"),
        ("kind = \"order-signers\"\nthreshold = 0\nkeys = []", "`threshold`"),
        ("kind = \"status\"\nprefix = \"http://id.example/\"\nroot = \"A/iaca.pem\"", "`prefix`"),
        ("kind = \"journal\"\nissuer = \"A/iaca.pem\"\nday = \"1\"\ncount = 1\nroot = \"00\"", "`day`: `1`"),
        (
            "kind = \"freshness\"\n[[classes]]\nname = \"low\"\nfresh_for = \"1d\"\nusable_for = \"1h\"",
            "`classes.usable_for`",
        ),
        ("kind = \"bundle\"\ndraft = \"A/iaca.pem\"", "`draft`"),
        ("kind = \"order\"\norder = \"A/iaca.pem\"", "`order`"),
        ("kind = \"catalogue\"\nversion = 1\nfile = \"nowhere\"", "`file`"),
        ("kind = \"release\"\nname = \"a b\"\nversion = \"1\"\nfile = \"A/iaca.pem\"", "`name`: `a b`"),
        ("kind = \"release\"\nname = \"a\"\nversion = \"1 0\"\nfile = \"A/iaca.pem\"", "`version`"),
        ("kind = \"release\"\nname = \"a\"\nversion = \"1\"\nfile = \"nowhere\"", "`file`"),
        ("kind = \"release\"\nwithdrawn = \"nowhere\"", "`withdrawn`"),
    ] {
        let stderr = ledger.fault(statement);
        assert!(stderr.contains("statement.toml") && stderr.contains(said), "{statement}\n{stderr}");
    }
}

#[test]
fn what_several_decide_takes_a_majority() {
    let mut ledger = Ledger::founded();
    assert_eq!(ledger.entry("kind = \"agency\"\nwithdrawn = \"welfare\"", "--agency interior").code, 0);
    assert_eq!(ledger.judge("E"), Err("too_few_signers"));
    ledger.sandbox.ok("ledger sign E --agency transport");
    assert_eq!(ledger.judge("E"), Ok(()));
}

#[test]
fn an_altered_entry_is_none() {
    let ledger = Ledger::founded();
    let entry = ledger.sandbox.read("founded/founding.cbor");
    for content in [&entry[..entry.len() - 1], b"", b"kind = 1", &[&entry[..], &[0]].concat()] {
        ledger.sandbox.write("E", content);
        assert_eq!(ledger.sandbox.run("ledger show E").code, 64);
        assert_eq!(ledger.sandbox.run("ledger sign E --agency interior").code, 64);
        assert_eq!(ledger.sandbox.read("E"), content);
    }
}
