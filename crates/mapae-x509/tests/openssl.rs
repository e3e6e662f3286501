//! `OpenSSL` as counter-party: it must accept what we issue, for the reasons that we think.

use std::{
    path::Path,
    process::{Command, Output},
};

use mapae_x509::{RevocationReason, RevokedEntry, SignerParams, document_signer, mdoc_reader};

use crate::{
    forge::time,
    parties::{Authority, key, signer_params},
};

/// Runs `openssl` in the folder, or says that there is none.
fn openssl(folder: &Path, arguments: &str) -> Option<Output> {
    let run = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
    if run.is_err() {
        eprintln!("SKIPPED: openssl not found");
    }
    run.ok()
}

fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

/// Writes root, a good signer, a revoked one and the list.
fn write_files(folder: &Path) {
    let authority = Authority::new();
    let holder = key(2);
    let good = authority.issue(document_signer, &signer_params(holder.public()));
    let params = SignerParams { serial: [0x22; 16], ..signer_params(holder.public()) };
    let bad = authority.issue(mdoc_reader, &params);
    let at = time("2026-11-20T12:00:00Z");
    let revoked = [RevokedEntry { serial: bad.serial(), at, reason: RevocationReason::KeyCompromise }];
    for (name, pem) in [
        ("root.pem", authority.root.certificate().to_pem()),
        ("good.pem", good.to_pem()),
        ("bad.pem", bad.to_pem()),
        ("list.pem", authority.list(&revoked).to_pem()),
    ] {
        std::fs::write(folder.join(name), pem).unwrap();
    }
}

#[test]
fn openssl_verifies_root_signer_and_list() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    // 1 795 219 200 is 2026-11-21T00:00:00Z.
    let verify = "verify -x509_strict -attime 1795219200 -CAfile root.pem -CRLfile list.pem -crl_check";
    let Some(good) = openssl(folder.path(), &format!("{verify} good.pem")) else { return };
    assert!(good.status.success(), "{}", text(&good));
    let Some(bad) = openssl(folder.path(), &format!("{verify} bad.pem")) else { return };
    assert!(!bad.status.success());
    assert!(text(&bad).contains("certificate revoked"), "{}", text(&bad));
}

#[test]
fn openssl_reads_the_extensions_as_annex_b_wants_them() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    let Some(root) = openssl(folder.path(), "x509 -in root.pem -noout -text") else { return };
    for line in [
        "Key Usage: critical\n                Certificate Sign, CRL Sign\n",
        "Basic Constraints: critical\n                CA:TRUE, pathlen:0\n",
        "Issuer Alternative Name: \n                email:pki@id.example\n",
        "URI:https://id.example/iaca.crl\n",
        "Signature Algorithm: ecdsa-with-SHA256\n",
    ] {
        assert!(text(&root).contains(line), "{line} in {}", text(&root));
    }
    let Some(signer) = openssl(folder.path(), "x509 -in good.pem -noout -text") else { return };
    for line in [
        "Key Usage: critical\n                Digital Signature\n",
        "Extended Key Usage: critical\n                1.0.18013.5.1.2, 1.0.23220.4.1.2\n",
        "Issuer Alternative Name: \n                email:pki@id.example\n",
        "URI:https://id.example/iaca.crl\n",
    ] {
        assert!(text(&signer).contains(line), "{line} in {}", text(&signer));
    }
    let Some(list) = openssl(folder.path(), "crl -in list.pem -noout -text") else { return };
    for line in ["Version 2", "X509v3 CRL Number: \n                7\n", "Key Compromise"] {
        assert!(text(&list).contains(line), "{line} in {}", text(&list));
    }
}
