//! `issuer.toml`: what an operator decides of an issuer, and what each key costs. The same declaration reads the file and
//! writes it, so the comments are those of the keys that count.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use mapae_document::Label;
use mapae_http::{
    Log, Proxies, Rate,
    settings::{Declare, Note, Settings, SettingsError},
};
use mapae_issuer::{
    IssuerConfig, Lifetimes, Surge, WalletAttestation,
    register::{Following, RegisterSettings},
    sign_in::SignInSettings,
};
use mapae_sql::Address;
use mapae_types::{DocumentName, Duration};

/// The whole file. Paths in it are relative to its directory.
pub(crate) struct IssuerSettings {
    pub(crate) base_url: String,
    name: Label,
    pub(crate) authority: PathBuf,
    pub(crate) documents: Vec<DocumentName>,
    pub(crate) listen: SocketAddr,
    pub(crate) office_listen: SocketAddr,
    store: String,
    batch_size: u16,
    wallet_attestation: WalletAttestation,
    pub(crate) wallet_providers: Vec<PathBuf>,
    key_storage: Vec<KeyStorage>,
    encryption_required: bool,
    deferred_interval: u32,
    pub(crate) rate: Rate,
    pub(crate) proxies: Proxies,
    lifetimes: Lifetimes,
    surge: Surge,
    pub(crate) publication: PublicationSettings,
    pub(crate) registers: Vec<RegisterSettings>,
    pub(crate) following: Following,
    pub(crate) sign_in: SignInSettings,
    pub(crate) ledger: LedgerSettings,
    pub(crate) hsm: HsmSettings,
    pub(crate) log: Log,
}

/// `[publication]`.
pub(crate) struct PublicationSettings {
    pub(crate) every: Duration,
    pub(crate) replica: String,
}

/// `[ledger]`.
pub(crate) struct LedgerSettings {
    pub(crate) url: Option<String>,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) agency: Option<PathBuf>,
}

/// `[hsm]`.
pub(crate) struct HsmSettings {
    pub(crate) module: Option<PathBuf>,
    pub(crate) token: Option<String>,
    pub(crate) pin_file: Option<PathBuf>,
    pub(crate) sessions: u16,
}

/// `[[key_storage]]`.
struct KeyStorage {
    document: DocumentName,
    levels: Vec<String>,
}

/// `[lifetimes]`.
struct LifetimeSettings(Lifetimes);

/// `[surge]`.
struct SurgeSettings(Surge);

/// Where nothing else is said.
const OUTBOX: &str = "outbox";

impl IssuerSettings {
    /// The configuration of the service, for files in `dir`.
    pub(crate) fn to_config(&self, dir: &Path) -> IssuerConfig {
        let storage = self.key_storage.iter().map(|one| (one.document.clone(), one.levels.clone()));
        IssuerConfig {
            listen: self.listen,
            office_listen: self.office_listen,
            base_url: self.base_url.clone(),
            name: self.name.clone(),
            documents: self.documents.clone(),
            batch_size: self.batch_size,
            wallet_attestation: self.wallet_attestation,
            key_storage: storage.collect(),
            lifetimes: self.lifetimes,
            surge: self.surge,
            outbox: dir.join(OUTBOX),
            deferred_interval: self.deferred_interval,
            encryption_required: self.encryption_required,
        }
    }

    /// Where the store is. A file is named relative to `dir`.
    pub(crate) fn store(&self, dir: &Path) -> Result<Address, mapae_sql::SqlError> {
        match self.store.strip_prefix("sqlite:") {
            Some(file) if !file.is_empty() => Ok(Address::sqlite(dir.join(file))),
            _ => self.store.parse(),
        }
    }
}

impl Settings for IssuerSettings {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let settings = Self {
            base_url: declare.required("base_url", "http://127.0.0.1:8615".to_owned(), notes::BASE_URL)?,
            name: Label {
                ko: declare.value("name_ko", "마패 발급기관".to_owned(), notes::NAME)?,
                en: declare.value("name_en", "Mapae Sample Issuer".to_owned(), notes::NAME)?,
            },
            authority: declare.required("authority", PathBuf::from("../authority"), notes::AUTHORITY)?,
            documents: documents(declare)?,
            listen: declare.parsed("listen", "127.0.0.1:8615", notes::LISTEN)?,
            office_listen: declare.parsed("office_listen", "127.0.0.1:8616", notes::OFFICE_LISTEN)?,
            store: declare.value("store", "sqlite:issuer.db".to_owned(), notes::STORE)?,
            batch_size: declare.number("batch_size", 10, 1..=99, notes::BATCH_SIZE)?,
            wallet_attestation: attestation(declare)?,
            wallet_providers: declare.value("wallet_providers", Vec::new(), notes::WALLET_PROVIDERS)?,
            encryption_required: declare.value("encryption_required", false, notes::ENCRYPTION)?,
            deferred_interval: declare.number("deferred_interval", 60, 1..=86_400, notes::DEFERRED)?,
            rate: declare.parsed("rate", "20/s burst 200", notes::RATE)?,
            proxies: Proxies::declare(declare)?,
            key_storage: declare.list("key_storage", notes::KEY_STORAGE)?,
            lifetimes: declare.section::<LifetimeSettings>("lifetimes", notes::LIFETIMES)?.0,
            surge: declare.section::<SurgeSettings>("surge", notes::SURGE)?.0,
            publication: declare.section("publication", notes::PUBLICATION)?,
            registers: declare.list("registers", notes::REGISTERS)?,
            following: declare.section("registers_following", notes::FOLLOWING)?,
            sign_in: declare.section("sign_in", notes::SIGN_IN)?,
            ledger: declare.section("ledger", notes::LEDGER)?,
            hsm: declare.section("hsm", notes::HSM)?,
            log: declare.section("log", notes::LOG)?,
        };
        Ok(settings)
    }
}

fn documents(declare: &mut Declare) -> Result<Vec<DocumentName>, SettingsError> {
    let names: Vec<String> = declare.value("documents", vec!["resident".to_owned()], notes::DOCUMENTS)?;
    let parsed = names.iter().map(|name| name.parse()).collect::<Result<Vec<_>, _>>();
    parsed.map_err(|_| declare.unfit("documents", "names of the catalogue's documents"))
}

fn attestation(declare: &mut Declare) -> Result<WalletAttestation, SettingsError> {
    let said: String = declare.value("wallet_attestation", "sign-in".to_owned(), notes::ATTESTATION)?;
    match said.as_str() {
        "sign-in" => Ok(WalletAttestation::AtSignIn),
        "required" => Ok(WalletAttestation::Required),
        _ => Err(declare.unfit("wallet_attestation", "\"sign-in\" or \"required\"")),
    }
}

impl Settings for KeyStorage {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        Ok(Self {
            document: declare.parsed("document", "resident", Note::new("The document."))?,
            levels: declare.value(
                "levels",
                vec!["iso_18045_high".to_owned(), "iso_18045_moderate".to_owned()],
                Note::new("Of these, one must be attested (OpenID4VCI Appendix D.2)."),
            )?,
        })
    }
}

impl Settings for LifetimeSettings {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let note = Note::new;
        let offer = note("An offer, from the clerk's screen to the phone.")
            .danger("A long life gives a thief of the QR code time to guess its code; five wrong ones void it.");
        let token = note("An access token, good with the phone's key alone.").danger(
            "Below the 24 h in which lost copies can be had again, a wallet whose answer was lost has no way to them.",
        );
        let sign_in = note("A pushed authorization request; a code is good for a minute.");
        Ok(Self(Lifetimes {
            offer: time(declare, "offer", "15m", offer)?,
            access_token: time(declare, "access_token", "24h", token)?,
            nonce: time(declare, "nonce", "5m", note("A nonce for proofs of keys."))?,
            dpop_nonce: time(declare, "dpop_nonce", "2m", note("A nonce for proofs of tokens."))?,
            repeat: time(declare, "repeat", "60s", note("In which a repeated token request gets the same answer."))?,
            sign_in: time(declare, "sign_in", "10m", sign_in)?,
        }))
    }
}

fn time(
    declare: &mut Declare,
    key: &'static str,
    default: &'static str,
    note: Note,
) -> Result<Duration, SettingsError> {
    declare.parsed(key, default, note)
}

impl Settings for SurgeSettings {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let (queue, copies) = (Surge::default().queue, Surge::default().copies);
        let queue_note = Note::new("People who wait for an offer, past which the rule holds.")
            .cost("A low number makes wallets come twice, a high one lets a reopening take longer.");
        Ok(Self(Surge {
            queue: declare.number("queue", queue, 1..=100_000_000, queue_note)?,
            copies: declare.number("copies", copies, 1..=99, Note::new("Copies of each format in an offer then."))?,
        }))
    }
}

impl Settings for PublicationSettings {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let every = Note::new("From one publication of the status lists to the next.")
            .cost("Every list is signed anew, 20 ms each; readers come every 15 minutes.")
            .danger("A revocation waits for it.");
        let replica = Note::new("This process among others of the same issuer; one of them publishes at a time.");
        Ok(Self {
            every: declare.parsed("every", "15m", every)?,
            replica: declare.value("replica", "issuer-1".to_owned(), replica)?,
        })
    }
}

impl Settings for LedgerSettings {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let agency = Note::new("The directory of the agency that signs the day's entry; it takes the right `journal`.")
            .danger("Its key signs entries: whoever has it states whatever the agency may state.");
        Ok(Self {
            url: declare.optional("url", "http://127.0.0.1:8611".to_owned(), Note::new("The ledger's URL."))?,
            policy: declare.optional("policy", PathBuf::from("policy.txt"), Note::new("The ledger's policy."))?,
            agency: declare.optional("agency", PathBuf::from("../agencies/interior"), agency)?,
        })
    }
}

impl Settings for HsmSettings {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let module = Note::new("The PKCS#11 library. Without it the authority's key files sign.")
            .danger("Key files are for development: whoever copies one issues documents.");
        let pin = Note::new("A file with the token's PIN, for its owner alone.");
        let sessions = Note::new("Signatures at the same time.").cost("A thread each.");
        Ok(Self {
            module: declare.optional("module", PathBuf::from("/usr/lib/softhsm/libsofthsm2.so"), module)?,
            token: declare.optional("token", "mapae".to_owned(), Note::new("The token's label."))?,
            pin_file: declare.optional("pin_file", PathBuf::from("hsm.pin"), pin)?,
            sessions: declare.number("sessions", 4, 1..=256, sessions)?,
        })
    }
}

/// What the keys mean, cost and endanger.
mod notes {
    use super::Note;

    pub(super) const BASE_URL: Note =
        Note::new("The issuer's identifier and where wallets reach it: https, without a slash at the end.")
            .danger("It stands in every copy and names the status lists: it stays for as long as any copy is good.");
    pub(super) const NAME: Note = Note::new("The issuer's name in wallets.");
    pub(super) const AUTHORITY: Note = Note::new("The directory of the authority, by `mapae authority init`.");
    pub(super) const DOCUMENTS: Note =
        Note::new("What is issued here, by the catalogue's names; each takes a register.");
    pub(super) const LISTEN: Note =
        Note::new("Where wallets ask.").danger("There is no TLS here: a proxy stands before it.");
    pub(super) const OFFICE_LISTEN: Note = Note::new("Where clerks and the monitoring ask.")
        .danger("With the token of office.token one can offer and revoke any document: never reachable from outside.");
    pub(super) const STORE: Note = Note::new("What is never lost: `sqlite:FILE` or `postgres://…`.")
        .cost("PostgreSQL survives a machine; SQLite is faster on one.");
    pub(super) const BATCH_SIZE: Note = Note::new("Copies in one format that a wallet gets at once.")
        .cost("A signature and a status entry each.")
        .danger("With few, shops that compare copies see one person more often.");
    pub(super) const ATTESTATION: Note = Note::new(
        "Whose wallet must be attested by a provider: `sign-in` (not where a clerk makes the offer), `required`.",
    );
    pub(super) const WALLET_PROVIDERS: Note =
        Note::new("The roots (PEM) of the wallet providers whose attestations count.");
    pub(super) const KEY_STORAGE: Note = Note::new("How a wallet must keep the keys of a document.")
        .danger("Without it any wallet may hold the document, also one whose keys can be copied.");
    pub(super) const ENCRYPTION: Note = Note::new("Whether requests and answers must be encrypted inside TLS.")
        .cost("Two key agreements for each request.");
    pub(super) const DEFERRED: Note = Note::new("Seconds after which a wallet asks again for what waits for approval.");
    pub(super) const RATE: Note = Note::new("Requests from one address, and how many at once.")
        .danger("A country behind one address (a carrier, a proxy that does not say whom it speaks for) shares them.");
    pub(super) const LIFETIMES: Note = Note::new("How long things last.");
    pub(super) const SURGE: Note =
        Note::new("Past a queue, offers carry fewer copies, the most urgent go first, and wallets refill later.");
    pub(super) const PUBLICATION: Note = Note::new("Status lists, and where each day's count is entered.");
    pub(super) const REGISTERS: Note = Note::new("Where people come from; read again and again.");
    pub(super) const FOLLOWING: Note = Note::new("What follows when somebody in a register changes.");
    pub(super) const SIGN_IN: Note = Note::new("Where citizens sign in who come without a clerk's offer.");
    pub(super) const LEDGER: Note = Note::new("Where each day's count is entered, so that nothing is issued unseen.");
    pub(super) const LOG: Note = Note::new("What the operator reads on standard error.");
    pub(super) const HSM: Note = Note::new("Where the keys are that sign.");
}
