//! Bundles: built, shown, forged.

use crate::sandbox::{Sandbox, T0};

#[test]
fn a_bundle_shows_what_it_says() {
    let sandbox = Sandbox::with_documents("resident");
    let shown = sandbox.ok("bundle show --json trust.bundle").json();
    assert_eq!(shown["as_of"], T0);
    let classes: Vec<_> = shown["classes"].as_array().unwrap().iter().map(|class| &class["name"]).collect();
    assert_eq!(classes, ["low", "substantial", "high"]);
    assert_eq!(shown["classes"][0]["usable_for_seconds"], 35 * 86_400);
    assert_eq!(shown["issuers"][0]["status"], "required");
    let copies = 2 * sandbox.people_with("resident").len();
    assert_eq!(shown["status_lists"].as_array().unwrap().len(), copies, "consecutive copies are in different lists");
}

#[test]
fn a_bundle_of_another_key_or_an_altered_one_is_forged() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    sandbox.ok(&format!("authority init --dir B --at {T0}"));
    let pinned = sandbox.verdict("mdoc", "--bundle-key B/bundle-key.pem");
    assert_eq!(pinned, (1, "bundle_forged".into()));
    let whole = sandbox.read("trust.bundle");
    for at in [0, 1, whole.len() / 2, whole.len() - 1] {
        sandbox.flip("trust.bundle", at);
        let (code, reason) = sandbox.verdict("mdoc", "--bundle-key A/bundle-key.pem");
        assert!(code == 1 && reason.starts_with("bundle_"), "byte {at}: {code} {reason}");
        sandbox.write("trust.bundle", &whole);
    }
    sandbox.write("trust.bundle", b"");
    assert_eq!(sandbox.verdict("mdoc", ""), (1, "bundle_malformed".into()));
}

#[test]
fn what_cannot_be_trusted_is_not_put_in() {
    let sandbox = Sandbox::with_documents("resident");
    for root in ["A/document-signer.pem", "A/bundle-key.pem", "request.json", "nowhere.pem"] {
        let ran = sandbox.run(&format!("bundle build --authority A --trust {root} --out other.bundle"));
        assert_eq!(ran.code, 64, "{root}: {}", ran.stderr);
        assert!(!sandbox.path("other.bundle").exists(), "{root}: half a bundle was left");
    }
}

#[test]
fn nonsense_is_wrong_usage() {
    let sandbox = Sandbox::with_documents("resident");
    for more in ["--fresh-for 36d", "--issued nowhere", "--authority R"] {
        let arguments = format!("bundle build --authority A --out other.bundle {more}");
        let arguments = if more.contains("--authority") { arguments.replace("--authority A ", "") } else { arguments };
        assert_eq!(sandbox.run(&arguments).code, 64, "{arguments}");
    }
}

#[test]
fn a_signer_that_ceased_and_one_that_is_compromised() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    let distrust = "authority distrust --authority A --signer A";
    // Copies are dated at the start of their day of issue.
    sandbox.ok(&format!("{distrust}/document-signer.pem --ceased-at 2026-11-02T00:00:00Z --at {T0}"));
    sandbox.ok(&format!("{distrust}/sd-jwt-signer.pem --ceased-at 2026-11-01T23:59:59Z --at {T0}"));
    sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
    assert_eq!(sandbox.verdict("mdoc", ""), (0, "held".into()), "signed before it ceased");
    assert_eq!(sandbox.verdict("sd-jwt", ""), (1, "signer_ceased".into()));
    sandbox.ok(&format!("{distrust}/document-signer.pem --compromised --at {T0}"));
    sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
    assert_eq!(sandbox.verdict("mdoc", ""), (1, "signer_compromised".into()), "a compromise wins");
}

#[test]
fn status_lists_are_published_in_both_forms() {
    let sandbox = Sandbox::with_documents("resident");
    for list in 0..2 * sandbox.people_with("resident").len() {
        assert!(sandbox.text(&format!("A/status/{list}.jwt")).starts_with("ey"));
        assert_eq!(sandbox.read(&format!("A/status/{list}.cwt"))[0], 0xd2, "tag 18");
    }
}

/// What an issuer's service writes is such a folder; so is `status` beside an authority's keys.
#[test]
fn lists_that_were_published_go_into_a_bundle() {
    let sandbox = Sandbox::with_documents("resident");
    let person = sandbox.ask("resident", "family_name");
    sandbox.ok(&format!("bundle build --authority A --lists A/status --out taken.bundle --at {T0}"));
    let lists = |bundle: &str| sandbox.ok(&format!("bundle show --json {bundle}")).json()["status_lists"].clone();
    assert_eq!(lists("taken.bundle"), lists("trust.bundle"));
    assert_eq!(sandbox.verdict("mdoc", "--bundle taken.bundle"), (0, "held".into()));
    sandbox.ok(&format!("revoke --authority A --issued I --person {person} --document resident --at {T0}"));
    sandbox.ok(&format!("bundle build --authority A --issued I --out new.bundle --at {T0}"));
    sandbox.ok(&format!("bundle build --authority A --lists A/status --out taken.bundle --at {T0}"));
    assert_eq!(sandbox.verdict("mdoc", "--bundle taken.bundle"), (1, "revoked".into()));
}

#[test]
fn lists_that_readers_would_refuse_go_into_no_bundle() {
    let sandbox = Sandbox::with_documents("resident");
    let refuse = |authority: &str, more: &str, said: &str| {
        let ran = sandbox.run(&format!("bundle build --authority {authority} --out other.bundle {more}"));
        assert_eq!(ran.code, 64, "{more}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{more}: {}", ran.stderr);
        assert!(!sandbox.path("other.bundle").exists(), "{more}: a bundle was left");
    };
    let at = format!("--at {T0}");
    refuse("A", &format!("--issued I --lists A/status {at}"), "is there twice");
    refuse("A", &format!("--lists A/status --lists A/status {at}"), "is there twice");
    refuse("A", &format!("--lists I {at}"), "no folder of published status lists");
    refuse("A", "--lists A/status --at 2026-11-01T00:00:00Z", "does not hold");
    refuse("A", "--lists A/status --at 2027-11-01T00:00:00Z", "does not hold");
    sandbox.ok(&format!("authority init --dir B --at {T0}"));
    refuse("B", &format!("--lists A/status {at}"), "does not hold");
    let last = sandbox.read("A/status/0.cwt").len() - 1;
    sandbox.flip("A/status/0.cwt", last);
    refuse("A", &format!("--lists A/status {at}"), "does not hold");
    sandbox.flip("A/status/0.cwt", last);
    std::fs::rename(sandbox.path("A/status/1.cwt"), sandbox.path("A/status/away")).unwrap();
    refuse("A", &format!("--lists A/status {at}"), "1.cwt");
    std::fs::rename(sandbox.path("A/status/0.cwt"), sandbox.path("A/status/1.cwt")).unwrap();
    std::fs::rename(sandbox.path("A/status/away"), sandbox.path("A/status/0.cwt")).unwrap();
    refuse("A", &format!("--lists A/status {at}"), "does not hold");
    for aggregation in
        ["", "[]", "{}", r#"{"status_lists":[7]}"#, r#"{"status_lists":["https://id.example/status/../0x"]}"#]
    {
        sandbox.write("A/status/aggregation.json", aggregation.as_bytes());
        refuse("A", &format!("--lists A/status {at}"), "no folder of published status lists");
    }
}

#[cfg(feature = "services")]
#[test]
fn lists_are_fetched_from_where_the_issuer_names_them_all() {
    use std::sync::{Arc, Mutex};

    use crate::mirror::{Mirror, answer};

    type Files = Vec<(String, Vec<u8>)>;
    let served: Arc<Mutex<Files>> = Arc::default();
    let files = served.clone();
    let mirror = Mirror::start(move |path, stream| match files.lock().unwrap().iter().find(|(name, _)| name == path) {
        Some((_, bytes)) => answer(stream, "200 OK", bytes),
        None => answer(stream, "404 Not Found", b"not here"),
    });
    let base = mirror.url().replace("/bundle", "");
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    // An authority is at an https URL; there is no TLS here.
    let profile = sandbox.text("A/authority.toml").replace("https://id.example", &base);
    sandbox.write("A/authority.toml", profile.as_bytes());
    sandbox.ok("people sample --count 3 --seed 7 --out R");
    sandbox.issue("resident");
    sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
    let build = format!("bundle build --authority A --lists {base}/status --out taken.bundle --at {T0}");
    assert_eq!(sandbox.run(&build).code, 1, "nothing is there");
    let count = 2 * sandbox.people_with("resident").len();
    served.lock().unwrap().push(("/status".into(), sandbox.read("A/status/aggregation.json")));
    for list in 1..count {
        served.lock().unwrap().push((format!("/status/{list}"), sandbox.read(&format!("A/status/{list}.cwt"))));
    }
    let ran = sandbox.run(&build);
    assert!(ran.code == 1 && ran.stderr.contains("/status/0 answers 404"), "{}", ran.stderr);
    served.lock().unwrap().push(("/status/0".into(), sandbox.read("A/status/0.cwt")));
    sandbox.ok(&build);
    let lists = |bundle: &str| sandbox.ok(&format!("bundle show --json {bundle}")).json()["status_lists"].clone();
    assert_eq!(lists("taken.bundle"), lists("trust.bundle"));
}

/// An editor may leave the last line without its line feed; a revocation must not be lost with it.
#[test]
fn a_revocation_without_its_line_feed_counts() {
    let sandbox = Sandbox::with_documents("resident");
    let person = sandbox.ask("resident", "family_name");
    sandbox.ok(&format!("revoke --authority A --issued I --person {person} --document resident --at {T0}"));
    let revocations = sandbox.text("A/revocations.jsonl");
    sandbox.write("A/revocations.jsonl", revocations.trim_end().as_bytes());
    sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
    for format in ["mdoc", "sd-jwt"] {
        assert_eq!(sandbox.verdict(format, ""), (1, "revoked".into()));
    }
    let other = sandbox.people_with("resident").pop().unwrap();
    sandbox.ok(&format!("revoke --authority A --issued I --person {other} --document resident --at {T0}"));
    assert!(sandbox.text("A/revocations.jsonl").starts_with(&revocations), "the next line starts its own");
}

#[test]
fn a_delta_leads_from_the_bundle_at_hand_to_the_new_one_and_from_no_other() {
    let sandbox = Sandbox::with_documents("resident");
    let person = sandbox.ask("resident", "family_name");
    sandbox.ok(&format!("revoke --authority A --issued I --person {person} --document resident --at {T0}"));
    let later = "2026-11-03T03:00:00Z";
    sandbox.ok(&format!("bundle build --authority A --issued I --out new.bundle --at {later}"));
    let made = sandbox.ok("bundle delta --json --from trust.bundle --to new.bundle --out D").json();
    assert_eq!((made["whole_lists"].as_u64(), made["from"].as_str()), (Some(0), Some(T0)));
    assert_eq!(made["bytes"].as_u64().unwrap(), sandbox.read("D").len() as u64);
    let apply = "bundle apply --bundle-key A/bundle-key.pem --delta D";
    sandbox.ok(&format!("{apply} --bundle trust.bundle --out rebuilt.bundle"));
    assert_eq!(sandbox.read("rebuilt.bundle"), sandbox.read("new.bundle"));
    assert_eq!(sandbox.verdict("mdoc", &format!("--bundle rebuilt.bundle --at {later}")), (1, "revoked".into()));
    let other = sandbox.run(&format!("{apply} --bundle new.bundle --out none"));
    assert_eq!(other.code, 1);
    assert!(other.stderr.contains("fetch the whole bundle, nothing was written"), "{}", other.stderr);
    sandbox.flip("D", 40);
    assert_eq!(sandbox.run(&format!("{apply} --bundle trust.bundle --out none")).code, 1);
    assert!(!sandbox.path("none").exists());
    assert_eq!(sandbox.run("bundle delta --from new.bundle --to trust.bundle --out none").code, 64, "back in time");
    sandbox.ok(&format!("authority init --dir B --at {T0}"));
    sandbox.ok(&format!("bundle build --authority B --out other.bundle --at {later}"));
    assert_eq!(sandbox.run("bundle delta --from trust.bundle --to other.bundle --out none").code, 64, "another signer");
}

#[test]
fn ages_of_a_class_are_chosen_when_the_bundle_is_built() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    let build = |more: &str| sandbox.run(&format!("bundle build --authority A --issued I --out B --at {T0} {more}"));
    let ran = build("--class high=1h/2h --class night-shift=8h/9h --usable-for 3d");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let at = |time: &str, class: &str| sandbox.verdict("mdoc", format!("--bundle B --at {time} {class}").trim_end());
    let held = (0, "held".to_owned());
    let too_old = (1, "bundle_too_old".to_owned());
    assert_eq!(at("2026-11-02T05:00:00Z", "--use high"), held);
    assert_eq!(at("2026-11-02T05:00:01Z", "--use high"), too_old);
    assert_eq!(at("2026-11-02T12:00:00Z", "--use night-shift"), held);
    assert_eq!(at("2026-11-02T12:00:01Z", "--use night-shift"), too_old);
    assert_eq!(at("2026-11-05T03:00:00Z", ""), held, "the first class, by --usable-for");
    assert_eq!(at("2026-11-05T03:00:01Z", ""), too_old);
    for nonsense in ["--class high", "--class high=1h", "--class high=2h/1h", "--class a/b=1h/2h", "--fresh-for 36d"] {
        assert_eq!(build(nonsense).code, 64, "{nonsense}");
    }
}
