//! Agencies, logs and what they sign, before there is any server.

use crate::sandbox::Sandbox;

/// Agencies with their folders, and a log.
pub(crate) fn agency(sandbox: &Sandbox, id: &str, rights: &str) {
    let names = format!("--name-ko 기관-{id} --name-en Agency-{id}");
    sandbox.ok(&format!("ledger agency --dir {id} --id {id} {names} --rights {rights}"));
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
    let sandbox = Sandbox::empty();
    agency(&sandbox, "interior", "all");
    sandbox.ok("ledger log-init --dir log --name ledger.example");
    for key in ["interior/agency.key", "interior/order.key", "log/log.key"] {
        let mode = std::fs::metadata(sandbox.path(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let sandbox = Sandbox::empty();
    agency(&sandbox, "interior", "all");
    sandbox.ok("ledger log-init --dir log --name ledger.example");
    let keys = || [sandbox.read("interior/agency.key"), sandbox.read("log/log.key")];
    let before = keys();
    for again in [
        "ledger agency --dir interior --id other --name-ko 가 --name-en Other",
        "ledger log-init --dir log --name other.example",
    ] {
        let ran = sandbox.run(again);
        assert_eq!(ran.code, 64, "{again}");
        assert!(ran.stderr.contains("nothing was changed"), "{}", ran.stderr);
    }
    assert_eq!(keys(), before);
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
    ] {
        assert_eq!(sandbox.run(nonsense).code, 64, "{nonsense}");
        assert!(!sandbox.path("X").exists(), "{nonsense}: something was left");
    }
}
