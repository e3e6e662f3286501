//! The exchange with one wallet, by redirects or by a browser, and what is kept of it while it waits.

use mapae_jose::base64url;
use mapae_oid4vp::{
    ResponseMode, VerifierInfo,
    verifier::{
        BrowserDraft, BrowserSigning, DraftFault, Identity, Naming, PendingBrowserPresentation, PendingPresentation,
        ReceivedPresentations, RecordFault, RequestDraft, ResponseFault,
    },
};
use mapae_types::{Duration, Entropy, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Allowed, Holders, Way};
use crate::RelyingParty;

/// A request that waits for its answer.
pub(crate) enum Exchange {
    Redirect(PendingPresentation),
    /// For a page of that origin.
    Browser(PendingBrowserPresentation, String),
}

/// What a session waits with. Sealed where it is stored, for its record holds the key that opens the answer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Context {
    record: String,
    pub(crate) redirect_uri: Option<String>,
    origin: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) holders: Holders,
}

/// Why there is no exchange: our own fault, or that of what is stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeFault {
    #[error(transparent)]
    Draft(#[from] DraftFault),
    #[error(transparent)]
    Record(#[from] RecordFault),
    #[error("the context of a session cannot be read")]
    Context,
}

impl Exchange {
    /// Asks what was allowed, at `now` and for so long. By redirects the answer goes to `response_uri`.
    pub(crate) fn begin(
        allowed: &Allowed,
        by: &RelyingParty,
        response_uri: &str,
        (now, lifetime): (Timestamp, Duration),
        entropy: &mut dyn Entropy,
    ) -> Result<Self, DraftFault> {
        let info = vec![VerifierInfo::registration(&by.registration().to_bytes())];
        let transactions = allowed.transactions.clone();
        let (query, purpose) = (&allowed.query, allowed.purpose.as_deref());
        let (chain, naming) = (by.chain(), Naming::CertificateHash);
        if let Way::Browser { origin } = &allowed.way {
            let identity = Identity { chain, naming };
            let (origins, signing) = ([origin.as_str()], BrowserSigning::Signed(identity));
            let draft = BrowserDraft { origins: &origins, signing, encrypted: true, query, purpose, lifetime };
            let pending = draft.begin(now, entropy)?.authorising(transactions)?.informing(&info)?;
            return Ok(Self::Browser(pending, origin.clone()));
        }
        let response_mode = ResponseMode::DirectPostJwt;
        let draft = RequestDraft { chain, naming, response_uri, response_mode, query, purpose, lifetime };
        Ok(Self::Redirect(draft.begin(now, entropy)?.authorising(transactions)?.informing(&info)?))
    }

    /// What is kept of it.
    pub(crate) fn context(&self, allowed: Allowed) -> Context {
        let (record, origin) = match self {
            Self::Redirect(pending) => (pending.to_record(), None),
            Self::Browser(pending, origin) => (pending.to_record(), Some(origin.clone())),
        };
        let redirect_uri = match allowed.way {
            Way::SameDevice { redirect_uri } => Some(redirect_uri),
            _ => None,
        };
        let Allowed { reference, holders, .. } = allowed;
        Context { record: base64url::encode(record), redirect_uri, origin, reference, holders }
    }

    /// Takes the answer.
    pub(crate) fn receive(self, body: &[u8]) -> Result<ReceivedPresentations, ResponseFault> {
        match self {
            Self::Redirect(pending) => pending.receive(body),
            Self::Browser(pending, origin) => pending.receive(&origin, body),
        }
    }
}

impl Context {
    /// As it is kept.
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, ExchangeFault> {
        serde_json::to_vec(self).map(Zeroizing::new).map_err(|_| ExchangeFault::Context)
    }

    /// As it was kept.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, ExchangeFault> {
        serde_json::from_slice(bytes).map_err(|_| ExchangeFault::Context)
    }

    /// The exchange that goes on.
    pub(crate) fn exchange(&self) -> Result<Exchange, ExchangeFault> {
        let record = base64url::decode(&self.record).map(Zeroizing::new).map_err(|_| ExchangeFault::Context)?;
        Ok(match &self.origin {
            None => Exchange::Redirect(PendingPresentation::from_record(&record)?),
            Some(origin) => Exchange::Browser(PendingBrowserPresentation::from_record(&record)?, origin.clone()),
        })
    }
}
