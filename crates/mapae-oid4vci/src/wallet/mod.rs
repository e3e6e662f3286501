//! The wallet's half of OpenID4VCI 1.0 and HAIP 1.0: states that hand out requests and take responses.
//!
//! ```text
//! offer ─ PendingOffer ─► CredentialOffer
//! Discovery ─► AwaitingIssuerMetadata ─► AwaitingServerMetadata ─► Issuer
//! Issuer ─ redeem ──────────────────────────────► AwaitingToken ─► Grant
//!        ─ push ─► AwaitingPushed ─► PendingSignIn ─ redirected ─┘
//!        ─ refresh ─────────────────────────────────────────────┘
//!        ─ nonce ─► AwaitingNonce ─► c_nonce
//!        ─ request ─► AwaitingCredentials ─► Outcome::{Issued, Deferred, NonceStale}
//!        ─ poll ───────┘
//!        ─ notify ─► AwaitingNotified
//! WalletProvider ─► AwaitingClientAttestation, AwaitingKeyAttestation
//! ```
//!
//! Every state that waits implements [`Exchange`]: send [`Exchange::request`], give the response to
//! [`Exchange::receive`], and either the next request of the same exchange comes out (a server wanted a nonce) or what
//! was asked for. A state is consumed by its answer; dropping it is giving up, and nothing was changed on our side.
//! What must survive a crash is data: the offer, [`Grant`], [`Deferred`], [`PendingSignIn`] and the keys, which the caller
//! stores *before* it sends. The same request sent again is answered alike (design D10).
//!
//! States can be cloned, and each step depends on nothing but its arguments: a wallet whose keys sign in their own time takes
//! the step with signatures that it does not have yet, sees what is to be signed, and takes it again.
//!
//! Left out: signatures of issuers on credentials, whose trust the caller decides; W3C credentials; `di_vp` proofs;
//! bearer tokens; authorization requests that are not pushed (HAIP §4.3 demands it).

mod call;
mod check;
mod credential;
mod discovery;
mod error;
mod grant;
mod issuer;
mod key;
mod nonce;
mod notification;
mod offer;
mod proof;
mod provider;
mod refusal;
mod sign_in;
mod stored;
mod token;

pub use call::{AttestedWallet, ServerNonces};
pub use check::{CopyFormat, ReceivedCopy};
pub use credential::{AwaitingCredentials, Deferred, Issued, Outcome, Wanted};
pub use discovery::{AwaitingIssuerMetadata, AwaitingServerMetadata, Discovery, MetadataTrust};
pub use error::{CredentialFault, IssuerFault, OfferFault, OurFault, Party, ProviderFault, UserFault, WalletError};
pub use grant::Grant;
pub use issuer::Issuer;
pub use key::{KeyUnusable, WalletKey};
pub use mapae_types::http::{HttpRequest, HttpResponse, Method};
pub use nonce::AwaitingNonce;
pub use notification::AwaitingNotified;
pub use offer::{AwaitingOffer, check_tx_code};
pub use proof::{KeyProofs, ProofKind};
pub use provider::{AwaitingClientAttestation, AwaitingKeyAttestation, WalletAttestation, WalletProvider};
pub use refusal::{Endpoint, Refusal};
pub use sign_in::{AwaitingPushed, PendingSignIn, SignIn};
pub use token::AwaitingToken;

use mapae_types::{Entropy, Timestamp};

/// What every step of a wallet needs from outside.
pub struct Context<'a> {
    /// The time.
    pub now: Timestamp,
    /// Randomness.
    pub entropy: &'a mut dyn Entropy,
    /// The key to which the issuer binds tokens (DPoP). One for each issuance: it would link two issuers otherwise.
    pub device: &'a dyn WalletKey,
    /// What a wallet provider says of this wallet, if there is one.
    pub wallet: Option<AttestedWallet<'a>>,
    /// Nonces that servers gave, kept over the exchanges with them.
    pub nonces: &'a mut ServerNonces,
}

impl Context<'_> {
    fn random<const N: usize>(&mut self) -> Result<[u8; N], WalletError> {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// A state that waits for an answer.
pub trait Exchange: Sized {
    /// What the exchange leads to.
    type Done;

    /// The request to send: HTTPS, or HTTP on this machine.
    fn request(&self) -> &HttpRequest;

    /// Takes the answer to [`Self::request`].
    fn receive(
        self,
        response: &HttpResponse,
        context: &mut Context<'_>,
    ) -> Result<Answer<Self, Self::Done>, WalletError>;
}

/// What an answer led to.
#[derive(Debug)]
pub enum Answer<Waiting, Done> {
    /// The exchange goes on: send the next request, now.
    Again(Waiting),
    /// The exchange is over.
    Done(Done),
}
