//! What a program may log: verdicts and refusals, but nothing about the person.

use mapae_jose::base64url;
use mapae_verify::{NotVerified, Verified};
use testkit::{BOTH, Format, Request, World, now, person};

use crate::{mdoc, sd_jwt};

/// Values that stand in the presentations below, in the spellings in which they could slip into a text.
fn secrets() -> Vec<String> {
    let person = person(0);
    let (name, home) = (&person.name, &person.home);
    let plain = [
        &name.family,
        &name.given,
        &name.family_latin,
        &name.given_latin,
        &person.resident_number,
        &person.card_number,
        &home.full,
        &home.full_latin,
        &home.postal_code,
    ];
    let mut secrets: Vec<String> = plain.into_iter().cloned().collect();
    secrets.push(person.birth_date.to_string());
    let spellings = |secret: &String| [base64url::encode(secret), format!("{:?}", secret.as_bytes())];
    secrets.extend(secrets.clone().iter().flat_map(spellings));
    secrets
}

fn assert_silent(text: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(!text.contains(secret.as_str()), "{secret} in {text}");
    }
}

fn printed(verdict: Result<Verified, NotVerified>) -> String {
    match verdict {
        Ok(verified) => {
            let credential = &verified.credentials()[0];
            format!("{verified:?} {credential:?} {:?} {:?}", credential.claims(), credential.evidence())
        }
        Err(reason) => format!("{reason} {reason:?} {}", reason.code()),
    }
}

/// Everything disclosed but the portrait, which is long and has no text.
fn everything(world: &World, format: Format) -> Vec<u8> {
    let copy = world.issue(format);
    let ids = copy.document.attributes().iter().map(mapae_document::Attribute::id);
    let ids: Vec<&str> = ids.filter(|id| *id != "portrait").collect();
    world.request.answer(&copy, &ids)
}

#[test]
fn peer_hole_11_a_verdict_prints_no_claim() {
    for format in BOTH {
        let world = World::new();
        let shown = everything(&world, format);
        let claims = world.verify(&shown).unwrap().credentials()[0].claims().to_json().to_string();
        assert!(claims.contains(&person(0).resident_number), "it is there to be leaked");
        assert_silent(&printed(world.verify(&shown)), &secrets());
    }
}

#[test]
fn peer_hole_11_no_refusal_of_an_altered_presentation_prints_a_claim() {
    let secrets = secrets();
    for format in BOTH {
        let world = World::new();
        let (shown, store, binding) = (everything(&world, format), world.store(), world.request.binding());
        let policy = mapae_verify::Policy::default();
        for at in 0..shown.len() {
            let mut altered = shown.clone();
            altered[at] ^= 1;
            assert_silent(&printed(mapae_verify::verify(&altered, &binding, &store, now(), &policy)), &secrets);
        }
    }
}

/// One refusal of each kind that the rules have, of presentations that show everything.
#[test]
fn peer_hole_11_no_refusal_of_any_rule_prints_a_claim() {
    let secrets = secrets();
    let mut codes = std::collections::BTreeSet::new();
    let mut check = |verdict: Result<Verified, NotVerified>| {
        codes.insert(verdict.as_ref().map_or_else(NotVerified::code, |_| "held"));
        assert_silent(&printed(verdict), &secrets);
    };
    for format in BOTH {
        for spoil in spoilers() {
            let mut world = World::new();
            let shown = everything(&world, format);
            let policy = mapae_verify::Policy::default();
            let query = Request::query(format, testkit::document("licence"), &["family_name"]);
            let policy = if spoil.asks_for_another { policy.asking(&query) } else { policy };
            (spoil.change)(&mut world);
            check(world.verify_with(&shown, now(), &policy));
        }
    }
    for (name, disclosure) in duplicate_claims() {
        let mut scene = sd_jwt::scene();
        scene.payload[name] = disclosure[2].clone();
        scene.disclose(&disclosure);
        check(scene.world.verify(&scene.shown()));
    }
    let scene = mdoc::scene();
    check(scene.world.verify(&scene.edit_mso(|mso| mdoc::remove(mso, "valueDigests"))));
    assert!(codes.len() >= 14, "{codes:?}");
}

/// A change to the world after the presentation was made.
struct Spoiler {
    change: fn(&mut World),
    asks_for_another: bool,
}

fn spoilers() -> Vec<Spoiler> {
    let changes: [fn(&mut World); 13] = [
        |world| world.issuers.clear(),
        |world| world.list.entries.fill(1),
        |world| world.list.entries.clear(),
        |world| world.tokens = Some(Vec::new()),
        |world| world.list.expires_at = now(),
        |world| world.as_of = now() + mapae_types::Duration::days(1),
        |world| world.as_of = now() - mapae_types::Duration::days(99),
        |world| world.request.nonce.push('1'),
        |world| world.request.client_id.push('1'),
        |world| world.tokens = Some(vec![world.list.signed_by(&world.pki.document)]),
        |world| distrust(world, mapae_trust::Distrust::Compromised),
        |world| distrust(world, mapae_trust::Distrust::CeasedAt(now() - mapae_types::Duration::days(30))),
        |_| {},
    ];
    let last = changes.len() - 1;
    let spoiler = |(index, change)| Spoiler { change, asks_for_another: index == last };
    changes.into_iter().enumerate().map(spoiler).collect()
}

fn distrust(world: &mut World, how: mapae_trust::Distrust) {
    for format in BOTH {
        world.distrusted.push((world.signer(format).certificate.fingerprint(), how));
    }
}

/// A claim of a name that is taken: the refusal tells its place and not its name, which the holder may choose.
fn duplicate_claims() -> [(&'static str, serde_json::Value); 1] {
    [("nickname", serde_json::json!(["salt", "nickname", person(0).name.given_latin]))]
}

/// The proof is the type: claims come out of [`mapae_verify::verify`] and nothing else. The compiler shows it in
/// the `compile_fail` examples of the crate's documentation, which run with the tests; this one sees to it that
/// they stay.
#[test]
fn peer_hole_05_claims_are_reached_through_verify_alone() {
    let documentation = include_str!("../src/lib.rs");
    let examples: Vec<&str> = documentation.split("```compile_fail").skip(1).collect();
    assert_eq!(examples.len(), 2);
    assert!(examples[0].contains("Verified {") && examples[1].contains(".elements()"));
    let world = World::new();
    let verified = format!("{:?}", world.verify(&world.show(Format::SdJwt)).unwrap());
    assert!(verified.starts_with("[VerifiedCredential") && !verified.contains("laims"), "{verified}");
}
