//! What a bundle says, and how old it is for a use.

use mapae_reader::{bundle, report};
use mapae_trust::{Bundle, BundleContents, Distrust, Software, Withdrawn};
use mapae_types::{Duration, Timestamp};
use serde_json::json;
use testkit::{World, now};

#[test]
fn a_bundle_tells_whom_it_trusts_and_how_old_it_may_be() {
    let mut world = World::new();
    world.distrusted = vec![([1; 32], Distrust::Compromised), ([2; 32], Distrust::CeasedAt(now()))];
    let said = bundle::summary(&world.store());
    assert_eq!(said["as_of"], world.as_of.to_string());
    assert_eq!(said["key"], report::key_fingerprint(world.bundle_key.public()));
    assert_eq!(said["issuers"][0]["root"], world.pki.root.certificate().subject());
    assert_eq!(said["status_lists"].as_array().unwrap().len(), 1);
    assert_eq!(
        said["classes"][0],
        json!({ "name": "low", "fresh_for_seconds": 86400, "usable_for_seconds": 3_024_000 })
    );
    let mut distrusted = said["distrusted"].as_array().unwrap().clone();
    distrusted.sort_by_key(|entry| entry["signer"].to_string());
    assert_eq!(distrusted[0], json!({ "signer": "01".repeat(32), "compromised": true }));
    assert_eq!(distrusted[1], json!({ "signer": "02".repeat(32), "ceased_at": now().to_string() }));
}

#[test]
fn a_bundle_tells_of_software_and_of_registrations_that_were_withdrawn() {
    let world = World::new();
    let summary = |contents: BundleContents| {
        let unsigned = contents.prepare(world.bundle_key.public());
        let signature = world.bundle_key.sign(unsigned.to_be_signed()).unwrap();
        let key = world.bundle_key.public();
        bundle::summary(&Bundle::parse(unsigned.attach(&signature)).unwrap().verify(key).unwrap())
    };
    let none = summary(world.contents());
    assert_eq!((&none["software"], &none["withdrawn"]), (&json!([]), &json!([])));
    let shop = Withdrawn { relying_party: "shop".parse().unwrap(), certificate: [8; 32], since: now() };
    let page = Software { name: "wallet-web".parse().unwrap(), sha256: [9; 32] };
    let said = summary(BundleContents { software: vec![page], withdrawn: vec![shop], ..world.contents() });
    assert_eq!(said["software"], json!([{ "name": "wallet-web", "sha256": "09".repeat(32) }]));
    let shop = json!({ "relying_party": "shop", "certificate": "08".repeat(32), "since": now().to_string() });
    assert_eq!(said["withdrawn"], json!([shop]));
}

#[test]
fn the_same_age_means_another_thing_for_another_use() {
    let world = World::new();
    let band = |class: &str, at: Timestamp| {
        bundle::age(&world.store(), Some(&class.parse().unwrap()), at).map(|age| age["band"].clone())
    };
    let days = |n| world.as_of + Duration::days(n);
    for (class, at, expected) in [
        ("low", days(1), "fresh"),
        ("low", days(2), "marked"),
        ("low", days(36), "too_old"),
        ("substantial", days(8), "too_old"),
        ("high", days(2), "too_old"),
        ("high", world.as_of - Duration::seconds(1), "clock_behind"),
    ] {
        assert_eq!(band(class, at), Some(json!(expected)), "{class} at {at}");
    }
    assert_eq!(band("unheard-of", now()), None);
    assert_eq!(bundle::age(&world.store(), None, now()).unwrap()["age_seconds"], 3600);
}
