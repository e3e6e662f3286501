//! How a wallet provider is set up.

use mapae_http::{
    Log, ProbeTimes, Proxies, Rate,
    settings::{Declare, Note, Settings, SettingsError},
};
use mapae_oid4vci::IssuerUrl;
use mapae_types::Duration;

/// Everything that an operator decides, as it stands in `wallet-provider.toml`.
#[derive(Debug, Clone)]
pub struct WalletProviderConfig {
    /// `iss` of attestations, and what its own URLs begin with.
    pub base_url: String,
    /// `sub` of client attestations: the `client_id` of every wallet.
    pub client_id: String,
    /// `wallet_name`.
    pub wallet_name: String,
    /// `wallet_link`.
    pub wallet_link: Option<String>,
    /// How long a nonce is good.
    pub nonce_lifetime: Duration,
    /// How long an attestation of a wallet is good.
    pub client_lifetime: Duration,
    /// How long an attestation of keys is good.
    pub key_lifetime: Duration,
    /// Keys in one attestation.
    pub max_keys: usize,
    /// What one client address may do.
    pub rate: Rate,
    /// Proxies that say who the client is.
    pub proxies: Proxies,
    /// What is logged.
    pub log: Log,
    /// When health is tried.
    pub health: ProbeTimes,
}

impl Settings for WalletProviderConfig {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let (base_url, client_id) = names(declare)?;
        let name = Note::new("The wallet's name, as issuers may show it.");
        let link = Note::new("Where people read more about the wallet.");
        let rate = Note::new("How often one client address may ask.")
            .danger("Every new instance is a row in the store: without a bound somebody fills the disk.");
        let keys = Note::new("Keys that one attestation names at most.").cost("A signature is checked for each.");
        Ok(Self {
            base_url,
            client_id,
            wallet_name: declare.required("wallet_name", "Mapae Sample Wallet".to_owned(), name)?,
            wallet_link: declare.optional("wallet_link", "https://wallet.example/about".to_owned(), link)?,
            nonce_lifetime: Duration::seconds(nonce_seconds(declare)?),
            client_lifetime: Duration::seconds(60 * client_minutes(declare)?),
            key_lifetime: Duration::hours(key_hours(declare)?),
            max_keys: declare.number("max_keys", 64, 1..=256, keys)?,
            rate: declare.parsed("rate", "10/s burst 60", rate)?,
            proxies: Proxies::declare(declare)?,
            log: declare.section("log", Note::new("What the operator reads."))?,
            health: declare.section("health", Note::new("When it is tried whether all goes well."))?,
        })
    }
}

fn names(declare: &mut Declare) -> Result<(String, String), SettingsError> {
    let base_url = Note::new("What the service's URLs begin with, without a slash at the end; `iss` of attestations.")
        .danger("Wallets sign it: behind a proxy it is the proxy's name.");
    let base_url: String = declare.required("base_url", "https://wallet.example".to_owned(), base_url)?;
    if IssuerUrl::parse(&base_url).is_err() || base_url.ends_with('/') {
        return Err(declare.unfit("base_url", "https://…, or http:// and a loopback address"));
    }
    let client_id = Note::new("`client_id` of every wallet, the same for all (OpenID4VCI 14.4.4).")
        .danger("Codes and refresh tokens are bound to it: who changes it ends them.");
    Ok((base_url, declare.required("client_id", "https://wallet.example/app".to_owned(), client_id)?))
}

fn nonce_seconds(declare: &mut Declare) -> Result<i64, SettingsError> {
    let note = Note::new("Seconds in which a nonce must come back.");
    declare.number("nonce_seconds", 300, 30..=3600, note)
}

fn client_minutes(declare: &mut Declare) -> Result<i64, SettingsError> {
    let note = Note::new("Minutes that an attestation of a wallet lasts.")
        .cost("Wallets ask again for each issuance after that.")
        .danger("So long a blocked wallet still passes: attestations are not revoked one by one.");
    declare.number("client_minutes", 60, 1..=1440, note)
}

fn key_hours(declare: &mut Declare) -> Result<i64, SettingsError> {
    let note = Note::new("Hours that an attestation of keys lasts.")
        .danger("So long keys of a blocked wallet still pass, where an issuer asks for no nonce.");
    declare.number("key_hours", 1, 1..=168, note)
}
