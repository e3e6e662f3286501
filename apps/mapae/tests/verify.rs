//! Register in, verdict out; and every way in which the verdict is another.

use serde_json::json;

use crate::sandbox::{Sandbox, T0};

const FORMATS: [&str; 2] = ["mdoc", "sd-jwt"];

#[test]
fn a_register_goes_in_and_a_verdict_comes_out() {
    for (document, elements) in
        [("resident", "family_name,age_over_19,portrait"), ("licence", "family_name,driving_privileges,portrait")]
    {
        let sandbox = Sandbox::with_documents(document);
        sandbox.ask(document, elements);
        for format in FORMATS {
            let ran = sandbox.verify_json(format, "--bundle-key A/bundle-key.pem");
            assert_eq!(ran.code, 0, "{document} as {format}: {}", ran.stdout);
            let verdict = ran.json();
            assert_eq!(verdict["verdict"], "held");
            assert_eq!(verdict["reason"], json!(null));
            assert_eq!(verdict["evidence"]["status"], "valid");
            assert_eq!(verdict["evidence"]["status_as_of"], T0);
            assert_eq!(verdict["evidence"]["bundle_as_of"], T0);
            assert_eq!(verdict["evidence"]["age_seconds"], 0);
            assert_eq!(verdict["bundle"]["pinned"], true);
            assert!(verdict["claims"].to_string().contains("family_name"));
        }
    }
}

#[test]
fn only_what_was_asked_is_disclosed() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "age_over_19");
    let mdoc = sandbox.verify_json("mdoc", "").json();
    assert_eq!(mdoc["claims"], json!({ "org.iso.23220.1": { "age_over_19": true } }));
    let sd_jwt = sandbox.verify_json("sd-jwt", "").json();
    assert_eq!(sd_jwt["claims"]["age_equal_or_over"], json!({ "19": true }));
    let register = sandbox.text("R/resident.csv");
    let family_name = register.lines().nth(1).unwrap().split(',').nth(3).unwrap();
    assert!(!sd_jwt.to_string().contains(family_name), "a name that nobody asked for");
}

#[test]
fn one_flipped_bit_is_refused() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    for format in FORMATS {
        let name = format!("P.{format}");
        let whole = sandbox.read(&name);
        for at in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            sandbox.flip(&name, at);
            let (code, reason) = sandbox.verdict(format, "");
            assert_eq!(code, 1, "{format}, byte {at}: {reason}");
            sandbox.write(&name, &whole);
        }
        assert_eq!(sandbox.verdict(format, ""), (0, "held".into()));
    }
}

#[test]
fn another_request_is_not_answered() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    let request = "request --document resident --elements family_name --purpose test --out request.json";
    sandbox.ok(&format!("{request} --at {T0}"));
    assert_eq!(sandbox.verdict("mdoc", ""), (1, "holder_binding_invalid".into()));
    assert_eq!(sandbox.verdict("sd-jwt", ""), (1, "wrong_nonce".into()));
}

#[test]
fn another_document_is_not_what_was_asked() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    let text = sandbox.text("request.json");
    let other = text
        .replace("org.iso.23220.photoid.1", "org.iso.18013.5.1.mDL")
        .replace("urn:mapae:kr:resident:1", "urn:mapae:kr:licence:1");
    sandbox.write("request.json", other.as_bytes());
    for format in FORMATS {
        assert_eq!(sandbox.verdict(format, ""), (1, "not_what_was_asked".into()));
    }
}

#[test]
fn another_holders_key_is_refused() {
    let sandbox = Sandbox::with_documents("resident");
    let person = sandbox.ask("resident", "family_name");
    let keys = FORMATS.map(|format| sandbox.read(&format!("I/{person}/resident/copy-01.{format}.key")));
    for (format, other) in FORMATS.into_iter().zip(keys.iter().rev()) {
        sandbox.write(&format!("I/{person}/resident/copy-01.{format}.key"), other);
        sandbox.ok(&format!(
            "present --from I/{person}/resident --request request.json --format {format} --out P.{format} --at {T0}"
        ));
        assert_eq!(sandbox.verdict(format, ""), (1, "holder_binding_invalid".into()), "{format}");
    }
}

#[test]
fn evidence_ages_from_fresh_to_marked_to_refused() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    for format in FORMATS {
        let marked = |at: &str| sandbox.verify_json(format, &format!("--at {at}")).json()["evidence"]["marked"].clone();
        assert_eq!(marked("2026-11-03T03:00:00Z"), false);
        assert_eq!(marked("2026-11-03T03:00:01Z"), true);
        assert_eq!(sandbox.verdict(format, "--at 2026-12-07T03:00:00Z"), (0, "held".into()));
        assert_eq!(sandbox.verdict(format, "--at 2026-12-07T03:00:01Z"), (1, "bundle_too_old".into()));
        assert_eq!(sandbox.verdict(format, "--at 2026-11-09T03:00:01Z --accept-age 7d"), (1, "bundle_too_old".into()));
        assert_eq!(sandbox.verdict(format, "--at 2026-12-07T03:00:01Z --accept-age 90d").0, 1, "only tighter");
        assert_eq!(sandbox.verdict(format, "--at 2026-11-02T02:59:59Z"), (2, "clock_behind".into()));
    }
}

#[test]
fn what_a_check_is_for_decides_how_old_its_evidence_may_be() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    for (class, last, after) in [
        ("low", "2026-12-07T03:00:00Z", "2026-12-07T03:00:01Z"),
        ("substantial", "2026-11-09T03:00:00Z", "2026-11-09T03:00:01Z"),
        ("high", "2026-11-03T03:00:00Z", "2026-11-03T03:00:01Z"),
    ] {
        let at = |time: &str| sandbox.verdict("mdoc", &format!("--use {class} --at {time}"));
        assert_eq!(at(last), (0, "held".into()), "{class}");
        assert_eq!(at(after), (1, "bundle_too_old".into()), "{class}");
    }
    assert_eq!(sandbox.verdict("mdoc", "--use unheard-of"), (2, "use_class_unknown".into()));
}

#[test]
fn a_reader_with_a_memory_takes_no_older_bundle() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    let (later, held) = ("2026-11-03T03:00:00Z", (0, "held".to_owned()));
    sandbox.ok(&format!("bundle build --authority A --issued I --out new.bundle --at {later}"));
    let with = |bundle: &str, at: &str| sandbox.verdict("mdoc", &format!("--memory M --bundle {bundle} --at {at}"));
    assert_eq!(with("trust.bundle", later), held, "nothing newer was seen");
    assert_eq!(with("new.bundle", later), held);
    assert_eq!(with("trust.bundle", later), (2, "bundle_rolled_back".into()));
    assert_eq!(with("new.bundle", "2026-11-03T02:59:59Z"), (2, "clock_behind".into()));
    assert_eq!(with("new.bundle", later), held);
    let memory = sandbox.text("M");
    sandbox.write("M", b"something else");
    let ran = sandbox.verify_json("mdoc", "--memory M");
    assert_eq!(ran.code, 64, "{}", ran.stdout);
    assert_eq!(sandbox.text("M"), "something else");
    sandbox.write("M", memory.as_bytes());
}

/// A forged bundle of the future, once remembered, would make every honest one look old.
#[test]
fn a_memory_changes_only_after_every_check() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    sandbox.ok("bundle build --authority A --issued I --out future.bundle --at 2036-01-01T00:00:00Z");
    let with = |bundle: &str| sandbox.verdict("mdoc", &format!("--memory M --bundle {bundle}"));
    assert_eq!(with("future.bundle"), (2, "clock_behind".into()));
    let (middle, last) = (sandbox.read("future.bundle").len() / 2, sandbox.read("future.bundle").len() - 1);
    for at in [middle, last] {
        sandbox.flip("future.bundle", at);
        assert_eq!(with("future.bundle").0, 1);
    }
    assert!(!sandbox.path("M").exists());
    assert_eq!(with("trust.bundle"), (0, "held".into()));
}

#[test]
fn a_revoked_document_is_refused_from_the_next_bundle_on() {
    let sandbox = Sandbox::with_documents("resident");
    let person = sandbox.ask("resident", "family_name");
    let revoke = format!("revoke --authority A --issued I --person {person} --document resident --at {T0}");
    let first = sandbox.ok(&format!("{revoke} --json")).json();
    assert_eq!((first["copies"].as_u64(), first["newly_revoked"].as_u64()), (Some(2), Some(2)));
    let again = sandbox.ok(&format!("{revoke} --json")).json();
    assert_eq!(again["newly_revoked"], 0, "revoking twice changes nothing");
    for format in FORMATS {
        assert_eq!(sandbox.verdict(format, ""), (0, "held".into()), "the old bundle knows nothing");
    }
    sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
    for format in FORMATS {
        assert_eq!(sandbox.verdict(format, ""), (1, "revoked".into()));
    }
    let other = sandbox.people_with("resident").pop().unwrap();
    sandbox
        .ok(&format!("present --from I/{other}/resident --request request.json --format mdoc --out P.mdoc --at {T0}"));
    assert_eq!(sandbox.verdict("mdoc", ""), (0, "held".into()), "somebody else's document still holds");
}

#[test]
fn without_evidence_nothing_is_decided() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    sandbox.ok(&format!("bundle build --authority A --out empty.bundle --at {T0}"));
    for format in FORMATS {
        assert_eq!(sandbox.verdict(format, "--bundle nowhere.bundle"), (2, "bundle_missing".into()));
        assert_eq!(sandbox.verdict(format, "--bundle empty.bundle"), (2, "status_list_missing".into()));
    }
}

#[test]
fn a_stranger_is_refused_and_trusted_when_its_root_is() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    sandbox.ok(&format!("authority init --dir B --country JP --name Stranger --at {T0}"));
    sandbox.ok(&format!("bundle build --authority B --out other.bundle --at {T0}"));
    sandbox.ok(&format!("bundle build --authority B --trust A/iaca.pem --out trusting.bundle --at {T0}"));
    for format in FORMATS {
        assert_eq!(sandbox.verdict(format, "--bundle other.bundle"), (1, "issuer_unknown".into()));
        // Its documents refer to a status that the bundle does not hold.
        assert_eq!(sandbox.verdict(format, "--bundle trusting.bundle"), (2, "status_list_missing".into()));
    }
}

#[test]
fn wrong_usage_is_64_and_says_what_to_do() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    for arguments in [
        "verify",
        "verify --bundle trust.bundle P.mdoc",
        "verify --bundle trust.bundle --request nowhere.json P.mdoc",
        "verify --bundle trust.bundle --request request.json nowhere.mdoc",
        "verify --bundle trust.bundle --request trust.bundle P.mdoc",
        "verify --bundle trust.bundle --request request.json --at yesterday P.mdoc",
        "verify --bundle trust.bundle --request request.json --accept-age 7 P.mdoc",
        "verify --bundle trust.bundle --bundle-key nowhere.pem --request request.json P.mdoc",
        "certify",
    ] {
        let ran = sandbox.run(arguments);
        assert_eq!(ran.code, 64, "mapae {arguments}\n{}{}", ran.stdout, ran.stderr);
        assert!(!ran.stderr.is_empty(), "mapae {arguments} says nothing");
    }
}

#[test]
fn an_origin_as_client_id_is_wrong_usage() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name");
    let text = sandbox.text("request.json").replace("redirect_uri:https", "origin:https");
    sandbox.write("request.json", text.as_bytes());
    assert_eq!(sandbox.verify_json("mdoc", "").code, 64);
}
