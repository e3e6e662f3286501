//! Adding a document: from a link to copies, whatever comes between.

use mapae_oid4vci::wallet::{UserFault, WalletError};
use mapae_types::{Duration, http::HttpResponse};
use mapae_wallet::{AddOptions, Added, CardId, CardState, Change, Format, Stopped, Verdict, Wallet, Want};
use testkit::World;

use crate::{
    driver::{Cut, Driver, Nobody, Web},
    issuer::{Issuer, TX_CODE},
    provider,
};

const COPIES: usize = 3;

/// With the right code.
pub(crate) fn options() -> AddOptions {
    AddOptions { tx_code: Some(TX_CODE.to_owned()), copies: COPIES }
}

pub(crate) fn add(driver: &mut Driver, issuer: &mut Issuer, link: &str) -> Result<Added, Stopped> {
    driver.run(issuer, |wallet, start| wallet.add(link, options(), start))
}

fn go_on(driver: &mut Driver, issuer: &mut Issuer, card: &CardId) -> Result<Added, Stopped> {
    driver.run(issuer, |wallet, start| wallet.go_on(card, start))
}

/// How many copies of each format are in the only card.
fn copies(driver: &Driver) -> Vec<(Format, usize)> {
    let cards = driver.wallet.cards(driver.now);
    assert_eq!(cards.len(), 1);
    cards[0].copies.iter().map(|copies| (copies.format, copies.total)).collect()
}

fn all_there() -> Vec<(Format, usize)> {
    vec![(Format::Mdoc, COPIES), (Format::SdJwt, COPIES)]
}

/// Every key that a record names is there, and none besides.
fn check_keys(driver: &Driver) {
    let reopened = Wallet::open(driver.records.clone()).unwrap();
    assert_eq!(reopened.keys(), driver.keys.keys().cloned().collect());
}

#[test]
fn an_offer_becomes_a_card_with_copies_in_both_formats() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let added = add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(added.later, None);
    assert_eq!(copies(&driver), all_there());
    assert_eq!(issuer.notified, ["resident-mdoc credential_accepted", "resident-sd-jwt credential_accepted"]);
    assert_eq!(driver.wallet.cards(driver.now)[0].state, CardState::Held);
    // One for the tokens, and one for each copy.
    assert_eq!(driver.keys.len(), 1 + 2 * COPIES);
    check_keys(&driver);
}

#[test]
fn what_was_written_is_the_wallet_after_a_restart() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let added = add(&mut driver, &mut issuer, &link).unwrap();
    driver.reopen();
    assert_eq!(copies(&driver), all_there());
    let card = driver.wallet.card(&added.card, driver.now).unwrap();
    assert!(card.facts.iter().any(|fact| fact.id == "family_name"));
}

#[test]
fn an_offer_is_read_before_it_is_taken_and_leaves_no_trace() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let view = driver.run(&mut issuer, |wallet, start| wallet.read_offer(&link, start)).unwrap();
    assert_eq!(view.documents.len(), 1);
    assert_eq!(view.documents[0].title.ko, "모바일 주민등록증");
    assert_eq!(view.documents[0].formats, [Format::Mdoc, Format::SdJwt]);
    assert_eq!(view.issuer_name.unwrap().en, "Sample issuer");
    assert_eq!(view.tx_code.map(|code| (code.digits, code.length)), Some((true, Some(6))));
    assert!(!view.sign_in && view.card.is_none() && view.documents[0].held.is_empty());
    assert!(driver.records.is_empty() && driver.keys.is_empty());

    let added = add(&mut driver, &mut issuer, &link).unwrap();
    let view = driver.run(&mut issuer, |wallet, start| wallet.read_offer(&link, start)).unwrap();
    assert_eq!(
        (view.card.as_ref(), view.documents[0].held.as_slice()),
        (Some(&added.card), [added.card.clone()].as_slice())
    );
}

#[test]
fn an_offer_by_reference_is_fetched_once() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = Issuer::offer_by_reference();
    driver.run(&mut issuer, |wallet, start| wallet.read_offer(&link, start)).unwrap();
    add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(issuer.seen.iter().filter(|path| *path == "/kr/offers/7").count(), 1);
    assert_eq!(copies(&driver), all_there());
}

#[test]
fn the_same_link_again_adds_nothing_and_asks_nobody() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let first = add(&mut driver, &mut issuer, &link).unwrap();
    let sent = driver.sent().len();
    assert_eq!(add(&mut driver, &mut issuer, &link).unwrap(), first);
    assert_eq!(driver.sent().len(), sent);
}

/// Cuts the errand off at every want, once before and once after it is done, forgets what was in memory, and begins again.
#[test]
fn an_errand_that_is_cut_off_anywhere_goes_on_with_the_same_keys() {
    let few = || AddOptions { copies: 1, ..options() };
    let wants = {
        let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
        let link = issuer.offer(1);
        driver.run(&mut issuer, |wallet, start| wallet.add(&link, few(), start)).unwrap();
        driver.wants.len()
    };
    assert!(wants > 15, "{wants}");
    for cut in (0..wants).flat_map(|count| [Cut::Before(count), Cut::After(count)]) {
        let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
        let link = issuer.offer(1);
        let ended = driver.run_cut(&mut issuer, Some(cut), |wallet, start| wallet.add(&link, few(), start));
        assert!(ended.is_none());
        driver.reopen();
        let again = driver.run(&mut issuer, |wallet, start| wallet.add(&link, few(), start));
        again.unwrap_or_else(|stopped| panic!("{cut:?}: {stopped}"));
        assert_eq!(copies(&driver), [(Format::Mdoc, 1), (Format::SdJwt, 1)], "{cut:?}");
        // Nobody was issued a copy twice, and no copy is missing (design D10).
        assert_eq!(issuer.issued.values().copied().collect::<Vec<_>>(), [1, 1], "{cut:?}");
    }
}

#[test]
fn a_network_that_falls_silent_loses_nothing() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    // The answer of the credential endpoint is lost, once.
    let mut lost = false;
    let mut web = |request: &mapae_types::http::HttpRequest| -> Option<HttpResponse> {
        let response = issuer.answer(request);
        let is_lost = request.url.ends_with("/credential") && !std::mem::replace(&mut lost, true);
        response.filter(|_| !is_lost)
    };
    let stopped = driver.run(&mut web, |wallet, start| wallet.add(&link, options(), start)).unwrap_err();
    assert!(matches!(stopped, Stopped::Silent { host } if host == "issuer.example"));
    let card = driver.wallet.cards(driver.now)[0].id.clone();
    assert_eq!(driver.wallet.cards(driver.now)[0].state, CardState::Unfinished);

    go_on(&mut driver, &mut issuer, &card).unwrap();
    assert_eq!(copies(&driver), all_there());
    assert!(issuer.issued.values().all(|times| *times == 1));
}

#[test]
fn without_a_network_an_offer_leaves_no_trace() {
    let mut driver = Driver::new();
    let link = Issuer::new().offer(1);
    let stopped = driver.run(&mut Nobody, |wallet, start| wallet.add(&link, options(), start)).unwrap_err();
    assert!(matches!(stopped, Stopped::Silent { .. }));
    assert!(driver.records.is_empty() && driver.keys.is_empty());
}

#[test]
fn a_code_of_another_form_spends_no_try_and_leaves_no_trace() {
    for typed in [None, Some("12".to_owned())] {
        let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
        let link = issuer.offer(1);
        let options = AddOptions { tx_code: typed, copies: COPIES };
        let stopped = driver.run(&mut issuer, |wallet, start| wallet.add(&link, options, start)).unwrap_err();
        assert!(matches!(stopped, Stopped::Issuance(WalletError::User(_))), "{stopped}");
        assert_eq!(issuer.tries_left, 3);
        assert!(driver.records.is_empty() && driver.keys.is_empty());
    }
}

#[test]
fn a_wrong_code_may_be_typed_again_until_the_offer_is_void() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let wrong = || AddOptions { tx_code: Some("000000".to_owned()), copies: COPIES };
    let tries = |stopped| match stopped {
        Stopped::Issuance(WalletError::User(UserFault::TxCodeWrong { tries_left })) => tries_left,
        other => panic!("{other}"),
    };
    for left in [2, 1] {
        let stopped = driver.run(&mut issuer, |wallet, start| wallet.add(&link, wrong(), start)).unwrap_err();
        assert_eq!(tries(stopped), Some(left));
        assert_eq!(driver.records.len(), 1, "the card waits for the right code");
    }
    let stopped = driver.run(&mut issuer, |wallet, start| wallet.add(&link, wrong(), start)).unwrap_err();
    assert_eq!(tries(stopped), Some(0));
    assert!(driver.records.is_empty() && driver.keys.is_empty(), "an offer that is void leaves no trace");
    assert!(driver.wallet.cards(driver.now).is_empty());
}

#[test]
fn the_right_code_after_a_wrong_one_is_taken() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let wrong = AddOptions { tx_code: Some("000000".to_owned()), copies: COPIES };
    driver.run(&mut issuer, |wallet, start| wallet.add(&link, wrong, start)).unwrap_err();
    add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(copies(&driver), all_there());
}

#[test]
fn copies_that_are_deferred_come_when_asked_for_again() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::with(|issuer| issuer.not_ready = 2));
    let link = issuer.offer(1);
    let added = add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(added.later, Some(driver.now + Duration::seconds(5)));
    assert!(matches!(driver.wallet.cards(driver.now)[0].state, CardState::Deferred { .. }));

    // Too early: the issuer is not asked.
    driver.reopen();
    let asked = issuer.seen.len();
    assert_eq!(go_on(&mut driver, &mut issuer, &added.card).unwrap().later, added.later);
    assert!(!issuer.seen[asked..].iter().any(|path| path.ends_with("/deferred")));

    driver.now = driver.now + Duration::seconds(6);
    issuer.now = driver.now;
    assert_eq!(go_on(&mut driver, &mut issuer, &added.card).unwrap().later, None);
    assert_eq!(copies(&driver), all_there());
}

#[test]
fn a_token_that_ran_out_while_copies_were_made_is_refreshed() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::with(|issuer| issuer.not_ready = 2));
    let link = issuer.offer(1);
    let added = add(&mut driver, &mut issuer, &link).unwrap();
    driver.now = driver.now + Duration::hours(2);
    issuer.now = driver.now;
    go_on(&mut driver, &mut issuer, &added.card).unwrap();
    assert_eq!(issuer.seen.iter().filter(|path| *path == "/kr/token").count(), 2 * 2, "each with a retry for a nonce");
    assert_eq!(copies(&driver), all_there());
}

#[test]
fn a_stale_nonce_is_replaced_and_the_keys_stay() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::with(|issuer| issuer.stale_nonces = 2));
    let link = issuer.offer(1);
    add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(driver.keys.len(), 1 + 2 * COPIES);

    let (mut driver, mut issuer) = (Driver::new(), Issuer::with(|issuer| issuer.stale_nonces = 9));
    let stopped = add(&mut driver, &mut issuer, &link).unwrap_err();
    assert!(matches!(stopped, Stopped::NoncesRefused));
    assert_eq!(issuer.stale_nonces, 6, "three tries, and no more");
}

#[test]
fn a_refill_brings_copies_for_new_keys_and_the_old_ones_go() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let card = add(&mut driver, &mut issuer, &link).unwrap().card;
    let before: Vec<_> = driver.keys.keys().cloned().collect();
    driver.reopen();
    driver.run(&mut issuer, |wallet, start| wallet.refill(&card, 5, start)).unwrap();
    assert_eq!(copies(&driver), [(Format::Mdoc, 5), (Format::SdJwt, 5)]);
    assert_eq!(driver.keys.len(), 1 + 2 * 5);
    let stayed = before.iter().filter(|handle| driver.keys.contains_key(handle)).count();
    assert_eq!(stayed, 1, "the key to which tokens are bound");
    check_keys(&driver);
}

#[test]
fn a_refill_that_was_cut_off_keeps_the_old_copies_and_goes_on_with_its_keys() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let card = add(&mut driver, &mut issuer, &link).unwrap().card;
    let started = driver.wants.len();
    let sends = |want: &Want| matches!(want, Want::Send(request) if request.url.ends_with("/credential"));
    for count in 0.. {
        let cut = Some(Cut::After(count));
        assert!(driver.run_cut(&mut issuer, cut, |wallet, start| wallet.refill(&card, 5, start)).is_none());
        if driver.wants[started..].iter().any(sends) {
            break;
        }
        driver.reopen();
    }
    driver.reopen();
    assert!(driver.wallet.cards(driver.now)[0].copies.iter().any(|copies| copies.total == COPIES));
    driver.run(&mut issuer, |wallet, start| wallet.refill(&card, 5, start)).unwrap();
    assert_eq!(copies(&driver), [(Format::Mdoc, 5), (Format::SdJwt, 5)]);
    assert!(issuer.issued.values().all(|times| *times == 1));
}

#[test]
fn a_device_that_does_not_sign_stops_the_errand_and_loses_nothing() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    driver.refuses = |want| matches!(want, Want::Sign(_));
    let stopped = add(&mut driver, &mut issuer, &link).unwrap_err();
    assert!(matches!(stopped, Stopped::DeviceRefused));
    assert!(!issuer.seen.iter().any(|path| path == "/kr/token"));
    driver.refuses = |_| false;
    add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(copies(&driver), all_there());
}

#[test]
fn a_code_that_was_redeemed_is_not_needed_again() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    driver.refuses = |want| matches!(want, Want::MakeKeys(COPIES));
    assert!(matches!(add(&mut driver, &mut issuer, &link).unwrap_err(), Stopped::DeviceRefused));
    let card = driver.wallet.cards(driver.now)[0].id.clone();
    driver.reopen();
    driver.refuses = |_| false;
    issuer.tries_left = 0;
    go_on(&mut driver, &mut issuer, &card).unwrap();
    assert_eq!(copies(&driver), all_there());
}

#[test]
fn a_device_that_makes_no_keys_begins_no_card() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    driver.refuses = |want| matches!(want, Want::MakeKeys(_));
    assert!(matches!(add(&mut driver, &mut issuer, &link).unwrap_err(), Stopped::DeviceRefused));
    assert!(driver.records.is_empty() && driver.wallet.cards(driver.now).is_empty());
}

#[test]
fn what_was_not_written_is_not_acted_on() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    driver.refuses = |want| matches!(want, Want::Write(_));
    assert!(matches!(add(&mut driver, &mut issuer, &link).unwrap_err(), Stopped::NotWritten));
    assert!(driver.wallet.cards(driver.now).is_empty());
    assert!(!issuer.seen.iter().any(|path| path == "/kr/token"));

    // The card is there, its keys for copies are not: the issuer is not asked for any.
    driver.refuses = |want| matches!(want, Want::Write(changes) if writes_batches(changes));
    assert!(matches!(add(&mut driver, &mut issuer, &link).unwrap_err(), Stopped::NotWritten));
    assert!(!issuer.seen.iter().any(|path| path == "/kr/credential"));
    assert!(driver.wallet.cards(driver.now)[0].copies.is_empty());

    driver.refuses = |_| false;
    let before = driver.wants.len();
    add(&mut driver, &mut issuer, &link).unwrap();
    let first = |is: fn(&Want) -> bool| driver.wants[before..].iter().position(is).unwrap();
    let written = first(|want| matches!(want, Want::Write(changes) if writes_batches(changes)));
    let asked = first(|want| matches!(want, Want::Send(request) if request.url.ends_with("/credential")));
    assert!(written < asked, "what was not kept is kept before it is relied on");
    assert_eq!(copies(&driver), all_there());
}

fn writes_batches(changes: &[Change]) -> bool {
    changes.iter().any(|change| match change {
        Change::Put(_, content) => String::from_utf8_lossy(content).contains("asked_at"),
        _ => false,
    })
}

/// Everything that another party acts on was written before: the keys of a request are in a record by then.
#[test]
fn keys_are_on_record_before_the_issuer_hears_of_them() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    add(&mut driver, &mut issuer, &link).unwrap();
    let mut written = String::new();
    for want in &driver.wants {
        match want {
            Want::Write(changes) => changes.iter().for_each(|change| {
                if let Change::Put(_, content) = change {
                    written.push_str(&String::from_utf8_lossy(content));
                }
            }),
            Want::Sign(messages) => {
                assert!(messages.iter().all(|one| written.contains(&format!("\"{}\"", one.key))));
            }
            Want::MakeKeys(_) | Want::Send(_) => {}
        }
    }
}

#[test]
fn a_batch_of_proofs_is_signed_at_once() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    add(&mut driver, &mut issuer, &link).unwrap();
    let most = driver
        .wants
        .iter()
        .filter_map(|want| if let Want::Sign(messages) = want { Some(messages.len()) } else { None });
    // Its proofs, and the one of the device.
    assert_eq!(most.max(), Some(COPIES + 1));
}

#[test]
fn a_wallet_provider_attests_the_wallet_and_its_keys() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::with(|issuer| issuer.attested = true));
    let link = issuer.offer(1);
    let stopped = add(&mut driver, &mut issuer, &link).unwrap_err();
    assert!(matches!(stopped, Stopped::Issuance(_)), "without a provider: {stopped}");

    driver.wallet.attested_by(Some(provider::URL.to_owned()));
    add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(copies(&driver), all_there());
    assert!(driver.records.contains_key("instance"));
    check_keys(&driver);

    // Another offer, another key for the attestation, and the same instance.
    driver.reopen();
    driver.wallet.attested_by(Some(provider::URL.to_owned()));
    let before = driver.records["instance"].clone();
    let link = issuer.offer(2);
    add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(driver.records["instance"], before);
}

#[test]
fn copies_that_hold_by_the_bundle_are_said_to() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    driver.wallet.rely_on(Some(issuer.world.store()));
    let link = issuer.offer(1);
    add(&mut driver, &mut issuer, &link).unwrap();
    let card = &driver.wallet.cards(driver.now)[0];
    assert!(card.copies.iter().all(|copies| copies.verdict == Some(Verdict::Held)));
    assert_eq!(issuer.notified, ["resident-mdoc credential_accepted", "resident-sd-jwt credential_accepted"]);
}

#[test]
fn copies_of_a_forger_are_kept_from_use_and_the_issuer_hears_of_it() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    driver.wallet.rely_on(Some(issuer.world.store()));
    issuer.forger = Some(World::of(9, "KR"));
    let link = issuer.offer(1);
    let stopped = add(&mut driver, &mut issuer, &link).unwrap_err();
    assert!(
        matches!(&stopped, Stopped::CopiesRefused { configuration, .. } if configuration == "resident-mdoc"),
        "{stopped}"
    );
    assert_eq!(issuer.notified, ["resident-mdoc credential_failure", "resident-sd-jwt credential_failure"]);
    let card = driver.wallet.cards(driver.now).remove(0);
    assert!(matches!(card.state, CardState::Refused { .. }));
    // Nothing of it is shown as if it were true.
    assert!(card.holder.is_none() && card.portrait.is_none());
    assert!(driver.wallet.card(&card.id, driver.now).unwrap().facts.is_empty());
}

#[test]
fn metadata_are_believed_by_the_roots_that_the_wallet_has() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    driver.wallet.rely_on_issuers(vec![World::of(9, "KR").pki.root.clone()]);
    assert!(matches!(add(&mut driver, &mut issuer, &link).unwrap_err(), Stopped::Issuance(_)));
    assert!(driver.records.is_empty());
    driver.wallet.rely_on_issuers(vec![issuer.world.pki.root.clone()]);
    add(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(copies(&driver), all_there());
}

#[test]
fn a_card_that_is_deleted_takes_its_keys_along() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let card = add(&mut driver, &mut issuer, &link).unwrap().card;
    driver.refuses = |want| matches!(want, Want::Write(_));
    let stopped = driver.run(&mut Nobody, |wallet, start| wallet.delete_card(&card, start)).unwrap_err();
    assert!(matches!(stopped, Stopped::NotWritten));
    assert_eq!(driver.wallet.cards(driver.now).len(), 1, "what is kept is there");

    driver.refuses = |_| false;
    driver.run(&mut Nobody, |wallet, start| wallet.delete_card(&card, start)).unwrap();
    assert!(driver.records.is_empty() && driver.keys.is_empty());
    let again = driver.run(&mut Nobody, |wallet, start| wallet.delete_card(&card, start));
    assert!(matches!(again, Err(Stopped::CardUnknown)));
}

#[test]
fn a_card_deleted_in_the_middle_of_an_errand_stays_away() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let wallet: Wallet = driver.wallet.clone();
    let mut web = |request: &mapae_types::http::HttpRequest| {
        if request.url.ends_with("/credential") {
            let card = wallet.cards(testkit::now()).remove(0).id;
            let mut task = wallet.delete_card(&card, &mapae_wallet::Start { now: testkit::now(), seed: [1; 32] });
            while let mapae_wallet::Step::Want(_) = task.step(testkit::now()) {
                task.reply(mapae_wallet::Reply::Written);
            }
        }
        issuer.answer(request)
    };
    let stopped = driver.run(&mut web, |wallet, start| wallet.add(&link, options(), start)).unwrap_err();
    assert!(matches!(stopped, Stopped::CardUnknown), "{stopped}");
    assert!(driver.wallet.cards(driver.now).is_empty());
}
