//! The history: what is in it, how it leaves, and how it goes.

use mapae_types::Duration;
use mapae_wallet::{CopyState, ExportAs, Outcome, Which};
use serde_json::Value;
use testkit::Format;

use crate::{
    driver::Nobody,
    scene::{Party, Post, Scene, query, registered},
};

fn share(scene: &mut Scene) -> String {
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    scene.answer(&mut Post::default(), &proposal, &proposal.least()).unwrap().history
}

fn delete(scene: &mut Scene, which: Which) {
    scene.phone.run(&mut Nobody, |wallet, start| wallet.delete_history(which, start)).unwrap();
}

fn copies_know(scene: &Scene, mark: &str) -> bool {
    scene.phone.records.iter().any(|(name, content)| {
        name.starts_with("card.") && String::from_utf8_lossy(content).contains(&format!("\"{mark}\""))
    })
}

#[test]
fn lines_survive_and_come_the_newest_first() {
    let mut scene = Scene::new();
    let first = share(&mut scene);
    scene.phone.now = scene.phone.now + Duration::seconds(60);
    let second = share(&mut scene);
    scene.reopen();
    let ids: Vec<String> = scene.phone.wallet.history().into_iter().map(|line| line.id).collect();
    assert_eq!(ids, [second, first]);
}

#[test]
fn it_leaves_as_json_and_as_a_table() {
    let mut scene = Scene::new();
    share(&mut scene);
    let lines: Value = serde_json::from_str(&scene.phone.wallet.export_history(ExportAs::Json)).unwrap();
    assert_eq!((&lines[0]["who"]["id"], &lines[0]["outcome"]["is"]), (&"sejong-library".into(), &"shared".into()));
    let table = scene.phone.wallet.export_history(ExportAs::Csv);
    let rows: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(rows.len(), 3);
    assert!(rows[1].contains("\"세종시립도서관\",\"Sejong City Library\""), "{}", rows[1]);
}

#[test]
fn a_name_that_is_a_formula_stays_a_name_in_the_table() {
    let mut scene = Scene::new();
    let names = mapae_trust::Names::new("=1+1", "say \"hi\"").unwrap();
    let party = Party::new(&scene.world, 101);
    let old = &scene.registrations[0];
    let new = mapae_trust::NewRegistration {
        id: old.id().clone(),
        names,
        certificate: party.signer.certificate.clone(),
        use_class: old.use_class().clone(),
        purposes: old.purposes().to_vec(),
        legal_basis: None,
        documents: old.documents().to_vec(),
    };
    scene.registrations = vec![mapae_trust::Registration::new(new).unwrap()];
    scene.library = party;
    scene.rely();
    share(&mut scene);
    let table = scene.phone.wallet.export_history(ExportAs::Csv);
    assert!(table.contains("\"'=1+1\",\"say \"\"hi\"\"\""), "{table}");
}

#[test]
fn with_a_line_goes_what_the_copies_knew_of_whom_they_were_shown_to() {
    let mut scene = Scene::new();
    let mut shop = Party::new(&scene.world, 103);
    scene.registrations.push(shop.registration("shop", registered("resident", &["age_over_14"])));
    scene.rely();
    let first = share(&mut scene);
    let second = share(&mut scene);
    std::mem::swap(&mut scene.library, &mut shop);
    share(&mut scene);
    delete(&mut scene, Which::Lines(vec![first]));
    // Another line still names the library.
    assert!(copies_know(&scene, "sejong-library"));
    delete(&mut scene, Which::Lines(vec![second]));
    assert!(!copies_know(&scene, "sejong-library") && copies_know(&scene, "shop"));
    scene.reopen();
    assert_eq!(scene.phone.wallet.history().len(), 1);
    // That somebody has seen a copy is not forgotten.
    std::mem::swap(&mut scene.library, &mut shop);
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    assert_eq!(proposal.view().asks[0].options[0].documents[0].copy.state, CopyState::SeenByOthers);
}

#[test]
fn all_of_it_goes_with_the_answers_that_were_not_sent() {
    let mut scene = Scene::new();
    share(&mut scene);
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    let consent = proposal.least();
    scene.phone.run(&mut Nobody, |wallet, start| wallet.prepare(proposal, consent, start)).unwrap();
    delete(&mut scene, Which::All);
    let left: Vec<&String> = scene.phone.records.keys().filter(|name| !name.starts_with("card.")).collect();
    assert_eq!(left, ["answered"]);
    assert!(scene.phone.wallet.history().is_empty());
    let text: String = scene.phone.records.values().map(|content| String::from_utf8_lossy(content)).collect();
    assert!(!text.contains("sejong") && !text.contains("party-101"));
}

#[test]
fn what_could_not_be_deleted_is_still_there() {
    let mut scene = Scene::new();
    share(&mut scene);
    scene.phone.refuses = |want| matches!(want, mapae_wallet::Want::Write(_));
    scene.phone.run(&mut Nobody, |wallet, start| wallet.delete_history(Which::All, start)).unwrap_err();
    assert_eq!(scene.last_line().outcome, Outcome::Shared);
}

/// Hole 20 of the peers: a code derived from the national number, by which the operator links a person.
#[test]
fn peer_hole_20_nothing_that_is_written_is_named_after_a_person() {
    let names = |seed: u64| {
        let mut scene = Scene::new();
        let mut phone = crate::driver::Driver::of(seed);
        std::mem::swap(&mut phone.records, &mut scene.phone.records);
        std::mem::swap(&mut phone.keys, &mut scene.phone.keys);
        scene.phone = phone;
        scene.reopen();
        share(&mut scene);
        let written = scene.phone.records.keys().filter(|name| !name.starts_with("card."));
        written.cloned().collect::<Vec<_>>()
    };
    // The same person, document, request and time: the names differ by the device's randomness alone.
    let (one, other) = (names(1), names(2));
    assert_eq!(one.len(), 2);
    assert_eq!(one[0], "answered");
    assert!(one[1].starts_with("shown.") && one[1] != other[1]);
}
