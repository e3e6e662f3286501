//! A new authority: its files, who may read them, and what `openssl` says of them.

use std::process::Command;

use crate::sandbox::{Sandbox, T0};

#[cfg(unix)]
#[test]
fn keys_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::empty();
    sandbox.ok("authority init --dir A");
    let keys = ["iaca", "document-signer", "mdl-signer", "sd-jwt-signer", "status-signer", "bundle", "status-index"];
    for key in keys {
        let mode = std::fs::metadata(sandbox.path(&format!("A/{key}.key"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}.key");
    }
}

#[test]
fn an_authority_is_never_overwritten() {
    let sandbox = Sandbox::empty();
    sandbox.ok("authority init --dir A");
    let key = sandbox.read("A/iaca.key");
    let ran = sandbox.run("authority init --dir A");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("nothing was changed"), "{}", ran.stderr);
    assert_eq!(sandbox.read("A/iaca.key"), key);
}

#[test]
fn nonsense_is_wrong_usage() {
    let sandbox = Sandbox::empty();
    let (long, foreign) = (format!("--name {}", "x".repeat(49)), "--base-url https://id.example/마패");
    for more in ["--country Korea", "--country kr", "--base-url http://id.example", "--name ", &long, foreign] {
        let ran = sandbox.run(&format!("authority init --dir A {more}"));
        assert_eq!(ran.code, 64, "{more}");
        assert!(!sandbox.path("A").exists(), "{more}: something was left");
    }
}

#[test]
fn openssl_accepts_the_chain_and_the_revocation_list() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: openssl not found");
        return;
    }
    let sandbox = Sandbox::empty();
    sandbox.ok("authority init --dir A");
    let verify = |signer: &str| {
        let arguments = ["verify", "-x509_strict", "-CAfile", "A/iaca.pem", "-CRLfile", "A/iaca.crl", "-crl_check"];
        let output = Command::new("openssl")
            .args(arguments)
            .arg("-ignore_critical")
            .arg(signer)
            .current_dir(sandbox.root())
            .output();
        let output = output.unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for signer in ["A/document-signer.pem", "A/mdl-signer.pem", "A/sd-jwt-signer.pem", "A/status-signer.pem"] {
        let (accepted, said) = verify(signer);
        assert!(accepted, "{signer}: {said}");
    }
    sandbox.ok("authority distrust --authority A --signer A/document-signer.pem --compromised");
    let (accepted, said) = verify("A/document-signer.pem");
    assert!(!accepted && said.contains("revoked"), "{said}");
    assert!(verify("A/sd-jwt-signer.pem").0, "the other signers stand");
}

#[test]
fn only_its_own_signers_can_be_distrusted() {
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    sandbox.ok(&format!("authority init --dir B --name Other --at {T0}"));
    for signer in ["B/document-signer.pem", "A/iaca.pem"] {
        assert_eq!(sandbox.run(&format!("authority distrust --authority A --signer {signer} --compromised")).code, 64);
    }
}

/// The longest name fits every certificate; characters count, not bytes.
#[test]
fn the_longest_name_is_taken() {
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --name {}", "마".repeat(48)));
}

#[test]
fn what_cannot_be_written_leaves_nothing() {
    let sandbox = Sandbox::empty();
    std::fs::create_dir_all(sandbox.path("A/iaca.crl")).unwrap();
    let ran = sandbox.run("authority init --dir A");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("iaca.crl"), "{}", ran.stderr);
    let left: Vec<_> = std::fs::read_dir(sandbox.path("A")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["iaca.crl"], "no key of half an authority");
}
