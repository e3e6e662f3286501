//! Registrars, relying parties, their readers, wallet providers.

use mapae_trust::Registration;
use mapae_trust::ledger::{Change, Fingerprint, Kind, ReaderDevice, RuleError, Statement, WalletProvider};
use mapae_types::RelyingPartyId;
use mapae_x509::{Certificate, X509Error};
use testkit::Pki;

use super::code;
use super::scene::{ONE, Scene, names, reader, shop};

fn id(text: &str) -> RelyingPartyId {
    text.parse().unwrap()
}

fn gone(text: &str) -> Statement {
    Statement::RelyingParty(Change::Withdraw(id(text)))
}

fn device(party: &str, certificate: Certificate) -> Statement {
    Statement::Reader(Change::Enter(ReaderDevice { relying_party: id(party), certificate }))
}

fn device_gone(certificate: &Certificate) -> Statement {
    Statement::Reader(Change::Withdraw(certificate.into()))
}

fn registrar_gone(root: Fingerprint) -> Statement {
    Statement::Registrar(Change::Withdraw(root))
}

fn provider(id: &str, seed: u64) -> WalletProvider {
    let root = Pki::new(seed, "KR").root;
    WalletProvider { id: id.parse().unwrap(), names: names("Wallet"), root }
}

/// A ledger with one shop and one of its readers.
fn with_shop() -> (Scene, Certificate) {
    let mut scene = Scene::with_registrar();
    scene.enter(&scene.shop("shop", 1), ONE);
    let certificate = scene.access(2);
    scene.enter(&device("shop", certificate.clone()), ONE);
    (scene, certificate)
}

#[test]
fn a_relying_party_registers_below_a_registrar() {
    let mut scene = Scene::with_registrar();
    let foreign =
        Statement::RelyingParty(Change::Enter(Box::new(shop("shop", reader(&Pki::new(5, "KR"), 1).certificate))));
    assert_eq!(scene.code(&foreign, ONE), "certificate");
    scene.enter(&scene.shop("shop", 1), ONE);
    let ids: Vec<&RelyingPartyId> = scene.state.registrations().map(Registration::id).collect();
    assert_eq!(ids, [&id("shop")]);
}

#[test]
fn an_access_certificate_keeps_the_readers_profile() {
    let scene = Scene::with_registrar();
    let signer = shop("shop", scene.registrar.document.certificate.clone());
    let refused = scene.refusal(&Statement::RelyingParty(Change::Enter(Box::new(signer))), ONE);
    assert!(matches!(refused, RuleError::Certificate(X509Error::PurposeForbids { .. })), "{refused}");
}

#[test]
fn a_registration_that_changes_keeps_its_readers() {
    let (mut scene, certificate) = with_shop();
    scene.enter(&scene.shop("shop", 3), ONE);
    let party = &scene.state.relying_parties()[&id("shop")];
    assert_eq!(party.registration.certificate().public_key(), scene.access(3).public_key());
    assert!(party.readers.contains_key(&Fingerprint::from(&certificate)));
}

#[test]
fn a_certificate_stands_for_one_relying_party() {
    let (scene, certificate) = with_shop();
    let party = &scene.state.relying_parties()[&id("shop")];
    let access = party.registration.certificate().clone();
    let refused = RuleError::CertificateTaken { relying_party: id("shop") };
    for taken in [access.clone(), certificate.clone()] {
        let other = Statement::RelyingParty(Change::Enter(Box::new(shop("other", taken.clone()))));
        assert_eq!(scene.refusal(&other, ONE), refused);
        assert_eq!(scene.judge_again(&device("shop", taken)).unwrap_err(), refused);
    }
    let same = Statement::RelyingParty(Change::Enter(Box::new(shop("shop", access))));
    assert_eq!(code(scene.judge_again(&same)), "admitted", "its own access certificate it keeps");
    let reader_as_access = Statement::RelyingParty(Change::Enter(Box::new(shop("shop", certificate))));
    assert_eq!(scene.refusal(&reader_as_access, ONE), refused);
}

#[test]
fn a_certificate_that_was_given_up_is_free() {
    let (mut scene, certificate) = with_shop();
    let access = scene.state.relying_parties()[&id("shop")].registration.certificate().clone();
    scene.enter(&gone("shop"), ONE);
    for free in [access, certificate] {
        let other = Statement::RelyingParty(Change::Enter(Box::new(shop("other", free))));
        assert_eq!(scene.code(&other, ONE), "admitted");
    }
}

#[test]
fn a_relying_party_leaves_with_its_readers() {
    let (mut scene, certificate) = with_shop();
    scene.enter(&gone("shop"), ONE);
    assert_eq!(scene.state.relying_parties().len(), 0);
    assert_eq!(scene.code(&device_gone(&certificate), ONE), "not_entered");
    assert_eq!(scene.code(&gone("other"), ONE), "not_entered");
}

#[test]
fn a_reader_belongs_to_a_relying_party() {
    let (scene, _) = with_shop();
    let refused = RuleError::NotEntered { kind: Kind::RelyingParty, key: "other".into() };
    assert_eq!(scene.refusal(&device("other", scene.access(4)), ONE), refused);
    assert_eq!(scene.code(&device("shop", scene.access(4)), ONE), "admitted");
    assert_eq!(scene.code(&device("shop", reader(&Pki::new(5, "KR"), 1).certificate), ONE), "certificate");
}

#[test]
fn a_reader_is_withdrawn_alone() {
    let (mut scene, certificate) = with_shop();
    let access = scene.state.relying_parties()[&id("shop")].registration.certificate().clone();
    assert_eq!(scene.code(&device_gone(&access), ONE), "not_entered", "the access certificate is no reader's");
    scene.enter(&device_gone(&certificate), ONE);
    assert_eq!(scene.state.relying_parties()[&id("shop")].readers.len(), 0);
    assert_eq!(code(scene.judge_again(&device("shop", certificate))), "admitted");
}

#[test]
fn a_registrar_is_entered_once_and_leaves_with_all_below_it() {
    let (mut scene, certificate) = with_shop();
    assert_eq!(code(scene.judge_again(&scene.registrar())), "entered_before");
    let other = Pki::new(5, "KR");
    scene.enter(&Statement::Registrar(Change::Enter(other.root.clone())), ONE);
    scene.enter(&Statement::RelyingParty(Change::Enter(Box::new(shop("other", reader(&other, 1).certificate)))), ONE);
    scene.enter(&device("shop", reader(&other, 2).certificate), ONE);
    scene.enter(&device("other", scene.access(6)), ONE);
    scene.enter(&registrar_gone(scene.registrar.root.certificate().into()), ONE);
    let left: Vec<(String, usize)> =
        scene.state.relying_parties().iter().map(|(id, party)| (id.to_string(), party.readers.len())).collect();
    assert_eq!(left, [("other".to_owned(), 0)]);
    assert_eq!(scene.code(&device_gone(&certificate), ONE), "not_entered");
    assert_eq!(scene.state.registrars().len(), 1);
}

#[test]
fn a_registrar_that_is_not_there_is_not_withdrawn() {
    assert_eq!(Scene::founded().code(&registrar_gone(Fingerprint([1; 32])), ONE), "not_entered");
}

#[test]
fn wallet_providers_come_change_and_go() {
    let mut scene = Scene::founded();
    let enter = |seed| Statement::WalletProvider(Change::Enter(provider("wallet", seed)));
    let gone = Statement::WalletProvider(Change::Withdraw("wallet".parse().unwrap()));
    assert_eq!(scene.code(&gone, ONE), "not_entered");
    scene.enter(&enter(21), ONE);
    let (second, other) = (provider("wallet", 22), provider("other", 23));
    for change in [&second, &other] {
        scene.enter(&Statement::WalletProvider(Change::Enter(change.clone())), ONE);
    }
    let entered: Vec<&WalletProvider> = scene.state.wallet_providers().values().collect();
    assert_eq!(entered, [&other, &second]);
    scene.enter(&gone, ONE);
    assert_eq!(scene.state.wallet_providers().len(), 1);
}

#[test]
fn a_root_stands_for_one_wallet_provider() {
    let mut scene = Scene::founded();
    let enter = |provider: &WalletProvider| Statement::WalletProvider(Change::Enter(provider.clone()));
    let first = provider("first", 21);
    scene.enter(&enter(&first), ONE);
    let same_root = WalletProvider { root: first.root.clone(), ..provider("second", 22) };
    let refused = RuleError::RootTaken { wallet_provider: "first".parse().unwrap() };
    assert_eq!(scene.refusal(&enter(&same_root), ONE), refused);
    assert_eq!(scene.code(&enter(&WalletProvider { names: names("Renamed"), ..first }), ONE), "admitted");
    assert_eq!(scene.code(&enter(&provider("second", 22)), ONE), "admitted");
}
