//! Verdicts for programs.

use mapae_reader::report;
use mapae_types::{Duration, UseClass};
use mapae_verify::{NotVerified, Undecided};
use serde_json::json;
use testkit::{BOTH, Format, World, now};

use crate::scene::verdict;

#[test]
fn what_holds_is_told_with_its_evidence() {
    for format in BOTH {
        let world = World::new();
        let verified = verdict(&world, &world.show(format), now()).unwrap();
        let said = report::held(&verified, &world.store(), None, true);
        assert_eq!((&said["verdict"], &said["reason"]), (&json!("held"), &json!(null)));
        assert_eq!(said["format"], format.identifier());
        assert_eq!(said["evidence"]["status"], "valid");
        assert_eq!((&said["evidence"]["age_seconds"], &said["evidence"]["marked"]), (&json!(3600), &json!(false)));
        assert_eq!(said["bundle"]["pinned"], true);
        assert_eq!(said["bundle"]["key"], report::key_fingerprint(world.bundle_key.public()));
        assert!(said["claims"].to_string().contains("family_name"));
    }
}

#[test]
fn how_long_the_bundle_serves_depends_on_the_use() {
    let world = World::new();
    let verified = verdict(&world, &world.show(Format::Mdoc), now()).unwrap();
    let until = |class: Option<&UseClass>| report::held(&verified, &world.store(), class, true)["usable_until"].clone();
    let in_days = |days| json!((world.as_of + Duration::days(days)).to_string());
    assert_eq!(until(None), in_days(35));
    assert_eq!(until(Some(&"high".parse().unwrap())), in_days(1));
    assert_eq!(until(Some(&"unheard-of".parse().unwrap())), json!(null));
}

#[test]
fn what_does_not_hold_is_told_without_claims() {
    for format in BOTH {
        let mut world = World::new();
        let copy = world.issue(format);
        let shown = world.answer(&copy);
        world.revoke(&copy);
        let reason = verdict(&world, &shown, now()).map(|_| ()).unwrap_err();
        let said = report::not_verified(&reason, Some(&world.store()));
        assert_eq!((&said["verdict"], &said["claims"]), (&json!("refused"), &json!(null)));
        assert_eq!(said["reason"]["code"], "revoked");
        assert_eq!(said["evidence"]["bundle_as_of"], world.as_of.to_string());
    }
}

/// Where a rule stands in two standards, the one of the presentation's format is named.
#[test]
fn the_rule_that_stopped_it_is_told_for_its_format() {
    for (format, clause) in [(Format::Mdoc, "ISO/IEC 18013-5"), (Format::SdJwt, "RFC 9901")] {
        let world = World::new();
        let mut shown = world.show(format);
        shown.truncate(shown.len() - 1);
        let reason = verdict(&world, &shown, now()).map(|_| ()).unwrap_err();
        let rule = report::rule(&reason, &shown);
        assert!(rule["clause"].as_str().unwrap().starts_with(clause), "{rule}");
        assert!(rule["source"]["file"].as_str().unwrap().starts_with("crates/"));
        assert!(!rule["korean"].as_str().unwrap().is_ascii() && rule["english"].as_str().unwrap().is_ascii());
    }
}

#[test]
fn what_cannot_be_judged_is_undecided() {
    let reason = NotVerified::from(Undecided::BundleMissing);
    let said = report::not_verified(&reason, None);
    assert_eq!((&said["verdict"], &said["evidence"]), (&json!("undecided"), &json!(null)));
    assert_eq!(said["reason"]["code"], "bundle_missing");
}
