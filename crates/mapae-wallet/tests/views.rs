//! What a holder sees of the cards.

use mapae_types::Duration;
use mapae_wallet::{CardState, CardView, CardWarning, Format, ProposalWarning, Stamp, Stopped, Wallet};
use serde_json::json;

use crate::{
    adding::{add, options},
    driver::{Cut, Driver},
    issuer::Issuer,
};

fn with_card(issuer: &mut Issuer) -> Driver {
    let mut driver = Driver::new();
    let link = issuer.offer(1);
    add(&mut driver, issuer, &link).unwrap();
    driver
}

fn only(driver: &Driver) -> CardView {
    let mut cards = driver.wallet.cards(driver.now);
    assert_eq!(cards.len(), 1);
    cards.remove(0)
}

#[test]
fn a_card_looks_like_the_document() {
    let card = only(&with_card(&mut Issuer::new()));
    assert_eq!(card.document, "resident");
    assert_eq!((card.title.ko.as_str(), card.title.en.as_str()), ("모바일 주민등록증", "Mobile resident card"));
    assert_eq!(card.authority.as_ref().map(|authority| authority.ko.as_str()), Some("행정안전부"));
    assert_eq!(card.issuer.as_deref(), Some("https://issuer.example/kr"));
    assert_eq!(card.portrait.as_ref().map(|image| image.media_type), Some("image/jpeg"));
    assert_eq!(card.issued_on.as_deref(), Some("2026-11-21"));
    assert_eq!(card.expires_on.as_deref(), Some("2029-11-21"));
    let holder = card.holder.unwrap();
    assert!(holder.family.is_some() && holder.given.is_some());
    assert!(holder.family_hangul.is_some() && holder.given_hangul.is_some());
    assert!(card.refillable);
    assert_eq!(card.warnings, []);
}

#[test]
fn facts_are_in_the_catalogues_words_and_numbers_are_marked() {
    let driver = with_card(&mut Issuer::new());
    let card = driver.wallet.card(&only(&driver).id, driver.now).unwrap();
    let find = |id: &str| card.facts.iter().find(|fact| fact.id == id).unwrap();
    let birth_date = find("birth_date");
    assert_eq!(birth_date.label.ko, "생년월일");
    assert_eq!(birth_date.value.as_str().unwrap().len(), "2000-01-01".len());
    assert!(find("resident_registration_number").sensitive && !birth_date.sensitive);
    assert!(find("portrait").image.is_some() && find("portrait").value.is_null());
    // What is about the copy alone is no fact of the holder's.
    assert!(!card.facts.iter().any(|fact| ["cnf", "status", "exp", "vct"].contains(&fact.id.as_str())));
}

#[test]
fn a_wallet_without_a_catalogue_calls_things_by_their_own_names() {
    let driver = with_card(&mut Issuer::new());
    let bare = Wallet::open(driver.records.clone()).unwrap();
    let card = bare.cards(driver.now).remove(0);
    assert_eq!((card.document.as_str(), card.title.ko.as_str()), ("resident", "증"), "the issuer's word for it");
    let facts = bare.card(&card.id, driver.now).unwrap().facts;
    assert!(facts.iter().any(|fact| fact.id == "birthdate" && fact.label.ko == "birthdate"));
}

#[test]
fn a_view_shows_no_key_no_token_and_no_code() {
    let driver = with_card(&mut Issuer::new());
    let card = driver.wallet.card(&only(&driver).id, driver.now).unwrap();
    let text = serde_json::to_string(&card).unwrap();
    for secret in ["access-", "refresh-", "code-1", "key-", "credential_offer"] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(text.contains("\"facts\"") && text.contains("\"family_hangul\""));
}

#[test]
fn nothing_personal_is_printed() {
    let driver = with_card(&mut Issuer::new());
    let name = only(&driver).holder.unwrap().family_hangul.unwrap();
    assert!(!format!("{:?}", driver.wants).contains(&name));
    let text = format!("{:?}", driver.written());
    assert!(!text.contains("credential") && text.contains("Put(card."));
}

#[test]
fn an_unfinished_card_has_the_documents_name_and_says_so() {
    let (mut driver, mut issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    for count in 0.. {
        let cut = Some(Cut::After(count));
        assert!(driver.run_cut(&mut issuer, cut, |wallet, start| wallet.add(&link, options(), start)).is_none());
        if !driver.wallet.cards(driver.now).is_empty() {
            break;
        }
        driver.reopen();
    }
    driver.reopen();
    let card = only(&driver);
    assert_eq!((card.document.as_str(), card.title.en.as_str()), ("resident", "Mobile resident card"));
    assert_eq!((card.state, card.warnings), (CardState::Unfinished, vec![CardWarning::Unfinished]));
    assert!(card.holder.is_none() && card.copies.is_empty() && !card.refillable);
}

#[test]
fn a_refill_is_due_from_the_middle_of_a_copys_life() {
    let mut driver = with_card(&mut Issuer::new());
    // Signed ten days ago, usable for 300 more.
    driver.now = testkit::now().start_of_day() + Duration::days(144);
    assert_eq!(only(&driver).warnings, []);
    driver.now = driver.now + Duration::days(2);
    assert_eq!(only(&driver).warnings, [CardWarning::RefillDue]);
}

#[test]
fn the_newest_card_comes_first() {
    let mut issuer = Issuer::new();
    let mut driver = with_card(&mut issuer);
    issuer.documents = vec!["licence"];
    driver.now = driver.now + Duration::seconds(30);
    issuer.now = driver.now;
    let link = issuer.offer(2);
    add(&mut driver, &mut issuer, &link).unwrap();
    let documents: Vec<String> = driver.wallet.cards(driver.now).into_iter().map(|card| card.document).collect();
    assert_eq!(documents, ["licence", "resident"]);
}

#[test]
fn an_error_names_no_code_of_the_offer() {
    let (mut driver, issuer) = (Driver::new(), Issuer::new());
    let link = issuer.offer(1);
    let mut silent = |_: &mapae_types::http::HttpRequest| None;
    let stopped = driver.run(&mut silent, |wallet, start| wallet.add(&link, options(), start)).unwrap_err();
    assert!(matches!(stopped, Stopped::Silent { .. }));
    assert!(!format!("{stopped} {stopped:?}").contains("code-1"));
}

#[test]
fn cases_are_told_by_their_names() {
    let soon = CardWarning::ExpiresSoon { days: 7 };
    let few = CardWarning::FewCopies { format: Format::SdJwt, fresh: 1 };
    let warnings = [CardWarning::Revoked, CardWarning::Expired, soon, CardWarning::RefillDue, few];
    let told = json!([
        { "code": "revoked" },
        { "code": "expired" },
        { "code": "expires_soon", "days": 7 },
        { "code": "refill_due" },
        { "code": "few_copies", "format": "sd-jwt", "fresh": 1 },
    ]);
    assert_eq!(json!(warnings), told);
    let deferred = CardState::Deferred { not_before: Stamp("2026-11-21T09:00:00Z".parse().unwrap()) };
    let refused = CardState::Refused { code: "signature_invalid".to_owned() };
    let told = json!([
        { "is": "held" },
        { "is": "unfinished" },
        { "is": "signing_in" },
        { "is": "deferred", "not_before": "2026-11-21T09:00:00Z" },
        { "is": "refused", "code": "signature_invalid" },
        { "is": "other_person" },
    ]);
    let plain = (CardState::Held, CardState::Unfinished, CardState::SigningIn);
    assert_eq!(json!([plain.0, plain.1, plain.2, deferred, refused, CardState::OtherPerson]), told);
    let old = ProposalWarning::TrustOld { as_of: Stamp("2026-11-21T09:00:00Z".parse().unwrap()) };
    assert_eq!(json!(old), json!({ "code": "trust_old", "as_of": "2026-11-21T09:00:00Z" }));
    assert_eq!(json!(ProposalWarning::CopyReused), json!({ "code": "copy_reused" }));
}
