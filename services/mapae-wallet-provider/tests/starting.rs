//! What a provider refuses to begin with.

use mapae_http::settings;
use mapae_types::Duration;
use mapae_wallet_provider::{Attester, ServeError, WalletProviderConfig};
use mapae_x509::X509Error;
use testkit::{Pki, now};

use crate::scene::{key, signer};

#[test]
fn the_signer_is_one_of_attestations_below_the_root() {
    let pki = Pki::new(3, "KR");
    let (attester, chain) = signer(&pki, 30);
    assert!(Attester::new(attester.clone(), &chain, &pki.root, now()).is_ok());
    let other = Pki::new(4, "KR");
    let refused = Attester::new(attester, &chain, &other.root, now()).unwrap_err();
    assert!(matches!(refused, ServeError::Chain(_)), "{refused}");
    let document = mapae_hsm::Signer::software(pki.document.key);
    let refused = Attester::new(document, &[pki.document.certificate], &pki.root, now()).unwrap_err();
    assert!(matches!(refused, ServeError::Chain(X509Error::PurposeForbids { .. })), "{refused}");
}

#[test]
fn the_certificate_is_the_keys_and_in_force() {
    let pki = Pki::new(3, "KR");
    let (attester, chain) = signer(&pki, 30);
    let other = mapae_hsm::Signer::software(key(99));
    let refused = Attester::new(other, &chain, &pki.root, now()).unwrap_err();
    assert!(matches!(refused, ServeError::KeyDiffers), "{refused}");
    let late = Attester::new(attester, &chain, &pki.root, now() + Duration::days(31)).unwrap_err();
    assert!(matches!(late, ServeError::Chain(X509Error::Expired { .. })), "{late}");
}

#[test]
fn settings_name_the_provider_and_say_what_they_cost() {
    let template = settings::template::<WalletProviderConfig>("wallet_name = \"Sample\"").unwrap();
    assert!(template.contains("wallet_name = \"Sample\"") && template.contains("# Danger:"), "{template}");
    assert!(settings::parse::<WalletProviderConfig>(&template).is_ok());
    let without = |key: &str| template.lines().filter(|line| !line.starts_with(key)).collect::<Vec<_>>().join("\n");
    for required in ["base_url", "client_id", "wallet_name"] {
        assert!(settings::parse::<WalletProviderConfig>(&without(required)).is_err(), "{required}");
    }
    for url in ["http://wallet.example", "https://wallet.example/", "wallet.example"] {
        let unfit = template.replace("base_url = \"https://wallet.example\"", &format!("base_url = \"{url}\""));
        assert!(settings::parse::<WalletProviderConfig>(&unfit).is_err(), "{url}");
    }
}
