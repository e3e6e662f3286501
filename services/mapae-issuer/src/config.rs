//! How an issuer is set up, as far as it is not a secret or a part that is handed in.

use core::net::SocketAddr;
use std::{collections::BTreeMap, path::PathBuf};

use mapae_document::Label;
use mapae_types::{DocumentName, Duration};

/// Everything that an operator decides.
#[derive(Debug, Clone)]
pub struct IssuerConfig {
    /// Where wallets ask. There is no TLS here.
    pub listen: SocketAddr,
    /// Where the office and the monitoring ask. Never to be reached from outside.
    pub office_listen: SocketAddr,
    /// The Credential Issuer Identifier (OpenID4VCI §12.2.1), also the authorization server's.
    pub base_url: String,
    /// The issuer's name in wallets.
    pub name: Label,
    /// What is issued here, by the catalogue's names.
    pub documents: Vec<DocumentName>,
    /// Copies in one format that a wallet may ask for at once (design D7).
    pub batch_size: u16,
    /// Who must be attested.
    pub wallet_attestation: WalletAttestation,
    /// The `key_storage` values of which one must be attested for a document; none: any wallet may hold it.
    pub key_storage: BTreeMap<DocumentName, Vec<String>>,
    /// How long things last.
    pub lifetimes: Lifetimes,
    /// What happens when too many wait.
    pub surge: Surge,
    /// The folder that stands for the gateway of text messages.
    pub outbox: PathBuf,
    /// Seconds after which a wallet asks again for what was deferred.
    pub deferred_interval: u32,
    /// Whether wallets must encrypt requests and take encrypted answers.
    pub encryption_required: bool,
}

/// Of whom an attestation by a wallet provider is demanded (HAIP 1.0 §4.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletAttestation {
    /// Of everybody.
    Required,
    /// In the authorization code flow; with a clerk's offer it is checked if it is there.
    AtSignIn,
}

/// How long things last.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// An offer.
    pub offer: Duration,
    /// An access token: as long as the same copies can be had again, since a wallet whose answer was lost has no other way
    /// to them (design D10). It is good with the phone's key alone.
    pub access_token: Duration,
    /// A `c_nonce`.
    pub nonce: Duration,
    /// A DPoP nonce and an attestation challenge.
    pub dpop_nonce: Duration,
    /// In which a repeated token request has the same answer (design D10).
    pub repeat: Duration,
    /// How long a pushed authorization request waits for its citizen. A code waits a minute for its wallet.
    pub sign_in: Duration,
}

/// While more people wait for an offer, new ones wait in the order of their urgency, and offers carry one copy each; wallets
/// refill later.
#[derive(Debug, Clone, Copy)]
pub struct Surge {
    /// People who wait.
    pub queue: u64,
    /// Copies in each format that an offer carries then.
    pub copies: u16,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            offer: Duration::seconds(15 * 60),
            access_token: Duration::hours(24),
            nonce: Duration::seconds(5 * 60),
            dpop_nonce: Duration::seconds(2 * 60),
            repeat: Duration::seconds(60),
            sign_in: Duration::seconds(10 * 60),
        }
    }
}

impl Default for Surge {
    fn default() -> Self {
        Self { queue: 10_000, copies: 1 }
    }
}
