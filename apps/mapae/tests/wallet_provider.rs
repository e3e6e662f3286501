//! A wallet provider from nothing to an answer, by its commands. What it attests, wallets' scenarios show.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::{sandbox::Sandbox, served::Served};

const INIT: &str = "wallet-provider init --dir WP --base-url http://127.0.0.1:8650 --json";
const UNKNOWN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[test]
fn a_provider_is_created_once_with_all_that_it_needs() {
    let sandbox = Sandbox::empty();
    let made = sandbox.ok(INIT).json();
    assert_eq!((&made["id"], &made["base_url"]), (&"wallet".into(), &"http://127.0.0.1:8650".into()));
    for secret in ["root.key", "signer.key"] {
        let access = fs::metadata(sandbox.path(&format!("WP/{secret}"))).unwrap().permissions().mode();
        assert_eq!(access & 0o777, 0o600, "{secret}");
    }
    let settings = sandbox.text("WP/wallet-provider.toml");
    assert!(settings.contains("client_id = \"http://127.0.0.1:8650/app\"") && settings.contains("# Danger:"));
    let before = sandbox.read("WP/root.pem");
    assert_eq!(sandbox.run(INIT).code, 64);
    assert_eq!(sandbox.read("WP/root.pem"), before);
}

#[test]
fn a_provider_is_known_by_an_address_that_wallets_may_trust() {
    let sandbox = Sandbox::empty();
    for url in ["http://wallet.example", "wallet.example"] {
        assert_eq!(sandbox.run(&format!("wallet-provider init --dir WP --base-url {url}")).code, 64, "{url}");
        assert!(!sandbox.path("WP").exists(), "{url}");
    }
}

#[test]
fn an_agency_states_its_root() {
    let sandbox = Sandbox::empty();
    sandbox.ok("ledger agency --dir G --id welfare --name-ko 복지 --name-en Welfare --rights wallet-provider");
    sandbox.ok(&format!("{INIT} --agency G --entry-out wp.cbor"));
    let shown = sandbox.ok("inspect wp.cbor").stdout;
    assert!(shown.contains("wallet-provider") && shown.contains("Mapae Sample Wallet"), "{shown}");
}

#[test]
fn it_answers_and_says_what_it_signs_with() {
    let sandbox = Sandbox::empty();
    sandbox.ok(INIT);
    let served = Served::start(&sandbox, "provider", "serve wallet-provider --dir WP --listen 127.0.0.1:0");
    assert_eq!(served.said()["signer"], "software");
    assert!(served.url().starts_with("http://127.0.0.1:"));
}

#[test]
fn it_does_not_begin_anew_without_who_is_blocked() {
    let sandbox = Sandbox::empty();
    sandbox.ok(INIT);
    fs::remove_file(sandbox.path("WP/instances.db")).unwrap();
    let said = Served::refused(&sandbox, "serve wallet-provider --dir WP --listen 127.0.0.1:0");
    assert!(said.contains("instances.db is gone"), "{said}");
}

#[test]
fn what_never_asked_is_not_blocked() {
    let sandbox = Sandbox::empty();
    let block =
        |instance: &str| sandbox.run(&format!("wallet-provider block --dir WP --instance {instance} --reason lost"));
    assert_eq!(block(UNKNOWN).code, 64, "there is no provider");
    sandbox.ok(INIT);
    assert_eq!(block("12").code, 64, "no id");
    let unknown = block(UNKNOWN);
    assert!(unknown.code == 64 && unknown.stderr.contains("no such instance"), "{}", unknown.stderr);
}
