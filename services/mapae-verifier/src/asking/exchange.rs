//! The exchange with one wallet, by redirects or by a browser, and what is kept of it while it waits.

use mapae_oid4vp::{
    ResponseMode,
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
pub(crate) struct Context {
    record: Zeroizing<Vec<u8>>,
    ours: Ours,
}

/// What is kept beside the record.
#[derive(Serialize, Deserialize)]
pub(crate) struct Ours {
    pub(crate) redirect_uri: Option<String>,
    origin: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) holders: Holders,
    /// The sign-in that the answer is for.
    #[serde(default)]
    pub(crate) login: Option<String>,
}

/// What an answer is judged by, beside the exchange.
pub(crate) struct Asked {
    pub(crate) holders: Holders,
    pub(crate) login: Option<String>,
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
        let (info, transactions) = (by.info(), allowed.transactions.clone());
        let (query, purpose) = (&allowed.query, allowed.purpose.as_deref());
        let (chain, naming) = (by.chain(), Naming::CertificateHash);
        if let Way::Browser { origin } = &allowed.way {
            let identity = Identity { chain, naming };
            let (origins, signing) = ([origin.as_str()], BrowserSigning::Signed(identity));
            let draft = BrowserDraft { origins: &origins, signing, encrypted: true, query, purpose, lifetime };
            let pending = draft.begin(now, entropy)?.authorising(transactions)?.informing(info)?;
            return Ok(Self::Browser(pending, origin.clone()));
        }
        let response_mode = ResponseMode::DirectPostJwt;
        let draft = RequestDraft { chain, naming, response_uri, response_mode, query, purpose, lifetime };
        Ok(Self::Redirect(draft.begin(now, entropy)?.authorising(transactions)?.informing(info)?))
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
        let Allowed { reference, holders, login, .. } = allowed;
        Context { record, ours: Ours { redirect_uri, origin, reference, holders, login } }
    }

    /// Takes the answer.
    pub(crate) fn receive(self, body: &[u8]) -> Result<ReceivedPresentations, ResponseFault> {
        match self {
            Self::Redirect(pending) => pending.receive(body),
            Self::Browser(pending, origin) => pending.receive(&origin, body),
        }
    }
}

impl Ours {
    /// What the answer is judged by.
    pub(crate) fn asked(&self) -> Asked {
        Asked { holders: self.holders, login: self.login.clone() }
    }
}

impl Context {
    /// As it is kept: `length ‖ what is ours ‖ record`.
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, ExchangeFault> {
        let ours = Zeroizing::new(serde_json::to_vec(&self.ours).map_err(|_| ExchangeFault::Context)?);
        let len = u32::try_from(ours.len()).map_err(|_| ExchangeFault::Context)?;
        Ok(Zeroizing::new([&len.to_be_bytes(), ours.as_slice(), self.record.as_slice()].concat()))
    }

    /// As it was kept.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, ExchangeFault> {
        let (len, rest) = bytes.split_first_chunk().ok_or(ExchangeFault::Context)?;
        let len = usize::try_from(u32::from_be_bytes(*len)).map_err(|_| ExchangeFault::Context)?;
        let (ours, record) = rest.split_at_checked(len).ok_or(ExchangeFault::Context)?;
        let ours = serde_json::from_slice(ours).map_err(|_| ExchangeFault::Context)?;
        Ok(Self { record: Zeroizing::new(record.to_vec()), ours })
    }

    /// What is kept beside the record.
    pub(crate) const fn ours(&self) -> &Ours {
        &self.ours
    }

    /// The same alone.
    pub(crate) fn into_ours(self) -> Ours {
        self.ours
    }

    /// The exchange that goes on.
    pub(crate) fn exchange(&self) -> Result<Exchange, ExchangeFault> {
        Ok(match &self.ours.origin {
            None => Exchange::Redirect(PendingPresentation::from_record(&self.record)?),
            Some(origin) => Exchange::Browser(PendingBrowserPresentation::from_record(&self.record)?, origin.clone()),
        })
    }
}
