//! Holes 18 and 20 of the peers: one wallet holds one person's documents, and nothing in it is named after them.

use std::collections::BTreeSet;

use mapae_wallet::{CardState, Stopped, Want};

use crate::{adding::add, driver::Driver, issuer::Issuer};

/// With a resident card of person 0.
fn scene() -> (Driver, Issuer) {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    add(&mut driver, &mut issuer, &link).unwrap();
    issuer.notified.clear();
    issuer.documents = vec!["licence"];
    (driver, issuer)
}

/// Person 1 is the holder of these configurations.
fn of_another(issuer: &mut Issuer, names: &[&str]) {
    issuer.people = names.iter().map(|name| ((*name).to_owned(), 1)).collect();
}

fn records_text(driver: &Driver) -> String {
    driver.records.values().map(|record| String::from_utf8_lossy(record).into_owned()).collect()
}

#[test]
fn peer_hole_18_one_persons_documents_go_together() {
    let (mut driver, mut issuer) = scene();
    let link = issuer.offer(2);
    add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(driver.wallet.cards(driver.now).len(), 2);
}

#[test]
fn peer_hole_18_another_persons_document_is_not_taken() {
    let (mut driver, mut issuer) = scene();
    of_another(&mut issuer, &["licence-mdoc", "licence-sd-jwt"]);
    let (before, link) = (driver.wants.len(), issuer.offer(2));
    let stopped = add(&mut driver, &mut issuer, &link).unwrap_err();
    let Stopped::OtherPerson { card } = stopped else { panic!("{stopped}") };
    assert_eq!(issuer.notified, ["licence-mdoc credential_failure", "licence-sd-jwt credential_failure"]);
    assert!(driver.wallet.card(&card, driver.now).unwrap().facts.is_empty());
    assert_eq!(driver.wallet.card(&card, driver.now).unwrap().card.state, CardState::OtherPerson);
    // No copy of theirs was written at any time.
    for want in &driver.wants[before..] {
        let Want::Write(changes) = want else { continue };
        assert!(!format!("{changes:?}").contains("credential\""));
    }
    assert_eq!(records_text(&driver).matches("\"credential\":").count(), 2 * 3, "those of the first card");
    // It stays so, and nobody is asked again.
    let asked = issuer.seen.len();
    assert!(matches!(add(&mut driver, &mut issuer, &link), Err(Stopped::OtherPerson { .. })));
    assert_eq!(issuer.seen.len(), asked);
}

#[test]
fn peer_hole_18_the_formats_of_one_card_are_of_one_person() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    of_another(&mut issuer, &["resident-sd-jwt"]);
    let link = issuer.offer(1);
    assert!(matches!(add(&mut driver, &mut issuer, &link), Err(Stopped::OtherPerson { .. })));
    assert_eq!(issuer.notified, ["resident-mdoc credential_accepted", "resident-sd-jwt credential_failure"]);
}

#[test]
fn peer_hole_18_a_refill_cannot_change_the_person() {
    let (mut driver, mut issuer) = scene();
    issuer.documents = vec!["resident"];
    of_another(&mut issuer, &["resident-mdoc", "resident-sd-jwt"]);
    let card = driver.wallet.cards(driver.now)[0].id.clone();
    let stopped = driver.run(&mut issuer, |wallet, start| wallet.refill(&card, 3, start)).unwrap_err();
    assert!(matches!(stopped, Stopped::OtherPerson { .. }));
    // The old copies stay, and serve.
    assert_eq!(records_text(&driver).matches("\"credential\":").count(), 2 * 3);
    assert_eq!(driver.wallet.cards(driver.now)[0].state, CardState::Held);

    // What is right again takes the place of both.
    issuer.people.clear();
    driver.run(&mut issuer, |wallet, start| wallet.refill(&card, 3, start)).unwrap();
    assert!(!records_text(&driver).contains("refused"));
}

#[test]
fn peer_hole_18_a_wallet_that_was_emptied_may_be_anothers() {
    let (mut driver, mut issuer) = scene();
    let card = driver.wallet.cards(driver.now)[0].id.clone();
    driver.run(&mut issuer, |wallet, start| wallet.delete_card(&card, start)).unwrap();
    of_another(&mut issuer, &["licence-mdoc", "licence-sd-jwt"]);
    let link = issuer.offer(2);
    add(&mut driver, &mut issuer, &link).unwrap();
}

/// Two phones of two people, with the same randomness, have records of the same names: nothing of the person or the offer
/// is in them. The same person on two phones has others.
#[test]
fn peer_hole_20_records_and_keys_are_named_after_nobody() {
    let names = |seed, person, offer| {
        let (mut driver, mut issuer) = (Driver::of(seed), Issuer::new());
        issuer.people = [("resident-mdoc".to_owned(), person), ("resident-sd-jwt".to_owned(), person)].into();
        let link = issuer.offer(offer);
        add(&mut driver, &mut issuer, &link).unwrap();
        driver.records.keys().cloned().collect::<BTreeSet<String>>()
    };
    assert_eq!(names(1, 0, 1), names(1, 1, 2));
    assert!(names(1, 0, 1).is_disjoint(&names(2, 0, 1)));
}
