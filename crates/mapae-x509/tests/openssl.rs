//! `OpenSSL` as counter-party: it must accept what we issue, for the reasons that we think.

use std::{
    path::Path,
    process::{Command, Output},
};

use mapae_x509::{
    Certificate, RevocationReason, RevokedEntry, RootParams, SignerParams, TrustAnchor, UnsignedCertificate, crl,
    document_signer, iaca_link, iaca_root, mdoc_reader, x509_hash_client_id,
};

use crate::{
    forge::time,
    parties::{Authority, key, root_params, signer_params},
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

/// A foreign reader fetches the list in DER (RFC 5280 §4.2.1.13) and accepts no older one than `nextUpdate` says.
#[test]
fn openssl_uses_the_list_in_der_until_the_next_one_is_due() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    std::fs::write(folder.path().join("list.der"), Authority::new().list(&[]).der()).unwrap();
    let Some(converted) = openssl(folder.path(), "crl -inform DER -in list.der -out fetched.pem") else { return };
    assert!(converted.status.success(), "{}", text(&converted));
    // 1 796 169 600 is 2026-12-02T00:00:00Z, a day late.
    for (at, accepted) in [("1795219200", true), ("1796169600", false)] {
        let verify = format!("verify -attime {at} -CAfile root.pem -CRLfile fetched.pem -crl_check good.pem");
        let Some(ran) = openssl(folder.path(), &verify) else { return };
        assert_eq!(ran.status.success(), accepted, "{}", text(&ran));
        assert_eq!(text(&ran).contains("CRL has expired"), !accepted, "{}", text(&ran));
    }
}

fn signed(unsigned: UnsignedCertificate, seed: u8) -> Certificate {
    let signature = key(seed).sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature).unwrap()
}

/// Old root, link, new root (key 3), a signer below it, and both roots' lists in one file.
fn write_roll_over(folder: &Path) {
    let old = Authority::new();
    let (new_key, holder) = (key(3), key(2));
    let params = RootParams { crl_url: "https://id.example/iaca-2.crl", ..root_params(new_key.public()) };
    let new = TrustAnchor::new(signed(iaca_root(&params).unwrap(), 3)).unwrap();
    let link = signed(iaca_link(&old.root, &new, [5; 16]).unwrap(), 1);
    let signer = signed(document_signer(&new, &signer_params(holder.public())).unwrap(), 3);
    let (from, to) = (time("2026-11-01T00:00:00Z"), time("2026-12-01T00:00:00Z"));
    let list = crl(&new, 1, from, to, &[]).unwrap();
    let signature = new_key.sign(list.to_be_signed()).unwrap();
    let lists = [old.list(&[]).to_pem(), list.attach(&signature).unwrap().to_pem()].concat();
    for (name, pem) in [
        ("old.pem", old.root.certificate().to_pem()),
        ("new.pem", new.certificate().to_pem()),
        ("link.pem", link.to_pem()),
        ("signer.pem", signer.to_pem()),
        ("lists.pem", lists),
    ] {
        std::fs::write(folder.join(name), pem).unwrap();
    }
}

#[test]
fn openssl_follows_a_link_from_the_old_root_to_a_signer_of_the_new() {
    let folder = tempfile::tempdir().unwrap();
    write_roll_over(folder.path());
    let verify = "verify -x509_strict -attime 1795219200 -CRLfile lists.pem -crl_check_all";
    for (roots, accepted) in
        [("-CAfile old.pem -untrusted link.pem", true), ("-CAfile new.pem", true), ("-CAfile old.pem", false)]
    {
        let Some(ran) = openssl(folder.path(), &format!("{verify} {roots} signer.pem")) else { return };
        assert_eq!(ran.status.success(), accepted, "{roots}: {}", text(&ran));
    }
}

#[test]
fn openssl_computes_the_client_identifier_of_a_reader() {
    let folder = tempfile::tempdir().unwrap();
    let reader = Authority::new().issue(mdoc_reader, &signer_params(key(2).public()));
    std::fs::write(folder.path().join("reader.der"), reader.der()).unwrap();
    let Some(ran) = openssl(folder.path(), "dgst -sha256 -binary -out hash reader.der") else { return };
    assert!(ran.status.success(), "{}", text(&ran));
    let Some(ran) = openssl(folder.path(), "base64 -A -in hash") else { return };
    let base64url = text(&ran).trim_end().trim_end_matches('=').replace('+', "-").replace('/', "_");
    assert_eq!(x509_hash_client_id(&reader), format!("x509_hash:{base64url}"));
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
