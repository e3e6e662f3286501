//! A new root: what the old one certified stays good, its link leads to the new one, each revokes its own. And the
//! list by which foreign readers know both.

use std::process::Command;

use mapae_trust::Vical;
use mapae_x509::{Certificate, Crl, TrustAnchor};

use crate::sandbox::{Sandbox, T0};

const LATER: &str = "2027-02-01T00:00:00Z";

fn renewed() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    sandbox.ok(&format!("authority renew-root --authority A --at {LATER}"));
    sandbox
}

fn anchor(sandbox: &Sandbox, file: &str) -> TrustAnchor {
    TrustAnchor::new(certificate(sandbox, file)).unwrap()
}

fn certificate(sandbox: &Sandbox, file: &str) -> Certificate {
    Certificate::from_pem(&sandbox.text(file)).unwrap()
}

/// Whether `openssl` accepts a certificate at `LATER`; nothing where there is no `openssl`.
fn openssl_accepts(sandbox: &Sandbox, arguments: &str) -> Option<bool> {
    let ran = Command::new("openssl")
        .args(["verify", "-x509_strict", "-ignore_critical", "-attime", "1801440000"])
        .args(arguments.split(' '))
        .current_dir(sandbox.root())
        .output();
    ran.ok().map(|output| output.status.success())
}

#[test]
fn a_new_root_has_the_old_name_another_key_and_the_old_ones_word() {
    let sandbox = renewed();
    let (old, new) = (anchor(&sandbox, "A/iaca.pem"), anchor(&sandbox, "A/iaca-2.pem"));
    let link = certificate(&sandbox, "A/iaca-2-link.pem");
    assert_eq!(old.certificate().subject(), new.certificate().subject());
    assert_ne!(old.certificate().public_key(), new.certificate().public_key());
    assert_eq!(link.public_key(), new.certificate().public_key());
    assert_eq!(link.authority_key_id(), old.certificate().subject_key_id());
    assert_eq!(new.certificate().crl_distribution_point(), Some("https://id.example/iaca-2.crl"));
    for (arguments, accepted) in [
        ("-CAfile A/iaca.pem A/iaca-2-link.pem", true),
        ("-CAfile A/iaca-2.pem A/iaca-2.pem", true),
        ("-CAfile A/iaca.pem A/iaca-2.pem", false),
        ("-CAfile A/iaca.pem A/document-signer.pem", true),
    ] {
        let Some(found) = openssl_accepts(&sandbox, arguments) else {
            println!("SKIPPED: openssl not found");
            return;
        };
        assert_eq!(found, accepted, "{arguments}");
    }
}

#[test]
fn renewing_is_said_in_words_and_changes_no_file() {
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    let before = [sandbox.read("A/iaca.pem"), sandbox.read("A/iaca.key"), sandbox.read("A/iaca.crl")];
    let ran = sandbox.ok(&format!("authority renew-root --authority A --at {LATER}"));
    insta::assert_snapshot!("roll_over_renew_root", ran.stdout);
    assert_eq!([sandbox.read("A/iaca.pem"), sandbox.read("A/iaca.key"), sandbox.read("A/iaca.crl")], before);
    let third = sandbox.ok(&format!("--json authority renew-root --authority A --at {LATER}")).json();
    assert_eq!(third["root"]["file"], "iaca-3.pem");
    let link = certificate(&sandbox, "A/iaca-3-link.pem");
    assert_eq!(link.authority_key_id(), certificate(&sandbox, "A/iaca-2.pem").subject_key_id(), "from the newest");
}

#[test]
fn a_bundle_after_roll_over_trusts_both_roots_and_documents_of_the_old_one_hold() {
    let sandbox = Sandbox::with_documents("licence");
    sandbox.ask("licence", "age_over_19");
    sandbox.ok(&format!("authority renew-root --authority A --at {T0}"));
    sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
    let shown = sandbox.ok("--json bundle show trust.bundle").json();
    assert_eq!(shown["issuers"].as_array().unwrap().len(), 2, "{shown:#}");
    for format in ["mdoc", "sd-jwt"] {
        assert_eq!(sandbox.verdict(format, ""), (0, "held".to_owned()));
    }
}

#[test]
fn an_ended_root_is_not_linked() {
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    let ran = sandbox.run("authority renew-root --authority A --at 2037-01-01T00:00:00Z");
    assert_eq!(ran.code, 64, "{}", ran.stderr);
    assert!(!sandbox.path("A/iaca-2.pem").exists() && !sandbox.path("A/iaca-2.key").exists());
}

#[test]
fn each_root_revokes_what_it_certified() {
    let sandbox = renewed();
    let list = |file: &str, root: &str| {
        let list = Crl::from_der(&sandbox.read(file)).unwrap();
        list.verify(&anchor(&sandbox, root), LATER.parse().unwrap()).unwrap()
    };
    let signer = certificate(&sandbox, "A/document-signer.pem");
    sandbox.ok(&format!("authority distrust --authority A --signer A/document-signer.pem --compromised --at {LATER}"));
    assert!(list("A/iaca.crl", "A/iaca.pem").revocation_of(signer.serial()).is_some());
    assert!(list("A/iaca-2.crl", "A/iaca-2.pem").revocation_of(signer.serial()).is_none());
    let link = certificate(&sandbox, "A/iaca-2-link.pem");
    sandbox.ok(&format!("authority distrust --authority A --signer A/iaca-2-link.pem --compromised --at {LATER}"));
    assert!(list("A/iaca.crl", "A/iaca.pem").revocation_of(link.serial()).is_some(), "the old root's word is its own");
    let root = sandbox.run("authority distrust --authority A --signer A/iaca-2.pem --compromised");
    assert_eq!(root.code, 64, "a root is nobody's signer");
}

/// RFC 5280 §4.2.1.13: behind an HTTP URI stands DER.
#[test]
fn revocation_lists_are_published_as_foreign_readers_fetch_them() {
    let sandbox = renewed();
    for (file, root) in [("A/iaca.crl", "A/iaca.pem"), ("A/iaca-2.crl", "A/iaca-2.pem")] {
        let list = Crl::from_der(&sandbox.read(file)).unwrap();
        let at = if file == "A/iaca.crl" { T0 } else { LATER }.parse().unwrap();
        let list = list.verify(&anchor(&sandbox, root), at).unwrap();
        assert!(list.this_update().age_at(list.next_update()).as_seconds() <= 90 * 86_400, "B.1.5");
        assert!(list.number().is_some());
    }
}

#[test]
fn a_vical_lists_every_root_of_every_authority_and_its_signer_is_made_once() {
    let sandbox = renewed();
    sandbox.ok(&format!("authority init --dir B --name Other --at {T0}"));
    let vical = format!("authority vical --authority A --authority B --out list.vical --at {LATER}");
    let ran = sandbox.ok(&vical);
    insta::assert_snapshot!("roll_over_vical", ran.stdout);
    let verify = |root: &str| {
        let vical = Vical::parse(sandbox.read("list.vical")).unwrap();
        vical.verify(&[anchor(&sandbox, root)], LATER.parse().unwrap())
    };
    let verified = verify("A/iaca.pem").unwrap();
    assert_eq!(verified.provider(), "Mapae Sample Authority");
    let roots = ["A/iaca.pem", "A/iaca-2.pem", "B/iaca.pem"].map(|file| anchor(&sandbox, file));
    assert_eq!(verified.roots("org.iso.18013.5.1.mDL").cloned().collect::<Vec<_>>(), roots);
    assert!(verify("B/iaca.pem").is_err());
    let signer = sandbox.read("A/vical-signer.pem");
    let first = verified.issue_id();
    sandbox.ok(&vical.replace("00:00:00Z", "00:00:01Z"));
    assert_eq!(sandbox.read("A/vical-signer.pem"), signer);
    let at = "2027-02-01T00:00:01Z".parse().unwrap();
    let second =
        Vical::parse(sandbox.read("list.vical")).unwrap().verify(&[anchor(&sandbox, "A/iaca.pem")], at).unwrap();
    assert!(second.issue_id() > first);
}

#[test]
fn a_vical_names_each_authority_once_and_needs_a_signer_in_force() {
    let sandbox = renewed();
    let twice = sandbox.run(&format!("authority vical --authority A --authority A --out list.vical --at {LATER}"));
    assert_eq!(twice.code, 64);
    assert!(!sandbox.path("list.vical").exists());
    sandbox.ok(&format!("authority vical --authority A --out list.vical --at {LATER}"));
    let late = sandbox.run("authority vical --authority A --out late.vical --at 2031-01-01T00:00:00Z");
    assert_eq!(late.code, 64);
    assert!(late.stderr.contains("cannot sign a list now"), "{}", late.stderr);
    assert!(!sandbox.path("late.vical").exists());
}

#[test]
fn a_vical_is_shown_by_its_names() {
    let sandbox = renewed();
    sandbox.ok(&format!("authority vical --authority A --out list.vical --at {LATER}"));
    let ran = sandbox.ok("inspect list.vical");
    for line in ["vicalProvider: \"Mapae Sample Authority\"", "may issue certificates: yes", "docType"] {
        assert!(ran.stdout.contains(line), "{line} in\n{}", ran.stdout);
    }
}
