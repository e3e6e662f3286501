//! A new root: what the old one certified stays good, its link leads to the new one, each revokes its own; signers below
//! it, and readers that know the old root, the new one or both. And the list by which foreign readers know both.

use std::process::Command;

use mapae_crypto::SigningKey;
use mapae_status_list::StatusTokenCwt;
use mapae_trust::{Bundle, BundleContents, StatusEntry, TrustStore, Vical};
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

/// When the root and the signers are renewed.
const DAY: &str = "2026-12-01T03:00:00Z";
const FORMATS: [&str; 2] = ["mdoc", "sd-jwt"];
const OLD: &[&str] = &["A/iaca.pem"];
const NEW: &[&str] = &["A/iaca-2.pem"];
const BOTH: &[&str] = &["A/iaca.pem", "A/iaca-2.pem"];

/// Documents of the old signers in `I`, of the new ones in `J`, each shown on the day of the roll-over.
struct RollOver {
    sandbox: Sandbox,
    person: String,
}

impl RollOver {
    fn new() -> Self {
        let sandbox = Sandbox::with_people(3);
        sandbox.issue("licence");
        sandbox.ok(&format!("authority renew-root --authority A --at {DAY}"));
        sandbox.ok(&format!("authority renew-signers --authority A --at {DAY}"));
        let issue = "issue --authority A --document licence --register R/licence.csv --copies 1";
        sandbox.ok(&format!("{issue} --out J --at {DAY}"));
        let asked = "request --document licence --elements age_over_19 --purpose test --out request.json";
        sandbox.ok(&format!("{asked} --at {DAY}"));
        let person = sandbox.people_with("licence").remove(0);
        let story = Self { sandbox, person };
        for (issued, format) in ["I", "J"].into_iter().flat_map(|issued| FORMATS.map(|format| (issued, format))) {
            let from = format!("{issued}/{}/licence", story.person);
            let out = format!("{issued}.{format}");
            let present = format!("present --from {from} --request request.json --format {format} --out {out}");
            story.sandbox.ok(&format!("{present} --at {DAY}"));
        }
        // Before that day the lists are the old signer's, from then on the new one's.
        story.build("lists-of-old.bundle", T0);
        story.build("lists-of-new.bundle", DAY);
        story
    }

    fn build(&self, out: &str, at: &str) {
        self.sandbox.ok(&format!("bundle build --authority A --issued I --issued J --out {out} --at {at}"));
    }

    fn store(&self, bundle: &str) -> TrustStore {
        let key = SigningKey::from_pkcs8_pem(&self.sandbox.text("A/bundle.key")).unwrap();
        Bundle::parse(self.sandbox.read(bundle)).unwrap().verify(key.public()).unwrap()
    }

    /// The bundle of a reader that knows only some of the roots.
    fn known(&self, roots: &[&str], bundle: &str) -> &'static str {
        let store = self.store(bundle);
        let roots: Vec<_> = roots.iter().map(|root| anchor(&self.sandbox, root)).collect();
        let entry = |list: mapae_trust::StatusPart<'_>| StatusEntry { uri: list.uri.into(), token: list.token.into() };
        let contents = BundleContents {
            issuers: store.issuers().iter().filter(|issuer| roots.contains(&issuer.root)).cloned().collect(),
            status_lists: store.status_lists().map(entry).collect(),
            ..BundleContents::new(store.as_of(), store.classes().clone())
        };
        assert_eq!(contents.issuers.len(), roots.len());
        let key = SigningKey::from_pkcs8_pem(&self.sandbox.text("A/bundle.key")).unwrap();
        let unsigned = contents.prepare(key.public());
        let signature = key.sign(unsigned.to_be_signed()).unwrap();
        self.sandbox.write("known.bundle", &unsigned.attach(&signature));
        "known.bundle"
    }

    /// What such a reader says of the old document (`I`) or the new one (`J`), in either format.
    fn verdict(&self, issued: &str, roots: &[&str], bundle: &str) -> String {
        let known = self.known(roots, bundle);
        let verdict = |format| {
            let verify = format!("verify --json --request request.json --bundle {known} --at {DAY} {issued}.{format}");
            let document = self.sandbox.run(&verify).json();
            document["reason"]["code"].as_str().unwrap_or("held").to_owned()
        };
        let [mdoc, sd_jwt] = FORMATS.map(verdict);
        assert_eq!(mdoc, sd_jwt, "both formats, one verdict");
        mdoc
    }

    fn revoke(&self, issued: &str) {
        let person = &self.person;
        let revoke = format!("revoke --authority A --issued {issued} --person {person} --document licence");
        self.sandbox.ok(&format!("{revoke} --at {DAY}"));
    }
}

#[test]
fn documents_of_old_and_new_signers_hold_for_readers_with_either_root_or_both() {
    let story = RollOver::new();
    for lists in ["lists-of-old.bundle", "lists-of-new.bundle"] {
        for (issued, roots) in [("I", OLD), ("J", OLD), ("I", BOTH), ("J", BOTH)] {
            assert_eq!(story.verdict(issued, roots, lists), "held", "{issued} by {lists} and {roots:?}");
        }
    }
    assert_eq!(story.verdict("J", NEW, "lists-of-new.bundle"), "held");
    assert_ne!(story.verdict("I", NEW, "lists-of-new.bundle"), "held", "no link leads from the new root to the old");
    assert_ne!(story.verdict("J", NEW, "lists-of-old.bundle"), "held", "nor does it to the old status signer");
}

#[test]
fn a_revocation_after_roll_over_is_seen_by_every_reader() {
    for (revoked, other) in [("I", "J"), ("J", "I")] {
        let story = RollOver::new();
        story.revoke(revoked);
        story.build("revoked.bundle", DAY);
        for roots in [OLD, BOTH] {
            assert_eq!(story.verdict(revoked, roots, "revoked.bundle"), "revoked", "{revoked} by {roots:?}");
            assert_eq!(story.verdict(other, roots, "revoked.bundle"), "held", "{other} by {roots:?}");
        }
    }
}

/// The number of certificates with which the lists of a bundle are signed, and the key of their signer's root.
fn chain_of_lists(of: &RollOver, bundle: &str) -> (usize, Option<Vec<u8>>) {
    let store = of.store(bundle);
    let list = store.status_lists().next().unwrap();
    let chain = StatusTokenCwt::parse(list.token).unwrap().x5chain();
    (chain.len(), Certificate::from_der(&chain[0]).unwrap().authority_key_id().map(<[u8]>::to_vec))
}

#[test]
fn the_newest_signer_in_force_signs_and_carries_the_links() {
    let story = RollOver::new();
    let key_id = |root| certificate(&story.sandbox, root).subject_key_id().map(<[u8]>::to_vec);
    assert_eq!(chain_of_lists(&story, "lists-of-old.bundle"), (1, key_id("A/iaca.pem")));
    assert_eq!(chain_of_lists(&story, "lists-of-new.bundle"), (2, key_id("A/iaca-2.pem")));
    // Below the same root every 90 days, and below a third root.
    let quarter = "2027-03-01T03:00:00Z";
    story.sandbox.ok(&format!("authority renew-signers --authority A --at {quarter}"));
    story.build("quarter.bundle", quarter);
    assert_eq!(chain_of_lists(&story, "quarter.bundle"), (2, key_id("A/iaca-2.pem")));
    let later = "2027-06-01T03:00:00Z";
    story.sandbox.ok(&format!("authority renew-root --authority A --at {later}"));
    story.sandbox.ok(&format!("authority renew-signers --dir A --at {later}"));
    story.build("third.bundle", later);
    assert_eq!(chain_of_lists(&story, "third.bundle"), (3, key_id("A/iaca-3.pem")));
    story.build("earlier.bundle", quarter);
    assert_eq!(chain_of_lists(&story, "earlier.bundle"), (2, key_id("A/iaca-2.pem")), "as of then");
    // What the authority takes back, and what has ended, it carries no more.
    let link = "A/iaca-3-link.pem";
    story.sandbox.ok(&format!("authority distrust --authority A --signer {link} --compromised --at {later}"));
    story.build("alone.bundle", later);
    assert_eq!(chain_of_lists(&story, "alone.bundle"), (1, key_id("A/iaca-3.pem")));
}

#[test]
fn a_link_that_has_ended_is_carried_no_more() {
    let story = RollOver::new();
    let end = certificate(&story.sandbox, "A/iaca-2-link.pem").not_after();
    assert_eq!(end, certificate(&story.sandbox, "A/iaca.pem").not_after());
    let (last, after) = (end.to_string(), (end + mapae_types::Duration::seconds(1)).to_string());
    for (at, carried) in [(last, 2), (after, 1)] {
        story.build("late.bundle", &at);
        assert_eq!(chain_of_lists(&story, "late.bundle").0, carried, "at {at}");
    }
}

#[test]
fn renewing_signers_is_said_in_words_and_changes_no_file() {
    let sandbox = renewed();
    let names = ["document-signer", "mdl-signer", "sd-jwt-signer", "status-signer"];
    let read = || names.map(|name| [sandbox.read(&format!("A/{name}.pem")), sandbox.read(&format!("A/{name}.key"))]);
    let before = read();
    let ran = sandbox.ok(&format!("authority renew-signers --authority A --at {LATER}"));
    insta::assert_snapshot!("roll_over_renew_signers", ran.stdout);
    assert_eq!(read(), before);
    let root = certificate(&sandbox, "A/iaca-2.pem");
    for name in names {
        let signer = certificate(&sandbox, &format!("A/{name}-2.pem"));
        assert_eq!(signer.authority_key_id(), root.subject_key_id());
        assert_eq!(signer.not_before().age_at(signer.not_after()), mapae_types::Duration::days(457));
    }
    let answer = sandbox.ok(&format!("--json authority renew-signers --authority A --at {LATER}")).json();
    let files: Vec<_> = answer["signers"].as_array().unwrap().iter().map(|signer| signer["file"].clone()).collect();
    assert_eq!(files, names.map(|name| format!("{name}-3.pem")));
    assert_eq!(
        (&answer["root"], &answer["signers"][0]["signs_until"]),
        (&"iaca-2.pem".into(), &"2027-05-02T00:00:00Z".into())
    );
}

#[cfg(unix)]
#[test]
fn the_keys_of_new_signers_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = renewed();
    sandbox.ok(&format!("authority renew-signers --authority A --at {LATER}"));
    let mode = std::fs::metadata(sandbox.path("A/status-signer-2.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// A key without its certificate, as a crash leaves it, stands in nobody's way.
#[test]
fn half_a_signer_is_passed_over() {
    let sandbox = Sandbox::with_people(1);
    sandbox.write("A/mdl-signer-2.key", b"half");
    let answer = sandbox.ok(&format!("--json authority renew-signers --authority A --at {T0}")).json();
    assert_eq!(
        (&answer["signers"][0]["file"], &answer["signers"][1]["file"]),
        (&"document-signer-2.pem".into(), &"mdl-signer-3.pem".into())
    );
    sandbox.issue("licence");
}

#[test]
fn openssl_follows_the_link_to_new_signers() {
    let sandbox = renewed();
    sandbox.ok(&format!("authority renew-signers --authority A --at {LATER}"));
    for (arguments, accepted) in [
        ("-CAfile A/iaca-2.pem A/document-signer-2.pem", true),
        ("-CAfile A/iaca.pem -untrusted A/iaca-2-link.pem A/document-signer-2.pem", true),
        ("-CAfile A/iaca.pem A/document-signer-2.pem", false),
    ] {
        let Some(found) = openssl_accepts(&sandbox, arguments) else {
            println!("SKIPPED: openssl not found");
            return;
        };
        assert_eq!(found, accepted, "{arguments}");
    }
}

#[test]
fn no_signer_is_made_below_a_root_that_has_ended() {
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    let ran = sandbox.run("authority renew-signers --authority A --at 2037-01-01T00:00:00Z");
    assert_eq!(ran.code, 64, "{}", ran.stderr);
    assert!(ran.stderr.contains("below the newest root"), "{}", ran.stderr);
    assert!(!sandbox.path("A/document-signer-2.key").exists());
}

/// A signer never outlives its root.
#[test]
fn a_signer_ends_with_its_root_at_the_latest() {
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    sandbox.ok("authority renew-signers --authority A --at 2036-06-01T00:00:00Z");
    let end = certificate(&sandbox, "A/iaca.pem").not_after();
    assert_eq!(certificate(&sandbox, "A/document-signer-2.pem").not_after(), end);
}

#[test]
fn a_distrusted_signer_signs_no_more_until_it_is_renewed() {
    let story = RollOver::new();
    let sandbox = &story.sandbox;
    let signer = "A/mdl-signer-2.pem";
    let issue = format!("issue --authority A --document licence --register R/licence.csv --copies 1 --at {DAY}");
    let ceased = "2026-12-01T03:00:01Z";
    sandbox.ok(&format!("authority distrust --authority A --signer {signer} --ceased-at {ceased} --at {DAY}"));
    sandbox.ok(&format!("{issue} --out K"));
    sandbox.ok(&format!("authority distrust --authority A --signer {signer} --compromised --at {DAY}"));
    let list = Crl::from_der(&sandbox.read("A/iaca-2.crl")).unwrap();
    let list = list.verify(&anchor(sandbox, "A/iaca-2.pem"), DAY.parse().unwrap()).unwrap();
    assert!(list.revocation_of(certificate(sandbox, signer).serial()).is_some(), "in the list of its own root");
    let ran = sandbox.run(&format!("{issue} --out L"));
    assert_eq!(ran.code, 64, "{}", ran.stderr);
    assert!(ran.stderr.contains("mdl-signer-2.pem is distrusted"), "{}", ran.stderr);
    sandbox.ok(&format!("authority renew-signers --authority A --at {DAY}"));
    sandbox.ok(&format!("{issue} --out L"));
}

#[test]
fn a_signer_of_ninety_days_is_noted() {
    let sandbox = Sandbox::with_people(3);
    let issue = "issue --authority A --document licence --register R/licence.csv --copies 1";
    let noted = |out: &str, at: &str| {
        sandbox.ok(&format!("{issue} --out {out} --at {at}")).stderr.contains("signed for 90 days")
    };
    assert!(!noted("I", "2027-01-30T23:59:59Z"));
    assert!(noted("J", "2027-01-31T00:00:00Z"));
    sandbox.ok("authority renew-signers --authority A --at 2027-01-31T00:00:00Z");
    assert!(!noted("K", "2027-01-31T00:00:00Z"));
}
