//! How a verifier is set up: `verifier.toml`, each key with what it means, costs and endangers.

use std::{net::SocketAddr, path::PathBuf};

use mapae_http::{
    Log, ProbeTimes, Proxies, Rate, Url,
    settings::{Declare, Note, Settings, SettingsError},
};
use mapae_types::{Duration, UseClass, hex};

use crate::openid::OpenIdConfig;

/// Everything that an operator decides.
#[derive(Debug, Clone)]
pub struct VerifierConfig {
    /// What its addresses begin with, without a slash at the end.
    pub base_url: String,
    /// Where `registration.cbor`, `access.pem` and `access.key` are.
    pub relying_party: PathBuf,
    /// Where sessions are kept: `sqlite:FILE` or `postgres://…`.
    pub store: String,
    /// A file with 32 random bytes in hexadecimal.
    pub secret_file: PathBuf,
    /// On what verdicts rest.
    pub bundle: BundleConfig,
    /// Who may begin sessions.
    pub api_keys: Vec<ApiKey>,
    /// Where results are pushed to.
    pub webhook: WebhookConfig,
    /// What calls wallets.
    pub wallets: WalletLinks,
    /// How long things last.
    pub lifetimes: Lifetimes,
    /// The OpenID provider.
    pub openid: OpenIdConfig,
    /// Uses beside the built-in ones.
    pub uses: Vec<OwnUse>,
    /// Classes of use whose sessions never go by a QR code.
    pub same_device_classes: Vec<UseClass>,
    /// Hours that evidence may be old, if that is stricter than the bundle.
    pub accept_age: Option<Duration>,
    /// What one client address may do.
    pub rate: Rate,
    /// Proxies that say who the client is.
    pub proxies: Proxies,
    /// What is logged.
    pub log: Log,
    /// When health is tried.
    pub health: ProbeTimes,
    /// Where metrics are told; nowhere if there is no address.
    pub metrics_listen: Option<SocketAddr>,
}

/// On what verdicts rest.
#[derive(Debug, Clone)]
pub struct BundleConfig {
    /// A file, or an address.
    pub source: String,
    /// A file with the policy of the ledger in which bundles stand.
    pub policy: Option<PathBuf>,
    /// A file with the key that signs bundles, where there is no ledger.
    pub key: Option<PathBuf>,
    /// A file in which it is remembered which bundle was the newest.
    pub memory: PathBuf,
    /// How often it is fetched.
    pub every: Duration,
}

/// Who may begin sessions: a name, and the hash of a token.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Its name. Sessions belong to it, and no other key sees them.
    pub name: String,
    /// SHA-256 of the token.
    pub sha256: [u8; 32],
}

/// Where results are pushed to.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// The address; none: nothing is pushed.
    pub url: Option<String>,
    /// A file with the secret that signs, `whsec_…`.
    pub secret_file: Option<PathBuf>,
}

/// What calls wallets.
#[derive(Debug, Clone)]
pub struct WalletLinks {
    /// The scheme of links.
    pub scheme: String,
    /// A wallet's page, where people have one.
    pub page: Option<String>,
}

/// How long things last.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// In which a wallet may answer.
    pub session: Duration,
    /// In which the relying party may fetch the result.
    pub result: Duration,
    /// For which a result is kept once it was fetched, in case it did not arrive.
    pub delivered: Duration,
}

/// A use of the operator's own.
#[derive(Debug, Clone)]
pub struct OwnUse {
    /// Its name.
    pub name: String,
    /// Documents of the catalogue, any of which will do.
    pub documents: Vec<String>,
    /// Attributes of the catalogue, all of which are asked for.
    pub attributes: Vec<String>,
    /// The registered purpose.
    pub purpose: Option<String>,
}

impl Settings for VerifierConfig {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let accept = Note::new("Hours that evidence may be old at most, where the bundle allows more.");
        let rate = Note::new("How often one client address may ask.");
        Ok(Self {
            base_url: base_url(declare)?,
            relying_party: relying_party(declare)?,
            store: store(declare)?,
            secret_file: secret_file(declare)?,
            same_device_classes: same_device_classes(declare)?,
            accept_age: declare.optional("accept_age_hours", 24, accept)?.map(Duration::hours),
            rate: declare.parsed("rate", "50/s burst 200", rate)?,
            proxies: Proxies::declare(declare)?,
            metrics_listen: metrics_listen(declare)?,
            bundle: declare.section("bundle", Note::new("On what verdicts rest."))?,
            webhook: declare.section("webhook", Note::new("Where results are pushed to."))?,
            wallets: declare.section("wallets", Note::new("What calls wallets."))?,
            lifetimes: declare.section("lifetimes", Note::new("How long things last."))?,
            openid: declare.section("openid", Note::new("The OpenID provider: there is one where it has clients."))?,
            api_keys: declare.list("api_keys", Note::new("Who may begin sessions and fetch their results."))?,
            uses: declare.list("uses", Note::new("Uses beside the built-in ones, by which sessions are begun."))?,
            log: declare.section("log", Note::new("What the operator reads."))?,
            health: declare.section("health", Note::new("When it is tried whether all goes well."))?,
        })
    }
}

fn same_device_classes(declare: &mut Declare) -> Result<Vec<UseClass>, SettingsError> {
    let note = Note::new("Classes of use whose sessions are refused a QR code: an accomplice can relay one.")
        .danger("Without `high`, whoever photographs a QR code can have another person answer it.");
    let names: Vec<String> = declare.value("same_device_classes", vec!["high".to_owned()], note)?;
    let classes = names.iter().map(|name| name.parse());
    classes.collect::<Result<_, _>>().map_err(|_| declare.unfit("same_device_classes", "names of classes of use"))
}

fn metrics_listen(declare: &mut Declare) -> Result<Option<SocketAddr>, SettingsError> {
    let note = Note::new("Where GET /metrics (OpenMetrics) is answered, a listener of its own; none: nowhere.")
        .danger("Whoever reaches it learns how many sessions there are, and when.");
    declare.optional("metrics_listen", SocketAddr::from(([127, 0, 0, 1], 9464)), note)
}

fn base_url(declare: &mut Declare) -> Result<String, SettingsError> {
    let note = Note::new("What the service's addresses begin with, without a slash at the end.")
        .danger("Wallets send answers there: behind a proxy it is the proxy's name.");
    let url: String = declare.required("base_url", "https://verifier.library.example".to_owned(), note)?;
    if is_address(&url) && !url.ends_with('/') {
        return Ok(url);
    }
    Err(declare.unfit("base_url", "https://…, or http:// and a loopback address, without a slash at the end"))
}

fn relying_party(declare: &mut Declare) -> Result<PathBuf, SettingsError> {
    let note = Note::new("The folder that `mapae relying-party register` made: who asks, by which key, and for what.")
        .danger("Whoever reads access.key there asks in your name.");
    declare.required("relying_party", "relying-party".into(), note)
}

fn store(declare: &mut Declare) -> Result<String, SettingsError> {
    let note = Note::new("Where sessions are kept: sqlite:FILE, or postgres://… for several replicas.")
        .danger("On SQLite a lost machine ends the sessions of the last minutes.");
    declare.value("store", "sqlite:verifier.db".to_owned(), note)
}

fn secret_file(declare: &mut Declare) -> Result<PathBuf, SettingsError> {
    let note =
        Note::new("A file with 32 random bytes in hexadecimal, the same on all replicas: it seals what is stored.")
            .danger("With it and the database one reads what is not delivered yet; without it every session ends.");
    declare.value("secret_file", "verifier.secret".into(), note)
}

impl Settings for BundleConfig {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let source = Note::new("The trust bundle: a file, or an https address from which it is fetched.");
        let policy = Note::new("The policy (C2SP tlog-policy) of the ledger in which bundles stand.");
        let key = Note::new("The public key (PEM) that signs bundles, where there is no ledger; not with `policy`.");
        let memory = Note::new("A file that remembers the newest bundle, lest an older one be put in its place.")
            .danger("Deleted, an old bundle in which nobody is revoked yet is believed again.");
        let every = Note::new("Seconds from one look at the source to the next.")
            .cost("None for a bundle that is unchanged: an ETag is compared.");
        let config = Self {
            source: declare.required("source", "trust.bundle".to_owned(), source)?,
            policy: declare.optional("policy", "policy.txt".into(), policy)?,
            key: declare.optional("key", "bundle.pub".into(), key)?,
            memory: declare.value("memory", "verifier.memory".into(), memory)?,
            every: Duration::seconds(declare.number("every_seconds", 300, 1..=86_400, every)?),
        };
        match (&config.policy, &config.key, declare.is_template()) {
            (Some(_), None, _) | (None, Some(_), _) | (_, _, true) => Ok(config),
            _ => Err(declare.unfit("policy", "there, or else `key`: one of the two")),
        }
    }
}

impl Settings for ApiKey {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let name = Note::new("What the operator calls it. Sessions belong to the key that began them.");
        let hash = Note::new(
            "SHA-256, in hexadecimal, of the token: 256 random bits as any text. The token is in no file here.",
        );
        let name = declare.required("name", "web-shop".to_owned(), name)?;
        let hash: String = declare.required("sha256", hex::encode(&[0; 32]), hash)?;
        let bytes = hex::decode(&hash).and_then(|bytes| bytes.try_into().ok());
        Ok(Self { name, sha256: bytes.ok_or_else(|| declare.unfit("sha256", "64 hexadecimal digits"))? })
    }
}

impl Settings for WebhookConfig {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let url = Note::new("The address to which each result is posted, until it is taken; none: nothing is pushed.")
            .danger("Claims of people go there: https, or this machine.");
        let secret =
            Note::new("A file with the secret that signs (Standard Webhooks): `whsec_` and base64 of 24 to 64 bytes.");
        let url: Option<String> = declare.optional("url", "https://library.example/hooks/mapae".to_owned(), url)?;
        let secret_file = declare.optional("secret_file", "webhook.secret".into(), secret)?;
        if url.as_deref().is_some_and(|url| !is_address(url)) {
            return Err(declare.unfit("url", "https://…, or http:// and a loopback address"));
        }
        if url.is_some() && secret_file.is_none() {
            return Err(declare.unfit("secret_file", "there, if there is a url"));
        }
        Ok(Self { url, secret_file })
    }
}

impl Settings for WalletLinks {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let scheme = Note::new("What links and QR codes begin with.");
        let page =
            Note::new("The page of a wallet in the browser, where people have one: links on the same device go there.");
        Ok(Self {
            scheme: declare.value("scheme", "openid4vp://".to_owned(), scheme)?,
            page: declare.optional("page", "https://wallet.example/".to_owned(), page)?,
        })
    }
}

impl Settings for Lifetimes {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let session = Note::new("Seconds in which a wallet may answer.");
        let result = Note::new("Seconds in which a result may be fetched, and in which its webhook is tried again.")
            .danger("So long claims of people stay in the database, sealed, if nobody fetches them.");
        let delivered = Note::new("Seconds that a result is kept once it was fetched, in case it did not arrive.");
        Ok(Self {
            session: Duration::seconds(declare.number("session_seconds", 300, 30..=3600, session)?),
            result: Duration::seconds(declare.number("result_seconds", 3600, 30..=604_800, result)?),
            delivered: Duration::seconds(declare.number("delivered_seconds", 60, 0..=3600, delivered)?),
        })
    }
}

impl Settings for OwnUse {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let name = Note::new("By which `POST /sessions` asks for it.");
        let documents = Note::new("Documents of the catalogue, any of which will do.");
        let attributes = Note::new("Attributes of the catalogue, all of which are asked for.");
        let purpose = Note::new("The registered purpose, in either language; without one the first.");
        Ok(Self {
            name: declare.required("name", "library_card".to_owned(), name)?,
            documents: declare.required("documents", vec!["resident".to_owned()], documents)?,
            attributes: declare.required("attributes", vec!["family_name_hangul".to_owned()], attributes)?,
            purpose: declare.optional("purpose", "도서관 회원증 발급".to_owned(), purpose)?,
        })
    }
}

/// Whether something secret may be sent there: TLS, or this machine.
pub(crate) fn is_address(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let plain = url.username().is_empty() && url.password().is_none();
    let local = ["localhost", "127.0.0.1", "[::1]"].contains(&url.host_str().unwrap_or_default());
    plain && url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && local))
}
