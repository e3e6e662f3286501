//! Offers for which a person signs in at the issuer.

use mapae_oid4vci::wallet::{UserFault, WalletError};
use mapae_wallet::{CardState, SignInAt, Stopped};

use crate::{
    driver::Driver,
    issuer::{Issuer, REDIRECT},
    provider,
};

fn scene() -> (Driver, Issuer, String) {
    let (driver, issuer) = (Driver::new(), Issuer::with(|issuer| issuer.attested = true));
    driver.wallet.attested_by(Some(provider::URL.to_owned()));
    let link = issuer.offer_to_sign_in();
    (driver, issuer, link)
}

fn sign_in(driver: &mut Driver, issuer: &mut Issuer, link: &str) -> Result<SignInAt, Stopped> {
    driver.run(issuer, |wallet, start| wallet.sign_in(link, REDIRECT, 3, start))
}

#[test]
fn a_person_signs_in_and_the_browser_brings_the_card() {
    let (mut driver, mut issuer, link) = scene();
    let view = driver.run(&mut issuer, |wallet, start| wallet.read_offer(&link, start)).unwrap();
    assert!(view.sign_in && view.tx_code.is_none());
    let at = sign_in(&mut driver, &mut issuer, &link).unwrap();
    assert!(at.url.starts_with("https://issuer.example/kr/authorize?client_id="));
    assert_eq!(driver.wallet.cards(driver.now)[0].state, CardState::SigningIn);

    // The page was left for the browser's; the wallet is opened anew.
    driver.reopen();
    let address = issuer.signed_in();
    let added = driver.run(&mut issuer, |wallet, start| wallet.signed_in(&address, start)).unwrap();
    assert_eq!((added.card, added.later), (at.card, None));
    assert_eq!(driver.wallet.cards(driver.now)[0].state, CardState::Held);
    assert!(!driver.records.values().any(|record| String::from_utf8_lossy(record).contains("sign_in")), "it is over");
}

#[test]
fn a_redirect_that_answers_another_request_is_not_followed() {
    let (mut driver, mut issuer, link) = scene();
    sign_in(&mut driver, &mut issuer, &link).unwrap();
    let asked = issuer.seen.len();
    for address in [
        issuer.signed_in().replace(&issuer.state, "another"),
        issuer.signed_in().replace("issuer.example", "other.example"),
    ] {
        let stopped = driver.run(&mut issuer, |wallet, start| wallet.signed_in(&address, start)).unwrap_err();
        assert!(matches!(stopped, Stopped::Issuance(WalletError::Issuer(_))), "{stopped}");
    }
    assert!(!issuer.seen[asked..].iter().any(|path| path == "/kr/token"));
    assert_eq!(driver.wallet.cards(driver.now)[0].state, CardState::SigningIn);
}

#[test]
fn who_declines_may_sign_in_another_time() {
    let (mut driver, mut issuer, link) = scene();
    let first = sign_in(&mut driver, &mut issuer, &link).unwrap();
    let address = issuer.signed_in().replace("code=code", "error=access_denied");
    let stopped = driver.run(&mut issuer, |wallet, start| wallet.signed_in(&address, start)).unwrap_err();
    assert!(matches!(stopped, Stopped::Issuance(WalletError::User(UserFault::Declined))));
    assert_eq!(driver.wallet.cards(driver.now)[0].state, CardState::Unfinished);

    let again = sign_in(&mut driver, &mut issuer, &link).unwrap();
    assert_eq!(again.card, first.card);
    let address = issuer.signed_in();
    driver.run(&mut issuer, |wallet, start| wallet.signed_in(&address, start)).unwrap();
}

#[test]
fn an_offer_with_a_code_is_no_offer_to_sign_in_and_the_other_way_round() {
    let (mut driver, mut issuer, link) = scene();
    let stopped = driver.run(&mut issuer, |wallet, start| wallet.add(&link, crate::adding::options(), start));
    assert!(matches!(stopped, Err(Stopped::SignInNeeded)));
    assert!(driver.records.is_empty());
    let link = issuer.offer(1);
    assert!(sign_in(&mut driver, &mut issuer, &link).is_err());
    assert!(driver.records.is_empty());
}
