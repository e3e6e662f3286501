//! A citizen's way through the authorization endpoint. Each step can be taken once, in this order:
//! pushed → begun → taken → signed in → exchanged.

use mapae_types::{DocumentName, Timestamp};

use super::Grant;
use crate::ids::{DocumentId, GrantId, SignInId};

/// What a wallet pushed (RFC 9126).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedRequest {
    /// The wallet.
    pub client_id: String,
    /// Where its answer goes.
    pub redirect_uri: String,
    /// What it wants to see again.
    pub state: Option<String>,
    /// PKCE's challenge, S256 (RFC 7636 §4.2).
    pub challenge: String,
    /// Which configurations it asks for.
    pub configurations: Vec<String>,
    /// The document that all of these are of.
    pub name: DocumentName,
    /// The DPoP key that the code is to be bound to (RFC 9449 §10), if the wallet said.
    pub jkt: Option<[u8; 32]>,
}

/// A request to be kept.
#[derive(Debug, Clone)]
pub struct NewSignIn {
    /// Its id; sealed, in turn the request URI, the `state` towards the provider, and the authorization code.
    pub id: SignInId,
    /// What the wallet pushed.
    pub request: PushedRequest,
    /// The last second of this step.
    pub expires_at: Timestamp,
}

/// The citizen's browser is here with the request URI.
#[derive(Debug, Clone)]
pub struct BeginSignIn {
    /// The request.
    pub id: SignInId,
    /// The wallet, by the query; another than pushed finds nothing and spends nothing.
    pub client_id: String,
    /// The `nonce` towards the provider.
    pub nonce: String,
    /// The PKCE verifier towards the provider.
    pub verifier: String,
    /// The last second in which the browser may come back.
    pub expires_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// The browser is back, with the provider's code.
#[derive(Clone, PartialEq, Eq)]
pub struct TakenSignIn {
    /// What the wallet pushed.
    pub request: PushedRequest,
    /// The `nonce` towards the provider.
    pub nonce: String,
    /// The PKCE verifier towards the provider.
    pub verifier: String,
}

/// An authorization code comes back.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The request that the code stood for.
    pub id: SignInId,
    /// PKCE's challenge, made of the verifier that came.
    pub challenge: String,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// The wallet.
    pub client_id: String,
    /// The DPoP key's thumbprint.
    pub jkt: [u8; 32],
    /// The document's id, unless one of that person and name is on its way already.
    pub document: DocumentId,
    /// The grant's id, if it comes to one.
    pub grant: GrantId,
    /// How many copies of each configuration.
    pub copies: u32,
    /// The grant's last second.
    pub expires_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchanged {
    /// A new grant.
    Done(Grant),
    /// The same key was here within the last [`REPEAT`](crate::store::REPEAT): the grant that it got then.
    Repeated(Grant),
    /// Verifier, redirect URI, wallet or key are others than pushed. Nothing is spent.
    Mismatch,
    /// The code was used, or the document that came of it has ended.
    Used,
    /// It was not exchanged in time.
    Expired,
    /// There is no such code.
    Unknown,
}

impl core::fmt::Debug for TakenSignIn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TakenSignIn").field("request", &self.request).finish_non_exhaustive()
    }
}
