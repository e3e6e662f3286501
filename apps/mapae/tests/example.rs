//! `crates/mapae-verify/examples/verify.rs`, which a relying party pastes, on the files of the story.

use std::{path::PathBuf, process::Command};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// Cargo builds examples along with the tests of the workspace; a run of this package alone has to ask for it.
fn example() -> PathBuf {
    let path = PathBuf::from(env!("CARGO_BIN_EXE_mapae")).with_file_name("examples").join("verify");
    if !path.exists() {
        let built = Command::new(env!("CARGO")).args(["build", "-p", "mapae-verify", "--example", "verify"]).status();
        assert!(built.unwrap().success());
    }
    path
}

fn run(sandbox: &Sandbox, case: &str, nonce: Option<&str>) -> (bool, String) {
    let request: Value = serde_json::from_slice(&sandbox.read(&format!("D/{case}/request.json"))).unwrap();
    let member = |name: &str| request[name].as_str().unwrap().to_owned();
    let ran = Command::new(example())
        .current_dir(sandbox.root())
        .args(["D/day-00.bundle", "D/policy.txt"])
        .arg(format!("D/{case}/presentation"))
        .args([member("client_id"), nonce.map_or_else(|| member("nonce"), str::to_owned), member("response_uri")])
        .output()
        .unwrap();
    (ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned())
}

#[test]
fn what_a_bank_pastes_holds_what_holds_and_refuses_what_does_not() {
    let sandbox = Sandbox::empty();
    // The example looks at the real clock: the story began five minutes ago.
    let seconds = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() - 300;
    let begin = mapae_types::Timestamp::from_unix(i64::try_from(seconds).unwrap()).unwrap();
    sandbox.ok(&format!("demo --keep D --at {begin}"));
    let (held, said) = run(&sandbox, "show-mdoc", None);
    assert!(held && said.contains("org.iso.23220.photoid.1"), "{said}");
    for (case, nonce, rule) in [
        ("show-mdoc", Some("another"), "DeviceSignatureInvalid"),
        ("show-sd-jwt", Some("another"), "NonceMismatch"),
        ("alter-mdoc", None, "DigestMismatch"),
        ("impostor-sd-jwt", None, "IssuerUnknown"),
    ] {
        let (held, said) = run(&sandbox, case, nonce);
        assert!(!held && said.contains(rule), "{case}: {said}");
    }
}
