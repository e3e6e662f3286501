//! `mapae inspect` on every kind of file that the program writes.

use crate::{
    ledger::{AGENCIES, agencies},
    sandbox::{Sandbox, T0},
};

#[test]
fn every_kind_of_file_is_shown() {
    let sandbox = Sandbox::with_documents("licence");
    let person = sandbox.ask("licence", "family_name");
    for (file, part) in [
        (format!("I/{person}/licence/copy-01.mdoc"), "credential (IssuerSigned)"),
        (format!("I/{person}/licence/copy-01.sd-jwt"), "credential (SD-JWT VC)"),
        (format!("I/{person}/licence/copy-01.mdoc.key"), "private key: not shown"),
        ("P.mdoc".into(), "presentation (DeviceResponse)"),
        ("P.sd-jwt".into(), "key-binding JWT"),
        ("request.json".into(), "request (OpenID4VP 1.0)"),
        ("trust.bundle".into(), "mapae-bundle"),
        ("A/iaca.pem".into(), "may issue certificates: yes"),
        ("A/document-signer.pem".into(), "may issue certificates: no"),
        ("A/iaca.crl".into(), "certificate revocation list"),
        ("A/bundle-key.pem".into(), "public key"),
        ("A/status/0.cwt".into(), "length: 1048576"),
        ("A/status/0.jwt".into(), "length: 1048576"),
    ] {
        let shown = sandbox.ok(&format!("inspect {file}")).stdout;
        assert!(shown.contains(part), "{file}:\n{shown}");
        assert!(shown.contains("nothing here was verified"));
        sandbox.ok(&format!("inspect --json {file}")).json();
    }
}

#[test]
fn what_is_inside_is_opened() {
    let sandbox = Sandbox::with_documents("licence");
    sandbox.ask("licence", "family_name");
    let shown = sandbox.ok("inspect P.mdoc").stdout;
    for part in ["docType: \"org.iso.18013.5.1.mDL\"", "valueDigests", "deviceKey", "validFrom", "subject: CN="] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
}

/// A founded ledger, and an order.
fn ledger() -> Sandbox {
    let sandbox = agencies();
    let witness = |id: &str| format!("--witness {id}/witness/witness.vkey");
    let witnesses = ["interior", "transport", "welfare"].map(witness).join(" ");
    sandbox.ok(&format!("ledger found --log log {witnesses} --threshold 2 {AGENCIES} --out founded --at {T0}"));
    let terms = "--id 2026-01 --class low=70d --until 2026-12-07T00:00:00Z --reason-ko 화재 --reason-en Fire";
    sandbox.ok(&format!("order sign {terms} --policy founded/policy.txt --agency interior --out order --at {T0}"));
    sandbox
}

/// The same without what is made anew each time.
fn masked(shown: &str) -> String {
    let mask = |line: &str| match line.split_once(": ") {
        Some((label, value)) if value.starts_with("h'") || label.ends_with("key id") => format!("{label}: (random)\n"),
        _ => format!("{line}\n"),
    };
    shown.lines().map(mask).collect()
}

#[test]
fn files_of_a_ledger_are_shown_as_what_they_are() {
    let sandbox = ledger();
    for (file, part) in [
        ("founded/founding.cbor", "entry of the ledger (tag 98): COSE_Sign"),
        ("founded/policy.txt", "policy of a log (tlog-policy)"),
        ("order", "continuity order (tag 98): COSE_Sign"),
        ("interior/witness/witness.vkey", "key of a log or witness"),
    ] {
        let shown = sandbox.ok(&format!("inspect {file}")).stdout;
        assert!(shown.starts_with(part), "{file}:\n{shown}");
        sandbox.ok(&format!("inspect --json {file}")).json();
    }
    insta::assert_snapshot!("inspect_founding", masked(&sandbox.ok("inspect founded/founding.cbor").stdout));
    insta::assert_snapshot!("inspect_order", masked(&sandbox.ok("inspect order").stdout));
}

#[test]
fn what_is_unknown_or_cut_off_is_an_error() {
    let sandbox = Sandbox::with_documents("licence");
    let bundle = sandbox.read("trust.bundle");
    sandbox.write("cut", &bundle[..bundle.len() / 2]);
    sandbox.write("empty", b"");
    sandbox.write("text", b"hello");
    for file in ["cut", "empty", "text"] {
        let ran = sandbox.run(&format!("inspect {file}"));
        assert_eq!(ran.code, 1, "{file}: {}", ran.stdout);
        assert!(ran.stderr.contains(file), "{}", ran.stderr);
    }
    assert_eq!(sandbox.run("inspect nowhere").code, 64);
}
